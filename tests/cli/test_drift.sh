# drift: what is put in is told, taken out, and gone.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

wav right.wav talk 130 5 0 16000

run drift --ppm -100 right.wav -o fast.wav
check 'a known drift is taken out' exits 0
check 'what is left of it is said' prints 'Left      '
run drift --json -r right.wav fast.wav
check 'compare: exit 0' exits 0
check 'compare: +100 ppm are told' near "$(json found.drift_ppm)" 100 1
check 'compare: their error is told' near "$(json found.drift_err_ppm)" 0.3 0.3
check 'compare: nothing is written' json_is mode compare
run drift -r right.wav fast.wav
check 'the plot stands in the terminal' prints '•'
check 'and reads' prints 'the clock runs fast'
LC_ALL=C run drift -r right.wav fast.wav
check 'without Unicode it is ASCII' awk '/[^ -~]/ { exit 1 }' .out
check 'no line is wider than the terminal' awk 'length($0) > 80 { exit 1 }' .out

run drift --json -r right.wav fast.wav -o fixed.flac --plot lag.svg
check 'the corrected file' exits 0
check '+100 ppm are gone' near "$(json output.left_ppm)" 0 1
check 'it is FLAC' sh -c 'head -c 4 fixed.flac | grep -q fLaC'
check 'the plot is a picture by itself' grep -q '</svg>' lag.svg
check 'that loads nothing' lacks 'href' lag.svg
if command -v xmllint >/dev/null 2>&1; then
	check 'and is well-formed' xmllint --noout lag.svg
else
	echo 'skip the plot as XML: no xmllint'
fi
run drift --ppm 100 right.wav -o slow.wav
run drift --json -r right.wav slow.wav -o fixed_slow.wav
check '-100 ppm are told' near "$(json found.drift_ppm)" -100 1
check '-100 ppm are gone' near "$(json output.left_ppm)" 0 1

if command -v ffmpeg >/dev/null 2>&1; then
	ffmpeg -v error -nostdin -f lavfi -i testsrc2=s=64x48:r=25:d=130 -i fast.wav -c:v mpeg4 -c:a aac film.mp4
	run drift --json -r right.wav film.mp4 -o film_fixed.mp4
	check 'a film: exit 0' exits 0
	check 'a film: its drift' near "$(json found.drift_ppm)" 100 1
	check 'a film: its drift is gone' near "$(json output.left_ppm)" 0 1
	check 'a film: has its picture' json_is output.picture true
	for f in film film_fixed; do
		ffmpeg -v error -nostdin -i $f.mp4 -map 0:v -c copy -f framemd5 $f.txt
	done
	check 'a film: the very same' cmp -s film.txt film_fixed.txt
	run drift --ppm 5 film.mp4 -o film.avi
	check 'AVI: what is not possible' exits 2
	check 'AVI: and the way out' says '.mov'
else
	echo 'skip films: no ffmpeg'
fi

# What cannot be, and what must not be.
wav other.wav talk 90 6 0 16000
run drift -r right.wav other.wav -o none.wav --plot none.svg
check 'no shared sound: exit 3' exits 3
check 'no shared sound: said' prints 'not measurable'
check 'no shared sound: that nothing is written is said' prints 'none.wav: not written'
check 'no shared sound: nothing is written' test ! -e none.wav -a ! -e none.svg
run drift --json -r right.wav other.wav -o none.wav
check 'no shared sound: so does the JSON' sh -c "$HELPER json .out 'warnings.*' | grep -q 'none.wav: not written'"
wav short.wav talk 20 5 30 16000
run drift -r right.wav short.wav
check 'too short: exit 3' exits 3
check 'too short: said' prints 'a minute'
run drift -r right.wav fast.wav -o fixed.flac
check 'what exists is refused' exits 1
check 'and named' says 'fixed.flac: exists already'
run drift -r right.wav fast.wav -o fixed.flac --force
check 'unless forced' exits 0
run drift -r right.wav fast.wav -o right.wav --force
check 'a recording is never overwritten' exits 1
check 'and said' says 'one of the recordings'
cp right.wav right.svg
run drift -r right.svg fast.wav --plot right.svg --force
check 'nor by the plot' exits 1
run drift fast.wav
check 'neither -r nor --ppm' exits 2
run drift -r right.wav --ppm 3 fast.wav
check 'both -r and --ppm' exits 2
run drift --ppm 3 fast.wav
check '--ppm without -o' exits 2
run drift --ppm nan fast.wav -o x.wav
check '--ppm of no number' exits 2
run drift -r missing.wav fast.wav
check 'a missing reference' exits 1
wav long.wav talk 1200 7 0 16000
"$HELPER" interrupt Writing "$AUDIOSYNC" drift --ppm 12 long.wav -o long_fixed.wav >.out 2>.err </dev/null
code=$?
check 'Ctrl-C: 130' exits 130
check 'Ctrl-C: no file' test ! -e long_fixed.wav
check 'nothing half-written stays' sh -c '! ls -A | grep -q part$'
exit "$failures"
