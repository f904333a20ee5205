"""zsh_complete.py COMPLETION LINE WORD...: does zsh offer these words for LINE? Drives a real zsh on a pseudo-terminal."""
import os
import pty
import re
import select
import shutil
import sys
import tempfile
import time

LIMIT_S = 20

completion, line, words = sys.argv[1], sys.argv[2], sys.argv[3:]
folder = tempfile.mkdtemp()
shutil.copy(completion, os.path.join(folder, "_audiosync"))
pid, fd = pty.fork()
if pid == 0:
    os.environ["TERM"] = "dumb"
    os.execvp("zsh", ["zsh", "-f", "-i"])
seen = ""


def read_until(found):
    global seen
    end = time.monotonic() + LIMIT_S
    while not found() and time.monotonic() < end:
        if select.select([fd], [], [], 0.1)[0]:
            try:
                seen += os.read(fd, 65536).decode("utf-8", "replace")
            except OSError:
                break
    return found()


os.write(fd, (
    f"fpath=({folder} $fpath); autoload -Uz compinit; compinit -u -D; setopt NO_LIST_BEEP; LISTMAX=0; "
    "bindkey '^X' list-choices; PS1='> '; echo rea''dy\n").encode())
good = read_until(lambda: "ready\r" in seen)
seen = ""
os.write(fd, (line + "\x18").encode())
good = good and read_until(lambda: all(re.search(r"(^|\s)" + re.escape(w) + r"(\s|$)", seen.split("\n", 1)[-1])
                                       for w in words))
os.kill(pid, 9)
os.waitpid(pid, 0)
shutil.rmtree(folder)
if not good:
    print(repr(seen))
sys.exit(not good)
