#include "export/camera_clock.h"

#include <math.h>
#include <stdlib.h>

#define TURNS 4 /* the clock's wander changes by under 1e-3 of the time that it is asked for */
#define KNOTS_APART_S 1e-3

static double ratio_of(const struct as_course *c)
{
	return 1 + c->drift_ppm * 1e-6;
}

static double wander(const struct as_course *c, double t)
{
	const struct as_clock_knot *k = c->clock;
	int i = 0;
	while (i < c->n_clock && k[i].at_s < t)
		i++;
	if (i == 0 || i == c->n_clock)
		return c->n_clock > 0 ? k[i > 0 ? i - 1 : 0].shift_s : 0;
	return k[i - 1].shift_s + (k[i].shift_s - k[i - 1].shift_s) * (t - k[i - 1].at_s) /
					  (k[i].at_s - k[i - 1].at_s);
}

static double on_timeline(const struct as_course *c, int segment, double t)
{
	return c->segments[segment].start_s + t / ratio_of(c) + wander(c, t);
}

static double by_own_clock(const struct as_course *c, int segment, double timeline_s)
{
	double line = timeline_s - c->segments[segment].start_s, t = line * ratio_of(c);
	for (int i = 0; i < TURNS; i++)
		t = (line - wander(c, t)) * ratio_of(c);
	return t;
}

/* The ends of a segment in the clip's time; the first and the last go on beyond what they say. */
static double begin_of(const struct as_course *c, int segment)
{
	return segment == 0 ? -INFINITY : c->segments[segment].from_s;
}

static double end_of(const struct as_course *c, int segment)
{
	return segment + 1 == c->n_segments ? INFINITY : c->segments[segment].to_s;
}

static int segment_of(const struct as_course *c, double t)
{
	int i = 0;
	while (i + 1 < c->n_segments && t >= c->segments[i].to_s)
		i++;
	return i;
}

static int segment_on_timeline(const struct as_course *c, double timeline_s)
{
	int i = 0;
	while (i + 1 < c->n_segments && by_own_clock(c, i, timeline_s) >= c->segments[i].to_s)
		i++;
	return i;
}

/* Stretches in which neither of the two has a break. */
static void lay_segments(const struct as_course *a, const struct as_course *camera, struct as_laid *out)
{
	for (int i = 0; i < a->n_segments; i++) {
		for (int k = 0; k < camera->n_segments; k++) {
			double from = fmax(0, begin_of(a, i)), to = fmin(a->duration_s, end_of(a, i));
			double first = begin_of(camera, k), last = end_of(camera, k);
			if (isfinite(first))
				from = fmax(from, by_own_clock(a, i, on_timeline(camera, k, first)));
			if (isfinite(last))
				to = fmin(to, by_own_clock(a, i, on_timeline(camera, k, last)));
			if (from >= to)
				continue;
			out->segments[out->n_segments++] = (struct as_segment){
				.from_s = from,
				.to_s = to,
				.start_s = (a->segments[i].start_s - camera->segments[k].start_s) *
					   ratio_of(camera)};
		}
	}
}

static int by_time(const void *pa, const void *pb)
{
	double x = ((const struct as_clock_knot *)pa)->at_s, y = ((const struct as_clock_knot *)pb)->at_s;
	return x < y ? -1 : x > y;
}

/* What both clocks wander, at the knots of both. */
static void lay_clock(const struct as_course *a, const struct as_course *camera, struct as_laid *out)
{
	int n = 0, kept = 0;
	for (int i = 0; i < a->n_clock; i++)
		out->clock[n++].at_s = a->clock[i].at_s;
	for (int i = 0; i < camera->n_clock; i++) {
		double t = camera->clock[i].at_s;
		double timeline_s = on_timeline(camera, segment_of(camera, t), t);
		out->clock[n++].at_s = by_own_clock(a, segment_on_timeline(a, timeline_s), timeline_s);
	}
	qsort(out->clock, (size_t)n, sizeof *out->clock, by_time);
	for (int i = 0; i < n; i++) {
		double t = out->clock[i].at_s;
		if (kept > 0 && t - out->clock[kept - 1].at_s < KNOTS_APART_S)
			continue;
		double timeline_s = on_timeline(a, segment_of(a, t), t);
		double u = by_own_clock(camera, segment_on_timeline(camera, timeline_s), timeline_s);
		out->clock[kept++] = (struct as_clock_knot){
			.at_s = t, .shift_s = (wander(a, t) - wander(camera, u)) * ratio_of(camera)};
	}
	out->n_clock = kept;
}

bool as_lay_by_camera(const struct as_course *clip, const struct as_course *camera, struct as_laid *out)
{
	size_t n_segments = (size_t)clip->n_segments * (size_t)camera->n_segments;
	size_t n_clock = (size_t)clip->n_clock + (size_t)camera->n_clock;
	*out = (struct as_laid){.speed_ppm = (ratio_of(clip) / ratio_of(camera) - 1) * 1e6};
	out->segments = calloc(n_segments + 1, sizeof *out->segments);
	out->clock = calloc(n_clock + 1, sizeof *out->clock);
	if (!out->segments || !out->clock) {
		as_laid_done(out);
		return false;
	}
	lay_segments(clip, camera, out);
	lay_clock(clip, camera, out);
	return true;
}

void as_laid_done(struct as_laid *l)
{
	free(l->segments);
	free(l->clock);
	*l = (struct as_laid){0};
}
