#include "tui/lag.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

#define CALM_S 0.5       /* figures change this often, unless … */
#define LEAP_MS 1.0      /* … the lag has, by more than this … */
#define LEAP_ERRORS 4.0  /* … and more than so many errors */
#define MOST_MS 1e11     /* three years: beyond that it is no lag */

void tui_lag_reset(struct tui_lag *g)
{
	int pace = g->pace;

	memset(g, 0, sizeof *g);
	g->pace = pace;
	g->saved_ms = NAN;
	g->now.lag_ms = g->shown.lag_ms = g->now.last_lag_ms = g->shown.last_lag_ms = NAN;
	g->now.level_db = g->shown.level_db = NAN;
	g->now.drift_ppm = g->shown.drift_ppm = g->now.position_s = g->shown.position_s = NAN;
	tui_lag_history_clear(&g->history);
}

static bool leaps(const struct as_live_reading *a, const struct as_live_reading *b)
{
	double by = fabs(a->lag_ms - b->lag_ms);

	if (a->state != b->state || a->no_match != b->no_match || a->ambiguous != b->ambiguous || a->xruns != b->xruns)
		return true;
	return by > LEAP_MS && !(by <= LEAP_ERRORS * b->lag_err_ms);
}

/* What is no lag is not shown as one. */
static struct as_live_reading checked(const struct as_live_reading *r)
{
	struct as_live_reading out = *r;

	if (!(fabs(out.lag_ms) < MOST_MS))
		out.lag_ms = out.calibrated_lag_ms = NAN;
	if (!(fabs(out.last_lag_ms) < MOST_MS))
		out.last_lag_ms = NAN;
	if ((unsigned)out.state > AS_LIVE_PAUSED || (out.state == AS_LIVE_LOCKED && isnan(out.lag_ms)))
		out.state = AS_LIVE_SEARCHING;
	return out;
}

bool tui_lag_take(struct tui_lag *g, const struct as_live_reading *r, double at_s)
{
	struct as_live_reading now = checked(r);
	bool changes = !g->heard || leaps(&g->shown, &now) || at_s - g->shown_at_s >= CALM_S || at_s < g->shown_at_s;

	tui_lag_history_add(&g->history, &now);
	g->now = now;
	g->now_at_s = at_s;
	g->heard = true;
	if (!changes)
		return false;
	g->shown = now;
	g->shown_at_s = at_s;
	return true;
}

bool tui_lag_take_status(struct tui_lag *g, const struct as_live_status *s)
{
	const struct as_live_status *o = &g->status;
	bool changes = s->state != o->state || s->ended != o->ended || s->capturing != o->capturing || s->loaded_s != o->loaded_s ||
		       s->reference_error.status != o->reference_error.status || s->calibration_ms != o->calibration_ms || s->rate_hz != o->rate_hz || strcmp(s->waiting_for, o->waiting_for) != 0 ||
		       strcmp(s->reference, o->reference) != 0 || strcmp(s->capture, o->capture) != 0;

	g->status = *s;
	if (!(fabs(s->calibration_ms) < MOST_MS))
		g->status.calibration_ms = 0;
	return changes;
}

int tui_lag_state(const struct tui_lag *g)
{
	if (g->status.ended)
		return TUI_LAG_ENDED;
	if (!g->heard || g->status.state == AS_LIVE_WAITING || g->status.state == AS_LIVE_PAUSED)
		return (int)g->status.state;
	return (int)g->shown.state;
}

double tui_lag_ms(const struct tui_lag *g)
{
	return tui_lag_state(g) == AS_LIVE_LOCKED ? g->shown.lag_ms + g->status.calibration_ms : (double)NAN;
}

double tui_lag_last_ms(const struct tui_lag *g, double at_s, double *ago_s)
{
	bool now = g->now.state == AS_LIVE_LOCKED;
	double last_ms = now ? g->now.lag_ms : g->now.last_lag_ms, since_s = at_s - g->now_at_s;

	/* Readings may have ceased; the clock has not. */
	*ago_s = (now ? 0 : g->now.t_s - g->now.last_t_s) + (since_s > 0 ? since_s : 0);
	if (!g->heard || !isfinite(last_ms) || !isfinite(*ago_s))
		*ago_s = NAN;
	*ago_s = *ago_s < 0 ? 0 : *ago_s;
	return isnan(*ago_s) ? (double)NAN : last_ms + g->status.calibration_ms;
}

/* --- how it reads -------------------------------------------------------------------------------------------------- */

enum tui_lag_zone tui_lag_zone(double ms)
{
	return ms >= -5 && ms <= 15 ? TUI_LAG_PRODUCTION : ms >= -40 && ms <= 60 ? TUI_LAG_R37 : TUI_LAG_OUTSIDE;
}

enum tui_style tui_lag_zone_style(enum tui_lag_zone z)
{
	return z == TUI_LAG_PRODUCTION ? TUI_ZONE_GOOD : z == TUI_LAG_R37 ? TUI_ZONE_FAIR : TUI_ZONE_BAD;
}

const char *tui_lag_tenths(double ms, char *out, size_t n)
{
	snprintf(out, n, "%+.1f", ms);
	/* No sign of what is nothing. */
	if (!strcmp(out, "-0.0") || !strcmp(out, "+0.0"))
		snprintf(out, n, "0.0");
	return out;
}

const char *tui_lag_figure(double ms, char *out, size_t n, const char **unit)
{
	*unit = "ms";
	if (!isfinite(ms)) {
		snprintf(out, n, "--");
		return out;
	}
	if (fabs(ms) < 9999.95)
		return tui_lag_tenths(ms, out, n);
	*unit = "s";
	if (fabs(ms) < 9.9999e7)
		snprintf(out, n, "%+.3f", ms / 1e3);
	else
		snprintf(out, n, "%+.3g", ms / 1e3);
	return out;
}

const char *tui_lag_error(double ms, bool unicode, char *out, size_t n)
{
	const char *pm = tui_glyph_text(unicode, TUI_G_PLUS_MINUS);

	if (!isfinite(ms) || ms < 0)
		snprintf(out, n, "%s", "");
	else if (ms < 0.095)
		snprintf(out, n, "%s%.2f ms", pm, ms);
	else if (ms < 9999.95)
		snprintf(out, n, "%s%.*f ms", pm, ms < 99.95 ? 1 : 0, ms);
	else
		snprintf(out, n, "%s%.3g s", pm, ms / 1e3);
	return out;
}

const char *tui_lag_ago(double s, char *out, size_t n)
{
	if (!isfinite(s) || s < 0)
		snprintf(out, n, "--");
	else if (s < 60)
		snprintf(out, n, "%d s", (int)s);
	else if (s < 2 * 86400)
		as_text_duration(out, n, s);
	else
		snprintf(out, n, "%.0f days", floor(s / 86400));
	return out;
}

struct tui_lag_mark tui_lag_mark(const struct tui_lag *g)
{
	static const struct tui_lag_mark marks[] = {
		[AS_LIVE_WAITING] = {TUI_G_WAITING, TUI_WARNING, "WAITING"},
		[AS_LIVE_SEARCHING] = {TUI_G_WEAK, TUI_INFO, "SEARCHING"},
		[AS_LIVE_LOCKED] = {TUI_G_STRONG, TUI_GOOD, "LOCKED"},
		[AS_LIVE_LOST] = {TUI_G_UNPLACED, TUI_ERROR, "LOST"},
		[AS_LIVE_SILENT] = {TUI_G_WAITING, TUI_WARNING, "SILENT"},
		[AS_LIVE_PAUSED] = {TUI_G_LOCK, TUI_WARNING, "PAUSED"},
		[TUI_LAG_ENDED] = {TUI_G_LOCK, TUI_QUIET, "ENDED"},
	};
	int state = tui_lag_state(g);

	if (state == TUI_LAG_ENDED && g->status.error.status != AS_OK)
		return (struct tui_lag_mark){TUI_G_FAILED, TUI_ERROR, "FAILED"};
	if (state == AS_LIVE_LOCKED && g->shown.ambiguous)
		return (struct tui_lag_mark){TUI_G_AMBIGUOUS, TUI_AMBIGUOUS, "AMBIGUOUS"};
	if (state == AS_LIVE_SEARCHING && g->shown.no_match)
		return (struct tui_lag_mark){TUI_G_UNPLACED, TUI_ERROR, "NO MATCH"};
	return marks[state >= 0 && state <= TUI_LAG_ENDED ? state : AS_LIVE_WAITING];
}

static const char *plain_words(const struct tui_lag *g)
{
	switch (tui_lag_state(g)) {
	case AS_LIVE_WAITING:
		return g->status.waiting_for[0] ? g->status.waiting_for : "for sound";
	case AS_LIVE_SEARCHING:
		return g->shown.no_match    ? "what plays is hardly in the reference; still looking"
		       : g->shown.ambiguous ? "it fits several places: the reference repeats itself"
					    : "there is sound, and no place for it yet";
	case AS_LIVE_LOCKED:
		return g->shown.ambiguous ? "one of several places that fit" : "";
	case AS_LIVE_SILENT:
		return "nothing is heard that could be measured";
	case AS_LIVE_LOST:
		return "what plays now fits nowhere yet";
	case TUI_LAG_ENDED:
		return g->status.error.status != AS_OK ? g->status.error.msg : g->stopped ? "you stopped it" : "no more sound comes";
	default:
		return "";
	}
}

const char *tui_lag_state_words(const struct tui_lag *g, char *out, size_t n)
{
	bool waits = tui_lag_state(g) == AS_LIVE_WAITING && g->status.waiting_for[0];

	snprintf(out, n, "%s%s", waits ? "for " : "", plain_words(g));
	return out;
}

const char *tui_lag_change_words(const struct tui_lag *g, bool unicode, char *out, size_t n)
{
	int state = tui_lag_state(g);
	char figure[TUI_LAG_TEXT_BYTES], error[TUI_LAG_TEXT_BYTES], words[AS_ERROR_MSG_BYTES + 16];
	const char *unit;

	if (state == AS_LIVE_LOCKED) {
		tui_lag_figure(tui_lag_ms(g), figure, sizeof figure, &unit);
		snprintf(out, n, "locked, %s %s %s", figure, unit, tui_lag_error(g->shown.lag_err_ms, unicode, error, sizeof error));
		return out;
	}
	tui_lag_state_words(g, words, sizeof words);
	snprintf(out, n, "%s%s%s%s", state == TUI_LAG_ENDED ? "ended" : as_live_state_name((enum as_live_state)state),
		 state == AS_LIVE_WAITING || !*words ? "" : ":", *words ? " " : "", words);
	return out;
}

const char *tui_lag_last_words(const struct tui_lag *g, double at_s, char *out, size_t n)
{
	char figure[TUI_LAG_TEXT_BYTES], ago[TUI_LAG_TEXT_BYTES];
	const char *unit;
	double ago_s, last_ms = tui_lag_last_ms(g, at_s, &ago_s);

	snprintf(out, n, "%s", "");
	if (tui_lag_state(g) != AS_LIVE_LOCKED && !isnan(last_ms)) {
		tui_lag_figure(last_ms, figure, sizeof figure, &unit);
		snprintf(out, n, "last %s %s, %s ago", figure, unit, tui_lag_ago(ago_s, ago, sizeof ago));
	}
	return out;
}
