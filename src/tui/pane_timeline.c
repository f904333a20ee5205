/* Timeline: what lies where. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/app.h"
#include "tui/timeline.h"
#include "tui/timeline_place.h"

#define LANE_ROWS_MOST 16 /* taller waves tell no more */
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
	free(tl->shelf);
	free(tl);
}

static int clamp(int v, int least, int most)
{
	return v < least ? least : v > most ? most : v;
}

/* --- layout ---------------------------------------------------------------------------------------------------- */

/* Rows that are left go to lanes one by one. Where that is few lanes, and changes what a lane shows, it would look like an accident. */
static int taller_lanes(const struct tui_timeline_layout *l, int n_tracks)
{
	int left = l->lanes_rows - l->n_lanes * l->lane_rows;
	bool named = tui_timeline_wave_rows(l->lane_rows) < l->lane_rows;

	if (l->n_lanes < n_tracks || l->lane_rows == LANE_ROWS_MOST || (!named && 2 * left < l->n_lanes))
		return 0;
	return left;
}

struct tui_timeline_layout tui_timeline_layout(const struct tui_timeline *tl, const struct tui_model *m, int rows, int cols)
{
	struct tui_timeline_layout l = {.island_row = -1, .shelf_row = -1, .info_row = rows >= 6 ? rows - 1 : -1};
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
	if (tl->n_shelf > 0 && !tl->compare && rows >= 8)
		l.shelf_row = l.info_row - 1;
	l.lanes_rows = clamp((l.shelf_row >= 0 ? l.shelf_row : l.info_row >= 0 ? l.info_row : rows) - row, 0, rows);
	l.lane_rows = n > 0 ? clamp(l.lanes_rows / n, 1, LANE_ROWS_MOST) : 1;
	l.n_lanes = clamp(l.lanes_rows / l.lane_rows, 0, n);
	l.n_taller = taller_lanes(&l, n);
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
		tui_view_follow(&tl->view, from_s, TUI_TIMELINE_MARGIN);
}

static void follow(struct tui_timeline *tl, const struct tui_model *m, const struct tui_timeline_layout *l)
{
	bool clip_moved = m->clip != tl->clip, cursor_moved = !(m->cursor_s == tl->cursor_s);

	if (clip_moved && (m->clip < 0 || m->clip >= tl->n_spans || tl->span[m->clip].on))
		tl->on_shelf = false;
	if (clip_moved && m->clip >= 0 && m->clip < tl->n_spans)
		show_clip(tl, m);
	if (cursor_moved)
		tui_view_follow(&tl->view, m->cursor_s, TUI_TIMELINE_MARGIN);
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

	if (!tui_timeline_spans(tl, m, &begin_s, &end_s) || !tui_timeline_shelve(tl, m))
		tl->n_spans = tl->n_shelf = 0;
	l = tui_timeline_layout(tl, m, rows, cols);
	tui_view_fit(&tl->view, begin_s, end_s, cols - l.gutter);
	if (resized) {
		tl->track = -2;
		if (tl->rows > 0)
			tui_view_follow(&tl->view, m->cursor_s, TUI_TIMELINE_MARGIN);
	}
	tl->rows = rows;
	tl->cols = cols;
	follow(tl, m, &l);
}

/* Instead of empty lanes: why they are, and what can be done. */
static void draw_nothing_placed(const struct tui_model *m, struct tui_canvas c, const struct tui_timeline_layout *l)
{
	struct tui_canvas body = tui_part(c, 0, 0, l->lanes_row + l->lanes_rows, c.cols);
	char add[32], next[32], explain[32], text[512];
	int row = 1, cols = body.cols - 3;

	tui_keymap_key(m->keys, AS_PLACE_TIMELINE, AS_ACTION_ADD, add, sizeof add);
	tui_keymap_key(m->keys, AS_PLACE_TIMELINE, AS_ACTION_NEXT_PROBLEM, next, sizeof next);
	tui_keymap_key(m->keys, AS_PLACE_TIMELINE, AS_ACTION_ACTIVATE, explain, sizeof explain);
	row += tui_put_wrapped(body, row, 1, cols, 2, TUI_WARNING,
			       m->snap->n_clips == 1 ? "The clip has no place: there is nothing to compare it with."
						     : "No clip has a place: nothing says with confidence where one sits.");
	snprintf(text, sizeof text, "%s%s%s says why it has none, and lists the places that it could have.", next,
		 *next ? " goes to a clip, " : "", *explain ? explain : ":explain");
	row += tui_put_wrapped(body, row + 1, 1, cols, 3, TUI_PLAIN, text) + 1;
	row += tui_put_wrapped(body, row + 1, 1, cols, 3, TUI_PLAIN, ":place 0:00:12 puts a clip where you know that it belongs.") + 1;
	snprintf(text, sizeof text, "%s adds recordings: one that ran all the time may tie the others together.", *add ? add : ":add");
	tui_put_wrapped(body, row + 1, 1, cols, 3, TUI_PLAIN, text);
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
	if (tl->n_shelf == tl->n_spans) {
		draw_nothing_placed(m, c, &l);
	} else {
		tui_timeline_ruler(tl, m, c, &l);
		if (tl->compare)
			tui_timeline_compare(tl, m, c, &l);
		else
			tui_timeline_lanes(tl, m, c, &l);
		tui_timeline_playhead(tl, m, c, &l);
	}
	tui_timeline_shelf(tl, m, c, &l);
	tui_timeline_info(tl, m, c, &l);
}

static const char *note(const void *state, const struct tui_model *m, char *out, size_t n)
{
	const struct tui_timeline *tl = state;
	char time[48], step[24];

	if (m->snap->n_clips == 0 || !(tl->view.step_s > 0))
		return NULL;
	tui_timeline_time(m, m->cursor_s, time, sizeof time);
	if (m->unit == TUI_UNIT_FRAMES)
		snprintf(time + strlen(time), sizeof time - strlen(time), " (%s fps)", m->frame_rate);
	tui_view_step_words(step, sizeof step, tl->view.step_s);
	/* Beside the names of all panes there is little room. */
	if (tl->cols < 80 && strlen(time) + strlen(step) > 20)
		snprintf(out, n, "%s", time);
	else if (tl->cols < 80)
		snprintf(out, n, "%s %s/col", time, step);
	else
		snprintf(out, n, "%s%s  1 col = %s", tl->compare ? "compare  " : "", time, step);
	return out;
}

/* --- actions --------------------------------------------------------------------------------------------------- */

static bool act(void *state, struct tui *t, enum as_action action, const struct tui_call *call)
{
	struct tui_timeline *tl = state;
	int n = call->count > 0 ? call->count : 1;
	double begin_s, end_s;

	/* Not drawn yet: any window will do. */
	if (tl->rows == 0)
		fit(tl, &t->m, 20, 80);
	if (!tui_timeline_spans(tl, &t->m, &begin_s, &end_s) || !tui_timeline_shelve(tl, &t->m))
		return false;
	return tui_timeline_act(tl, t, action, n);
}

/* Below the last one: one that there is not. */
static int lane_at(const struct tui_timeline_layout *l, int row)
{
	int lane = 0;

	while (lane < l->n_lanes && row >= tui_timeline_lane_row(l, lane + 1))
		lane++;
	return lane;
}

/* The cursor goes there, and onto the clip that is there. */
static bool click(void *state, struct tui *t, struct tui_place at)
{
	struct tui_timeline *tl = state;
	struct tui_timeline_layout l = tui_timeline_layout(tl, &t->m, at.rows, at.cols);
	int track = tl->compare ? -1 : tl->top + lane_at(&l, at.row), clip = -1;
	double at_s = tui_view_time_s(&tl->view, at.col - l.gutter + 0.5), begin_s, end_s;

	if (at.col < l.gutter || at.row >= l.lanes_row + l.lanes_rows || t->m.snap->n_clips == 0)
		return false;
	if (at.row < l.lanes_row || track >= t->m.snap->n_tracks || !tui_timeline_spans(tl, &t->m, &begin_s, &end_s))
		track = -1;
	if (track >= 0)
		clip = tui_timeline_clip_at(tl, &t->m, track, at_s, t->m.clip);
	if (track >= 0)
		tui_select(t, track, clip);
	tl->on_shelf = false;
	t->m.cursor_s = at_s < 0 ? 0 : at_s;
	return clip >= 0;
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
					       .click = click,
					       .action = act,
					       .fit = fit,
					       .draw = draw,
					       .note = note};
