# Bad input: a clear message for the file, the rest goes on, the exit status of doc/json.md.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
two_devices good

run analyze
check "no arguments: usage" exits 2
run analyze nowhere.wav
check "missing file alone: failed" exits 1
check "missing file: named" says "nowhere.wav: No such file or directory"
check "missing file: nothing on stdout" is_empty .out
run analyze --json good nowhere.wav
check "missing file beside good ones: unsure" exits 3
check "missing file: the rest is placed" json_is 'tracks.*.clips.*.placed' "true
true"
mkdir hollow
run analyze hollow
check "empty folder: failed" exits 1
check "empty folder: said" says "no media files"

run sync hollow
check "sync of an empty folder to nowhere: what lacks first" says "no media files"
check "sync of an empty folder to nowhere: failed" exits 1
run sync nowhere.wav
check "sync of a missing file to nowhere: what lacks first" says "nowhere.wav: No such file or directory"
run sync good
check "sync to nowhere: usage" exits 2
check "sync to nowhere: what lacks" says "give a folder with -o DIR"
check "sync to nowhere: nothing was read" lacks "read (" .err

run analyze --json good
check "good: done" exits 0
check "good: offset found" near "$(clip recorder.wav start_s)" 10 0.001

: >empty.wav
head -c 30 good/camera.wav >stub.wav
head -c 40000 good/camera.wav >cut.wav
head -c 50000 /dev/urandom >noise.mp3
{ head -c 2000 good/camera.wav; printf 'not sound any more'; } >torn.wav
"$HELPER" wav none.wav silence 0 1
"$HELPER" wav one.wav tone 0.000125 1
mkdir folder.wav
echo "this is text" >text.wav
for bad in empty.wav stub.wav text.wav noise.mp3 none.wav; do
	run analyze --json good "$bad"
	json 'tracks.*.clips.*.error' >.errors
	check "$bad: unsure" exits 3
	check "$bad: has an error" grep -q "$bad: ..*" .errors
	check "$bad: the rest is placed" clip_is recorder.wav placed true
	run analyze "$bad"
	check "$bad alone: failed" exits 1
	check "$bad alone: named" grep -qF "$bad" .out .err
done
for odd in one.wav torn.wav; do
	run analyze --json good "$odd"
	check "$odd: unsure" exits 3
	check "$odd: not placed" clip_is "$odd" placed false
	check "$odd: the rest is placed" clip_is recorder.wav placed true
done
run analyze --json good folder.wav
check "folder named like a file: searched" exits 0

wav silent.wav silence 20 1
wav tone.wav tone 8 1
wav other.wav talk 30 99
for lone in silent.wav tone.wav other.wav; do
	run analyze --json good "$lone"
	check "$lone: unsure" exits 3
	check "$lone: not placed" clip_is "$lone" placed false
	check "$lone: the rest is placed" clip_is recorder.wav placed true
	run analyze good "$lone"
	check "$lone: told why" sh -c "sed -n '/^Not placed/,\$p' .out | grep -q '$lone'"
done
run analyze good silent.wav
check "silence is called silence" prints "silent"

run analyze --set analysis.stream=7 good
check "no such stream: told as the setting counts" prints "no stream 7, counted from 0"

# The head of a MOV or MP4 whose index would have come at the end.
printf '\0\0\0\024ftypqt  \0\0\0\0qt  \0\0\020\0mdat' >unfinished.mov
run info unfinished.mov
check "unfinished MOV: told" prints "its index (moov) cannot be read"

# A file cut short holds less sound than it says, but what it holds is good.
run analyze --json good/recorder.wav cut.wav
check "truncated: no crash" test "$code" -le 3
check "truncated: read" clip_is cut.wav error none

run info good
check "info: done" exits 0
check "info: says the rate" prints "8 kHz"
run info --json good empty.wav
check "info: an unreadable file is a failure" exits 1
check "info --json: parses" json_is schema 1

ln -s loop loop
run analyze --json good loop
check "dangling link: unsure" exits 3
mkfifo pipe.wav
run analyze --json good pipe.wav
check "named pipe: does not hang" exits 3
if can_run_bound "unreadable file"; then
	cp good/camera.wav locked.wav
	chmod 0 locked.wav
	mkdir -m 0 shut
	run_bound analyze --json --no-cache good locked.wav
	check "unreadable: unsure" exits 3
	check "unreadable: told why" sh -c "'$HELPER' json .out 'tracks.*.clips.*.error' | grep -q 'Permission denied'"
	check "unreadable: the rest is placed" clip_is recorder.wav placed true
	run_bound analyze --json --no-cache good shut
	check "unreadable folder: unsure" exits 3
	check "unreadable folder: the rest is placed" clip_is recorder.wav placed true
	check "unreadable folder: named" sh -c "'$HELPER' json .out 'warnings.*' | grep -q shut"
	chmod 700 shut
fi
exit "$failures"
