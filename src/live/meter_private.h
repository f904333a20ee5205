/* Between the files of the meter, live/meter*.c. */
#ifndef AS_LIVE_METER_PRIVATE_H
#define AS_LIVE_METER_PRIVATE_H

#include "live/follow.h"
#include "live/meter.h"
#include "live/seek.h"

/* So many looks of another kind until it is no longer said that several places fit. */
#define SAY_AMBIGUOUS 10

struct as_heard;

struct as_meter {
	struct as_meter_config cfg;
	struct as_heard *heard;
	struct as_seeker *seeker;
	struct as_follower *follower;
	enum as_live_state state;
	bool placed;               /* the follower has a place, though it may be lost */
	int64_t missing;           /* samples that were not heard, since the last that was */
	int64_t cap_from, ref_from; /* samples of the axes behind the last hole, of the reference: of those that the place has come past */
	int quiet, doubt;          /* steps in a row */
	double active_s;           /* of sound since the search began */
	double to_look_s, to_speeds_s; /* of sound until the next look */
	double best;               /* decades, of all looks of this search at the usual speed */
	double hopeless_s;         /* of sound since a look promised anything */
	double evidence;           /* decades, of the place when it was found */
	double found_t_s;
	bool swap;                 /* streams: the next look seeks the reference in the capture */
	bool no_match, ambiguous;
	int unlike;                /* looks since one was ambiguous that said another thing; SAY_AMBIGUOUS: none was */
	double last_lag_s, last_t_s;
	double p_found;            /* decades of the best place of the last look */
};

/* meter_look.c */

/* Without what is before that sample of its axis. */
void as_meter_drop_before(struct as_signal *v, int64_t *first, double sample);
/* Where the newest captured sample is in the reference if nothing has changed; NAN: there was no place yet. */
double as_meter_expected(const struct as_meter *m, const struct as_scene *s);
/* The end of the hole that the place has come past, of the reference; 0: none. */
int64_t as_meter_passed(const struct as_meter *m, const struct as_scene *s);
/* Anew: nothing of the looks before counts. */
void as_meter_begin_search(struct as_meter *m);
/* The newest that was captured, in all of the reference. */
struct as_look as_meter_look(const struct as_meter *m, const struct as_scene *s, const atomic_bool *cancel);
/* The looks of one step; *best is their best place, found or not. */
enum as_status as_meter_seek(struct as_meter *m, const struct as_scene *s, const atomic_bool *cancel, struct as_place *best,
			     struct as_error *err);

#endif
