#!/bin/sh
# Speed and memory on a made-up shoot beside plain decoding of the same files, then the scores on the corpus of shoots
# if there is one. Two runs compare line by line.
#
# BENCH_S=3600  length of the shoot in seconds     BENCH_SEED=1     CORPUS=../shared/corpus
# BENCH_STITCH_MIN=20  minutes of sound for the cost of writing       BENCH_BIG=1  write a file past 4 GiB too
# BENCH_PAIRS=0  unrelated pairs of each kind and length to match, for how often chance scores (20: half an hour)
# BENCH_FILES=…  a folder with recordings of your own instead       BENCH_SCENES=…  of the corpus
set -u
BUILD=${BUILD:-build}
case $BUILD in /*) ;; *) BUILD=$PWD/$BUILD ;; esac
seconds=${BENCH_S:-3600}
seed=${BENCH_SEED:-1}
corpus=${CORPUS:-../shared/corpus}
program=$BUILD/audiosync
measure=$BUILD/tests/bench/measure
dir=$(mktemp -d "${TMPDIR:-/tmp}/audiosync-bench.XXXXXX") || exit 1
trap 'rm -rf "$dir"' EXIT
trap 'exit 130' INT TERM HUP

# One row of the table. $plain is the CPU time of decoding alone.
plain=
row() { # NAME COMMAND…
	name=$1
	shift
	# shellcheck disable=SC2046
	set -- "$name" $("$measure" "$dir/out" "$@")
	case ${5:-1} in 0 | 3) note= ;; *) note="exit status ${5:-?}: $(tail -n 1 "$dir/out")" ;; esac
	[ -n "$plain" ] || plain=$3
	awk -v name="$1" -v wall="$2" -v cpu="$3" -v plain="$plain" -v mb="$4" -v note="$note" 'BEGIN {
		printf "%-28s %9.2f %9.2f %9.2f %9.1f  %s\n", name, wall, cpu, cpu / (plain > 0 ? plain : 1), mb, note }'
}

shoot=${BENCH_FILES:-}
if [ -z "$shoot" ]; then
	shoot=$BUILD/bench/shoot-$seconds-$seed
	if [ ! -f "$shoot/truth.json" ]; then
		rm -rf "$shoot"
		mkdir -p "$BUILD/bench" && "$BUILD/tests/bench/shoot" "$shoot" "$seconds" "$seed" || exit 1
	fi
fi
cat >"$dir/decode.sh" <<'EOF'
find "$1" -type f ! -name '*.json' | sort | while IFS= read -r f; do ffmpeg -v error -nostdin -i "$f" -vn -f null -; done
EOF

echo "shoot: $(find "$shoot" -type f ! -name '*.json' | wc -l | tr -d ' ') files, $(du -sm "$shoot" | cut -f1) MB," \
	"$(getconf _NPROCESSORS_ONLN) processors"
# Everything is read once first, so that no run pays for a cold disk.
find "$shoot" -type f -exec cat {} + >/dev/null
printf '%-28s %9s %9s %9s %9s\n' '' 'wall s' 'CPU s' 'x plain' 'peak MB'
export XDG_CACHE_HOME="$dir/cache" XDG_CONFIG_HOME="$dir/config"
row 'plain decoding (ffmpeg)' sh "$dir/decode.sh" "$shoot"
row 'analyze, no cache' "$program" analyze --json --no-cache "$shoot"
row 'analyze, one thread' "$program" analyze --json --no-cache --threads 1 "$shoot"
row 'analyze, fills the cache' "$program" analyze --json "$shoot"
row 'analyze, from the cache' "$program" analyze --json "$shoot"
row 'sync, from the cache' "$program" sync "$shoot" -o "$dir/synced"

# Writing alone: 48 kHz, stereo, 24 bit.
echo
"$BUILD/tests/bench/stitch" "$dir" "${BENCH_STITCH_MIN:-20}" ${BENCH_BIG:+big}

# How often sound that has nothing to do with each other matches.
if [ "${BENCH_PAIRS:-0}" -gt 0 ]; then
	echo
	"$BUILD/tests/bench/calibrate" "$BENCH_PAIRS" "$seed"
fi

if [ ! -f "$corpus/make_corpus.py" ]; then
	echo "corpus: none in $corpus"
	exit 0
fi
if ! python3 -c 'import numpy, scipy, soundfile, numba' 2>/dev/null; then
	echo 'corpus: needs python3 with numpy, scipy, soundfile and numba'
	exit 0
fi
scenes=${BENCH_SCENES:-easy3dev,formats,chain,islands,unrelated}
made=$BUILD/bench/corpus-$seed
echo
columns='should placed right_1ms right_10ms right_40ms wrong missed false_pos false_merges cpu_s peak_rss_mb'
# shellcheck disable=SC2086
printf "%-12s$(printf '%s' "$columns" | sed 's/[^ ]*/ %12s/g; s/  */ /g')\n" corpus $columns
for scene in $(printf '%s' "$scenes" | tr ',' ' '); do
	[ -f "$made/$scene/truth.json" ] ||
		python3 "$corpus/make_corpus.py" "$made" --only "$scene" --seed "$seed" >"$dir/out" 2>&1 ||
		{ echo "$scene: $(tail -n 1 "$dir/out")"; continue; }
	python3 "$corpus/run_audiosync.py" "$program" "$made/$scene" "$dir/$scene.json" >"$dir/out" 2>&1 &&
		python3 "$corpus/score.py" "$made/$scene/truth.json" "$dir/$scene.json" >"$dir/score" 2>&1 ||
		{ echo "$scene: $(tail -n 1 "$dir/out")"; continue; }
	awk -v scene="$scene" -v columns="$columns" '{ v[$1] = $2 } END {
		printf "%-12s", scene
		n = split(columns, c, " ")
		for (i = 1; i <= n; i++) printf " %12s", c[i] in v ? v[c[i]] : "-"
		print ""
	}' "$dir/score"
done
