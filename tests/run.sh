#!/bin/sh
# Runs suites and closes with one line: 'N passed, N failed'. Suites: unit, cli, tui, lint, lint-full.
#
# unit: every cmocka binary in $BUILD/tests; $RUNNER goes in front (valgrind …). A test that a crash kept from running
# has failed. The other suites print one line for each case, 'ok NAME' or 'not ok NAME'; an exit status other than 0
# without a failed case counts as one.
set -u
BUILD=${BUILD:-build}
RUNNER=${RUNNER:-}
passed=0
failed=0
skipped=0
out=$(mktemp "${TMPDIR:-/tmp}/audiosync-test.XXXXXX") || exit 1
trap 'rm -f "$out"' EXIT
trap 'exit 130' INT TERM HUP

limit=
command -v timeout >/dev/null 2>&1 && limit="timeout -k 10 ${TEST_LIMIT_S:-900}"

add() { # NAME STATUS PASSED FAILED SKIPPED
	f=$4
	[ "$2" -ne 0 ] && [ "$f" -eq 0 ] && f=1
	[ "$3" -eq 0 ] && [ "$f" -eq 0 ] && [ "$5" -eq 0 ] && f=1 # a suite that ran nothing
	passed=$((passed + $3))
	failed=$((failed + f))
	skipped=$((skipped + $5))
	if [ "$f" -ne 0 ]; then
		cat "$out"
		echo "FAILED $1: $3 passed, $f failed, exit status $2"
	else
		echo "ok     $1: $3 passed"
	fi
}

count_cmocka() {
	awk '{
		if (match($0, /Running [0-9]+ test/)) planned += substr($0, RSTART + 8, RLENGTH - 13)
		ok += gsub(/\[       OK \] /, "")
		if (/\[ RUN      \] /) running = 1
		if (/^\[==========\].* run/) running = 0
		if (/\[  SKIPPED \] / && running) skip++
	} END { failed = planned - ok - skip; print ok + 0, (failed > 0 ? failed : 0), skip + 0 }' "$out"
}

count_lines() {
	awk '/^ok /{p++} /^not ok /{f++} /^skip /{s++} END { print p + 0, f + 0, s + 0 }' "$out"
}

run_unit() {
	for source in tests/unit/test_*.c; do
		[ -e "$source" ] || continue
		name=$(basename "$source" .c)
		# shellcheck disable=SC2086
		$limit $RUNNER "$BUILD/tests/$name" >"$out" 2>&1 </dev/null
		status=$?
		# shellcheck disable=SC2046
		add "$name" $status $(count_cmocka)
	done
}

run_cases() { # NAME COMMAND…
	name=$1
	shift
	$limit "$@" >"$out" 2>&1 </dev/null
	status=$?
	grep '^skip ' "$out"
	# shellcheck disable=SC2046
	add "$name" $status $(count_lines)
}

# The tests of the program find it in $AUDIOSYNC; with a runner that is a script which starts it.
find_program() {
	case $BUILD in /*) dir=$BUILD ;; *) dir=$PWD/$BUILD ;; esac
	AUDIOSYNC=$dir/audiosync
	if [ -n "$RUNNER" ]; then
		printf '#!/bin/sh\nexec %s %s "$@"\n' "$RUNNER" "'$AUDIOSYNC'" >"$dir/audiosync-runner"
		chmod +x "$dir/audiosync-runner"
		AUDIOSYNC=$dir/audiosync-runner
	fi
	export AUDIOSYNC
}

run_cli() {
	find_program
	for script in tests/cli/test_*.sh; do
		[ -e "$script" ] || continue
		run_cases "cli/$(basename "$script" .sh)" sh "$script"
	done
}

# The terminal interface: goldens of its frames, and the program in a real terminal.
run_tui() {
	find_program
	for script in tests/tui/run.sh tests/tui/test_*.sh; do
		[ -e "$script" ] || continue
		run_cases "tui/$(basename "$script" .sh)" sh "$script"
	done
}

for suite in "$@"; do
	case $suite in
	unit) run_unit ;;
	cli) run_cli ;;
	tui) run_tui ;;
	lint)
		for script in tests/lint/*.sh; do
			[ -e "$script" ] || continue
			run_cases "lint/$(basename "$script" .sh)" sh "$script"
		done ;;
	lint-full) run_cases lint/compilers "${MAKE:-make}" --no-print-directory lint-compile ;;
	*) echo "run.sh: no suite named $suite" >&2; exit 2 ;;
	esac
done
[ "$skipped" -eq 0 ] || echo "$skipped skipped"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
