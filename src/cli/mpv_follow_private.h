/* Of mpv_follow.c, what is told, and mpv_act.c, what is done about it. */
#ifndef AS_CLI_MPV_FOLLOW_PRIVATE_H
#define AS_CLI_MPV_FOLLOW_PRIVATE_H

#include <math.h>
#include <stdbool.h>

#include "cli/mpv_follow.h"

#define WINDOW_S 1.0      /* of the player's positions, whose median counts: pictures and reports come when they come */
#define WINDOW_N 48
#define ENOUGH_N 4        /* positions, over ENOUGH_S, before any of them counts */
#define ENOUGH_S 0.3
#define SETTLE_S 0.25     /* after a seek or another speed, what is buffered still plays */
#define STALE_S 2.0       /* a reading this old says nothing about now */
#define FAR_S 0.6         /* a distance must last so long before it is sought across */
#define FAR_N 3
#define NEAR_S 0.3        /* and so long before it is sped across */
#define SEEK_EVERY_S 3.0
#define SEEK_LIMIT_S 6.0  /* a seek that takes longer has failed */
#define SEEK_TRIES 4      /* seeks in a row, none of which brought it near */
#define NUDGE_S 2.0       /* a nudge is so slow as to take this long, where it may be */
#define CHECK_S 5.0       /* between looks at whether a nudge brings it nearer */
#define DELAY_TRIES 3
#define UNLOCKED_S 2.0    /* the delay is put back after so long without a lock; the speed at once */
#define MAX_TIME_S 1e9    /* of what is believed */
#define SAME 1e-6

struct as_follow {
	struct as_follow_config cfg;
	enum as_follow_state state;
	double error_s;

	/* What is heard. */
	struct as_follow_heard heard, place; /* the last; the last that had a place */
	double unlocked_s;                   /* since when there is none; NAN: there is */
	bool ever_locked;

	/* The player, as it says. */
	bool here, paused, idle;
	double duration_s;
	double speed, delay_s; /* NAN: not told yet */
	struct {
		double t_s, position_s;
	} at[WINDOW_N];
	int n_at;
	double settled_s; /* positions from before count no longer */

	/* What is the user's, and what is ours. */
	double user_speed, home_speed; /* now; when it was met */
	double user_delay_s;
	double our_speed, our_delay_s; /* as last set; NAN: untouched */
	double old_speed, old_delay_s; /* as set before, until the player has told of the last; NAN: it has */
	bool moved;                    /* by the user's seek */
	bool fresh;                    /* a file that has not begun yet: it may be begun anywhere */

	/* A seek of ours. */
	bool seek_sent, seek_seen;
	double seek_s, seek_cost_s; /* when; what it takes until it plays, as learned */
	bool learn_cost;
	int seek_tries;

	/* Far, or near, since when and for how many readings. */
	double far_s, off_s;
	int far_n;

	double nudge;                  /* share of the speed now; 0: none */
	double check_s, check_error_s; /* when a nudge was last looked at */
	int idle_checks;               /* looks in a row that saw no progress */
	int delay_tries;
	double delay_error_s;
	bool near_stuck, far_stuck;
	double stuck_error_s;          /* where it got stuck near */
};

static inline bool as_follow_same(double a, double b)
{
	return fabs(a - b) < SAME;
}

/* The place in the reference that is heard at now_s. */
double as_follow_heard_at(const struct as_follow_heard *h, double now_s);
/* Where the player was is no guide to where it is. */
void as_follow_forget(struct as_follow *f, double now_s);

#endif
