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

# One line each, no traces of the program's own.
program() { # COMMAND…
	"$@" ref.wav here.wav >.out 2>.err
	code=$?
	check "$lang: exit 0" exits 0
	check "$lang: the lag" lag_is -13000
	check "$lang: to a tenth of a millisecond" [ "$(grep -cx -- '-[0-9]*\.[0-9]' .out)" -eq 1 ]
	"$@" gone.wav here.wav >.out 2>.err
	code=$?
	check "$lang: what is not there is an error" exits 1
	check "$lang: it says what" says gone.wav
	check "$lang: and no more" [ "$(wc -l <.err)" -eq 1 ]
	"$@" >.out 2>.err
	code=$?
	check "$lang: nothing to compare with" exits 1
	check "$lang: it asks for that" [ "$(cat .err)" = 'which sound?' ]
	"$@" ref.wav noise.wav >.out 2>.err
	code=$?
	check "$lang: what does not play has no lag" exits 1
	check "$lang: and that is said" [ "$(cat .err)" = 'it is not what plays' ]
	XDG_RUNTIME_DIR=$PWD/nowhere PULSE_SERVER=unix:$PWD/nowhere "$@" ref.wav app:nobody >.out 2>.err
	code=$?
	check "$lang: nothing to listen to is not waited for" exits 1
	check "$lang: nothing to listen to is said" says 'server'
}

lang=C
# shellcheck disable=SC2086
${CC:-cc} -std=c11 -D_POSIX_C_SOURCE=200809L -Wall -Wextra -Werror $sanitizer -I"$root/include" "$root/doc/get_lag.c" -o get_lag \
	"$so" >.out 2>.err
code=$?
check 'C: compiles' exits 0
program ./get_lag

lang=Python
if ! command -v python3 >/dev/null 2>&1; then
	echo 'skip get_lag in Python: there is no python3'
	[ "$failures" -eq 0 ]
	exit
fi

# Its structures are the headers': the same members in the same order, each at its place.
cat >layout.py <<'EOF'
import re
import sys

sys.path.insert(0, sys.argv[1] + "/doc")
import get_lag as g

structs = {"as_error": (g.Error, "error.h"), "as_live_config": (g.Config, "live.h"), "as_live_reading": (g.Reading, "live.h"),
           "as_live_status": (g.Status, "live.h")}
print("#include <audiosync/live.h>\n#include <stddef.h>")
for name, (ours, header) in structs.items():
    text = re.sub(r"/\*.*?\*/", "", open(f"{sys.argv[1]}/include/audiosync/{header}").read(), flags=re.S)
    body = re.search(r"struct %s \{(.*?)\n\}" % name, text, re.S).group(1)
    theirs = [re.sub(r"\[.*", "", m.split()[-1]).lstrip("*") for m in body.split(";") if m.strip()]
    whole = ours is not g.Status
    fields = [f for f in ours._fields_ if f[0] != "rest"]
    if [f[0] for f in fields] != (theirs if whole else theirs[:len(fields)]):
        sys.exit(f"struct {name} has {theirs}")
    for field, type in fields:
        size = g.c.sizeof(type)
        print(f"_Static_assert(offsetof(struct {name}, {field}) == {getattr(ours, field).offset}, \"{name}.{field}\");")
        print(f"_Static_assert(sizeof ((struct {name} *)0)->{field} == {size}, \"{name}.{field}\");")
    print(f"_Static_assert(sizeof(struct {name}) {'==' if whole else '<='} {g.c.sizeof(ours)}, \"{name}\");")
print(f"_Static_assert(AS_LIVE_LOCKED == {g.LOCKED}, \"locked\");")
EOF
PYTHONDONTWRITEBYTECODE=1 python3 layout.py "$root" >layout.c 2>.err
code=$?
check 'Python: the members of its structures' exits 0
${CC:-cc} -std=c11 -I"$root/include" -fsyntax-only layout.c >.out 2>.err
code=$?
check 'Python: their places' exits 0
check 'Python: of all four structures' [ "$(grep -c Static_assert layout.c)" -gt 40 ]

if [ -n "$sanitizer" ]; then
	echo 'skip get_lag in Python: the library wants a sanitizer in the interpreter'
else
	program python3 "$root/doc/get_lag.py"
fi
[ "$failures" -eq 0 ]
