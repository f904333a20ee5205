# live: readings as lines and JSON, ends and exit statuses, alerts, metrics, requests by signal.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

jsonl() { "$HELPER" jsonl .out "$@"; }
is_jsonl() { jsonl state >.states && [ -s .states ]; }
lines_are() { # FIELD VALUE COUNT: so many lines of .out have it
	got=$(jsonl "$1" "$2") && [ "$got" = "$3" ] || { echo "  $got lines have $1 = $2, not $3"; return 1; }
}
some_lines_are() {
	got=$(jsonl "$1" "$2") && [ "$got" -gt 0 ] || { echo "  no line has $1 = $2"; return 1; }
}
last() { jsonl "$1" | tail -n 1; }
# Waits until a command succeeds; so long as $pid lives.
until_true() {
	until "$@"; do
		kill -0 "$pid" 2>/dev/null || { "$@"; return; }
		sleep 0.02
	done
}
has() { grep -qF -- "$1" "$2" 2>/dev/null; }
# Runs it beside this script.
start() { # ARGUMENT…
	"$AUDIOSYNC" "$@" >.out 2>.err </dev/null &
	pid=$!
}
end() {
	wait "$pid"
	code=$?
}

# 8 s of the reference from 13 s on: it is heard 13 s before its time.
wav ref.wav talk 40 5 0 16000
wav here.wav talk 8 5 13 16000
wav noise.wav noise 16 9 0 16000
wav silence.wav silence 3 1 0 16000

run live ref.wav --capture here.wav --fast --json
check 'json: exit 0' exits 0
check 'json: every line is an object' is_jsonl
check 'json: ten a second' near "$(jsonl t_s | wc -l)" 80 8
check 'json: it locks' near "$(last lag_ms)" -13000 0.5
check 'json: with an error' near "$(last lag_err_ms)" 0.1 0.1
check 'json: and the place that is heard' near "$(last position_s)" 21 0.1
check 'json: the calibrated lag is the lag' near "$(last calibrated_lag_ms)" "$(last lag_ms)" 0.001
check 'json: before it, null' [ "$(jsonl lag_ms | head -n 1)" = null ]
check 'json: as doc/json.md says' "$HELPER" readings .out
run live ref.wav --capture here.wav --fast --json --interval 2
check 'interval: fewer lines' sh -c '[ "$(grep -c locked .out)" -le 5 ]'
run live ref.wav --capture here.wav --fast --interval 0
check 'interval: 0 is none: exit 2' exits 2
check 'interval: 0: what may be given' has '0.1 to 3600' .err
run live ref.wav --capture here.wav --fast --json --calibration 12.5 -q
check 'calibration: added' near "$(last calibrated_lag_ms)" -12987.5 0.5
check 'calibration: the lag is as it was' near "$(last lag_ms)" -13000 0.5
check 'calibration: as doc/json.md says' "$HELPER" readings .out 12.5
check 'quiet: nothing on stderr' is_empty .err

run live ref.wav --capture here.wav --fast
check 'lines: exit 0' exits 0
check 'lines: the lag, in words' prints 'early'
check 'lines: what is listened to' says 'listening to here.wav'
check 'lines: searching is told once' [ "$(grep -c searching .out)" -eq 1 ]
check 'lines: one a second' sh -c '[ "$(grep -c locked .out)" -le 9 ]'
check 'lines: no trailing blanks' sh -c '! grep -q " $" .out'
LC_ALL=C run live ref.wav --capture here.wav --fast
check 'lines: ASCII without Unicode' awk '/[^ -~]/ { exit 1 }' .out

run live ref.wav --capture here.wav --fast --once --json
check 'once: exit 0' exits 0
check 'once: one line' [ "$(wc -l <.out)" -eq 1 ]
check 'once: locked' lines_are state locked 1
check 'once: soon' near "$(last t_s)" 0 4
run live ref.wav --capture noise.wav --fast --once --json
check 'no match: exit 3' exits 3
check 'no match: said in its line' lines_are no_match true 1
check 'no match: no lag' lines_are lag_ms null 1
check 'no match: before the end' near "$(last t_s)" 12 2
run live ref.wav --capture noise.wav --fast --once --duration 4 --json
check 'once, no time for more: exit 3' exits 3
check 'once, no time for more: the last word is said' lines_are state searching 1
run live ref.wav --capture silence.wav --fast --once --json
check 'once, the capture ends: exit 3' exits 3
check 'once, the capture ends: the last word is said' lines_are state silent 1
XDG_RUNTIME_DIR=$PWD/nowhere PULSE_SERVER=unix:$PWD/nowhere run live ref.wav --once
check 'once, nothing to capture from: exit 1' exits 1
check 'once, nothing to capture from: not waited for' lacks 'waiting' .err
run live ref.wav --capture silence.wav --fast --json
check 'silence: exit 3' exits 3
check 'silence: said' some_lines_are state silent
check 'silence: as doc/json.md says' "$HELPER" readings .out
run live ref.wav --capture here.wav --fast --once --alert -40:60 --json
check 'once with limits: exit 3 outside' exits 3
check 'once with limits: the reading' lines_are state locked 1
run live ref.wav --capture here.wav --fast --once --alert=-14000:60
check 'once with limits: exit 0 inside' exits 0
run live ref.wav --capture here.wav --fast --duration 2 --json
check 'duration: exit 0' exits 0
check 'duration: no longer' near "$(last t_s)" 2 0.11

# What cannot be opened: which of the two, as it was given.
mkdir sub sub/folder
run live ./sub/folder --capture here.wav
check 'a folder as reference: said so' has 'reference ./sub/folder: is a folder' .err
run live ref.wav --capture ./sub/folder
check 'a folder as capture: said so' has 'capture ./sub/folder: is a folder' .err
run live capture:sub/folder --capture here.wav
check 'a folder as live reference: said so' has 'reference sub/folder: is a folder' .err

# The same behind a screen: what it showed holds when it is gone.
printf 'size 80x24\nwait lag ended\nkeys q\n' >left.ui
run live ref.wav --capture ./sub/folder --ui-script left.ui
check 'a screen, a capture that cannot be opened: exit 1' exits 1
check 'a screen, a capture that cannot be opened: said so' has 'capture ./sub/folder: is a folder' .err
run live ref.wav --capture here.wav --fast --ui-script left.ui
check 'a screen, a capture that ends: exit 0' exits 0
printf 'size 80x24\nwait lag ended\nkeys l\ndump\nkeys Esc : "live here.wav --capture here.wav --fast" Enter\nwait lag ended\nkeys l\ndump\nkeys Esc q\n' >again.ui
XDG_STATE_HOME=$PWD/.state run live ref.wav --capture silence.wav --fast --ui-script again.ui
check 'a screen, begun anew: with what the command line said' prints 'Reference   ref.wav '
check 'a screen, begun anew: with its capture' prints 'Capture     silence.wav '
check 'a screen, begun anew: with what was begun since' prints 'Reference   here.wav '

# Raw samples on stdin: a pipe is heard as it comes, but no faster than it plays, or, in haste, as a recording.
tail -c +45 here.wav >here.raw
"$AUDIOSYNC" live ref.wav --capture - --pcm s16le:16000:1 --fast --json >.out 2>.err <here.raw
code=$?
check 'stdin: a file: exit 0' exits 0
check 'stdin: a file: the lag' near "$(last lag_ms)" -13000 0.5
# shellcheck disable=SC2002
cat here.raw | "$AUDIOSYNC" live ref.wav --capture - --pcm s16le:16000:1 --fast --once --json >.out 2>.err
code=$?
check 'stdin: a pipe, in haste: exit 0' exits 0
check 'stdin: a pipe, in haste: the lag' near "$(last lag_ms)" -13000 2
# shellcheck disable=SC2002
cat here.raw | "$AUDIOSYNC" live ref.wav --capture - --pcm s16le:16000:1 --once --json >.out 2>.err
code=$?
check 'stdin: a pipe faster than its sound: exit 0' exits 0
check 'stdin: a pipe faster than its sound: the lag' near "$(last lag_ms)" -13000 2
{
	head -c 32000 here.raw # a second of it at once, and then nothing, but no end either
	i=0
	until has no_lock .out || [ $((i += 1)) -gt 500 ]; do sleep 0.02; done
} | "$AUDIOSYNC" live ref.wav --capture - --pcm s16le:16000:1 --alert-no-lock 1 --json >.out 2>.err &
pid=$!
end
check 'stdin: a pipe that stalls is alerted of' some_lines_are alert no_lock
check 'stdin: exit 3' exits 3
tail -c +$((45 + 3 * 32000)) ref.wav >later.raw
"$AUDIOSYNC" live capture:- --pcm s16le:16000:1 --capture ref.wav --fast --once --json >.out 2>.err <later.raw
code=$?
check 'stdin: the reference: exit 0' exits 0
check 'stdin: the reference: the lag' near "$(last lag_ms)" 3000 2
run live ref.wav --pcm s16le:16000:1 --capture here.wav
check 'stdin: a format without it: exit 2' exits 2
check 'stdin: a format without it: what it is for' says 'capture:-'
run live ref.wav --capture - --pcm s24le:16000:1
check 'stdin: a format that is not known: exit 2' exits 2
check 'stdin: and no reading' is_empty .out
run live ref.wav --capture - --pcm s16le:16000:1
check 'stdin: empty: exit 1' exits 1
check 'stdin: empty: said' says 'standard input: the capture ended before any sound of it came'

# Alerts.
cat >told.sh <<'EOF'
#!/bin/sh
echo "$1 $AUDIOSYNC_ALERT $AUDIOSYNC_RAISED $AUDIOSYNC_STATE ${AUDIOSYNC_LAG_MS%.*} $AUDIOSYNC_REFERENCE $AUDIOSYNC_CAPTURE" >>told
echo this is for stderr
EOF
chmod +x told.sh
run live ref.wav --capture here.wav --fast --json --alert ebu-r37 --on-alert "./told.sh 'two words'"
check 'alert: exit 3' exits 3
check 'alert: as doc/json.md says' "$HELPER" readings .out
check 'alert: a line' lines_are alert early 1
check 'alert: is raised' lines_are raised true 1
check 'alert: with its limits' lines_are late_ms 60 1
check 'alert: the command knows' sh -c 'grep -qE "^two words early 1 locked -(13000|12999) ref.wav here.wav$" told'
check 'alert: it is run once' [ "$(wc -l <told)" -eq 1 ]
check 'alert: what it prints is no reading' says 'this is for stderr'
run live ref.wav --capture silence.wav --fast --alert-no-lock 1
check 'no reading: exit 3' exits 3
check 'no reading: said' prints 'ALERT    no reading for 1 s: silent'
run live ref.wav --capture here.wav --fast --alert ebu-r37 --on-alert 'sleep 1000' --set live.alert_command_s=0.2
check 'a command that hangs: is ended' says 'took more than 0.2 s'
check 'a command that hangs: exit 3' exits 3
run live ref.wav --capture here.wav --fast --alert ebu-r37 --on-alert 'sh -c "exit 9"'
check 'a command that fails: said' says 'exit status 9'

# Metrics.
run live "ref.wav" --capture here.wav --fast --prometheus lag.prom
check 'metrics: exit 0' exits 0
check 'metrics: are what Prometheus reads' "$HELPER" prometheus lag.prom
check 'metrics: nothing else is left' [ "$(find . -name '.lag.prom*' | wc -l)" -eq 0 ]
check 'metrics: the end is told' grep -qx 'audiosync_running{reference="ref.wav",capture="here.wav"} 0' lag.prom
check 'metrics: no lag after the end' lacks audiosync_lag_seconds lag.prom
start live ref.wav --capture noise.wav --plain --prometheus run.prom --alert production
check 'metrics: while it runs' until_true has 'state="searching"} 1' run.prom
check 'metrics: an unknown lag is left out' lacks audiosync_lag_seconds run.prom
check 'metrics: no 0 for it either' "$HELPER" prometheus run.prom
kill -TERM "$pid"
end
check 'metrics: SIGTERM ends the monitor cleanly' exits 0
start live ref.wav --capture here.wav --plain --prometheus run.prom
check 'metrics: the lag in seconds' until_true grep -q '^audiosync_lag_seconds{[^}]*} -1[23][.0-9]*$' run.prom
check 'metrics: valid with it' "$HELPER" prometheus run.prom
kill -TERM "$pid"
end
if command -v promtool >/dev/null 2>&1; then
	check 'metrics: promtool agrees' sh -c 'promtool check metrics <lag.prom'
else
	echo 'skip metrics by promtool: not installed'
fi
run live ref.wav --capture here.wav --fast --prometheus none/lag.prom
check 'metrics: a folder that is not there' exits 1
check 'metrics: named' says 'none/lag.prom'

cp here.wav mine.prom
run live ref.wav --capture here.wav --fast --prometheus mine.prom
check 'metrics: a file that is none of its own: exit 1' exits 1
check 'metrics: a file that is none of its own: said' says 'mine.prom: exists and is no metrics file'
check 'metrics: a file that is none of its own: left alone' cmp here.wav mine.prom
: >empty.prom
run live ref.wav --capture here.wav --fast --prometheus empty.prom
check 'metrics: an empty file is taken' "$HELPER" prometheus empty.prom
run live ref.wav --capture here.wav --fast --prometheus empty.prom
check 'metrics: one of a meter before it is replaced' exits 0

# Signals. A file in real time: it does not end by itself before they are sent.
start live ref.wav --capture noise.wav --json
check 'pause: it runs' until_true has searching .out
kill -USR1 "$pid"
check 'pause: SIGUSR1 pauses' until_true has paused .out
kill -USR1 "$pid"
check 'pause: and resumes' until_true sh -c 'sed "1,/paused/d" .out | grep -qE "searching|silent|waiting"'
mkdir -p "$XDG_CONFIG_HOME/audiosync"
echo '[live]
alert_no_lock_s = 0.5' >"$XDG_CONFIG_HOME/audiosync/audiosync.ini"
kill -HUP "$pid"
check 'reread: SIGHUP reads the settings' until_true has 'settings read again' .err
check 'reread: and they hold' until_true has '"alert": "no_lock"' .out
echo '[live]
alert = loud' >"$XDG_CONFIG_HOME/audiosync/audiosync.ini"
kill -HUP "$pid"
check 'reread: what is wrong changes nothing' until_true has 'the settings stay as they were' .err
kill -TERM "$pid"
end
check 'reread: exit 3 after an alert' exits 3
check 'reread: all lines as doc/json.md says' "$HELPER" readings .out
rm "$XDG_CONFIG_HOME/audiosync/audiosync.ini"
for how in '' --once '--duration 1000'; do
	# shellcheck disable=SC2086
	"$HELPER" interrupt listening "$AUDIOSYNC" live ref.wav --capture noise.wav --plain $how >.out 2>.err </dev/null
	code=$?
	check "SIGINT: ${how:-a monitor} ends" exits "$([ -z "$how" ] && echo 0 || echo 130)"
	check "SIGINT: ${how:-a monitor} does not call it an error" lacks rror .err
done

# Nobody reads any longer.
mkfifo pipe
"$AUDIOSYNC" live ref.wav --capture noise.wav --json >pipe 2>.err </dev/null &
pid=$!
head -n 3 pipe >.out
end
check 'a broken pipe: a quiet end' exits 0
check 'a broken pipe: nothing is said of it' lacks tandard .err
if [ -e /dev/full ]; then
	"$AUDIOSYNC" live ref.wav --capture here.wav --fast --json >/dev/full 2>.err </dev/null
	code=$?
	check 'a full disk: exit 1' exits 1
	check 'a full disk: said' says 'standard output'
fi

# libsrt prints by itself, when a connection ends, unless it is told not to.
if ffmpeg -v quiet -protocols 2>/dev/null | grep -qw srt; then
	srt=srt://127.0.0.1:$((20000 + $$ % 20000))
	ffmpeg -v error -nostdin -re -stream_loop -1 -i ref.wav -c:a mp2 -f mpegts "$srt?mode=listener" >/dev/null 2>&1 &
	server=$!
	for i in 1 2 3 4 5 6 7 8 9 10; do
		run live ref.wav --capture "$srt" --duration 1 --json -q
		[ -s .out ] && ! says 'cannot be opened' && break
		sleep 0.3
	done
	kill $server 2>/dev/null
	wait $server 2>/dev/null
	check 'srt: it is heard' prints '"state": "searching"'
	check 'srt: nothing is printed but by the program' lacks 'SRT' .err
else
	echo 'skip srt: no ffmpeg that speaks it'
fi

# Usage.
run live
check 'no reference: exit 2' exits 2
run live ref.wav --capture here.wav --json --plain
check 'json and plain: exit 2' exits 2
run live ref.wav --capture here.wav --pcm s16le:48000:2
check 'a format without stdin: exit 2' exits 2
run live ref.wav --capture here.wav --alert 60:-40
check 'limits upside down: exit 2' exits 2
check 'limits: said what they may be' says 'EARLY:LATE in ms, the lower one first'
run live ref.wav --capture here.wav --on-alert true
check 'a command without limits: exit 2' exits 2
run live ref.wav --capture here.wav --alert-after 3
check 'patience without limits: exit 2' exits 2
check 'patience without limits: said' says '--alert-after: the lag has no limits'
run live ref.wav --capture here.wav --alert ebu-r37 --on-alert no-such-command-here
check 'a command that is not there: exit 1' exits 1
check 'a command that is not there: named' says 'no-such-command-here'
run live ref.wav --capture here.wav --duration -1
check 'a duration below 0: exit 2' exits 2
run live nowhere.wav --capture here.wav --fast
check 'no such reference: exit 1' exits 1
check 'no such reference: named' says 'nowhere.wav'
run live ref.wav --capture ./nowhere.wav --fast --duration 3
check 'no such capture: named' says 'nowhere.wav'

[ "$failures" -eq 0 ]
