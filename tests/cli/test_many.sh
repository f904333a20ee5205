# 3,000 files at once: every one is accounted for, and stderr stays short.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
n=${AUDIOSYNC_TEST_FILES:-3000}
mkdir shoot
wav shoot/reference.wav talk 20 7
wav tiny.wav silence 1 1
i=0
while [ "$i" -lt "$n" ]; do
	i=$((i + 1))
	cp tiny.wav "shoot/clip_$i.wav" || exit 1
done
wav shoot/other.wav talk 15 7 5

(
	ulimit -n 256 || exit 99 # files that stay open would show
	run analyze --json shoot
	exit "$code"
)
code=$?
check "$n files: unsure" exits 3
check "$n files: all in the answer" test "$(json 'tracks.*.clips.*.path' | wc -l)" -eq $((n + 2))
check "$n files: the pair is placed" clip_is other.wav placed true
check "$n files: none else" test "$(json 'tracks.*.clips.*.placed' | grep -c true)" -eq 2
check "$n files: few lines of progress" test "$(wc -l <.err)" -lt 100
exit "$failures"
