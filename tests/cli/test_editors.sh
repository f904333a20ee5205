# What editing programs get: edit lists, Final Cut Pro 7 XML, Reaper and MLT projects of one shoot, with names as they come.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
mkdir -p "shoot/a & b <c> 100%" out
wav "shoot/a & b <c> 100%/cam one.wav" talk 40 7
wav "shoot/a & b <c> 100%/it's \"two\".wav" talk 20 7 10.033
in=$(pwd -P)/shoot

run analyze --track cam="shoot/a & b <c> 100%/cam one.wav" --track rec="shoot/a & b <c> 100%/it's \"two\".wav" \
	--edl out/day.edl --xmeml out/day.xml --rpp out/day.rpp --mlt out/day.mlt --fps 25
check "editors: done" exits 0
check "editors: a list for each track" holds_only out day_cam.edl day_rec.edl day.xml day.rpp day.mlt
check "edl: to the frame" grep -q '^001  ITSTWO   A  *C  *00:00:00:00 00:00:20:00 01:00:10:01 01:00:30:01$' out/day_rec.edl
check "edl: path" grep -qxF "* SOURCE FILE: $in/a & b <c> 100%/it's \"two\".wav" out/day_rec.edl
check "rpp: exact" near "$(sed -n 's/^ *POSITION //p' out/day.rpp | tail -n 1)" 10.033 0.0002
check "rpp: quoted" grep -qF "FILE \`$in/a & b <c> 100%/it's \"two\".wav\`" out/day.rpp
check "xmeml: path" grep -qF '/shoot/a%20%26%20b%20%3Cc%3E%20100%25/it%27s%20%22two%22.wav</pathurl>' out/day.xml
check "mlt: frames" grep -q '<blank length="251"/>' out/day.mlt
if command -v xmllint >/dev/null; then
	check "xmeml and mlt: well-formed" xmllint --noout out/day.xml out/day.mlt
else
	echo "skip well-formed: needs xmllint"
fi

cp -r out kept
run analyze "shoot/a & b <c> 100%" --edl out/day.edl --xmeml out/day.xml
check "what exists is kept" exits 1
check "what exists is not touched" cmp -s out/day.xml kept/day.xml

run analyze --fps 29.97df --start-tc "10:00:00;00" --map-path "$in=M:\\media" --xmeml win.xml --edl win.edl \
	--track cam="shoot/a & b <c> 100%/cam one.wav" --track rec="shoot/a & b <c> 100%/it's \"two\".wav"
check "another machine: done" exits 0
check "another machine: drop frame" grep -q ' 10:00:00;00 10:00:39;28$\| 10:00:00;00 10:00:39;29$\| 10:00:00;00 10:00:40;00$' win_cam.edl
check "another machine: its paths" grep -qxF '* SOURCE FILE: M:\media\a & b <c> 100%\cam one.wav' win_cam.edl
check "another machine: its URLs" grep -qF 'file://localhost/M:/media/a%20%26%20b%20%3Cc%3E%20100%25/cam%20one.wav' win.xml

# What a format cannot hold is left out, said and marked.
mkdir odd
mv "shoot/a & b <c> 100%/cam one.wav" "odd/cam
one.wav"
mv "shoot/a & b <c> 100%/it's \"two\".wav" odd/two.wav
odd() {
	run analyze --track cam="odd/cam
one.wav" --track rec=odd/two.wav --fps 25 "$@"
}
odd --rpp odd.rpp --xmeml odd.xml --edl odd.edl --mlt odd.mlt
check "line break: done" exits 0
check "line break: named" prints 'odd.rpp: left out: cam\none.wav'
check "line break: the others have it" test -s odd.xml -a -s odd_cam.edl -a "$(grep -c '^one.wav</property>' odd.mlt)" -ge 2
check "line break: the rest is there" test "$(grep -c '<ITEM' odd.rpp)" -eq 1
check "line break: marked" grep -q 'MARKER 1 0.0* "left out: cam\\none.wav: not here' odd.rpp
mv odd/two.wav "odd/two
.wav"
run analyze --track rec="odd/two
.wav" --track cam="odd/cam
one.wav" --rpp none.rpp
check "nothing is left (exit 1)" exits 1
check "nothing is left: no file" test ! -e none.rpp
exit "$failures"
