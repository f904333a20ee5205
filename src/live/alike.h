/* What it is worth that two stretches of sound are alike at one lag. Pure; one thread. */
#ifndef AS_LIVE_ALIKE_H
#define AS_LIVE_ALIKE_H

#include <stdbool.h>
#include <stdint.h>

#include "dsp/signal.h"

struct as_alike;

struct as_alike *as_alike_new(void);
void as_alike_free(struct as_alike *a);

struct as_alikeness {
	double rho;       /* signed, at the best lag */
	double worth;     /* how many independent samples the stretches are worth */
	double evidence;  /* nats: -ln of the chance that stretches with these spectra, but phases of their own, are as alike at one lag */
	double beside;    /* |rho| of the next best lag, 1 to 30 ms from the best one, relative to the best: 1 says that it may as well be there */
	double strange;   /* rho at those lags, relative to the best, less that of x or y with itself, whichever is nearer: the largest magnitude */
};

/* A note that both hold, rather than the same sound: beside the best lag they are as alike as there, or alike in a way that neither is to itself,
 * which noise (1 / sqrt(2 evidence) relative to the best) does not explain. */
bool as_alike_is_note(const struct as_alikeness *a);

/* x[at_x + k] against y[at_y + k], k in [0, n), and lags around that one. Two held notes of the same pitch are alike at many lags, and their
 * evidence is next to nothing; that of noise-like sound is as in a search. n from 1 to 2^17. False when out of memory. */
bool as_alike_look(struct as_alike *a, const struct as_signal *x, int64_t at_x, const struct as_signal *y, int64_t at_y, int n,
		   struct as_alikeness *out);

/* Where about y[at, …) the n samples x[at_x, …) are most alike, a few samples to and fro, and between samples, too: a place that lies between
 * two is no less alike for that. */
struct as_spot {
	double at;
	double rho;       /* signed */
};

struct as_spot as_alike_spot(const struct as_signal *x, int64_t at_x, const struct as_signal *y, int64_t at, int n);

/* By how much a stretch of n samples is likelier to be at the first of two spots of y: nats, and the standard deviation that noise gives them; worth
 * as told of it at one of them. The two places have something in common, and as far as that goes, noise hits both alike. */
struct as_lead {
	double nats, sigma;
};

/* Whether n samples at two spots of y are the same sound but for what whitening made of them: how strong a part of it is depends on the minute
 * around, its phase does not. Two frequencies in 128 ms that are turned alike in both count 1, at random 0; each as much as the square of the weaker
 * one. The mean, -1 to 1: above 0.97 for copies (measured; frames that do not begin at the same samples of both cost the rest), and 0 for less than
 * 128 ms or for no memory. */
double as_alike_phases(struct as_alike *a, const struct as_signal *y, const struct as_spot *first, const struct as_spot *second, int n);

struct as_lead as_alike_lead(const struct as_signal *y, const struct as_spot *first, const struct as_spot *second, int n, double worth);

#endif
