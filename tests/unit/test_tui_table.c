/* The confidence table: what it sorts by, which clips it shows, how its columns share the screen. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "shoot.h"
#include "tui/app.h"
#include "tui/list.h"
#include "tui/table_rows.h"

#define MANY 5000

struct fixture {
	struct shoot shoot;
	struct tui t;
	bool marked[SHOOT_N];
	double island_start_s[4];
	void *pane;
	struct tui_canvas c;
};

static int init(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);

	if (!f)
		return -1;
	shoot_init(&f->shoot);
	/* What decided: the table only asks whether anything did. */
	for (int i = 0; i < SHOOT_N; i++)
		f->shoot.placements[i].reason = AS_REASON_STRONG;
	f->t.m = (struct tui_model){.snap = &f->shoot.snap, .clip = -1, .track = -1, .unicode = true, .focus = TUI_PANE_TABLE};
	f->t.marked = f->marked;
	f->t.m.marked = f->marked;
	tui_island_starts(&f->shoot.snap, f->island_start_s);
	f->t.m.island_start_s = f->island_start_s;
	f->t.m.keys = tui_keymap_new();
	f->pane = tui_pane_table.open(&f->t);
	if (!f->t.m.keys || !f->pane)
		return -1;
	tui_pane_table.news(f->pane, &f->t);
	*state = f;
	return 0;
}

static int done(void **state)
{
	struct fixture *f = *state;

	tui_pane_table.close(f->pane);
	tui_keymap_free((struct tui_keymap *)f->t.m.keys);
	tui_canvas_free(&f->c);
	free(f);
	return 0;
}

/* --- order ----------------------------------------------------------------------------------------------------- */

static void assert_order(const struct fixture *f, enum tui_column by, bool falling, const int *want)
{
	int n, *order = tui_table_order(&f->t.m, by, falling, TUI_FILTER_ALL, &n);

	assert_non_null(order);
	assert_int_equal(n, SHOOT_N);
	for (int i = 0; i < n; i++)
		assert_int_equal(order[i], want[i]);
	free(order);
}

/* Whatever the column: values in order, then those without any, and among equals the order of the tracks. */
static void test_every_order_is_one(void **state)
{
	struct fixture *f = *state;

	for (int by = TUI_COL_ISLAND; by < TUI_COLS; by++)
		for (int falling = 0; falling < 2; falling++) {
			int n, *order = tui_table_order(&f->t.m, (enum tui_column)by, falling, TUI_FILTER_ALL, &n);

			assert_int_equal(n, SHOOT_N);
			for (int i = 1; i < n; i++) {
				double a = tui_table_value(&f->t.m, order[i - 1], (enum tui_column)by);
				double b = tui_table_value(&f->t.m, order[i], (enum tui_column)by);

				if (isnan(b))
					continue;
				assert_true(!isnan(a));
				assert_true(falling ? a >= b : a <= b);
				/* The made-up shoot's ids are in the order of its tracks. */
				assert_true(a != b || order[i - 1] < order[i]);
			}
			free(order);
		}
}

static void test_worst_verdict_first(void **state)
{
	struct fixture *f = *state;
	const int want[] = {SHOOT_CAMB_4, SHOOT_CAMB_3, SHOOT_CAMB_2, SHOOT_CAMB_1, SHOOT_CAMA_2, SHOOT_CAMA_1, SHOOT_ZOOM_1, SHOOT_ZOOM_2};

	assert_order(f, TUI_COL_VERDICT, false, want);
}

static void test_names_sort_as_people_count(void **state)
{
	struct fixture *f = *state;
	int n, *order;

	f->shoot.clips[SHOOT_CAMA_1].name = "Aa10";
	f->shoot.clips[SHOOT_CAMA_2].name = "aA9";
	order = tui_table_order(&f->t.m, TUI_COL_CLIP, false, TUI_FILTER_ALL, &n);
	assert_int_equal(order[0], SHOOT_CAMA_2);
	assert_int_equal(order[1], SHOOT_CAMA_1);
	free(order);
}

static void test_start_counts_on_the_whole_timeline(void **state)
{
	struct fixture *f = *state;

	/* The second island lies behind the first, wherever it begins by itself. */
	assert_true(tui_table_value(&f->t.m, SHOOT_ZOOM_2, TUI_COL_START) > tui_table_value(&f->t.m, SHOOT_CAMA_2, TUI_COL_START));
	assert_true(isnan(tui_table_value(&f->t.m, SHOOT_CAMB_1, TUI_COL_START)) != 0);
}

/* Five thousand clips are sorted once, and equal ones stay where they are. */
static void test_many(void **state)
{
	struct fixture *f = *state;
	struct as_clip *clips = calloc(MANY, sizeof *clips);
	struct as_placement *placements = calloc(MANY, sizeof *placements);
	struct as_snapshot s = f->shoot.snap;
	struct tui_model m = f->t.m;
	int n, *order;

	assert_non_null(clips);
	assert_non_null(placements);
	for (int i = 0; i < MANY; i++) {
		clips[i] = (struct as_clip){.id = i, .track = i % 3, .order = i / 3, .name = "C", .path = "/C", .n_parts = 1};
		placements[i] = (struct as_placement){.clip = i, .reason = AS_REASON_SCORE, .confidence = i * 7919 % 100};
	}
	s.clips = clips;
	s.placements = placements;
	s.n_clips = MANY;
	m.snap = &s;
	order = tui_table_order(&m, TUI_COL_SCORE, true, TUI_FILTER_ALL, &n);
	assert_int_equal(n, MANY);
	for (int i = 1; i < n; i++) {
		const struct as_clip *a = &clips[order[i - 1]], *b = &clips[order[i]];
		double va = placements[order[i - 1]].confidence, vb = placements[order[i]].confidence;

		assert_true(va > vb || (va == vb && (a->track < b->track || (a->track == b->track && a->order < b->order))));
	}
	free(order);
	free(clips);
	free(placements);
}

/* --- filters --------------------------------------------------------------------------------------------------- */

static int count(const struct fixture *f, enum tui_filter filter)
{
	int n, *order = tui_table_order(&f->t.m, TUI_COL_TRACK, false, filter, &n);

	free(order);
	return n;
}

static void test_filters(void **state)
{
	struct fixture *f = *state;

	f->marked[SHOOT_ZOOM_2] = true;
	f->shoot.placements[SHOOT_CAMA_2].locked = true;
	assert_int_equal(count(f, TUI_FILTER_ALL), SHOOT_N);
	assert_int_equal(count(f, TUI_FILTER_STRONG), 3);
	assert_int_equal(count(f, TUI_FILTER_MODERATE), 0);
	assert_int_equal(count(f, TUI_FILTER_LOCKED), 1);
	assert_int_equal(count(f, TUI_FILTER_AMBIGUOUS), 1);
	assert_int_equal(count(f, TUI_FILTER_WEAK), 1);
	assert_int_equal(count(f, TUI_FILTER_UNPLACED), 1);
	assert_int_equal(count(f, TUI_FILTER_FAILED), 1);
	assert_int_equal(count(f, TUI_FILTER_OPEN), 4);
	assert_int_equal(count(f, TUI_FILTER_MARKED), 1);
}

static void test_words(void **state)
{
	(void)state;
	assert_int_equal(tui_column_find("drift"), TUI_COL_DRIFT);
	assert_int_equal(tui_column_find("Dr"), TUI_COL_DRIFT);
	assert_int_equal(tui_column_find("false"), TUI_COL_ALARM);
	assert_int_equal(tui_column_find("s"), TUI_COLS); /* start, score, segments */
	assert_int_equal(tui_column_find(""), TUI_COLS);
	assert_int_equal(tui_column_find("colour"), TUI_COLS);
	assert_int_equal(tui_filter_find("ambiguous"), TUI_FILTER_AMBIGUOUS);
	assert_int_equal(tui_filter_find("amb"), TUI_FILTER_AMBIGUOUS);
	assert_int_equal(tui_filter_find("x"), TUI_FILTERS);
}

/* --- cells ----------------------------------------------------------------------------------------------------- */

static void assert_cell(const struct fixture *f, int clip, enum tui_column column, const char *begins)
{
	char text[1024];

	tui_table_cell(&f->t.m, clip, column, text, sizeof text);
	if (strncmp(text, begins, strlen(begins)) != 0)
		fail_msg("\"%s\" does not begin with \"%s\"", text, begins);
}

static void test_cells(void **state)
{
	struct fixture *f = *state;

	assert_cell(f, SHOOT_CAMA_1, TUI_COL_TRACK, "GoPro");
	assert_cell(f, SHOOT_CAMB_1, TUI_COL_START, "--");
	assert_cell(f, SHOOT_CAMB_1, TUI_COL_VERDICT, "ambiguous: fits about equally well in several places: ");
	assert_cell(f, SHOOT_CAMB_2, TUI_COL_VERDICT, "weak: ");
	assert_cell(f, SHOOT_CAMB_3, TUI_COL_VERDICT, "unplaced: ");
	assert_cell(f, SHOOT_CAMB_4, TUI_COL_VERDICT, "failed: ");
	/* What came with the name must not reach the terminal. */
	assert_cell(f, SHOOT_CAMB_4, TUI_COL_CLIP, "x\\xff\\x1b]0;gone\\x07\\n.wav");
	assert_cell(f, SHOOT_CAMB_4, TUI_COL_SCORE, "--");
}

/* Before there are placements, and while they are being made. */
static void test_states(void **state)
{
	struct fixture *f = *state;
	struct as_clip *c = &f->shoot.clips[SHOOT_CAMA_1];

	f->shoot.snap.placements = NULL;
	f->shoot.snap.busy = true;
	c->state = AS_CLIP_NEW;
	assert_cell(f, SHOOT_CAMA_1, TUI_COL_VERDICT, "waiting");
	c->state = AS_CLIP_LOADING;
	c->progress = 0.43;
	assert_cell(f, SHOOT_CAMA_1, TUI_COL_VERDICT, "reading 43 %");
	c->state = AS_CLIP_READY;
	f->shoot.snap.stage = AS_STAGE_LOAD;
	assert_cell(f, SHOOT_CAMA_1, TUI_COL_VERDICT, "read");
	f->shoot.snap.stage = AS_STAGE_MATCH;
	assert_cell(f, SHOOT_CAMA_1, TUI_COL_VERDICT, "read, being compared");
	struct as_match m = {.a = SHOOT_ZOOM_1, .b = SHOOT_CAMA_1, .score = 31.25};
	shoot_set_matches(&f->shoot, &m, 1);
	assert_cell(f, SHOOT_CAMA_1, TUI_COL_VERDICT, "compared: best so far ");
	c->media = AS_CLIP_MEDIA_MISSING;
	assert_cell(f, SHOOT_CAMA_1, TUI_COL_VERDICT, "missing: ");
}

/* --- widths ---------------------------------------------------------------------------------------------------- */

static void test_columns_fit(void **state)
{
	struct fixture *f = *state;

	for (int by = 0; by < TUI_COLS; by++)
		for (int cols = TUI_MIN_COLS - 2; cols < 300; cols++) {
			struct tui_widths w;
			int sum = TUI_TABLE_LEFT - 2;

			tui_table_measure(&w, &f->t.m);
			tui_table_settle(&w, cols, (enum tui_column)by);
			for (int i = 0; i < TUI_COLS; i++)
				sum += w.cols[i] ? w.cols[i] + 2 : 0;
			assert_int_equal(sum, cols);
			assert_true(w.cols[by] > 0);
			assert_true(w.cols[TUI_COL_VERDICT] >= 9 && w.cols[TUI_COL_CLIP] >= 4);
			assert_true(w.cols[TUI_COL_START] >= 13 && w.cols[TUI_COL_SCORE] >= 5);
			for (int i = 0; i < TUI_COLS && cols >= 140; i++)
				assert_true(w.cols[i] > 0);
		}
}

/* --- the pane -------------------------------------------------------------------------------------------------- */

static void act(struct fixture *f, enum as_action action, const char *args)
{
	assert_true(tui_pane_table.action(f->pane, &f->t, action, &(struct tui_call){.args = args}));
}

static char *frame(struct fixture *f, int rows, int cols)
{
	char *text = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&text, &n);

	assert_non_null(out);
	tui_canvas_free(&f->c);
	f->c = tui_canvas_new(rows, cols, f->t.m.unicode);
	tui_pane_table.fit(f->pane, &f->t.m, rows, cols);
	tui_pane_table.draw(f->pane, &f->t.m, f->c);
	tui_canvas_dump(f->c, out, false);
	fclose(out);
	return text;
}

/* The cursor's row has the style laid over its name. */
static int cursor_row(const struct fixture *f)
{
	int row = -1;

	for (int r = 0; r < f->c.rows; r++)
		if (tui_part(f->c, r, TUI_TABLE_LEFT, 1, 1).cells->over == TUI_CURSOR) {
			assert_int_equal(row, -1);
			row = r;
		}
	return row;
}

static void test_cursor_stays_on_its_clip(void **state)
{
	struct fixture *f = *state;
	int row;

	free(frame(f, 6, 118));
	act(f, AS_ACTION_DOWN, NULL);
	assert_int_equal(f->t.m.clip, SHOOT_CAMA_1);
	act(f, AS_ACTION_BOTTOM, NULL);
	assert_int_equal(f->t.m.clip, SHOOT_ZOOM_2);
	act(f, AS_ACTION_UP, NULL);
	free(frame(f, 6, 118));
	row = cursor_row(f);
	assert_true(row > 0);
	for (int by = 0; by < TUI_COLS; by++) {
		act(f, AS_ACTION_SORT, tui_column_row((enum tui_column)by)->word);
		assert_int_equal(f->t.m.clip, SHOOT_ZOOM_1);
		free(frame(f, 6, 118));
		assert_true(cursor_row(f) > 0);
	}
	/* A result comes in that moves it to the other end: the clip stays chosen and seen. */
	act(f, AS_ACTION_SORT, "score");
	f->shoot.placements[SHOOT_ZOOM_1].confidence = -1;
	tui_pane_table.news(f->pane, &f->t);
	free(frame(f, 6, 118));
	assert_int_equal(f->t.m.clip, SHOOT_ZOOM_1);
	assert_true(cursor_row(f) > 0);
}

static void test_hidden_cursor(void **state)
{
	struct fixture *f = *state;
	char *text;

	act(f, AS_ACTION_DOWN, NULL);
	act(f, AS_ACTION_FILTER, "ambiguous");
	assert_int_equal(f->t.m.clip, SHOOT_CAMB_1);
	tui_select(&f->t, -1, SHOOT_ZOOM_2); /* from another pane */
	free(frame(f, 6, 118));
	assert_int_equal(cursor_row(f), -1);
	act(f, AS_ACTION_DOWN, NULL);
	assert_int_equal(f->t.m.clip, SHOOT_CAMB_1);
	act(f, AS_ACTION_FILTER, "locked");
	text = frame(f, 6, 118);
	assert_non_null(strstr(text, "no clip is locked"));
	free(text);
	act(f, AS_ACTION_DOWN, NULL);
	assert_int_equal(f->t.m.clip, SHOOT_CAMB_1);
}

static void test_marks(void **state)
{
	struct fixture *f = *state;

	act(f, AS_ACTION_TOP, NULL);
	act(f, AS_ACTION_MARK, NULL);
	act(f, AS_ACTION_MARK, NULL);
	assert_int_equal(f->t.m.n_marked, 2);
	assert_int_equal(f->t.m.clip, SHOOT_CAMB_1);
	act(f, AS_ACTION_MARK_ALL, NULL);
	assert_int_equal(f->t.m.n_marked, SHOOT_N);
	act(f, AS_ACTION_MARK_ALL, NULL);
	assert_int_equal(f->t.m.n_marked, 0);
}

/* Nothing is drawn outside, and ASCII alone where that is all there is. */
static void test_sizes(void **state)
{
	struct fixture *f = *state;

	f->t.m.unicode = false;
	act(f, AS_ACTION_TOP, NULL);
	for (int cols = 1; cols < 210; cols += 13)
		for (int rows = 1; rows < 60; rows += 5) {
			char *text = frame(f, rows, cols);

			for (const char *s = text; *s; s++)
				assert_true((*s >= ' ' && *s <= '~') || *s == '\n');
			free(text);
		}
}

/* --- lists ----------------------------------------------------------------------------------------------------- */

static void test_lists_move_seldom(void **state)
{
	int top = 0, moves = 0;

	(void)state;
	/* All the way down and up: the cursor is in view, the list moves once in several steps. */
	for (int i = 0; i < 200; i++) {
		int at = i < 100 ? i : 199 - i, now = tui_list_top(top, at, 100, 20);

		assert_in_range(at, now, now + 19);
		assert_in_range(now, 0, 80);
		moves += now != top;
		top = now;
	}
	assert_int_equal(top, 0);
	assert_in_range(moves, 2, 40);
	/* A short one shows what comes next. */
	assert_int_equal(tui_list_top(0, 4, 10, 4), 1);
	/* No row is wasted, and nothing is chosen. */
	assert_int_equal(tui_list_top(7, -1, 10, 8), 2);
	assert_int_equal(tui_list_top(3, -1, 2, 8), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_every_order_is_one, init, done),
		cmocka_unit_test_setup_teardown(test_worst_verdict_first, init, done),
		cmocka_unit_test_setup_teardown(test_names_sort_as_people_count, init, done),
		cmocka_unit_test_setup_teardown(test_start_counts_on_the_whole_timeline, init, done),
		cmocka_unit_test_setup_teardown(test_many, init, done),
		cmocka_unit_test_setup_teardown(test_filters, init, done),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_lists_move_seldom),
		cmocka_unit_test_setup_teardown(test_cells, init, done),
		cmocka_unit_test_setup_teardown(test_states, init, done),
		cmocka_unit_test_setup_teardown(test_columns_fit, init, done),
		cmocka_unit_test_setup_teardown(test_cursor_stays_on_its_clip, init, done),
		cmocka_unit_test_setup_teardown(test_hidden_cursor, init, done),
		cmocka_unit_test_setup_teardown(test_marks, init, done),
		cmocka_unit_test_setup_teardown(test_sizes, init, done),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
