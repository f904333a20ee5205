/* When to say that the lag is out of bounds, or that there is none: limits, each with patience before it is told and before it is taken
 * back. Pure. */
#ifndef AS_CLI_LIVE_ALERT_H
#define AS_CLI_LIVE_ALERT_H

#include <stdbool.h>

#include <audiosync/live.h>

#include "base/error.h"

enum as_alert_kind {
	AS_ALERT_EARLY,   /* lag below early_ms */
	AS_ALERT_LATE,    /* lag above late_ms */
	AS_ALERT_NO_LOCK, /* no lag at all */
	AS_ALERT_KINDS
};

/* "early", "late", "no_lock". */
const char *as_alert_kind_name(enum as_alert_kind kind);

struct as_alert_limits {
	double early_ms, late_ms; /* both NAN: any lag will do */
	double after_s;           /* so long outside, and it is told */
	double clear_s;           /* so long inside by margin_ms, and it is taken back */
	double margin_ms;
	double no_lock_s;         /* so long without a lag, and that is told; 0: never */
};

/* "off", "ebu-r37", "production" or "EARLY:LATE" in ms, as -40:60. */
enum as_status as_alert_parse_limits(const char *text, double *early_ms, double *late_ms, struct as_error *err);
/* The settings live.alert and those with it. */
enum as_status as_alert_read_limits(const struct as_options *opt, struct as_alert_limits *out, struct as_error *err);
bool as_alert_has_limits(const struct as_alert_limits *l);

struct as_alert {
	struct as_alert_limits limits; /* may be changed between steps */
	bool raised[AS_ALERT_KINDS];   /* of EARLY and LATE at most one */
	long count[AS_ALERT_KINDS];    /* how often each was raised */
	/* Time without a lag counts for none of the first two. */
	double outside_s[2]; /* of EARLY, LATE: for so long it has been so, and not told */
	double inside_s;
	double blind_s;
	double last_t_s;
};

struct as_alert_event {
	enum as_alert_kind kind;
	bool raised; /* false: it is over */
};

#define AS_ALERT_EVENTS_MAX 3

void as_alert_init(struct as_alert *a, const struct as_alert_limits *limits);
/* One reading, its lag calibrated; times ascend. Returns how many events there are, in the order in which to tell them. */
int as_alert_step(struct as_alert *a, double t_s, enum as_live_state state, double lag_ms,
		  struct as_alert_event out[AS_ALERT_EVENTS_MAX]);

#endif
