# Sourced by tests/cli/test_*.sh: a folder of its own, one line 'ok NAME' or 'not ok NAME' for each check.
# shellcheck shell=sh
# shellcheck disable=SC2034
set -u
AUDIOSYNC=${AUDIOSYNC:-$PWD/build/audiosync}
HELPER=$(dirname "$AUDIOSYNC")/tests/cli/helper
LC_ALL=C.UTF-8
dir=$(mktemp -d "${TMPDIR:-/tmp}/audiosync-cli.XXXXXX") || exit 1
XDG_CACHE_HOME=$dir/.cache
XDG_CONFIG_HOME=$dir/.config
export LC_ALL XDG_CACHE_HOME XDG_CONFIG_HOME
unset COLUMNS NO_COLOR
failures=0
mounted=

finish() {
	[ -z "$mounted" ] || umount "$mounted"
	rm -rf "$dir"
}
trap finish EXIT
trap 'exit 130' INT TERM HUP
cd "$dir" || exit 1

# Runs the program: outputs in .out and .err, exit status in $code.
run() {
	"$AUDIOSYNC" "$@" >.out 2>.err </dev/null
	code=$?
}

# The same as a user whom permissions bind.
run_bound() {
	"$HELPER" nobody "$AUDIOSYNC" "$@" >.out 2>.err </dev/null
	code=$?
}
# False, with the reason, where that user cannot get at the program or the files of the test.
can_run_bound() {
	chmod 755 "$dir"
	"$HELPER" nobody "$AUDIOSYNC" --version >/dev/null 2>&1 && return
	echo "skip $1: the program is out of reach for another user"
	false
}

check() { # NAME COMMAND…
	name=$1
	shift
	if "$@"; then
		echo "ok $name"
	else
		echo "not ok $name"
		echo "  failed: $*"
		failures=$((failures + 1))
		echo "  exit status ${code:-?}; stdout and stderr:"
		[ ! -f .out ] || head -c 3000 .out | sed 's/^/  | /'
		[ ! -f .err ] || head -c 3000 .err | sed 's/^/  ! /'
	fi
}

exits() { [ "$code" -eq "$1" ]; }
says() { grep -qF -- "$1" .err; }     # on stderr
prints() { grep -qF -- "$1" .out; }   # on stdout
lacks() { ! grep -qF -- "$1" "$2"; }
is_empty() { [ ! -s "$1" ]; }
json() { "$HELPER" json .out "$1"; }
json_is() { # PATH VALUE
	got=$(json "$1") && [ "$got" = "$2" ] || { echo "  $1 is '${got:-}', not '$2'"; return 1; }
}
# The field ($2) of the clip whose path ends in $1.
clip() {
	json 'tracks.*.clips.*.path' >.paths && json "tracks.*.clips.*.$2" >.values &&
		paste -d'|' .paths .values | NAME=/$1 awk -F'|' \
			'{ end = ENVIRON["NAME"] }
			substr($1, length($1) - length(end) + 1) == end { print $2; n++ } END { exit n != 1 }'
}
clip_is() { # NAME FIELD VALUE
	got=$(clip "$1" "$2") && [ "$got" = "$3" ] || { echo "  $2 of $1 is '${got:-}', not '$3'"; return 1; }
}
near() { # VALUE WANTED TOLERANCE
	awk -v a="$1" -v b="$2" -v t="$3" 'BEGIN { d = a - b; exit !(a != "" && a != "null" && d <= t && d >= -t) }'
}
# Nothing in the folder but the files named: no half-written rest.
holds_only() { # DIR NAME…
	where=$1
	shift
	got=$(find "$where" -mindepth 1 2>/dev/null | LC_ALL=C sort | sed "s|^$where/||" | tr '\n' ' ')
	want=$(for f in "$@"; do echo "$f"; done | LC_ALL=C sort | tr '\n' ' ')
	[ "$got" = "$want" ] || { echo "  $where holds '$got', not '$want'"; return 1; }
}
wav() { "$HELPER" wav "$@" || exit 1; }

# Two devices that heard the same: b begins 10 s after a.
two_devices() { # DIR
	mkdir -p "$1"
	wav "$1/camera.wav" talk 40 7
	wav "$1/recorder.wav" talk 30 7 10
}
