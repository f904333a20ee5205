/* What the log says of a new snapshot. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "shoot.h"
#include "tui/app.h"
#include "tui/jobs.h"

struct fixture {
	struct shoot shoot;
	struct tui t;
	struct as_options *opt;
	struct tui_log_line log[TUI_LOG_LINES];
};

static int init(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);

	if (!f || !(f->opt = as_options_new()))
		return -1;
	shoot_init(&f->shoot);
	f->t.m = (struct tui_model){.snap = &f->shoot.snap, .opt = f->opt, .clip = -1, .track = -1, .find = ""};
	f->t.m.session = as_session_new(f->opt, NULL);
	f->t.m.log.line = f->log;
	f->t.m.keys = tui_keymap_new();
	*state = f;
	return f->t.m.session && f->t.m.keys ? 0 : -1;
}

static int done(void **state)
{
	struct fixture *f = *state;

	as_session_free(f->t.m.session);
	tui_keymap_free((struct tui_keymap *)f->t.m.keys);
	as_options_free(f->opt);
	free(f);
	return 0;
}

static int count(const struct fixture *f, const char *text)
{
	int n = 0;

	for (int i = 0; i < f->t.m.log.n; i++)
		n += strstr(tui_log_at(&f->t.m.log, i)->text, text) != NULL;
	return n;
}

/* A project's notes stand behind the warnings, so that a warning that comes later moves them on. */
static void test_warnings_are_told_once(void **state)
{
	static const char *const notes[] = {"first note", "second note"}, *const more[] = {"a warning", "first note", "second note"};
	struct fixture *f = *state;
	struct as_snapshot old = f->shoot.snap;

	f->shoot.snap.warnings = old.warnings = notes;
	f->shoot.snap.n_warnings = old.n_warnings = 2;
	tui_jobs_news(&f->t, NULL);
	tui_jobs_news(&f->t, &old);
	f->shoot.snap.warnings = more;
	f->shoot.snap.n_warnings = 3;
	tui_jobs_news(&f->t, &old);
	assert_int_equal(count(f, "first note"), 1);
	assert_int_equal(count(f, "second note"), 1);
	assert_int_equal(count(f, "a warning"), 1);
}

/* Who stops an export half way sees what there is of it. */
static void test_a_stopped_export_tells_what_is_written(void **state)
{
	struct fixture *f = *state;
	struct as_snapshot old = f->shoot.snap;
	const struct as_output outputs[] = {{.path = "out/CamA.wav", .document = "", .track = 0, .clip = -1, .done = true, .error = ""},
					    {.path = "out/CamB.wav", .document = "", .track = 1, .clip = -1, .error = "cancelled"}};

	f->shoot.snap.outputs = outputs;
	f->shoot.snap.n_outputs = 2;
	f->shoot.snap.outcome = AS_CANCELLED;
	f->t.ended = true;
	f->t.last_stage = AS_STAGE_EXPORT;
	tui_jobs_news(&f->t, &old);
	assert_int_equal(count(f, "stopped with 1 of 2 files written"), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_warnings_are_told_once, init, done),
		cmocka_unit_test_setup_teardown(test_a_stopped_export_tells_what_is_written, init, done),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
