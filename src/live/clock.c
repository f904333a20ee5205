/* A line through what is typical of the stamps of each second, by least squares that give less and less weight to what lies apart;
 * what it says follows that line at a bounded speed (doc/live.md). */
#include "live/clock.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dsp/fit.h"

#define EARLY_S 2.0        /* of sound, whose stamps are not believed */
#define EARLY_ERR_S 0.1
#define MAX_STAMPS 128     /* of a second */
#define MAX_SECONDS 120    /* that the line goes through */
#define SETTLED_SECONDS 10
#define STEP_SECONDS 12    /* in a row beside the line: sound was lost there, unnoticed */
#define STEP_S 0.001
#define LEAP_SECONDS 3     /* the same, far beside it */
#define LEAP_S 0.25
#define SLOPE_SD 1e-4      /* of the devices there are, about their nominal rate */
#define LEAST_SD_S 20e-6   /* of a second's stamps */
#define ALIKE 4.0          /* seconds that err as one */
#define ROUNDS 8
#define ENOUGH_S 1e-6 /* less than that, and a further round is of no use */
#define FOLLOW_S 30.0      /* in which it comes 63 % nearer to the line, … */
#define FOLLOW_SLOPE 5e-4  /* … but not faster */
#define AHEAD_S 2.0        /* what it does to follow holds for so long */
#define MAX_T_S 1e12

/* Residuals, in seconds: a stamp less the nominal time of its frame, (frame - frame0) / rate_hz. x is that nominal time. */
struct as_stamp_clock {
	double rate_hz;
	int64_t frame0, last;
	double time0_s;
	bool any;
	/* the second that is being filled */
	double second, v[MAX_STAMPS];
	int n;
	/* what was typical of the last ones, the oldest first */
	double x[MAX_SECONDS], y[MAX_SECONDS];
	int n_seconds;
	/* the line: y = a + b (x - x0) */
	double x0, a, b, err_s;
	/* what it says: c + (b + follow) (x - x1), from x1 + AHEAD_S on with b alone */
	double x1, c, follow;
};

struct as_stamp_clock *as_stamp_clock_new(double rate_hz)
{
	struct as_stamp_clock *c = rate_hz > 0 && rate_hz < 1e9 ? calloc(1, sizeof *c) : NULL;
	if (c)
		c->rate_hz = rate_hz;
	return c;
}

void as_stamp_clock_free(struct as_stamp_clock *c)
{
	free(c);
}

/* ---- what is typical ---- */

static double line_at(const struct as_stamp_clock *c, double x)
{
	return c->a + c->b * (x - c->x0);
}

/* How far the seconds lie from the line, typically. */
static double spread(const struct as_stamp_clock *c)
{
	double r[MAX_SECONDS];
	for (int i = 0; i < c->n_seconds; i++)
		r[i] = fabs(c->y[i] - line_at(c, c->x[i]));
	return fmax(1.4826 * as_median(r, c->n_seconds), LEAST_SD_S);
}

/* ---- the line ---- */

/* One round of least squares, with Tukey's weights about the line before, and a slope that is expected to be small. Returns how far
 * the line moved. */
static double fit_round(struct as_stamp_clock *c, double sd)
{
	double w = 0, wx = 0, wxx = 0, wy = 0, wxy = 0;
	for (int i = 0; i < c->n_seconds; i++) {
		double x = c->x[i] - c->x0, y = c->y[i] - c->a, u = (y - c->b * x) / (4.685 * sd);
		double k = fabs(u) < 1 ? (1 - u * u) * (1 - u * u) : 0;
		w += k, wx += k * x, wxx += k * x * x, wy += k * y, wxy += k * x * y;
	}
	double v = ALIKE * sd * sd, p = v / (SLOPE_SD * SLOPE_SD), det = w * (wxx + p) - wx * wx;
	if (!(w > 0.5) || !(det > 0))
		return 0;
	double da = (wy * (wxx + p) - wx * wxy) / det, b = (w * wxy - wx * wy) / det, db = b - c->b;
	c->a += da;
	c->b = b;
	c->err_s = sqrt(v * (wxx + p) / det);
	return fabs(da) + fabs(db) * (c->x0 - c->x[0]);
}

static void fit(struct as_stamp_clock *c)
{
	double r[MAX_SECONDS];
	c->a += c->b * (c->x[c->n_seconds - 1] - c->x0);
	c->x0 = c->x[c->n_seconds - 1];
	/* Begins where most of them are. */
	for (int i = 0; i < c->n_seconds; i++)
		r[i] = c->y[i] - c->b * (c->x[i] - c->x0);
	c->a = as_median(r, c->n_seconds);
	for (int k = 0; k < ROUNDS && fit_round(c, spread(c)) > ENOUGH_S; k++)
		;
}

/* The last n seconds lie all on one side of the line, at least `least` away, and nearer to each other than to it. */
static bool lies_apart(const struct as_stamp_clock *c, int n, double least)
{
	double low = INFINITY, high = -INFINITY;
	if (c->n_seconds <= n)
		return false;
	for (int i = c->n_seconds - n; i < c->n_seconds; i++) {
		double r = c->y[i] - line_at(c, c->x[i]);
		low = fmin(low, r);
		high = fmax(high, r);
	}
	double near = low > 0 ? low : -high;
	return near > least && near > 5 * c->err_s && high - low < near;
}

/* Moves the line, and what lay on it, to where the last n seconds lie: the rate stays known. */
static void move_to_last(struct as_stamp_clock *c, int n)
{
	double r[MAX_SECONDS];
	const int from = c->n_seconds - n;
	for (int i = 0; i < n; i++)
		r[i] = c->y[from + i] - line_at(c, c->x[from + i]);
	const double step = as_median(r, n);
	for (int i = 0; i < from; i++)
		c->y[i] += step;
	c->a += step;
}

/* ---- what it says ---- */

static double said(const struct as_stamp_clock *c, double x)
{
	double d = x - c->x1;
	return c->c + c->b * d + c->follow * fmax(fmin(d, AHEAD_S), -AHEAD_S);
}

/* From x on: goes on from what was said there; NAN: leaps to the line. */
static void follow(struct as_stamp_clock *c, double x, double was)
{
	c->x1 = x;
	c->c = c->n_seconds >= SETTLED_SECONDS && isfinite(was) ? was : line_at(c, x);
	double slope = (line_at(c, x) - c->c) / FOLLOW_S;
	c->follow = fmax(-FOLLOW_SLOPE, fmin(FOLLOW_SLOPE, slope));
}

/* A second is over: the next stamp is at x. */
static void close_second(struct as_stamp_clock *c, double x)
{
	if (c->n_seconds == MAX_SECONDS) {
		c->n_seconds--;
		memmove(c->x, c->x + 1, (size_t)c->n_seconds * sizeof *c->x);
		memmove(c->y, c->y + 1, (size_t)c->n_seconds * sizeof *c->y);
	}
	c->x[c->n_seconds] = c->second + 0.5;
	c->y[c->n_seconds++] = as_median(c->v, c->n);
	c->n = 0;
	bool leap = lies_apart(c, LEAP_SECONDS, LEAP_S);
	if (leap || lies_apart(c, STEP_SECONDS, STEP_S))
		move_to_last(c, leap ? LEAP_SECONDS : STEP_SECONDS);
	const double was = leap ? NAN : said(c, x);
	fit(c);
	follow(c, x, was);
}

void as_stamp_clock_add(struct as_stamp_clock *c, int64_t frame, double time_s)
{
	if (!(fabs(time_s) < MAX_T_S) || (c->any && frame < c->last))
		return;
	if (!c->any) {
		c->frame0 = frame;
		c->time0_s = time_s;
		c->any = true;
	}
	c->last = frame;
	const double x = (double)(frame - c->frame0) / c->rate_hz, second = floor(x);
	if (c->n > 0 && second != c->second) {
		/* Those of the beginning go. */
		if (c->second >= EARLY_S)
			close_second(c, x);
		else if (second >= EARLY_S)
			c->n = 0;
	}
	if (c->n == 0 || second >= EARLY_S)
		c->second = second;
	/* Of more than there is room for, every second one, every fourth one … */
	if (c->n == MAX_STAMPS) {
		for (int i = 0; i < MAX_STAMPS / 2; i++)
			c->v[i] = c->v[2 * i];
		c->n /= 2;
	}
	c->v[c->n++] = time_s - c->time0_s - x;
}

bool as_stamp_clock_at(const struct as_stamp_clock *c, int64_t frame, double *t_s, double *rate_hz, double *err_s)
{
	if (!c->any)
		return false;
	const double x = (double)(frame - c->frame0) / c->rate_hz;
	double y, slope = 0;
	if (c->n_seconds > 0) {
		y = said(c, x);
		slope = c->b;
		*err_s = c->err_s + fabs(line_at(c, x) - y);
	} else {
		double v[MAX_STAMPS];
		memcpy(v, c->v, (size_t)c->n * sizeof *v);
		y = as_median(v, c->n);
		*err_s = EARLY_ERR_S;
	}
	*t_s = c->time0_s + x + y;
	*rate_hz = c->rate_hz / (1 + slope);
	return true;
}
