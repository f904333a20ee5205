#include "live/chirp.h"

#include <complex.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dsp/fft.h"
#include "dsp/fit.h"

#define LOW_HZ 200.0
#define HIGH_HZ 8000.0
#define HELD 0.45       /* share of a rate that it holds */
#define FADE_S 0.01
#define RMS_BAND_HZ 2050.0 /* of the sweep's spectrum about its middle: what sets how exactly its time is known */
#define LEAST_ERR_S 1e-6
#define EARLIER_S 0.04  /* the first arrival lies at most so long before the strongest: a reflection may be louder */
#define EARLIER 0.5     /* and is at least so strong */
#define FOOT_S 0.0005   /* a peak is not its own echo */
#define COLOUR 3.0      /* other sound has so many times fewer degrees of freedom than white noise */
#define MOST_DECADES 300.0
#define SILENT_DB -120.0
#define SETTLED_S 0.001 /* so near to each other lie delays that have settled … */
#define MOST_OF 0.75    /* … but for some that stamps of a moment spoilt */
#define APART_S 0.003   /* delays that agree by and large lie within this of their median, or within some deviations */
#define MOST 64         /* chirps */
#define Z_CHANCE 1.645  /* one in 20 that do scatter by chance look as if they did not */

int as_chirp_frames(double rate_hz)
{
	return (int)lround(AS_CHIRP_S * rate_hz);
}

void as_chirp_make(float *out, double rate_hz)
{
	const int n = as_chirp_frames(rate_hz);
	const double octaves = log(HIGH_HZ / LOW_HZ), k = 2 * M_PI * LOW_HZ * AS_CHIRP_S / octaves;
	for (int i = 0; i < n; i++) {
		double t_s = i / rate_hz, grown = exp(octaves * t_s / AS_CHIRP_S);
		double edge_s = fmin(t_s, AS_CHIRP_S - t_s);
		double fade = edge_s < FADE_S ? 0.5 - 0.5 * cos(M_PI * edge_s / FADE_S) : 1;
		out[i] = LOW_HZ * grown > HELD * rate_hz ? 0 : (float)(fade * sin(k * (grown - 1)));
	}
}

/* ---- one ---- */

struct correlation {
	struct as_fft *fft;
	float complex *spec, *chirp;
	float *in, *quarter; /* correlation, and the same a quarter of a period later */
	int n;
};

static void done(struct correlation *c)
{
	as_fft_free(c->fft);
	as_fft_release(c->spec);
	as_fft_release(c->chirp);
	as_fft_release(c->in);
	as_fft_release(c->quarter);
}

static bool init(struct correlation *c, int least)
{
	for (c->n = 1024; c->n < least; c->n *= 2)
		;
	size_t floats = (size_t)c->n * sizeof(float), bins = ((size_t)c->n / 2 + 1) * sizeof(float complex);
	c->fft = as_fft_new(c->n);
	c->spec = as_fft_alloc(bins);
	c->chirp = as_fft_alloc(bins);
	c->in = as_fft_alloc(floats);
	c->quarter = as_fft_alloc(floats);
	return c->fft && c->spec && c->chirp && c->in && c->quarter;
}

/* Both parts at all lags; where the two are as large as can be, there the chirp is, whatever its phase. */
static void correlate(struct correlation *c, const float *v, int n, double rate_hz)
{
	memset(c->in, 0, (size_t)c->n * sizeof *c->in);
	as_chirp_make(c->in, rate_hz);
	as_fft_forward(c->fft, c->in, c->chirp);
	memset(c->in, 0, (size_t)c->n * sizeof *c->in);
	memcpy(c->in, v, (size_t)n * sizeof *v);
	as_fft_forward(c->fft, c->in, c->spec);
	for (int k = 0; k <= c->n / 2; k++) {
		/* Below the sweep there is nothing to find, and much that hums. */
		bool below = k * rate_hz / c->n < LOW_HZ / 2;
		float complex x = below ? 0 : c->spec[k] * conjf(c->chirp[k]) / (float)c->n;
		c->spec[k] = x;
		c->chirp[k] = -I * x;
	}
	as_fft_inverse(c->fft, c->spec, c->in);
	as_fft_inverse(c->fft, c->chirp, c->quarter);
}

static int by_value(const void *a, const void *b)
{
	float x = *(const float *)a, y = *(const float *)b;
	return (x > y) - (x < y);
}

/* Reorders v. */
static double median(float *v, int n)
{
	qsort(v, (size_t)n, sizeof *v, by_value);
	return n > 0 ? v[n / 2] : 0;
}

static double to_db(double power)
{
	return power > 1e-20 ? 10 * log10(power) : -200;
}

static double energy(const float *v, int from, int to)
{
	double sum = 0;
	for (int i = from; i < to; i++)
		sum += (double)v[i] * v[i];
	return sum;
}

/* The strongest, or what came shortly before it and is nearly as strong. */
static int first_arrival(const float *power, int n, double rate_hz)
{
	int top = 0;
	for (int i = 1; i < n; i++)
		if (power[i] > power[top])
			top = i;
	const int from = top - (int)(EARLIER_S * rate_hz), foot = (int)ceil(FOOT_S * rate_hz);
	int at = top;
	for (int i = from > 1 ? from : 1; i < top - foot && at == top; i++)
		if (power[i] > EARLIER * EARLIER * power[top])
			at = i;
	for (int i = at; at != top && i < at + foot; i++)
		at = power[i] > power[at] ? i : at;
	return at;
}

static double parabola(const float *power, int n, int at)
{
	if (at < 1 || at >= n - 1)
		return at;
	double a = sqrt(power[at - 1]), b = sqrt(power[at]), c = sqrt(power[at + 1]), bend = a - 2 * b + c;
	double by = bend < 0 ? 0.5 * (a - c) / bend : 0;
	return at + fmax(-0.5, fmin(0.5, by));
}

/* The chance that what is no chirp gives such a peak: against the other lags, and against the energy right there, which a door that
 * slams has, too. */
static double confidence(double peak, double typical, double share, int lags, double freedoms)
{
	double apart = typical > 0 ? M_LN2 * peak / typical : INFINITY;
	double alike = share * freedoms / COLOUR;
	double decades = fmin(apart, alike) / M_LN10 - log10(lags);
	return peak > 0 ? fmax(0, fmin(decades, MOST_DECADES)) : 0;
}

enum as_status as_chirp_find(const float *v, int n, double rate_hz, struct as_chirp_found *out, struct as_error *err)
{
	const int length = as_chirp_frames(rate_hz), lags = n - length + 1;
	struct correlation c = {0};
	memset(out, 0, sizeof *out);
	if (length < 16 || n < 2 * length)
		return as_fail(err, AS_ERR_INVALID, "calibration: too little sound to look for a chirp in");
	float *power = malloc((size_t)lags * 2 * sizeof *power);
	if (!power || !init(&c, n)) {
		free(power);
		done(&c);
		return as_fail(err, AS_ERR_MEMORY, "calibration: out of memory");
	}
	float *sorted = power + lags;
	correlate(&c, v, n, rate_hz);
	for (int i = 0; i < lags; i++)
		power[i] = c.in[i] * c.in[i] + c.quarter[i] * c.quarter[i];
	memcpy(sorted, power, (size_t)lags * sizeof *power);
	const double typical = median(sorted, lags);
	const int at = first_arrival(power, lags, rate_hz);
	as_chirp_make(sorted, rate_hz); /* a chirp is shorter than the lags are many */
	const double self = energy(sorted, 0, length);
	const double here = energy(v, at, at + length), all = energy(v, 0, n);
	/* Of a real band of B Hz, 2 B T numbers say all. */
	const double freedoms = 2 * AS_CHIRP_S * (fmin(HIGH_HZ, HELD * rate_hz) - LOW_HZ);
	out->at = parabola(power, lags, at);
	out->confidence = confidence(power[at], typical, here > 0 ? power[at] / (here * self) : 0, lags, freedoms);
	out->err = rate_hz * fmax(LEAST_ERR_S, power[at] > 0 ? sqrt(typical / (2 * M_LN2) / power[at]) / (2 * M_PI * RMS_BAND_HZ) : 1);
	out->flipped = c.in[at] < 0;
	out->level_db = to_db(here / length);
	out->noise_db = to_db(fmax(0, all - here) / fmax(1, n - length));
	free(power);
	done(&c);
	return AS_OK;
}

/* ---- all ---- */

static int by_number(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static void sort(double *v, int n)
{
	qsort(v, (size_t)n, sizeof *v, by_number);
}

static bool was_heard(const struct as_chirp_delay *d)
{
	return isfinite(d->delay_s) && d->confidence >= AS_CHIRP_CONFIDENCE;
}

/* Of v, ascending, those from low to high: their number, median and scatter. */
static void use(struct as_chirps *s, const double *v, int n, double low, double high)
{
	double near[MOST], sum = 0;
	for (int i = 0; i < n; i++)
		if (v[i] >= low && v[i] <= high)
			near[s->n_used++] = v[i];
	s->delay_s = as_median(near, s->n_used);
	for (int i = 0; i < s->n_used; i++)
		sum += (near[i] - s->delay_s) * (near[i] - s->delay_s);
	s->spread_s = s->n_used > 1 ? sqrt(sum / (s->n_used - 1)) : NAN;
	/* Neighbours err alike, as what drives their clocks astray lasts for seconds: their number does not help, and the truth is where they
	 * are, or have been. */
	s->err_s = fmax(s->err_s, (near[s->n_used - 1] - near[0]) / 2);
}

/* Most of v, ascending, lie together. */
static bool settle(struct as_chirps *s, const double *v, int n)
{
	const int most = (int)ceil(MOST_OF * n);
	int at = 0;
	for (int i = 1; i + most <= n; i++)
		if (v[i + most - 1] - v[i] < v[at + most - 1] - v[at])
			at = i;
	if (v[at + most - 1] - v[at] > SETTLED_S)
		return false;
	use(s, v, n, v[at + most - 1] - SETTLED_S, v[at] + SETTLED_S);
	return true;
}

/* Whether v, in the order of time, differ from one to the next as much as over all: von Neumann's ratio, whose mean and variance for what
 * scatters by chance are known (Ann. Math. Stat. 12, 1941). */
static bool by_chance(const double *v, int n)
{
	double mean = 0, all = 0, steps = 0;
	for (int i = 0; i < n; i++)
		mean += v[i] / n;
	for (int i = 0; i < n; i++)
		all += (v[i] - mean) * (v[i] - mean) / n;
	for (int i = 1; i < n; i++)
		steps += (v[i] - v[i - 1]) * (v[i] - v[i - 1]) / (n - 1);
	const double expected = 2.0 * n / (n - 1);
	return steps >= all * expected * (1 - Z_CHANCE * sqrt((n - 2) / ((double)n * n - 1)));
}

/* The delays heard, in the order of time, into v. */
static struct as_chirps listen(const struct as_chirp_delay *d, int n, double *v)
{
	struct as_chirps s = {.verdict = AS_CHIRPS_SILENT, .delay_s = NAN, .err_s = NAN, .spread_s = NAN};
	double err_s = 0;
	for (int i = 0; i < n; i++) {
		if (d[i].level_db > SILENT_DB)
			s.verdict = AS_CHIRPS_UNHEARD;
		if (was_heard(&d[i])) {
			err_s += d[i].err_s;
			v[s.n_heard++] = d[i].delay_s;
		}
	}
	/* What all have in common does not shrink by their number: the errors of clocks. */
	if (s.n_heard > 0)
		s.err_s = err_s / s.n_heard;
	return s;
}

/* Of delays that have not settled: those near the median of all. */
static void agree(struct as_chirps *s, const double *v, int n)
{
	double sorted[MOST], off[MOST], near[MOST];
	int n_near = 0;
	memcpy(sorted, v, (size_t)n * sizeof *v);
	sort(sorted, n);
	const double m = as_median(sorted, n);
	for (int i = 0; i < n; i++)
		off[i] = fabs(v[i] - m);
	const double reach = fmax(APART_S, 4 * 1.4826 * as_median(off, n)), clock_err_s = s->err_s;
	use(s, sorted, n, m - reach, m + reach);
	for (int i = 0; i < n; i++)
		if (fabs(v[i] - m) <= reach)
			near[n_near++] = v[i];
	/* The one that is off may be where a trend leads, or hide, by its size, how the others run. */
	const bool chance = n_near > 2 && by_chance(v, n) && by_chance(near, n_near);
	if (chance && s->n_used > 1)
		s->err_s = fmax(clock_err_s, 1.2533 * s->spread_s / sqrt(s->n_used));
	s->verdict = chance && s->n_used >= MOST_OF * n && s->spread_s <= 2 * APART_S ? AS_CHIRPS_OK : AS_CHIRPS_UNSTEADY;
}

struct as_chirps as_chirps_sum_up(const struct as_chirp_delay *d, int n, int window)
{
	double v[MOST];
	n = n < MOST ? n : MOST;
	window = window < n ? window : n;
	struct as_chirps s = listen(d + n - window, window, v);
	if (s.n_heard < 3 || 2 * s.n_heard < window) {
		s.settled = true;
		if (s.n_heard > 0) {
			s.verdict = AS_CHIRPS_UNHEARD;
			sort(v, s.n_heard);
			use(&s, v, s.n_heard, -INFINITY, INFINITY);
		}
		return s;
	}
	sort(v, s.n_heard);
	s.settled = settle(&s, v, s.n_heard);
	s.verdict = AS_CHIRPS_OK;
	/* Clocks that have been seen to wander are known no better than it was asked of them. */
	if (s.settled && n > window)
		s.err_s = fmax(s.err_s, SETTLED_S / 2);
	if (!s.settled) {
		s = listen(d, n, v);
		agree(&s, v, s.n_heard);
	}
	return s;
}
