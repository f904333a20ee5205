#!/bin/sh
# What the library asks of the system and what it shows: it prints nothing, never exits, reads no environment, has no
# mutable globals, and exports exactly what the public headers declare with AS_API.
set -u
BUILD=${BUILD:-build}
NM=${NM:-nm}
static=$BUILD/libaudiosync.a
shared=$BUILD/libaudiosync.so.0
fail=0

[ -f "$static" ] || { echo "not ok symbols: $static is missing"; exit 1; }

case_() { # NAME OFFENDERS
	if [ -n "$2" ]; then
		printf '%s\n' "$2"
		echo "not ok $1"
		fail=1
	else
		echo "ok $1"
	fi
}

# uselocale() is allowed: it changes the calling thread alone, and is put back.
forbidden='stdout stderr stdin printf vprintf fprintf vfprintf __printf_chk __vprintf_chk __fprintf_chk __vfprintf_chk
puts putchar fputs fputc putc perror psignal exit _exit _Exit quick_exit abort atexit signal sigaction bsd_signal raise
getenv secure_getenv setenv putenv unsetenv environ setlocale system popen fork vfork execv execve
execvp initscr newterm endwin rand srand srandom random strtok localtime gmtime asctime ctime'

used=$("$NM" -u -A "$static" | awk -v list="$forbidden" '
	BEGIN { n = split(list, f, /[ \n]+/); for (i = 1; i <= n; i++) no[f[i]] = 1 }
	{ name = $NF; sub(/@.*/, "", name)
		if (name == "environ" && $1 ~ /:ytdlp_run\.o:/) next # handed on to the program that it starts, unread
		if (name in no) { sub(/.*\.a:/, "", $1); print "  " $1 " uses " name } }')
case_ 'symbols: the library neither prints, exits nor reads the environment' "$used"

# The exceptions: the lock of the FFTW planner, that of PortAudio, and the process-wide log with FFmpeg's one callback.
globals=$("$NM" -A -f sysv "$static" 2>/dev/null | awk -F'|' '
	$7 ~ /^\.(data|bss|tdata|tbss)/ && $7 !~ /^\.data\.rel\.ro/ && $4 ~ /OBJECT|TLS/ {
		file = $1; sub(/.*\.a:/, "", file); name = file; sub(/^[^:]*:/, "", name); sub(/:.*/, "", file)
		gsub(/ /, "", name)
		if (file == "fft.o" && name ~ /lock|mutex|planner|once/) next
		if (file == "portaudio_quiet.o" && name == "device_lock") next
		if (file == "log.o" && name == "out") next
		if (file == "avlog.o" && name ~ /^once/) next
		if (name ~ /^__(a|ub|t)san|^__odr_asan/) next
		print "  " file ": " name " is a mutable global"
	}')
case_ 'symbols: no mutable globals' "$globals"

# Advice: a program that links the static library shares one name space with it.
if [ -n "${LINT_NOTES:-}" ]; then
	"$NM" -A --defined-only "$static" | awk '$2 ~ /^[TDBRC]$/ && $3 !~ /^as_/ {
		sub(/.*\.a:/, "", $1); sub(/:.*/, "", $1); print "note " $1 ": " $3 " does not begin with as_" }'
fi

[ -f "$shared" ] || { [ "$fail" = 0 ]; exit; } # other systems name it in another way
declared=$(cat include/audiosync/*.h | tr '\n' ' ' | tr ';' '\n' | sed -n 's/.*AS_API[^(]*[ *]\(as_[a-z0-9_]*\)(.*/\1/p' |
	sort -u)
exported=$("$NM" -D --defined-only "$shared" | awk '{ sub(/@.*/, "", $3); print $3 }' | sort -u)
wrong=$(
	for name in $exported; do
		printf '%s\n' "$declared" | grep -qx "$name" || echo "  $name is exported but not declared with AS_API"
	done
	for name in $declared; do
		printf '%s\n' "$exported" | grep -qx "$name" || echo "  $name is declared but not exported"
	done
)
case_ 'symbols: the shared library exports its public headers, no more' "$wrong"
[ "$fail" = 0 ]
