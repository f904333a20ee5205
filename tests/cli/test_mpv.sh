# live --mpv: a real player, without picture and sound, is brought to what is heard, and gets back what was changed.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

pid=
player=
trap 'kill $pid $player 2>/dev/null; finish' EXIT
ask() { "$HELPER" mpv "$dir/mpv" "$@" 2>/dev/null; }
speed() { ask get_property speed; }
has() { grep -qF -- "$1" .err; }
# So long as the meter lives, and for a minute at most.
until_true() {
	tries=0
	until "$@"; do
		tries=$((tries + 1))
		kill -0 "$pid" 2>/dev/null && [ "$tries" -lt 1200 ] || return 1
		sleep 0.05
	done
}
start() {
	"$AUDIOSYNC" live ref.wav --capture here.wav --json -v --mpv "$dir/mpv" "$@" >.out 2>.err </dev/null &
	pid=$!
}
end() {
	kill -TERM "$pid"
	wait "$pid"
	code=$?
	pid=
}
is_sped() { case $(speed) in 1.0 | '') false ;; *) true ;; esac; }
# The place that is heard is as old as the line; the meter looks ten times a second.
is_near() {
	heard=$("$HELPER" jsonl .out position_s 2>/dev/null | tail -n 1)
	near "$(ask get_property audio-pts)" "$heard" 0.5
}

run live ref.wav --mpv
check 'a socket is wanted' exits 2
wav ref.wav talk 90 5 0 16000
wav here.wav talk 70 5 13 16000
run live ref.wav --capture here.wav --fast --mpv "$dir/mpv"
check 'not faster than time' exits 2
run live ref.wav --capture here.wav --mpv "$dir/$(printf '%0200d' 0)"
check 'a name that no socket can have' exits 1
check 'is told' says 'too long for a socket'

if ! command -v mpv >/dev/null 2>&1; then
	echo 'skip a real player: mpv is not installed'
	exit 0
fi
# Every nudge is one: what a seek leaves is more than 1 ms.
start --set mpv.dead_band_ms=1
until_true has 'no player yet'
check 'a player that is not there yet is waited for' has 'no player yet'
mpv --no-config --no-video --ao=null --keep-open=yes --input-ipc-server="$dir/mpv" ref.wav >/dev/null 2>&1 </dev/null &
player=$!
until_true has 'sought to'
check 'from afar it seeks' has 'behind: sought to'
until_true is_near
check 'to what is heard' is_near
until_true is_sped
check 'near it plays at another speed' is_sped
end
check 'ended by a signal: exit 0' exits 0
check 'its own speed is back' [ "$(speed)" = 1.0 ]

start
until_true has 'sought to'
ask set_property pause true >/dev/null
until_true has 'paused'
check 'a pause is respected' has 'the player is paused, and left so'
at=$(ask get_property time-pos)
sleep 1
check 'and lasts' [ "$(ask get_property time-pos)" = "$at" ]
ask set_property pause false >/dev/null
until_true is_near
ask seek 80 absolute+exact >/dev/null
until_true has 'somebody else moved'
check 'so is a seek' has 'somebody else moved the player'
check 'where it was moved to' near "$(ask get_property time-pos)" 80 5
kill "$player"
until_true has 'has gone'
check 'a player that goes is no end' kill -0 "$pid"
end
check 'of the meter, either' exits 0
[ "$failures" -eq 0 ]
