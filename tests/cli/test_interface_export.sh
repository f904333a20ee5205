#!/bin/sh
# What the interface writes by keys alone is what the commands write with the same settings, byte for byte.
. "$(dirname "$0")/lib.sh"
HOME=$dir/home
XDG_STATE_HOME=$dir/state
export HOME XDG_STATE_HOME
mkdir "$HOME"
run demo made
mv made/shoot shoot
rm -f shoot/truth.json

# Format, bit depth and folder from the dialog; then a timeline; then what was chosen last is offered again.
cat >keys.ui <<'END'
size 80x24
keys : "add shoot" Enter
wait idle
keys s
wait placed
keys e Ctrl-U "here" Down Right Right Down Right Enter Enter
wait text files written
wait idle
keys t Down Ctrl-U "cut.otio" Down Down Down "Demo" Enter Enter
wait text 1 file written
keys : "timeline cut.html" Enter
wait text cut.html
wait idle
keys W Ctrl-U "shoot.audiosync" Enter
wait text shoot.audiosync
END
run --no-cache --ui-script keys.ui
check 'the interface exports by keys' exits 0
run export shoot.audiosync -o there --format flac --bit-depth 16 --no-cache
check 'the command exports the project' exits 3
check 'the files are the same' diff -r here there
check 'they are three' test "$(ls here | wc -l)" -eq 3
run export shoot.audiosync --otio again.otio --timeline-name Demo --no-cache
check 'the timeline is the same' cmp cut.otio again.otio
check 'a report was written' test -s cut.html
check 'the choice is remembered' grep -qx 'export.format = flac' "$XDG_STATE_HOME/audiosync/interface.ini"

# What someone else has put there changes nothing but what is offered.
{
	printf '[export]\nexport.format = exe\nexport.sample_rate_hz = 1\ndir = /nowhere/\033[31m\nexport.bit_depth = 24\n'
	head -c 3000 /dev/zero | tr '\0' x
} >"$XDG_STATE_HOME/audiosync/interface.ini"
cat >keys.ui <<'END'
size 80x24
keys e
dump export
END
run shoot.audiosync --no-cache --ui-script keys.ui
check 'a spoilt memory does no harm' exits 0
check 'valid lines of it count' prints 'flac'
check 'its control characters do not' eval '! prints nowhere'

# A card that is write-protected: another folder is proposed, and where it is asked for all the same it is refused before the work.
if can_run_bound 'a folder that cannot be written to'; then
	cat >keys.ui <<'END'
size 120x36
keys : "add shoot" Enter
wait idle
keys s
wait placed
keys e
dump what is proposed
keys Ctrl-U "shoot/../card/synced" Enter Enter
dump refused
keys Esc : "timeline card/cut.otio" Enter
dump refused too
END
	mkdir card free
	chmod 555 shoot card
	chmod 777 free
	HOME=$dir/free run_bound --no-cache --ui-script keys.ui
	chmod 755 shoot card
	check 'it ends in order' exits 0
	check 'home is proposed' prints 'Folder        ~/synced'
	check 'what is asked for is refused with a word' test "$(grep -c 'cannot write there: Permission denied' .out)" -eq 2
	check 'at its field' prints '! Folder'
	check 'nothing was written' test -z "$(ls card)"
fi
exit "$failures"
