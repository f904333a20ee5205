/* The text of an explanation: verdict, places, matches, facts. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/explain_words.h"
#include "base/figures.h"
#include "base/outline.h"
#include "base/text.h"
#include "base/words.h"
#include "tui/explain.h"
#include "tui/table_rows.h"

#define PLACE_COL 5 /* of what has no room beside its number and place */
#define LABEL_COLS 12
#define NAME_LEAST 12
#define WIDE 96 /* from here on there is room for a match's false alarms */
#define ALARM_COLS 11

struct page {
	const struct tui_explain *x;
	const struct tui_model *m;
	struct tui_canvas c;
	int line;      /* the next, counted from the first of all */
	int next_item; /* number of the next that can be chosen */
	int item, item_line;
};

static int row(const struct page *p)
{
	return p->line - p->x->top;
}

static void put_text(struct page *p, int col, enum tui_style style, const char *text)
{
	/* Counting first: what begins above the screen is drawn from its first row all the same. */
	int rows = tui_put_wrapped(p->c, 0, 0, p->c.cols - col - 1, 0, style, text);

	tui_put_wrapped(p->c, row(p), col, p->c.cols - col - 1, rows, style, text);
	p->line += rows;
}

static void put_fact(struct page *p, const char *label, const char *text)
{
	tui_put_fit(p->c, row(p), 1, LABEL_COLS - 2, TUI_QUIET, TUI_LEFT, label);
	put_text(p, LABEL_COLS, TUI_PLAIN, text);
}

/* what: "takes one": what the key for going on does there. */
static void put_heading(struct page *p, const char *text, const char *what)
{
	char take[32], undo[32], more[160] = "";
	int col = 1;

	tui_keymap_keys(p->m->keys, AS_ACTION_ACCEPT, 1, take, sizeof take);
	tui_keymap_keys(p->m->keys, AS_ACTION_UNDO, 1, undo, sizeof undo);
	if (*take)
		snprintf(more, sizeof more, *undo ? "%s %s, %s takes it back" : "%s %s", take, what, undo);
	p->line++;
	col += tui_put(p->c, row(p), col, TUI_HEAD, text) + 2;
	tui_put(p->c, row(p), col, TUI_QUIET, more);
	p->line++;
}

/* The line that was just drawn can be chosen; rows of them. */
static void end_item(struct page *p, int rows)
{
	for (int i = 0; i < rows && p->next_item == p->x->item; i++)
		tui_lay(p->c, row(p) + i, 0, 1, p->c.cols, TUI_CURSOR);
	if (p->next_item == p->item)
		p->item_line = p->line;
	p->next_item++;
	p->line += rows;
}

/* --- head ------------------------------------------------------------------------------------------------------ */

static void put_name(struct page *p)
{
	const struct as_clip *c = &p->m->snap->clips[p->x->clip];
	struct tui_state_mark mark = tui_clip_mark(p->m, p->x->clip);
	char name[400], length[AS_FIGURE_BYTES];
	int col = 3, room = p->c.cols - 26 - (int)strlen(mark.word), cols;

	as_words_clip(name, sizeof name, c);
	cols = tui_text_cols(name) < room ? tui_text_cols(name) : room;
	tui_put_char(p->c, row(p), 1, mark.style, tui_glyph(p->c, mark.glyph));
	tui_put_fit(p->c, row(p), col, cols, TUI_VALUE, TUI_NAME, name);
	col += cols + 2;
	col += tui_put(p->c, row(p), col, mark.style, mark.word) + 2;
	if (isfinite(c->duration_s))
		col += tui_put(p->c, row(p), col, TUI_QUIET, as_text_duration(length, sizeof length, c->duration_s)) + 2;
	if (c->track >= 0 && c->track < p->m->snap->n_tracks)
		tui_put_fit(p->c, row(p), col, p->c.cols - col - 1, TUI_QUIET, TUI_NAME, p->m->snap->tracks[c->track].name);
	p->line++;
}

static void say_open(char *out, size_t n, const struct as_placement *v, bool ambiguous)
{
	if (ambiguous && v->n_candidates == 1)
		snprintf(out, n, "Not placed: it fits about as well elsewhere as in the one place that is known. Take that below if it is right.");
	else if (ambiguous)
		snprintf(out, n, "Not placed: it fits about equally well in %s%d places. Choose one below; nothing else can tell them apart.",
			 v->n_candidates < AS_CANDIDATES_MAX ? "" : "at least ", v->n_candidates);
	else
		snprintf(out, n, "Not placed: the evidence is too thin to be trusted.%s",
			 v->n_candidates > 0 ? " It may sit at the place below: take it if you know better." : "");
}

/* Placed by hand, and not locked: what the sound says counts for nothing here. */
static void say_by_hand(char out[AS_EXPLAIN_BYTES], const struct tui_model *m, const struct as_placement *v)
{
	char key[32];

	tui_keymap_keys(m->keys, AS_ACTION_LOCK, 1, key, sizeof key);
	snprintf(out, AS_EXPLAIN_BYTES,
		 v->verdict == AS_VERDICT_STRONG ? "Placed by hand, and not locked: the next sync may move it. %s keeps it here."
						 : "Placed beside a clip that was put there by hand; its own sound does not say so. %s keeps it here.",
		 key);
}

/* In plain words: is it placed, and what is left to do? */
static void say_headline(char out[AS_EXPLAIN_BYTES], const struct tui_model *m, int clip)
{
	const struct as_placement *v = tui_placement(m, clip);
	struct tui_state_mark mark = tui_clip_mark(m, clip);
	char chance[200], key[32];

	switch (mark.style) {
	case TUI_STRONG:
		snprintf(out, AS_EXPLAIN_BYTES, "Placed, and sure: %s.", as_explain_chance(chance, sizeof chance, v->p_false));
		break;
	case TUI_MODERATE:
		if (v->method == AS_METHOD_MANUAL) {
			say_by_hand(out, m, v);
			break;
		}
		snprintf(out, AS_EXPLAIN_BYTES, "Placed, and most likely right: %s. %s lets you hear it.",
			 as_explain_chance(chance, sizeof chance, v->p_false),
			 tui_keymap_keys(m->keys, AS_ACTION_AUDITION, 1, key, sizeof key));
		break;
	case TUI_LOCKED:
		tui_keymap_keys(m->keys, AS_ACTION_LOCK, 1, key, sizeof key);
		if (v->n_candidates > 1)
			snprintf(out, AS_EXPLAIN_BYTES, "Locked where it is: no sync moves it. It fitted %d places; take another below, or %s lets it go.",
				 v->n_candidates, key);
		else
			snprintf(out, AS_EXPLAIN_BYTES, v->island > 0 ? "Locked where it is: no sync moves it. %s lets it go."
								      : "Kept off the timeline: no sync places it. %s lets it go.",
				 key);
		break;
	case TUI_WEAK:
	case TUI_AMBIGUOUS:
		say_open(out, AS_EXPLAIN_BYTES, v, mark.style == TUI_AMBIGUOUS);
		break;
	default:
		tui_table_cell(m, clip, TUI_COL_VERDICT, out, AS_EXPLAIN_BYTES);
	}
}

/* What that means for the rest. */
static void put_missing(struct page *p, const struct as_placement *v)
{
	put_text(p, 3, TUI_QUIET,
		 v && v->island > 0 ? "Its place is known from before and stays. What needs its sound (aligned files, audition) cannot have it "
				      "until it is found."
				    : "Nothing can be done with it until it is found.");
}

static void put_head(struct page *p)
{
	const struct as_placement *v = tui_placement(p->m, p->x->clip);
	struct tui_state_mark mark = tui_clip_mark(p->m, p->x->clip);
	char text[AS_EXPLAIN_BYTES], why[AS_EXPLAIN_BYTES + 8];

	put_name(p);
	say_headline(text, p->m, p->x->clip);
	put_text(p, 3, mark.style, text);
	if (p->m->snap->clips[p->x->clip].media == AS_CLIP_MEDIA_MISSING) {
		put_missing(p, v);
		return;
	}
	if (!v || v->reason == AS_REASON_NONE || v->reason == AS_REASON_FAILED || mark.style == TUI_LOCKED ||
	    (v->island > 0 && v->method == AS_METHOD_MANUAL))
		return;
	as_explain_verdict(text, p->m->snap, p->x->clip, p->x->e, p->m->opt);
	snprintf(why, sizeof why, "Why: %s", text);
	put_text(p, 3, TUI_QUIET, why);
}

/* --- places ---------------------------------------------------------------------------------------------------- */

static void put_place(struct page *p, int number, const char *at, double score, double margin, const char *by)
{
	char place[500], text[500], worse[AS_FIGURE_BYTES], figure[AS_FIGURE_BYTES];
	int cols, room = p->c.cols - 2;
	bool one;

	as_figure_worse(worse, sizeof worse, margin);
	snprintf(place, sizeof place, "%2d  %13s   score %4s   ", number, at, as_figure_score(figure, sizeof figure, score));
	snprintf(text, sizeof text, "%s%s", margin <= 0 ? "the best" : worse, by);
	cols = tui_text_cols(place);
	one = cols + tui_text_cols(text) <= room;
	tui_put_fit(p->c, row(p), 1, room, TUI_PLAIN, TUI_LEFT, place);
	tui_put_fit(p->c, row(p) + !one, one ? 1 + cols : PLACE_COL, one ? room - cols : room - PLACE_COL, TUI_PLAIN, TUI_LEFT, text);
	end_item(p, one ? 1 : 2);
}

static void put_candidates(struct page *p)
{
	const struct as_snapshot *s = p->m->snap;
	const struct as_placement *v = &s->placements[p->x->clip];
	char at[400];
	int island = v->beside >= 0 && v->beside < s->n_clips ? s->placements[v->beside].island : 0;

	put_heading(p, v->n_candidates == 1 ? "The place that it could have" : "Places that it could have", v->n_candidates == 1 ? "takes it" : "takes one");
	for (int i = 0; i < p->x->n_places; i++) {
		const struct as_candidate *k = &v->candidates[i];

		as_explain_place(at, sizeof at, s, island, island ? -1 : v->beside, k->start_s, p->m->island_start_s);
		put_place(p, i + 1, at, k->confidence, k->margin, as_outline_is_taken(s, p->x->clip, i) ? ", taken" : "");
	}
}

static void put_rivals(struct page *p)
{
	char at[400], name[300], by[400];

	if (p->x->n_places == 0)
		return;
	put_heading(p, "Next best places", "puts it there");
	for (int i = 0; i < p->x->n_places; i++) {
		const struct as_explained_place *k = &p->x->e->places[i];

		*by = '\0';
		as_explain_place(at, sizeof at, p->m->snap, k->island, k->beside, k->start_s, p->m->island_start_s);
		if (k->other >= 0)
			snprintf(by, sizeof by, "   by %s alone", as_words_clip(name, sizeof name, &p->m->snap->clips[k->other]));
		put_place(p, i + 1, at, k->confidence, k->margin, by);
	}
}

/* --- matches --------------------------------------------------------------------------------------------------- */

struct match_columns {
	int name, offset, score, alarm, margin, residual, fate; /* where they begin; alarm 0: no room */
	int name_cols;
};

static struct match_columns match_columns(int cols)
{
	struct match_columns k = {.name = 3};
	int right = cols - 1;

	k.fate = right - 8;
	k.residual = k.fate - 2 - 7;
	k.margin = k.residual - 2 - 6;
	if (cols >= WIDE)
		k.alarm = k.margin - 2 - ALARM_COLS;
	k.score = (k.alarm ? k.alarm : k.margin) - 2 - 5;
	k.offset = k.score - 2 - 13;
	k.name_cols = k.offset - 2 - k.name;
	if (k.name_cols > 40) {
		int back = k.name_cols - 40;

		k.name_cols = 40;
		k.offset -= back;
		k.score -= back;
		k.alarm -= k.alarm ? back : 0;
		k.margin -= back;
		k.residual -= back;
		k.fate -= back;
	}
	k.name_cols = k.name_cols < NAME_LEAST ? NAME_LEAST : k.name_cols;
	return k;
}

static void put_match_heads(struct page *p, const struct match_columns *k)
{
	p->line++;
	tui_put_fit(p->c, row(p), 1, k->name_cols, TUI_HEAD, TUI_LEFT, "Matches with");
	tui_put_fit(p->c, row(p), k->offset, 13, TUI_HEAD, TUI_RIGHT, "Later by");
	tui_put_fit(p->c, row(p), k->score, 5, TUI_HEAD, TUI_RIGHT, "Score");
	if (k->alarm)
		tui_put_fit(p->c, row(p), k->alarm, ALARM_COLS, TUI_HEAD, TUI_RIGHT, "False alarm");
	tui_put_fit(p->c, row(p), k->margin, 6, TUI_HEAD, TUI_RIGHT, "Margin");
	tui_put_fit(p->c, row(p), k->residual, 7, TUI_HEAD, TUI_RIGHT, "Off by");
	p->line++;
}

static void put_match(struct page *p, const struct match_columns *k, const struct as_explained_match *v)
{
	const struct as_match *m = &p->m->snap->matches[v->match];
	bool used = v->fate == AS_FATE_USED;
	enum tui_style style = used ? TUI_STRONG : TUI_UNPLACED;
	char text[400];

	tui_put_char(p->c, row(p), 1, style, tui_glyph(p->c, used ? TUI_G_STRONG : TUI_G_UNPLACED));
	as_words_clip(text, sizeof text, &p->m->snap->clips[v->other]);
	tui_put_fit(p->c, row(p), k->name, k->name_cols, TUI_VALUE, TUI_NAME, text);
	tui_put_fit(p->c, row(p), k->offset, 13, TUI_PLAIN, TUI_RIGHT, as_text_hms(text, sizeof text, v->offset_s, 3));
	tui_put_fit(p->c, row(p), k->score, 5, TUI_PLAIN, TUI_RIGHT, as_figure_score(text, sizeof text, m->score));
	if (k->alarm)
		tui_put_fit(p->c, row(p), k->alarm, ALARM_COLS, TUI_PLAIN, TUI_RIGHT, as_figure_chance(text, sizeof text, m->p_false));
	tui_put_fit(p->c, row(p), k->margin, 6, TUI_PLAIN, TUI_RIGHT, as_figure_score(text, sizeof text, m->score < 0.05 ? NAN : m->margin));
	as_figure_span(text, sizeof text, v->fate == AS_FATE_WEAK ? NAN : v->residual_s, p->m->unicode);
	tui_put_fit(p->c, row(p), k->residual, 7, TUI_PLAIN, TUI_RIGHT, text);
	tui_put(p->c, row(p), k->fate, style, as_explain_fate_word(p->m->snap, v));
	end_item(p, 1);
}

static void put_matches(struct page *p)
{
	struct match_columns k = match_columns(p->c.cols);
	int rest = p->x->e->n_matches - p->x->n_matches;

	if (p->x->n_matches == 0)
		return;
	put_match_heads(p, &k);
	for (int i = 0; i < p->x->n_matches; i++)
		put_match(p, &k, &p->x->e->matches[i]);
	if (rest > 0) {
		tui_putf(p->c, row(p), k.name, TUI_QUIET, "and %d weaker %s", rest, as_plural(rest, "one", "ones"));
		p->line++;
	}
}

/* --- facts ----------------------------------------------------------------------------------------------------- */

static void put_facts(struct page *p)
{
	const struct as_explain_view view = {p->m->snap, p->m->opt, p->x->e, p->m->unicode, p->m->island_start_s};
	const struct as_placement *v = tui_placement(p->m, p->x->clip);
	char text[AS_EXPLAIN_BYTES];

	p->line++;
	for (int i = 0; i < AS_FACT_N; i++) {
		const char *label = as_explain_fact(text, &view, (enum as_explain_fact)i);

		if (label)
			put_fact(p, label, text);
	}
	for (int i = 0; i < v->n_warnings; i++)
		put_fact(p, i ? "" : "Warnings", as_text_escape(text, sizeof text, v->warnings[i]));
}

/* For who sees the columns for the first time. */
static void put_columns(struct page *p)
{
	if (p->x->n_matches == 0)
		return;
	put_fact(p, "Columns",
		 "Later by: this clip starts so much after the other one. Score: evidence in decades, which count zeros: at 6, unrelated sound "
		 "matches as well once in 1,000,000 searches. Margin: lead over the match's own next best place, likewise. Off by: the clip's "
		 "place against what this match says.");
}

static void put_file(struct page *p)
{
	const struct as_clip *c = &p->m->snap->clips[p->x->clip];
	char text[AS_EXPLAIN_BYTES];

	for (int i = 0; i < c->n_parts; i++)
		put_fact(p, i ? "" : c->n_parts == 1 ? "File" : "Files", as_text_escape(text, sizeof text, c->parts[i]));
}

int tui_explain_page(const struct tui_explain *x, const struct tui_model *m, struct tui_canvas c, int item, int *item_line)
{
	struct page p = {.x = x, .m = m, .c = c, .item = item};
	bool open = tui_explain_is_open(x, m);

	put_head(&p);
	if (open)
		put_candidates(&p);
	put_matches(&p);
	if (!open)
		put_rivals(&p);
	if (m->snap->placements)
		put_facts(&p);
	else
		p.line++;
	put_file(&p);
	put_columns(&p);
	if (item_line)
		*item_line = p.item_line;
	return p.line;
}
