/* The lanes: one for each track, with waveforms. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/figures.h"
#include "base/words.h"
#include "tui/list_cursor.h"
#include "tui/timeline.h"
#include "tui/timeline_place.h"
#include "tui/timeline_wave.h"

#define CHUNK 256       /* columns of cells that are drawn at once */
#define QUIETEST 3e-3   /* of full scale: what is quieter than this is not raised any more */
#define STRIP_ROWS 3    /* lanes of so many rows and more have a line with the name of the clip above its wave */
#define SPLICE 0x254E   /* ╎ */
#define DOUBLE 0x2550   /* ═ */
#define DASHED 0x254C   /* ╌ */
#define MIDDLE_DOT 0xB7 /* · */

struct lane {
	const struct tui_timeline *tl;
	const struct tui_model *m;
	struct tui_canvas c; /* without the gutter */
	int track;
	const bool *shared; /* see find_shared */
};

/* The visible columns of [from_s, to_s): at least one of what touches the window. */
static bool columns(const struct tui_view *v, double from_s, double to_s, int *first, int *last)
{
	*first = tui_view_col(v, from_s);
	*last = tui_view_col(v, to_s - 1e-9 * fabs(to_s));
	if (*last < *first)
		*last = *first;
	if (*last < 0 || *first >= v->cols)
		return false;
	*first = *first < 0 ? 0 : *first;
	*last = *last >= v->cols ? v->cols - 1 : *last;
	return true;
}

int tui_timeline_wave_rows(int lane_rows)
{
	return lane_rows >= STRIP_ROWS ? lane_rows - 1 : lane_rows;
}

static struct tui_canvas wave_rows(struct tui_canvas lane)
{
	int rows = tui_timeline_wave_rows(lane.rows);

	return tui_part(lane, lane.rows - rows, 0, rows, lane.cols);
}

/* --- waves ----------------------------------------------------------------------------------------------------- */

static double gain_of(const struct tui_model *m, int clip)
{
	struct as_waveform_column w = {0};
	double duration_s = m->snap->clips[clip].duration_s, peak;

	if (!(duration_s > 0) || !as_session_waveform(m->session, clip, 0, duration_s, 1, &w) || !(w.lo <= w.hi))
		return 1;
	peak = fmax(fabs((double)w.lo), fabs((double)w.hi));
	return 1 / fmax(peak, QUIETEST);
}

/* The sound of a clip between two columns; clip time goes on evenly from the left border of the first to the right one of the last. */
struct sound {
	int clip;
	int first, last;
	double left_s, right_s;
};

/* False where there is no waveform. */
static bool put_sound(const struct tui_model *m, struct tui_canvas c, const struct sound *s, double gain, enum tui_style style)
{
	struct as_waveform_column w[2 * CHUNK];
	int dots = tui_wave_dots(c, c.rows);
	double step_s = (s->right_s - s->left_s) / ((s->last - s->first + 1) * dots);

	for (int at = s->first; at <= s->last; at += CHUNK) {
		int cols = s->last - at + 1 < CHUNK ? s->last - at + 1 : CHUNK;

		if (!as_session_waveform(m->session, s->clip, s->left_s + (at - s->first) * dots * step_s, step_s, cols * dots, w))
			return false;
		tui_wave_scale(w, cols * dots, gain, step_s);
		tui_wave_draw(tui_part(c, 0, at, c.rows, cols), w, TUI_WAVE_BOTH, style);
	}
	return true;
}

static void put_bar(const struct lane *l, int clip, struct tui_canvas c, const struct sound *s, enum tui_style style)
{
	const struct as_clip *x = &l->m->snap->clips[clip];
	double done = x->state == AS_CLIP_LOADING ? x->progress : x->state == AS_CLIP_READY ? 1 : 0;

	tui_wave_bar(tui_part(c, 0, s->first, c.rows, s->last - s->first + 1), done, style);
}

/* A clip that begins at from_s and has neither drift nor splices: one without a place. */
static void put_plain(const struct lane *l, int clip, double from_s, double to_s, enum tui_style style)
{
	const struct tui_view *v = &l->tl->view;
	struct tui_canvas c = wave_rows(l->c);
	struct sound s = {.clip = clip};

	if (!columns(v, from_s, to_s, &s.first, &s.last))
		return;
	s.left_s = tui_view_time_s(v, s.first) - from_s;
	s.right_s = tui_view_time_s(v, s.last + 1) - from_s;
	if (!put_sound(l->m, c, &s, gain_of(l->m, clip), style))
		put_bar(l, clip, c, &s, style);
}

static void put_stretches(const struct lane *l, int clip, enum tui_style style)
{
	const struct tui_view *v = &l->tl->view;
	struct tui_canvas c = wave_rows(l->c);
	int n = tui_n_stretches(l->m, clip);
	double gain = gain_of(l->m, clip);

	for (int i = 0; i < n; i++) {
		struct tui_stretch x;
		struct sound s = {.clip = clip};

		if (!tui_stretch(l->m, clip, i, &x) || !columns(v, x.from_s, x.to_s, &s.first, &s.last))
			continue;
		s.left_s = tui_clip_time_s(l->m, clip, i, tui_view_time_s(v, s.first));
		s.right_s = tui_clip_time_s(l->m, clip, i, tui_view_time_s(v, s.last + 1));
		if (!put_sound(l->m, c, &s, gain, style))
			put_bar(l, clip, c, &s, style);
	}
	for (int i = 1; i < n; i++) {
		struct tui_stretch x;
		int col = tui_stretch(l->m, clip, i, &x) ? tui_view_col(v, x.from_s) : -1;

		if (col < 0 || col >= v->cols)
			continue;
		tui_fill(c, 0, col, c.rows, 1, TUI_SPLICE, c.unicode ? SPLICE : '!');
		if (l->c.rows >= STRIP_ROWS) {
			tui_put_char(l->c, 0, col, TUI_SPLICE, tui_glyph(c, TUI_G_DOWN));
			tui_lay(l->c, 0, col, 1, 1, clip == l->m->clip ? TUI_CLIP_SELECTED : TUI_CLIP);
		}
	}
}

/* --- the line above a wave ------------------------------------------------------------------------------------- */

/* Corners at its ends, if they are in view. */
static void put_strip(const struct lane *l, const struct tui_span *span, enum tui_style style, uint32_t line)
{
	const struct tui_view *v = &l->tl->view;
	int first, last;

	if (!columns(v, span->from_s, span->to_s, &first, &last))
		return;
	tui_fill(l->c, 0, first, 1, last - first + 1, style, line);
	if (tui_view_col(v, span->from_s) >= 0)
		tui_put_char(l->c, 0, first, style, tui_glyph(l->c, TUI_G_TOP_LEFT));
	if (tui_view_col(v, span->to_s) < v->cols && last > first)
		tui_put_char(l->c, 0, last, style, tui_glyph(l->c, TUI_G_TOP_RIGHT));
}

/* Mark and name, at the left end of what is in view. The mark looks the same whether the clip is chosen or not. */
static void put_name(const struct lane *l, int clip, enum tui_style style)
{
	const struct tui_span *span = &l->tl->span[clip];
	struct tui_state_mark mark = tui_clip_mark(l->m, clip);
	int first, last, room, wanted;
	char name[256];

	if (!columns(&l->tl->view, span->from_s, span->to_s, &first, &last))
		return;
	room = last - first - 1;
	if (room >= 3)
		tui_put_char(l->c, 0, first + 1, mark.style, tui_glyph(l->c, mark.glyph));
	if (room < 8)
		return;
	as_words_clip(name, sizeof name, &l->m->snap->clips[clip]);
	wanted = tui_text_cols(name);
	tui_put_char(l->c, 0, first + 2, style, ' ');
	tui_put_fit(l->c, 0, first + 3, wanted < room - 3 ? wanted : room - 3, style, TUI_NAME, name);
	if (wanted < room - 3)
		tui_put_char(l->c, 0, first + 3 + wanted, style, ' ');
	if (l->m->marked && l->m->marked[clip])
		tui_lay(l->c, 0, first + 1, 1, wanted < room - 3 ? wanted + 2 : room - 1, TUI_MARKED);
}

/* --- overlaps, gaps, islands ----------------------------------------------------------------------------------- */

/* Which columns clips of several tracks share; heap, or NULL. It does not depend on what is chosen: a step from clip to clip changes few
 * cells, which is what a slow line can take. */
static bool *find_shared(const struct tui_timeline *tl, const struct as_snapshot *s)
{
	int cols = tl->view.cols, first, last;
	bool *shared = tl->placed && cols > 0 ? calloc((size_t)cols, sizeof *shared) : NULL;
	int *track = shared ? calloc((size_t)cols, sizeof *track) : NULL; /* from 1; 0: none yet */

	for (int i = 0; track && i < tl->n_spans; i++) {
		if (!tl->span[i].on || !columns(&tl->view, tl->span[i].from_s, tl->span[i].to_s, &first, &last))
			continue;
		for (int col = first; col <= last; col++) {
			shared[col] |= track[col] != 0 && track[col] != s->clips[i].track + 1;
			track[col] = s->clips[i].track + 1;
		}
	}
	free(track);
	return shared;
}

/* Where clips share time with others on other tracks, the line above the wave is double; where there is none, the ground is shaded. */
static void shade_overlaps(const struct lane *l)
{
	bool slim = l->c.rows < STRIP_ROWS;

	for (int col = 0; l->shared && col < l->c.cols && col < l->tl->view.cols; col++) {
		struct tui_cell *cell = &l->c.cells[col];

		if (l->shared[col] && slim && (cell->style == TUI_WAVE || cell->style == TUI_WAVE_SELECTED))
			tui_lay(l->c, 0, col, l->c.rows, 1, TUI_OVERLAP);
		else if (l->shared[col] && !slim && cell->ch[0] == tui_glyph(l->c, TUI_G_HLINE))
			cell->ch[0] = l->c.unicode ? DOUBLE : '=';
	}
}

static void put_gaps(const struct lane *l)
{
	const struct as_snapshot *s = l->m->snap;
	int row = l->c.rows >= STRIP_ROWS ? 1 + (l->c.rows - 1) / 2 : l->c.rows / 2;

	for (int i = 1; l->tl->placed && i <= s->n_islands; i++) {
		double from_s = tui_island_start_s(l->m, i);
		int first, last;

		if (!columns(&l->tl->view, from_s, from_s + s->island_s[i - 1], &first, &last))
			continue;
		for (int col = first; col <= last; col++)
			tui_put_char(l->c, row, col, TUI_GAP, l->c.unicode ? MIDDLE_DOT : '.');
	}
}

static void put_island_borders(const struct lane *l)
{
	for (int i = 2; l->tl->placed && i <= l->m->snap->n_islands; i++) {
		double start_s = tui_island_start_s(l->m, i);
		double end_s = tui_island_start_s(l->m, i - 1) + l->m->snap->island_s[i - 2];
		int first = tui_view_col(&l->tl->view, end_s) + 1, last = tui_view_col(&l->tl->view, start_s) - 1;

		if (last < first)
			first = last;
		if (last < 0 || first >= l->c.cols)
			continue;
		tui_fill(l->c, 0, (first + last) / 2, l->c.rows, 1, TUI_ISLAND, tui_glyph(l->c, TUI_G_VLINE));
	}
}

/* --- a lane ---------------------------------------------------------------------------------------------------- */

/* "1?" where a place begins; "1,3?" where several begin too close for one each. ghost is sorted by from_s. */
static void put_numbers(const struct lane *l, const struct tui_ghost *ghost, int n)
{
	int first, last, room = l->c.rows >= STRIP_ROWS;

	for (int i = 0, k; i < n; i = k) {
		char text[64];
		int begin, used;

		k = i + 1;
		if (!columns(&l->tl->view, ghost[i].from_s, ghost[i].to_s, &first, &last))
			continue;
		begin = first + (room && last - first > 4);
		used = snprintf(text, sizeof text, "%d", ghost[i].number);
		for (; k < n && used < (int)sizeof text - 16; k++) {
			if (!columns(&l->tl->view, ghost[k].from_s, ghost[k].to_s, &first, &last))
				break;
			if (first > begin + used + 1)
				break;
			used += snprintf(text + used, sizeof text - (size_t)used, ",%d", ghost[k].number);
		}
		snprintf(text + used, sizeof text - (size_t)used, "?");
		tui_put(l->c, 0, begin, TUI_AMBIGUOUS, text);
	}
}

static int by_time(const void *a, const void *b)
{
	const struct tui_ghost *x = a, *y = b;

	return x->from_s < y->from_s ? -1 : x->from_s > y->from_s ? 1 : x->number - y->number;
}

static void put_ghosts(const struct lane *l)
{
	struct tui_ghost ghost[TUI_GHOSTS_MAX];
	int n = tui_ghosts(l->m, l->m->clip, ghost);

	qsort(ghost, (size_t)n, sizeof *ghost, by_time);
	for (int i = 0; i < n; i++) {
		struct tui_span span = {ghost[i].from_s, ghost[i].to_s, true};

		put_plain(l, l->m->clip, span.from_s, span.to_s, TUI_GHOST);
		if (l->c.rows >= STRIP_ROWS)
			put_strip(l, &span, TUI_GHOST, l->c.unicode ? DASHED : '.');
	}
	put_numbers(l, ghost, n);
}

static void put_strip_of(const struct lane *l, int clip, int cols)
{
	enum tui_style style = clip == l->m->clip ? TUI_CLIP_SELECTED : TUI_CLIP;

	put_strip(l, &l->tl->span[clip], cols < 10 ? style : TUI_CLIP, tui_glyph(l->c, TUI_G_HLINE));
	put_name(l, clip, style);
}

static void put_clip(const struct lane *l, int clip)
{
	const struct tui_span *span = &l->tl->span[clip];
	bool chosen = clip == l->m->clip, slim = l->c.rows < STRIP_ROWS;
	/* A wave shows that it is chosen where there is no name that could. */
	enum tui_style wave = chosen && slim ? TUI_WAVE_SELECTED : TUI_WAVE;
	int first, last;

	if (!columns(&l->tl->view, span->from_s, span->to_s, &first, &last))
		return;
	/* What lies below it of an earlier clip or the gap. */
	tui_fill(l->c, 0, first, l->c.rows, last - first + 1, TUI_PLAIN, ' ');
	if (!slim)
		put_strip_of(l, clip, last - first + 1);
	if (l->tl->placed)
		put_stretches(l, clip, wave);
	else
		put_plain(l, clip, span->from_s, span->to_s, wave);
	/* Where there is no line with corners, clips that touch are told apart by one between them. */
	if (slim && last - first > 2 && tui_view_col(&l->tl->view, span->from_s) >= 0)
		tui_fill(l->c, 0, first, l->c.rows, 1, chosen ? TUI_CLIP_SELECTED : TUI_CLIP, tui_glyph(l->c, TUI_G_VLINE));
}

/* Over others that it shares a column with; its wave stays below those that come later: a step sends none. */
static void put_chosen(const struct lane *l, int clip)
{
	int first, last;

	if (l->c.rows < STRIP_ROWS)
		put_clip(l, clip);
	else if (columns(&l->tl->view, l->tl->span[clip].from_s, l->tl->span[clip].to_s, &first, &last))
		put_strip_of(l, clip, last - first + 1);
}

static void put_lane(const struct lane *l)
{
	const struct tui_timeline *tl = l->tl;
	int chosen = l->m->clip;

	put_gaps(l);
	put_island_borders(l);
	for (int i = 0; i < tl->n_spans; i++)
		if (tl->span[i].on && l->m->snap->clips[i].track == l->track)
			put_clip(l, i);
	if (chosen >= 0 && chosen < tl->n_spans && l->m->snap->clips[chosen].track == l->track) {
		if (tl->span[chosen].on)
			put_chosen(l, chosen);
		else
			put_ghosts(l);
	}
	shade_overlaps(l);
}

static void put_head(const struct tui_model *m, struct tui_canvas c, int track)
{
	const struct as_track *x = &m->snap->tracks[track];
	char text[48];
	bool chosen = track == m->track;

	tui_put_fit(c, 0, 0, c.cols - 1, x->reference ? TUI_REFERENCE : chosen ? TUI_VALUE : TUI_PLAIN, TUI_NAME, x->name);
	if (c.rows >= 2) {
		snprintf(text, sizeof text, "%s%d clip%s", x->reference ? "REF " : "", x->n_clips, as_plural(x->n_clips, "", "s"));
		if (tui_text_cols(text) > c.cols - 1)
			snprintf(text, sizeof text, "%s%d", x->reference ? "REF " : "", x->n_clips);
		tui_put(tui_part(c, 0, 0, c.rows, c.cols - 1), 1, 0, TUI_QUIET, text);
	} else if (x->reference) {
		tui_put(c, 0, c.cols - 2, TUI_REFERENCE, "R");
	}
	if (chosen)
		tui_list_cursor(c, 0, c.cols - 1, 0, c.cols - 1, m->focus == TUI_PANE_TIMELINE);
}

void tui_timeline_lanes(const struct tui_timeline *tl, const struct tui_model *m, struct tui_canvas c,
			const struct tui_timeline_layout *l)
{
	bool *shared = find_shared(tl, m->snap);

	for (int i = 0; i < l->n_lanes; i++) {
		int track = tl->top + i, row = tui_timeline_lane_row(l, i), rows = tui_timeline_lane_rows(l, i);
		struct lane lane = {.tl = tl, .m = m, .track = track, .shared = shared};

		if (track >= m->snap->n_tracks)
			break;
		lane.c = tui_part(c, row, l->gutter, rows, c.cols - l->gutter);
		put_lane(&lane);
		put_head(m, tui_part(c, row, 0, rows, l->gutter), track);
	}
	free(shared);
}
