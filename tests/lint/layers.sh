#!/bin/sh
# Who may include whom, and one place for each outside library. doc/architecture.md says why.
set -u

# layer: the folders below src/ whose headers its files may include; <audiosync/…> is open to all
layers='
base: base
media: base media
dsp: base dsp
sync: base dsp sync
live: base dsp live
project: base sync project
export: base sync media export
engine: base media dsp sync live project export engine
cli: base cli
tui: base tui
.: base cli tui
'

# header (a pattern): files that may include it (patterns)
libraries='
libav*/*: src/media/*
libsw*/*: src/media/*
soxr.h: src/media/resample*
sndfile.h: src/media/encode*
fftw3.h: src/dsp/fft*
ini.h: src/base/ini*
jansson.h: src/base/json* src/media/ytdlp.c src/project/* src/export/check_otio* src/cli/mpv_client*
libxml/*: src/project/* src/export/*
portaudio.h: src/media/capture* src/media/play* src/media/portaudio_quiet*
pa_*.h: src/media/capture* src/media/play*
pulse/*: src/media/capture* src/media/play*
curses.h: src/tui/*
ncurses*: src/tui/*
pthread.h: src/engine/* src/dsp/fft* src/base/log* src/base/thread* src/media/avlog* src/media/portaudio_quiet* src/media/sound_feed*
threads.h:
'

bad=$(mktemp "${TMPDIR:-/tmp}/audiosync-lint.XXXXXX") || exit 1
trap 'rm -f "$bad"' EXIT

find src include -name '*.[ch]' | sort | xargs awk -v layers="$layers" -v libraries="$libraries" '
function glob(pattern) { # shell pattern to regular expression
	gsub(/[.]/, "[.]", pattern)
	gsub(/[*]/, ".*", pattern)
	return "^" pattern "$"
}
BEGIN {
	n = split(layers, rows, "\n")
	for (i = 1; i <= n; i++) if (split(rows[i], f, ":") == 2) may[f[1]] = " " f[2] " "
	n = split(libraries, rows, "\n")
	for (i = 1; i <= n; i++) if (rows[i] != "") { k = index(rows[i], ":")
		lib[++n_libs] = glob(substr(rows[i], 1, k - 1)); where[n_libs] = substr(rows[i], k + 1) }
}
FNR == 1 {
	layer = FILENAME
	if (layer ~ /^include\//) layer = "include"
	else if (!sub(/^src\//, "", layer) || !sub(/\/.*/, "", layer)) layer = "."
	if (layer != "include" && !(layer in may)) print FILENAME ": no rule for this folder"
}
/^[ \t]*#[ \t]*include[ \t]*"/ {
	split($0, q, "\""); target = q[2]; sub(/\/.*/, "", target)
	if (q[2] !~ /\//) { if (system("test -f \"'"${BUILD:-build}"'/gen/" q[2] "\"")) print FILENAME ": \"" q[2] "\" has no folder" }
	else if (layer == "include" || index(may[layer], " " target " ") == 0)
		print FILENAME ":" FNR ": " layer " may not include \"" q[2] "\""
}
/^[ \t]*#[ \t]*include[ \t]*</ {
	name = $0; sub(/[^<]*</, "", name); sub(/>.*/, "", name)
	for (i = 1; i <= n_libs; i++) if (name ~ lib[i]) {
		ok = 0; n = split(where[i], w, " ")
		for (k = 1; k <= n; k++) if (FILENAME ~ glob(w[k])) ok = 1
		if (!ok) print FILENAME ":" FNR ": <" name "> does not belong here"
	}
}' >"$bad" || exit 1

if [ -s "$bad" ]; then
	cat "$bad"
	echo 'not ok layers: every include goes down'
	exit 1
fi
echo 'ok layers: every include goes down'
