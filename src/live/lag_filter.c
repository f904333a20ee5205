#include "live/lag_filter.h"

#include <math.h>

/* How far a lag and its drift wander by themselves in a second: crystals, and players that trim their speed. */
#define WALK_S 2e-6
#define WALK_DRIFT 5e-8
/* A look further off than so many of its standard errors, and so many seconds, is odd; a weak one sooner. */
#define ODD_SIGMAS 5.0
#define ODD_WEAK_SIGMAS 3.0
#define ODD_S 2e-4
/* Odd looks that lie within so much of each other have found something. */
#define STEP_S 3e-4
/* After a step the drift is known to so much. */
#define STEP_DRIFT 3e-4

void as_lag_filter_start(struct as_lag_filter *f, double t_s, double lag_s, double err_s, double drift, double drift_err)
{
	*f = (struct as_lag_filter){.t_s = t_s, .lag_s = lag_s, .drift = drift, .p11 = err_s * err_s, .p22 = drift_err * drift_err};
}

static void predict(struct as_lag_filter *f, double t_s)
{
	double dt = t_s - f->t_s, walk = fabs(dt);

	f->lag_s += f->drift * dt;
	f->p11 += dt * (2 * f->p12 + dt * f->p22) + WALK_S * WALK_S * walk;
	f->p12 += dt * f->p22;
	f->p22 += WALK_DRIFT * WALK_DRIFT * walk;
	f->t_s = t_s;
}

static void update(struct as_lag_filter *f, double lag_s, double variance)
{
	double s = f->p11 + variance, k1 = f->p11 / s, k2 = f->p12 / s, off = lag_s - f->lag_s;

	f->lag_s += k1 * off;
	f->drift += k2 * off;
	f->p22 -= k2 * f->p12;
	f->p12 -= k1 * f->p12;
	f->p11 -= k1 * f->p11;
}

/* The lag has made a step, or its drift was wrong. */
static void restart(struct as_lag_filter *f, double lag_s, double variance)
{
	f->lag_s = lag_s;
	f->p11 = variance;
	f->p12 = 0.0;
	f->p22 = fmax(f->p22, STEP_DRIFT * STEP_DRIFT);
	f->n_odd = 0;
}

static bool odd_agree(const struct as_lag_filter *f)
{
	double least = f->odd_s[0], most = least;

	for (int i = 1; i < f->n_odd; i++) {
		least = fmin(least, f->odd_s[i]);
		most = fmax(most, f->odd_s[i]);
	}
	return most - least < STEP_S;
}

bool as_lag_filter_add(struct as_lag_filter *f, double t_s, double lag_s, double err_s, double share, bool strong)
{
	double variance = err_s * err_s / share, off;

	predict(f, t_s);
	off = fabs(lag_s - f->lag_s);
	if (off <= ODD_S || off <= (strong ? ODD_SIGMAS : ODD_WEAK_SIGMAS) * sqrt(f->p11 + err_s * err_s)) {
		f->n_odd = 0;
		update(f, lag_s, variance);
		return true;
	}
	if (!strong)
		return false;
	if (f->n_odd == AS_LAG_ODD)
		for (int i = 1; i < AS_LAG_ODD; i++)
			f->odd_s[i - 1] = f->odd_s[i];
	f->n_odd -= f->n_odd == AS_LAG_ODD;
	f->odd_s[f->n_odd++] = lag_s - f->lag_s;
	if (f->n_odd < AS_LAG_ODD || !odd_agree(f))
		return false;
	restart(f, lag_s, variance);
	return true;
}

double as_lag_filter_lag(const struct as_lag_filter *f, double t_s)
{
	return f->lag_s + f->drift * (t_s - f->t_s);
}

double as_lag_filter_err(const struct as_lag_filter *f, double t_s)
{
	double dt = t_s - f->t_s;

	return sqrt(fmax(0.0, f->p11 + dt * (2 * f->p12 + dt * f->p22)));
}

double as_lag_filter_drift_err(const struct as_lag_filter *f)
{
	return sqrt(fmax(0.0, f->p22));
}
