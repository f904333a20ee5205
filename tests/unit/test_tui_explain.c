/* The explanation of a clip: what can be chosen, where Enter leads, what stays when the session changes. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/words.h"
#include "shoot.h"
#include "tui/app.h"
#include "tui/dialogs.h"
#include "tui/explain.h"

#define POINTS 20

struct fixture {
	struct shoot shoot;
	struct as_options *opt;
	struct as_match matches[2];
	struct as_lag_point points[POINTS];
	struct as_segment whole;
	struct as_candidate rival;
	struct tui t;
	struct tui_log_line log[TUI_LOG_LINES];
	struct tui_canvas c;
};

static int init(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);

	if (!f || !(f->opt = as_options_new()))
		return -1;
	shoot_init(&f->shoot);
	for (int i = 0; i < POINTS; i++)
		f->points[i] = (struct as_lag_point){.at_s = 10 + 20 * i, .lag_s = 12.5 - 1e-4 * i, .err_s = 1e-5, .used = i != 7};
	f->whole = (struct as_segment){0, 600, 12.5};
	f->rival = (struct as_candidate){-40, 12, 4};
	f->matches[0] = (struct as_match){.a = SHOOT_ZOOM_1, .b = SHOOT_CAMA_1, .offset_s = 12.5, .drift_ppm = 5, .drift_err_ppm = 0.5,
					  .slope_ppm = 5, .score = 41, .p_false = 1e-41, .margin = 9, .coverage = 9, .n_windows = 9,
					  .n_matched = 8, .overlap_s = 500, .used = true, .segments = &f->whole, .n_segments = 1,
					  .points = f->points, .n_points = POINTS, .candidates = &f->rival, .n_candidates = 1};
	f->matches[1] = (struct as_match){.a = SHOOT_ZOOM_1, .b = SHOOT_CAMB_1, .offset_s = 3, .drift_ppm = NAN, .score = 12,
					  .p_false = 1e-12, .margin = 0.2, .coverage = 5, .n_windows = 2, .n_matched = 1,
					  .overlap_s = 9, .residual_s = NAN};
	shoot_set_matches(&f->shoot, f->matches, 2);
	f->shoot.placements[SHOOT_CAMA_1].reason = f->shoot.placements[SHOOT_ZOOM_1].reason = AS_REASON_STRONG;
	f->t.m = (struct tui_model){.snap = &f->shoot.snap, .opt = f->opt, .clip = -1, .track = -1, .unicode = true, .find = ""};
	f->t.m.log.line = f->log;
	f->t.m.keys = tui_keymap_new();
	*state = f;
	return f->t.m.keys ? 0 : -1;
}

static int done(void **state)
{
	struct fixture *f = *state;

	while (f->t.n_dialogs > 0)
		tui_close_dialog(&f->t);
	tui_keymap_free((struct tui_keymap *)f->t.m.keys);
	tui_canvas_free(&f->c);
	as_options_free(f->opt);
	free(f);
	return 0;
}

static struct tui_explain *shown(const struct fixture *f)
{
	assert_int_equal(f->t.n_dialogs, 1);
	return f->t.dialogs[0].state;
}

static char *frame(struct fixture *f, int rows, int cols)
{
	const struct tui_pane_ops *ops = f->t.dialogs[0].ops;
	void *state = f->t.dialogs[0].state;
	char *text = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&text, &n);

	assert_non_null(out);
	tui_canvas_free(&f->c);
	f->c = tui_canvas_new(rows, cols, f->t.m.unicode);
	ops->fit(state, &f->t.m, rows, cols);
	ops->draw(state, &f->t.m, f->c);
	tui_canvas_dump(f->c, out, false);
	fclose(out);
	return text;
}

static void act(struct fixture *f, enum as_action action)
{
	const struct tui_pane_ops *ops = f->t.dialogs[0].ops;

	free(frame(f, 40, 120)); /* keys follow what is seen */
	assert_true(ops->action(f->t.dialogs[0].state, &f->t, action, &(struct tui_call){0}));
}

static void assert_has(struct fixture *f, const char *what)
{
	char *text = frame(f, 52, 120);

	if (!strstr(text, what))
		fail_msg("\"%s\" is not in\n%s", what, text);
	free(text);
}

static void test_placed(void **state)
{
	struct fixture *f = *state;

	tui_open_explain(&f->t, SHOOT_CAMA_1);
	assert_int_equal(f->t.m.clip, SHOOT_CAMA_1);
	assert_has(f, "Placed, and sure: unrelated sound would match as well ");
	assert_has(f, "Why: its score of ");
	assert_has(f, "Next best places");
	assert_has(f, "seen at 8 of 9 moments");
	assert_has(f, "measured");
	assert_has(f, "left out");
	/* The match, then the runner-up. */
	assert_int_equal(tui_explain_item(shown(f), &f->t.m, 0).kind, TUI_ITEM_MATCH);
	assert_int_equal(tui_explain_item(shown(f), &f->t.m, 1).kind, TUI_ITEM_RIVAL);
	assert_int_equal(tui_explain_item(shown(f), &f->t.m, 2).kind, TUI_ITEM_NONE);
}

static void test_ambiguous(void **state)
{
	struct fixture *f = *state;
	int n = f->shoot.placements[SHOOT_CAMB_1].n_candidates;

	assert_true(n >= 2);
	tui_open_explain(&f->t, SHOOT_CAMB_1);
	assert_has(f, "Not placed: it fits about equally well in 3 places");
	assert_has(f, "Places that it could have");
	for (int i = 0; i < n; i++) {
		assert_int_equal(tui_explain_item(shown(f), &f->t.m, i).kind, TUI_ITEM_CANDIDATE);
		/* The number that is taken is the placement's. */
		assert_int_equal(tui_explain_item(shown(f), &f->t.m, i).index, i);
	}
	assert_int_equal(tui_explain_item(shown(f), &f->t.m, n).kind, TUI_ITEM_MATCH);
	/* Taken by hand: the others can still be had. */
	struct as_placement *p = &f->shoot.placements[SHOOT_CAMB_1];
	p->locked = true;
	p->method = AS_METHOD_MANUAL;
	p->verdict = AS_VERDICT_STRONG;
	p->island = f->shoot.placements[p->beside].island;
	p->start_s = p->candidates[1].start_s;
	f->t.dialogs[0].ops->news(f->t.dialogs[0].state, &f->t);
	assert_has(f, ", taken");
	assert_int_equal(tui_explain_item(shown(f), &f->t.m, n - 1).kind, TUI_ITEM_CANDIDATE);
	assert_int_equal(tui_explain_item(shown(f), &f->t.m, n).kind, TUI_ITEM_MATCH);
}

/* Of more places than are kept it is not said that these are all. */
static void test_many_places(void **state)
{
	struct fixture *f = *state;
	struct as_candidate many[AS_CANDIDATES_MAX];
	struct as_placement *p = &f->shoot.placements[SHOOT_CAMB_1];
	char why[AS_WORDS_WHY_BYTES];

	for (int i = 0; i < AS_CANDIDATES_MAX; i++)
		many[i] = (struct as_candidate){60 + 8 * i, 12, 0};
	p->candidates = many;
	p->n_candidates = AS_CANDIDATES_MAX - 1;
	as_words_why(why, &f->shoot.snap, SHOOT_CAMB_1);
	assert_non_null(strstr(why, " and 1 more"));
	p->n_candidates = AS_CANDIDATES_MAX;
	as_words_why(why, &f->shoot.snap, SHOOT_CAMB_1);
	assert_non_null(strstr(why, " and more"));
	tui_open_explain(&f->t, SHOOT_CAMB_1);
	assert_has(f, "equally well in at least 6 places");
}

static void test_every_kind_of_clip(void **state)
{
	struct fixture *f = *state;
	const char *const says[SHOOT_N] = {
		[SHOOT_CAMB_2] = "Not placed: the evidence is too thin",
		[SHOOT_CAMB_3] = "unplaced",
		[SHOOT_CAMB_4] = "failed: ",
	};

	for (int clip = 0; clip < SHOOT_N; clip++) {
		tui_open_explain(&f->t, clip);
		assert_has(f, says[clip] ? says[clip] : " ");
		tui_close_dialog(&f->t);
	}
	/* Nothing has been analysed yet. */
	f->shoot.snap.placements = NULL;
	for (int clip = 0; clip < SHOOT_N; clip++) {
		tui_open_explain(&f->t, clip);
		assert_has(f, clip == SHOOT_CAMB_4 ? "failed: " : "read");
		tui_close_dialog(&f->t);
	}
}

static void test_from_clip_to_clip(void **state)
{
	struct fixture *f = *state;

	tui_open_explain(&f->t, SHOOT_CAMA_1);
	act(f, AS_ACTION_ACCEPT);
	assert_int_equal(shown(f)->clip, SHOOT_ZOOM_1);
	assert_int_equal(f->t.m.clip, SHOOT_ZOOM_1);
	act(f, AS_ACTION_FIELD_NEXT);
	act(f, AS_ACTION_ACCEPT);
	assert_int_equal(shown(f)->clip, SHOOT_CAMB_1);
	act(f, AS_ACTION_BACK);
	assert_int_equal(shown(f)->clip, SHOOT_ZOOM_1);
	act(f, AS_ACTION_BACK);
	act(f, AS_ACTION_BACK);
	assert_int_equal(shown(f)->clip, SHOOT_CAMA_1);
	assert_int_equal(f->t.m.clip, SHOOT_CAMA_1);
	/* Round and round: the oldest are forgotten. */
	for (int i = 0; i < 3 * TUI_EXPLAIN_TRAIL; i++)
		act(f, AS_ACTION_ACCEPT);
	assert_int_equal(shown(f)->n_trail, TUI_EXPLAIN_TRAIL);
}

/* Another snapshot has other ids; what is explained is the recording. */
static void test_follows_the_recording(void **state)
{
	struct fixture *f = *state;
	struct as_clip first;
	const char *path;

	tui_open_explain(&f->t, SHOOT_CAMB_1);
	first = f->shoot.clips[SHOOT_CAMB_1];
	path = first.path;
	f->shoot.clips[SHOOT_CAMB_1].path = f->shoot.clips[SHOOT_CAMB_3].path;
	f->shoot.clips[SHOOT_CAMB_3].path = path;
	f->t.dialogs[0].ops->news(f->t.dialogs[0].state, &f->t);
	assert_int_equal(shown(f)->clip, SHOOT_CAMB_3);
	assert_has(f, "unplaced");
	/* Found in another folder. */
	f->shoot.clips[SHOOT_CAMB_3].path = "/elsewhere";
	f->t.dialogs[0].ops->news(f->t.dialogs[0].state, &f->t);
	assert_int_equal(shown(f)->clip, SHOOT_CAMB_3);
	assert_has(f, "unplaced");
	f->shoot.snap.n_clips = SHOOT_CAMB_3;
	f->t.dialogs[0].ops->news(f->t.dialogs[0].state, &f->t);
	assert_int_equal(f->t.n_dialogs, 0);
	assert_non_null(strstr(f->t.message, "not in the session any more"));
}

/* Down to the last line and up to the first, at any size; ASCII alone where that is all there is. */
static void test_sizes(void **state)
{
	struct fixture *f = *state;

	f->t.m.unicode = false;
	for (int clip = 0; clip < SHOOT_N; clip++)
		for (int cols = 20; cols < 200; cols += 29)
			for (int rows = 3; rows < 60; rows += 7) {
				tui_open_explain(&f->t, clip);
				for (int i = 0; i < 60; i++) {
					char *text = frame(f, rows, cols);

					for (const char *s = text; *s; s++)
						assert_true((*s >= ' ' && *s <= '~') || *s == '\n');
					free(text);
					f->t.dialogs[0].ops->action(shown(f), &f->t, i < 40 ? AS_ACTION_FIELD_NEXT : AS_ACTION_PAGE_UP,
								    &(struct tui_call){0});
				}
				act(f, AS_ACTION_TOP);
				free(frame(f, rows, cols));
				assert_int_equal(shown(f)->top, 0);
				tui_close_dialog(&f->t);
			}
}

static void test_scrolls_to_the_end(void **state)
{
	struct fixture *f = *state;

	tui_open_explain(&f->t, SHOOT_CAMA_1);
	for (int i = 0; i < 60; i++) {
		free(frame(f, 19, 78));
		f->t.dialogs[0].ops->action(shown(f), &f->t, AS_ACTION_FIELD_NEXT, &(struct tui_call){0});
	}
	free(frame(f, 19, 78));
	assert_int_equal(shown(f)->top + shown(f)->rows, shown(f)->lines);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_placed, init, done),
		cmocka_unit_test_setup_teardown(test_ambiguous, init, done),
		cmocka_unit_test_setup_teardown(test_many_places, init, done),
		cmocka_unit_test_setup_teardown(test_every_kind_of_clip, init, done),
		cmocka_unit_test_setup_teardown(test_from_clip_to_clip, init, done),
		cmocka_unit_test_setup_teardown(test_follows_the_recording, init, done),
		cmocka_unit_test_setup_teardown(test_sizes, init, done),
		cmocka_unit_test_setup_teardown(test_scrolls_to_the_end, init, done),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
