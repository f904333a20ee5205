/* Where in the whole reference is what was heard just now? Looks with several windows and speeds, each counted. Pure; one thread. */
#ifndef AS_LIVE_SEEK_H
#define AS_LIVE_SEEK_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "dsp/signal.h"

struct as_seeker;

/* A place: the sample `ref` of the reference is heard at sample `cap` of the capture, both at the middle of a window of n captured samples. */
struct as_place {
	double cap, ref, speed;   /* speed: reference samples per captured one */
	int n;
	double score;             /* decades: -log10 of the chance of such a match in all looks of this search */
	bool rivalled;            /* the reference has more of the like … */
	bool ambiguous;           /* … which fits about as well, too */
	double rho;               /* magnitude: how much of what is heard is the reference; known from a score of 3 on */
	bool found;               /* score reaches what was asked for, and it is not ambiguous */
};

struct as_seeker *as_seeker_new(double max_speed);
void as_seeker_free(struct as_seeker *s);

/* A new search begins: nothing of the looks before counts. */
void as_seeker_begin(struct as_seeker *s);

/* What one look compares. Signals begin at cap_first and ref_first of their axes. */
struct as_look {
	struct as_signal cap, ref;
	int64_t cap_first, ref_first;
	double active_s;          /* of sound that can be measured, since the search began */
	double expected_ref;      /* where the newest sample would be if nothing had changed; NAN */
	double near_s;            /* only so far around expected_ref is looked; 0: everywhere */
	double least_score;       /* decades that make a find by themselves … */
	bool proven;              /* … however faint it is: a moment ago it was this reference that was heard */
	bool patient;             /* nothing is expected: fewer windows, longer ones */
	const atomic_bool *cancel;
};

/* One look at the newest sound. out->score is that of the best place, found or not. AS_OK, AS_CANCELLED, AS_ERR_MEMORY. */
enum as_status as_seeker_look(struct as_seeker *s, const struct as_look *l, struct as_place *out, struct as_error *err);
/* The same with some of the speeds that the reference might be played at, other ones at each call: all of them once in so many
 * calls as as_seeker_speed_calls says. */
enum as_status as_seeker_look_speeds(struct as_seeker *s, const struct as_look *l, struct as_place *out, struct as_error *err);
int as_seeker_speed_calls(const struct as_seeker *s, const struct as_look *l);

/* A place that a look has found, with the speed that fits best to some 0.01 %; its score stays. */
enum as_status as_seeker_refine(struct as_seeker *s, const struct as_look *l, struct as_place *p, struct as_error *err);

/* Samples that one plain look goes over, all windows together: what it costs. */
double as_seeker_cost(const struct as_look *l);

#endif
