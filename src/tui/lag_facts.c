/* What the meter knows beside the lag: score, drift, level, xruns, calibration, and of what it is. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/figures.h"
#include "base/text.h"
#include "tui/lag.h"

static bool is_unsaved(const struct tui_lag *g)
{
	return isfinite(g->saved_ms) && fabs(g->status.calibration_ms - g->saved_ms) >= 0.005;
}

static const char *fact_label(enum tui_lag_fact f)
{
	static const char *const labels[TUI_LAG_FACTS] = {"score", "drift ppm", "position", "level", "xruns", "calibration"};

	return labels[f];
}

static const char *fact_value(const struct tui_lag *g, enum tui_lag_fact f, bool unicode, char *out, size_t n)
{
	const struct as_live_reading *r = &g->shown;
	bool locked = tui_lag_state(g) == AS_LIVE_LOCKED;
	char figure[TUI_LAG_TEXT_BYTES];

	snprintf(out, n, "--");
	if (f == TUI_LAG_SCORE && locked)
		as_figure_score(out, n, r->confidence);
	else if (f == TUI_LAG_DRIFT && locked)
		as_figure_drift(out, n, r->drift_ppm, r->drift_err_ppm, unicode);
	else if (f == TUI_LAG_POSITION && locked)
		as_text_hms(out, n, r->position_s, 0);
	else if (f == TUI_LAG_LEVEL && g->heard && r->level_db > -120)
		snprintf(out, n, "%.0f dB", r->level_db > -0.5 && r->level_db < 0 ? 0 : r->level_db);
	else if (f == TUI_LAG_LEVEL && g->heard && r->level_db <= -120)
		snprintf(out, n, "no signal");
	else if (f == TUI_LAG_XRUNS && g->heard)
		snprintf(out, n, "%lld", (long long)r->xruns);
	else if (f == TUI_LAG_CALIBRATION)
		snprintf(out, n, "%s%s", tui_lag_tenths(g->status.calibration_ms, figure, sizeof figure), is_unsaved(g) ? " new" : " ms");
	return out;
}

static enum tui_style fact_style(const struct tui_lag *g, enum tui_lag_fact f)
{
	if (f == TUI_LAG_XRUNS && g->heard && g->shown.xruns > 0)
		return TUI_WARNING;
	return f == TUI_LAG_CALIBRATION && is_unsaved(g) ? TUI_WARNING : TUI_VALUE;
}

void tui_lag_fact(const struct tui_lag *g, enum tui_lag_fact f, struct tui_canvas c, int row, int col, int cols)
{
	char value[64];
	int label = 12, used;

	tui_put_fit(c, row, col, label, TUI_QUIET, TUI_LEFT, fact_label(f));
	tui_put_fit(c, row, col + label, cols - label, fact_style(g, f), TUI_LEFT, fact_value(g, f, c.unicode, value, sizeof value));
	used = label + tui_text_cols(value) + 1;
	/* From -60 dB to full scale. */
	if (f == TUI_LAG_LEVEL && cols - label >= 20 && g->heard && g->shown.level_db > -120)
		tui_bar(c, row, col + (used < label + 8 ? label + 8 : used), 10, (g->shown.level_db + 60) / 60);
}

static void reference_words(const struct tui_lag *g, char *out, size_t n)
{
	const struct as_live_status *s = &g->status;
	char whole[32], part[32];

	if (s->reference_error.status != AS_OK)
		snprintf(out, n, "broke off at %s", as_text_duration(part, sizeof part, s->loaded_s));
	else if (s->reference_live)
		snprintf(out, n, "live");
	else if (!(s->reference_s > 0))
		snprintf(out, n, "%s", "");
	else if (s->loaded_s < s->reference_s - 1)
		snprintf(out, n, "%s of %s", as_text_duration(part, sizeof part, s->loaded_s),
			 as_text_duration(whole, sizeof whole, s->reference_s));
	else
		as_text_duration(out, n, s->reference_s);
}

static void capture_words(const struct tui_lag *g, char *out, size_t n)
{
	char rate[AS_FIGURE_BYTES], channels[AS_FIGURE_BYTES];

	snprintf(out, n, "%s", "");
	if (g->status.rate_hz > 0)
		snprintf(out, n, "%s %s", as_figure_rate(rate, sizeof rate, g->status.rate_hz),
			 as_figure_channels(channels, sizeof channels, g->status.channels));
}

/* "reference  song.flac  3:35". A warning is not left out. */
static void put_name(struct tui_canvas c, int row, int col, int cols, const char *label, const char *name, const char *more, bool warns)
{
	int head = 12, tail = *more ? tui_text_cols(more) + 2 : 0, room = cols - head - tail, name_cols = tui_text_cols(name);

	/* What it is called comes first. */
	if (room < name_cols && !warns) {
		room = cols - head;
		tail = 0;
	}
	tui_put_fit(c, row, col, head, TUI_QUIET, TUI_LEFT, label);
	tui_put_fit(c, row, col + head, room, TUI_VALUE, TUI_NAME, *name ? name : "--");
	if (tail)
		tui_put(c, row, col + head + (name_cols < room ? name_cols : room) + 2, warns ? TUI_WARNING : TUI_QUIET, more);
}

void tui_lag_reference(const struct tui_lag *g, struct tui_canvas c, int row, int col, int cols)
{
	char more[80];

	reference_words(g, more, sizeof more);
	put_name(c, row, col, cols, "reference", g->status.reference, more, g->status.reference_error.status != AS_OK);
}

void tui_lag_capture(const struct tui_lag *g, struct tui_canvas c, int row, int col, int cols)
{
	char more[128];

	capture_words(g, more, sizeof more);
	put_name(c, row, col, cols, "capture", g->status.capture, more, false);
}

void tui_lag_brief_facts(const struct tui_lag *g, struct tui_canvas c, int row, int col, int cols)
{
	static const enum tui_lag_fact order[] = {TUI_LAG_XRUNS, TUI_LAG_CALIBRATION, TUI_LAG_LEVEL, TUI_LAG_SCORE, TUI_LAG_DRIFT};
	char value[64];
	int at = col;

	for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
		const char *label = order[i] == TUI_LAG_CALIBRATION ? "cal" : fact_label(order[i]);
		int width;

		fact_value(g, order[i], c.unicode, value, sizeof value);
		if (!strcmp(value, "--"))
			continue;
		width = (int)strlen(label) + 1 + tui_text_cols(value);
		if (at + width > col + cols)
			break;
		tui_put(c, row, at, TUI_QUIET, label);
		tui_put(c, row, at + (int)strlen(label) + 1, fact_style(g, order[i]), value);
		at += width + 2;
	}
}
