/* Clocks of devices: what their stamps say against where the sound puts their clips. A stamp minus a place is the moment at which
 * the island began, by that device's clock; devices whose clocks are right agree about it. */
#include <math.h>
#include <stdlib.h>

#include "export/report_private.h"

#define STAMP_S 2.5  /* recorders write whole seconds, some a moment late */
#define DAY_S 86400.0

struct stamp {
	int clip, track, island;
	double began_s;     /* the island, by this stamp as the start of its clip */
	double began_end_s; /* the same if it tells the end */
};

struct look {
	const struct report *r;
	bool timecode;
	struct stamp *v;
	int n;
	double *scratch; /* room for n */
	double *base_s;  /* per island: when it began by the base's clock; NAN unknown */
};

static int by_value(const void *pa, const void *pb)
{
	double a = *(const double *)pa, b = *(const double *)pb;
	return (a > b) - (a < b);
}

/* Timecode begins again at midnight. */
static double difference(const struct look *l, double a, double b)
{
	return l->timecode ? remainder(a - b, DAY_S) : a - b;
}

static double median(double *v, int n)
{
	qsort(v, (size_t)n, sizeof *v, by_value);
	return n % 2 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

static void collect(struct look *l)
{
	const struct as_snapshot *s = l->r->s;
	for (int k = 0; k < l->r->outline.n_clips; k++) {
		int i = l->r->outline.clips[k];
		const struct as_clip *c = &s->clips[i];
		double stamp_s = l->timecode ? c->start_tc_s : c->created_s;
		if (!isfinite(stamp_s) || !as_outline_is_placed(s, i) || c->track < 0 || c->track >= s->n_tracks)
			continue;
		const struct as_placement *p = &s->placements[i];
		bool by_stamp = p->method != AS_METHOD_AUDIO && p->method != AS_METHOD_MANUAL;
		if (by_stamp || p->island < 1 || p->island > s->n_islands)
			continue;
		double length_s = isfinite(c->duration_s) ? c->duration_s : 0;
		l->v[l->n++] = (struct stamp){i, c->track, p->island, stamp_s - p->start_s, stamp_s - p->start_s - length_s};
	}
}

/* The middle of what one device says of one island; its clock wraps about the first value. */
static double island_median(const struct look *l, int track, int island)
{
	int n = 0;
	double first = NAN;
	for (int i = 0; i < l->n; i++) {
		if (l->v[i].track != track || l->v[i].island != island)
			continue;
		if (n == 0)
			first = l->v[i].began_s;
		l->scratch[n++] = difference(l, l->v[i].began_s, first);
	}
	return n ? first + median(l->scratch, n) : NAN;
}

static double spread(const struct look *l, int track, bool ends)
{
	double worst = 0, first[2] = {NAN, NAN};
	int island = 0;
	for (int i = 0; i < l->n; i++) {
		if (l->v[i].track != track || (island && l->v[i].island != island))
			continue;
		island = l->v[i].island;
		double v = ends ? l->v[i].began_end_s : l->v[i].began_s;
		if (isnan(first[ends]))
			first[ends] = v;
		worst = fmax(worst, fabs(difference(l, v, first[ends])));
	}
	return worst;
}

/* Some recorders stamp the end: their clips agree only then. */
static bool tells_ends(const struct look *l, int track)
{
	return spread(l, track, false) > STAMP_S && spread(l, track, true) <= STAMP_S;
}

static struct report_clock *clock_of(const struct look *l, struct report *r, int track)
{
	return l->timecode ? &r->devices[track].timecode : &r->devices[track].created;
}

/* The reference if it has stamps, else the track with most of them. */
static int choose_base(const struct look *l, int *counts)
{
	const struct as_snapshot *s = l->r->s;
	int base = -1;
	for (int i = 0; i < l->n; i++)
		counts[l->v[i].track]++;
	for (int t = 0; t < s->n_tracks; t++) {
		if (counts[t] == 0)
			continue;
		if (base < 0 || (s->tracks[t].reference && !s->tracks[base].reference) ||
		    (counts[t] > counts[base] && !s->tracks[base].reference))
			base = t;
	}
	return base;
}

/* Each device against the base, where both have stamps in an island. */
static void compare(const struct look *l, struct report *r, int base)
{
	for (int i = 0; i < r->s->n_islands; i++)
		l->base_s[i] = island_median(l, base, i + 1);
	for (int t = 0; t < r->s->n_tracks; t++) {
		struct report_clock *c = clock_of(l, r, t);
		int n = 0;
		for (int i = 0; i < l->n; i++) {
			double base_s = l->v[i].track == t ? l->base_s[l->v[i].island - 1] : NAN;
			if (isfinite(base_s))
				l->scratch[n++] = difference(l, l->v[i].began_s, base_s);
		}
		c->n = n;
		c->off_s = n ? median(l->scratch, n) : NAN;
		c->spread_s = n ? fmax(c->off_s - l->scratch[0], l->scratch[n - 1] - c->off_s) : NAN;
	}
}

/* How many devices agree with what this one's clock says. */
static int agreeing(const struct look *l, struct report *r, int track)
{
	int n = 0;
	for (int t = 0; t < r->s->n_tracks; t++)
		n += clock_of(l, r, t)->n > 0 &&
		     fabs(difference(l, clock_of(l, r, t)->off_s, clock_of(l, r, track)->off_s)) <= STAMP_S;
	return n;
}

/* Most devices decide what time it was; in doubt the one that they were compared with. */
static int elect(const struct look *l, struct report *r, int base)
{
	int best = base, votes = agreeing(l, r, base);
	for (int t = 0; t < r->s->n_tracks; t++) {
		int n = clock_of(l, r, t)->n > 0 ? agreeing(l, r, t) : 0;
		if (n > votes) {
			best = t;
			votes = n;
		}
	}
	return best;
}

static bool note_odd(const struct look *l, struct report *r)
{
	if (l->n == 0)
		return true;
	struct report_odd *all = realloc(r->odd, ((size_t)r->n_odd + (size_t)l->n) * sizeof *all);
	if (!all)
		return false;
	r->odd = all;
	for (int i = 0; i < l->n; i++) {
		const struct report_clock *c = clock_of(l, r, l->v[i].track);
		double base_s = l->base_s[l->v[i].island - 1];
		double off_s = difference(l, l->v[i].began_s, base_s) - c->off_s;
		/* Of two that contradict each other nobody knows which is right. */
		if (c->n > 2 && isfinite(off_s) && fabs(off_s) > STAMP_S)
			all[r->n_odd++] = (struct report_odd){l->v[i].clip, l->timecode, off_s};
	}
	return true;
}

static bool judge(struct look *l, struct report *r, int *base)
{
	int *counts = calloc((size_t)r->s->n_tracks + 1, sizeof *counts);
	bool ok = counts != NULL;
	l->n = 0;
	collect(l);
	*base = ok ? choose_base(l, counts) : -1;
	for (int t = 0; t < r->s->n_tracks; t++)
		*clock_of(l, r, t) = (struct report_clock){.off_s = NAN, .spread_s = NAN};
	if (*base < 0)
		goto out;
	for (int t = 0; t < r->s->n_tracks && !l->timecode; t++) {
		clock_of(l, r, t)->ends = tells_ends(l, t);
		for (int i = 0; i < l->n && clock_of(l, r, t)->ends; i++)
			if (l->v[i].track == t)
				l->v[i].began_s = l->v[i].began_end_s;
	}
	compare(l, r, *base);
	*base = elect(l, r, *base);
	compare(l, r, *base);
	for (int t = 0; t < r->s->n_tracks; t++)
		clock_of(l, r, t)->wrong = fabs(clock_of(l, r, t)->off_s) > STAMP_S;
	ok = note_odd(l, r);
out:
	free(counts);
	return ok;
}

bool report_judge_clocks(struct report *r)
{
	size_t n = (size_t)r->s->n_clips + 1;
	struct look l = {.r = r,
			 .v = calloc(n, sizeof *l.v),
			 .scratch = calloc(n, sizeof *l.scratch),
			 .base_s = calloc((size_t)r->s->n_islands + 1, sizeof *l.base_s)};
	bool ok = l.v && l.scratch && l.base_s && judge(&l, r, &r->created_base);
	l.timecode = true;
	ok = ok && judge(&l, r, &r->timecode_base);
	free(l.v);
	free(l.scratch);
	free(l.base_s);
	return ok;
}
