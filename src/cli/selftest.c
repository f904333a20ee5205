#include "cli/selftest.h"

#include <math.h>
#include <string.h>

#include "base/figures.h"
#include "base/text.h"
#include "cli/grid.h"
#include "cli/table.h"

enum column {
	COL_LENGTH,
	COL_LEVEL,
	COL_N,
	COL_1MS,
	COL_10MS,
	COL_MEDIAN,
	COL_P95,
	COL_DRIFT,
	COL_HONEST,
	COL_REFUSED,
	COL_WRONG,
	COLS
};

static const struct as_grid_column columns[COLS] = {
	[COL_LENGTH] = {"", "Length", AS_ALIGN_LEFT, false, 0},
	[COL_LEVEL] = {"Over", "noise", AS_ALIGN_RIGHT, false, 0},
	[COL_N] = {"", "n", AS_ALIGN_RIGHT, false, 0},
	[COL_1MS] = {"Right", "1 ms", AS_ALIGN_RIGHT, false, 0},
	[COL_10MS] = {"within", "10 ms", AS_ALIGN_RIGHT, false, 0},
	[COL_MEDIAN] = {"Error", "median", AS_ALIGN_RIGHT, false, 0},
	[COL_P95] = {"", "95 %", AS_ALIGN_RIGHT, false, 0},
	[COL_DRIFT] = {"Drift", "ppm", AS_ALIGN_RIGHT, true, 1},
	[COL_HONEST] = {"In 2", "s.e.", AS_ALIGN_RIGHT, false, 2},
	[COL_REFUSED] = {"Re-", "fused", AS_ALIGN_RIGHT, false, 0},
	[COL_WRONG] = {"", "Wrong", AS_ALIGN_RIGHT, false, 0},
};

#define CELL_BYTES AS_GRID_CELL_BYTES

struct as_selftest_tally as_selftest_tally(const struct as_selftest *t)
{
	struct as_selftest_tally v = {0};
	for (int i = 0; i < t->n_rows; i++) {
		v.looks += t->rows[i].n;
		v.right += t->rows[i].n_right_10ms;
		v.wrong += t->rows[i].n_wrong;
	}
	for (int i = 0; i < AS_SELFTEST_KINDS; i++) {
		v.empty += t->places[i].n;
		v.false_places += t->places[i].n_accepted;
	}
	v.wrong += v.false_places;
	return v;
}

static void fill_share(char *out, int k, int n)
{
	if (n == 0)
		snprintf(out, CELL_BYTES, AS_GRID_NONE);
	else
		snprintf(out, CELL_BYTES, "%.0f %%", 100.0 * k / n);
}

static void fill_row(struct as_grid_row *row, const struct as_term *t,
		     const struct as_selftest_row *v)
{
	char length[AS_FIGURE_BYTES];
	as_text_duration(length, sizeof(length), v->length_s);
	snprintf(row->cell[COL_LENGTH], CELL_BYTES, "%s", length);
	snprintf(row->cell[COL_LEVEL], CELL_BYTES, v->snr_db == 0 ? "%.0f dB" : "%+.0f dB",
		 v->snr_db);
	snprintf(row->cell[COL_N], CELL_BYTES, "%d", v->n);
	fill_share(row->cell[COL_1MS], v->n_right_1ms, v->n);
	fill_share(row->cell[COL_10MS], v->n_right_10ms, v->n);
	as_figure_span(row->cell[COL_MEDIAN], CELL_BYTES, v->median_err_s, t->unicode);
	as_figure_span(row->cell[COL_P95], CELL_BYTES, v->p95_err_s, t->unicode);
	if (v->n_drift > 0)
		snprintf(row->cell[COL_DRIFT], CELL_BYTES, "%.2f", v->median_drift_err_ppm);
	else
		snprintf(row->cell[COL_DRIFT], CELL_BYTES, AS_GRID_NONE);
	fill_share(row->cell[COL_HONEST], v->n_honest, v->n_right_10ms);
	snprintf(row->cell[COL_REFUSED], CELL_BYTES, "%d", v->n_refused);
	snprintf(row->cell[COL_WRONG], CELL_BYTES, "%d", v->n_wrong);
}

static void put_head(FILE *out, const struct as_term *t, const struct as_selftest *v)
{
	char stretches[AS_FIGURE_BYTES], clips[AS_FIGURE_BYTES], text[400];
	as_figure_count(stretches, sizeof(stretches), v->n_stretches, "stretch", "stretches");
	as_figure_count(clips, sizeof(clips), v->n_clips, "clip", "clips");
	snprintf(text, sizeof(text),
		 "%s of %s, each as a second device would have heard it: from another place of a "
		 "room, with a "
		 "clock of its own, and other sound of the shoot, backwards, on top (seed %llu)",
		 stretches, clips, (unsigned long long)v->seed);
	as_put_wrapped(out, t, 0, 0, text);
	fputc('\n', out);
}

static void put_table(FILE *out, const struct as_term *t, const struct as_selftest *v)
{
	struct as_grid g;
	struct as_grid_row row;
	as_grid_init(&g, columns, COLS);
	for (int i = 0; i < v->n_rows; i++) {
		fill_row(&row, t, &v->rows[i]);
		as_grid_measure(&g, &row);
	}
	as_grid_settle(&g, t);
	as_grid_put_heads(out, t, &g);
	as_put_rule(out, t, g.total);
	fputc('\n', out);
	for (int i = 0; i < v->n_rows; i++) {
		bool good = v->rows[i].n_wrong == 0;
		fill_row(&row, t, &v->rows[i]);
		if (i > 0 && v->rows[i].length_s == v->rows[i - 1].length_s)
			row.cell[COL_LENGTH][0] = '\0';
		as_grid_put_row(out, t, &g, &row,
				good ? as_term_glyph(t, "●", "*") : as_term_glyph(t, "✗", "x"),
				good ? AS_INK_GOOD : AS_INK_BAD);
	}
	as_put_rule(out, t, g.total);
	fputc('\n', out);
}

static void put_false(FILE *out, const struct as_term *t, const struct as_selftest_false *v)
{
	static const char *const where[] = {
		[AS_SELFTEST_BACKWARDS] = "Backwards",
		[AS_SELFTEST_CUT_OUT] = "In the rest of its clip",
	};
	char text[300], score[AS_FIGURE_BYTES];
	bool good = v->n_accepted == 0;
	as_put_ink(out, t, good ? AS_INK_GOOD : AS_INK_BAD,
		   good ? as_term_glyph(t, "●", "*") : as_term_glyph(t, "✗", "x"));
	as_figure_score(score, sizeof(score), v->best_score);
	snprintf(text, sizeof(text),
		 "%s: %d of %d, under %.2g %% (95 %% confidence); best score %s", where[v->kind],
		 v->n_accepted, v->n, v->upper * 100, score);
	fputc(' ', out);
	as_put_wrapped(out, t, 2, 2, text);
	if (good || v->kind != AS_SELFTEST_CUT_OUT)
		return;
	as_put_gap(out, 2);
	as_put_wrapped(out, t, 2, 2,
		       "This sound repeats: a clip may be put where it sounds the same, unless "
		       "others that "
		       "overlap it, or recording times, decide.");
}

static void put_closing(FILE *out, const struct as_term *t, const struct as_selftest *v)
{
	struct as_selftest_tally n = as_selftest_tally(v);
	char text[400];
	bool good = n.wrong == 0;
	snprintf(text, sizeof(text),
		 "%d of %d found, %d wrong; %d of %d found where they are not. Real devices differ "
		 "by more than this: "
		 "what is missed here will be missed in earnest.",
		 n.right, n.looks, n.wrong - n.false_places, n.false_places, n.empty);
	fputc('\n', out);
	as_put_ink(out, t, good ? AS_INK_GOOD : AS_INK_BAD,
		   good ? as_term_glyph(t, "✓", "*") : as_term_glyph(t, "✗", "x"));
	fputc(' ', out);
	as_put_wrapped(out, t, 2, 2, text);
}

void as_selftest_put(FILE *out, const struct as_term *t, const struct as_snapshot *s)
{
	const struct as_selftest *v = s->selftest;
	put_head(out, t, v);
	put_table(out, t, v);
	fputc('\n', out);
	as_put_ink(out, t, AS_INK_HEAD, "Taken for found where they are not");
	fputc('\n', out);
	for (int i = 0; i < AS_SELFTEST_KINDS; i++)
		put_false(out, t, &v->places[i]);
	as_notes_failed(out, t, s);
	as_notes_warnings(out, t, s);
	put_closing(out, t, v);
}
