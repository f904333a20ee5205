/* What every form of the report says in the same words. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/figures.h"
#include "base/text.h"
#include "base/words.h"
#include "export/report_private.h"

#define QUARTER_S 900.0 /* time zones differ by multiples of it */
#define ZONE_S 5.0

void report_say_summary(char out[REPORT_LINE_BYTES], const struct report *r)
{
	const struct as_snapshot *s = r->s;
	char length[AS_FIGURE_BYTES], n[AS_FIGURE_BYTES];
	as_figure_count(n, sizeof n, r->tally.clips, "clip", "clips");
	if (!s->placements)
		snprintf(out, REPORT_LINE_BYTES, "%s, not analysed.", n);
	else if (r->tally.placed == 0)
		snprintf(out, REPORT_LINE_BYTES, "None of %s could be placed.", n);
	else if (s->n_islands > 1)
		snprintf(out, REPORT_LINE_BYTES, "%d of %s placed, on %d islands.", r->tally.placed, n, s->n_islands);
	else
		snprintf(out, REPORT_LINE_BYTES, "%d of %s placed on one timeline of %s.", r->tally.placed, n,
			 as_text_duration(length, sizeof length, s->n_islands ? s->island_s[0] : NAN));
}

const char *report_about_islands(const struct report *r)
{
	return r->s->n_islands > 1 && r->tally.placed > 0
		       ? "The islands share no sound, so the time between them is unknown; exports put one after the other."
		       : NULL;
}

void report_say_splice(char out[REPORT_LINE_BYTES], const struct report_splice *v)
{
	snprintf(out, REPORT_LINE_BYTES, "%.1f ms %s", fabs(v->amount_s) * 1e3, v->amount_s > 0 ? "lost" : "too much");
}

/* "1 h 0 min 3.2 s". */
static void say_span(char *out, size_t n, double s)
{
	s = round(fabs(s) * 10) / 10;
	double days = floor(s / 86400), hours = floor(fmod(s, 86400) / 3600), minutes = floor(fmod(s, 3600) / 60);
	double rest = fmod(s, 60);
	if (days >= 1)
		snprintf(out, n, "%.0f d %.0f h %.0f min", days, hours, minutes);
	else if (hours >= 1)
		snprintf(out, n, "%.0f h %.0f min %.1f s", hours, minutes, rest);
	else if (minutes >= 1)
		snprintf(out, n, "%.0f min %.1f s", minutes, rest);
	else
		snprintf(out, n, "%.1f s", rest);
}

static bool is_zone(double off_s)
{
	double quarters = round(off_s / QUARTER_S);
	return quarters != 0 && fabs(quarters) <= 56 && fabs(off_s - quarters * QUARTER_S) <= ZONE_S;
}

void report_say_clock(char out[REPORT_LINE_BYTES], const struct report *r, const struct report_clock *c, bool base)
{
	char span[64], about[64];
	(void)r;
	if (c->n == 0) {
		snprintf(out, REPORT_LINE_BYTES, "nothing to compare");
		return;
	}
	say_span(span, sizeof span, c->off_s);
	say_span(about, sizeof about, c->spread_s);
	int used;
	if (base)
		used = snprintf(out, REPORT_LINE_BYTES, "taken as right");
	else if (!c->wrong)
		used = snprintf(out, REPORT_LINE_BYTES, "right (%+.1f s)", c->off_s + 0.0);
	else
		used = snprintf(out, REPORT_LINE_BYTES, "%s %s%s", span, c->off_s > 0 ? "ahead" : "behind",
				is_zone(c->off_s) ? " (another time zone?)" : "");
	if (c->n > 1 && c->spread_s >= 0.05)
		used += snprintf(out + used, REPORT_LINE_BYTES - (size_t)used, ", within %s", about);
	if (c->ends)
		snprintf(out + used, REPORT_LINE_BYTES - (size_t)used, ", stamps the end");
}

void report_say_odd(char out[REPORT_LINE_BYTES], const struct report_odd *v)
{
	char span[64];
	say_span(span, sizeof span, v->off_s);
	snprintf(out, REPORT_LINE_BYTES, "its %s is %s %s than the other stamps of its device",
		 v->timecode ? "timecode" : "recording time", span, v->off_s > 0 ? "later" : "earlier");
}

char *report_track_name(char *out, size_t n, const struct report *r, int track)
{
	bool known = track >= 0 && track < r->s->n_tracks;
	return as_text_escape(out, n, known ? r->s->tracks[track].name : "(no track)");
}

const char *report_mark(const struct as_snapshot *s, int clip)
{
	if (s->clips[clip].state == AS_CLIP_FAILED)
		return "✗";
	switch (as_outline_verdict(s, clip)) {
	case AS_VERDICT_STRONG:
		return "●";
	case AS_VERDICT_MODERATE:
		return "◐";
	case AS_VERDICT_AMBIGUOUS:
		return "?";
	case AS_VERDICT_WEAK:
	case AS_VERDICT_UNPLACED:
		break;
	}
	return "○";
}

const char *report_urgency_title(enum report_urgency u)
{
	switch (u) {
	case REPORT_FAILED:
		return "Cannot be used";
	case REPORT_UNPLACED:
		return "Not placed: to be placed by hand";
	case REPORT_LISTEN:
		return "Placed: listen before you trust it";
	case REPORT_NOTED:
		return "Placed: good to know";
	case REPORT_FINE:
		break;
	}
	return "Fine";
}

bool report_is_changed(const struct report *r, const struct as_option_row *row)
{
	const char *origin = as_options_origin(r->opt, row->key);
	const char *value = as_options_value(r->opt, row->key);
	return value && strcmp(value, row->def) != 0 && origin && strcmp(origin, "default") != 0;
}
