/* Moving about on the timeline: the cursor, the view, the comparison. */
#include <math.h>

#include "tui/app.h"
#include "tui/timeline.h"
#include "tui/timeline_place.h"

#define COMPARE_STEP_S 0.02 /* where comparing begins */
#define NEIGHBOURS 32

static int clamp(int v, int least, int most)
{
	return v < least ? least : v > most ? most : v;
}

/* --- comparing ------------------------------------------------------------------------------------------------- */

static void leave_compare(struct tui_timeline *tl)
{
	tl->compare = false;
	tl->other = -1;
	tl->view = tl->before;
	tl->cursor_s = NAN; /* it may have gone far */
}

/* The cursor goes to where both are to be heard, and the view to where both are to be seen. */
static void into_overlap(struct tui_timeline *tl, struct tui *t)
{
	const struct tui_span *a = &tl->span[t->m.clip], *b = &tl->span[tl->other];
	double from_s = fmax(a->from_s, b->from_s), to_s = fmin(a->to_s, b->to_s);
	double half_s = fmin((tl->view.cols / 2 - TUI_TIMELINE_MARGIN) * tl->view.step_s, (to_s - from_s) / 2);

	if (t->m.cursor_s < from_s || t->m.cursor_s >= to_s)
		t->m.cursor_s = (from_s + to_s) / 2;
	tui_view_center(&tl->view, tl->view.step_s, fmin(fmax(t->m.cursor_s, from_s + half_s), to_s - half_s));
	tl->cursor_s = t->m.cursor_s;
}

/* In the comparison: the next or previous clip to lay it over. */
static void next_other(struct tui_timeline *tl, struct tui *t, int by)
{
	int out[NEIGHBOURS], n = tui_timeline_beside(tl, &t->m, t->m.clip, t->m.cursor_s, out, NEIGHBOURS), at = 0;

	for (int i = 0; i < n; i++)
		if (out[i] == tl->other)
			at = i;
	if (n == 0)
		return;
	tl->other = out[((at + by) % n + n) % n];
	into_overlap(tl, t);
}

static void enter_compare(struct tui_timeline *tl, struct tui *t)
{
	int other, clip = t->m.clip;

	if (tui_timeline_beside(tl, &t->m, clip, t->m.cursor_s, &other, 1) == 0) {
		tui_say(t, TUI_WARNING, clip < 0 ? "compare what? go to a clip first"
					: tl->placed && tl->span[clip].on ? "nothing on another track lies over this clip"
									  : "the clip has no place yet");
		return;
	}
	tl->before = tl->view;
	tl->compare = true;
	tl->other = other;
	tl->view.least_step_s = TUI_STEP_COMPARE_S;
	tl->view.step_s = fmin(tl->view.step_s, COMPARE_STEP_S);
	tl->view.whole = false;
	into_overlap(tl, t);
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
	if (tl->on_shelf && by < 0) {
		tl->on_shelf = false;
		track = clamp(t->m.snap->n_tracks + by, 0, t->m.snap->n_tracks - 1);
	} else if (by > 0 && t->m.track + by >= t->m.snap->n_tracks && tui_timeline_to_shelf(tl, t)) {
		return;
	}
	tui_select(t, track, tui_timeline_clip_at(tl, &t->m, track, at_s, t->m.clip));
	t->m.cursor_s = at_s;
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

bool tui_timeline_act(struct tui_timeline *tl, struct tui *t, enum as_action action, int n)
{
	if (tui_timeline_shelf_act(tl, t, action, n) || move(tl, t, action, n))
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
	case AS_ACTION_ESCAPE:
		if (!tl->compare)
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
