/* The interface on a disk that does not answer: every key does what it does, and what waits can be given up. */
#include <locale.h>
#include <signal.h>

#include "slow_disk.h"
#include "terminal.h"
#include "tui/tui.h"

static char self[4096];

static volatile sig_atomic_t interrupted;
static int wake[2];

static bool never(void)
{
	return false;
}

static bool is_interrupted(void)
{
	return interrupted;
}

static void on_signal(int sig)
{
	(void)sig;
	interrupted = 1;
	assert_true(write(wake[1], "", 1) == 1);
}

/* What the program's own main would do of it. */
static int interface(int n, char **inputs)
{
	struct as_options *opt = projects_options(NULL);
	const char *const presets[] = {getenv("TEST_PRESETS"), NULL}, *const themes[] = {getenv("TEST_PRESETS"), NULL};
	struct tui_setup setup = {.opt = opt, .inputs = (const char *const *)inputs, .n_inputs = n, .interrupt = on_signal,
					.interrupted = is_interrupted, .pause_asked = never, .stop_asked = never, .resumed = never, .utf8 = true, .state_dir = getenv("TEST_STATE"), .preset_dirs = presets,
					.theme_dirs = themes, .config_file = getenv("TEST_CONFIG")};
	int code;

	assert_int_equal(pipe(wake), 0);
	setup.interrupt_fd = wake[0];
	signal(SIGTERM, on_signal);
	setlocale(LC_CTYPE, "");
	code = tui_run(&setup);
	as_options_free(opt);
	return code;
}

static struct terminal *start_with(const char *project, const char *recording)
{
	static char state_var[128], presets_var[128], config_var[128];
	const char *argv[] = {self, "--interface", project, recording, NULL}, *env[] = {"TERM=xterm-256color", "LC_ALL=C.UTF-8", state_var, presets_var, config_var, NULL};

	snprintf(state_var, sizeof state_var, "TEST_STATE=%s", dir);
	snprintf(presets_var, sizeof presets_var, "TEST_PRESETS=%s/presets", root);
	snprintf(config_var, sizeof config_var, "TEST_CONFIG=%s/config/audiosync.ini", root);
	return terminal_start(argv, env, 30, 110);
}

static struct terminal *start(const char *project)
{
	return start_with(project, NULL);
}

/* By these keys, in order; frees. */
static void leave(struct terminal *t, const char *keys)
{
	terminal_type(t, keys);
	assert_int_equal(terminal_end(t), 0);
	terminal_free(t);
}

/* Keys do what they do. */
static void assert_answers(struct terminal *t)
{
	terminal_type(t, "?");
	assert_true(terminal_shows(t, "Keys and commands"));
	terminal_type(t, "\033");
	assert_true(terminal_lacks(t, "Keys and commands"));
}

static void answers_while_it_opens(void **state)
{
	struct terminal *t = start(NULL);
	char line[256];

	(void)state;
	assert_true(terminal_shows(t, "Three steps"));
	hang(true);
	snprintf(line, sizeof line, ":open %s\r", path);
	terminal_type(t, line);
	assert_true(terminal_shows(t, "opening /"));
	assert_answers(t);
	wait_for_lock(".day.audiosync.lock", true);
	/* Where there is little room the words give way to what stops it. */
	terminal_resize(t, 30, 60);
	assert_true(terminal_shows(t, "  Ctrl-C stop"));
	terminal_resize(t, 30, 110);
	terminal_type(t, "\033");
	assert_true(terminal_shows(t, "day.audiosync is not opened"));
	hang(false);
	wait_for_lock(".day.audiosync.lock", false);
	hang(true);
	terminal_type(t, line);
	assert_true(terminal_shows(t, "opening /"));
	hang(false);
	assert_true(terminal_shows(t, "clips in"));
	assert_true(terminal_shows(t, "CamA_001.wav"));
	leave(t, "q");
	/* Named when the program starts: the screen comes first. */
	hang(true);
	t = start(path);
	assert_true(terminal_shows(t, "opening /"));
	assert_answers(t);
	hang(false);
	assert_true(terminal_shows(t, "CamA_001.wav"));
	leave(t, "q");
}

/* The project is given up; the recording beside it is not. */
static void takes_recordings_without_the_project(void **state)
{
	char extra[128];
	struct terminal *t;

	(void)state;
	snprintf(extra, sizeof extra, "%s/Extra_001.wav", root);
	projects_write_clip(extra, 3, 0, 5);
	/* It is known to be one, and does not open. */
	hang(true);
	t = start_with(path, extra);
	assert_true(terminal_shows(t, "opening /"));
	wait_for_lock(".day.audiosync.lock", true);
	terminal_type(t, "\033");
	assert_true(terminal_shows(t, "Extra_001.wav"));
	hang(false);
	leave(t, "qy");
	/* Not even that much is known. */
	hang_at(path);
	t = start_with(path, extra);
	assert_true(terminal_shows(t, "looking at day.audiosync"));
	assert_answers(t);
	terminal_type(t, ":open elsewhere\r");
	assert_true(terminal_shows(t, "not while the disk is asked what was named"));
	terminal_type(t, "\033");
	assert_true(terminal_shows(t, "Extra_001.wav"));
	hang(false);
	leave(t, "qy");
	/* It answers in the end. */
	hang_at(path);
	t = start_with(path, extra);
	assert_true(terminal_shows(t, "looking at day.audiosync"));
	hang(false);
	assert_true(terminal_shows(t, "CamB_001.wav"));
	assert_true(terminal_shows(t, "Extra_001.wav"));
	leave(t, "qy");
	unlink(extra);
}

/* A session is left behind; what is found of it is offered when the disk answers. */
static void answers_while_it_looks_for_sessions(void **state)
{
	struct as_session *s = projects_load(path);
	struct terminal *t;

	(void)state;
	nudge(s, 0.25);
	assert_int_equal(as_session_autosave(s, NULL, dir, NULL), AS_OK);
	as_session_free(s);
	hang(true);
	t = start(NULL);
	assert_true(terminal_shows(t, "looking for sessions"));
	assert_answers(t);
	terminal_type(t, "\033");
	assert_true(terminal_shows(t, "is not looked for"));
	terminal_type(t, ":recover\r");
	assert_true(terminal_shows(t, "looking for sessions"));
	assert_answers(t);
	hang(false);
	assert_true(terminal_shows(t, "going on where the session ended"));
	leave(t, "qy");
	s = projects_load(path);
	assert_int_equal(as_session_autosave(s, NULL, dir, NULL), AS_OK);
	as_session_free(s);
	hang(true);
	t = start(NULL);
	assert_true(terminal_shows(t, "looking for sessions"));
	hang(false);
	assert_true(terminal_shows(t, "go on with it"));
	terminal_type(t, "\r");
	assert_true(terminal_shows(t, "CamA_001.wav"));
	leave(t, "qy");
}

/* The folder that it was started in: what lies there is offered once it is known. */
static void answers_while_recordings_are_counted(void **state)
{
	struct terminal *t;

	(void)state;
	assert_int_equal(chdir(folder_path(root, "shoot")), 0);
	hang_reading(".");
	t = start(NULL);
	assert_true(terminal_shows(t, "Three steps"));
	assert_answers(t);
	assert_true(terminal_lacks(t, "recordings here"));
	hang(false);
	assert_true(terminal_shows(t, "recordings here"));
	leave(t, "q");
	/* It can be left before it answers. */
	hang_reading(".");
	t = start(NULL);
	assert_true(terminal_shows(t, "Three steps"));
	leave(t, "q");
	hang(false);
	assert_int_equal(chdir("/"), 0);
}

/* The folder's list comes later than its name is typed, and Enter. */
static void browses_ahead_of_the_disk(void **state)
{
	struct terminal *t;

	(void)state;
	assert_int_equal(chdir(root), 0);
	t = start(NULL);
	assert_true(terminal_shows(t, "Three steps"));
	hang_at(root);
	terminal_type(t, "a");
	assert_true(terminal_shows(t, "Add recordings"));
	terminal_type(t, "shoot\r");
	assert_true(terminal_shows(t, "shoot"));
	hang(false);
	assert_true(terminal_shows(t, "CamA_001.wav"));
	terminal_type(t, "\033");
	assert_true(terminal_lacks(t, "Add recordings"));
	leave(t, "q");
	assert_int_equal(chdir("/"), 0);
}

/* Where files are to go, and where the recordings are. */
static void answers_while_an_export_waits(void **state)
{
	struct terminal *t = start(path);
	char nas[128], shoot[128], line[256];

	(void)state;
	snprintf(nas, sizeof nas, "%s/nas", root);
	snprintf(shoot, sizeof shoot, "%s/shoot", root);
	snprintf(line, sizeof line, ":export -o %s/out\r", nas);
	assert_true(terminal_shows(t, "CamA_001.wav"));
	hang_at(nas);
	terminal_type(t, line);
	assert_true(terminal_shows(t, "goes on as soon as the disk answers"));
	assert_true(terminal_shows(t, "known once the disk answers"));
	terminal_type(t, "\033");
	assert_true(terminal_lacks(t, "Will be written"));
	assert_answers(t);
	terminal_type(t, line);
	assert_true(terminal_shows(t, "goes on as soon as the disk answers"));
	hang(false);
	assert_true(terminal_shows(t, "files written"));
	assert_int_equal(access(folder_path(root, "nas/out/CamA.wav"), F_OK), 0);
	/* The dialogs show themselves, and what they know. */
	hang_at(shoot);
	for (const char *key = "et"; *key; key++) {
		terminal_type(t, (const char[]){*key, '\0'});
		assert_true(terminal_shows(t, "known once the disk answers"));
		terminal_type(t, "\t");
		terminal_type(t, "\033");
		assert_true(terminal_lacks(t, "Will be written"));
		assert_answers(t);
	}
	terminal_type(t, "/CamA_001\r:audition-write\r");
	assert_true(terminal_shows(t, "the disk does not answer"));
	assert_answers(t);
	terminal_type(t, "t");
	assert_true(terminal_shows(t, "known once the disk answers"));
	hang(false);
	assert_true(terminal_lacks(t, "known once the disk answers"));
	assert_true(terminal_shows(t, "Write the timeline"));
	terminal_type(t, "\033");
	assert_true(terminal_lacks(t, "Will be written"));
	leave(t, "q");
}

/* The folder answers, and what is in it does not; nor can a folder be made. */
static void answers_while_an_export_looks(void **state)
{
	struct terminal *t = start(path);
	char out[128], line[256];

	(void)state;
	snprintf(out, sizeof out, "%s/looks/", root);
	snprintf(line, sizeof line, ":export -o %s/looks\r", root);
	assert_true(terminal_shows(t, "CamA_001.wav"));
	hang_at(out);
	for (int i = 0; i < 2; i++) {
		terminal_type(t, line);
		assert_true(terminal_shows(t, "goes on as soon as the disk answers"));
		assert_true(terminal_shows(t, "known once the disk answers"));
		if (i)
			break;
		terminal_type(t, "\033");
		assert_true(terminal_lacks(t, "Will be written"));
		assert_answers(t);
	}
	hang(false);
	assert_true(terminal_shows(t, "files written"));
	assert_int_equal(access(folder_path(root, "looks/CamA.wav"), F_OK), 0);
	/* The dialog for timelines goes on as well, and says what is there already. */
	hang_at(out);
	snprintf(line, sizeof line, ":timeline --otio %s/looks/day.otio\r", root);
	terminal_type(t, line);
	assert_true(terminal_shows(t, "goes on as soon as the disk answers"));
	hang(false);
	assert_true(terminal_shows(t, "1 file written"));
	terminal_type(t, line);
	assert_true(terminal_shows(t, "exists already: switch this on"));
	terminal_type(t, "\033");
	assert_true(terminal_lacks(t, "Will be written"));
	/* Planned, and then the disk is gone. */
	snprintf(line, sizeof line, ":export -o %s/made\r", root);
	snprintf(out, sizeof out, "%s/made", root);
	hang_reading(out);
	terminal_type(t, line);
	assert_true(terminal_shows(t, "writing to"));
	assert_answers(t);
	hang(false);
	assert_true(terminal_shows(t, "files written"));
	assert_int_equal(access(folder_path(root, "made/CamA.wav"), F_OK), 0);
	leave(t, "q");
}

/* What it reads, and the picture that it writes. */
static void answers_while_the_drift_tool_waits(void **state)
{
	struct terminal *t = start(path);
	char shoot[128], line[512];

	(void)state;
	snprintf(shoot, sizeof shoot, "%s/shoot", root);
	snprintf(line, sizeof line, ":drift %s/CamB_001.wav -r %s/CamA_001.wav --plot %s/drift.svg\r", shoot, shoot, root);
	assert_true(terminal_shows(t, "CamA_001.wav"));
	hang_at(shoot);
	terminal_type(t, line);
	assert_true(terminal_shows(t, "goes on as soon as the disk answers"));
	terminal_type(t, "\033");
	assert_true(terminal_lacks(t, "measure against another"));
	assert_answers(t);
	terminal_type(t, line);
	assert_true(terminal_shows(t, "goes on as soon as the disk answers"));
	/* From here on files are read, and none reaches the disk. */
	hang(true);
	assert_true(terminal_shows(t, "Splices"));
	while (count_parts() < 1)
		poll(NULL, 0, 5);
	terminal_type(t, "?");
	assert_true(terminal_shows(t, "Keys and commands"));
	terminal_type(t, "\033");
	assert_true(terminal_lacks(t, "Keys and commands"));
	hang(false);
	terminal_type(t, "\033");
	assert_true(terminal_lacks(t, "Splices"));
	while (access(folder_path(root, "drift.svg"), F_OK) != 0)
		poll(NULL, 0, 5);
	leave(t, "q");
}

/* They are read when the dialog opens, and at no other time. */
static void answers_while_presets_are_read(void **state)
{
	static const char mine[] = "# as the studio has it\n[export]\nformat = mp3\n";
	struct terminal *t = start(path);
	char presets[128];

	(void)state;
	snprintf(presets, sizeof presets, "%s/presets", root);
	mkdir(presets, 0700);
	projects_write(folder_path(root, "presets/studio.ini"), mine, (int64_t)strlen(mine));
	assert_true(terminal_shows(t, "CamA_001.wav"));
	hang_at(presets);
	terminal_type(t, ":presets\r");
	assert_true(terminal_shows(t, "waits for the disk"));
	terminal_type(t, "\033");
	assert_true(terminal_lacks(t, "waits for the disk"));
	assert_answers(t);
	terminal_type(t, ":presets\r");
	assert_true(terminal_shows(t, "waits for the disk"));
	hang(false);
	assert_true(terminal_shows(t, "studio"));
	hang_at(presets);
	for (int i = 0; i < 20; i++)
		terminal_type(t, "\033[B");
	assert_true(terminal_shows(t, "as the studio has it"));
	assert_true(terminal_shows(t, "It would change"));
	terminal_type(t, "\r");
	assert_true(terminal_shows(t, "settings of preset"));
	hang(false);
	leave(t, "qy");
}

/* Whether the user's settings say so. */
static bool settings_say(const char *line)
{
	char text[4096] = "";
	FILE *f = fopen(folder_path(root, "config/audiosync.ini"), "r");
	size_t n = f ? fread(text, 1, sizeof text - 1, f) : 0;

	if (f)
		fclose(f);
	return n > 0 && strstr(text, line) != NULL;
}

static void answers_while_settings_are_written(void **state)
{
	struct terminal *t = start(path);

	(void)state;
	assert_true(terminal_shows(t, "CamA_001.wav"));
	hang(true);
	terminal_type(t, ":set export.bit_depth=24\r:write-settings\r");
	assert_true(terminal_shows(t, "writing audiosync.ini: it waits for the disk"));
	assert_answers(t);
	/* Written twice: the last one holds, and what comes behind it waits for its turn. */
	terminal_type(t, ":set export.bit_depth=32\r:write-settings\r");
	terminal_type(t, ":save-preset mine\r");
	assert_answers(t);
	assert_false(settings_say("bit_depth"));
	hang(false);
	assert_true(terminal_shows(t, "preset mine saved"));
	assert_true(settings_say("bit_depth = 32"));
	/* What fails is said. */
	hang(true);
	terminal_type(t, ":save-preset mine\r");
	assert_true(terminal_shows(t, "write over it"));
	terminal_type(t, "y");
	assert_true(terminal_shows(t, "writing mine.ini: it waits for the disk"));
	assert_int_equal(unlink(folder_path(root, "presets/mine.ini")), 0);
	assert_int_equal(mkdir(folder_path(root, "presets/mine.ini"), 0700), 0);
	hang(false);
	assert_true(terminal_shows(t, "mine.ini: "));
	assert_true(terminal_shows(t, "Is a directory"));
	assert_int_equal(rmdir(folder_path(root, "presets/mine.ini")), 0);
	leave(t, "qy");
}

/* The end waits for what is on its way, but not for ever. */
static void ends_with_settings_on_their_way(void **state)
{
	(void)state;
	for (int now = 0; now < 2; now++) {
		struct terminal *t = start(NULL);

		assert_true(terminal_shows(t, "Three steps"));
		hang(true);
		terminal_type(t, now ? ":set export.bit_depth=16\r:write-settings\r" : ":set export.bit_depth=24\r:write-settings\r");
		assert_true(terminal_shows(t, "it waits for the disk"));
		terminal_type(t, "q");
		if (!now)
			hang(false);
		assert_int_equal(terminal_end(t), 0);
		assert_true(now ? terminal_shows(t, "it may not have been done") : terminal_lacks(t, "it may not have been done"));
		assert_true(settings_say("bit_depth = 24"));
		hang(false);
		terminal_free(t);
	}
}

/* Saved on the way out: it ends once it is written; what is adjusted meanwhile is another one, and asked about. */
static void ends_once_a_calibration_is_saved(void **state)
{
	char line[256];

	(void)state;
	for (int adjusts = 0; adjusts < 2; adjusts++) {
		struct terminal *t = start(NULL);

		snprintf(line, sizeof line, ":live %s/shoot/CamA_001.wav\r", root);
		assert_true(terminal_shows(t, "Three steps"));
		terminal_type(t, line);
		assert_true(terminal_shows(t, "cal 0.0 ms"));
		terminal_type(t, adjusts ? ":calibrate 12.5\r" : ":calibrate 23\r");
		hang(true);
		terminal_type(t, "q");
		assert_true(terminal_shows(t, "is not saved"));
		terminal_type(t, "\r");
		assert_true(terminal_shows(t, "writing audiosync.ini: it waits for the disk"));
		assert_answers(t);
		if (adjusts) {
			terminal_type(t, ":calibrate 40\r");
			assert_answers(t);
		}
		hang(false);
		if (adjusts) {
			assert_true(terminal_shows(t, "40.0 ms, is not saved"));
			terminal_type(t, "y");
		}
		assert_int_equal(terminal_end(t), 0);
		assert_true(settings_say(adjusts ? "= 12.500" : "= 23.000"));
		terminal_free(t);
	}
}

static void answers_while_a_reference_is_looked_for(void **state)
{
	static const char *const names[] = {"none.wav", "song.wav"}, *const become[] = {"none.wav: no such file", "lag: locked"};
	struct terminal *t = start(path);
	char nas[128], line[512], waits[64];

	(void)state;
	snprintf(nas, sizeof nas, "%s/nas", root);
	mkdir(nas, 0700);
	projects_write_clip(folder_path(root, "nas/song.wav"), 5, 0, 20);
	assert_true(terminal_shows(t, "CamA_001.wav"));
	for (size_t i = 0; i < 2; i++) {
		hang_at(nas);
		snprintf(line, sizeof line, ":live %s/%s --capture %s/song.wav\r", nas, names[i], nas);
		terminal_type(t, line);
		snprintf(waits, sizeof waits, "%s: it waits for the disk", names[i]);
		assert_true(terminal_shows(t, waits));
		assert_answers(t);
		hang(false);
		assert_true(terminal_shows(t, become[i]));
	}
	/* It is left before the disk answers. */
	hang_at(nas);
	terminal_type(t, line);
	assert_true(terminal_shows(t, "song.wav: it waits for the disk"));
	terminal_type(t, "q");
	hang(false);
	assert_int_equal(terminal_end(t), 0);
	terminal_free(t);
}

static void answers_while_a_preset_is_read(void **state)
{
	static const char mine[] = "# as the studio has it\n[export]\nformat = mp3\n", broken[] = "[theme]\nnothing = 1\n";
	struct terminal *t = start(path);
	char presets[128];

	(void)state;
	snprintf(presets, sizeof presets, "%s/presets", root);
	mkdir(presets, 0700);
	projects_write(folder_path(root, "presets/studio.ini"), mine, (int64_t)strlen(mine));
	projects_write(folder_path(root, "presets/none.ini"), broken, (int64_t)strlen(broken));
	assert_true(terminal_shows(t, "CamA_001.wav"));
	hang_at(presets);
	terminal_type(t, ":preset studio\r");
	assert_true(terminal_shows(t, "reading preset studio: it waits for the disk"));
	assert_answers(t);
	/* What is set meanwhile stays, where the preset says nothing of it. */
	terminal_type(t, ":set export.bit_depth=24\r");
	assert_true(terminal_shows(t, "export.bit_depth = 24"));
	terminal_type(t, ":theme none\r");
	assert_answers(t);
	hang(false);
	assert_true(terminal_shows(t, "settings of preset studio"));
	assert_true(terminal_shows(t, "no style is called"));
	terminal_type(t, ":write-settings\r");
	assert_true(terminal_shows(t, "written to"));
	assert_true(settings_say("bit_depth = 24"));
	assert_true(settings_say("format = mp3"));
	leave(t, "qy");
}

static void has_no_memory_to_save(void **state)
{
	struct terminal *t = start(path);
	char line[256];

	(void)state;
	projects_write(folder_path(root, "starved.audiosync"), "x", 1);
	assert_true(terminal_shows(t, "CamA_001.wav"));
	snprintf(line, sizeof line, ":save-as %s/starved.audiosync\r", root);
	terminal_type(t, line);
	assert_true(terminal_shows(t, "out of memory"));
	terminal_type(t, line);
	assert_true(terminal_shows(t, "write over it"));
	terminal_type(t, "\033");
	assert_true(terminal_lacks(t, "write over it"));
	leave(t, "q");
}

static void answers_while_it_saves(void **state)
{
	struct terminal *t = start(path);
	char line[256];

	(void)state;
	assert_true(terminal_shows(t, "CamA_001.wav"));
	hang(true);
	snprintf(line, sizeof line, ":save-as %s/again\r", root);
	terminal_type(t, line);
	assert_true(terminal_shows(t, "saving /"));
	assert_answers(t);
	terminal_type(t, ":new\r");
	assert_true(terminal_shows(t, "not while again.audiosync is being saved"));
	hang(false);
	assert_true(terminal_shows(t, "saved as /"));
	assert_int_equal(access(folder_path(root, "again.audiosync"), F_OK), 0);
	/* Stopped. */
	hang(true);
	snprintf(line, sizeof line, ":save-as %s/third\r", root);
	terminal_type(t, line);
	assert_true(terminal_shows(t, "saving /"));
	terminal_type(t, "\033");
	assert_true(terminal_shows(t, "third.audiosync may not have been saved"));
	hang(false);
	leave(t, "q");
}

static void ends_once_it_is_saved(void **state)
{
	char line[256];

	(void)state;
	for (int now = 0; now < 2; now++) {
		struct terminal *t = start(path);

		assert_true(terminal_shows(t, "CamA_001.wav"));
		hang(true);
		snprintf(line, sizeof line, ":save-as %s/end%d\r", root, now);
		terminal_type(t, line);
		assert_true(terminal_shows(t, "saving /"));
		terminal_type(t, "q");
		assert_true(terminal_shows(t, "is still being written, then this ends"));
		if (now)
			terminal_type(t, "q");
		else
			hang(false);
		assert_int_equal(terminal_end(t), 0);
		hang(false);
		terminal_free(t);
	}
	assert_int_equal(access(folder_path(root, "end0.audiosync"), F_OK), 0);
	assert_int_not_equal(access(folder_path(root, "end1.audiosync"), F_OK), 0);
}

/* A recording is being read for an export, and its disk has gone away. */
static struct terminal *start_reading(void)
{
	struct terminal *t = start(path);
	char recording[128], line[256];

	snprintf(recording, sizeof recording, "%s/shoot/CamA_001.wav", root);
	snprintf(line, sizeof line, ":export -o %s/hung --force\r", root);
	assert_true(terminal_shows(t, "CamA_001.wav"));
	hang_reading(recording);
	terminal_type(t, "/Zoom_001\r]");
	assert_true(terminal_shows(t, "moved by"));
	terminal_type(t, line);
	assert_true(terminal_shows(t, "Writing for"));
	return t;
}

static void ends_while_a_recording_hangs(void **state)
{
	struct terminal *t = start_reading();

	(void)state;
	assert_answers(t);
	/* Another session takes the place of the one that hangs. */
	terminal_type(t, ":new now\r");
	assert_true(terminal_shows(t, "Three steps"));
	terminal_type(t, "q");
	assert_int_equal(terminal_end(t), 0);
	assert_true(terminal_shows(t, "does not answer"));
	assert_false(terminal_alternate(t));
	assert_true(terminal_cooked(t));
	terminal_free(t);
	hang(false);
	/* A signal ends it as well, and keeps what there is. */
	t = start_reading();
	terminal_signal(t, SIGTERM);
	assert_int_equal(terminal_end(t), 130);
	assert_true(terminal_shows(t, "the session is kept"));
	assert_false(terminal_alternate(t));
	assert_true(terminal_cooked(t));
	terminal_free(t);
	hang(false);
	t = start(NULL);
	assert_true(terminal_shows(t, "go on with it"));
	terminal_type(t, "\r");
	assert_true(terminal_shows(t, "CamA_001.wav"));
	leave(t, "qy");
}

/* There is nowhere to keep it: the project's own disk hangs. */
static void ends_where_nothing_can_be_kept(void **state)
{
	struct terminal *t = start(path);

	(void)state;
	assert_true(terminal_shows(t, "CamA_001.wav"));
	terminal_type(t, "/Zoom_001\r");
	hang_at(path);
	terminal_type(t, "]");
	assert_true(terminal_shows(t, "moved by"));
	terminal_signal(t, SIGTERM);
	assert_int_equal(terminal_end(t), 130);
	assert_true(terminal_lacks(t, "the session is kept"));
	assert_true(terminal_cooked(t));
	terminal_free(t);
	hang(false);
}

/* The drift tool's own run hangs: it is asked to stop, and left then. */
static void leaves_the_drift_tool_that_hangs(void **state)
{
	char recording[128], line[256];
	struct terminal *t = start(path);

	(void)state;
	snprintf(recording, sizeof recording, "%s/shoot/CamB_001.wav", root);
	snprintf(line, sizeof line, ":drift %s -r %s/shoot/CamA_001.wav\r", recording, root);
	assert_true(terminal_shows(t, "CamA_001.wav"));
	hang_reading(recording);
	terminal_type(t, line);
	assert_true(terminal_shows(t, "Esc stops"));
	terminal_type(t, "\033");
	assert_true(terminal_shows(t, "again leaves at once"));
	terminal_type(t, "\033");
	assert_true(terminal_lacks(t, "measure against another"));
	assert_answers(t);
	leave(t, "q");
	hang(false);
}

static int set_up_program(void **state)
{
	return readlink("/proc/self/exe", self, sizeof self - 1) > 0 ? set_up(state) : -1;
}

/* Whatever the one before came to. */
static int disk_answers(void **state)
{
	(void)state;
	hang(false);
	return 0;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(answers_while_it_opens, disk_answers),
		cmocka_unit_test_setup(takes_recordings_without_the_project, disk_answers),
		cmocka_unit_test_setup(answers_while_it_looks_for_sessions, disk_answers),
		cmocka_unit_test_setup(answers_while_recordings_are_counted, disk_answers),
		cmocka_unit_test_setup(browses_ahead_of_the_disk, disk_answers),
		cmocka_unit_test_setup(answers_while_an_export_waits, disk_answers),
		cmocka_unit_test_setup(answers_while_an_export_looks, disk_answers),
		cmocka_unit_test_setup(answers_while_the_drift_tool_waits, disk_answers),
		cmocka_unit_test_setup(answers_while_presets_are_read, disk_answers),
		cmocka_unit_test_setup(answers_while_settings_are_written, disk_answers),
		cmocka_unit_test_setup(ends_with_settings_on_their_way, disk_answers),
		cmocka_unit_test_setup(ends_once_a_calibration_is_saved, disk_answers),
		cmocka_unit_test_setup(answers_while_a_reference_is_looked_for, disk_answers),
		cmocka_unit_test_setup(answers_while_a_preset_is_read, disk_answers),
		cmocka_unit_test_setup(has_no_memory_to_save, disk_answers),
		cmocka_unit_test_setup(answers_while_it_saves, disk_answers),
		cmocka_unit_test_setup(ends_once_it_is_saved, disk_answers),
		cmocka_unit_test_setup(ends_while_a_recording_hangs, disk_answers),
		cmocka_unit_test_setup(ends_where_nothing_can_be_kept, disk_answers),
		cmocka_unit_test_setup(leaves_the_drift_tool_that_hangs, disk_answers),
	};

	if (argc > 1 && !strcmp(argv[1], "--interface"))
		return interface(argc - 2, argv + 2);
	return cmocka_run_group_tests(tests, set_up_program, tear_down);
}
