/* A lag and its drift from single looks: a Kalman filter of two states that lets no odd look pull it. Pure. */
#ifndef AS_LIVE_LAG_FILTER_H
#define AS_LIVE_LAG_FILTER_H

#include <stdbool.h>

#define AS_LAG_ODD 3

struct as_lag_filter {
	double t_s;                 /* of the state */
	double lag_s, drift;        /* drift: s per s */
	double p11, p12, p22;       /* covariance */
	double odd_s[AS_LAG_ODD];   /* looks in a row that did not fit: by how much */
	int n_odd;
};

void as_lag_filter_start(struct as_lag_filter *f, double t_s, double lag_s, double err_s, double drift, double drift_err);
/* A look at t_s (>= all before, or a little older) with standard error err_s; share: how much of it is new, 1 for looks that have no sound in
 * common. False: it did not fit. Three strong ones in a row that agree with each other are a step of the lag, which is then taken at once; weak
 * ones are let go. */
bool as_lag_filter_add(struct as_lag_filter *f, double t_s, double lag_s, double err_s, double share, bool strong);
double as_lag_filter_lag(const struct as_lag_filter *f, double t_s);
/* Standard errors of lag at t_s and of drift. */
double as_lag_filter_err(const struct as_lag_filter *f, double t_s);
double as_lag_filter_drift_err(const struct as_lag_filter *f);

#endif
