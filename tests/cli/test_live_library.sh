# The programs of doc/live.md, in C and in Python, compiled against the public headers and run with the shared library.
# shellcheck source=tests/cli/lib.sh
root=$PWD
. "$(dirname "$0")/lib.sh"

build=$(cd "$(dirname "$AUDIOSYNC")" && pwd)
so=$build/libaudiosync.so.0
LD_LIBRARY_PATH=$build${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
export LD_LIBRARY_PATH
if [ ! -f "$so" ]; then
	echo 'skip get_lag: there is no shared library of that name'
	exit 0
fi
sanitizer=
nm -D "$so" | grep -q '__asan_init' && sanitizer=-fsanitize=address
nm -D "$so" | grep -q '__tsan_init' && sanitizer=-fsanitize=thread

lag_is() { # WANTED
	read -r lag <.out && near "$lag" "$1" 1
}

# 6 s of the reference from 13 s on.
"$HELPER" wav ref.wav talk 30 5 0 16000
"$HELPER" wav here.wav talk 6 5 13 16000
"$HELPER" wav noise.wav noise 3 9 0 16000

program() { # COMMAND…
	"$@" ref.wav here.wav >.out 2>.err
	code=$?
	check "$lang: exit 0" exits 0
	check "$lang: the lag" lag_is -13000
	"$@" gone.wav here.wav >.out 2>.err
	code=$?
	check "$lang: what is not there is an error" exits 1
	check "$lang: it says what" says gone.wav
	"$@" ref.wav noise.wav >.out 2>.err
	code=$?
}

lang=C
# shellcheck disable=SC2086
${CC:-cc} -std=c11 -D_POSIX_C_SOURCE=200809L -Wall -Wextra -Werror $sanitizer -I"$root/include" "$root/doc/get_lag.c" -o get_lag \
	"$so" >.out 2>.err
code=$?
check 'C: compiles' exits 0
program ./get_lag
check 'C: what does not play has no lag' exits 1
check 'C: and that is said' says 'not what plays'

lang=Python
if [ -n "$sanitizer" ]; then
	echo 'skip get_lag in Python: the library wants a sanitizer in the interpreter'
elif ! command -v python3 >/dev/null 2>&1; then
	echo 'skip get_lag in Python: there is no python3'
else
	program python3 "$root/doc/get_lag.py"
	check 'Python: what does not play has no lag' exits 0
	check 'Python: and that is said' prints None
fi
[ "$failures" -eq 0 ]
