#!/bin/sh
# `audiosync config`: list, get, path, dump, presets, cache.
set -u
root=$PWD
dir=$(mktemp -d "${TMPDIR:-/tmp}/as-config.XXXXXX") || exit 1
trap 'rm -rf "$dir"' EXIT
HOME=$dir/home XDG_CONFIG_HOME=$dir/user XDG_CONFIG_DIRS=$dir/system XDG_CACHE_HOME=$dir/cache
export HOME XDG_CONFIG_HOME XDG_CONFIG_DIRS XDG_CACHE_HOME
mkdir -p "$HOME" "$XDG_CONFIG_HOME/audiosync"
cd "$dir" || exit 1

run() {
	"$AUDIOSYNC" config "$@" >out 2>err
	code=$?
}

ok() {
	if [ $? -eq 0 ]; then echo "ok $1"; else
		echo "not ok $1 (exit $code)"
		sed 's/^/# /' out err
	fi
}

json() { # EXPRESSION over the object d
	python3 -c 'import json,sys; d=json.load(open("out")); sys.exit(not eval(sys.argv[1]))' "$1"
}

run && cp out first && run list && cmp -s first out && grep -q '^export.format  *wav  *default$' out
ok 'list is what config does'

run get export.format && [ "$(cat out)" = wav ]
ok 'get prints the value alone'

run get
[ "$code" -eq 2 ] && grep -q 'get takes one setting' err
ok 'get alone says what it takes'

run dump --defaults && cmp -s out "$root/config/audiosync.ini"
ok 'config/audiosync.ini is what the table says'

run dump --defaults && cp out all.ini && run list --config all.ini && cp out with &&
	sed -E 's/ +(default|all.ini:[0-9]+)$//' with >a && sed -E 's/ +default$//' first >b && cmp -s a b &&
	[ "$(grep -c all.ini: with)" -eq "$(wc -l <with)" ]
ok 'it sets every key, and to its default'

run dump --preset broadcast --set 'cache.dir=/tmp/a b;c' --format flac && cp out dumped.ini &&
	grep -q '^# from preset broadcast:[0-9]*$' out && grep -q '^# from --format$' out &&
	run list --config dumped.ini && grep -q '^export.format  *flac ' out &&
	grep -q '^confidence.strong  *15 ' out && run get cache.dir --config dumped.ini &&
	[ "$(cat out)" = '/tmp/a b;c' ]
ok 'a dump reads back as it was and tells origins'

run dump --set 'cache.dir=/tmp/a ;b' && grep -q '^# cache.dir\|^# dir = /tmp/a ;b' out && cp out d.ini &&
	run get cache.dir --config d.ini && [ -z "$(cat out)" ]
ok 'a value that no file can hold is not dumped as another one'

run dump --set 'calibration.USB Audio=11' --set calibration.monitor%3Aa.sink=-42.5 && cp out d.ini &&
	run list --config d.ini && grep -q '^calibration.USB Audio  *11  *ms  *d.ini:[0-9]*$' out &&
	run get calibration.monitor%3aa.sink --config d.ini && [ "$(cat out)" = -42.5 ] &&
	run list --json --config d.ini && json '[s["value"] for s in d["settings"] if s["key"] == "calibration.USB Audio"] == [11]'
ok 'calibrations of devices are dumped, listed and read back'

run path && grep -q "^user file  *$dir/user/audiosync/audiosync.ini (not there)$" out &&
	grep -q "^cache  *$dir/cache/audiosync" out
ok 'path shows where settings come from'

run presets && [ "$(wc -l <out)" -eq 4 ] && grep -q '^music-video  *takes' out
ok 'presets'

run cache && [ "$code" -eq 0 ] && grep -q '0 entries' out && [ ! -e "$XDG_CACHE_HOME/audiosync" ]
ok 'looking at a cache does not make one'

run cache --clear && [ "$code" -eq 0 ]
ok 'clearing no cache is fine'

mkdir precious && echo mine >precious/file && run cache --clear --set cache.dir="$dir/precious" &&
	[ "$(cat precious/file)" = mine ]
ok 'clearing touches nothing but cache entries'

run dump --json && [ "$code" -eq 2 ] && [ ! -s out ]
ok 'a dump is no JSON'

if command -v python3 >/dev/null; then
	run list --json && json 'd["schema"] == 1 and len(d["settings"]) > 20 and d["settings"][0]["key"] == "general.threads"'
	ok 'list as JSON'
	run get --json export.crossfade_ms && json 'd["value"] == 50 and d["unit"] == "ms" and d["origin"] == "default"'
	ok 'get as JSON'
	run path --json && json 'd["places"][-1] == {"what": "cache", "path": "'"$dir"'/cache/audiosync", "exists": False}'
	ok 'path as JSON'
	run presets --json && json '[p["name"] for p in d["presets"]] == ["broadcast","concert","interview","music-video"]'
	ok 'presets as JSON'
	run cache --json && json 'd["entries"] == 0 and d["bytes"] == 0'
	ok 'cache as JSON'
	run get --json cache.dir --set "cache.dir=$(printf '/a\377b\033')" && json '"\\xff" in d["value"] and d["value_base64"] == "L2H/Yhs="'
	ok 'bytes that are no text survive in JSON'
else
	echo 'skip JSON: python3 is not installed'
fi
