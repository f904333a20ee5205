#include "cli/explain.h"

#include <math.h>
#include <string.h>

#include "base/explain_words.h"
#include "base/figures.h"
#include "base/outline.h"
#include "base/text.h"
#include "base/words.h"
#include "cli/grid.h"
#include "cli/table.h"

#define LABEL_COLS 13
#define WEAK_SHOWN 3 /* matches that nobody listened to */
#define PLACES_SHOWN 4

enum column {
	COL_NAME,
	COL_OFFSET,
	COL_SCORE,
	COL_CHANCE,
	COL_MARGIN,
	COL_RESIDUAL,
	COL_USE,
	COL_N
};

static const struct as_grid_column columns[COL_N] = {
	[COL_NAME] = {"", "Match with", AS_ALIGN_LEFT, false, 0},
	[COL_OFFSET] = {"Starts", "after it", AS_ALIGN_RIGHT, false, 0},
	[COL_SCORE] = {"", "Score", AS_ALIGN_RIGHT, false, 0},
	[COL_CHANCE] = {"False", "alarm", AS_ALIGN_RIGHT, false, 2},
	[COL_MARGIN] = {"", "Margin", AS_ALIGN_RIGHT, false, 1},
	[COL_RESIDUAL] = {"Off", "by", AS_ALIGN_RIGHT, true, 0},
	[COL_USE] = {"", "", AS_ALIGN_LEFT, false, 0},
};

struct page {
	FILE *out;
	const struct as_term *t;
	const struct as_snapshot *s;
	const struct as_options *opt;
	const struct as_explanation *e;
};

/* ---- head ---- */

static void put_fact(const struct page *p, const char *label, const char *text)
{
	as_put_gap(p->out, 2);
	as_put_cell(p->out, p->t, AS_INK_QUIET, AS_ALIGN_LEFT, LABEL_COLS - 2, label);
	as_put_wrapped(p->out, p->t, LABEL_COLS, LABEL_COLS, text);
}

static void put_head(const struct page *p)
{
	const struct as_clip *c = &p->s->clips[p->e->clip];
	char name[400], fitted[400], track[300], length[AS_FIGURE_BYTES];
	enum as_ink ink;
	const char *mark = as_table_mark(p->t, p->s, p->e->clip, &ink);
	as_put_ink(p->out, p->t, ink, mark);
	as_put_gap(p->out, 1);
	as_words_clip(name, sizeof(name), c);
	as_text_fit(fitted, sizeof(fitted), name, p->t->cols - 24, 1, !p->t->unicode);
	as_put_ink(p->out, p->t, AS_INK_HEAD, fitted);
	bool known = c->track >= 0 && c->track < p->s->n_tracks;
	as_text_escape(name, sizeof(name), known ? p->s->tracks[c->track].name : "(no track)");
	int room = p->t->cols - 2 - as_text_cols(fitted) - 12;
	as_text_fit(track, sizeof(track), name, room < 8 ? 8 : room, 1, !p->t->unicode);
	as_put_gap(p->out, 2);
	as_put_ink(p->out, p->t, AS_INK_QUIET, track);
	if (isfinite(c->duration_s)) {
		as_put_gap(p->out, 2);
		as_put_ink(p->out, p->t, AS_INK_QUIET,
			   as_text_duration(length, sizeof(length), c->duration_s));
	}
	fputc('\n', p->out);
}

static void put_verdict(const struct page *p)
{
	char why[AS_EXPLAIN_BYTES], verdict[40], text[AS_EXPLAIN_BYTES + 40];
	as_explain_verdict(why, p->s, p->e->clip, p->e, p->opt);
	snprintf(text, sizeof(text), "%s: %s", as_words_verdict(verdict, sizeof(verdict), p->s, p->e->clip), why);
	put_fact(p, "Verdict", text);
}

static void put_facts(const struct page *p)
{
	const struct as_placement *v = &p->s->placements[p->e->clip];
	const struct as_explain_view view = {p->s, p->opt, p->e, p->t->unicode, NULL};
	char text[AS_EXPLAIN_BYTES];
	put_verdict(p);
	for (int i = 0; i < AS_FACT_N; i++) {
		const char *label = as_explain_fact(text, &view, (enum as_explain_fact)i);
		if (label)
			put_fact(p, label, text);
	}
	if (p->s->clips[p->e->clip].state == AS_CLIP_FAILED)
		return;
	for (int i = 0; i < v->n_warnings; i++) {
		as_text_escape(text, sizeof(text), v->warnings[i]);
		put_fact(p, i ? "" : "Warnings", text);
	}
}

/* ---- matches ---- */

static void fill_row(struct as_grid_row *row, const struct page *p,
		     const struct as_explained_match *v)
{
	const struct as_match *m = &p->s->matches[v->match];
	as_words_clip(row->cell[COL_NAME], AS_GRID_CELL_BYTES, &p->s->clips[v->other]);
	as_text_hms(row->cell[COL_OFFSET], AS_GRID_CELL_BYTES, v->offset_s, 3);
	as_figure_score(row->cell[COL_SCORE], AS_GRID_CELL_BYTES, m->score);
	as_figure_chance(row->cell[COL_CHANCE], AS_GRID_CELL_BYTES, m->p_false);
	as_figure_score(row->cell[COL_MARGIN], AS_GRID_CELL_BYTES, m->margin);
	as_figure_span(row->cell[COL_RESIDUAL], AS_GRID_CELL_BYTES,
		       v->fate == AS_FATE_WEAK ? NAN : v->residual_s, p->t->unicode);
	snprintf(row->cell[COL_USE], AS_GRID_CELL_BYTES, "%s", as_explain_fate_word(p->s, v));
}

/* The matches that are worth a line: all that were listened to, and the best of the others. */
static int count_shown(const struct as_explanation *e)
{
	int n = 0, weak = 0;
	for (; n < e->n_matches; n++)
		if (e->matches[n].fate == AS_FATE_WEAK && ++weak > WEAK_SHOWN)
			break;
	return n;
}

static void put_match(const struct page *p, const struct as_grid *g,
		      const struct as_explained_match *v)
{
	struct as_grid_row row;
	char detail[AS_EXPLAIN_BYTES], fate[AS_EXPLAIN_BYTES];
	bool used = v->fate == AS_FATE_USED;
	fill_row(&row, p, v);
	as_grid_put_row(p->out, p->t, g, &row,
			used ? as_term_glyph(p->t, "●", "*") : as_term_glyph(p->t, "○", "-"),
			used ? AS_INK_GOOD : AS_INK_POOR);
	if (v->fate == AS_FATE_WEAK)
		return;
	as_explain_detail(detail, p->s, v, p->t->unicode);
	as_put_gap(p->out, 4);
	as_put_wrapped(p->out, p->t, 4, 4, detail);
	if (used)
		return;
	as_explain_fate(fate, sizeof(fate), p->s, v, p->opt);
	as_put_gap(p->out, 4);
	as_put_wrapped(p->out, p->t, 4, 4, fate);
}

static void put_matches(const struct page *p)
{
	struct as_grid g;
	struct as_grid_row row;
	int n = count_shown(p->e);
	if (n == 0)
		return;
	as_grid_init(&g, columns, COL_N);
	for (int i = 0; i < n; i++) {
		fill_row(&row, p, &p->e->matches[i]);
		as_grid_measure(&g, &row);
	}
	as_grid_settle(&g, p->t);
	fputc('\n', p->out);
	as_grid_put_heads(p->out, p->t, &g);
	for (int i = 0; i < n; i++)
		put_match(p, &g, &p->e->matches[i]);
	if (n < p->e->n_matches) {
		char text[120];
		int rest = p->e->n_matches - n;
		snprintf(text, sizeof(text), "and %d %s", rest,
			 rest == 1 ? "weaker one" : "weaker ones");
		as_put_gap(p->out, 2);
		as_put_wrapped(p->out, p->t, 2, 2, text);
	}
}

/* ---- places ---- */

static void put_place_line(const struct page *p, const struct as_explained_place *v, bool best)
{
	char at[400], name[300], text[1000], worse[AS_FIGURE_BYTES];
	as_explain_place(at, sizeof(at), p->s, v->island, v->beside, v->start_s, NULL);
	size_t used = (size_t)snprintf(text, sizeof(text), "%s, ", at);
	if (best)
		used += (size_t)snprintf(text + used, sizeof(text) - used, "score %.1f",
					 v->confidence);
	else
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s",
					 as_figure_worse(worse, sizeof(worse), v->margin));
	if (v->other >= 0)
		snprintf(text + used, sizeof(text) - used, " by the match with %s alone",
			 as_words_clip(name, sizeof(name), &p->s->clips[v->other]));
	if (v->taken)
		snprintf(text + used, sizeof(text) - used, ", taken by hand");
	as_put_gap(p->out, 2);
	as_put_wrapped(p->out, p->t, 2, 4, text);
}

static void put_places(const struct page *p)
{
	const struct as_explanation *e = p->e;
	const struct as_placement *v = &p->s->placements[e->clip];
	bool placed = as_outline_is_placed(p->s, e->clip) && v->n_candidates == 0;
	if (e->n_places == 0)
		return;
	fputc('\n', p->out);
	as_put_gap(p->out, 2);
	as_put_ink(p->out, p->t, AS_INK_QUIET,
		   placed ? "Next best places" : "Places that it could have");
	fputc('\n', p->out);
	for (int i = 0; i < e->n_places && i < PLACES_SHOWN; i++)
		put_place_line(p, &e->places[i], !placed && i == 0);
	if (e->n_places > PLACES_SHOWN)
		fprintf(p->out, "  and %d more\n", e->n_places - PLACES_SHOWN);
}

bool as_explain_put(FILE *out, const struct as_term *t, const struct as_snapshot *s, int clip,
		    const struct as_options *opt)
{
	struct as_explanation *e = as_explain(s, clip, opt);
	if (!e)
		return false;
	struct page p = {out, t, s, opt, e};
	put_head(&p);
	if (s->placements)
		put_facts(&p);
	put_matches(&p);
	put_places(&p);
	as_explanation_free(e);
	return true;
}
