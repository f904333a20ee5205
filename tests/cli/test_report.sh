# The sync report as a user gets it: three forms, refused before the long work, whole or not at all.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
two_devices shoot
hostile='<b>R & "C" '\''$(x)'\''.wav'
mv shoot/recorder.wav "shoot/$hostile"

# well_formed FILE: as XML; skipped where xmllint is missing.
well_formed() {
	command -v xmllint >/dev/null || { echo "skip $1: xmllint is not installed" >&3; return 0; }
	xmllint --noout "$1" 2>.err
}
exec 3>&1

run analyze --report r.pdf shoot
check "another ending: usage" exits 2
check "another ending: said" says ".html, .txt or .json"
run analyze --report '' shoot
check "no name: usage" exits 2

run sync -o out --report new/r.html --report r.txt --report r.JSON --otio r.otio --set confidence.weak=3.5 shoot
check "three forms: done" exits 0
check "page: well-formed" well_formed new/r.html
check "page: names are text" lacks "<b>R" new/r.html
check "page: names are there" grep -qF '&lt;b&gt;R &amp; ' new/r.html
check "page: loads nothing" lacks "src=" new/r.html
check "page: forbids to load anything" grep -q "default-src 'none'" new/r.html
check "page: no script" lacks "<script" new/r.html
check "text: both clips" test "$(grep -c '^● ' r.txt)" -ge 2
check "text: at most 80 columns" awk '{ gsub(/[\200-\277]/, "") } length($0) > 80 { exit 1 }' r.txt
check "text: the files written" grep -qF "✓ r.otio" r.txt
check "text: the setting that was changed" grep -qF "confidence.weak = 3.5" r.txt
check "text: the rounding" grep -q "^Rounding to frames" r.txt
cp r.JSON .out
check "JSON: the answer of sync" json_is 'tracks.*.clips.#' "1
1"
check "JSON: the lags" test "$(json 'report.lags.0.points.#')" -ge 1
check "JSON: both clips are rounded" json_is 'report.rounding.clips.#' 2
check "JSON: the other document was written" json_is 'outputs.*.written' "true
true
true"

cp new/r.html before.html
run analyze --report new/r.html --set confidence.weak=3.5 shoot
check "existing report: failed" exits 1
check "existing report: said" says "new/r.html"
check "existing report: before the analysis" lacks "Comparing" .err
check "existing report: untouched" cmp -s new/r.html before.html
run analyze --force --report new/r.html shoot
check "--force: done" exits 0
check "--force: nothing half-written stays" holds_only new r.html
run analyze --report one.html shoot
rm -rf "$XDG_CACHE_HOME"
run analyze --report two.html shoot
check "same input: same bytes" cmp one.html two.html
run analyze --report same.txt --report ./same.txt shoot
check "one file for two reports: usage" exits 2

cp "shoot/$hostile" before.wav
ln -s "shoot/$hostile" link.txt
run analyze --force --report link.txt shoot
check "a link to a recording: the recording is untouched" cmp -s "shoot/$hostile" before.wav
mkdir alone
cp shoot/camera.wav alone
run analyze --report alone.txt alone
check "nothing to place: exit 3" exits 3
check "nothing to place: reported" grep -q "None of 1 clip" alone.txt
exit "$failures"
