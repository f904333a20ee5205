#include "cli/table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/figures.h"
#include "base/outline.h"
#include "base/output_files.h"
#include "base/text.h"
#include "base/words.h"
#include "cli/grid.h"

enum column {
	COL_NAME,
	COL_ISLAND,
	COL_START,
	COL_ERROR,
	COL_SCORE,
	COL_CHANCE,
	COL_DRIFT,
	COL_VERDICT,
	COL_N
};

static const struct as_grid_column columns[COL_N] = {
	[COL_NAME] = {"", "Clip", AS_ALIGN_LEFT, false, 0},
	[COL_ISLAND] = {"", "Isl", AS_ALIGN_RIGHT, true, 0},
	[COL_START] = {"", "Start", AS_ALIGN_RIGHT, false, 0},
	[COL_ERROR] = {"", "Error", AS_ALIGN_RIGHT, false, 2},
	[COL_SCORE] = {"", "Score", AS_ALIGN_RIGHT, false, 0},
	[COL_CHANCE] = {"False", "alarm", AS_ALIGN_RIGHT, false, 3},
	[COL_DRIFT] = {"Drift", "ppm", AS_ALIGN_RIGHT, false, 1},
	[COL_VERDICT] = {"", "Verdict", AS_ALIGN_LEFT, false, 0},
};

#define CELL_BYTES AS_GRID_CELL_BYTES
#define OUTPUT_FIGURE_COLS 42

const char *as_table_mark(const struct as_term *t, const struct as_snapshot *s, int clip,
			  enum as_ink *ink)
{
	if (s->clips[clip].state == AS_CLIP_FAILED) {
		*ink = AS_INK_BAD;
		return as_term_glyph(t, "✗", "x");
	}
	switch (as_outline_verdict(s, clip)) {
	case AS_VERDICT_STRONG:
		*ink = AS_INK_GOOD;
		return as_term_glyph(t, "●", "*");
	case AS_VERDICT_MODERATE:
		*ink = AS_INK_FAIR;
		return as_term_glyph(t, "◐", "+");
	case AS_VERDICT_AMBIGUOUS:
		*ink = AS_INK_POOR;
		return "?";
	case AS_VERDICT_WEAK:
	case AS_VERDICT_UNPLACED:
		break;
	}
	*ink = AS_INK_POOR;
	return as_term_glyph(t, "○", "-");
}

static void fill_row(struct as_grid_row *row, const struct as_term *t, const struct as_snapshot *s,
		     int clip)
{
	const struct as_placement *p = as_outline_placement(s, clip);
	bool placed = as_outline_is_placed(s, clip);
	bool failed = s->clips[clip].state == AS_CLIP_FAILED;
	as_words_clip(row->cell[COL_NAME], CELL_BYTES, &s->clips[clip]);
	snprintf(row->cell[COL_ISLAND], CELL_BYTES, AS_GRID_NONE);
	if (placed && s->n_islands > 1)
		snprintf(row->cell[COL_ISLAND], CELL_BYTES, "%d", p->island);
	as_text_hms(row->cell[COL_START], CELL_BYTES, placed ? p->start_s : NAN, 3);
	as_figure_span(row->cell[COL_ERROR], CELL_BYTES, placed ? p->start_err_s : NAN, t->unicode);
	as_figure_score(row->cell[COL_SCORE], CELL_BYTES, p && !failed ? p->confidence : NAN);
	as_figure_chance(row->cell[COL_CHANCE], CELL_BYTES, p && !failed ? p->p_false : NAN);
	as_figure_drift(row->cell[COL_DRIFT], CELL_BYTES, placed ? p->drift_ppm : NAN,
			placed ? p->drift_err_ppm : NAN, t->unicode);
	as_words_verdict(row->cell[COL_VERDICT], CELL_BYTES, s, clip);
}

static void put_row(FILE *out, const struct as_term *t, const struct as_grid *g,
		    const struct as_snapshot *s, int clip)
{
	struct as_grid_row row;
	enum as_ink ink;
	const char *mark = as_table_mark(t, s, clip, &ink);
	fill_row(&row, t, s, clip);
	as_grid_put_row(out, t, g, &row, mark, ink);
}

static void measure(struct as_grid *g, const struct as_term *t, const struct as_snapshot *s)
{
	struct as_grid_row row;
	as_grid_init(g, columns, COL_N);
	for (int i = 0; i < s->n_clips; i++) {
		fill_row(&row, t, s, i);
		as_grid_measure(g, &row);
	}
	as_grid_settle(g, t);
}

void as_table_put_track(FILE *out, const struct as_term *t, const struct as_snapshot *s, int track,
			int n_clips)
{
	char name[CELL_BYTES], count[AS_FIGURE_BYTES], fitted[CELL_BYTES];
	bool known = track < s->n_tracks;
	as_text_escape(name, sizeof(name), known ? s->tracks[track].name : "(no track)");
	as_text_fit(fitted, sizeof(fitted), name, t->cols - 24, 1, !t->unicode);
	as_put_ink(out, t, AS_INK_HEAD, fitted);
	as_put_gap(out, 2);
	as_put_ink(out, t, AS_INK_QUIET,
		   as_figure_count(count, sizeof(count), n_clips, "clip", "clips"));
	if (known && s->tracks[track].reference) {
		as_put_gap(out, 2);
		as_put_ink(out, t, AS_INK_HEAD, "REF");
	}
	fputc('\n', out);
}

void as_table_placements(FILE *out, const struct as_term *t, const struct as_snapshot *s)
{
	struct as_outline o;
	if (!as_outline_init(&o, s)) {
		as_outline_done(&o);
		return;
	}
	struct as_grid g;
	measure(&g, t, s);
	as_grid_put_heads(out, t, &g);
	as_put_rule(out, t, g.total);
	fputc('\n', out);
	for (int track = 0; track <= s->n_tracks; track++) {
		int from = o.first[track];
		int to = track < s->n_tracks ? o.first[track + 1] : o.n_clips;
		if (from == to)
			continue;
		if (track > 0 && o.n_clips > o.n_tracks)
			fputc('\n',
			      out); /* room between tracks, unless they are mostly single files */
		as_table_put_track(out, t, s, track, to - from);
		for (int k = from; k < to; k++)
			put_row(out, t, &g, s, o.clips[k]);
	}
	as_put_rule(out, t, g.total);
	fputc('\n', out);
	as_outline_done(&o);
	as_notes_unplaced(out, t, s);
	as_notes_warnings(out, t, s);
	as_notes_summary(out, t, s);
}

/* Documents may lie anywhere; sounds are in the folder that the head names. */
static const char *shown_path(const struct as_output *f)
{
	return *f->document ? f->path : as_path_base(f->path);
}

/* shown: its path, or one of its files. */
static void put_output(FILE *out, const struct as_term *t, const struct as_snapshot *s, const struct as_output *f,
		       const char *shown, int name_cols)
{
	char name[CELL_BYTES], length[AS_FIGURE_BYTES], rate[AS_FIGURE_BYTES],
		channels[AS_FIGURE_BYTES];
	bool failed = *f->error != '\0' || !f->done;
	as_put_ink(out, t, failed ? AS_INK_BAD : AS_INK_GOOD,
		   failed ? as_term_glyph(t, "✗", "x") : as_term_glyph(t, "✓", "*"));
	as_put_gap(out, 1);
	as_text_escape(name, sizeof(name), shown);
	as_put_cell(out, t, AS_INK_PLAIN, AS_ALIGN_LEFT, name_cols, name);
	as_put_gap(out, 2);
	if (failed) {
		as_put_wrapped(out, t, 2 + name_cols + 2, 4, *f->error ? f->error : "not written");
		return;
	}
	if (*f->document) {
		fprintf(out, "%s\n", f->document);
		return;
	}
	as_text_hms(length, sizeof(length), f->duration_s, 3);
	as_figure_rate(rate, sizeof(rate), f->rate_hz);
	as_figure_channels(channels, sizeof(channels), f->channels);
	as_put_cell(out, t, AS_INK_PLAIN, AS_ALIGN_RIGHT, 12, length);
	as_put_gap(out, 2);
	as_put_cell(out, t, AS_INK_PLAIN, AS_ALIGN_RIGHT, 9, rate);
	fprintf(out, "  %s", channels);
	if (f->picture && f->sound_track >= 0 && f->sound_track < s->n_tracks) {
		as_text_escape(name, sizeof(name), s->tracks[f->sound_track].name);
		fprintf(out, "  sound of %s", name);
	}
	fputc('\n', out);
}

static int widest(const char *path, int cols)
{
	char shown[CELL_BYTES];
	as_text_escape(shown, sizeof(shown), path);
	int own = as_text_cols(shown);
	return own > cols ? own : cols;
}

void as_table_outputs(FILE *out, const struct as_term *t, const struct as_snapshot *s,
		      const char *dir)
{
	char shown[CELL_BYTES], fitted[CELL_BYTES];
	int name_cols = 0;
	for (int i = 0; i < s->n_outputs; i++) {
		const struct as_output *f = &s->outputs[i];
		name_cols = widest(shown_path(f), name_cols);
		for (int k = 0; k < f->n_files; k++)
			name_cols = widest(f->files[k], name_cols);
	}
	if (name_cols > t->cols - OUTPUT_FIGURE_COLS)
		name_cols = t->cols - OUTPUT_FIGURE_COLS;
	as_text_escape(shown, sizeof(shown), dir ? dir : "");
	as_text_fit(fitted, sizeof(fitted), shown, t->cols - 12, 1, !t->unicode);
	as_put_ink(out, t, AS_INK_HEAD, dir ? "Written to " : "Written");
	as_put_ink(out, t, AS_INK_HEAD, fitted);
	fputc('\n', out);
	for (int i = 0; i < s->n_outputs; i++) {
		const struct as_output *f = &s->outputs[i];
		for (int k = 0; as_output_is_split(f) && k < f->n_files; k++)
			put_output(out, t, s, f, f->files[k], name_cols);
		if (!as_output_is_split(f))
			put_output(out, t, s, f, shown_path(f), name_cols);
	}
}
