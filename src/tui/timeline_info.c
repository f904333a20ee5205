/* The bottom line: what the cursor is on. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/figures.h"
#include "base/text.h"
#include "base/words.h"
#include "tui/timeline.h"
#include "tui/timeline_place.h"

/* Items from the left while there is room. */
struct line {
	struct tui_canvas c;
	int row, col, end;
};

static void put_item(struct line *l, enum tui_style style, const char *text)
{
	int cols = tui_text_cols(text);

	if (l->col + cols > l->end)
		return;
	tui_put(l->c, l->row, l->col, style, text);
	l->col += cols + 2;
}

static void put_beside(struct line *l, const struct tui_timeline *tl, const struct tui_model *m, int clip)
{
	int over[64], n = tui_timeline_beside(tl, m, clip, m->cursor_s, over, 64);
	char text[48];

	snprintf(text, sizeof text, "over %d clip%s", n, as_plural(n, "", "s"));
	if (n > 0)
		put_item(l, TUI_PLAIN, text);
}

static void put_in_clip(struct line *l, const struct tui_timeline *tl, const struct tui_model *m, int clip)
{
	char text[64], figure[AS_FIGURE_BYTES];
	double at_s;

	if (m->cursor_s < tl->span[clip].from_s || m->cursor_s >= tl->span[clip].to_s)
		return;
	at_s = tui_clip_time_s(m, clip, tui_stretch_at(m, clip, m->cursor_s), m->cursor_s);
	snprintf(text, sizeof text, "in the clip %s", as_text_hms(figure, sizeof figure, fmax(at_s, 0), 3));
	put_item(l, TUI_PLAIN, text);
}

static void put_placed(struct line *l, const struct tui_timeline *tl, const struct tui_model *m, int clip)
{
	const struct as_placement *p = tui_placement(m, clip);
	char text[128], figure[AS_FIGURE_BYTES];

	tui_timeline_time(m, tl->span[clip].from_s, text, sizeof text);
	put_item(l, TUI_PLAIN, text);
	if (isfinite(p->start_err_s)) {
		snprintf(text, sizeof text, "%s%s", tui_glyph_text(l->c.unicode, TUI_G_PLUS_MINUS),
			 as_figure_span(figure, sizeof figure, p->start_err_s, l->c.unicode));
		put_item(l, TUI_QUIET, text);
	}
	put_in_clip(l, tl, m, clip);
	if (isfinite(p->drift_ppm)) {
		snprintf(text, sizeof text, "%s ppm", as_figure_drift(figure, sizeof figure, p->drift_ppm, p->drift_err_ppm, l->c.unicode));
		put_item(l, TUI_QUIET, text);
	}
	if (p->n_segments > 1) {
		snprintf(text, sizeof text, "%d splice%s", p->n_segments - 1, p->n_segments > 2 ? "s" : "");
		put_item(l, TUI_SPLICE, text);
	}
	put_beside(l, tl, m, clip);
}

/* The first of several ways to say it for which there is room. */
static void put_either(struct line *l, enum tui_style style, const char *text, const char *shorter)
{
	put_item(l, style, l->col + tui_text_cols(text) <= l->end ? text : shorter);
}

static void put_unplaced(struct line *l, const struct tui_model *m, int clip)
{
	struct tui_ghost ghost[TUI_GHOSTS_MAX];
	const struct as_placement *p = tui_placement(m, clip);
	int n = tui_ghosts(m, clip, ghost);
	char text[96], shorter[48], keys[32];

	snprintf(shorter, sizeof shorter, "%d places", n);
	tui_keymap_keys(m->keys, AS_ACTION_ACTIVATE, 1, keys, sizeof keys);
	if (n == 1) {
		put_item(l, p->verdict == AS_VERDICT_WEAK ? TUI_WEAK : TUI_AMBIGUOUS, "it might sit at 1?");
	} else if (n > 0) {
		snprintf(text, sizeof text, "fits %d places about equally, shown as 1? 2?%s", n,
			 n == 2	      ? ""
			 : l->c.unicode ? " …"
					: " ...");
		put_either(l, TUI_AMBIGUOUS, text, shorter);
	} else if (p && p->n_candidates > 0) {
		put_either(l, TUI_AMBIGUOUS, "fits a clip that has no place itself", "no place");
	}
	if (n > 0)
		put_item(l, TUI_QUIET, ":take N puts it there");
	snprintf(text, sizeof text, "%s tells why", *keys ? keys : ":explain");
	put_item(l, TUI_QUIET, text);
}

static void put_clip(struct line *l, const struct tui_timeline *tl, const struct tui_model *m)
{
	const struct as_clip *c = &m->snap->clips[m->clip];
	struct tui_state_mark mark = tui_clip_mark(m, m->clip);
	char text[AS_WORDS_WHY_BYTES], time[48];
	int cols;

	as_words_clip(text, sizeof text, c);
	cols = tui_text_cols(text) < l->end / 3 ? tui_text_cols(text) : l->end / 3;
	tui_put_char(l->c, l->row, l->col, mark.style, tui_glyph(l->c, mark.glyph));
	tui_put_fit(l->c, l->row, l->col + 2, cols, TUI_VALUE, TUI_NAME, text);
	l->col += cols + 4;
	if (m->alone)
		put_item(l, mark.style, mark.word);
	if (m->alone && isfinite(c->duration_s))
		put_item(l, TUI_PLAIN, as_text_duration(time, sizeof time, c->duration_s));
	if (tl->placed && tl->span[m->clip].on && m->alone) {
		put_placed(l, tl, m, m->clip);
	} else if (tl->placed && tl->span[m->clip].on) {
		put_in_clip(l, tl, m, m->clip);
		put_beside(l, tl, m, m->clip);
	} else if (tl->placed) {
		put_unplaced(l, m, m->clip);
	}
}

void tui_timeline_info(const struct tui_timeline *tl, const struct tui_model *m, struct tui_canvas c,
		       const struct tui_timeline_layout *l)
{
	struct line line = {.c = c, .row = l->info_row, .col = 0, .end = c.cols};
	const struct as_snapshot *s = m->snap;
	char text[160], keys[32];

	if (l->info_row < 0)
		return;
	if (s->n_tracks > l->n_lanes) {
		snprintf(text, sizeof text, "lanes %d-%d of %d", tl->top + 1, tl->top + l->n_lanes, s->n_tracks);
		line.end -= tui_text_cols(text) + 1;
		tui_put(c, l->info_row, line.end + 1, TUI_HEAD, text);
	}
	if (!tl->placed && !s->busy) {
		tui_keymap_keys(m->keys, AS_ACTION_SYNC, 1, keys, sizeof keys);
		snprintf(text, sizeof text, "in the order of the files: %s finds where they sit", *keys ? keys : ":sync");
		put_item(&line, TUI_INFO, text);
	} else if (!tl->placed) {
		put_item(&line, TUI_INFO, "in the order of the files, until their places are known");
	}
	/* What the table beside it says is not told twice: a step would send it twice. */
	if (m->focus != TUI_PANE_TIMELINE)
		return;
	if (m->clip >= 0 && m->clip < tl->n_spans) {
		put_clip(&line, tl, m);
	} else if (m->track >= 0 && m->track < s->n_tracks) {
		put_item(&line, TUI_VALUE, s->tracks[m->track].name);
		put_item(&line, TUI_QUIET, "no clip here");
	}
}
