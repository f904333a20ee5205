# Timelines and reports from the program: what is written, refused, and where the media are said to be.
here=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
cam="day 1/Cam & <A> 50%#.wav"
mkdir -p "day 1"
wav "$cam" talk 60 7
wav "day 1/rec.wav" talk 20 7 12.504
wav "day 1/elsewhere.wav" talk 15 99
tracks() { set -- "$@" --track "CamA=$cam" --track 'Rec=day 1/rec.wav' --track 'Odd=day 1/elsewhere.wav'; run "$@"; }

all="--otio t/a.otio --fcpxml t/a.fcpxml --edl t/a.edl --xmeml t/a.xml --rpp t/a.rpp --mlt t/a.mlt --report t/a.html --report t/a.txt"
# shellcheck disable=SC2086
tracks analyze --json $all --fps 25
check "all kinds: one clip stays unplaced (exit 3)" exits 3
check "all kinds: in the answer" test "$(json 'outputs.*.document' | wc -l)" -eq 8
check "all kinds: written" test "$(json 'outputs.*.written' | sort -u)" = true
check "OTIO: percent-encoded" grep -q '/day%201/Cam%20%26%20%3CA%3E%2050%25%23.wav"' t/a.otio
check "FCPXML: percent-encoded" grep -q '/day%201/Cam%20%26%20%3CA%3E%2050%25%23.wav"' t/a.fcpxml
check "FCPXML: the recorder at its frame" grep -q 'offset="313/25s" name="rec.wav" start="0s" duration="20s"' t/a.fcpxml
check "FCPXML: what has no place lies behind" grep -q 'value="unplaced"' t/a.fcpxml
if command -v xmllint >/dev/null; then
	check "FCPXML: valid" xmllint --nonet --noout --relaxng "$here/tests/unit/fcpxml-1.10.rng" t/a.fcpxml
else
	echo "skip FCPXML against the grammar: needs xmllint"
fi
cp -r t before
# shellcheck disable=SC2086
tracks analyze --json $all --fps 25
check "what exists is kept" says "exists already"
check "what exists is kept: failed" exits 1
# shellcheck disable=SC2086
tracks analyze --json --force $all --fps 25
check "again by force" exits 3
check "the same bytes" diff -r before t
echo mine >t/elsewhere && ln -s elsewhere t/link.otio
tracks analyze --force --fps 25 --otio t/link.otio
check "by force a link is replaced" grep -q OTIO_SCHEMA t/link.otio
check "and what it points to stays" test "$(cat t/elsewhere)" = mine -a ! -L t/link.otio

tracks analyze --otio t/b.otio --edl t/B.otio
check "one target for two (exit 2)" exits 2
check "one target for two: said" says "two files would be written here"
# An EDL becomes a file for each track: what they may be called is known before the analysis.
tracks analyze --edl t/q.edl --otio t/Q_camA.edl
check "a list's name for another (exit 2)" exits 2
check "a list's name for another: said" says "t/Q_camA.edl: may be a track's list of q.edl"
tracks analyze --fcpxml t/r_x.edl --edl t/r.edl
check "the same the other way round (exit 2)" exits 2
tracks analyze --edl t/s.edl --otio t/s_CamA.otio
check "another extension is another file" test -s t/s_CamA.edl -a -s t/s_CamA.otio
for list in u_CamA.edl u_rec_aligned_2.EDL u_unplaced.edl; do
	echo mine >"t/$list"
	tracks analyze --edl t/u.edl
	check "a list that exists is kept (exit 1): $list" exits 1
	check "found before the analysis: $list" test "$(grep -c 'exists already' .err)" -eq 1 -a ! -s .out -a ! -e t/u_Rec.edl
	rm "t/$list"
done
echo mine >t/u_notes.edl
echo mine >t/u_CamA2.edl
tracks analyze --edl t/u.edl
check "what is nobody's list stays" test "$(cat t/u_notes.edl t/u_CamA2.edl | sort -u)" = mine -a -s t/u_CamA.edl
tracks analyze --edl t/v.edl --fps 120
check "more frames than an EDL counts (exit 2)" exits 2
check "more frames than an EDL counts: before the analysis" test ! -s .out
check "more frames than an EDL counts: said" says "t/v.edl: an EDL counts at most 100 frames a second"
tracks analyze --otio -
check "no standard output (exit 2)" exits 2
tracks analyze --otio ./- --fps 25
check "but a file of that name" test -s ./-
rm -f ./-
tracks sync -o -
check "no folder on standard output (exit 2)" exits 2
check "no folder on standard output: none made" test ! -d -
tracks analyze --force --otio "$cam"
check "a recording is never written over" says "is one of the recordings"
tracks analyze --report t/c.doc
check "a report of an unknown kind (exit 2)" exits 2
tracks analyze --otio t/d.otio --replace-audio instead
check "aligned files that nobody writes (exit 2)" exits 2
tracks analyze --otio t/d.otio --start-tc 10:00:00:25 --fps 25
check "a timecode that the rate does not have (exit 2)" exits 2
check "nothing was written for any of them" test ! -e t/b.otio -a ! -e t/c.doc -a ! -e t/d.otio

tracks analyze --otio t/e.otio --fcpxml t/e.fcpxml --map-path "$PWD/day 1=M:\\shoot" --no-unplaced --fps 29.97df --start-tc '10:00:00;02'
check "mapped: done" exits 3
check "mapped: a drive of the client" grep -q '"file:///M:/shoot/rec.wav"' t/e.otio
check "mapped: start timecode" grep -q 'tcStart="36000964964/1000000s"\|tcStart="[0-9/]*s" tcFormat="DF"' t/e.fcpxml
check "nothing unplaced" lacks elsewhere t/e.fcpxml
tracks analyze --json --otio t/m.otio --map-path /no/such/server=/client
check "mapped: one that maps nothing is named" \
	sh -c "$HELPER json .out 'warnings.*' | grep -q '/no/such/server=/client: maps nothing.*day 1/'"
tracks analyze --otio t/f.otio --media-paths relative
check "relative" grep -q '"\.\./day%201/rec.wav"' t/f.otio

tracks sync --json -o out --otio t/g.otio --replace-audio instead
check "aligned files instead: done" exits 3
check "aligned files instead: named" grep -q '/out/Rec.wav"' t/g.otio
check "aligned files instead: not the recorder's own" lacks 'day%201/rec.wav' t/g.otio

mkfifo pipe && ln -s pipe link.otio
tracks analyze --otio link.otio --force
check "a link to a pipe is no file: exit 1" exits 1
check "a link to a pipe is no file: said" says 'link.otio: exists and is not a file'
check "a link to a pipe is left alone" test -L link.otio
tracks analyze --save pipe
check "a pipe as a project: force would not do" sh -c 'grep -q "not a file" .err && ! grep -q -- --force .err'
tracks analyze --save "$cam"
check "a recording as a project: neither" sh -c 'grep -q "one of the recordings" .err && ! grep -q -- --force .err'

mkdir closed && chmod 555 closed
if [ ! -w closed ]; then
	tracks analyze --otio closed/a.otio
	check "a folder that cannot be written" exits 1
fi
exit "$failures"
