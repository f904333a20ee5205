/* A project whose recordings have moved, by keyboard; and that no action is without anybody who does it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/actions.h"
#include "program.h"

#define ROWS 36

static void finds_what_has_moved(void **ctx)
{
	struct terminal *t = program_start_shoot();
	char from[4300];

	(void)ctx;
	terminal_type(t, "s");
	assert_true(terminal_shows(t, "clips are placed"));
	terminal_type(t, ":save it\r");
	assert_true(terminal_shows(t, "saved as"));
	terminal_type(t, "q");
	assert_int_equal(terminal_end(t), 0);
	terminal_free(t);

	snprintf(from, sizeof from, "%s/CamB_002.mp3", program_shoot);
	assert_int_equal(mkdir("disk", 0700), 0);
	assert_int_equal(rename(from, "disk/other name.mp3"), 0);
	t = program_start("it");
	assert_true(terminal_shows(t, "CamB_002.mp3 is not where it was"));
	assert_true(terminal_shows(t, "1 missing"));
	terminal_type(t, "/CamB_002\ri");
	assert_true(terminal_shows(t, "Its place is known from before"));
	assert_true(terminal_lacks(t, "reaches confidence"));
	terminal_type(t, "\033");
	assert_true(terminal_lacks(t, "Explanation"));
	terminal_type(t, ":relink disk\r");
	assert_true(terminal_shows(t, "1 recording found: none is missing any more"));
	assert_true(terminal_lacks(t, "1 missing"));
	terminal_type(t, ":relink disk\r");
	assert_true(terminal_shows(t, "every recording is where it was"));
	/* The cursor has stayed with the clip, and the explanation does when that is taken back. */
	terminal_type(t, "i");
	assert_true(terminal_shows(t, "other name.mp3  strong"));
	terminal_type(t, "u");
	assert_true(terminal_shows(t, "Its place is known from before"));
	terminal_type(t, "\033");
	assert_true(terminal_lacks(t, "Explanation"));
	assert_true(terminal_shows(t, "1 missing"));
	terminal_type(t, ":relink\r");
	assert_true(terminal_shows(t, "below which folder?"));
	terminal_type(t, ":relink nowhere\r");
	assert_true(terminal_shows(t, "nowhere: No such file"));
	program_leave(t);
	assert_int_equal(rename("disk/other name.mp3", from), 0);
}

/* While the project is open, too. */
static void notices_what_goes_away(void **ctx)
{
	struct terminal *t = program_start(program_shoot);
	char away[4300];

	(void)ctx;
	snprintf(away, sizeof away, "%s.away", program_shoot);
	assert_true(terminal_shows(t, "read in"));
	terminal_type(t, "s");
	assert_true(terminal_shows(t, "clips are placed"));
	assert_int_equal(rename(program_shoot, away), 0);
	terminal_type(t, "s");
	assert_true(terminal_shows(t, "11 of 11 clips are not where they were: \":relink DIR\""));
	assert_true(terminal_shows(t, "11 missing"));
	terminal_type(t, "5");
	assert_true(terminal_shows(t, "missing (No such"));
	assert_int_equal(rename(away, program_shoot), 0);
	terminal_type(t, "1s");
	assert_true(terminal_lacks(t, "11 missing"));
	assert_true(terminal_shows(t, "clips are placed"));

	/* What writes does as well. */
	assert_int_equal(rename(program_shoot, away), 0);
	terminal_type(t, ":export -o out\r");
	assert_true(terminal_shows(t, "11 of 11 clips are not where they were"));
	assert_true(terminal_shows(t, "11 missing"));
	terminal_type(t, ":relink .\r");
	assert_true(terminal_shows(t, "11 recordings found: none is missing any more"));
	program_leave(t);
	assert_int_equal(rename(away, program_shoot), 0);
}

/* What would end or stop the program, or makes up another shoot. */
static bool is_left_out(enum as_action id)
{
	return id == AS_ACTION_QUIT || id == AS_ACTION_SUSPEND || id == AS_ACTION_DEMO;
}

static bool says(struct terminal *t, const char *text)
{
	char row[1024];

	for (int r = 0; r < ROWS; r++)
		if (strstr(terminal_row(t, r, row, sizeof row), text))
			return true;
	return false;
}

static void every_action_is_done_by_somebody(void **ctx)
{
	static const char panes[AS_PLACE_N] = {
		[AS_PLACE_GLOBAL] = '1', [AS_PLACE_TRACKS] = '1', [AS_PLACE_TIMELINE] = '2', [AS_PLACE_TABLE] = '3', [AS_PLACE_LAG] = '4'};
	const char *args[] = {program_shoot, NULL};
	struct terminal *t = program_start_with(args, "xterm-256color", "C.UTF-8", ROWS, 120);
	const struct as_action_row *rows;
	int n_done = 0;
	size_t n;

	(void)ctx;
	assert_true(terminal_shows(t, "read in"));
	rows = as_actions(&n);
	for (size_t i = 0; i < n; i++) {
		char keys[128];

		if (!panes[rows[i].place] || is_left_out(rows[i].id))
			continue;
		snprintf(keys, sizeof keys, "%c:%s\r", panes[rows[i].place], rows[i].name);
		terminal_type(t, keys);
		terminal_settle(t, 30);
		if (says(t, "nothing here does that") || says(t, "belongs to another pane"))
			fail_msg("%s is done by nobody", rows[i].name);
		/* Whatever dialog or line it has opened. */
		terminal_type(t, "\033");
		terminal_settle(t, 30);
		terminal_type(t, "\033");
		terminal_settle(t, 30);
		n_done++;
	}
	assert_true(n_done > 80);
	program_leave(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_what_has_moved),
		cmocka_unit_test(notices_what_goes_away),
		cmocka_unit_test(every_action_is_done_by_somebody),
	};

	return cmocka_run_group_tests(tests, program_set_up, program_tear_down);
}
