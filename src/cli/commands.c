#include "cli/commands.h"

#include <string.h>

#include <audiosync/document.h>

/* clang-format off */
static const struct as_command_row commands[] = {
	{.id = AS_CMD_SYNC, .word = "sync", .synopsis = "FILE|DIR|PROJECT... -o DIR",
	 .summary = "analyze, then write one aligned file for each track",
	 .text = "Finds out where every recording sits on a shared timeline, then writes one "
		 "file for each track into the output folder. All files start together and have "
		 "the same length: silence where a track has no clip, drift corrected, all "
		 "channels and the full bit depth kept. Clips that cannot be placed with "
		 "confidence are left out and reported. A project among the words is continued: only "
		 "recordings that are new to it are analysed. With --mux it also writes each placed camera file again, "
		 "under its own name, with the sound of a recorder (see export.mux_track) that follows the camera's "
		 "clock. Of recorders that cover the clip alike (to 1 s or 1 %) it is the reference, else a "
		 "lossless one, else that of the highest rate, of the most sound, the loudest. Picture, timecode and metadata are copied as they are; MOV, MP4 and MKV stay what they are, "
		 "other kinds become MOV.",
	 .examples = "audiosync sync shoot/ -o synced/\n"
		     "audiosync sync --preset concert --format flac shoot/ -o synced/\n"
		     "audiosync sync --track Cam=a.mov,b.mov --track Boom=boom.wav -o synced/",
	 .min_words = 1, .max_words = -1, .run = as_cmd_sync},
	{.id = AS_CMD_ANALYZE, .word = "analyze", .synopsis = "FILE|DIR|PROJECT...",
	 .summary = "say where every clip sits and how sure that is",
	 .text = "Places every recording on a shared timeline by its sound and prints a table, "
		 "or with --json an object for scripts. Writes no sound. With --explain it says of "
		 "one clip what its place rests on, or what it lacks: every match and what became "
		 "of it, the next best places, the settings that decided. A project among the words is "
		 "continued: recordings that are new to it are added and cost no more than themselves; "
		 "with --save it is written.",
	 .examples = "audiosync analyze shoot/\n"
		     "audiosync analyze --explain CamB_004 shoot/\n"
		     "audiosync analyze --json camera.mp4 recorder.wav\n"
		     "audiosync analyze shoot/ --save shoot.audiosync\n"
		     "audiosync analyze shoot.audiosync late.wav --save shoot.audiosync",
	 .min_words = 1, .max_words = -1, .run = as_cmd_analyze},
	{.id = AS_CMD_EXPORT, .word = "export", .synopsis = "PROJECT [-o DIR] [--otio FILE ...]",
	 .summary = "write aligned files and timelines from a saved project",
	 .text = "Writes what sync writes, from a project that sync or analyze has saved with --save. "
		 "Analyses nothing: what the project says of the clips is what counts. A recording that "
		 "is missing or has changed since is refused by name; --relink looks for what has moved. "
		 "AudioSync Pro's projects have to be analysed first.",
	 .examples = "audiosync export shoot.audiosync -o synced/\n"
		     "audiosync export --relink /mnt/backup shoot.audiosync --format flac -o synced/\n"
		     "audiosync export shoot.audiosync --otio shoot.otio --fps 25",
	 .min_words = 1, .max_words = 1, .run = as_cmd_export},
	{.id = AS_CMD_INFO, .word = "info", .synopsis = "FILE|DIR|PROJECT...",
	 .summary = "show streams, times, timecode and the grouping into tracks",
	 .text = "Reads what the files say about themselves and shows which of them form one "
		 "track. Decodes nothing. Of a project it shows what it holds.",
	 .examples = "audiosync info shoot/\n"
		     "audiosync info shoot.audiosync",
	 .min_words = 1, .max_words = -1, .run = as_cmd_info},
	{.id = AS_CMD_CONFIG, .word = "config",
	 .synopsis = "[list|get KEY|path|dump|presets|keys|cache]",
	 .summary = "show settings, presets and where they come from; clear the cache",
	 .text = "list (the default) shows every setting with its value and origin; get prints "
		 "the value of one; path shows the files that are read; dump prints a complete "
		 "configuration file, with --defaults one of the defaults; presets lists the "
		 "presets; keys prints those of the interface as a keys.ini; cache shows the cache's folder and size, with --clear it empties it.",
	 .examples = "audiosync config get export.format\n"
		     "audiosync config dump --preset broadcast > ~/.config/audiosync/audiosync.ini\n"
		     "audiosync config cache --clear",
	 .min_words = 0, .max_words = 2, .run = as_cmd_config},
	{.id = AS_CMD_DEMO, .word = "demo", .synopsis = "[DIR]",
	 .summary = "write a small shoot with known truth, sync it, check the result",
	 .text = "Makes up an event recorded by three devices with rooms, noise, drift and "
		 "different formats, syncs the recordings and prints found against true "
		 "positions. Without DIR a folder is made below $TMPDIR or /tmp.",
	 .examples = "audiosync demo /tmp/shoot",
	 .min_words = 0, .max_words = 1, .run = as_cmd_demo},
	{.id = AS_CMD_SELFTEST, .word = "selftest", .synopsis = "FILE|DIR...",
	 .summary = "measure on your own footage how exact and how safe placing is",
	 .text = "Takes stretches of the recordings, changes them by known amounts, as a second device "
		 "would have heard them (another place in a room, a beginning between two samples, "
		 "a clock of its own, other sound of the shoot on top, played backwards), and looks for them "
		 "where they came from. Prints how many were found, how far off, how honest the "
		 "errors stated were, and how often something was found where it cannot be: the "
		 "stretch backwards, or the recording without it. Two real devices differ by more than that: "
		 "what is missed here will be missed in earnest.",
	 .examples = "audiosync selftest shoot/\n"
		     "audiosync selftest --trials 200 --seed 7 --json shoot/",
	 .min_words = 1, .max_words = -1, .run = as_cmd_selftest},
	{.id = AS_CMD_DRIFT, .word = "drift", .synopsis = "FILE [-r REF] [--ppm N] [-o OUT]",
	 .summary = "measure how far a clock is off, and take that out of the sound",
	 .text = "With -r it compares FILE with a recording of the same sound whose clock is taken to be right, and "
		 "prints by how many millionths FILE's clock is off (positive: it runs fast, the file holds too many "
		 "samples), where samples were lost or gained, and a plot of the lag over time. With -o the corrected "
		 "file is written: resampled to the reference's clock, lost samples made up by silence, "
		 "surplus ones left out, a wandering clock followed; it begins with FILE's first sample. With --ppm "
		 "instead of -r a known drift is taken out. What was written is measured again. The "
		 "extension of OUT says the format: .wav, .aiff, .flac, .mp3; or .mov, .mp4, .mkv for FILE's picture "
		 "as it is with the corrected sound beside it (the picture then keeps the clock that it had). "
		 "Exit status 3: the two do not share enough sound to tell.",
	 .examples = "audiosync drift -r camera.mov recorder.wav\n"
		     "audiosync drift -r camera.mov recorder.wav -o recorder_fixed.wav --plot lag.svg\n"
		     "audiosync drift --ppm 41.5 recorder.wav -o recorder_fixed.flac",
	 .min_words = 1, .max_words = 1, .run = as_cmd_drift},
	{.id = AS_CMD_LIVE, .word = "live", .synopsis = "REFERENCE [--capture SOURCE]",
	 .summary = "measure how late what plays now is against a reference, on and on",
	 .text = "Listens to a sound device, to what this computer plays, to a file, a URL or a pipe, finds out where in REFERENCE "
		 "that is, and says ten times a second by how much it is late (positive) or early, with an error, or that it does "
		 "not know. REFERENCE is a file, a URL, the page or the title of something that yt-dlp finds, or, with "
		 "\"capture:\" before it, a second source to listen to. A file that describes a session (SDP, as AES67 and Dante give it) stands for "
		 "what is sent there. On a terminal the meter fills the screen; with --plain, "
		 "--json, --once, --duration, --prometheus or --on-alert, or where the output is no terminal, it prints lines: without a "
		 "lag one whenever something changes, as JSON every reading. SIGUSR1 pauses and resumes, SIGHUP rereads the "
		 "configuration files (limits, interval, calibration, player). With --mpv a player is kept where the sound is: far from it it seeks, near it it"
		 " runs up to 0.5 % faster or slower (settings: [mpv]); it is left alone while nothing is locked, while it is paused and after it"
		 " was moved by hand, and gets its own speed back at the end. --calibrate takes no REFERENCE: it plays chirps by the default output,"
		 " hears them by --capture, and offers to write minus the delay to the configuration file as that device's calibration. Ends with the capture, --duration, SIGINT or SIGTERM. Exit "
		 "status 3: it never found the place, or there was an alert (--alert).",
	 .examples = "audiosync live song.flac\n"
		     "audiosync live song.flac --capture monitor:Speakers --once\n"
		     "audiosync live film.mkv --capture 'USB Microphone' --mpv /tmp/mpv.sock\n"
		     "audiosync live --calibrate --capture 'USB Microphone'\n"
		     "audiosync live https://example.org/programme.m3u8 --capture app:Firefox --json\n"
		     "audiosync live studio.sdp --capture app:Firefox --json\n"
		     "audiosync live capture:Studio --capture Stream --alert ebu-r37 --on-alert 'logger -t lag alert'\n"
		     "ffmpeg -v error -i rtp://224.0.0.1:5004 -f s16le -ar 48000 -ac 2 - | audiosync live programme.wav --capture -",
	 .min_words = 0, .max_words = 1, .run = as_cmd_live},
	{.id = AS_CMD_DEVICES, .word = "devices", .synopsis = "[--json]",
	 .summary = "list what the live meter can listen to",
	 .text = "Shows the outputs whose sound can be heard, the applications that play, and the inputs, each with what "
		 "--capture of the live meter takes for it; names may be shortened to a part that only one has. Outputs, "
		 "applications and inputs are those of the PulseAudio or PipeWire server of this user, which is not started for "
		 "this. Exit status 1: there is neither a server nor a device.",
	 .examples = "audiosync devices\n"
		     "audiosync devices --json | jq -r '.devices[].source'",
	 .min_words = 0, .max_words = 0, .run = as_cmd_devices},
};

#define DOCUMENT_COMMANDS "sync|analyze|export"

static const struct as_flag own_flags[] = {
	{.id = AS_FLAG_OUTPUT_DIR, .name = "output-dir", .letter = 'o', .metavar = "DIR",
	 .commands = "sync|export",
	 .arg = AS_ARG_DIR, .help = "folder for the aligned files; made if it is missing"},
	{.id = AS_FLAG_OUTPUT, .name = "output", .letter = 'o', .metavar = "OUT",
	 .commands = "drift", .arg = AS_ARG_FILE,
	 .help = "write the corrected file; its extension says the format, without one --format"},
	{.id = AS_FLAG_PPM, .name = "ppm", .metavar = "N", .commands = "drift", .arg = AS_ARG_TEXT,
	 .help = "take out this known drift; positive: the clock runs fast, too many samples"},
	{.id = AS_FLAG_PLOT, .name = "plot", .metavar = "F.svg", .commands = "drift", .arg = AS_ARG_FILE,
	 .help = "draw the lag over time into a picture"},
	{.id = AS_FLAG_SAVE, .name = "save", .metavar = "FILE.audiosync", .commands = "sync|analyze",
	 .arg = AS_ARG_FILE,
	 .help = "save a project; one that was read may be written over, others need --force; a backup is kept"},
	{.id = AS_FLAG_RELINK, .name = "relink", .metavar = "DIR", .commands = "sync|analyze|export|info",
	 .arg = AS_ARG_DIR,
	 .help = "look below this folder for recordings of a project that are not where they were; repeatable"},
	{.id = AS_FLAG_RECOVER, .name = "recover", .commands = "sync|analyze|export|info",
	 .help = "go on from what was kept of a project when the program died"},
	{.id = AS_FLAG_FORCE, .name = "force", .letter = 'f', .commands = "sync|analyze|export|demo|drift",
	 .help = "overwrite files that exist; links are replaced, not followed"},
	{.id = AS_FLAG_REFERENCE, .name = "reference", .letter = 'r', .metavar = "TRACK|REF",
	 .commands = "sync|analyze|drift",
	 .arg = AS_ARG_FILE,
	 .help = "track that time zero and the clock come from (else the one with most sound); of drift, the file with the right clock"},
	{.id = AS_FLAG_TRACK, .name = "track", .metavar = "NAME=FILE[,FILE...]",
	 .commands = "sync|analyze|info",
	 .arg = AS_ARG_TEXT, .help = "put these files into one track of this name; repeatable"},
	{.id = AS_FLAG_MAP_PATH, .name = "map-path", .metavar = "SERVER=CLIENT",
	 .commands = DOCUMENT_COMMANDS,
	 .arg = AS_ARG_TEXT,
	 .help = "timelines look for media below SERVER in the folder CLIENT (/Volumes/media, M:\\): repeatable"},
	{.id = AS_FLAG_EXPLAIN, .name = "explain", .metavar = "CLIP",
	 .commands = "analyze",
	 .arg = AS_ARG_FILE,
	 .help = "say why this clip sits where it does or was refused: a path, a name or a part of it; repeatable"},
	{.id = AS_FLAG_SEED, .name = "seed", .metavar = "N", .commands = "selftest", .arg = AS_ARG_TEXT,
	 .help = "what chance begins with; the same seed gives the same figures (1)"},
	{.id = AS_FLAG_TRIALS, .name = "trials", .metavar = "N", .commands = "selftest", .arg = AS_ARG_TEXT,
	 .help = "stretches of 5 and of 15 s; half as many of a minute, a quarter of 5 minutes (20)"},
	{.id = AS_FLAG_CAPTURE, .name = "capture", .metavar = "SOURCE", .commands = "live", .arg = AS_ARG_FILE,
	 .help = "what to listen to: a device, monitor:NAME, app:NAME, a file, a URL, - for raw samples on stdin"},
	{.id = AS_FLAG_PCM, .name = "pcm", .metavar = "FORMAT", .commands = "live", .arg = AS_ARG_TEXT,
	 .help = "of raw samples on stdin: s16le or f32le, rate, channels (s16le:48000:2)"},
	{.id = AS_FLAG_ONCE, .name = "once", .commands = "live",
	 .help = "print the first reading that is sure, or the last, and end; exit status 3 where there is no match"},
	{.id = AS_FLAG_DURATION, .name = "duration", .metavar = "S", .commands = "live", .arg = AS_ARG_TEXT,
	 .help = "end after so many seconds of readings"},
	{.id = AS_FLAG_PLAIN, .name = "plain", .commands = "live",
	 .help = "lines instead of the full-screen meter"},
	{.id = AS_FLAG_FAST, .name = "fast", .commands = "live",
	 .help = "captured files, or stdin, are recorded sound: compare as fast as possible"},
	{.id = AS_FLAG_PROMETHEUS, .name = "prometheus", .metavar = "F.prom", .commands = "live", .arg = AS_ARG_FILE,
	 .help = "keep this file up to date for node_exporter's textfile collector"},
	{.id = AS_FLAG_ON_ALERT, .name = "on-alert", .metavar = "COMMAND", .commands = "live", .arg = AS_ARG_TEXT,
	 .help = "run this, without a shell, when an alert is raised or over; AUDIOSYNC_* say what"},
	{.id = AS_FLAG_MPV, .name = "mpv", .metavar = "SOCKET", .commands = "live", .arg = AS_ARG_FILE,
	 .help = "keep an mpv player where the sound is that is heard (mpv --input-ipc-server=SOCKET)"},
	{.id = AS_FLAG_CALIBRATE, .name = "calibrate", .commands = "live",
	 .help = "no REFERENCE: play chirps, hear them by --capture, and offer to keep the latency found"},
	{.id = AS_FLAG_YES, .name = "yes", .commands = "live",
	 .help = "with --calibrate: write the calibration without asking"},
	{.id = AS_FLAG_CLEAR, .name = "clear",
	 .commands = "config",
	 .help = "with cache: remove what is in it"},
	{.id = AS_FLAG_DEFAULTS, .name = "defaults", .commands = "config",
	 .help = "with list, get and dump: leave files, presets and flags aside"},
	{.id = AS_FLAG_PRESET, .name = "preset", .metavar = "NAME",
	 .commands = "*", .arg = AS_ARG_PRESET,
	 .help = "start from a preset's settings; configuration files and flags override it"},
	{.id = AS_FLAG_CONFIG, .name = "config", .metavar = "FILE",
	 .commands = "*", .arg = AS_ARG_FILE,
	 .help = "read this configuration file too, after the user's own"},
	{.id = AS_FLAG_SET, .name = "set", .metavar = "KEY=VALUE",
	 .commands = "*", .arg = AS_ARG_KEY,
	 .help = "set any setting; repeatable"},
	{.id = AS_FLAG_ASCII, .name = "ascii", .commands = "*", .help = "no characters beyond ASCII, as --set interface.unicode=no"},
	{.id = AS_FLAG_JSON, .name = "json", .commands = "*", .help = "print the answer as JSON"},
	{.id = AS_FLAG_VERBOSE, .name = "verbose", .letter = 'v', .commands = "*",
	 .help = "say more on stderr; twice for the decoders' own messages"},
	{.id = AS_FLAG_QUIET, .name = "quiet", .letter = 'q', .commands = "*",
	 .help = "no progress, errors only"},
	{.id = AS_FLAG_HELP, .name = "help", .letter = 'h',
	 .commands = "*",
	 .help = "show help for the command"},
	{.id = AS_FLAG_VERSION, .name = "version", .letter = 'V',
	 .commands = "*",
	 .help = "show the version"},
};
/* clang-format on */

const struct as_command_row *as_commands(size_t *n)
{
	*n = sizeof commands / sizeof *commands;
	return commands;
}

const struct as_command_row *as_command_find(const char *word)
{
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
		if (!strcmp(commands[i].word, word))
			return &commands[i];
	return NULL;
}

const struct as_command_row *as_command_row(enum as_command id)
{
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
		if (commands[i].id == id)
			return &commands[i];
	return NULL;
}

static struct as_flag flag_of_row(const struct as_option_row *row)
{
	struct as_flag f = {.name = row->flag,
			    .letter = row->short_flag,
			    .metavar = row->metavar,
			    .commands = row->commands,
			    .row = row,
			    .id = AS_FLAG_SETTING,
			    .help = row->flag_help ? row->flag_help : row->help};

	if (row->type == AS_OPTION_CHOICE)
		f.arg = AS_ARG_CHOICE;
	else if (row->type == AS_OPTION_PATH)
		f.arg = AS_ARG_FILE;
	else if (row->type != AS_OPTION_BOOL)
		f.arg = AS_ARG_TEXT;
	return f;
}

static struct as_flag flag_of_document(const struct as_document_kind *kind)
{
	return (struct as_flag){.id = AS_FLAG_DOCUMENT,
				.name = kind->kind,
				.metavar = "FILE",
				.commands = DOCUMENT_COMMANDS,
				.help = kind->help,
				.arg = AS_ARG_FILE};
}

size_t as_flags(struct as_flag out[AS_FLAGS_MAX])
{
	size_t n_rows, n = 0;
	const struct as_option_row *rows = as_option_rows(&n_rows);

	for (int common = 0; common < 2; common++) {
		/* Among those for all commands the settings stand before --json and its like. */
		for (size_t i = 0; !common && i < sizeof own_flags / sizeof *own_flags; i++)
			if (strcmp(own_flags[i].commands, "*") != 0)
				out[n++] = own_flags[i];
		for (size_t i = 0; !common && as_document_kind_at(i); i++)
			out[n++] = flag_of_document(as_document_kind_at(i));
		for (size_t i = 0; i < n_rows && n < AS_FLAGS_MAX; i++)
			if (rows[i].flag && common == !strcmp(rows[i].commands, "*"))
				out[n++] = flag_of_row(&rows[i]);
	}
	for (size_t i = 0; i < sizeof own_flags / sizeof *own_flags && n < AS_FLAGS_MAX; i++)
		if (!strcmp(own_flags[i].commands, "*"))
			out[n++] = own_flags[i];
	return n;
}

bool as_flag_is_for(const struct as_flag *flag, const char *command)
{
	size_t n = strlen(command);

	if (!strcmp(flag->commands, "*"))
		return true;
	for (const char *p = flag->commands; *p;) {
		size_t len = strcspn(p, "|");

		if (len == n && !strncmp(p, command, n))
			return true;
		p += len + (p[len] == '|');
	}
	return false;
}
