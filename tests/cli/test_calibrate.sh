# live --calibrate: what is played comes back by monitors of a sound server of this test's own, at once and after a known delay; is
# written to the settings; and what is not heard is not made up.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

server=
end_server() {
	[ -z "$server" ] || kill "$server" 2>/dev/null
	[ -z "$server" ] || wait "$server" 2>/dev/null
	server=
}
trap 'end_server; finish' EXIT

number() { tr ',{' '\n\n' <.out | sed -n "s/^ *\"$1\": \([-0-9.]*\).*/\1/p" | head -n 1; }
# What a busy computer makes of it: the clocks of sound servers go astray by ms for seconds, and loops are interrupted. So an answer
# has to be right within what it says of itself, or say that there is none; and none after some tries is not a failure of the program.
calibrate() { # ARGUMENTS…
	for try in 1 2; do
		run live --calibrate --json "$@"
		prints '"verdict": "unsteady"' || break
		check 'unsteady: no calibration' json_is calibration_ms null
		check 'unsteady: exit 3' exits 3
		check 'unsteady: that is said' says 'different times'
	done
	prints '"verdict": "good"'
}
agrees() { # WANTED_MS TOLERANCE_MS: beside twice its own error
	near "$(number delay_ms)" "$1" "$(awk -v t="$2" -v e="$(number delay_err_ms)" 'BEGIN { print t + 2 * e }')"
}
written() { sed -n 's/^monitor%3A'"$1"' = //p' "$XDG_CONFIG_HOME/audiosync/audiosync.ini" 2>/dev/null; }

run live --calibrate ref.wav
check 'no reference with it' exits 2
check 'and that is said' says 'no reference'
run live --yes ref.wav
check 'yes alone is refused' exits 2
run live
check 'live needs a reference else' says 'against what?'

for tool in pulseaudio pactl; do
	if ! command -v "$tool" >/dev/null 2>&1; then
		echo "skip calibration by a sound server: $tool is not installed"
		exit 0
	fi
done
XDG_RUNTIME_DIR=$dir/run
mkdir -m 700 "$XDG_RUNTIME_DIR"
export XDG_RUNTIME_DIR
unset PULSE_SERVER PULSE_SINK PULSE_SOURCE DISPLAY
run live --calibrate
check 'no server: it fails' exits 1
check 'and says so' says 'no sound output'
pulseaudio -n --daemonize=no --exit-idle-time=-1 --disallow-exit --use-pid-file=no --log-target=stderr -L module-native-protocol-unix \
	-L 'module-null-sink sink_name=A rate=48000 channels=2' -L 'module-null-sink sink_name=B rate=44100 channels=2' \
	>server.out 2>&1 </dev/null &
server=$!
until pactl info >/dev/null 2>&1; do
	if ! kill -0 "$server" 2>/dev/null; then
		echo 'skip calibration by a sound server: pulseaudio does not start here'
		server=
		exit 0
	fi
	sleep 0.05
done
calibrate --capture monitor:A
good=$?
if says 'no sound output'; then
	echo 'skip calibration by a sound server: PortAudio does not reach it (libasound2-plugins)'
	exit 0
fi
if [ "$good" -eq 0 ]; then
	check 'at once: 0 ms' agrees 0 1
	check 'at once: known well' near "$(number delay_err_ms)" 0 3
	check 'nothing is written unasked' says '--yes writes it'
else
	check 'at once: unsteady, or good' prints '"verdict": "unsteady"'
	echo 'skip calibration at once: the computer is too busy'
fi
check 'nothing was' [ ! -e "$XDG_CONFIG_HOME/audiosync" ]

# What A plays is heard from B some 200 ms later: the module is no more exact than that.
pactl load-module module-loopback source=A.monitor sink=B latency_msec=200 rate=48000 >/dev/null
mkdir -p "$XDG_CONFIG_HOME/audiosync"
printf '; mine\n[live]\ncalibration_ms = 3 ; to all\n' >"$XDG_CONFIG_HOME/audiosync/audiosync.ini"
if calibrate --capture monitor:B --yes; then
	check 'late: exit 0' exits 0
	check 'late: says where it is written' says 'audiosync.ini'
	check 'late: 200 ms' agrees 200 15
	check 'late: written with the sign that takes them away' near "$(written B)" "-$(number delay_ms)" 0.06
	check 'what was there stays' grep -q '^calibration_ms = 3 ; to all$' "$XDG_CONFIG_HOME/audiosync/audiosync.ini"
	run config get calibration.monitor%3AB
	check 'it is a setting now' prints "$(written B)"
else
	check 'late: unsteady, or good' prints '"verdict": "unsteady"'
	check 'late: nothing is written' [ -z "$(written B)" ]
	echo 'skip calibration of a late path: the computer is too busy'
fi

run live --calibrate --capture here.wav
check 'a file hears nothing' says 'here.wav'
[ "$failures" -eq 0 ]
