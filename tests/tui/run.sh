#!/bin/sh
# The interface without a terminal: each *.ui is a script of keys, its frames are compared with *.golden cell by cell. UPDATE=1
# writes the goldens anew; look at what changed before committing them. NAME.ui arguments run those alone.
#
# Scripts run in a folder of their own that holds shoot/ (the demo shoot), with fresh places for settings and state. The first line may
# be "# with: ARGUMENTS" for the command line, "# env: NAME=VALUE …" for the environment, "# setup: COMMANDS" for what makes more files.
set -u
here=$(cd "$(dirname "$0")" && pwd)
AUDIOSYNC=${AUDIOSYNC:-$PWD/build/audiosync}
dir=$(mktemp -d /tmp/audiosync-tui.XXXXXX) || exit 1
trap 'rm -rf "$dir"' EXIT
trap 'exit 130' INT TERM HUP
LC_ALL=C.UTF-8
XDG_CACHE_HOME=$dir/cache
export LC_ALL XDG_CACHE_HOME
unset COLUMNS LINES NO_COLOR
fail=0

(cd "$dir" && "$AUDIOSYNC" demo shoot >demo.out 2>&1) || { cat "$dir/demo.out"; echo 'not ok tui: the demo shoot'; exit 1; }
rm -f "$dir/shoot/shoot/truth.json"

run_one() { # NAME
	work=$dir/$1
	mkdir -p "$work"
	ln -s "$dir/shoot/shoot" "$work/shoot"
	with=$(sed -n 's/^# with: //p' "$here/$1.ui" | head -n 1)
	env=$(sed -n 's/^# env: //p' "$here/$1.ui" | head -n 1)
	setup=$(sed -n 's/^# setup: //p' "$here/$1.ui")
	[ -z "$setup" ] || (cd "$work" && sh -ec "$setup") || echo "not ok tui: $1 (setup)"
	# shellcheck disable=SC2086
	(cd "$work" && env HOME="$work" XDG_CONFIG_HOME="$work/.config" XDG_STATE_HOME="$work/.state" $env \
		"$AUDIOSYNC" $with --ui-script "$here/$1.ui" >"$dir/$1.raw" 2>"$dir/$1.err")
	status=$?
	# Frames must not know where they were made.
	sed "s,$work,/work,g; s,$dir,/tmp,g" "$dir/$1.raw" >"$dir/$1.out"
	if [ "$status" -ne 0 ] || [ -s "$dir/$1.err" ]; then
		cat "$dir/$1.err"
		echo "not ok tui: $1 (exit status $status)"
		fail=1
	elif [ -n "${UPDATE:-}" ]; then
		cp "$dir/$1.out" "$here/$1.golden"
		echo "ok tui: $1 written"
	elif diff -u "$here/$1.golden" "$dir/$1.out" >"$dir/$1.diff"; then
		echo "ok tui: $1"
	else
		head -n 80 "$dir/$1.diff"
		echo "not ok tui: $1"
		fail=1
	fi
}

if [ $# -gt 0 ]; then
	for name in "$@"; do run_one "$(basename "$name" .ui)"; done
else
	for script in "$here"/*.ui; do run_one "$(basename "$script" .ui)"; done
fi
[ "$fail" = 0 ]
