/* What an editor should look at: markers. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"
#include "export/timeline_private.h"

const char *as_timeline_mark_name(enum as_timeline_mark kind)
{
	static const char *const names[] = {
		[AS_MARK_ISLAND] = "island",   [AS_MARK_SPLICE] = "splice",
		[AS_MARK_WEAK] = "uncertain",  [AS_MARK_OVERLAP] = "overlap",
		[AS_MARK_UNPLACED] = "unplaced", [AS_MARK_DRIFT] = "drift",
		[AS_MARK_LEFT_OUT] = "left out",
	};
	return names[kind];
}

struct spot {
	int track, item;
	double at_s;
};

/* ---- adding ---- */

static void __attribute__((format(printf, 4, 5)))
add(struct as_timeline_builder *b, enum as_timeline_mark kind, struct spot at, const char *fmt, ...)
{
	struct as_timeline *t = b->t;
	struct as_timeline_marker m = {.kind = kind, .at_s = at.at_s, .track = at.track, .item = at.item};
	struct as_buffer note = {0};
	va_list ap;
	struct as_timeline_marker *v =
		as_timeline_grow(b, t->markers, t->n_markers, &b->cap_markers, sizeof *v);
	if (!v)
		return;
	t->markers = v;
	va_start(ap, fmt);
	as_buffer_vaddf(&note, fmt, ap);
	va_end(ap);
	char *raw = as_buffer_take(&note);
	m.note = raw ? as_text_escape_dup(raw) : NULL;
	free(raw);
	m.name = strdup(as_timeline_mark_name(kind));
	if (!m.note || !m.name || !as_rate_frames(fmax(at.at_s, 0), t->rate, &m.frame)) {
		free(m.note);
		free(m.name);
		b->failed = true;
		return;
	}
	/* A marker on an item lies inside it. */
	if (at.item >= 0) {
		const struct as_timeline_item *it = &t->tracks[at.track].items[at.item];
		if (m.frame >= it->record_out)
			m.frame = it->record_out - 1;
		if (m.frame < it->record_in)
			m.frame = it->record_in;
	}
	t->markers[t->n_markers++] = m;
}

static const char *name_of(const struct as_timeline_builder *b, const struct as_timeline_item *it)
{
	return b->t->media[it->media].name;
}

/* ---- what there is to say ---- */

static void mark_islands(struct as_timeline_builder *b)
{
	for (int i = 1; b->snap->n_islands > 1 && i <= b->snap->n_islands; i++) {
		struct spot at = {-1, -1,
				  as_timeline_island_start_s(b->snap, b->cfg->island_gap_s, i)};
		add(b, AS_MARK_ISLAND, at, "island %d of %d: nothing connects it with the others", i,
		    b->snap->n_islands);
	}
}

/* The segment that the item lies in begins this much later than the one before says. */
static double step_at(const struct as_placement *p, double clip_s)
{
	for (int i = p->n_segments - 1; i > 0; i--) {
		if (p->segments[i].from_s <= clip_s + 1e-6)
			return p->segments[i].start_s - p->segments[i - 1].start_s;
	}
	return 0;
}

/* Clip time at the item's beginning. */
static double clip_time(const struct as_timeline_builder *b, const struct as_timeline_item *it)
{
	const struct as_timeline_media *m = &b->t->media[it->media];
	double base_s = 0;
	for (int k = 0; k < m->part; k++)
		base_s += b->t->media[it->media - m->part + k].sound_s;
	return it->source_s - m->sound_start_s + base_s;
}

/* A constant drift is worst at the end; a clock that wanders is so anywhere, and no one speed can follow it. */
static void mark_drift(struct as_timeline_builder *b, struct spot at, const struct as_timeline_item *it)
{
	const struct as_placement *p = &b->snap->placements[it->clip];
	const char *late = it->worst_residual_s > 0 ? "late" : "early";
	const double off_s = fabs(it->worst_residual_s), ppm = isfinite(p->drift_ppm) ? p->drift_ppm : 0;
	if (p->n_clock > 0 && it->speed != 1)
		add(b, AS_MARK_DRIFT, at, "%s: its clock wanders, which one speed cannot follow: %.4f s %s here",
		    name_of(b, it), off_s, late);
	else if (p->n_clock > 0)
		add(b, AS_MARK_DRIFT, at, "%s: its clock wanders (%+.1f ppm on average): %.4f s %s here",
		    name_of(b, it), ppm, off_s, late);
	else
		add(b, AS_MARK_DRIFT, at, "%s: its clock is off by %+.1f ppm: %.4f s %s here", name_of(b, it), ppm,
		    off_s, late);
}

static void mark_item(struct as_timeline_builder *b, int track, int item)
{
	const struct as_timeline_track *k = &b->t->tracks[track];
	const struct as_timeline_item *it = &k->items[item];
	const struct as_frame_rate rate = b->t->rate;
	const struct as_placement *p = &b->snap->placements[it->clip];
	struct spot at = {track, item, it->start_s};
	bool first = !it->splice && !it->next_part;
	if (it->splice) {
		double step_s = step_at(p, clip_time(b, it));
		add(b, AS_MARK_SPLICE, at, "%s: %.4f s of sound were %s here", name_of(b, it),
		    fabs(step_s), step_s > 0 ? "lost" : "recorded twice");
	}
	if (first && it->verdict == AS_VERDICT_MODERATE)
		add(b, AS_MARK_WEAK, at, "%s: placed with moderate confidence (%.1f decades)",
		    name_of(b, it), p->confidence);
	if (first && k->lane > 0)
		add(b, AS_MARK_OVERLAP, at, "%s: begins while another clip of its device runs",
		    name_of(b, it));
	if (fabs(it->worst_residual_s - it->residual_s) * rate.num / rate.den > 0.5)
		mark_drift(b, (struct spot){track, item, it->worst_s}, it);
}

/* A clip too weak to be placed, where it might belong. */
static void mark_candidates(struct as_timeline_builder *b)
{
	for (int i = 0; i < b->snap->n_clips; i++) {
		const struct as_placement *p = &b->snap->placements[i];
		if (p->verdict != AS_VERDICT_WEAK || p->n_candidates < 1 || p->beside < 0 ||
		    p->beside >= b->snap->n_clips)
			continue;
		const struct as_placement *beside = &b->snap->placements[p->beside];
		double at_s = p->candidates[0].start_s;
		if (beside->island <= 0 || !isfinite(at_s))
			continue;
		at_s += as_timeline_island_start_s(b->snap, b->cfg->island_gap_s, beside->island);
		add(b, AS_MARK_WEAK, (struct spot){-1, -1, fmax(at_s, 0)},
		    "%s: might begin here, but nothing confirms it", b->snap->clips[i].name);
	}
}

static void mark_unplaced(struct as_timeline_builder *b, int track)
{
	const struct as_timeline_track *k = &b->t->tracks[track];
	int n = 0;
	for (int i = 0; i < k->n_items; i++)
		n += !k->items[i].next_part;
	if (k->n_items > 0)
		add(b, AS_MARK_UNPLACED, (struct spot){-1, -1, k->items[0].start_s},
		    "%d recording%s without a place from here on", n, n == 1 ? "" : "s");
}

bool as_timeline_leave_out(struct as_timeline_builder *b)
{
	for (int k = 0; b->cfg->holds && k < b->t->n_tracks && !b->failed; k++) {
		struct as_timeline_track *tr = &b->t->tracks[k];
		int kept = 0;
		for (int i = 0; i < tr->n_items; i++) {
			if (b->cfg->holds(b->t->media[tr->items[i].media].target))
				tr->items[kept++] = tr->items[i];
			else
				add(b, AS_MARK_LEFT_OUT, (struct spot){-1, -1, tr->items[i].start_s},
				    "%s: not here: its path cannot be written in this format", name_of(b, &tr->items[i]));
		}
		tr->n_items = kept;
	}
	return !b->failed;
}

static int by_frame(const void *pa, const void *pb)
{
	const struct as_timeline_marker *a = pa, *b = pb;
	if (a->frame != b->frame)
		return a->frame < b->frame ? -1 : 1;
	if (a->track != b->track)
		return a->track < b->track ? -1 : 1;
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	return strcmp(a->note, b->note);
}

bool as_timeline_mark(struct as_timeline_builder *b)
{
	mark_islands(b);
	mark_candidates(b);
	for (int k = 0; k < b->t->n_tracks && !b->failed; k++) {
		if (b->t->tracks[k].kind == AS_LANE_UNPLACED)
			mark_unplaced(b, k);
		for (int i = 0; b->t->tracks[k].kind == AS_LANE_DEVICE &&
				i < b->t->tracks[k].n_items;
		     i++)
			mark_item(b, k, i);
	}
	if (b->t->n_markers > 1)
		qsort(b->t->markers, (size_t)b->t->n_markers, sizeof *b->t->markers, by_frame);
	return !b->failed;
}
