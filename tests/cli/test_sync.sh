# sync: files written, refused, not written; nothing half-written is ever left behind.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
two_devices shoot

run sync shoot
check "no -o: usage" exits 2
run sync --json -o new/deep/out shoot
check "new folder: done" exits 0
check "new folder: both files" holds_only new/deep/out camera.wav recorder.wav
check "outputs: written" json_is 'outputs.*.written' "true
true"
check "outputs: of one length" test "$(json 'outputs.*.duration_s' | sort -u | wc -l)" -eq 1
run analyze --json new/deep/out
check "written files: of one length" test "$(json 'tracks.*.clips.*.duration_s' | sort -u | wc -l)" -eq 1
check "written files: aligned" near "$(json 'tracks.1.clips.0.start_s')" 0 0.0005
cp new/deep/out/camera.wav before.wav
run sync -o new/deep/out shoot
check "existing files: failed" exits 1
check "existing files: said" grep -q "camera.wav" .err .out
check "existing files: untouched" cmp -s new/deep/out/camera.wav before.wav
check "existing files: nothing added" holds_only new/deep/out camera.wav recorder.wav
run sync --force -o new/deep/out shoot
check "--force: done" exits 0
check "--force: same result" cmp -s new/deep/out/camera.wav before.wav

if command -v ffmpeg >/dev/null; then
	mkdir loud
	cp shoot/recorder.wav loud
	ffmpeg -v error -nostdin -i shoot/camera.wav -af volume=30dB -c:a pcm_f32le loud/camera.wav
	run sync --bit-depth 16 -o loud16 loud
	cat .err .out | tr '\n' ' ' | tr -s ' ' >said
	check "too loud for the file: what happened" grep -q 'camera.wav: [0-9]* samples were louder than the file can hold, by up to [0-9.]* dB' said
	check "too loud for the file: what to do" grep -q 'if it crackles, write WAV or AIFF with 32 bits' said
	run sync --bit-depth 32 -o loud32 loud
	check "room for all: nothing to say" lacks "louder than" .err
	check "room for all: nothing to say on stdout either" lacks "louder than" .out
else
	echo 'skip too loud for the file: no ffmpeg'
fi

cp shoot/camera.wav before.wav
run sync --force -o shoot shoot/camera.wav shoot/recorder.wav
check "onto the recordings: failed" exits 1
check "onto the recordings: untouched, even by force" cmp -s shoot/camera.wav before.wav

run sync -o shoot/synced shoot
check "below the recordings: done" exits 0
run sync --json --force -o shoot/synced shoot
check "below the recordings, again: not taken for recordings" json_is 'tracks.*.clips.#' "1
1"
rm -r shoot/synced

echo file >plain
run sync -o plain shoot
check "output folder is a file: failed" exits 1
check "output folder is a file: named" says "plain"
run sync -o plain/below shoot
check "output folder below a file: failed" exits 1
run sync -o /dev/null/out shoot
check "output folder below a device: failed" exits 1
if can_run_bound "folder without permission"; then
	mkdir -m 555 closed
	run_bound sync --no-cache -o closed shoot
	check "output folder not writable: failed" exits 1
	check "output folder not writable: named" says "closed: cannot write there"
	run_bound sync --no-cache -o closed/below shoot
	check "no folder can be made: failed" exits 1
	check "no folder can be made: named" says "closed/below"
fi
if [ -d /proc/self ] && ! mkdir /proc/audiosync 2>/dev/null; then
	run sync -o /proc/audiosync shoot
	check "folder that the system refuses: failed" exits 1
	check "folder that the system refuses: named" says "/proc/audiosync"
	check "folder that the system refuses: before the work" lacks "known (" .err
	check "folder that the system refuses: … of any kind" lacks "read (" .err
fi

mkdir small
(
	ulimit -f 200 || exit 99 # blocks of 512 or 1024 bytes
	run sync --no-cache -o small shoot
	check "file size limit: failed" exits 1
	check "file size limit: named" grep -q "camera.wav" .err .out
	check "file size limit: nothing left" holds_only small
	exit "$failures"
)
failures=$((failures + $?))
mkdir full
if [ "$(id -u)" -eq 0 ] && mount -t tmpfs -o size=256k none full 2>/dev/null; then
	mounted=$dir/full
	run sync -o full/out shoot
	check "disk full: failed" exits 1
	check "disk full: said" grep -q "full.*free\|No space left" .err .out
	check "disk full: no partial file" test "$(find full -type f -name '.*' -o -type f -name '*.part' | wc -l)" -eq 0
else
	echo "skip disk full: needs root and mount"
fi
if [ -e /dev/full ]; then
	"$AUDIOSYNC" analyze shoot >/dev/full 2>.err
	code=$?
	check "stdout full: failed" exits 1
	check "stdout full: said" says "No space left"
fi

run sync -o shoot shoot
check "into the recordings' folder: usage" exits 2
check "into the recordings' folder: said" says "is the folder of the recordings"
check "into the recordings' folder: untouched" holds_only shoot camera.wav recorder.wav
mkdir taken
wav taken/recorder.wav silence 1 1
run sync --no-cache -o taken shoot
check "target exists: failed" exits 1
check "target exists: told before the work" lacks " read (" .err
check "target exists: told the way out" says "taken/recorder.wav: exists already (--force"
run sync --force -o taken shoot
check "target exists: --force writes" exits 0

wav lone.wav talk 20 99
run sync -o none shoot/camera.wav lone.wav
check "nothing to place: unsure" exits 3
check "nothing to place: nothing written" test ! -e none/camera.wav
run sync --json -o some shoot lone.wav
check "one of three not placed: unsure" exits 3
check "one of three not placed: the others written" test -f some/camera.wav -a -f some/recorder.wav
for format in aiff flac mp3; do
	run sync --format "$format" -o "$format" shoot
	check "$format: done" exits 0
	check "$format: written" test -s "$format/camera.$format"
done
cp -r shoot again
for format in flac aiff mp3; do
	mkdir "again/$format"
	cp "$format/camera.$format" "again/$format"
done
run sync -q -o made shoot
mkdir again/wav
cp made/camera.wav again/wav
run info --json again
check "aligned files: no recordings" json_is 'tracks.*.name' "camera
recorder"
check "aligned files: counted" json_is aligned_left_out 4
run info again
check "aligned files: said" grep -q "4 files that audiosync wrote were left out" .out
run info --json again/flac
check "aligned files: taken where they are alone" json_is aligned_left_out 0
run info --json again/camera.wav again/mp3/camera.mp3
check "aligned files: taken by name" json_is aligned_left_out 0
run sync -q -o quiet shoot
check "-q: silent stderr" is_empty .err
run sync --reference nobody -o out2 shoot
check "unknown reference: refused" test "$code" -eq 1 -o "$code" -eq 2
check "unknown reference: named" says nobody
run sync --json --reference recorder --track "Cam=shoot/camera.wav" --track "recorder=shoot/recorder.wav" -o out3
check "--track and --reference: done" exits 0
check "--reference: obeyed" json_is reference recorder
check "--track: file named after it" test -f out3/Cam.wav
exit "$failures"
