# File names are bytes: every one is read, none reaches the terminal as it is.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
mkdir shoot
wav shoot/reference.wav talk 40 7
esc=$(printf '\033')
for name in "with space.wav" "it's \"quoted\".wav" "Chöre – 日本語.wav" "-dash.wav" "\$(rm -rf .).wav" "back\\slash.wav" \
	"esc${esc}[2J${esc}]0;title.wav" "tab	.wav" "line
break.wav"; do
	cp shoot/reference.wav "shoot/$name" || exit 1
done
bad=$(printf 'latin-\351.wav')
cp shoot/reference.wav "shoot/$bad" 2>/dev/null || bad=

run analyze --json --group-by name shoot
check "strange names: done" test "$code" -eq 0 -o "$code" -eq 3
check "strange names: JSON parses" json_is schema 1
check "spaces" clip_is "with space.wav" duration_s 40
check "quotes" clip_is "it's \"quoted\".wav" duration_s 40
check "UTF-8" clip_is "Chöre – 日本語.wav" duration_s 40
check "leading dash" clip_is "-dash.wav" duration_s 40
check "back slash" clip_is "back\\slash.wav" duration_s 40
check "newline" clip_is 'line\nbreak.wav' duration_s 40
if [ -n "$bad" ]; then
	check "invalid UTF-8: shown escaped" clip_is 'latin-\xe9.wav' duration_s 40
	code64=$(json 'tracks.*.clips.*.path_base64' | grep -v '^none$')
	check "invalid UTF-8: exact bytes" test "$(printf %s "$code64" | base64 -d)" = "$dir/shoot/$bad"
fi
run analyze shoot
check "table: no escape sequence" lacks "$esc" .out
check "progress: no escape sequence" lacks "$esc" .err
check "table: shown escaped" prints '\x1b'
LC_ALL=C
run analyze shoot
LC_ALL=C.UTF-8
check "C locale: ASCII only" test "$(cat .out .err | LC_ALL=C tr -d '\000-\177' | wc -c)" -eq 0
cd shoot || exit 1
run analyze --json -- -dash.wav reference.wav
check "-- ends the options" test "$(json 'tracks.*.clips.#' | wc -l)" -ge 1
mv .out .err ..
cd ..
run sync -o "out ${esc}[31m" shoot
check "sync: no escape sequence" lacks "$esc" .out
check "sync: written" test "$(find . -path './out*' -name '*.wav' | wc -l)" -ge 1
exit "$failures"
