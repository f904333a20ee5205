# The demo: a shoot with known truth, synced, every clip right.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

run demo --json shoot
check "demo: every clip right" exits 0
check "demo --json: says so" json_is right true
check "demo --json: every clip" test "$(json 'clips.*.right' | grep -c true)" -ge 8
check "demo: one clip stays out" test "$(json 'clips.*.placed' | grep -c false)" -eq 1
check "demo: aligned files" test "$(find shoot/synced -name '*.wav' | wc -l)" -eq 3
check "demo: truth beside the sound" "$HELPER" json shoot/shoot/truth.json clips.0.file
run demo shoot
check "again: refused" exits 1
check "again: names --force" says "--force"
run demo one two
check "two folders: usage" exits 2

"$HELPER" interrupt "read (1 of" "$AUDIOSYNC" demo --no-cache other >.out 2>.err </dev/null
code=$?
check "Ctrl-C: 130" exits 130
check "Ctrl-C: nothing half-written" test "$(find other -name '.*' -type f | wc -l)" -eq 0
mkdir tmp
TMPDIR=$dir/tmp run demo --force
check "no folder given: done" exits 0
check "no folder given: a fresh one, named" prints "$dir/tmp/audiosync-demo."
exit "$failures"
