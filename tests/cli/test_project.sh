# Projects: saved, exported from, continued, moved, recovered; what is no project is refused quickly.
schema=$(cd "$(dirname "$0")/../../doc" && pwd)/audiosync-project.schema.json
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
XDG_STATE_HOME=$dir/.state
export XDG_STATE_HOME
two_devices shoot

valid() { # FILE: against the schema, where there is a validator
	if python3 -c 'import jsonschema' 2>/dev/null; then validator=python3
	elif /usr/bin/python3 -c 'import jsonschema' 2>/dev/null; then validator=/usr/bin/python3
	else return 77; fi
	"$validator" -c 'import json, sys, jsonschema
jsonschema.validate(json.load(open(sys.argv[2], encoding="utf-8")), json.load(open(sys.argv[1])))' "$schema" "$1" 2>.err
}
check_valid() { # NAME FILE
	if valid "$2"; then echo "ok $1"
	elif [ $? -eq 77 ]; then echo "skip $1: python3-jsonschema is not installed"
	else check "$1" false; fi
}
same() { cmp -s "$1" "$2"; }

# --- saving, exporting
run sync --set project.autosave_s=0.1 shoot -o one --save day.audiosync
check "sync --save: done" exits 0
check "sync --save: a project" test -s day.audiosync
check "sync --save: no lock or autosave is left" test -z "$(find . -maxdepth 1 -name '.*.lock' -o -maxdepth 1 -name '.*.autosave')"
check_valid "the schema describes it" day.audiosync
run export day.audiosync -o two
check "export: done" exits 0
check "export: the same bytes as sync" same one/camera.wav two/camera.wav
check "export: of every track" same one/recorder.wav two/recorder.wav
mkdir more && cp shoot/camera.wav more/camera.wav
run analyze --json day.audiosync more
check "a clip that comes later renames no track" test "$(json 'tracks.*.name' | grep -cx 'camera\|recorder')" -eq 2
check "a clip that comes later has one" test "$(json 'tracks.*.name' | wc -l)" -eq 3
rm -r more
run export day.audiosync -o three --format flac
check "export --format: the command line counts" test -s three/recorder.flac
run export day.audiosync -o two
check "export: overwrites nothing" exits 1
check "export: names --force" says "--force"
run export shoot -o four
check "export: a folder is no project" exits 2
run export nowhere.audiosync --otio five.otio
check "export: of nothing fails" exits 1
check "export: … which says why" says "nowhere.audiosync: No such file or directory"
cp day.audiosync kept.copy
ln -s day.audiosync soft.otio
ln day.audiosync hard.otio
for target in day.audiosync soft.otio hard.otio; do
	run export day.audiosync --otio "$target" --force
	check "export: never over the project ($target)" exits 1
	check "export: … by name ($target)" says "is the project that was read"
done
run sync day.audiosync -o five --rpp day.audiosync --force
check "sync: never over the project" exits 1
check "… by name" says "is the project that was read"
check "… which is as it was" same day.audiosync kept.copy
rm -f soft.otio hard.otio kept.copy
run export day.audiosync -o told
check "export: tells what it writes" says "camera.wav: written (1 of 2)"
check "export: not what it need not read" lacks "known (" .err
run export day.audiosync
check "export: without a target" exits 2

run analyze --json shoot --save plain.audiosync
check "analyze --save: done" exits 0
check "analyze --save: the same bytes" same plain.audiosync day.audiosync
run analyze shoot --save day.audiosync
check "another project is not written over" exits 1
check "… which names --force" says "--force"
run analyze day.audiosync --save day.audiosync
check "its own is" exits 0
check "… with a backup" same day.audiosync~ plain.audiosync
check "… and the same bytes" same day.audiosync plain.audiosync
run analyze shoot --save shoot/camera.wav --force
check "a recording is never written over" exits 1
check "… and is still one" test "$(head -c 4 shoot/camera.wav)" = RIFF
mkdir tiny
if [ "$(id -u)" -eq 0 ] && mount -t tmpfs -o size=4k none tiny 2>/dev/null; then
	mounted=$dir/tiny
	run analyze shoot --save tiny/day.audiosync --otio beside.otio
	check "no room for the project: failed" exits 1
	check "no room for the project: said" says "tiny/day.audiosync: "
	check "no room for the project: the places are told" prints "camera.wav"
	check "no room for the project: the timeline is written" test -s beside.otio
	run sync shoot --save tiny/day.audiosync -o beside
	check "no room for the project: sync fails" exits 1
	check "no room for the project: sync writes all the same" test -s beside/camera.wav
	umount tiny
	mounted=
else
	echo "skip no room for the project: needs root and mount"
fi
run info day.audiosync
check "info: done" exits 0
check "info: what it holds" prints "2 of 2 clips placed"
check "info: and what it rests on" prints "1 match known"
run analyze day.audiosync plain.audiosync
check "two projects at once: usage" exits 2

# --- continuing
wav late.wav talk 20 7 5
run analyze --json --no-cache day.audiosync shoot late.wav --save day.audiosync
check "a new recording: done" exits 0
check "a new recording: placed" test "$(json 'tracks.*.clips.*.placed' | grep -c true)" -eq 3
check "a new recording: at its place" near "$(clip late.wav start_s)" 5 0.001
check "a new recording: the old ones are not said twice" lacks "given twice" .err
run analyze --no-cache late.wav late.wav --save twice.audiosync
check "given twice: told" prints "given twice"
run info twice.audiosync
check "given twice: no part of the project" lacks "given twice" .out
check "given twice: nor told again" lacks "given twice" .err
check_valid "the schema describes it still" day.audiosync
run analyze --json --set analysis.min_clip_s=1 shoot --save set.audiosync
run config get analysis.min_clip_s
run info set.audiosync
check "settings come along" prints "analysis.min_clip_s = 1"

# --- moving
mkdir disk disk/card
mv shoot/camera.wav disk/card/
mv late.wav disk/renamed.wav
run analyze --json day.audiosync
check "missing: placed all the same" test "$(json 'tracks.*.clips.*.placed' | grep -c true)" -eq 3
check "missing: told one by one" test "$(json 'warnings.*' | grep -c ': missing')" -eq 2
check "missing: of each clip" clip_is camera.wav media missing
run export day.audiosync -o gone
check "missing: an export fails" exits 1
check "missing: by name" grep -q 'camera.wav: No such file' .out .err
run export day.audiosync --otio gone.otio
check "missing: a timeline fails" exits 1
check "missing: … by name" grep -q 'camera.wav is missing' .out .err
check "missing: … and is not written" test ! -e gone.otio
printf 'RIFF but another' >shoot/camera.wav
run export day.audiosync --otio gone.otio
check "changed: a timeline fails" exits 1
check "changed: … by name" grep -q 'camera.wav has changed since' .out .err
check "changed: … and is not written" test ! -e gone.otio
rm shoot/camera.wav
run export day.audiosync --otio found.otio --relink disk
check "relinked: a timeline" exits 0
run export day.audiosync -o found --relink disk
check "relinked: exported" exits 0
check "relinked: the same sound" same one/camera.wav found/camera.wav
run analyze --json day.audiosync --relink disk --save moved.audiosync
check "relinked: told" test "$(json 'warnings.*' | grep -c 'found as')" -eq 2
run analyze --json moved.audiosync
check "relinked: saved" test "$(json 'warnings.*' | grep -c 'missing')" -eq 0
run analyze shoot --relink disk
check "--relink without a project: usage" exits 2
run export day.audiosync -o nowhere --relink nosuchfolder
check "--relink: a folder that is not there" exits 1
run export day.audiosync -o nowhere --relink day.audiosync
check "--relink: no folder" exits 1
check "--relink: … said" says 'day.audiosync: not a folder'
run info moved.audiosync --relink disk
check "--relink: nothing to look for is said" grep -q 'no recording is missing' .out .err
run info moved.audiosync --group-by name
check "--group-by: a project's recordings stay" says '--group-by: does not count'

# --- what is no project, or too much of one
printf '{"audiosync_project": 2, "files": []}\n' >newer.audiosync
run analyze newer.audiosync
check "newer: refused" exits 1
check "newer: why" says "newer audiosync"
head -c 100000000 /dev/zero | tr '\0' '[' >huge.audiosync
run analyze huge.audiosync
check "100 MB: refused" exits 1
check "100 MB: why" says "too large"
head -c 1000000 huge.audiosync >deep.audiosync
rm huge.audiosync
run analyze deep.audiosync
check "deep nesting: refused" exits 1
check "deep nesting: why" says "nested"
mkfifo pipe.audiosync
run export pipe.audiosync -o pipe
check "a pipe: refused" exits 2
head -n 12 day.audiosync >cut.audiosync
run info cut.audiosync
check "cut off: what is lost is told" grep -q 'lost\|left out' .out .err
printf '{"version": "1.0", "tracks": [{"name": "Cam", "is_reference": true, "clips": [{"file_path": "%s", "analyzed": true,
"timeline_offset_samples": 0, "confidence": 9}]}, {"name": "Rec", "clips": [{"file_path": "%s"}]}], "config": {}}' \
	"$dir/disk/card/camera.wav" "$dir/shoot/recorder.wav" >pro.audiosync
run export pro.audiosync -o pro
check "AudioSync Pro's: needs an analysis" says "has not been analysed"
run analyze --json pro.audiosync --save ours.audiosync
check "AudioSync Pro's: analysed" exits 0
check "AudioSync Pro's: its tracks" json_is reference Cam
check_valid "… and saved as ours" ours.audiosync

# --- a program that dies at work: long enough to be met there
mkdir long
for i in 1 2 3; do wav "long/dev${i}_001.wav" talk 1000 7 "$i"; done
"$AUDIOSYNC" analyze -q --no-cache --threads 1 --set project.autosave_s=0.1 long --save work.audiosync >.out 2>.err &
pid=$!
tries=0
while [ ! -e .work.audiosync.autosave ] && kill -0 "$pid" 2>/dev/null && [ "$tries" -lt 3000 ]; do
	tries=$((tries + 1))
	sleep 0.01
done
run analyze -q shoot --save work.audiosync
busy=$code
cp .err .busy
kill -9 "$pid" 2>/dev/null
wait "$pid" 2>/dev/null
check "killed: it was at work" test ! -e work.audiosync
check "killed: its autosave is whole" test -s .work.audiosync.autosave
check_valid "killed: the schema describes that" .work.audiosync.autosave
check "meanwhile: another writer is refused" test "$busy" -eq 1
check "meanwhile: told by whom" grep -q "process $pid" .busy
run analyze --json --no-cache long --save work.audiosync --recover
check "--recover: goes on and ends" exits 0
check "--recover: every clip placed" test "$(json 'tracks.*.clips.*.placed' | grep -c true)" -eq 3
check "--recover: saved" test -s work.audiosync
check "--recover: nothing is left over" test -z "$(find . -maxdepth 1 -name '.work*')"
run analyze --json --no-cache long --save fresh.audiosync
check "--recover: what a run without a break saves" same work.audiosync fresh.audiosync
cp work.audiosync .work.audiosync.autosave
run analyze -q work.audiosync
check "a newer autosave is told" says "--recover"
exit "$failures"
