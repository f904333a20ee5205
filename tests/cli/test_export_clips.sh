# A file for each clip: names, places, times of day, metadata.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
# One camera that ran through, and a recorder with three files of which two have one name.
mkdir -p shoot/cam shoot/rec1 shoot/rec2
wav shoot/cam/long.wav talk 60 7
wav shoot/rec1/a.wav talk 20 7 2.25
wav shoot/rec2/a.wav talk 20 7 30.5
wav shoot/rec1/b.wav talk 10 7 24
probe() { ffprobe -v error -show_entries "$1" -of default=nw=1:nk=1 "$2"; }
tracks="--track cam=shoot/cam/long.wav --track one=shoot/rec1/a.wav,shoot/rec1/b.wav --track two=shoot/rec2/a.wav"

# shellcheck disable=SC2086
run sync --json --per-clip padded $tracks -o padded
check "padded: done" exits 0
check "padded: names of the clips, twins by track" holds_only padded a_one.wav a_two.wav b.wav long.wav
check "padded: one length" test "$(json 'outputs.*.duration_s' | sort -u)" = 60
check "padded: all begin at zero" test "$(json 'outputs.*.start_s' | sort -u)" = 0
check "padded: the clip is named" test "$(json 'outputs.*.clip' | grep -c /shoot/)" -eq 4
run analyze --json padded
check "padded: aligned" near "$(clip a_two.wav start_s)" 0 0.0002

# shellcheck disable=SC2086
run sync --json --per-clip timed $tracks -o timed
check "timed: done" exits 0
check "timed: names" holds_only timed a_one.wav a_two.wav b.wav long.wav
cp .out .sync
length() { NAME=$1 "$HELPER" json .sync outputs.*.path >.paths; "$HELPER" json .sync "outputs.*.$2" >.values; paste -d'|' .paths .values | grep "/$1|" | cut -d'|' -f2; }
check "timed: length of the clip" near "$(length a_two.wav duration_s)" 20 0.001
check "timed: its place" near "$(length a_two.wav start_s)" 30.5 0.001
if command -v ffprobe >/dev/null; then
	tr=$(probe format_tags=time_reference timed/a_two.wav)
	rate=$(probe stream=sample_rate timed/a_two.wav)
	check "timed: TimeReference is the place" \
		test "$tr" -eq "$(awk -v s="$(length a_two.wav start_s)" -v r="$rate" 'BEGIN { printf "%.0f", s * r }')"
else
	echo "skip TimeReference: needs ffprobe"
fi
run analyze --json timed/long.wav timed/a_two.wav
check "timed: the sound itself" near "$(clip a_two.wav start_s)" 30.5 0.001

if command -v ffmpeg >/dev/null; then
	mkdir stamped
	ffmpeg -v error -nostdin -i shoot/cam/long.wav -c:a copy -write_bext 1 -metadata time_reference=288000000 \
		-metadata origination_date=2024-05-02 -metadata origination_time=10:00:00 stamped/long.wav
	run sync --json --per-clip timed --track cam=stamped/long.wav --track rec=shoot/rec2/a.wav --reference cam -o tod
	check "time of day: done" exits 0
	place=$(json 'outputs.*.start_s' | sort -n | tail -n 1)
	check "time of day: of the clip's place" test "$(probe format_tags=time_reference tod/a.wav)" -eq \
		"$(awk -v s="$place" 'BEGIN { printf "%.0f", (36000 + s) * 8000 }')"
	check "date: of the recording" test "$(probe format_tags=date tod/long.wav)" = 2024-05-02
	check "time: of the recording" test "$(probe format_tags=creation_time tod/long.wav)" = 10:00:00
	check "iXML: original name" grep -aq '<ORIGINAL_FILENAME>a.wav</ORIGINAL_FILENAME>' tod/a.wav
	check "iXML: time of day" grep -aq '<TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_LO>288000000</' tod/long.wav
	check "metadata: no time of writing" test "$(grep -ac "$(date +%Y)" tod/a.wav)" -eq 0
else
	echo "skip time of day: needs ffmpeg"
fi

# shellcheck disable=SC2086
run sync --per-clip timed $tracks -o timed
check "existing files: refused" exits 1
check "existing files: said" says "exists already"
# shellcheck disable=SC2086
run sync --per-clip sideways $tracks -o none
check "unknown way: usage" exits 2

# One file that cannot be written: the others are, and nothing half-written stays.
(
	ulimit -f 1700 || exit 99 # blocks of 512 or 1024 bytes; long.wav has 1920000 bytes, the others at most 640000
	# shellcheck disable=SC2086
	run sync --json --no-cache --bit-depth 32 --per-clip timed $tracks -o small
	check "file size limit: failed" exits 1
	check "file size limit: named" says "small/long.wav: cannot write: File too large"
	check "file size limit: the others written" holds_only small a_one.wav a_two.wav b.wav
	exit "$failures"
)
failures=$((failures + $?))

# Four channels, which MP3 has no room for: known from the files' heads.
octal() { printf '\\%03o' $(($1 & 255)) $(($1 >> 8 & 255)) $(($1 >> 16 & 255)) $(($1 >> 24 & 255)); }
mkdir -p four && {
	printf 'RIFF%bWAVEfmt \020\0\0\0\001\0\004\0%b%b\010\0\020\0data%b' "$(octal 640036)" "$(octal 8000)" "$(octal 64000)" \
		"$(octal 640000)"
	head -c 640000 padded/long.wav
} >four/mix.wav
run sync four shoot/cam --format mp3 -o mp3
check "too many channels (exit 2)" exits 2
check "too many channels: said" says "MP3 holds 1 to 2 channels, not 4"
check "too many channels: before the analysis" test ! -s .out -a ! -e mp3 -a "$(grep -c ': read' .err)" -eq 0
run drift --ppm 30 shoot/cam/long.wav -o -
check "no standard output for a repaired file (exit 2)" exits 2
check "no standard output for a repaired file: none made" test ! -e ./-.wav -a ! -e ./-
exit "$failures"
