# selftest: the user's own footage, changed by known amounts and looked for.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

# Columns, not bytes.
fits() { [ "$(LC_ALL=C tr -d '\200-\277' <.out | awk '{ if (length($0) > m) m = length($0) } END { print m + 0 }')" -le 80 ]; }
total() { json "$1" | awk '{ n += $1 } END { print n + 0 }'; }

two_devices shoot
run selftest --trials 3 shoot
check "done" exits 0
check "a row for each length and level" test "$(grep -c ' dB ' .out)" -eq 6
check "nothing wrong" prints "0 wrong; 0 of 12 found where they are not"
check "80 columns" fits
check "what stdout is for: no progress" lacks "Testing" .out

run selftest --trials 3 --json --threads 1 shoot
check "json: done" exits 0
check "json: seed" json_is seed 1
check "json: stretches of 5 and of 15 s" json_is stretches 6
check "json: everything counted" test "$(total 'rows.*.n')" -eq 18
check "json: nothing wrong" test "$(total 'rows.*.wrong')" -eq 0
check "json: found with little noise" test "$(json rows.0.right_1ms)" -eq 3
check "json: no false place" test "$(total 'false_places.*.accepted')" -eq 0
check "json: the bound of six looks" near "$(json false_places.backwards.upper_95)" 0.393 0.001
check "json: thresholds" test "$(json thresholds.min_margin)" = "$("$AUDIOSYNC" config get confidence.min_margin)"
mv .out one
run selftest --trials 3 --json --threads 4 shoot
check "json: the same with any number of threads" cmp .out one
mkdir turned
cp shoot/camera.wav turned/z.wav
cp shoot/recorder.wav turned/a.wav
run selftest --trials 3 --json --no-cache turned/z.wav turned/a.wav
mv .out two
run selftest --trials 3 --json --no-cache turned/a.wav turned/z.wav
check "json: the same in any order" cmp .out two
run selftest --trials 3 --json --seed 2 shoot
check "json: another seed" json_is seed 2
check "json: other figures" test "$(json rows.0.median_err_s)" != "$(sed -n 's/.*"median_err_s": *\([^,]*\),*/\1/p' one | head -n 1)"

run selftest --trials 1 --set confidence.weak=90 --set confidence.strong=95 --json shoot
check "thresholds count: nothing placed" test "$(total 'rows.*.refused')" -eq 6
check "thresholds count: nothing wrong" exits 0

printf 'no sound at all' >shoot/broken.wav
run selftest --trials 1 shoot gone.wav
check "a broken and a missing file: unsure" exits 3
check "the rest went on" prints " dB "
check "the broken one is named" prints "broken.wav: "
check "the missing one is named" says "gone.wav"
run selftest --trials 1 --json shoot
check "json: the broken one" test "$(json failed.0.path)" = "$(realpath shoot)/broken.wav"

wav short.wav talk 9 3
run selftest short.wav
check "too short: failed" exits 1
check "too short: says so" says "no file has 10 s of sound fit for matching"
wav silent.wav silence 60 3
run selftest silent.wav
check "silence: failed" exits 1
run selftest gone.wav
check "nothing there: failed" exits 1
for n in 0 1001 -3 5x ''; do
	run selftest --trials "$n" shoot
	check "--trials '$n': usage" exits 2
done
run selftest --trials 1001 shoot
check "--trials: what is allowed" says '--trials: a number from 1 to 1000, not "1001"'
run selftest
check "no files: usage" exits 2

wav long.wav talk 700 3
"$HELPER" interrupt Testing "$AUDIOSYNC" selftest --trials 400 long.wav >.out 2>.err </dev/null
code=$?
check "Ctrl-C: 130" exits 130
check "Ctrl-C: nothing on stdout" is_empty .out
exit "$failures"
