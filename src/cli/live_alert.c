#include "cli/live_alert.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A reading vouches for no more than this time before it: what lies between two that are further apart was not measured. */
#define READING_S 1.0
#define LAG_MS_MAX 1e7

static const struct {
	const char *word;
	double early_ms, late_ms;
} presets[] = {
	{"off", NAN, NAN},
	{"ebu-r37", -40, 60},
	{"production", -5, 15},
};

const char *as_alert_kind_name(enum as_alert_kind kind)
{
	switch (kind) {
	case AS_ALERT_EARLY:
		return "early";
	case AS_ALERT_LATE:
		return "late";
	case AS_ALERT_NO_LOCK:
	case AS_ALERT_KINDS:
		break;
	}
	return "no_lock";
}

enum as_status as_alert_parse_limits(const char *text, double *early_ms, double *late_ms, struct as_error *err)
{
	for (size_t i = 0; i < sizeof presets / sizeof *presets; i++) {
		if (strcmp(text, presets[i].word) == 0) {
			*early_ms = presets[i].early_ms;
			*late_ms = presets[i].late_ms;
			return AS_OK;
		}
	}
	char *colon, *end;
	double early = strtod(text, &colon);
	if (colon != text && *colon == ':') {
		double late = strtod(colon + 1, &end);
		if (end != colon + 1 && !*end && early < late && fabs(early) <= LAG_MS_MAX && fabs(late) <= LAG_MS_MAX) {
			*early_ms = early;
			*late_ms = late;
			return AS_OK;
		}
	}
	return as_fail(err, AS_ERR_INVALID,
		       "live.alert: off, ebu-r37, production or EARLY:LATE in ms, the lower one first (-40:60), not \"%.40s\"", text);
}

enum as_status as_alert_read_limits(const struct as_options *opt, struct as_alert_limits *out, struct as_error *err)
{
	*out = (struct as_alert_limits){
		.after_s = as_options_real(opt, "live.alert_after_s"),
		.clear_s = as_options_real(opt, "live.alert_clear_s"),
		.margin_ms = as_options_real(opt, "live.alert_margin_ms"),
		.no_lock_s = as_options_real(opt, "live.alert_no_lock_s"),
	};
	return as_alert_parse_limits(as_options_text(opt, "live.alert"), &out->early_ms, &out->late_ms, err);
}

bool as_alert_has_limits(const struct as_alert_limits *l)
{
	return !isnan(l->early_ms) || l->no_lock_s > 0;
}

void as_alert_init(struct as_alert *a, const struct as_alert_limits *limits)
{
	*a = (struct as_alert){.limits = *limits, .last_t_s = NAN};
}

static int tell(struct as_alert *a, enum as_alert_kind kind, bool raised, struct as_alert_event *out)
{
	a->raised[kind] = raised;
	a->count[kind] += raised;
	*out = (struct as_alert_event){kind, raised};
	return 1;
}

/* Narrow limits would leave no lag from which an alert is over. */
static double margin_ms(const struct as_alert_limits *l)
{
	return fmin(l->margin_ms, (l->late_ms - l->early_ms) / 4);
}

static bool is_well_inside(const struct as_alert *a, double lag_ms)
{
	const struct as_alert_limits *l = &a->limits;
	double early = l->early_ms + (a->raised[AS_ALERT_EARLY] ? margin_ms(l) : 0);
	double late = l->late_ms - (a->raised[AS_ALERT_LATE] ? margin_ms(l) : 0);
	return lag_ms >= early && lag_ms <= late;
}

static int clear(struct as_alert *a, struct as_alert_event *out)
{
	int n = 0;
	for (enum as_alert_kind k = AS_ALERT_EARLY; k <= AS_ALERT_LATE; k++)
		if (a->raised[k])
			n += tell(a, k, false, out + n);
	a->inside_s = 0;
	return n;
}

static int step_lag(struct as_alert *a, double lag_ms, double dt, struct as_alert_event *out)
{
	const struct as_alert_limits *l = &a->limits;
	const bool is[2] = {lag_ms < l->early_ms, lag_ms > l->late_ms};
	int n = 0;
	a->inside_s = is_well_inside(a, lag_ms) ? a->inside_s + dt : 0;
	if (is_well_inside(a, lag_ms) && a->inside_s >= l->clear_s)
		n += clear(a, out);
	for (enum as_alert_kind k = AS_ALERT_EARLY; k <= AS_ALERT_LATE; k++) {
		a->outside_s[k] = is[k] && !a->raised[k] ? a->outside_s[k] + dt : 0;
		if (!is[k] || a->raised[k] || a->outside_s[k] < l->after_s)
			continue;
		n += clear(a, out + n); /* from one side to the other */
		a->outside_s[k] = 0;
		n += tell(a, k, true, out + n);
	}
	return n;
}

static int step_blind(struct as_alert *a, bool blind, double dt, struct as_alert_event *out)
{
	double limit_s = a->limits.no_lock_s;
	bool was = a->raised[AS_ALERT_NO_LOCK];
	a->blind_s = blind ? a->blind_s + dt : 0;
	bool now = blind && limit_s > 0 && (was || a->blind_s >= limit_s);
	return now == was ? 0 : tell(a, AS_ALERT_NO_LOCK, now, out);
}

int as_alert_step(struct as_alert *a, double t_s, enum as_live_state state, double lag_ms,
		  struct as_alert_event out[AS_ALERT_EVENTS_MAX])
{
	double dt = fmax(t_s - a->last_t_s, 0); /* of NAN: 0 */
	bool locked = state == AS_LIVE_LOCKED && isfinite(lag_ms);
	a->last_t_s = t_s;
	if (state == AS_LIVE_PAUSED)
		return 0;
	int n = step_blind(a, !locked, dt, out);
	if (isnan(a->limits.early_ms))
		n += clear(a, out + n);
	else if (locked)
		n += step_lag(a, lag_ms, fmin(dt, READING_S), out + n);
	return n;
}
