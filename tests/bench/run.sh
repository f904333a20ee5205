#!/bin/sh
# What the engine is worth, in tables that two runs can compare: speed and memory beside plain decoding, the calibration of the
# score, and how clips of shoots with known truth are placed. Times stand in tables of their own.
#
# BENCH_PARTS="speed calibration placement interface live"    which of them
# BENCH_SEEDS=7,11,23,42,99    shoots to place     BENCH_SCENES=…  scenarios of the corpus, or shoot,many of our own generator
# CORPUS=../shared/corpus      its tools           BENCH_CORPUS=build/bench/corpus  its scenarios: sSEED/SCENE; made if missing …
# BENCH_MAKE=1                 … unless this is 0 (a scenario takes minutes to make)
# BENCH_CACHE=DIR              keeps what placement decodes for the next run
# BENCH_PAIRS=20000            unrelated pairs to match       BENCH_MUSIC=DIR:DIR…  music to cut them from, too
# BENCH_S=3600 BENCH_SEED=1    the shoot for speed            BENCH_FILES=DIR       your own recordings instead
# BENCH_LARGE=1                10 recorders of 3 h even if the corpus has none; BENCH_MANY=1: 300 clips in 30 h
# BENCH_STITCH_MIN=20          minutes of sound to write      BENCH_BIG=1           a file past 4 GiB, too
# BENCH_SHOOT=DIR              recordings for the interface instead of 304 clips of our own, 30 h (made once, a quarter of an hour)
# BENCH_SIZES="200x60 80x24"   terminals               BENCH_TERMS="xterm-256color linux"
# BENCH_TRIALS=20 BENCH_FALSE_H=1  captures of each kind for the live meter; hours of unrelated sound
# BENCH_EXACT_MIN=20           minutes of the null tests (180 takes half an hour)
set -u
BUILD=${BUILD:-build}
case $BUILD in /*) ;; *) BUILD=$PWD/$BUILD ;; esac
here=$(cd "$(dirname "$0")" && pwd)
tools=$BUILD/tests/bench
program=$BUILD/audiosync
corpus=${CORPUS:-../shared/corpus}
made=${BENCH_CORPUS:-$BUILD/bench/corpus}
seeds=$(printf '%s' "${BENCH_SEEDS:-7,11,23,42,99}" | tr ',' ' ')
dir=$(mktemp -d "${TMPDIR:-/tmp}/audiosync-bench.XXXXXX") || exit 1
trap 'rm -rf "$dir"' EXIT
trap 'exit 130' INT TERM HUP
export XDG_CACHE_HOME="$dir/cache" XDG_CONFIG_HOME="$dir/config"
python=
for p in python3 /usr/bin/python3; do
	[ -n "$python" ] || ! "$p" -c 'import numpy' 2>/dev/null || python=$p
done

part() { case " ${BENCH_PARTS:-speed calibration placement interface live} " in *" $1 "*) ;; *) return 1 ;; esac; }

# --- speed ---------------------------------------------------------------------------------------------------------

# One row of the table. $plain_cpu and $plain_wall are those of decoding alone.
row() { # NAME COMMAND…
	name=$1
	shift
	# shellcheck disable=SC2046
	set -- "$name" $("$tools/measure" "$dir/out" "$@")
	case ${5:-1} in 0 | 3) note= ;; *) note="exit status ${5:-?}: $(tail -n 1 "$dir/out")" ;; esac
	[ -n "$plain_cpu" ] || plain_cpu=$3 plain_wall=$2
	awk -v name="$1" -v wall="$2" -v cpu="$3" -v c="$plain_cpu" -v w="$plain_wall" -v mb="$4" -v note="$note" 'BEGIN {
		printf "%-28s %9.2f %8.2f %9.2f %8.2f %9.1f  %s\n", name, wall, wall / (w > 0 ? w : 1), cpu,
			cpu / (c > 0 ? c : 1), mb, note }'
}

# The table's head for the files in $1. Everything is read once first, so that no run pays for a cold disk.
speed_head() { # DIR NAME
	plain_cpu='' plain_wall=''
	cat >"$dir/decode.sh" <<-'END'
		find "$1" -type f ! -name '*.json' | sort | while IFS= read -r f; do ffmpeg -v error -nostdin -i "$f" -vn -f null -; done
	END
	echo "$2: $(find "$1" -type f ! -name '*.json' | wc -l | tr -d ' ') files, $(du -sLm "$1" | cut -f1) MB"
	find "$1" -type f -exec cat {} + >/dev/null
	printf '%-28s %9s %8s %9s %8s %9s\n' '' 'wall s' 'x plain' 'CPU s' 'x plain' 'peak MB'
	row 'plain decoding (ffmpeg)' sh "$dir/decode.sh" "$1"
	row 'analyze, no cache' "$program" analyze --json --no-cache "$1"
}

speed_small() {
	shoot=${BENCH_FILES:-}
	if [ -z "$shoot" ]; then
		shoot=$BUILD/bench/shoot-${BENCH_S:-3600}-${BENCH_SEED:-1}
		make_own shoot "$shoot" "${BENCH_S:-3600}" "${BENCH_SEED:-1}" || return
	fi
	speed_head "$shoot" "shoot of ${BENCH_S:-3600} s"
	row 'analyze, one thread' "$program" analyze --json --no-cache --threads 1 "$shoot"
	row 'analyze, fills the cache' "$program" analyze --json "$shoot"
	row 'analyze, from the cache' "$program" analyze --json "$shoot"
	row 'sync, from the cache' "$program" sync "$shoot" -o "$dir/synced"
	rm -rf "$dir/synced"
	echo
}

speed_large() {
	large=
	for seed in $seeds; do
		[ -n "$large" ] || [ ! -f "$made/s$seed/large/truth.json" ] || large=$made/s$seed/large
	done
	if [ -z "$large" ] && [ -n "${BENCH_LARGE:-}" ]; then
		large=$BUILD/bench/large
		make_own many "$large" 10 10 10600 10800 10860 1 || return
	fi
	if [ -n "$large" ]; then
		speed_head "$large" '10 recorders of 3 h'
		echo
	fi
	if [ -n "${BENCH_MANY:-}" ]; then
		make_own many "$BUILD/bench/many" 8 300 60 1200 108000 1 || return
		speed_head "$BUILD/bench/many" '300 clips within 30 h'
		echo
	fi
}

# --- placement -----------------------------------------------------------------------------------------------------

# A shoot of our own generator, unless it is there.
make_own() { # TOOL DIR ARGUMENTS…
	tool=$1 to=$2
	shift 2
	[ -f "$to/truth.json" ] && return
	rm -rf "$to"
	mkdir -p "$(dirname "$to")" && "$tools/$tool" "$to" "$@" >"$dir/out" 2>&1 && return
	echo "$to: $(tail -n 1 "$dir/out")"
	return 1
}

# Makes sure that scene $1 of seed $2 is there; prints its folder.
scene_dir() {
	case $1 in
	shoot) make_own shoot "$BUILD/bench/own/s$2/shoot" 900 "$2" >&2 && echo "$BUILD/bench/own/s$2/shoot" ;;
	many) make_own many "$BUILD/bench/own/s$2/many" 4 16 8 600 1200 "$2" >&2 && echo "$BUILD/bench/own/s$2/many" ;;
	*)
		[ -f "$made/s$2/$1/truth.json" ] || [ "${BENCH_MAKE:-1}" = 0 ] || [ ! -f "$corpus/make_corpus.py" ] ||
			"$python" "$corpus/make_corpus.py" "$made/s$2" --only "$1" --seed "$2" >"$dir/out" 2>&1 ||
			echo "$1, seed $2: $(tail -n 1 "$dir/out")" >&2
		[ ! -f "$made/s$2/$1/truth.json" ] || echo "$made/s$2/$1"
		;;
	esac
}

columns='should right_10ms right_1ms wrong split missed lone false_pos false_merges clock_n clock_1ppm clock_2err jump_n jump_found jump_told'
heads='should 10ms 1ms wrong split missed lone fp merges drift 1ppm 2err lost found told'

# The corpus' own scorer counts places where it is present, ours does otherwise; drift and losses are always ours.
score_scene() { # DIR
	XDG_CACHE_HOME=${BENCH_CACHE:-$dir/cache} "$program" analyze --json "$1" >"$dir/result.json" 2>"$dir/err"
	awk -f "$here/score.awk" "$1/truth.json" "$dir/result.json" >"$dir/score"
	if [ -f "$corpus/score.py" ] && [ -n "$python" ]; then
		"$python" "$here/neutral.py" "$dir/result.json" >"$dir/neutral.json" 2>>"$dir/err" &&
			"$python" "$corpus/score.py" "$1/truth.json" "$dir/neutral.json" >>"$dir/score" 2>>"$dir/err"
	fi
}

print_heads() {
	printf '%-18s%6s' "$1" "$2"
	for h in $heads; do printf '%8s' "$h"; done
	echo
}

placement() {
	scenes=${BENCH_SCENES:-}
	if [ -z "$scenes" ] && { [ -d "$made" ] || [ -f "$corpus/make_corpus.py" ]; } && [ -n "$python" ]; then
		scenes=easy3dev,noisy_concert,speech_lecture,electronic_loops,short_clips,islands,chain,drift,dropout_vardrift,unrelated,formats
	fi
	scenes=${scenes:-shoot,many}
	echo 'placement: clips that should be placed, right within 10 and 1 ms, wrong …; clips that overlap nothing (lone) and were placed (fp);'
	echo 'clocks over 10 min and more, right to 1 ppm and to 2 stated errors; losses of samples, found to 1 ms, told'
	print_heads scene seed
	: >"$dir/all"
	for scene in $(printf '%s' "$scenes" | tr ',' ' '); do
		for seed in $seeds; do
			at=$(scene_dir "$scene" "$seed")
			[ -n "$at" ] || continue
			score_scene "$at"
			awk -v scene="$scene" -v seed="$seed" -v columns="$columns" '{ v[$1] = $2 } END {
				printf "%-18s%6s", scene, seed
				n = split(columns, c, " ")
				for (i = 1; i <= n; i++) printf "%8s", c[i] in v ? v[c[i]] : "-"
				print ""
			}' "$dir/score" | tee -a "$dir/all"
		done
	done
	echo
	print_heads 'sum of scene' shoots
	awk '{ if (!($1 in n)) order[k++] = $1; n[$1]++; all++
		for (i = 3; i <= NF; i++) { s[$1, i] += $i; t[i] += $i }
		f = NF > f ? NF : f
	} END {
		for (j = 0; j < k; j++) {
			printf "%-18s%6d", order[j], n[order[j]]
			for (i = 3; i <= f; i++) printf "%8d", s[order[j], i]
			print ""
		}
		printf "%-18s%6d", "all", all
		for (i = 3; i <= f; i++) printf "%8d", t[i]
		print "\n"
		share("right within 10 ms", t[4], t[3]); share("right within 1 ms", t[5], t[3])
		share("wrong, of those placed", t[6], t[3] - t[8] + t[10])
		share("false positives, of lone clips", t[10], t[9]); printf "%-34s%8d\n", "groups merged", t[11]
		share("drift within 1 ppm", t[13], t[12]); share("drift within 2 stated errors", t[14], t[12])
		share("losses found to 1 ms", t[16], t[15]); printf "%-34s%8d\n", "losses told that were none", t[17] - t[16]
	}
	function share(name, a, b) { printf "%-34s%8.2f %%  (%d of %d)\n", name, b ? 100 * a / b : 0, a, b }' "$dir/all"
}

# --- interface -----------------------------------------------------------------------------------------------------

# The project is a copy and everything beside it goes away: keys change what they are pressed on.
interface() {
	shoot=${BENCH_SHOOT:-$BUILD/bench/day}
	[ -n "${BENCH_SHOOT:-}" ] || make_own many "$shoot" 8 38 240 480 15000 1 || return
	export XDG_STATE_HOME="$dir/state"
	"$program" analyze --save "$dir/day.audiosync" "$shoot" >"$dir/out" 2>&1
	if [ ! -f "$dir/day.audiosync" ]; then
		echo "$shoot: $(tail -n 1 "$dir/out")"
		return
	fi
	for term in ${BENCH_TERMS:-xterm-256color}; do
		for size in ${BENCH_SIZES:-200x60 80x24}; do
			cp "$dir/day.audiosync" "$dir/played.audiosync"
			"$tools/interface" "$program" "$dir/played.audiosync" "$size" "$term"
			rm -rf "$dir/state" "$dir"/.played* "$dir"/played*
		done
	done
	"$tools/edit" "$dir/day.audiosync"
	echo
}

# --- the live meter ------------------------------------------------------------------------------------------------

# Music that is made up, then real music where there is any: that repeats itself.
live() {
	echo 'music made up'
	"$tools/live" --trials "${BENCH_TRIALS:-20}" --seed "${BENCH_SEED:-1}" --false "${BENCH_FALSE_H:-1}" --cost 1
	set --
	for f in /usr/share/games/*/music/*.ogg /usr/share/games/*/*/data/core/music/*.ogg; do
		[ ! -f "$f" ] || set -- "$@" "$f"
	done
	[ $# -eq 0 ] && return
	echo "music of $# files"
	"$tools/live" --trials "${BENCH_TRIALS:-20}" --seed "${BENCH_SEED:-1}" --false "${BENCH_FALSE_H:-1}" "$@"
}

# --- all -----------------------------------------------------------------------------------------------------------

echo "$("$program" --version 2>/dev/null | head -n 1), $(getconf _NPROCESSORS_ONLN) processors:" \
	"$(sed -n 's/^model name[^:]*: *//p' /proc/cpuinfo 2>/dev/null | head -n 1), $(ffmpeg -version 2>/dev/null | head -n 1 | cut -d' ' -f1-3)"
echo
if part speed; then
	speed_small
	speed_large
	# Writing alone: 48 kHz, stereo, 24 bit.
	"$tools/stitch" "$dir" "${BENCH_STITCH_MIN:-20}" ${BENCH_BIG:+big}
	echo
	"$tools/exact" "$dir" "${BENCH_EXACT_MIN:-20}"
	echo
fi
if part calibration && [ "${BENCH_PAIRS:-20000}" -gt 0 ]; then
	if [ -z "${BENCH_MUSIC:-}" ]; then
		for d in /usr/share/games/*/music /usr/share/games/*/*/music /usr/share/games/*/*/Music; do
			[ ! -d "$d" ] || BENCH_MUSIC=${BENCH_MUSIC:+$BENCH_MUSIC:}$d
		done
		export BENCH_MUSIC="${BENCH_MUSIC:-}"
	fi
	"$tools/calibrate" "${BENCH_PAIRS:-20000}" "${BENCH_SEED:-1}"
fi
if part placement; then
	placement
	echo
fi
if part interface; then
	interface
	echo
fi
if part live; then
	live
fi
