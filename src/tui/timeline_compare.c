/* Two clips that overlap, one over the other, so that an eye can judge how they are aligned. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/figures.h"
#include "base/words.h"
#include "tui/timeline.h"
#include "tui/timeline_place.h"
#include "tui/timeline_wave.h"

#define CHUNK 256
#define QUIETEST 1e-3
#define MIRROR_S 0.004 /* columns of at least this show how loud it is, mirrored; closer ones the wave itself */

struct pair {
	const struct tui_timeline *tl;
	const struct tui_model *m;
	bool mirrored;
};

/* Reads `cols` columns of cells from `col` on: what the clip sounds like there as it is placed. */
static bool fetch(const struct pair *p, int clip, int col, int cols, int dots, struct as_waveform_column *out)
{
	const struct tui_view *v = &p->tl->view;
	int at = 0, done = 0;
	bool any = false;

	/* Stretch by stretch: each column belongs to the one in which it begins. */
	while (done < cols) {
		double left_s = tui_view_time_s(v, col + done), right_s;
		struct tui_stretch x;
		int stretch = tui_stretch_at(p->m, clip, left_s), n;

		for (n = 1; done + n < cols && tui_stretch_at(p->m, clip, tui_view_time_s(v, col + done + n)) == stretch; n++)
			;
		right_s = tui_clip_time_s(p->m, clip, stretch, tui_view_time_s(v, col + done + n));
		left_s = tui_clip_time_s(p->m, clip, stretch, left_s);
		any |= as_session_waveform(p->m->session, clip, left_s, (right_s - left_s) / (n * dots), n * dots, out + at);
		/* What a splice has left out is not shown twice. */
		for (int k = 0; tui_stretch(p->m, clip, stretch, &x) && k < n * dots; k++) {
			double s = left_s + (k + 0.5) * (right_s - left_s) / (n * dots);

			if (s < x.clip_from_s || s >= x.clip_to_s)
				out[at + k] = (struct as_waveform_column){.lo = 1, .hi = -1};
		}
		at += n * dots;
		done += n;
	}
	return any;
}

/* The loudest of what is in view fills the height. */
static double gain_of(const struct pair *p, int clip, int dots)
{
	struct as_waveform_column w[2 * CHUNK];
	float peak = 0;

	for (int at = 0; at < p->tl->view.cols; at += CHUNK) {
		int cols = p->tl->view.cols - at < CHUNK ? p->tl->view.cols - at : CHUNK;

		fetch(p, clip, at, cols, dots, w);
		for (int k = 0; k < cols * dots; k++)
			if (w[k].lo <= w[k].hi)
				peak = fmaxf(peak, fmaxf(fabsf(w[k].lo), fabsf(w[k].hi)));
	}
	return 1 / fmax((double)peak, QUIETEST);
}

static void put_wave(const struct pair *p, struct tui_canvas c, int clip, enum tui_wave_shape shape, bool invert, enum tui_style style)
{
	struct as_waveform_column w[2 * CHUNK];
	int dots = tui_wave_dots(c, c.rows);
	double gain = gain_of(p, clip, dots);
	bool any = false;

	for (int at = 0; at < c.cols; at += CHUNK) {
		int cols = c.cols - at < CHUNK ? c.cols - at : CHUNK;

		any |= fetch(p, clip, at, cols, dots, w);
		tui_wave_scale_true(w, cols * dots, gain, invert);
		tui_wave_draw(tui_part(c, 0, at, c.rows, cols), w, shape, style);
	}
	if (!any)
		tui_put(c, c.rows / 2, 1, TUI_QUIET, "its waveform is not known yet");
}

static void put_splices(const struct pair *p, struct tui_canvas c, int clip)
{
	int n = tui_n_stretches(p->m, clip);

	for (int i = 1; i < n; i++) {
		struct tui_stretch x;
		int col = tui_stretch(p->m, clip, i, &x) ? tui_view_col(&p->tl->view, x.from_s) : -1;

		if (col >= 0 && col < c.cols)
			tui_fill(c, 0, col, c.rows, 1, TUI_SPLICE, c.unicode ? 0x254E : '!');
	}
}

static void put_name(const struct pair *p, struct tui_canvas c, int row, int clip, enum tui_style style)
{
	const struct as_snapshot *s = p->m->snap;
	char name[256], text[512];

	as_words_clip(name, sizeof name, &s->clips[clip]);
	snprintf(text, sizeof text, " %s  (%s) ", name, s->tracks[s->clips[clip].track].name);
	tui_fill(c, row, 0, 1, c.cols, style, tui_glyph(c, TUI_G_HLINE));
	tui_put_fit(c, row, 1, tui_text_cols(text) < c.cols - 2 ? tui_text_cols(text) : c.cols - 2, style, TUI_NAME, text);
}

/* How far apart they are as placed, in words. */
static void put_lag(const struct pair *p, struct tui_canvas c, int row, int a, int b)
{
	char text[256], lag[AS_FIGURE_BYTES], err[AS_FIGURE_BYTES];
	const char *pm = tui_glyph_text(c.unicode, TUI_G_PLUS_MINUS);
	double lag_s, err_s;
	int match;

	if (!tui_pair_lag(p->m, a, b, p->m->cursor_s, &lag_s, &match)) {
		tui_put_fit(c, row, 0, c.cols, TUI_INFO, TUI_LEFT, "no match of their own: both are placed through other clips");
		return;
	}
	err_s = hypot(p->m->snap->matches[match].offset_err_s, p->m->snap->matches[match].ref_err_s);
	as_figure_span(lag, sizeof lag, fabs(lag_s), c.unicode);
	as_figure_span(err, sizeof err, err_s, c.unicode);
	if (fabs(lag_s) < 0.5e-6)
		snprintf(text, sizeof text, "they lie just as their own match says (%s%s)", pm, err);
	else
		snprintf(text, sizeof text, "the lower one lies %s %s than their own match says (%s%s)", lag,
			 lag_s > 0 ? "later" : "earlier", pm, err);
	tui_put_fit(c, row, 0, c.cols, fabs(lag_s) <= fmax(3 * err_s, 1e-3) ? TUI_GOOD : TUI_WARNING, TUI_LEFT, text);
	if (p->m->snap->matches[match].inverted && tui_text_cols(text) + 26 < c.cols)
		tui_put(c, row, tui_text_cols(text), TUI_INFO, "; polarity turned to match");
}

void tui_timeline_compare(const struct tui_timeline *tl, const struct tui_model *m, struct tui_canvas c,
			  const struct tui_timeline_layout *l)
{
	struct pair p = {.tl = tl, .m = m, .mirrored = tl->view.step_s >= MIRROR_S};
	struct tui_canvas part = tui_part(c, l->lanes_row, 0, l->lanes_rows, c.cols), upper, lower;
	int wave_rows = tui_timeline_compare_rows(l), match;
	double lag_s;
	bool invert;

	if (tl->other < 0 || tl->other >= m->snap->n_clips || m->clip < 0 || wave_rows < 1) {
		tui_put_wrapped(part, 1, 2, part.cols - 4, 4, TUI_INFO,
				"Nothing on another track lies over the clip at the cursor: go to one that overlaps, or leave with y.");
		return;
	}
	invert = tui_pair_lag(m, m->clip, tl->other, m->cursor_s, &lag_s, &match) && m->snap->matches[match].inverted;
	put_name(&p, part, 0, m->clip, TUI_CLIP_SELECTED);
	upper = tui_part(part, 1, 0, wave_rows, part.cols);
	lower = tui_part(part, 1 + wave_rows, 0, wave_rows, part.cols);
	put_wave(&p, upper, m->clip, p.mirrored ? TUI_WAVE_UP : TUI_WAVE_BOTH, false, TUI_WAVE_SELECTED);
	put_wave(&p, lower, tl->other, p.mirrored ? TUI_WAVE_DOWN : TUI_WAVE_BOTH, invert, TUI_WAVE_BESIDE);
	put_splices(&p, upper, m->clip);
	put_splices(&p, lower, tl->other);
	put_name(&p, part, 1 + 2 * wave_rows, tl->other, TUI_CLIP_BESIDE);
	put_lag(&p, part, 2 + 2 * wave_rows, m->clip, tl->other);
}
