#!/bin/sh
# Manual pages and completions: doc/ holds what the tables say, and the shells get the right words from it.
set -u
root=$PWD
dir=$(mktemp -d "${TMPDIR:-/tmp}/as-documents.XXXXXX") || exit 1
trap 'rm -rf "$dir"' EXIT
HOME=$dir XDG_CONFIG_HOME=$dir/user XDG_CONFIG_DIRS=$dir/system
export HOME XDG_CONFIG_HOME XDG_CONFIG_DIRS
mkdir -p "$dir/bin" "$dir/user/audiosync/presets" "$dir/work/takes"
echo '# my own' >"$dir/user/audiosync/presets/mine.ini"
: >"$dir/work/my clip.wav"
ln -s "$AUDIOSYNC" "$dir/bin/audiosync"
PATH=$dir/bin:$PATH

ok() {
	if [ $? -eq 0 ]; then echo "ok $1"; else
		echo "not ok $1"
		[ -s "$dir/out" ] && sed 's/^/# /' "$dir/out"
	fi
}

same() { # FILE ARG...
	file=$1
	shift
	"$AUDIOSYNC" config "$@" | diff -u "$root/doc/$file" - >"$dir/out"
	ok "doc/$file is up to date (make documents)"
}
same audiosync.1 man 1
same audiosync.ini.5 man 5
"$AUDIOSYNC" config keys | diff -u "$root/config/keys.ini" - >"$dir/out"
ok "config/keys.ini is up to date (make documents)"
for shell in bash zsh fish; do same completions/audiosync.$shell completion $shell; done

if command -v mandoc >/dev/null; then
	for page in audiosync.1 audiosync.ini.5; do
		mandoc -Tlint -Wwarning "$root/doc/$page" >"$dir/out" 2>&1
		ok "$page passes mandoc -Tlint"
	done
else
	echo 'skip mandoc is not installed'
fi
cd "$dir/work" || exit 1

# expect NAME COMMAND LINE WORD...: completing LINE offers exactly these words, or at least them after "+".
expect() {
	how=$1 line=$2 more=
	shift 2
	[ "${1-}" = + ] && more=yes && shift
	$how "$line" >"$dir/got"
	printf '%s\n' "$@" | sed '/^$/d' | sort >"$dir/want"
	{ echo "line: $line"; cat "$dir/got"; } >"$dir/out"
	if [ -n "$more" ]; then
		sort "$dir/got" | comm -13 - "$dir/want" >"$dir/missing"
		[ ! -s "$dir/missing" ]
	else
		sort "$dir/got" | cmp -s - "$dir/want"
	fi
	ok "$how: $line"
}

# What the shell itself would fill in: words broken at blanks and "=".
in_bash() {
	LINE=$1 FILE=$root/doc/completions/audiosync.bash bash --norc -c '
		source "$FILE"
		read -ra COMP_WORDS <<<"${LINE//=/ = }"
		[[ $LINE == *[\ =] ]] && COMP_WORDS+=("")
		[[ $LINE == *= ]] && unset "COMP_WORDS[-1]"
		COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
		compopt() { :; }
		_audiosync
		printf "%s\n" "${COMPREPLY[@]}"' | sed '/^$/d'
}

in_fish() {
	LINE=$1 FILE=$root/doc/completions/audiosync.fish fish --no-config -c '
		source $FILE
		complete -C "$LINE"' 2>/dev/null | cut -f1
}

words() { # HOW
	expect "$1" 'audiosync sy' sync
	expect "$1" 'audiosync ' + sync analyze info config demo
	expect "$1" 'audiosync sync --form' --format
	expect "$1" 'audiosync analyze --form'
	expect "$1" 'audiosync sync --format ' wav aiff flac mp3
	expect "$1" 'audiosync --preset con' concert
	expect "$1" 'audiosync sync --preset mi' mine
	expect "$1" 'audiosync config pr' presets
	expect "$1" 'audiosync config get export.bit' export.bit_depth export.bitrate_kbps
	expect "$1" 'audiosync analyze m' 'my clip.wav'
}

if command -v bash >/dev/null; then
	words in_bash
	expect in_bash 'audiosync sync --format=fl' flac
	expect in_bash 'audiosync analyze --set export.bit' export.bit_depth= export.bitrate_kbps=
	expect in_bash 'audiosync analyze --set analysis.takes=' yes no
	expect in_bash 'audiosync sync -o t' takes
	expect in_bash 'audiosync sync --track Cam=my' 'my clip.wav'
else
	echo 'skip bash is not installed'
fi
if command -v fish >/dev/null; then
	words in_fish
	expect in_fish 'audiosync analyze --set analysis.takes=' analysis.takes= analysis.takes=yes analysis.takes=no
	expect in_fish 'audiosync sync -o t' takes/
else
	echo 'skip fish is not installed'
fi
if command -v zsh >/dev/null && command -v python3 >/dev/null; then
	offers() { # LINE WORD...
		python3 "$root/tests/cli/zsh_complete.py" "$root/doc/completions/audiosync.zsh" "$@" >"$dir/out" 2>&1
		ok "in_zsh: $1"
	}
	offers 'audiosync ' sync analyze info config demo
	offers 'audiosync sync --fo' --force --format
	offers 'audiosync sync --format ' wav aiff flac mp3
	offers 'audiosync sync --preset ' concert broadcast mine
	offers 'audiosync config get export.bit' export.bit_depth export.bitrate_kbps
	offers 'audiosync analyze --set analysis.takes=' yes no
	offers 'audiosync analyze ' 'my\ clip.wav' takes/
else
	echo 'skip zsh or python3 is not installed'
fi
