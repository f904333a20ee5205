# One Ctrl-C: exit status 130 soon, nothing on stdout, nothing half-written.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
mkdir shoot
# Long enough to be met at work; holes take no room on the disk.
wav shoot/camera.wav talk 300 7 0 48000 3600
wav shoot/recorder.wav talk 290 7 10 48000 3600

interrupted() { # WORD ARGUMENTS…
	word=$1
	shift
	"$HELPER" interrupt "$word" "$AUDIOSYNC" "$@" >.out 2>.err </dev/null
	code=$?
}

interrupted Reading analyze --no-cache shoot
check "during analysis: 130" exits 130
check "during analysis: said" says "interrupted"
check "during analysis: no answer" is_empty .out
run analyze --json --set interface.progress=never shoot
check "after it: a run succeeds" exits 0
interrupted Writing sync -o out shoot
check "during export: 130" exits 130
check "during export: nothing left" test "$(find out -type f 2>/dev/null | wc -l)" -eq 0
exit "$failures"
