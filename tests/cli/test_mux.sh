# sync --mux: camera files with the best synced sound.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

if ! command -v ffmpeg >/dev/null 2>&1 || ! command -v ffprobe >/dev/null 2>&1; then
	echo "skip mux: no ffmpeg"
	exit 0
fi
streams() { ffprobe -v error -show_entries stream=codec_name:stream_disposition=default -of csv=p=0 "$1" | tr '\n' ' '; }
is() { [ "$1" = "$2" ] || { echo "  '$1' is not '$2'"; return 1; }; }

mkdir shoot
wav cam.wav talk 60 9 5 16000
wav shoot/ZOOM0001.wav talk 70 9 0 16000
ffmpeg -v error -nostdin -f lavfi -i testsrc2=s=64x48:r=25:d=60 -i cam.wav -c:v mpeg4 -c:a aac shoot/CamA_001.mp4

run sync --mux default shoot -o out
check 'done' exits 0
check 'files of sound, and the camera' holds_only out CamA.wav ZOOM.wav CamA_001.mp4
check 'said' prints 'CamA_001.mp4'
check 'whose sound it is' prints 'sound of ZOOM'
check 'the new sound before the old' is "$(streams out/CamA_001.mp4)" 'mpeg4,1 aac,1 aac,0 '
for f in shoot out; do
	ffmpeg -v error -nostdin -i $f/CamA_001.mp4 -map 0:v -c copy -f framemd5 $f.txt
done
check 'the picture is the very same' cmp -s shoot.txt out.txt
run sync --mux default shoot -o out
check 'what exists is refused' exits 1
run sync --mux default shoot -o tl --fps 25 --otio own.otio --mlt own.mlt
check 'timelines name the recordings' grep -q '/shoot/CamA_001.mp4"' own.otio
run sync --mux replace shoot -o tl2 --fps 25 --otio new.otio --mlt new.mlt --replace-audio muxed
check 'timelines of the new files: done' exits 0
check 'timelines of the new files: named' grep -q '/tl2/CamA_001.mp4"' new.otio
check 'the old ones are gone' lacks /shoot/CamA_001.mp4 new.otio
check 'the recorder stays' grep -q '/shoot/ZOOM0001.wav"' new.otio
for f in own new; do grep "<blank\|<entry" $f.mlt >$f.places; done
check 'the same places' cmp -s own.places new.places
run sync shoot -o tl3 --otio no.otio --replace-audio muxed
check 'without such files: exit 2' exits 2
check 'without such files: said' says 'without --mux'
run sync --mux add --mux-codec alac --json shoot -o out2
check 'behind the old' is "$(streams out2/CamA_001.mp4)" 'mpeg4,1 aac,1 alac,0 '
check 'json: which output has a picture' test "$(json 'outputs.*.picture' | grep -c true)" -eq 1
run sync --mux replace --set export.mux_container=mov shoot -o out3
check 'instead of the old, in another container' is "$(streams out3/CamA_001.mov)" 'mpeg4,1 pcm_s24le,1 '
run sync --mux replace --mux-codec pcm shoot -o out4
check 'what the container does not take: exit 1' exits 1
check 'and the way out' says 'write .mov'
check 'the sound is written all the same' test -s out4/CamA.wav
ffmpeg -v error -nostdin -i shoot/ZOOM0001.wav -af volume=6dB -ar 48000 -c:a aac shoot/PhoneB_001.m4a
run sync --mux add --reference CamA --json shoot -o out6
check 'of two that cover alike the lossless one' json_is outputs.3.sound_track ZOOM
run sync --mux add --reference PhoneB --json shoot -o out7
check 'but the reference before it' json_is outputs.3.sound_track PhoneB
run sync --mux add --mux-track Nonesuch shoot -o out8
check 'an unknown track: exit 2' exits 2
check 'an unknown track: said' says 'no track is called Nonesuch; there are: CamA, PhoneB, ZOOM'
rm shoot/PhoneB_001.m4a
rm shoot/ZOOM0001.wav
cp cam.wav other.wav
ffmpeg -v error -nostdin -f lavfi -i testsrc2=s=64x48:r=25:d=60 -i cam.wav -c:v mpeg4 -c:a aac shoot/CamB_001.mp4
run sync --mux default shoot -o out5
check 'no recorder: said' prints 'no track of sound alone overlaps'
exit "$failures"
