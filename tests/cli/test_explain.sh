# analyze --explain: why clips sit where they do or were refused, for people and as JSON.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

run demo shoot
check "demo" exits 0
s=shoot/shoot
wav "$s/Silent_001.wav" silence 20 1
# Twice the same sound: what is heard in it may sit in either half.
mkdir loop
wav half.wav talk 40 5
wav whole.wav silence 80 1
{ head -c 44 whole.wav; tail -c +45 half.wav; tail -c +45 half.wav; } >loop/recorder.wav
wav loop/camera.wav talk 20 5 10

# One line of words: what is said may be broken anywhere.
told() { tr -s ' \n' '  ' <.out | grep -qF -- "$1"; }
# Columns, not bytes.
fits() { [ "$(LC_ALL=C tr -d '\200-\277' <.out | awk '{ if (length($0) > m) m = length($0) } END { print m + 0 }')" -le 80 ]; }

run analyze --explain CamB_004 "$s"
check "placed: as analyze exits" exits 3
check "placed: the verdict and the setting" told "reaches confidence.strong ("
check "placed: the place" told "Place 00:02:38.6"
check "placed: chance in words" told "unrelated sound would match as well "
check "placed: what agrees" told " matches agree about the place"
check "placed: a match" prints "ZOOM0002.WAV"
check "placed: no other clip's table" lacks "CamB_005.wav" .out
check "placed: the summary stays" told "10 of 12 clips placed"
check "placed: 80 columns" fits

run analyze --explain CamB_006.wav --explain "$s/Silent_001.wav" "$s"
# Nothing found at all, or nothing that chance would not do as well.
check "unplaced: why" grep -qE 'unplaced: it(s best score is| was searched in)' .out
check "unplaced: where it was searched" told "Searched all of "
check "silent: why" told "unplaced: it is silent: there is nothing to match"
check "silent: nowhere searched" told "Searched nowhere"
check "two: no third" test "$(grep -c Verdict .out)" -eq 2

run analyze --explain camera loop
check "ambiguous: unsure" exits 3
check "ambiguous: says so" told "ambiguous: "
check "ambiguous: both places" test "$(grep -c 'after recorder.wav begins\|as likely\|less likely' .out)" -ge 2
check "ambiguous: 80 columns" fits

run analyze --json --explain camera loop
check "json: reason" test "$(clip camera.wav explain.reason | grep -c 'margin\|support')" -eq 1
check "json: places" test "$(json 'tracks.0.clips.0.explain.places.#')" -ge 2
check "json: the place is in the other clip" json_is tracks.0.clips.0.explain.places.0.beside "$(realpath loop)/recorder.wav"
check "json: the others are not explained" test "$(clip recorder.wav explain.reason)" = none

run analyze --json --threads 4 "$s"
check "json: every clip is explained" test "$(json 'tracks.*.clips.*.explain.reason' | grep -vc none)" -eq 12
check "json: silent" clip_is Silent_001.wav explain.reason silent
check "json: no match" test "$(clip CamB_006.wav explain.reason | grep -cx 'no-match\|score')" -eq 1
check "json: thresholds" test "$(json thresholds.weak)" = "$("$AUDIOSYNC" config get confidence.weak)"
residual=$(clip CamB_004.wav explain.matches.0.residual_s)
check "json: residual under a millisecond" near "$residual" 0 0.001
check "json: matches used" clip_is CamB_004.wav explain.matches.0.used true
mv .out four
run analyze --json --threads 1 "$s"
check "json: the same with any number of threads" cmp .out four

run analyze --explain Cam "$s"
check "several: usage" exits 2
check "several: named" says '"Cam" fits several clips: CamA_001.flac, CamA_002.flac, '
check "several: nothing on stdout" is_empty .out
run analyze --explain CamB_04.wav "$s"
check "unknown: usage" exits 2
check "unknown: suggests" says "did you mean CamB_004.wav?"
run analyze --explain "$(printf 'no\033[2Jsuch')" "$s"
check "unknown: shown safely" says '"no\x1b[2Jsuch" is the name of no clip'
run analyze --explain
check "no name: usage" exits 2
run sync --explain CamB_004 "$s" -o out
check "sync does not take it" says "sync does not take --explain"

hostile=$(printf 'evil\033]0;x\007\nname.wav')
mkdir evil
wav "evil/$hostile" talk 20 5 10
wav evil/recorder.wav talk 60 5
run analyze --explain evil evil
check "hostile name: placed" exits 0
check "hostile name: shown escaped" prints 'evil\x1b]0;x\x07\nname.wav'
check "hostile name: no control character" test "$(LC_ALL=C tr -d '\n -~' <.out | LC_ALL=C tr -d '\200-\377' | wc -c)" -eq 0
exit "$failures"
