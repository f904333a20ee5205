# A second run decodes nothing, answers the same, and notices when a file changes.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
two_devices shoot

run analyze --json shoot
check "first run: done" exits 0
check "first run: decoded" json_is 'tracks.*.clips.*.cached' "false
false"
sed '/"cached"/d' .out >first
run analyze --json shoot
check "second run: cached" json_is 'tracks.*.clips.*.cached' "true
true"
sed '/"cached"/d' .out >second
check "second run: the same answer" cmp -s first second
run analyze --json --threads 1 shoot
sed '/"cached"/d' .out >second
check "one thread: the same answer" cmp -s first second
run analyze --json --no-cache shoot
check "--no-cache: decoded" json_is 'tracks.*.clips.*.cached' "false
false"
sed '/"cached"/d' .out >second
check "--no-cache: the same answer" cmp -s first second
wav shoot/recorder.wav talk 30 7 5
run analyze --json shoot
check "changed file: decoded again" clip_is recorder.wav cached false
check "changed file: new place" near "$(clip recorder.wav start_s)" 5 0.001
find "$XDG_CACHE_HOME" -type f | while read -r f; do
	printf 'rot' | dd of="$f" bs=1 seek=100 conv=notrunc 2>/dev/null
done
run analyze --json shoot
check "damaged cache: done" exits 0
check "damaged cache: not believed" json_is 'tracks.*.clips.*.cached' "false
false"
check "damaged cache: right place" near "$(clip recorder.wav start_s)" 5 0.001

mkdir full
if [ "$(id -u)" -eq 0 ] && mount -t tmpfs -o size=128k none full 2>/dev/null; then
	mounted=$dir/full
	XDG_CACHE_HOME=$dir/full
	run analyze --json shoot
	check "cache disk too small: done" exits 0
	check "cache disk too small: told" sh -c "'$HELPER' json .out 'warnings.*' | grep -q 'working without it'"
	find full -type f -exec rm {} +
	dd if=/dev/zero of=full/fill bs=4096 2>/dev/null
	run analyze --json shoot
	check "cache disk full: done" exits 0
	check "cache disk full: right place" near "$(clip recorder.wav start_s)" 5 0.001
else
	echo "skip cache disk full: needs root and mount"
fi
exit "$failures"
