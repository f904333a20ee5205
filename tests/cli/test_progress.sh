# Progress: a block on a terminal that is gone in the end, plain lines elsewhere, nothing with -q.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
two_devices shoot
wav shoot/long.wav silence 1 1 0 48000 1200

on_terminal() { # COLUMNS ROWS ARGUMENTS…
	size="$1 $2"
	shift 2
	# shellcheck disable=SC2086
	TERM=xterm "$HELPER" tty $size .screen "$AUDIOSYNC" "$@" >.out 2>.err </dev/null
	code=$?
}
rows() { [ "$(sed -n 's/^rows //p' .screen)" -le "$1" ]; }
is_clean() { [ "$(wc -l <.screen)" -eq 1 ]; }

for size in "80 24" "40 5" "200 50"; do
	# shellcheck disable=SC2086
	on_terminal $size analyze --no-cache shoot
	check "terminal $size: done" exits 3
	check "terminal $size: a block, not a list" rows 6
	check "terminal $size: nothing left of it" is_clean
done
on_terminal 80 24 -q analyze --no-cache shoot
check "-q on a terminal: nothing" is_clean
check "-q on a terminal: no row touched" rows 1
TERM=dumb "$HELPER" tty 80 24 .screen "$AUDIOSYNC" analyze --no-cache shoot >.out 2>.err </dev/null
check "dumb terminal: plain lines" grep -q "^audiosync: " .screen

run analyze --no-cache shoot
check "no terminal: lines" says "camera.wav: read"
check "no terminal: no control characters" lacks "$(printf '\033')" .err
run analyze shoot
run analyze shoot
check "all known: one line for all" says "files known"
check "all known: none for a file" lacks "known (" .err
wav shoot/new.wav noise 1 1 0 48000 20
run analyze shoot
check "one new: it is read" says "new.wav: read"
check "one new: the others are known" says "camera.wav: known ("
run analyze --set interface.progress=never --no-cache shoot
check "interface.progress=never: silent" is_empty .err
run analyze -q --json --no-cache shoot
check "-q: silent" is_empty .err
exit "$failures"
