/* Timeline: what lies where. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "tui/app.h"
#include "tui/timeline.h"
#include "tui/timeline_place.h"

#define LANE_ROWS_MOST 6
#define MARGIN 4              /* columns that the cursor keeps from the edges */
#define COMPARE_STEP_S 0.02   /* where comparing begins */
#define NEIGHBOURS 32

static void *open_timeline(struct tui *t)
{
	struct tui_timeline *tl = calloc(1, sizeof *tl);

	(void)t;
	if (tl) {
		tl->clip = tl->track = tl->other = -1;
		tl->cursor_s = NAN;
		tl->view.least_step_s = TUI_STEP_LEAST_S;
	}
	return tl;
}

static void close_timeline(void *state)
{
	struct tui_timeline *tl = state;

	free(tl->span);
	free(tl);
}

static int clamp(int v, int least, int most)
{
	return v < least ? least : v > most ? most : v;
}

/* --- layout ---------------------------------------------------------------------------------------------------- */

struct tui_timeline_layout tui_timeline_layout(const struct tui_timeline *tl, const struct tui_model *m, int rows, int cols)
{
	struct tui_timeline_layout l = {.island_row = -1, .info_row = rows >= 6 ? rows - 1 : -1};
	int names = 0, n = m->snap->n_tracks, row = 0;

	for (int i = 0; i < n; i++) {
		int wide = tui_text_cols(m->snap->tracks[i].name);

		names = wide > names ? wide : names;
	}
	l.gutter = tl->compare ? 0 : clamp(names + 1, 9, cols >= 110 ? 20 : cols >= 70 ? 14 : 9);
	if (m->snap->n_islands > 1 && rows >= 10)
		l.island_row = row++;
	l.label_row = row++;
	l.tick_row = row++;
	l.lanes_row = row;
	l.lanes_rows = clamp((l.info_row >= 0 ? l.info_row : rows) - row, 0, rows);
	l.lane_rows = n > 0 ? clamp(l.lanes_rows / n, 1, LANE_ROWS_MOST) : 1;
	l.n_lanes = clamp(l.lanes_rows / l.lane_rows, 0, n);
	return l;
}

/* --- looking ahead: everything that moves the view -------------------------------------------------------------- */

static void choose_other(struct tui_timeline *tl, const struct tui_model *m)
{
	int out[NEIGHBOURS], n = tui_timeline_beside(tl, m, m->clip, m->cursor_s, out, NEIGHBOURS);

	for (int i = 0; i < n; i++)
		if (out[i] == tl->other)
			return;
	tl->other = n > 0 ? out[0] : -1;
}

/* A clip that was chosen elsewhere comes into view. */
static void show_clip(struct tui_timeline *tl, const struct tui_model *m)
{
	struct tui_ghost ghost[TUI_GHOSTS_MAX];
	const struct tui_span *s = &tl->span[m->clip];
	double from_s, to_s;

	if (s->on) {
		from_s = s->from_s;
		to_s = s->to_s;
	} else if (tui_ghosts(m, m->clip, ghost) > 0) {
		from_s = ghost[0].from_s;
		to_s = ghost[0].to_s;
	} else {
		return;
	}
	if (tui_view_col(&tl->view, to_s) < 0 || tui_view_col(&tl->view, from_s) >= tl->view.cols)
		tui_view_follow(&tl->view, from_s, MARGIN);
}

static void follow(struct tui_timeline *tl, const struct tui_model *m, const struct tui_timeline_layout *l)
{
	bool clip_moved = m->clip != tl->clip, cursor_moved = !(m->cursor_s == tl->cursor_s);

	if (clip_moved && m->clip >= 0 && m->clip < tl->n_spans)
		show_clip(tl, m);
	if (cursor_moved)
		tui_view_follow(&tl->view, m->cursor_s, MARGIN);
	if (m->track != tl->track || tl->top + l->n_lanes > m->snap->n_tracks) {
		if (m->track >= 0 && m->track < tl->top)
			tl->top = m->track;
		if (m->track >= tl->top + l->n_lanes)
			tl->top = m->track - l->n_lanes + 1;
		tl->top = clamp(tl->top, 0, m->snap->n_tracks - l->n_lanes);
	}
	if (tl->compare)
		choose_other(tl, m);
	tl->clip = m->clip;
	tl->track = m->track;
	tl->cursor_s = m->cursor_s;
}

static void fit(void *state, const struct tui_model *m, int rows, int cols)
{
	struct tui_timeline *tl = state;
	struct tui_timeline_layout l;
	double begin_s, end_s;
	bool resized = rows != tl->rows || cols != tl->cols;

	if (!tui_timeline_spans(tl, m, &begin_s, &end_s))
		tl->n_spans = 0;
	l = tui_timeline_layout(tl, m, rows, cols);
	tui_view_fit(&tl->view, begin_s, end_s, cols - l.gutter);
	if (resized) {
		tl->track = -2;
		if (tl->rows > 0)
			tui_view_follow(&tl->view, m->cursor_s, MARGIN);
	}
	tl->rows = rows;
	tl->cols = cols;
	follow(tl, m, &l);
}

static void draw(const void *state, const struct tui_model *m, struct tui_canvas c)
{
	const struct tui_timeline *tl = state;
	struct tui_timeline_layout l = tui_timeline_layout(tl, m, c.rows, c.cols);

	if (m->snap->n_clips == 0) {
		tui_put(c, 0, 1, TUI_QUIET, "no recordings yet");
		return;
	}
	if (tl->n_spans != m->snap->n_clips)
		return; /* no memory */
	tui_timeline_ruler(tl, m, c, &l);
	if (tl->compare)
		tui_timeline_compare(tl, m, c, &l);
	else
		tui_timeline_lanes(tl, m, c, &l);
	tui_timeline_playhead(tl, m, c, &l);
	tui_timeline_info(tl, m, c, &l);
}

static const char *note(const void *state, const struct tui_model *m, char *out, size_t n)
{
	const struct tui_timeline *tl = state;
	char time[48], step[24];

	if (m->snap->n_clips == 0 || !(tl->view.step_s > 0))
		return NULL;
	snprintf(out, n, "%s%s  1 col = %s", tl->compare ? "compare  " : "", tui_timeline_time(m, m->cursor_s, time, sizeof time),
		 tui_view_step_words(step, sizeof step, tl->view.step_s));
	return out;
}

/* --- moving ---------------------------------------------------------------------------------------------------- */

/* The cursor goes somewhere: a clip of its lane that lies there is chosen. */
static void go(struct tui_timeline *tl, struct tui *t, double at_s)
{
	int clip;

	t->m.cursor_s = fmin(fmax(at_s, tl->view.begin_s), tl->view.end_s);
	clip = tui_timeline_clip_at(tl, &t->m, t->m.track, t->m.cursor_s, t->m.clip);
	if (clip >= 0 && clip != t->m.clip) {
		tui_select(t, t->m.track, clip);
		t->m.cursor_s = fmin(fmax(at_s, tl->view.begin_s), tl->view.end_s);
	}
}

static void by_columns(struct tui_timeline *tl, struct tui *t, double cols)
{
	go(tl, t, t->m.cursor_s + cols * tl->view.step_s);
}

static void page(struct tui_timeline *tl, struct tui *t, double cols)
{
	tui_view_pan(&tl->view, cols);
	by_columns(tl, t, cols);
}

static void lanes(struct tui_timeline *tl, struct tui *t, int by)
{
	int track = clamp(t->m.track + by, 0, t->m.snap->n_tracks - 1);
	double at_s = t->m.cursor_s;

	if (t->m.snap->n_tracks == 0)
		return;
	tui_select(t, track, tui_timeline_clip_at(tl, &t->m, track, at_s, t->m.clip));
	t->m.cursor_s = at_s;
}

/* In the comparison: the next or previous clip to lay it over. */
static void next_other(struct tui_timeline *tl, struct tui *t, int by)
{
	int out[NEIGHBOURS], n = tui_timeline_beside(tl, &t->m, t->m.clip, t->m.cursor_s, out, NEIGHBOURS), at = 0;

	for (int i = 0; i < n; i++)
		if (out[i] == tl->other)
			at = i;
	if (n > 0)
		tl->other = out[((at + by) % n + n) % n];
}

/* The next beginning to the right, or the one to the left; ghosts of the chosen clip have theirs, too. */
static bool next_start(const struct tui_timeline *tl, const struct tui_model *m, bool right, double *at_s)
{
	struct tui_ghost ghost[TUI_GHOSTS_MAX];
	int n = tui_ghosts(m, m->clip, ghost);
	double hair_s = fmax(1e-6, 1e-9 * fabs(m->cursor_s)), best = right ? INFINITY : -INFINITY;

	for (int i = 0; i < tl->n_spans + n; i++) {
		double s = i < tl->n_spans ? tl->span[i].from_s : ghost[i - tl->n_spans].from_s;

		if (i < tl->n_spans && (!tl->span[i].on || m->snap->clips[i].track != m->track))
			continue;
		if (right ? s > m->cursor_s + hair_s && s < best : s < m->cursor_s - hair_s && s > best)
			best = s;
	}
	*at_s = best;
	return isfinite(best);
}

static void by_clips(struct tui_timeline *tl, struct tui *t, int n, bool right)
{
	double at_s;

	for (int i = 0; i < n && next_start(tl, &t->m, right, &at_s); i++)
		go(tl, t, at_s);
}

static void zoom(struct tui_timeline *tl, struct tui *t, int n)
{
	double before = tl->view.step_s;

	tui_view_zoom(&tl->view, n, t->m.cursor_s);
	if (tl->view.step_s == before)
		tui_say(t, TUI_QUIET, n > 0 ? "closer than this there is nothing to see" : "this is the whole shoot");
}

static void zoom_clip(struct tui_timeline *tl, struct tui *t)
{
	struct tui_view was = tl->view;
	struct tui_ghost ghost[TUI_GHOSTS_MAX];
	int clip = t->m.clip, n = tui_ghosts(&t->m, clip, ghost), k = 0;
	struct tui_span s = {0};

	if (clip >= 0 && clip < tl->n_spans)
		s = tl->span[clip];
	for (int i = 0; i < n; i++)
		if (t->m.cursor_s >= ghost[i].from_s && t->m.cursor_s < ghost[i].to_s)
			k = i;
	if (!s.on && n > 0)
		s = (struct tui_span){ghost[k].from_s, ghost[k].to_s, true};
	if (!s.on) {
		tui_say(t, TUI_WARNING, clip < 0 ? "no clip is chosen: go to one first" : "the clip has no place to look at");
		return;
	}
	if (t->m.cursor_s < s.from_s || t->m.cursor_s >= s.to_s)
		t->m.cursor_s = s.from_s;
	tui_view_span(&tl->view, s.from_s, s.to_s);
	/* It filled the window already: closer still. */
	if (was.step_s <= tl->view.step_s * 1.001) {
		tl->view = was;
		tui_view_zoom(&tl->view, 2, t->m.cursor_s);
	}
}

/* --- comparing ------------------------------------------------------------------------------------------------- */

static void leave_compare(struct tui_timeline *tl)
{
	tl->compare = false;
	tl->other = -1;
	tl->view = tl->before;
	tl->cursor_s = NAN; /* it may have gone far */
}

/* The cursor goes to where both are to be heard. */
static void enter_compare(struct tui_timeline *tl, struct tui *t)
{
	int other, clip = t->m.clip;
	double from_s, to_s;

	if (tui_timeline_beside(tl, &t->m, clip, t->m.cursor_s, &other, 1) == 0) {
		tui_say(t, TUI_WARNING, clip < 0 ? "compare what? go to a clip first"
					: tl->placed && tl->span[clip].on ? "nothing on another track lies over this clip"
									  : "the clip has no place yet");
		return;
	}
	from_s = fmax(tl->span[clip].from_s, tl->span[other].from_s);
	to_s = fmin(tl->span[clip].to_s, tl->span[other].to_s);
	if (t->m.cursor_s < from_s || t->m.cursor_s >= to_s)
		t->m.cursor_s = (from_s + to_s) / 2;
	tl->before = tl->view;
	tl->compare = true;
	tl->other = other;
	tl->view.least_step_s = TUI_STEP_COMPARE_S;
	tui_view_center(&tl->view, fmin(tl->view.step_s, COMPARE_STEP_S), t->m.cursor_s);
}

/* --- actions --------------------------------------------------------------------------------------------------- */

static void mark(struct tui_timeline *tl, struct tui *t)
{
	if (t->m.clip < 0) {
		tui_say(t, TUI_WARNING, "no clip is chosen: go to one first");
		return;
	}
	tui_mark(t, t->m.clip, !t->m.marked[t->m.clip]);
	by_clips(tl, t, 1, true);
}

static bool move(struct tui_timeline *tl, struct tui *t, enum as_action action, int n)
{
	int half = tl->view.cols / 2;

	switch (action) {
	case AS_ACTION_LEFT:
	case AS_ACTION_PAN_LEFT:
		by_columns(tl, t, -n);
		return true;
	case AS_ACTION_RIGHT:
	case AS_ACTION_PAN_RIGHT:
		by_columns(tl, t, n);
		return true;
	case AS_ACTION_PAGE_LEFT:
		page(tl, t, -(double)n * half);
		return true;
	case AS_ACTION_PAGE_RIGHT:
		page(tl, t, (double)n * half);
		return true;
	case AS_ACTION_TOP:
	case AS_ACTION_START:
		go(tl, t, tl->view.begin_s);
		return true;
	case AS_ACTION_BOTTOM:
	case AS_ACTION_END:
		go(tl, t, tl->view.end_s);
		return true;
	case AS_ACTION_NEXT_CLIP:
	case AS_ACTION_PREV_CLIP:
		by_clips(tl, t, n, action == AS_ACTION_NEXT_CLIP);
		return true;
	case AS_ACTION_UP:
	case AS_ACTION_DOWN:
		n = action == AS_ACTION_UP ? -n : n;
		if (tl->compare)
			next_other(tl, t, n);
		else
			lanes(tl, t, n);
		return true;
	case AS_ACTION_PAGE_UP:
	case AS_ACTION_PAGE_DOWN:
		half = tui_timeline_layout(tl, &t->m, tl->rows, tl->cols).n_lanes;
		lanes(tl, t, (action == AS_ACTION_PAGE_UP ? -n : n) * (half > 1 ? half - 1 : 1));
		return true;
	default:
		return false;
	}
}

static bool act(void *state, struct tui *t, enum as_action action, const struct tui_call *call)
{
	struct tui_timeline *tl = state;
	int n = call->count > 0 ? call->count : 1;
	double begin_s, end_s;

	if (tl->rows == 0 || !tui_timeline_spans(tl, &t->m, &begin_s, &end_s))
		return false;
	if (move(tl, t, action, n))
		return true;
	switch (action) {
	case AS_ACTION_ZOOM_IN:
		zoom(tl, t, n);
		return true;
	case AS_ACTION_ZOOM_OUT:
		zoom(tl, t, -n);
		return true;
	case AS_ACTION_ZOOM_ALL:
		tui_view_all(&tl->view);
		return true;
	case AS_ACTION_ZOOM_CLIP:
		zoom_clip(tl, t);
		return true;
	case AS_ACTION_UNITS:
		t->m.unit = (t->m.unit + 1) % TUI_UNITS;
		return true;
	case AS_ACTION_COMPARE:
		if (tl->compare)
			leave_compare(tl);
		else
			enter_compare(tl, t);
		return true;
	case AS_ACTION_CANCEL:
		if (!tl->compare || t->m.snap->busy)
			return false;
		leave_compare(tl);
		return true;
	case AS_ACTION_MARK:
		mark(tl, t);
		return true;
	default:
		return false;
	}
}

/* Waveforms are asked for again where there may be clips that have none. */
static void news(void *state, struct tui *t)
{
	struct tui_timeline *tl = state;

	if (tl->asked == t->m.session && tl->asked_generation == t->m.snap->generation)
		return;
	tl->asked = t->m.session;
	tl->asked_generation = t->m.snap->generation;
	as_session_want_waveforms(t->m.session);
}

const struct tui_pane_ops tui_pane_timeline = {.name = "timeline",
					       .title = "Timeline",
					       .place = AS_PLACE_TIMELINE,
					       .open = open_timeline,
					       .close = close_timeline,
					       .news = news,
					       .action = act,
					       .fit = fit,
					       .draw = draw,
					       .note = note};
