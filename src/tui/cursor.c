#include "tui/cursor.h"

#include <limits.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

/* --- the nearest clip ------------------------------------------------------------------------------------------- */

/* How far a clip is from another in the order of the tree: the other track counts more than any way within one, and the way down is the
 * shorter one of two. */
static int64_t distance(const struct as_clip *from, const struct as_clip *to)
{
	int64_t tracks = (int64_t)to->track - from->track, way = (int64_t)to->order - from->order;

	if (tracks != 0)
		way = tracks > 0 ? to->order : INT_MAX - (int64_t)to->order;
	else
		way = way > 0 ? 2 * way - 1 : -2 * way;
	return ((tracks > 0 ? 2 * tracks - 1 : -2 * tracks) << 32) + way;
}

/* Of the old clips that are still there, the one nearest to one of them, as it is counted now; -1: none is. */
static int nearest_left(const struct as_snapshot *old, int clip, const struct as_snapshot *s)
{
	int64_t least = INT64_MAX;
	int found = -1;

	for (int i = 0; i < old->n_clips; i++) {
		int64_t far = distance(&old->clips[clip], &old->clips[i]);
		int now = far < least ? tui_clip_now(s, old->clips[i].path, i, old->n_clips) : -1;

		if (now >= 0) {
			least = far;
			found = now;
		}
	}
	return found;
}

void tui_cursor_carry(struct tui *t, const struct as_snapshot *old, const struct as_snapshot *s)
{
	int clip = old && t->m.clip >= 0 && t->m.clip < old->n_clips ? nearest_left(old, t->m.clip, s) : -1;

	t->m.clip = clip;
	if (clip >= 0)
		t->m.track = s->clips[clip].track;
	else if (t->m.track >= s->n_tracks)
		t->m.track = s->n_tracks - 1;
	else if (t->m.track < 0 && s->n_tracks > 0)
		t->m.track = 0;
}

/* --- what a step touched ---------------------------------------------------------------------------------------- */

static bool differ(double a, double b)
{
	return !(a == b || (isnan(a) && isnan(b)));
}

static bool place_changed(const struct as_placement *a, const struct as_placement *b)
{
	if (!a || !b)
		return (a && a->island > 0) || (b && b->island > 0);
	return a->island != b->island || a->verdict != b->verdict || a->method != b->method || a->locked != b->locked ||
	       differ(a->start_s, b->start_s) || differ(a->drift_ppm, b->drift_ppm);
}

/* Tracks are counted anew where one comes or goes, and called anew where one is renamed: only another place in both is another track. */
static bool track_changed(const struct as_snapshot *a, int i, const struct as_snapshot *b, int k)
{
	return a->clips[i].track != b->clips[k].track &&
	       strcmp(a->tracks[a->clips[i].track].name, b->tracks[b->clips[k].track].name) != 0;
}

static bool clip_changed(const struct as_snapshot *old, const struct as_snapshot *s, int clip)
{
	int was = tui_clip_now(old, s->clips[clip].path, clip, s->n_clips);

	if (was < 0)
		return true;
	return place_changed(old->placements ? &old->placements[was] : NULL, s->placements ? &s->placements[clip] : NULL) ||
	       track_changed(old, was, s, clip) || old->clips[was].media != s->clips[clip].media ||
	       strcmp(old->clips[was].path, s->clips[clip].path) != 0;
}

static bool track_touched(const struct as_snapshot *old, const struct as_snapshot *s, int track)
{
	int was = tui_track_named(old, s->tracks[track].name);

	return was < 0 || old->tracks[was].reference != s->tracks[track].reference;
}

/* Whether clip a comes before b in the tree, those of the cursor's track before all others. */
static bool sooner(const struct tui_model *m, int a, int b)
{
	const struct as_clip *x = &m->snap->clips[a], *y = &m->snap->clips[b];

	if (x->track == y->track)
		return x->order < y->order;
	return x->track == m->track || (y->track != m->track && x->track < y->track);
}

/* The first clip that has come or changed; -1: none. */
static int first_changed(const struct tui_model *m, const struct as_snapshot *old)
{
	int found = -1;

	for (int i = 0; i < m->snap->n_clips; i++)
		if ((found < 0 || sooner(m, i, found)) && clip_changed(old, m->snap, i))
			found = i;
	return found;
}

/* The one nearest to the first clip that has gone; -1: none has. */
static int beside_gone(const struct tui_model *m, const struct as_snapshot *old)
{
	for (int i = 0; i < old->n_clips; i++)
		if (tui_clip_now(m->snap, old->clips[i].path, i, old->n_clips) < 0)
			return nearest_left(old, i, m->snap);
	return -1;
}

static int first_of_track(const struct as_snapshot *s, int track)
{
	int found = -1;

	for (int i = 0; i < s->n_clips; i++)
		if (s->clips[i].track == track && (found < 0 || s->clips[i].order < s->clips[found].order))
			found = i;
	return found;
}

/* A step that touched tracks alone: one of those has the cursor, on a clip of it where it has any. */
static void follow_track(struct tui *t, const struct as_snapshot *old)
{
	const struct as_snapshot *s = t->m.snap;

	if (t->m.track >= 0 && track_touched(old, s, t->m.track))
		return;
	for (int i = 0; i < s->n_tracks; i++)
		if (track_touched(old, s, i)) {
			tui_select(t, i, first_of_track(s, i));
			return;
		}
}

void tui_cursor_follow(struct tui *t, const struct as_snapshot *old)
{
	int clip = t->m.clip;

	if (clip >= 0 && clip_changed(old, t->m.snap, clip)) {
		tui_select(t, -1, clip);
		return;
	}
	clip = first_changed(&t->m, old);
	if (clip < 0)
		clip = beside_gone(&t->m, old);
	if (clip >= 0)
		tui_select(t, -1, clip);
	else
		follow_track(t, old);
}
