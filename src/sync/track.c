#include "sync/track.h"

#include <math.h>
#include <string.h>

#include "dsp/fit.h"
#include "sync/hypothesis.h"

/* Lags are samples at 8 kHz. */
#define GATE_FIRST 24.0 /* 3 ms: a probe's peak may sit anywhere within its drift smear */
#define GATE_NEXT 12.0
#define DRIFT_KNOWN 60e-6    /* what a known drift may still wander */
#define SLOPE_SPAN (20.0 * 8000)
#define ACCEPT_NATS 5.0
#define ACCEPT_ON_LINE 3.5   /* where others have said where to look */
#define GATE_ON_LINE 8.0     /* 1 ms */
#define SETTLE_MIN 3         /* windows that can tell where to look */
#define WINDOW_NATS_CAP 60.0 /* one window never outweighs a handful of others */
#define STRENGTH_MIN 4.4     /* amplitude over noise at ACCEPT_NATS with its gate */
#define HISTORY 12
#define GIVE_UP 6 /* windows without any match on one side of the anchor */

struct tracker {
	double x[HISTORY], y[HISTORY];
	int n;
};

static double predict(const struct tracker *k, const struct as_track *t, double x, double *gate)
{
	struct as_line l;
	double dt;

	if (!k->n) {
		*gate = GATE_FIRST + AS_DRIFT_MAX * fabs(x - t->anchor);
		return t->lag;
	}
	dt = fabs(x - k->x[k->n - 1]);
	if (fabs(k->x[k->n - 1] - k->x[0]) < SLOPE_SPAN || k->n < 3 ||
	    as_fit_line(k->x, k->y, NULL, k->n, AS_DRIFT_MAX, 1.0, &l)) {
		*gate = GATE_NEXT + AS_DRIFT_MAX * dt;
		return k->y[k->n - 1];
	}
	*gate = GATE_NEXT + DRIFT_KNOWN * dt + 2.0 * l.scale;
	return l.y0 + l.slope * (x - l.x0);
}

static void remember(struct tracker *k, double x, double y)
{
	if (k->n == HISTORY) {
		memmove(k->x, k->x + 1, sizeof(k->x) - sizeof(k->x[0]));
		memmove(k->y, k->y + 1, sizeof(k->y) - sizeof(k->y[0]));
		k->n--;
	}
	k->x[k->n] = x;
	k->y[k->n++] = y;
}

/* Windows lie on one grid in src for all hypotheses, so that two of them can be compared window by window; a long overlap takes
 * every 2nd, 4th … of them. A hypothesis that predicts less than one whole window gets one, partly covered. */
void as_track_lay(struct as_track *t, const struct as_signal *target, const struct as_signal *src,
		  int n_max)
{
	double from = t->lag < 0.0 ? -t->lag : 0.0;
	double to = (double)target->n - t->lag < (double)src->n ? (double)target->n - t->lag
								: (double)src->n;
	int64_t first, last, stride = 1;

	n_max = n_max < AS_TRACK_WINDOWS ? n_max : AS_TRACK_WINDOWS;
	t->n = 0;
	t->overlap_n = to > from ? to - from : 0.0;
	if (to <= from)
		return;
	first = (int64_t)ceil(from / AS_LOCAL_N - 0.25);
	last = (int64_t)floor(to / AS_LOCAL_N + 0.25) - 1;
	while ((last - first) / stride + 1 > n_max)
		stride *= 2;
	first = (first + stride - 1) / stride * stride;
	for (int64_t k = first; k <= last; k += stride)
		t->w[t->n++] = (struct as_track_window){.grid = k, .at = k * AS_LOCAL_N};
	if (!t->n)
		t->w[t->n++] = (struct as_track_window){
			.grid = -1, .at = (int64_t)llrint(0.5 * (from + to) - 0.5 * AS_LOCAL_N)};
	for (int i = 0; i < t->n; i++)
		t->w[i].mid = (double)t->w[i].at + 0.5 * AS_LOCAL_N;
}

static void try_window(struct as_track *t, struct as_track_window *w, struct tracker *k,
		       struct as_local_ws *ws, const struct as_signal *target,
		       const struct as_signal *src)
{
	double gate, lag = predict(k, t, w->mid, &gate);

	as_correlate_local(ws, target, src, w->at, lag, (int)ceil(gate), &w->local, NULL, 0);
	w->tried = true;
	w->chance = w->local.gumbel;
	w->matched = w->local.evidence > ACCEPT_NATS;
	if (w->matched)
		remember(k, w->mid, w->local.lag);
}

/* The chance that a window of a true overlap shows no match falls with how far the windows that do match stand above the
 * noise: a hypothesis that matches loudly in some bars and not at all in others is a repetition, one that
 * matches faintly here and there is a noisy recording. */
static double miss_nats(double strength)
{
	double n = 0.4 + 3.0 * log(strength / STRENGTH_MIN);

	return n < 0.4 ? 0.4 : n > 12.0 ? 12.0 : n;
}

static void rank(struct as_track *t)
{
	double amp[AS_TRACK_WINDOWS], sum = 0.0, miss;
	int k = 0;

	for (int i = 0; i < t->n; i++) {
		double e = t->w[i].local.evidence;

		if (!t->w[i].matched)
			continue;
		if (!k)
			t->first_mid = t->w[i].mid;
		t->last_mid = t->w[i].mid;
		amp[k++] = sqrt(2.0 * e);
		sum += e < WINDOW_NATS_CAP ? e : WINDOW_NATS_CAP;
	}
	t->n_matched = k;
	t->strength = k ? as_median(amp, k) : 0.0;
	t->rank = sum;
	miss = miss_nats(t->strength);
	for (int i = 0; i < t->n; i++)
		if (!t->w[i].matched)
			t->rank -= miss * t->w[i].local.active * t->w[i].local.covered;
	if (t->straight)
		t->rank -= AS_TRACK_LINES_NATS;
}

/* Walks from window `from` in steps of `step`; gives up when nothing matches at all. False when cancelled. */
static bool walk(struct as_track *t, int from, int step, struct tracker *k, struct as_local_ws *ws,
		 const struct as_signal *target, const struct as_signal *src,
		 const atomic_bool *cancel)
{
	int missed = 0;

	for (int i = from; i >= 0 && i < t->n; i += step) {
		if (cancel && atomic_load_explicit(cancel, memory_order_relaxed))
			return false;
		if (!k->n && missed >= GIVE_UP)
			break;
		try_window(t, &t->w[i], k, ws, target, src);
		missed += !t->w[i].matched;
	}
	return true;
}

/* Looks once more, closely, where the windows that match say that the others must be. */
static bool settle(struct as_track *t, struct as_local_ws *ws, const struct as_signal *target,
		   const struct as_signal *src, const atomic_bool *cancel)
{
	double x[AS_TRACK_WINDOWS], y[AS_TRACK_WINDOWS];
	struct as_line l;
	int n = 0;

	for (int i = 0; i < t->n; i++)
		if (t->w[i].matched) {
			x[n] = t->w[i].mid;
			y[n++] = t->w[i].local.lag;
		}
	if (n < SETTLE_MIN || n == t->n || as_fit_line(x, y, NULL, n, AS_DRIFT_MAX, 1.0, &l))
		return true;
	for (int i = 0; i < t->n; i++) {
		struct as_track_window *w = &t->w[i];
		struct as_local local;

		if (w->matched)
			continue;
		if (cancel && atomic_load_explicit(cancel, memory_order_relaxed))
			return false;
		as_correlate_local(ws, target, src, w->at, as_line_at(&l, w->mid),
				   (int)(GATE_ON_LINE + l.scale), &local, NULL, 0);
		if (local.evidence <= ACCEPT_ON_LINE)
			continue;
		w->local = local;
		w->matched = true;
	}
	return true;
}

bool as_track_follow(struct as_track *t, struct as_local_ws *ws, const struct as_signal *target,
		     const struct as_signal *src, int n_max, const atomic_bool *cancel)
{
	struct tracker right = {0}, left = {0};
	int start = 0;

	as_track_lay(t, target, src, n_max);
	for (int i = 1; i < t->n; i++)
		if (fabs(t->w[i].mid - t->anchor) < fabs(t->w[start].mid - t->anchor))
			start = i;
	if (!walk(t, start, 1, &right, ws, target, src, cancel))
		return false;
	/* leftwards from what the first windows to the right said, the nearest last */
	for (int i = t->n - 1; i >= start; i--)
		if (t->w[i].matched)
			remember(&left, t->w[i].mid, t->w[i].local.lag);
	if (!walk(t, start - 1, -1, &left, ws, target, src, cancel) ||
	    !settle(t, ws, target, src, cancel))
		return false;
	rank(t);
	return true;
}

bool as_track_look(struct as_track *t, struct as_local_ws *ws, const struct as_signal *target,
		   const struct as_signal *src, const atomic_bool *cancel)
{
	t->straight = true;
	for (int i = 0; i < t->n; i++) {
		struct as_track_window *w = &t->w[i];

		if (cancel && atomic_load_explicit(cancel, memory_order_relaxed))
			return false;
		as_correlate_local(ws, target, src, w->at, t->lag + t->slope * (w->mid - t->anchor),
				   (int)GATE_ON_LINE, &w->local, NULL, 0);
		w->tried = true;
		w->chance = w->local.gumbel;
		w->matched = w->local.evidence > ACCEPT_ON_LINE;
	}
	rank(t);
	return true;
}

bool as_track_next_shared(const struct as_track *a, const struct as_track *b, int *i, int *j)
{
	int k = *j < 0 ? 0 : *j;

	for (int n = *i + 1; n < a->n; n++) {
		while (k < b->n && b->w[k].grid < a->w[n].grid)
			k++;
		if (k == b->n)
			return false;
		if (b->w[k].grid != a->w[n].grid)
			continue;
		*i = n;
		*j = k;
		return true;
	}
	return false;
}
