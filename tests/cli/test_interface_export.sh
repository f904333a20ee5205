#!/bin/sh
# What the interface writes by keys alone is what the commands write with the same settings, byte for byte.
. "$(dirname "$0")/lib.sh"
HOME=$dir/home
XDG_STATE_HOME=$dir/state
export HOME XDG_STATE_HOME
mkdir "$HOME"
run demo made
mv made/shoot shoot
rm -f shoot/truth.json

# Format, bit depth and folder from the dialog; then a timeline; then what was chosen last is offered again.
cat >keys.ui <<'END'
size 80x24
keys : "add shoot" Enter
wait idle
keys s
wait placed
keys e Ctrl-U "here" Down Right Right Down Right Enter Enter
wait text files written
wait idle
keys t Down Ctrl-U "cut.otio" Down Down Down "Demo" Enter Enter
wait text 1 file written
keys : "timeline cut.html" Enter
wait text cut.html
wait idle
keys W Ctrl-U "shoot.audiosync" Enter
wait text shoot.audiosync
END
run --no-cache --ui-script keys.ui
check 'the interface exports by keys' exits 0
run export shoot.audiosync -o there --format flac --bit-depth 16 --no-cache
check 'the command exports the project' exits 3
check 'the files are the same' diff -r here there
check 'they are three' test "$(ls here | wc -l)" -eq 3
run export shoot.audiosync --otio again.otio --timeline-name Demo --no-cache
check 'the timeline is the same' cmp cut.otio again.otio
check 'a report was written' test -s cut.html
check 'the choice is remembered' grep -qx 'export.format = flac' "$XDG_STATE_HOME/audiosync/interface.ini"

# What someone else has put there changes nothing but what is offered.
{
	printf '[export]\nexport.format = exe\nexport.sample_rate_hz = 1\ndir = /nowhere/\033[31m\nexport.bit_depth = 24\n'
	head -c 3000 /dev/zero | tr '\0' x
} >"$XDG_STATE_HOME/audiosync/interface.ini"
cat >keys.ui <<'END'
size 80x24
keys e
dump export
END
run shoot.audiosync --no-cache --ui-script keys.ui
check 'a spoilt memory does no harm' exits 0
check 'valid lines of it count' prints 'flac'
check 'its control characters do not' eval '! prints nowhere'
rm -f "$XDG_STATE_HOME/audiosync/interface.ini" # what was chosen last is not the next one's

# Camera files by keys: a MOV with a timecode track, a rotated MP4, an MP4 with two sound streams of its own.
mkdir cam
film() { # RATE FROM_S FILE OPTIONS…
	rate=$1 from=$2 file=$3
	shift 3
	ffmpeg -v error -f lavfi -i "testsrc=size=160x90:rate=$rate" -ss "$from" -i shoot/ZOOM0001.WAV "$@" -t 30 \
		-c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac "$file" </dev/null
}
film 25 5 cam/CamA_001.mov -timecode 10:00:00:00
film 30000/1001 12 plain.mp4
ffmpeg -v error -i plain.mp4 -c copy -metadata:s:v rotate=90 cam/CamB_001.mp4 </dev/null
film 25 20 cam/CamC_001.mp4 -f lavfi -i 'anoisesrc=a=0.01:d=30' -map 0:v -map 2:a -map 1:a
ffmpeg -v error -i shoot/ZOOM0001.WAV -c:a pcm_s16le cam/Recorder_001.wav </dev/null
cat >keys.ui <<'END'
size 80x24
keys : "add cam" Enter
wait idle
keys s
wait placed
keys e Ctrl-U "only" Down Down Down Down Down Down Right Right Right Down "Rec" Tab
dump the dialog
keys Enter Enter
wait text files written
wait idle
keys e Ctrl-U "second" Down Down Down Down Down Down Left
keys Enter Enter
wait text second/
wait text files written
wait idle
END
run --no-cache --ui-script keys.ui
check 'camera files by keys' exits 0
check 'the track is completed' prints 'sound of    Recorder'
streams() { ffprobe -v error -show_entries stream=codec_type,codec_name -of csv=p=0 "$1" | grep -v data | sed 's|,*$||; /^$/d' | tr '\n' ' '; }
check 'MOV: the new sound alone, as PCM' test "$(streams only/CamA_001.mov)" = 'h264,video pcm_s24le,audio '
check 'its timecode stays' test "$(ffprobe -v error -select_streams v -show_entries stream_tags=timecode -of csv=p=0 only/CamA_001.mov)" = 10:00:00:00
check 'MP4: AAC' test "$(streams only/CamB_001.mp4)" = 'h264,video aac,audio '
check 'it stays rotated' eval 'ffprobe -v error -show_streams only/CamB_001.mp4 | grep -q "^rotation=-\?90"'
check 'two streams give way' test "$(streams only/CamC_001.mp4)" = 'h264,video aac,audio '
check 'two streams stay before the new one' test "$(streams second/CamC_001.mp4)" = 'h264,video aac,audio aac,audio aac,audio '
rm -f "$XDG_STATE_HOME/audiosync/interface.ini" # what was chosen last is not the next one's

# A card that is write-protected: another folder is proposed, and where it is asked for all the same it is refused before the work.
if can_run_bound 'a folder that cannot be written to'; then
	cat >keys.ui <<'END'
size 120x36
keys : "add shoot" Enter
wait idle
keys s
wait placed
keys e
dump what is proposed
keys Ctrl-U "shoot/../card/synced" Enter Enter
dump refused
keys Esc : "timeline card/cut.otio" Enter
dump refused too
END
	mkdir card free
	chmod 555 shoot card
	chmod 777 free
	HOME=$dir/free run_bound --no-cache --ui-script keys.ui
	chmod 755 shoot card
	check 'it ends in order' exits 0
	check 'home is proposed' prints 'Folder        ~/synced'
	check 'what is asked for is refused with a word' test "$(grep -c 'cannot write there: Permission denied' .out)" -eq 2
	check 'at its field' prints '! Folder'
	check 'nothing was written' test -z "$(ls card)"
fi
exit "$failures"
