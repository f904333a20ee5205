#!/bin/sh
# One session from beginning to end as an editor has it: a shell in tmux, the interface started from it, stopped and brought back,
# the line dropped, gone on.
set -u
AUDIOSYNC=${AUDIOSYNC:-$PWD/build/audiosync}
command -v tmux >/dev/null 2>&1 || { echo 'skip tmux is not installed'; exit 0; }
dir=$(mktemp -d /tmp/audiosync-tmux.XXXXXX) || exit 1
name=audiosync-$$
trap 'tmux -L "$name" kill-server 2>/dev/null; rm -rf "$dir"' EXIT
trap 'exit 130' INT TERM HUP
fail=0
LC_ALL=C.UTF-8
export LC_ALL
unset TMUX COLUMNS LINES NO_COLOR

in_tmux() { tmux -L "$name" -f /dev/null "$@"; }
screen() { in_tmux capture-pane -p; }

shows() { # TEXT…: until the screen has it
	tries=0
	until screen | grep -qF -- "$1"; do
		tries=$((tries + 1))
		if [ "$tries" -gt 1200 ]; then
			screen | sed 's/^/  |/'
			return 1
		fi
		sleep 0.1
	done
}

check() { # NAME COMMAND…
	what=$1
	shift
	if "$@"; then echo "ok tmux: $what"; else
		echo "not ok tmux: $what"
		fail=1
	fi
}

"$AUDIOSYNC" demo "$dir" >/dev/null 2>&1
rm -rf "$dir/synced"
start() {
	in_tmux new-session -d -x 120 -y 36 "cd '$dir' && HOME='$dir' XDG_CACHE_HOME='$dir/c' XDG_STATE_HOME='$dir/s' XDG_CONFIG_HOME='$dir/k' \
HISTFILE= PS1='prompt> ' exec bash --norc --noprofile -i"
	shows 'prompt>'
}
keys() { in_tmux send-keys "$@"; }
program() { # its process: the shell's only child
	shell=$(in_tmux list-panes -F '#{pane_pid}')
	read -r child _ <"/proc/$shell/task/$shell/children" # which ends without a line's end
	echo "$child"
}

start
keys "$AUDIOSYNC" Enter
check 'an empty session says how to begin' shows 'Three steps'
keys ':add shoot' Enter
check 'a folder is read in' shows 'read in: s finds'
keys s
check 'the shoot is synced' shows 'clips are placed'
keys :suspend Enter
check 'stopped, the shell is back' shows 'Stopped'
keys fg Enter
check 'and the interface again' shows '3 Confidence'
for sig in TSTP STOP; do
	kill -s "$sig" "$(program)"
	check "stopped by SIG$sig, the shell is back" shows 'prompt>'
	keys C-u 'stty sane; clear; fg' Enter
	check 'all of the interface is drawn anew' shows '3 tracks'
	check 'down to what had not changed' shows '5 Log'
	keys "/none-$sig" Enter
	check 'and keys come one by one' shows "is called \"none-$sig\""
done
in_tmux resize-window -x 80 -y 24
check 'at 80x24 panes are tabs' shows '[1 Tracks]'
in_tmux resize-window -x 200 -y 60
check 'at 200x60 all are there' shows '5 Log'
keys ':export -o out' Enter
check 'aligned files are written' shows 'files written'
check 'they are there' test -s "$dir/out/CamA.wav"
keys '/CamB_002' Enter
keys 24 ']'
check 'a clip is nudged' shows 'and locked'
in_tmux kill-server
tries=0
until find "$dir/s" -name '*.autosave' 2>/dev/null | grep -q . || [ "$tries" -gt 300 ]; do
	tries=$((tries + 1))
	sleep 0.1
done

start
keys "$AUDIOSYNC" Enter
check 'the line dropped: the next start offers to go on' shows 'did not end in order'
keys Enter
check 'and does' shows 'going on where'
rm -rf "$dir/s"
keys '/CamA_001' Enter
keys 48 ']'
check 'a clip is nudged, and the program killed' shows 'moved by +1.00 ms'
sleep 3
kill -s KILL "$(program)"
check 'the shell is back from that' shows 'Killed'
keys 'reset; clear' Enter
keys "$AUDIOSYNC" Enter
check 'three seconds later the nudge was kept' shows 'did not end in order'
keys Enter
check 'and is gone on with' shows 'going on where'
keys ':save show.audiosync' Enter
check 'the project is saved' shows 'saved as'
keys q
check 'the shell is back' shows 'prompt>'
check 'the project is there' test -s "$dir/show.audiosync"
[ "$fail" = 0 ]
