/* The interface in a real terminal: flows by keyboard, all kinds of terminals, sizes, signals. */
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "program.h"

static void leaves_the_terminal_as_it_was(void **ctx)
{
	struct terminal *t = program_start_shoot();

	(void)ctx;
	assert_true(terminal_alternate(t));
	terminal_type(t, "q");
	assert_true(terminal_shows(t, "Really?"));
	terminal_type(t, "\r"); /* loses nothing: it saves first */
	assert_true(terminal_shows(t, "Save the project"));
	terminal_type(t, "\033");
	terminal_settle(t, 100);
	assert_true(terminal_alternate(t));
	terminal_type(t, "q");
	assert_true(terminal_shows(t, "Really?"));
	terminal_type(t, "y");
	assert_int_equal(terminal_end(t), 0);
	assert_false(terminal_alternate(t));
	assert_true(terminal_cursor_visible(t));
	terminal_free(t);
}

static void shows_on_every_terminal(void **ctx)
{
	static const char *const terms[] = {"xterm-256color", "tmux-256color", "screen", "linux", "vt100"};
	static const char *const locales[] = {"C.UTF-8", "C"};
	int ways = 0;

	(void)ctx;
	for (size_t i = 0; i < sizeof terms / sizeof *terms; i++)
		for (size_t k = 0; k < 2; k++) {
			const char *args[] = {program_shoot, NULL};
			struct terminal *t = program_start_with(args, terms[i], locales[k], 24, 80);

			assert_true(terminal_shows(t, "read in"));
			assert_true(terminal_shows(t, "CamA"));
			assert_true(terminal_shows(t, "1 Tracks"));
			if (k == 1)
				assert_int_equal(terminal_wide_bytes(t), 0);
			/* The frame's right side is straight, whatever the terminal. */
			for (int row = 2; row < 20; row++)
				assert_int_equal(terminal_cell(t, row, 79), terminal_cell(t, row, 0));
			terminal_type(t, "?");
			assert_true(terminal_shows(t, "Keys and commands"));
			terminal_type(t, "\033");
			assert_true(terminal_lacks(t, "Keys and commands"));
			program_leave(t);
			ways++;
		}
	assert_int_equal(ways, 10);
}

/* There the meter prints lines, and the interface says why it does not open. */
static void draws_nothing_on_a_dumb_terminal(void **ctx)
{
	char recording[sizeof program_shoot + 32];
	const char *meter[] = {"live", recording, "--capture", recording, NULL}, *interface[] = {recording, NULL};
	struct terminal *t;

	(void)ctx;
	snprintf(recording, sizeof recording, "%s/ZOOM0003.WAV", program_shoot);
	t = program_start_with(meter, "dumb", "C.UTF-8", 24, 80);
	assert_true(terminal_shows(t, "searching"));
	terminal_type(t, "\003");
	assert_int_equal(terminal_end(t), 0);
	terminal_free(t);
	t = program_start_with(interface, "dumb", "C.UTF-8", 24, 120);
	assert_true(terminal_shows(t, "TERM=dumb: this terminal cannot place its cursor"));
	assert_int_equal(terminal_end(t), 2);
	terminal_free(t);
}

static void survives_a_storm_of_sizes(void **ctx)
{
	struct terminal *t = program_start(program_shoot);
	uint32_t seed = 7;
	char before[24][512], row[512];

	(void)ctx;
	assert_true(terminal_shows(t, "read in"));
	terminal_type(t, "j");
	assert_true(terminal_lacks(t, "read in"));
	terminal_settle(t, 200);
	for (int r = 0; r < 24; r++)
		terminal_row(t, r, before[r], sizeof before[r]);
	for (int i = 0; i < 200; i++) {
		seed = seed * 1664525u + 1013904223u;
		terminal_resize(t, 1 + (int)(seed >> 8) % 70, 1 + (int)(seed >> 20) % 220);
		if (i % 3 == 0)
			terminal_type(t, "\t");
		if (i % 10 == 0)
			terminal_settle(t, 5);
	}
	terminal_resize(t, 24, 80);
	terminal_type(t, "1");
	terminal_settle(t, 300);
	terminal_type(t, "\f"); /* Ctrl-L */
	assert_true(terminal_shows(t, "[1 Tracks]"));
	terminal_settle(t, 300);
	for (int r = 0; r < 24; r++)
		assert_string_equal(terminal_row(t, r, row, sizeof row), before[r]);
	program_leave(t);
}

static void says_where_the_window_is_too_small(void **ctx)
{
	const char *args[] = {NULL};
	struct terminal *t = program_start_with(args, "xterm-256color", "C.UTF-8", 10, 40);

	(void)ctx;
	assert_true(terminal_shows(t, "audiosync needs at least 60"));
	terminal_resize(t, 24, 80);
	assert_true(terminal_shows(t, "Three steps"));
	terminal_type(t, "q");
	assert_int_equal(terminal_end(t), 0);
	terminal_free(t);
}

/* Both wait for the program when it goes on: the window it has is the one that the key was typed in. */
static void a_key_finds_the_window_it_was_typed_in(void **ctx)
{
	const char *args[] = {NULL};
	struct terminal *t = program_start_with(args, "xterm-256color", "C.UTF-8", 10, 40);

	(void)ctx;
	assert_true(terminal_shows(t, "audiosync needs at least 60"));
	terminal_signal(t, SIGSTOP);
	terminal_resize(t, 24, 80);
	terminal_type(t, "?");
	terminal_signal(t, SIGCONT);
	assert_true(terminal_shows(t, "Keys and commands"));
	terminal_type(t, "\033");
	assert_true(terminal_lacks(t, "Keys and commands"));
	program_leave(t);
}

static void gives_the_terminal_back_when_it_crashes(void **ctx)
{
	struct terminal *t = program_start_shoot();

	(void)ctx;
	terminal_signal(t, SIGSEGV);
	assert_true(terminal_died_of(t, SIGSEGV));
	assert_false(terminal_alternate(t));
	assert_true(terminal_cursor_visible(t));
	terminal_free(t);
}

/* The shoot, of which nothing is known from before, is being synced. */
static struct terminal *start_syncing(void)
{
	struct terminal *t;

	assert_int_equal(system("rm -rf .cache"), 0);
	t = program_start_shoot();
	terminal_type(t, "s");
	assert_true(terminal_shows(t, "Ctrl-C stop"));
	return t;
}

static void stops_work_at_once(void **ctx)
{
	struct terminal *t = start_syncing();

	(void)ctx;
	/* Esc is for the dialog first, and once is not enough. */
	terminal_type(t, "?");
	assert_true(terminal_shows(t, "Keys and commands"));
	terminal_type(t, "\033");
	assert_true(terminal_lacks(t, "Keys and commands"));
	terminal_type(t, "\033");
	assert_true(terminal_shows(t, "Esc again stops what is running"));
	terminal_type(t, "\033");
	assert_true(terminal_shows(t, "stopped"));
	terminal_type(t, "s");
	assert_true(terminal_shows(t, "Ctrl-C stop"));
	terminal_type(t, "\003");
	assert_true(terminal_shows(t, "stopped: s goes on from what is done"));
	terminal_type(t, "s");
	assert_true(terminal_shows(t, "clips are placed"));
	program_leave(t);
}

/* The program waits a moment for what may follow Esc, and that may be a new size of the window. */
static void esc_counts_though_the_size_changes(void **ctx)
{
	struct terminal *t = program_start_shoot();

	(void)ctx;
	for (int i = 0; i < 8; i++) {
		terminal_type(t, "?");
		assert_true(terminal_shows(t, "Keys and commands"));
		terminal_type(t, "\033");
		terminal_resize(t, i % 2 ? 24 : 30, i % 2 ? 80 : 100);
		assert_true(terminal_lacks(t, "Keys and commands"));
	}
	program_leave(t);
}

/* A slow line brings two presses in one packet. */
static void two_presses_of_esc_are_two(void **ctx)
{
	struct terminal *t = start_syncing();

	(void)ctx;
	assert_true(terminal_shows(t, "ing for 0:0"));
	terminal_type(t, "\033\033");
	assert_true(terminal_shows(t, "stopped"));
	program_leave(t);
}

static void draws_in_ascii_where_that_is_asked_for(void **ctx)
{
	const char *args[] = {"--ascii", program_shoot, NULL};
	struct terminal *t = program_start_with(args, "xterm-256color", "C.UTF-8", 24, 80);

	(void)ctx;
	assert_true(terminal_shows(t, "read in"));
	terminal_settle(t, 100);
	assert_int_equal(terminal_wide_bytes(t), 0);
	program_leave(t);
}

static int count_between(struct terminal *t, unsigned from, unsigned to)
{
	int n = 0;

	for (int r = 0; r < 24; r++)
		for (int c = 0; c < 80; c++)
			n += terminal_cell(t, r, c) >= from && terminal_cell(t, r, c) <= to;
	return n;
}

/* The fonts of the Linux console have no braille. */
static void waveforms_of_what_the_font_has(void **ctx)
{
	static const char *const terms[] = {"xterm-256color", "linux"};

	(void)ctx;
	for (size_t i = 0; i < 2; i++) {
		const char *args[] = {"./shoot.audiosync", NULL};
		struct terminal *t = program_start_with(args, terms[i], "C.UTF-8", 24, 80);

		terminal_type(t, "2");
		assert_true(terminal_shows(t, "/col "));
		assert_true(terminal_shows(t, i ? "\342\226\204" : "\342\243\277"));
		terminal_settle(t, 300);
		assert_int_equal(count_between(t, 0x2800, 0x28ff) > 0, i == 0);
		terminal_type(t, i ? ":set interface.waveforms=braille\r" : ":set interface.waveforms=blocks\r");
		assert_true(terminal_shows(t, i ? "\342\243\277" : "\342\226\204"));
		terminal_settle(t, 300);
		assert_int_equal(count_between(t, 0x2800, 0x28ff) > 0, i == 1);
		terminal_type(t, ":set interface.waveforms=ascii\r");
		assert_true(terminal_lacks(t, i ? "\342\243\277" : "\342\226\204"));
		program_leave(t);
	}
}

static void keeps_its_columns_with_any_name(void **ctx)
{
	static const char *const names[] = {"evil\033[31m\033]0;title\007.wav", "漢字テスト_録音.wav", "e\xcc\x81\xcc\x82\xcc\x83\xcc\x84x.wav",
					    "\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d \xe2\x80\xae txt.wav", "bad\xff\xfe\x80.wav", "new\nline\ttab.wav",
					    "🎤 mic 👩\u200d🎤.wav", "👨\u200d👩\u200d👧 family 👍🏽 🇩🇪.wav", "❤\ufe0f\u200d🔥 1\ufe0f\u20e3 🏳\ufe0f\u200d🌈.wav"};
	char folder[4200], from[4300], command[9000], row[1024];
	const char *args[] = {folder, NULL};
	struct terminal *t;

	(void)ctx;
	snprintf(folder, sizeof folder, "%s/names", program_dir);
	mkdir(folder, 0700);
	snprintf(from, sizeof from, "%s/ZOOM0001.WAV", program_shoot);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		/* Files of their own: one that is there twice is one clip. */
		snprintf(command, sizeof command, "cp '%s' '%s/%s'", from, folder, names[i]);
		assert_int_equal(system(command), 0);
	}
	t = program_start_with(args, "xterm-256color", "C.UTF-8", 30, 80);
	assert_true(terminal_shows(t, "read in"));
	assert_true(terminal_shows(t, "👨👩👧 family 👍 DE.wav"));
	for (int pane = '1'; pane <= '5'; pane++) {
		const char key[] = {(char)pane, 0};

		terminal_type(t, key);
		terminal_settle(t, 200);
		for (int r = 2; r < 27; r++) {
			terminal_row(t, r, row, sizeof row);
			if (terminal_cell(t, r, 0) == 0x2502 && terminal_cell(t, r, 79) != 0x2502)
				fail_msg("pane %c, row %d: %s", pane, r, row);
			/* Some would make one character of two columns of what these join. */
			assert_null(strstr(row, "\u200d"));
			assert_null(strstr(row, "\ufe0f"));
			assert_null(strstr(row, "🏽"));
			assert_null(strstr(row, "🇩"));
		}
	}
	program_leave(t);
}

static bool exists(const char *name)
{
	struct stat st;

	return stat(name, &st) == 0 && st.st_size > 0;
}

static void first_run_to_export(void **ctx)
{
	const char *args[] = {NULL};
	struct terminal *t = program_start_with(args, "xterm-256color", "C.UTF-8", 36, 120);

	(void)ctx;
	assert_true(terminal_shows(t, "Three steps"));
	terminal_type(t, "a");
	assert_true(terminal_shows(t, "Add recordings"));
	terminal_type(t, "shoot\r");
	assert_true(terminal_shows(t, "ZOOM0003.WAV"));
	terminal_type(t, "\001"); /* Ctrl-A: the folder, whole */
	assert_true(terminal_shows(t, "11 clips read in"));
	terminal_type(t, "s");
	assert_true(terminal_shows(t, "clips are placed"));
	terminal_type(t, ":export -o out --format flac\r");
	assert_true(terminal_shows(t, "files written"));
	assert_true(exists("out/CamA.flac") && exists("out/CamB.flac") && exists("out/ZOOM.flac"));
	terminal_type(t, ":timeline out/shoot.otio --fps 25\r");
	assert_true(terminal_shows(t, "file written"));
	assert_true(exists("out/shoot.otio"));
	terminal_type(t, ":save shoot.audiosync\r");
	assert_true(terminal_shows(t, "saved as"));
	terminal_type(t, "q");
	assert_int_equal(terminal_end(t), 0);
	assert_true(exists("shoot.audiosync"));
	terminal_free(t);
}

/* All cells but those of the bottom lines, which speak of the last key, and the log. */
static void frame_of(struct terminal *t, char *out, size_t bytes)
{
	size_t n = 0;

	for (int r = 0; r < 22; r++) {
		terminal_row(t, r, out + n, bytes - n);
		n += strlen(out + n);
		out[n++] = '\n';
	}
	out[n] = '\0';
}

static void undo_goes_to_the_start(void **ctx)
{
	const char *args[] = {"./shoot.audiosync", NULL};
	struct terminal *t = program_start_with(args, "xterm-256color", "C.UTF-8", 24, 80);
	static const char *const edits[] = {"]", "25[", "}", "L", "x", "kr", ":add-track Spare\r", ":rename Other\r"};
	char before[12000], after[12000];

	(void)ctx;
	assert_true(terminal_shows(t, "CamB_004.wav"));
	terminal_type(t, "/CamB_004\r");
	terminal_settle(t, 200);
	frame_of(t, before, sizeof before);
	for (size_t i = 0; i < sizeof edits / sizeof *edits; i++) {
		terminal_type(t, edits[i]);
		terminal_settle(t, 50);
	}
	assert_true(terminal_lacks(t, "CamB_004.wav"));
	for (int i = 0; i < 20; i++)
		terminal_type(t, "u");
	assert_true(terminal_shows(t, "nothing to take back"));
	terminal_type(t, "/CamB_004\r");
	assert_true(terminal_lacks(t, "nothing to take back"));
	terminal_settle(t, 300);
	frame_of(t, after, sizeof after);
	assert_string_equal(after, before);
	terminal_type(t, "\022\022\022"); /* Ctrl-R */
	assert_true(terminal_shows(t, "done again"));
	program_leave(t);
}

/* A project that is opened by name after its session died: what was not saved is offered, and nothing of it lost by looking. */
static void offers_newer_work_on_a_project(void **ctx)
{
	const char *args[] = {"./shoot.audiosync", NULL};
	struct terminal *t = program_start_with(args, "xterm-256color", "C.UTF-8", 24, 80);

	(void)ctx;
	assert_true(terminal_shows(t, "CamB_004.wav"));
	terminal_type(t, "/CamB_004\r40]");
	assert_true(terminal_shows(t, "and locked"));
	terminal_signal(t, SIGHUP);
	assert_int_equal(terminal_end(t), 130);
	terminal_free(t);
	for (int i = 0; i < 2; i++) {
		t = program_start_with(args, "xterm-256color", "C.UTF-8", 24, 80);
		assert_true(terminal_shows(t, "newer work"));
		terminal_type(t, i ? "\r" : "\033");
		assert_true(i ? terminal_shows(t, "going on where") : terminal_lacks(t, "newer work"));
		terminal_type(t, i ? ":quit now\r" : "q");
		assert_int_equal(terminal_end(t), 0);
		terminal_free(t);
	}
}

/* The line drops in the middle of work; the next start goes on. */
static void goes_on_after_the_line_drops(void **ctx)
{
	static const int signals[] = {SIGHUP, SIGTERM};

	(void)ctx;
	for (size_t i = 0; i < 2; i++) {
		const char *args[] = {NULL};
		struct terminal *t = program_start_shoot();

		terminal_type(t, "s");
		assert_true(terminal_shows(t, "clips are placed"));
		terminal_type(t, "/CamB_004\r40]");
		assert_true(terminal_shows(t, "and locked"));
		terminal_signal(t, signals[i]);
		assert_int_equal(terminal_end(t), 130);
		assert_false(terminal_alternate(t));
		terminal_free(t);

		t = program_start_with(args, "xterm-256color", "C.UTF-8", 24, 80);
		assert_true(terminal_shows(t, "A session did not end in order"));
		terminal_type(t, "\r");
		assert_true(terminal_shows(t, "going on where"));
		assert_true(terminal_shows(t, "10/11 synced"));
		terminal_type(t, "q");
		assert_true(terminal_shows(t, "Really?"));
		terminal_type(t, "y");
		assert_int_equal(terminal_end(t), 0);
		terminal_free(t);

		/* Who left on purpose is not asked. */
		t = program_start_with(args, "xterm-256color", "C.UTF-8", 24, 80);
		assert_true(terminal_shows(t, "Three steps"));
		assert_true(terminal_lacks(t, "did not end"));
		terminal_type(t, "q");
		assert_int_equal(terminal_end(t), 0);
		terminal_free(t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(leaves_the_terminal_as_it_was),
		cmocka_unit_test(shows_on_every_terminal),
		cmocka_unit_test(draws_nothing_on_a_dumb_terminal),
		cmocka_unit_test(survives_a_storm_of_sizes),
		cmocka_unit_test(says_where_the_window_is_too_small),
		cmocka_unit_test(a_key_finds_the_window_it_was_typed_in),
		cmocka_unit_test(gives_the_terminal_back_when_it_crashes),
		cmocka_unit_test(stops_work_at_once),
		cmocka_unit_test(esc_counts_though_the_size_changes),
		cmocka_unit_test(two_presses_of_esc_are_two),
		cmocka_unit_test(draws_in_ascii_where_that_is_asked_for),
		cmocka_unit_test(keeps_its_columns_with_any_name),
		cmocka_unit_test(first_run_to_export),
		cmocka_unit_test(waveforms_of_what_the_font_has),
		cmocka_unit_test(undo_goes_to_the_start),
		cmocka_unit_test(offers_newer_work_on_a_project),
		cmocka_unit_test(goes_on_after_the_line_drops),
	};

	return cmocka_run_group_tests(tests, program_set_up, program_tear_down);
}
