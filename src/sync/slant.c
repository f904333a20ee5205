#include "sync/slant.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sync/hypothesis.h"

enum {
	REACH = AS_LOCAL_REACH,
	OFFSETS = 1200, /* samples to both sides of the middle: 150 ms */
	STEP = 8, /* by so many samples, 1 ms, the furthest window moves from one slope to the next … */
	SLOPES = (REACH - OFFSETS) / STEP, /* … so many times to both sides */
	FINE = STEP,                       /* then by single samples */
	WIDTH = 2 * REACH + 1,
	APART = 40,
};

#define CAP 12.0f /* nats: no window outweighs a handful of others */
#define FLOOR -1.0f

struct stack {
	const struct as_track *t;
	float *trace;     /* a row of WIDTH for each window */
	double mid, half; /* centre of the windows and how far the last is from it */
	int from, to;     /* tilts that two clocks can have */
	float sum[2 * OFFSETS + 1];
};

/* A line: offset at the centre, and by how much more the furthest window is off, in samples. */
struct line {
	float sum;
	int offset, tilt;
};

/* The lags of all windows about the line that is given, in nats. */
static int gather(struct stack *s, struct as_local_ws *ws, const struct as_signal *target,
		  const struct as_signal *src, const atomic_bool *cancel)
{
	const struct as_track *t = s->t;

	for (int i = 0; i < t->n; i++) {
		struct as_local l;
		float *v = s->trace + (size_t)i * WIDTH;

		if (cancel && atomic_load_explicit(cancel, memory_order_relaxed))
			return 1;
		as_correlate_local(ws, target, src, t->w[i].at,
				   t->lag + t->slope * (t->w[i].mid - t->anchor), 1, &l, v, REACH);
		for (int k = 0; k < WIDTH; k++)
			v[k] = v[k] > CAP ? CAP : v[k] < FLOOR ? FLOOR : v[k];
	}
	return 0;
}

/* Sums for all offsets [-OFFSETS, OFFSETS] at one tilt. */
static void add_up(struct stack *s, int tilt)
{
	memset(s->sum, 0, sizeof(s->sum));
	for (int i = 0; i < s->t->n; i++) {
		const float *v = s->trace + (size_t)i * WIDTH + (REACH - OFFSETS) +
				 (int)lrint(tilt * (s->t->w[i].mid - s->mid) / s->half);

		for (int k = 0; k <= 2 * OFFSETS; k++)
			s->sum[k] += v[k];
	}
}

/* The best line with this range of tilts that is not near `other`. */
static struct line best_line(struct stack *s, int from, int to, int step, int lo, int hi,
			     const struct line *other)
{
	struct line best = {-INFINITY, 0, 0};

	from = from > s->from ? from : s->from;
	to = to < s->to ? to : s->to;
	for (int tilt = from; tilt <= to; tilt += step) {
		add_up(s, tilt);
		for (int k = lo; k <= hi; k++)
			if (s->sum[k + OFFSETS] > best.sum &&
			    (!other || abs(k - other->offset) >= APART))
				best = (struct line){s->sum[k + OFFSETS], k, tilt};
	}
	return best;
}

static struct line find_line(struct stack *s, const struct line *other)
{
	struct line l = best_line(s, s->from, s->to, STEP, -OFFSETS, OFFSETS, other);

	return best_line(s, l.tilt - FINE, l.tilt + FINE, 1,
			 l.offset - FINE > -OFFSETS ? l.offset - FINE : -OFFSETS,
			 l.offset + FINE < OFFSETS ? l.offset + FINE : OFFSETS, other);
}

static int clamp_tilt(double tilt)
{
	double most = SLOPES * STEP;

	return (int)rint(tilt < -most ? -most : tilt > most ? most : tilt);
}

int as_slant_find(const struct as_track *t, struct as_local_ws *ws, const struct as_signal *target,
		  const struct as_signal *src, const atomic_bool *cancel,
		  struct as_slant out[AS_SLANT_LINES])
{
	struct stack s = {.t = t, .trace = malloc(sizeof(*s.trace) * (size_t)t->n * WIDTH)};
	struct line best[AS_SLANT_LINES];
	int st = s.trace ? gather(&s, ws, target, src, cancel) : -1;

	if (!st) {
		s.mid = 0.5 * (t->w[0].mid + t->w[t->n - 1].mid);
		s.half = fmax(t->w[t->n - 1].mid - s.mid, 1.0);
		s.from = clamp_tilt((-AS_DRIFT_MAX - t->slope) * s.half);
		s.to = clamp_tilt((AS_DRIFT_MAX - t->slope) * s.half);
		best[0] = find_line(&s, NULL);
		best[1] = find_line(&s, &best[0]);
		for (int i = 0; i < AS_SLANT_LINES; i++) {
			out[i].slope = t->slope + best[i].tilt / s.half;
			out[i].lag = t->lag + best[i].offset +
				     best[i].tilt * (t->anchor - s.mid) / s.half;
		}
	}
	free(s.trace);
	return st;
}
