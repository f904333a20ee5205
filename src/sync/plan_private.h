/* What plan.c and plan_many.c share. Theirs alone. */
#ifndef AS_SYNC_PLAN_PRIVATE_H
#define AS_SYNC_PLAN_PRIVATE_H

#include "sync/graph.h"
#include "sync/index.h"

#define AS_PLAN_NARROW_S 1.0         /* how far a position implied by others is trusted */
#define AS_PLAN_NARROW_OVERLAP_S 2.0 /* shorter implied overlaps are not worth a look */
#define AS_PLAN_DOUBT_OVERLAP_S                                                                    \
	20.0 /* an implied overlap of this length without a match is searched whole */

#define AS_PLAN_SEEK_SHARE                                                                         \
	0.5 /* of the budget may go to pairs of which little or nothing is known */
#define AS_PLAN_SEEK_WORK 6e4 /* of it, for one clip: 4 s or so … */
#define AS_PLAN_SEEK_MIN 4    /* … but always this many searches */

bool as_plan_comparable(const struct as_solve_clip *a, const struct as_solve_clip *b,
			const struct as_solve_config *cfg);
/* Of a whole search; the unit is explained in plan.c. */
double as_plan_work(const struct as_solve_clip *a, const struct as_solve_clip *b);
/* How much whole searches may cost altogether. */
double as_plan_budget(const struct as_solve_clip *clips, int n);

/* False when out of memory. */
bool as_plan_add(struct as_plan *p, const struct as_pair_task *t);

/* What was done about a pair. */
enum { AS_SEEN_NO, AS_SEEN_VAIN, AS_SEEN_YES };

/* The state of a plan for many pairs. */
struct as_many {
	const struct as_graph *g;
	const struct as_hints *hints;
	struct as_plan *out;
	int n;
	double budget, spent;
	/* per clip */
	int *vain; /* whole searches against clips that are in another component */
	double *vain_work;
	int *inside;         /* whole searches within the component that do not agree with it */
	int *extra;          /* of this round */
	int *root;           /* components as they would be if this round's searches succeeded */
	float *best;         /* the strongest hint */
	unsigned char *seen; /* of the pairs with one clip, scratch */
	int *first_hint, *hint_of; /* hints of each clip, as in as_touch */
};

/* The next pairs where searching all would cost too much. */
enum as_status as_plan_many(const struct as_graph *g, const struct as_hints *hints,
			    struct as_plan *out, struct as_error *err);

double as_plan_work_of(const struct as_many *w, int a, int b);
/* Fills w->seen for the pairs of clip c; forget empties it again. */
void as_many_recall(struct as_many *w, int c);
void as_many_forget(struct as_many *w, int c);
/* near_s NAN: a whole search. False when out of memory. */
bool as_many_add(struct as_many *w, int a, int b, double near_s, double tol_s);
/* A clip that has searched in vain for this much work searches no more. */
bool as_many_tired(const struct as_many *w, int c, double work);
/* Searches for what is still alone, by the clocks of the devices and by chance. False when out of memory. */
bool as_many_seek(struct as_many *w);

#endif
