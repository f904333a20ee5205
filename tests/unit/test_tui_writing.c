/* A dialog whose files wait for a disk: they are written once it answers, whoever hears of the answer. */
#include "slow_disk.h"
#include "tui/app.h"
#include "tui/dialogs.h"
#include "tui/form.h"
#include "tui/places.h"

struct fixture {
	struct tui t;
	struct tui_setup setup;
	struct as_options *opt;
	struct tui_log_line log[TUI_LOG_LINES];
	char out[128];
};

static int begin(void **state)
{
	static const struct tui_pane_ops none = {.name = "none"};
	struct fixture *f = calloc(1, sizeof *f);

	if (!f || set_up(state) != 0 || !(f->opt = projects_options(NULL)))
		return -1;
	f->setup = (struct tui_setup){.opt = f->opt, .utf8 = true};
	f->t.setup = &f->setup;
	f->t.m = (struct tui_model){.session = projects_load(path), .clip = -1, .track = -1, .find = ""};
	f->t.m.log.line = f->log;
	f->t.m.keys = f->t.keymap = tui_keymap_new();
	for (int i = 0; i < TUI_PANES; i++)
		f->t.panes[i].ops = &none;
	tui_look(&f->t);
	snprintf(f->out, sizeof f->out, "%s/out", root);
	*state = f;
	return f->t.m.snap && f->t.keymap ? 0 : -1;
}

static int end(void **state)
{
	struct fixture *f = *state;

	hang(false);
	while (f->t.n_dialogs > 0)
		tui_close_dialog(&f->t);
	tui_form_remember_end(&f->t);
	tui_places_drop(f->t.bases);
	as_snapshot_free(f->t.m.snap);
	as_session_free(f->t.m.session);
	free(f->t.marked);
	free(f->t.island_start_s);
	tui_keymap_free(f->t.keymap);
	as_options_free(f->opt);
	free(f);
	return tear_down(state);
}

/* The dialog is open, its button was pressed, and the disk has answered: nobody has looked yet. */
static void await_answer(struct fixture *f)
{
	struct pollfd answer = {.events = POLLIN};
	char words[160];

	hang_at(f->out);
	snprintf(words, sizeof words, "-o %s", f->out);
	tui_open_export(&f->t, words);
	assert_int_equal(f->t.n_dialogs, 1);
	assert_non_null(strstr(f->t.message, "as soon as the disk answers"));
	answer.fd = f->t.dialogs[0].ops->fd(f->t.dialogs[0].state);
	assert_int_equal(poll(&answer, 1, 0), 0);
	hang(false);
	assert_int_equal(poll(&answer, 1, -1), 1);
	/* What else there is to ask may take its time. */
	f->setup.script = "";
}

static void assert_writes(struct fixture *f)
{
	assert_int_equal(f->t.n_dialogs, 0);
	assert_true(f->t.m.snap->busy || f->t.m.snap->n_outputs > 0);
}

static void test_goes_on(void **state)
{
	struct fixture *f = *state;

	await_answer(f);
	f->t.dialogs[0].ops->turn(f->t.dialogs[0].state, &f->t);
	assert_writes(f);
}

/* Something else has happened in the session, too: its news come first, and look by themselves. */
static void test_goes_on_though_news_come_first(void **state)
{
	struct fixture *f = *state;

	await_answer(f);
	tui_look(&f->t);
	for (int i = 0; i < f->t.n_dialogs; i++)
		f->t.dialogs[i].ops->turn(f->t.dialogs[i].state, &f->t);
	assert_writes(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_goes_on, begin, end),
		cmocka_unit_test_setup_teardown(test_goes_on_though_news_come_first, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
