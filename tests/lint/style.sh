#!/bin/sh
# What a reader would trip over: trailing spaces, indentation by spaces, foreign line ends. Lengths are advice.
set -u
files=$(find src include tests -name '*.[ch]' | sort)
scripts=$(find tests .ci -name '*.sh' | sort)
fail=0

# shellcheck disable=SC2086
bad=$(LC_ALL=C awk '
	/[ \t]$/ { print "  " FILENAME ":" FNR ": space at the end of the line" }
	/\r/ { print "  " FILENAME ":" FNR ": carriage return" }
	/^ +[^ *]/ && FILENAME ~ /[.][ch]$/ { print "  " FILENAME ":" FNR ": indented by spaces" }
' $files $scripts Makefile)
if [ -n "$bad" ]; then
	printf '%s\nnot ok style: white space\n' "$bad"
	fail=1
else
	echo 'ok style: white space'
fi

# shellcheck disable=SC2086
bad=$(for f in $(find src include -name '*.h' | sort); do
	head -n 1 "$f" | grep -q '^/\*' || echo "  $f: the first line does not say what it is for"
done)
if [ -n "$bad" ]; then
	printf '%s\nnot ok style: every header begins with its promise\n' "$bad"
	fail=1
else
	echo 'ok style: every header begins with its promise'
fi

# Texts of the interface name the keys that are bound, by "{action}": see src/tui/keymap.h. Lines for text have keys of their own.
bad=$(grep -nE '"[^"]*(\<(Enter|Esc|Space|Backspace)\>|Ctrl-[A-Z]|[:;] [a-zA-Z!?] [a-z]+s )[^"]*"' src/tui/*.c |
	grep -vE '^src/tui/key(map)?\.c:|Tab completes, Up goes back, Esc leaves|Ctrl-U empties the line')
if [ -n "$bad" ]; then
	printf '%s\nnot ok style: keys in texts are those of the table\n' "$bad"
	fail=1
else
	echo 'ok style: keys in texts are those of the table'
fi

# Advice: columns (tabs of 8, characters not bytes), functions over 40 lines, files over 400.
# shellcheck disable=SC2086
LC_ALL=C awk '
	function columns(s,  i) {
		while ((i = index(s, "\t")) > 0)
			s = substr(s, 1, i - 1) substr("        ", 1, 8 - (i - 1) % 8) substr(s, i + 1)
		gsub(/[\200-\277]/, "", s)
		return length(s)
	}
	FNR == 1 { if (lines > 400) print "note " last ": " lines " lines"; last = FILENAME; start = 0 }
	{ lines = FNR; if (columns($0) > 100) { wide[FILENAME]++; n_wide++ } }
	/^{/ { start = FNR }
	/^}/ && start { if (FNR - start - 1 > 40) print "note " FILENAME ":" start ": function of " FNR - start - 1 " lines"; start = 0 }
	END {
		if (lines > 400) print "note " last ": " lines " lines"
		for (f in wide) print "note " f ": " wide[f] " lines over 100 columns"
	}' $files | sort >"${TMPDIR:-/tmp}/audiosync-style.$$"
[ -z "${LINT_NOTES:-}" ] || cat "${TMPDIR:-/tmp}/audiosync-style.$$"
echo "note style: $(wc -l <"${TMPDIR:-/tmp}/audiosync-style.$$") pieces of advice on lengths"
rm -f "${TMPDIR:-/tmp}/audiosync-style.$$"
[ "$fail" = 0 ]
