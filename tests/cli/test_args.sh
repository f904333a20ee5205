#!/bin/sh
# The command line: what is understood, what is refused with exit code 2, and in which order settings are merged.
set -u
dir=$(mktemp -d "${TMPDIR:-/tmp}/as-args.XXXXXX") || exit 1
trap 'rm -rf "$dir"' EXIT
HOME=$dir/home XDG_CONFIG_HOME=$dir/user XDG_CONFIG_DIRS=$dir/system XDG_CACHE_HOME=$dir/cache
export HOME XDG_CONFIG_HOME XDG_CONFIG_DIRS XDG_CACHE_HOME
mkdir -p "$HOME" "$XDG_CONFIG_HOME/audiosync/presets" "$XDG_CONFIG_DIRS/audiosync"
cd "$dir" || exit 1

# Runs the program: its output, errors and status land in out, err and code.
run() {
	"$AUDIOSYNC" "$@" >out 2>err
	code=$?
}

ok() { # NAME: by the status of what ran before
	if [ $? -eq 0 ]; then echo "ok $1"; else
		echo "not ok $1 (exit $code)"
		sed 's/^/# /' out err
	fi
}

# Wrong usage: nothing on stdout, the words on stderr, exit code 2.
refused() { # NAME WORDS ARG...
	name=$1 words=$2
	shift 2
	run "$@"
	[ "$code" -eq 2 ] && [ ! -s out ] && grep -qF -- "$words" err
	ok "$name"
}

get() { # VALUE ARG...: what the setting named last comes to
	want=$1
	shift
	run config get "$@"
	[ "$code" -eq 0 ] && [ "$(cat out)" = "$want" ]
}

run
[ "$code" -eq 2 ] && [ ! -s out ] && grep -q '^Usage: audiosync ' err
ok 'without a command the help goes to stderr'

run --help && [ "$code" -eq 0 ] && [ ! -s err ] && grep -q '^  sync ' out
ok 'help is an answer'

for command in sync analyze info config; do
	run $command --help
	[ "$code" -eq 0 ] && [ ! -s err ] && grep -q -- '--threads N' out && [ "$(wc -L <out)" -le 80 ]
	ok "help of $command fits 80 columns"
done

run help sync && [ "$code" -eq 0 ] && grep -q '^Usage: audiosync sync' out
ok 'help sync is sync --help'

run --version && [ "$code" -eq 0 ] && grep -Eq '^audiosync [0-9]+\.[0-9]+\.[0-9]+$' out
ok 'version'

"$AUDIOSYNC" config list >&- 2>err
[ $? -eq 1 ] && grep -q 'standard output' err
code=- ok 'a closed standard output is an error'
# A pipe whose reader is gone.
mkfifo pipe && exec 3<>pipe 4>pipe 3>&-
"$AUDIOSYNC" live --help >&4 2>err
exec 4>&-
[ ! -s err ]
code=- ok 'help that nobody reads to its end is no trouble'
touch take.wav
"$AUDIOSYNC" take.wav </dev/null >/dev/null 2>err
[ $? -eq 2 ] && grep -q 'the interface needs a terminal' err
code=- ok 'recordings without a terminal: told what needs one, and what does not'
rm -f take.wav pipe

if [ -w /dev/full ]; then
	"$AUDIOSYNC" config list >/dev/full 2>err
	[ $? -eq 1 ] && grep -q 'standard output' err
	code=- ok 'an answer that could not be written is an error'
fi

refused 'explain is an option' 'audiosync analyze FILE... --explain CLIP' explain x
refused 'unknown command with a suggestion' '"anlyze" is neither a command nor a file; did you mean analyze?' anlyze x
refused 'a file without a command' 'audiosync sync FILE... -o DIR' "$dir"
refused 'unknown long option with a suggestion' 'did you mean --bit-depth?' sync --bit-deph 16 x -o y
refused 'unknown short option' 'no option is called -x' sync -x a -o y
refused 'option of another command' 'analyze does not take --output-dir' analyze -o x y
refused 'option without its value' '--format needs a value: FORMAT' sync x -o y --format
refused 'letter without its value' '-o needs a value: DIR' sync x -o
refused 'value for an option that takes none' '--json takes no value' analyze --json=yes x
refused 'value out of range' '--threads: general.threads must be 1 to 64, or auto, not "100"' analyze --threads=100 x
refused 'choice that is none' 'must be wav, aiff, flac or mp3, not "ogg"' sync --format ogg x -o y
refused 'unknown key' 'did you mean export.format?' analyze --set export.fromat=wav x
refused 'set without a value' 'not of the form KEY=VALUE' analyze --set export.format x
refused 'no files' 'usage: audiosync analyze FILE|DIR|PROJECT...' analyze
refused 'unknown preset' 'built in are broadcast, concert, interview, music-video' analyze --preset konzert x
refused 'configuration file that is not there' './no.ini: ' analyze --config ./no.ini x
refused 'settings that contradict each other' 'must not be above confidence.strong' analyze --set confidence.weak=20 x
refused 'track without a file' 'NAME=FILE' analyze --track Cam=
refused 'track without a name' 'NAME=FILE' analyze --track =a.wav
refused 'escape sequences are shown, not sent' '"a\x1b[31mb"' "$(printf 'a\033[31mb')"
refused 'sub-command that is none' 'did you mean dump?' config dunp
refused 'clear without cache' 'cache [--clear]' config dump --clear

# Flags that could do nothing say what they lack.
refused 'aligned files without a folder' '--mux: only timelines are written without -o DIR' export x --otio y --mux add
refused 'a file for each clip without a folder' '--per-clip: only timelines' export x --otio y --per-clip padded
refused 'frame rate without a timeline' '--fps: there is no timeline to write' analyze x --fps 25
refused 'start timecode of a report' '--start-tc: there is no timeline' analyze x --report y.html --start-tc 10:00:00:00
refused 'path mapping without a timeline' '--map-path: there is no timeline' sync x -o y --map-path /a=/b
refused 'format of a file that is not written' '--format: nothing is written without -o OUT' drift -r x y --format flac
refused 'two formats for one file' '--format flac: y.wav says WAV' drift -r x y --format flac -o y.wav
refused 'two formats for one film' '--format wav: y.mov says a picture' drift -r x y --format wav -o y.mov
refused 'a plot of another kind' '--plot: y.png: the picture is an SVG' drift -r x y --plot y.png
run analyze x --fps 25 --save y.audiosync
[ "$code" -eq 1 ] && ! grep -q -- --fps err
ok 'a project keeps the frame rate'
run drift -r x y --format flac -o y.flac
[ "$code" -eq 1 ] && ! grep -q -- --format err
ok 'the same format twice'
mkdir empty
refused 'speed without drift correction' '--drift speed: drift correction is off (--no-drift-correction)' \
	sync empty -o z --otio y --drift speed --no-drift-correction
refused 'whose sound, without camera files' '--mux-track: no camera files are written without --mux' sync empty -o y --mux-track x
run sync empty -o y --bitrate 320 --format flac
grep -qF -- '--bitrate: does not count: only MP3 has one, and this is FLAC' err
ok 'a detail of another format is said not to count'
run analyze empty --otio y --drift speed --edl y2
! grep -q -- '--drift' err
ok 'speed where one of the timelines carries it'
run analyze empty --edl y --drift speed
grep -qF -- '--drift speed: does not count' err
ok 'speed where none does'

# What only dying ends is ended by Ctrl-C: nothing is under way yet.
mkfifo pipe.ini
if command -v timeout >/dev/null 2>&1; then
	timeout -k 5 -s INT 1 "$AUDIOSYNC" config --config pipe.ini >out 2>err
	code=$?
	[ "$code" -eq 124 ]
	ok 'a configuration that nobody writes can be interrupted'
fi

get 48000 export.sample_rate_hz --sample-rate 48000
ok '--flag value'
get 48000 export.sample_rate_hz --sample-rate=48000
ok '--flag=value'
get no cache.enabled --no-cache
ok 'negated flag'
get yes analysis.takes --takes
ok 'flag without a value'
get -80.5 live.calibration_ms --set Defaults.audiosync_calibration=-80.5
ok 'alias of a setting'
get mp3 -- export.format 2>/dev/null || get wav -- export.format
ok '-- ends the options'
run config get -- --json
[ "$code" -eq 2 ] && grep -q 'no setting is called "--json"' err
ok 'after -- an option is a word'
run -vvq config -qv path && [ "$code" -eq 0 ]
ok 'letters in one argument'

# Commas part the files of a track unless they belong to a name that exists.
: >'a,b' && : >d
run info --track 'X=a,b,c,d' --track X=e
[ "$code" -eq 1 ] && grep -q '^audiosync: c: No such file' err && grep -q '^audiosync: e: No such file' err &&
	! grep -q ' [abd]: No such file' err
ok 'a comma in a file name'
many=none$(printf ',none%s' 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 \
	37 38 39 40 41 42 43 44 45 46 47 48 49 50)
run info --track "X=$many"
[ "$code" -eq 1 ] && [ "$(grep -c 'none[0-9]*: No such file' err)" -eq 51 ]
ok 'a list longer than a file name may be'

# defaults, preset, system, user, --config, command line: each one overrides those before it.
key=export.crossfade_ms
printf '[export]\ncrossfade_ms = 41\n' >"$XDG_CONFIG_HOME/audiosync/presets/mine.ini"
get 50 $key && get 41 $key --preset mine
ok 'a preset overrides the defaults'
printf '[export]\ncrossfade_ms = 42\n' >"$XDG_CONFIG_DIRS/audiosync/audiosync.ini"
get 42 $key --preset mine
ok 'the system file overrides a preset'
printf '[export]\ncrossfade_ms = 43\n' >"$XDG_CONFIG_HOME/audiosync/audiosync.ini"
get 43 $key --preset mine
ok 'the user file overrides the system file'
printf '[export]\ncrossfade_ms = 44\n' >own.ini
get 44 $key --config own.ini
ok '--config overrides the user file'
get 45 $key --set $key=45 --config own.ini && get 46 $key --set $key=45 --set $key=46
ok 'the command line overrides all, its end wins'
get 50 $key --defaults --set $key=45
ok '--defaults leaves all of it aside'

printf '[export]\nbit_depth = 20\n' >"$XDG_CONFIG_HOME/audiosync/audiosync.ini"
refused 'an error in the user file names file, line and key' \
	"$XDG_CONFIG_HOME/audiosync/audiosync.ini:2: export.bit_depth must be auto, 16, 24 or 32" analyze x
rm "$XDG_CONFIG_HOME/audiosync/audiosync.ini" "$XDG_CONFIG_DIRS/audiosync/audiosync.ini"

XDG_CONFIG_HOME=relative get 50 $key
ok 'a relative XDG_CONFIG_HOME is ignored'
