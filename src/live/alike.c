#include "live/alike.h"

#include <complex.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "dsp/fft.h"

enum {
	REACH = 4,                /* samples: a search looks at every other one, and codecs smear */
	APART = 8, BESIDE = 240,  /* of the best lag and the next best one */
	LOG_MIN = 10, LOG_MAX = 18,
	TAPS = 32, FINE = 32,     /* between samples: on either side; steps to the next */
	LOG_FRAME = LOG_MIN,
	BIN_LO = 16, BIN_HI = 474, /* of a frame: what whitening leaves */
};

/* A held note fits as well a few of its periods away. */
#define BESIDE_MAX 0.85
/* By this much, and by so many deviations of noise, sound may be alike otherwise than to itself. */
#define STRANGE_MAX 0.33
#define STRANGE_SIGMAS 3.3

struct as_alike {
	struct as_fft *fft[LOG_MAX + 1];
	float *time;
	float complex *x, *y, *product;
	int room;
};

struct as_alike *as_alike_new(void)
{
	return calloc(1, sizeof(struct as_alike));
}

static void free_buffers(struct as_alike *a)
{
	as_fft_release(a->time);
	as_fft_release(a->x);
	as_fft_release(a->y);
	as_fft_release(a->product);
	a->time = NULL;
	a->x = a->y = a->product = NULL;
	a->room = 0;
}

void as_alike_free(struct as_alike *a)
{
	if (!a)
		return;
	for (int k = 0; k <= LOG_MAX; k++)
		as_fft_free(a->fft[k]);
	free_buffers(a);
	free(a);
}

static bool reserve(struct as_alike *a, int log_m)
{
	int m = 1 << log_m;

	if (!a->fft[log_m] && !(a->fft[log_m] = as_fft_new(m)))
		return false;
	if (m <= a->room)
		return true;
	free_buffers(a);
	a->time = as_fft_alloc(sizeof(float) * (size_t)m);
	a->x = as_fft_alloc(sizeof(float complex) * (size_t)(m / 2 + 1));
	a->y = as_fft_alloc(sizeof(float complex) * (size_t)(m / 2 + 1));
	a->product = as_fft_alloc(sizeof(float complex) * (size_t)(m / 2 + 1));
	if (!a->time || !a->x || !a->y || !a->product)
		return false;
	a->room = m;
	return true;
}

/* a->time becomes the correlation of the spectra x and y at all lags, lag d at index d modulo m. Returns the sum of its squares. */
static double correlate(struct as_alike *a, int log_m, const float complex *x, const float complex *y)
{
	const int m = 1 << log_m;
	double all = 0;

	for (int k = 0; k <= m / 2; k++) {
		a->product[k] = conjf(x[k]) * y[k];
		double re = crealf(a->product[k]), im = cimagf(a->product[k]);
		all += (k == 0 || k == m / 2 ? 1 : 2) * (re * re + im * im);
	}
	as_fft_inverse(a->fft[log_m], a->product, a->time);
	return all * m; /* Parseval; transforms are unnormalised */
}

/* What a correlation of so many independent samples says against chance. */
static double nats(double rho, double worth)
{
	return -0.5 * worth * log1p(-fmin(rho * rho, 0.9999));
}

/* The lag of the largest magnitude in [from, to], but not within `but` of lag `of`. */
static int largest(const float *r, int m, int from, int to, int of, int but)
{
	int best = of;
	float power = -1;

	for (int d = from; d <= to; d++) {
		float v = r[(d + m) % m];
		if (abs(d - of) < but || v * v <= power)
			continue;
		power = v * v;
		best = d;
	}
	return best;
}

/* How far the correlations about the best lag are from those of one side with itself, whose spectrum is given: at a lag before and one as far
 * behind alike, since a note comes round on both sides. What a room adds comes behind only. */
static double strangeness(struct as_alike *a, int log_m, const float complex *own, const float *about)
{
	double most = 0;

	correlate(a, log_m, own, own);
	for (int d = APART; d <= BESIDE; d++) {
		double self = (double)a->time[d] / (double)a->time[0];
		double before = (double)about[BESIDE - d] - self, behind = (double)about[BESIDE + d] - self;
		if (before * behind > 0)
			most = fmax(most, fmin(fabs(before), fabs(behind)));
	}
	return most;
}

/* Two stretches as spectra, and their energies. */
struct pair {
	int n, log_m;
	double ex, ey;
};

/* False when out of memory. */
static bool transform(struct as_alike *a, const struct as_signal *x, int64_t at_x, const struct as_signal *y, int64_t at_y, int n,
		      struct pair *p)
{
	*p = (struct pair){.n = n, .log_m = LOG_MIN};
	while (p->log_m < LOG_MAX && 1 << p->log_m < 2 * n)
		p->log_m++;
	const int m = 1 << p->log_m;
	if (n < 1 || m < 2 * n || !reserve(a, p->log_m))
		return false;
	p->ex = as_signal_load(x, at_x, n, m, a->time);
	as_fft_forward(a->fft[p->log_m], a->time, a->x);
	p->ey = as_signal_load(y, at_y, n, m, a->time);
	as_fft_forward(a->fft[p->log_m], a->time, a->y);
	return true;
}

static void judge(struct as_alike *a, const struct pair *p, struct as_alikeness *out)
{
	const int m = 1 << p->log_m;
	float about[2 * BESIDE + 1];
	double all = correlate(a, p->log_m, a->x, a->y), scale = 1.0 / ((double)m * sqrt(p->ex * p->ey));
	int at = largest(a->time, m, -REACH, REACH, 0, 0), beside = largest(a->time, m, at - BESIDE, at + BESIDE, at, APART);
	double peak = a->time[(at + m) % m], next = a->time[(beside + m) % m];

	if (peak == 0 || !(all > 0))
		return;
	out->rho = peak * scale;
	out->beside = fabs(next / peak);
	/* n independent samples have a sum of squares of 1; of fewer, as many as that makes. */
	out->worth = p->n / (all * scale * scale);
	out->evidence = nats(out->rho, out->worth);
	for (int d = -BESIDE; d <= BESIDE; d++)
		about[d + BESIDE] = (float)(a->time[(at + d + m) % m] / peak);
	out->strange = fmin(strangeness(a, p->log_m, a->x, about), strangeness(a, p->log_m, a->y, about));
}

bool as_alike_look(struct as_alike *a, const struct as_signal *x, int64_t at_x, const struct as_signal *y, int64_t at_y, int n,
		   struct as_alikeness *out)
{
	struct pair p;

	if (!transform(a, x, at_x, y, at_y, n, &p))
		return false;
	*out = (struct as_alikeness){.beside = 1};
	if (p.ex > 0 && p.ey > 0)
		judge(a, &p, out);
	return true;
}

bool as_alike_is_note(const struct as_alikeness *a)
{
	return a->beside > BESIDE_MAX || (a->strange > STRANGE_MAX && a->strange * sqrt(2 * a->evidence) > STRANGE_SIGMAS);
}

/* r[half] and its neighbours, at a lag from there: a Hann-windowed sinc. */
static double between(const double *r, int half, double lag)
{
	double sum = 0;

	for (int k = -half; k <= half; k++) {
		double d = lag - k, far = d / TAPS;
		if (fabs(far) < 1)
			sum += r[half + k] * (fabs(d) < 1e-9 ? 1 : sin(M_PI * d) / (M_PI * d)) * (0.5 + 0.5 * cos(M_PI * far));
	}
	return sum;
}

/* Correlations of x[at_x, …) with y[at + k, …), k in [-half, half]. */
static void correlations(const struct as_signal *x, int64_t at_x, const struct as_signal *y, int64_t at, int n, int half, double *r)
{
	const double e = sqrt(as_signal_dot(x, at_x, x, at_x, n) * as_signal_dot(y, at, y, at, n));

	for (int k = -half; k <= half; k++)
		r[half + k] = e > 0 ? as_signal_dot(x, at_x, y, at + k, n) / e : 0;
}

struct as_spot as_alike_spot(const struct as_signal *x, int64_t at_x, const struct as_signal *y, int64_t at, int n)
{
	enum { HALF = REACH + 1 + TAPS };
	double r[2 * HALF + 1];
	struct as_spot best = {.at = (double)at};
	int top = 0;

	correlations(x, at_x, y, at, n, HALF, r);
	for (int k = -REACH; k <= REACH; k++)
		top = fabs(r[HALF + k]) > fabs(r[HALF + top]) ? k : top;
	for (int i = -FINE; i <= FINE; i++) {
		double lag = top + (double)i / FINE, rho = between(r, HALF, lag);
		if (fabs(rho) > fabs(best.rho))
			best = (struct as_spot){(double)at + lag, rho};
	}
	return best;
}

struct as_lead as_alike_lead(const struct as_signal *y, const struct as_spot *first, const struct as_spot *second, int n, double worth)
{
	enum { HALF = TAPS + 1 };
	const double e1 = nats(first->rho, worth), e2 = nats(second->rho, worth);
	const int64_t at1 = llrint(first->at), at2 = llrint(second->at);
	double r[2 * HALF + 1];

	correlations(y, at1, y, at2, n, HALF, r);
	const double common = between(r, HALF, second->at - (double)at2 - (first->at - (double)at1)) * (first->rho * second->rho < 0 ? -1 : 1);

	/* Evidence is half the square of what noise moves by 1. */
	return (struct as_lead){e1 - e2, sqrt(fmax(0, 2 * e1 + 2 * e2 - 4 * sqrt(e1 * e2) * common))};
}

/* A Hann-windowed frame of y into spec. */
static void frame_at(struct as_alike *a, const struct as_signal *y, int64_t at, float complex *spec)
{
	enum { FRAME = 1 << LOG_FRAME };

	as_signal_load(y, at, FRAME, FRAME, a->time);
	for (int i = 0; i < FRAME; i++)
		a->time[i] *= (float)(0.5 - 0.5 * cos(2 * M_PI * (i + 0.5) / FRAME));
	as_fft_forward(a->fft[LOG_FRAME], a->time, spec);
}

/* Adds how alike the phases of a->x and a->y are, the latter's sound being `late` samples behind. */
static void add_phases(const struct as_alike *a, double late, double *alike, double *weight)
{
	const double complex step = cexp(2 * M_PI * I * late / (1 << LOG_FRAME));
	double complex turn = cpow(step, BIN_LO);

	for (int k = BIN_LO; k < BIN_HI; k++, turn *= step) {
		double complex product = conj((double complex)a->x[k]) * a->y[k] * turn;
		double weaker = fmin(cabsf(a->x[k]), cabsf(a->y[k])), size = cabs(product);
		if (size > 0) {
			*alike += weaker * weaker * creal(product) / size;
			*weight += weaker * weaker;
		}
	}
}

double as_alike_phases(struct as_alike *a, const struct as_signal *y, const struct as_spot *first, const struct as_spot *second, int n)
{
	enum { FRAME = 1 << LOG_FRAME };
	const int64_t at1 = llrint(first->at), at2 = llrint(second->at);
	const double late = second->at - (double)at2 - (first->at - (double)at1);
	double alike = 0, weight = 0;

	if (!reserve(a, LOG_FRAME))
		return 0;
	for (int k = 0; k + FRAME <= n; k += FRAME / 2) {
		frame_at(a, y, at1 + k, a->x);
		frame_at(a, y, at2 + k, a->y);
		add_phases(a, late, &alike, &weight);
	}
	return weight > 0 ? alike / weight * (first->rho * second->rho < 0 ? -1 : 1) : 0;
}
