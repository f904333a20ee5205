/* Clips and matches -> islands, placements, drift; and which pairs are worth matching next. Pure. */
#ifndef AS_SYNC_SOLVE_H
#define AS_SYNC_SOLVE_H

#include <stdatomic.h>
#include <stdint.h>

#include <audiosync/types.h>

#include "sync/index.h"
#include "sync/match.h"

struct as_solve_clip {
	int track;
	int order; /* within the track, by recording time where known */
	double duration_s;
	double created_s;  /* NAN if unknown */
	double start_tc_s; /* NAN if unknown */
	double active;     /* 0..1 */
	bool usable;       /* false: failed, silent, too short */
	uint64_t
		key; /* of the content: breaks ties, so that the order of the input does not matter */
};

struct as_solve_match {
	int a, b; /* clip indices, a < b */
	struct as_match_result r;
	bool found;  /* false: matched and nothing found */
	bool narrow; /* made by a search near an implied offset only */
};

/* What is known beside the sound: b begins so much after a, whatever matches say. */
struct as_solve_tie {
	int a, b;
	double after_s;
};

struct as_solve_config {
	double strong, weak; /* decades */
	double max_p_false;
	double min_margin; /* decades under which a position counts as ambiguous */
	bool takes;        /* clips of one track may overlap: several takes against one playback */
	bool thorough;     /* search all pairs, however many there are */
	int reference;     /* track index, or -1: choose */
	const struct as_solve_tie *ties; /* or NULL. Their clips have places even if no match agrees with them */
	int n_ties;
};

struct as_solve_placement {
	int island; /* 1 …, 0 = unplaced */
	enum as_verdict verdict;
	enum as_method method;
	enum as_reason reason;
	int n_agreeing;           /* matches that agree with the place and reach cfg->weak */
	double support;           /* see as_placement */
	double start_s, start_err_s;
	double drift_ppm, drift_err_ppm;
	double confidence, p_false, margin;
	struct as_segment segments[AS_MATCH_PIECES];
	int n_segments;
	struct as_clock_knot *clock; /* owned by the solution; NULL unless the clock wandered */
	int n_clock;
	struct as_candidate candidates[AS_MATCH_CANDIDATES];
	int n_candidates;
	int beside;               /* see as_placement */
};

struct as_solution {
	struct as_solve_placement *placements; /* one per clip */
	int n_clips;
	int n_islands; /* placed clips only; by number of clips, then duration, then content key */
	double *island_s;   /* duration of each */
	int reference;      /* track index, -1 if nothing was placed */
	bool *used;         /* per match */
	double *residual_s; /* per match, NAN if its clips are not in one island */
};

struct as_pair_task {
	int a, b;      /* a < b */
	double near_s; /* NAN: whole search; else offset implied by what is placed already */
	double near_tol_s;
};

struct as_plan {
	struct as_pair_task *tasks;
	int n, room;
	bool wants_hints;         /* there are too many pairs to search them all: ask again with hints */
	int64_t left_out;         /* when n is 0: pairs of clips that nothing settles and that were not searched */
};

/* The next pairs to match, given all results so far (a pair appears once in the whole run, or twice: a look
 * nearby that found nothing may be followed by a whole search). They can run in any order and at the same time; call again when
 * all of them are done. No tasks: finished, unless hints are wanted. hints: what the index says of all pairs, in as_hints_sort's order, or
 * NULL. Deterministic. Pairs of one track are never matched unless cfg->takes. */
enum as_status as_solve_next(const struct as_solve_clip *clips, int n_clips, const struct as_solve_match *done,
			     int n_done, const struct as_hints *hints, const struct as_solve_config *cfg,
			     const atomic_bool *cancel, struct as_plan *out, struct as_error *err);
void as_plan_done(struct as_plan *p);

/* cancel: or NULL; read at least every 50 ms. AS_CANCELLED, AS_ERR_MEMORY. */
enum as_status as_solve(const struct as_solve_clip *clips, int n_clips,
			const struct as_solve_match *matches, int n_matches,
			const struct as_solve_config *cfg, const atomic_bool *cancel,
			struct as_solution *out, struct as_error *err);
void as_solution_done(struct as_solution *s);

#endif
