#include "cli/live_text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/figures.h"
#include "base/json.h"
#include "base/text.h"

/* ---- for scripts ---- */

/* As many digits as mean something, so that a line stays short. */
static void add_fixed(struct as_json *j, const char *key, double value, double per_unit)
{
	as_json_add_real(j, key, round(value * per_unit) / per_unit);
}

static void add_reading(struct as_json *j, const struct as_live_reading *r)
{
	bool locked = r->state == AS_LIVE_LOCKED;
	add_fixed(j, "t_s", r->t_s, 1e4);
	as_json_add_text(j, "state", as_live_state_name(r->state));
	add_fixed(j, "lag_ms", locked ? r->lag_ms : NAN, 1e3);
	as_json_add_rough(j, "lag_err_ms", locked ? r->lag_err_ms : NAN);
	add_fixed(j, "confidence", r->confidence, 1e2);
	as_json_add_rough(j, "p_false", r->p_false);
	add_fixed(j, "drift_ppm", locked ? r->drift_ppm : NAN, 1e3);
	add_fixed(j, "calibrated_lag_ms", locked ? r->calibrated_lag_ms : NAN, 1e3);
	add_fixed(j, "position_s", locked ? r->position_s : NAN, 1e6);
	as_json_add_int(j, "xruns", r->xruns);
}

char *as_live_json_reading(const struct as_live_reading *r)
{
	struct as_json *j = as_json_new();
	if (!j)
		return NULL;
	add_reading(j, r);
	as_json_add_rough(j, "drift_err_ppm", r->state == AS_LIVE_LOCKED ? r->drift_err_ppm : NAN);
	as_json_add_bool(j, "no_match", r->no_match);
	as_json_add_bool(j, "ambiguous", r->ambiguous);
	add_fixed(j, "last_lag_ms", r->last_lag_ms, 1e3);
	add_fixed(j, "last_t_s", r->last_t_s, 1e4);
	add_fixed(j, "level_db", r->level_db, 10);
	as_json_add_bool(j, "reference_broken", r->reference_broken);
	return as_json_finish(j, true);
}

char *as_live_json_alert(const struct as_alert_event *e, const struct as_live_reading *r, const struct as_alert_limits *l)
{
	struct as_json *j = as_json_new();
	if (!j)
		return NULL;
	as_json_add_text(j, "alert", as_alert_kind_name(e->kind));
	as_json_add_bool(j, "raised", e->raised);
	add_reading(j, r);
	as_json_add_real(j, "early_ms", l->early_ms);
	as_json_add_real(j, "late_ms", l->late_ms);
	as_json_add_real(j, "no_lock_s", l->no_lock_s > 0 ? l->no_lock_s : NAN);
	return as_json_finish(j, true);
}

/* ---- for people ---- */

static void put_head(FILE *out, const struct as_term *t, double t_s)
{
	char at[32];
	as_text_hms(at, sizeof at, t_s, 1);
	as_put_ink(out, t, AS_INK_QUIET, at);
	as_put_gap(out, 2);
}

/* "-83.4 ms ±0.2 early" */
static void put_lag(FILE *out, const struct as_term *t, const struct as_live_reading *r, enum as_ink ink)
{
	char lag[48], err[64];
	double ms = round(r->calibrated_lag_ms * 10) / 10 + 0.0;
	snprintf(lag, sizeof lag, "%+9.1f ms", ms);
	as_put_ink(out, t, ink, lag);
	if (isfinite(r->lag_err_ms))
		snprintf(err, sizeof err, " %s%.*f", as_term_glyph(t, "±", "+-"), r->lag_err_ms < 0.095 ? 2 : 1, r->lag_err_ms);
	else
		snprintf(err, sizeof err, " %s", as_term_glyph(t, "±?", "+-?"));
	as_put_cell(out, t, AS_INK_PLAIN, AS_ALIGN_LEFT, 8, err);
	as_put_cell(out, t, AS_INK_PLAIN, AS_ALIGN_LEFT, 6, ms > 0 ? "late" : ms < 0 ? "early" : "");
}

static void put_locked(FILE *out, const struct as_term *t, const struct as_live_reading *r, bool alert)
{
	char figure[AS_FIGURE_BYTES], score[64], more[128] = "";
	put_lag(out, t, r, alert ? AS_INK_BAD : AS_INK_GOOD);
	snprintf(score, sizeof score, "  score %s", as_figure_score(figure, sizeof figure, r->confidence));
	if (isfinite(r->drift_ppm))
		snprintf(more, sizeof more, "%s ppm%s",
			 as_figure_drift(figure, sizeof figure, r->drift_ppm, r->drift_err_ppm, t->unicode), r->ambiguous ? "  " : "");
	if (r->ambiguous)
		strcat(more, "fits other places as well");
	if (!more[0]) {
		as_put_text(out, t, score);
		return;
	}
	as_put_cell(out, t, AS_INK_PLAIN, AS_ALIGN_LEFT, 15, score);
	as_put_text(out, t, more);
}

/* Without a lag: what there is to say. */
static void put_reason(FILE *out, const struct as_term *t, const struct as_live_reading *r, double calibration_ms)
{
	char text[128] = "", span[AS_FIGURE_BYTES];
	bool was = r->state == AS_LIVE_LOST && isfinite(r->last_lag_ms);
	if (r->state == AS_LIVE_SILENT)
		snprintf(text, sizeof text, "nothing that could be measured is heard (%.0f dBFS)", r->level_db);
	else if (r->no_match)
		snprintf(text, sizeof text, "no match: what is heard is hardly in the reference");
	else if (was)
		snprintf(text, sizeof text, "was %+.1f ms, %s ago%s", r->last_lag_ms + calibration_ms,
			 as_figure_span(span, sizeof span, r->t_s - r->last_t_s, t->unicode),
			 r->ambiguous ? "; it fits several places" : "");
	else if (r->ambiguous)
		snprintf(text, sizeof text, "it fits several places: the reference repeats itself");
	if (!text[0])
		return;
	as_put_gap(out, 11 - (int)strlen(as_live_state_name(r->state)));
	as_put_ink(out, t, r->no_match ? AS_INK_POOR : AS_INK_QUIET, text);
}

void as_live_put_reading(FILE *out, const struct as_term *t, const struct as_live_reading *r, double calibration_ms,
			 bool alert)
{
	bool locked = r->state == AS_LIVE_LOCKED && isfinite(r->calibrated_lag_ms);
	put_head(out, t, r->t_s);
	as_put_text(out, t, as_live_state_name(r->state));
	if (locked) {
		as_put_gap(out, 2);
		put_locked(out, t, r, alert);
	} else if (r->state != AS_LIVE_WAITING && r->state != AS_LIVE_PAUSED) {
		put_reason(out, t, r, calibration_ms);
	}
	fputc('\n', out);
}

/* Limits may have been taken away by other settings meanwhile. */
static const char *why_over(enum as_alert_kind kind, const struct as_alert_limits *l)
{
	if (kind == AS_ALERT_NO_LOCK)
		return l->no_lock_s > 0 ? "there are readings again" : "missing readings are no longer alerted of";
	return isnan(l->early_ms) ? "the lag has no limits any longer" : "the lag is within its limits again";
}

void as_live_put_alert(FILE *out, const struct as_term *t, const struct as_alert_event *e, const struct as_live_reading *r,
		       const struct as_alert_limits *l)
{
	char text[160];
	if (!e->raised)
		snprintf(text, sizeof text, "over: %s", why_over(e->kind, l));
	else if (e->kind == AS_ALERT_NO_LOCK)
		snprintf(text, sizeof text, "no reading for %g s: %s", l->no_lock_s, as_live_state_name(r->state));
	else
		snprintf(text, sizeof text, "%s: %+.1f ms, allowed are %+g to %+g ms", as_alert_kind_name(e->kind),
			 r->calibrated_lag_ms, l->early_ms, l->late_ms);
	put_head(out, t, r->t_s);
	as_put_ink(out, t, e->raised ? AS_INK_BAD : AS_INK_GOOD, "ALERT");
	as_put_gap(out, 4);
	as_put_text(out, t, text);
	fputc('\n', out);
}

static enum as_live_reason reason_of(const struct as_live_reading *r)
{
	return r->no_match ? AS_LIVE_NO_MATCH : r->ambiguous ? AS_LIVE_AMBIGUOUS : AS_LIVE_NO_REASON;
}

bool as_live_is_news(struct as_live_told *told, const struct as_live_reading *r)
{
	enum as_live_reason reason = reason_of(r);
	bool enters = !told->any || told->state != r->state;
	/* One that is gone leaves nothing to be said, and comes back as no news. */
	bool news = enters || (reason != AS_LIVE_NO_REASON && reason != told->reason);
	if (news)
		*told = (struct as_live_told){true, r->state, reason};
	return news;
}
