#include "live/follow.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dsp/correlate.h"
#include "live/stretch.h"

enum {
	RATE_HZ = 8000,
	PIECE = AS_LOCAL_PIECE,
	GATE = 160,               /* samples: 20 ms to both sides */
	NEAR_GATE = 6,            /* 0.75 ms: within one period of most notes */
	LONG = 4, LONGER = 7,     /* pieces of a window: 2 s; 3.6 s where that is not enough */
	RECENT = 4,               /* windows that share no sound, for the evidence */
};

#define STEP_SAMPLES (AS_METER_STEP_S * RATE_HZ)
/* A look that counts (doc/algorithm.md section 9). */
#define EVIDENCE 4.0f
#define RHO 0.08f
#define COVERED 0.6f
/* To be believed again after a loss: no false one in years of looks. */
#define REGAIN_EVIDENCE 18.0f
/* Mean square under which there is nothing to compare, as in dsp/correlate.c. */
#define QUIET_POWER 9.0
/* Looks in a row that may find nothing to compare in the reference, where what is heard is not silent. */
#define REST_LOOKS 50
/* Behind a hole, of how alike the two sides were: another place of the piece may share a sample of a drum. */
#define AS_ALIKE 0.6
/* Over a window the two sides may run apart by so many samples before one is stretched. */
#define APART 0.5
/* What rooms, codecs and sample rates leave of the error of a look, s. */
#define LOOK_ERR_S 4e-6
/* Where the lag is known this well, s, a place elsewhere within the gate has to share so much more, in rho squared, than where it should be: of
 * a note every period is as good. */
#define KNOWN_S 2e-4
#define ELSEWHERE 1.4f
/* RMS frequency of the whitened band times 2 pi. */
#define SLOPE (2.0 * M_PI * 2100.0)
/* A place as a search finds it. */
#define START_ERR_S 1e-3
#define START_DRIFT 1e-3
#define START_SPEED_DRIFT 2e-4
#define AGAIN_DRIFT 5e-5
/* How well half seconds usually fit, from 0 to 1; above this a misfit means something. */
#define FITS_USUALLY 0.7
/* So many in a row mean it; more of them say nothing of how usual they are. */
#define MISFITS 2
#define MISFITS_KNOWN 5
#define FITS_MEMORY 0.05
#define RHO_MEMORY 0.1
#define POLARITY_MEMORY 0.02
/* What two sides that are alike, and two that are not, may be off by as a whole: an equaliser's phase cannot be told from time. */
#define SAME_BIAS_S 1e-5
#define OTHER_BIAS_S 2e-4

struct as_follower {
	struct as_local_ws *local;
	struct as_stretcher *stretcher;
	struct as_lag_filter filter;
	double start_cap;         /* newest sample when it was found, or the first behind a hole */
	bool resumed;             /* nothing since then has been where it should be */
	double fits;              /* how usually half seconds fit */
	int misfits;              /* half seconds in a row that did not */
	int rests;                /* looks in a row that had no reference to compare with */
	float recent[RECENT];     /* evidence of windows, the newest last */
	int n_recent;
	double recent_cap;        /* where the newest of them ended */
	double rho;               /* how alike the two sides are, lately */
	double polarity;          /* -1 … 1: of the looks of the last seconds */
};

double as_scene_cap_s(const struct as_scene *s, double sample)
{
	return s->cap_time.t_s + (sample - (double)s->cap_time.sample) / s->cap_time.rate_hz;
}

double as_scene_ref_s(const struct as_scene *s, double sample)
{
	return s->ref_time.t_s + (sample - (double)s->ref_time.sample) / s->ref_time.rate_hz;
}

double as_scene_cap_at(const struct as_scene *s, double t_s)
{
	return (double)s->cap_time.sample + (t_s - s->cap_time.t_s) * s->cap_time.rate_hz;
}

double as_scene_ref_at(const struct as_scene *s, double t_s)
{
	return (double)s->ref_time.sample + (t_s - s->ref_time.t_s) * s->ref_time.rate_hz;
}

struct as_follower *as_follower_new(void)
{
	struct as_follower *f = calloc(1, sizeof *f);

	if (!f)
		return NULL;
	f->local = as_local_new();
	f->stretcher = as_stretcher_new();
	if (f->local && f->stretcher)
		return f;
	as_follower_free(f);
	return NULL;
}

void as_follower_free(struct as_follower *f)
{
	if (!f)
		return;
	as_local_free(f->local);
	as_stretcher_free(f->stretcher);
	free(f);
}

/* ---- one look ---- */

struct glance {
	struct as_local local;
	double t_s, lag_s, err_s; /* at the middle of the window */
	bool quiet, rest;         /* nothing is heard; the reference is silent there, or has not come yet */
	bool memory;
};

/* Where the captured sample is in the reference, if nothing has changed. */
static double expected_ref(const struct as_follower *f, const struct as_scene *s, double cap)
{
	double t = as_scene_cap_s(s, cap);

	return as_scene_ref_at(s, t - as_lag_filter_lag(&f->filter, t));
}

/* The bound of Cramer and Rao, what no look is better than, and what the peak is smeared by where the two sides run apart. The look is worth as
 * many samples of white sound as would have its evidence at its correlation: of notes that is a small part of n. */
static double look_err(const struct as_local *l, int n, double drift_err)
{
	double r2 = fmin((double)l->rho * (double)l->rho, 0.9999), smear = drift_err * n / RATE_HZ / 5.0;
	double worth = fmax(1.0, fmin(0.9 * n, 2.0 * (double)l->evidence / r2));

	return sqrt(LOOK_ERR_S * LOOK_ERR_S + smear * smear + (1 - r2) / r2 / (SLOPE * SLOPE * worth));
}

/* Where src[from, …) is, heard at t_s and expected at lag `at`. */
static void compare(struct as_follower *f, const struct as_scene *s, const struct as_signal *src, int64_t from, int pieces, double at,
		    double t_s, struct as_local *out)
{
	struct as_local near;

	as_correlate_local_pieces(f->local, &s->ref, src, from, pieces, at, GATE, out);
	if (fabs(out->lag - at) < NEAR_GATE || as_lag_filter_err(&f->filter, t_s) > KNOWN_S)
		return;
	as_correlate_local_pieces(f->local, &s->ref, src, from, pieces, at, NEAR_GATE, &near);
	if (fabs(near.lag - at) < NEAR_GATE - 1 && out->rho * out->rho < ELSEWHERE * near.rho * near.rho)
		*out = near;
}

/* The window of so many pieces that ends at captured sample `end`. */
static struct glance glance(struct as_follower *f, const struct as_scene *s, double end, int pieces)
{
	struct glance g = {0};
	int n = pieces * PIECE;
	double from = floor(end) - n, middle = from + 0.5 * n;
	double a = expected_ref(f, s, from), b = expected_ref(f, s, from + n), centre = 0.5 * (a + b), speed = (b - a) / n, at;

	if (fabs(b - a - n) > APART && speed > 0.5 && speed < 2) {
		const int8_t *v = as_stretcher_run(f->stretcher, &s->cap, middle - (double)s->cap_first, n, speed);
		struct as_signal src = {.v = v, .n = n, .rate_hz = RATE_HZ};
		g.memory = !v;
		if (!v)
			return g;
		at = centre - (double)s->ref_first - 0.5 * n;
		compare(f, s, &src, 0, pieces, at, as_scene_cap_s(s, middle), &g.local);
		g.lag_s = centre + g.local.lag - at;
	} else {
		int64_t local_from = (int64_t)from - s->cap_first;
		at = centre - (double)s->ref_first - ((double)local_from + 0.5 * n);
		compare(f, s, &s->cap, local_from, pieces, at, as_scene_cap_s(s, middle), &g.local);
		g.lag_s = centre + g.local.lag - at;
	}
	int64_t heard = (int64_t)from - s->cap_first, there = (int64_t)floor(centre) - n / 2 - s->ref_first;
	g.quiet = as_signal_energy(&s->cap, heard, n) < QUIET_POWER * n;
	g.rest = g.local.covered < COVERED ? s->ref_stream : as_signal_energy(&s->ref, there, n) < QUIET_POWER * n;
	g.t_s = as_scene_cap_s(s, middle);
	g.lag_s = g.t_s - as_scene_ref_s(s, g.lag_s);
	g.err_s = look_err(&g.local, n, as_lag_filter_drift_err(&f->filter));
	return g;
}

static bool fits(const struct glance *g, float evidence)
{
	return g->local.evidence > evidence && fabsf(g->local.rho) > RHO && g->local.covered >= COVERED;
}

/* Of a note every period fits, and half of one upside down: what is the wrong way round for once does not move the lag. */
static bool upright(struct as_follower *f, const struct glance *g)
{
	double sign = g->local.rho < 0 ? -1 : 1;
	bool usual = f->polarity * sign > -0.5;

	f->polarity += f->polarity == 0 ? sign : POLARITY_MEMORY * (sign - f->polarity);
	return usual;
}

/* ---- the newest sound ---- */

/* The newest captured sample for which the reference is there; of a recording all is. */
static double newest(const struct as_follower *f, const struct as_scene *s)
{
	double end = (double)(s->cap_first + s->cap.n), over;

	if (!s->ref_stream)
		return end;
	over = expected_ref(f, s, end) - (double)(s->ref_first + s->ref.n);
	return over > 0 ? end - over : end;
}

/* What is known of the drift before the first look. */
static double prior_drift(const struct as_follower *f, const struct as_place *p, bool again, double *err)
{
	*err = p->speed == 1 ? START_DRIFT : START_SPEED_DRIFT;
	if (!again || fabs(1 - p->speed - f->filter.drift) > *err)
		return 1 - p->speed;
	*err = fmin(*err, fmax(AGAIN_DRIFT, as_lag_filter_drift_err(&f->filter)));
	return f->filter.drift;
}

bool as_follower_start(struct as_follower *f, const struct as_scene *s, const struct as_place *p, bool again)
{
	double t = as_scene_cap_s(s, p->cap), end = p->cap + 0.5 * p->n, drift_err, drift = prior_drift(f, p, again, &drift_err);

	as_lag_filter_start(&f->filter, t, t - as_scene_ref_s(s, p->ref), START_ERR_S, drift, drift_err);
	f->start_cap = end;
	f->resumed = false;
	f->fits = 0.5;
	f->rho = 0.5;
	f->polarity = 0;
	f->misfits = f->rests = 0;
	f->n_recent = 0;
	f->recent_cap = end - LONG * PIECE;
	for (double at = p->cap - 0.5 * p->n + PIECE; at <= end; at += PIECE / 2) {
		struct glance g = glance(f, s, at, 1);
		if (g.memory)
			return false;
		if (fits(&g, EVIDENCE))
			as_lag_filter_add(&f->filter, g.t_s, g.lag_s, g.err_s, 0.5, true);
	}
	return true;
}

void as_follower_resume(struct as_follower *f, double from)
{
	f->start_cap = from;
	f->resumed = true;
	f->misfits = f->rests = 0;
	f->n_recent = 0;
	f->filter.n_odd = 0;
}

static void keep_evidence(struct as_follower *f, double end, int n, float evidence)
{
	if (f->n_recent == 0 || end - f->recent_cap >= n) {
		if (f->n_recent == RECENT)
			memmove(f->recent, f->recent + 1, sizeof f->recent[0] * (size_t)--f->n_recent);
		f->n_recent++;
		f->recent_cap = end;
	} else if (evidence < f->recent[f->n_recent - 1]) {
		return; /* the better of two that share sound */
	}
	f->recent[f->n_recent - 1] = evidence;
}

/* The newest half second, whose misfit is the first to tell of a jump. */
static enum as_followed look_short(struct as_follower *f, const struct as_scene *s, double end)
{
	struct glance g = glance(f, s, end, 1);
	bool ok = fits(&g, EVIDENCE);
	if (g.memory)
		return AS_FOLLOW_MEMORY;
	if (g.quiet || g.rest)
		return AS_FOLLOW_QUIET;
	f->misfits = ok ? 0 : f->misfits + 1;
	if (ok || f->misfits < MISFITS_KNOWN)
		f->fits += FITS_MEMORY * (ok - f->fits);
	return ok || f->fits < FITS_USUALLY || f->misfits < MISFITS ? AS_FOLLOW_OK : AS_FOLLOW_DOUBT;
}

/* Of the window; 0: too little has been heard. Behind a hole whatever there is, since then. */
static int choose_pieces(const struct as_follower *f, const struct as_scene *s, double end)
{
	double age = end - f->start_cap, heard = fmin(end - (double)s->cap_first, f->resumed ? age : INFINITY);
	int most = age < RATE_HZ ? 2 : LONG, least = f->resumed ? 1 : 2;

	if (heard < least * PIECE)
		return 0;
	return heard < most * PIECE ? (int)(heard / PIECE) : most;
}

enum as_followed as_follower_look(struct as_follower *f, const struct as_scene *s, bool lost)
{
	double end = newest(f, s);
	int pieces = choose_pieces(f, s, end);
	float least = lost ? REGAIN_EVIDENCE : EVIDENCE;

	if (pieces == 0)
		return AS_FOLLOW_QUIET;
	enum as_followed brief = look_short(f, s, end);
	struct glance g = glance(f, s, end, pieces);
	if (!fits(&g, least) && pieces == LONG && brief != AS_FOLLOW_DOUBT && end - (double)s->cap_first >= LONGER * PIECE)
		g = glance(f, s, end, pieces = LONGER);
	if (g.memory || brief == AS_FOLLOW_MEMORY)
		return AS_FOLLOW_MEMORY;
	keep_evidence(f, end, pieces * PIECE, fits(&g, EVIDENCE) ? g.local.evidence : 0.0f);
	f->rests = g.rest && !g.quiet ? f->rests + 1 : 0;
	if (!fits(&g, least))
		return g.quiet || (g.rest && f->rests < REST_LOOKS) ? AS_FOLLOW_QUIET : AS_FOLLOW_MISS;
	if (f->resumed && fabs((double)g.local.rho) < AS_ALIKE * f->rho)
		return AS_FOLLOW_MISS;
	/* A long window may still live on what came before. */
	if (brief == AS_FOLLOW_DOUBT)
		return AS_FOLLOW_DOUBT;
	f->rho += RHO_MEMORY * (fabs((double)g.local.rho) - f->rho);
	bool taken = upright(f, &g) && as_lag_filter_add(&f->filter, g.t_s, g.lag_s, g.err_s, fmin(1.0, STEP_SAMPLES / (pieces * PIECE)),
							 g.local.evidence >= REGAIN_EVIDENCE);
	if (lost && !taken)
		return AS_FOLLOW_MISS;
	f->resumed = false;
	return AS_FOLLOW_OK;
}

/* ---- what is known ---- */

double as_follower_lag(const struct as_follower *f, double t_s)
{
	return as_lag_filter_lag(&f->filter, t_s);
}

double as_follower_err(const struct as_follower *f, double t_s)
{
	double unlike = sqrt(fmax(0.0, 1 - f->rho * f->rho));

	return hypot(as_lag_filter_err(&f->filter, t_s), SAME_BIAS_S + OTHER_BIAS_S * unlike);
}

double as_follower_drift(const struct as_follower *f, double *err)
{
	*err = as_lag_filter_drift_err(&f->filter);
	return f->filter.drift;
}

double as_follower_evidence(const struct as_follower *f, double log_places)
{
	double sum = 0.0, term = 1.0, tail = 0.0;

	/* Fisher: the chance that exponential variables sum up to so much. */
	for (int i = 0; i < f->n_recent; i++)
		sum += fmax(0.0, (double)f->recent[i]);
	for (int i = 0; i < f->n_recent; i++) {
		tail += term;
		term *= sum / (i + 1);
	}
	return f->n_recent ? fmax(0.0, sum - log(tail) - log_places) : 0.0;
}
