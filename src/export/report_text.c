/* The report as text of 80 columns, for mail and for terminals that show UTF-8. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <audiosync/audiosync.h>

#include "base/figures.h"
#include "base/output_files.h"
#include "base/text.h"
#include "base/words.h"
#include "export/report_private.h"
#include "export/timeline.h"

#define COLS 80
#define BAR_COLS 58 /* of a drawn timeline, beside its labels */
#define NAME_COLS 26
#define LANES_MAX 40
#define PANELS_MAX 24

struct sheet {
	struct as_buffer b;
	const struct report *r;
};

/* ---- lines ---- */

static void put(struct sheet *s, const char *text)
{
	as_buffer_add(&s->b, text);
}

/* Exactly cols columns. */
static void put_cell(struct sheet *s, int cols, bool right, const char *text)
{
	char fitted[800];
	int used = as_text_fit(fitted, sizeof fitted, text, cols, 1, 0);
	as_buffer_fill(&s->b, ' ', right ? cols - used : 0);
	put(s, fitted);
	as_buffer_fill(&s->b, ' ', right ? 0 : cols - used);
}

/* Ends a line without blanks at its end. */
static void end_line(struct sheet *s)
{
	while (s->b.bytes > 0 && s->b.text[s->b.bytes - 1] == ' ')
		s->b.text[--s->b.bytes] = '\0';
	put(s, "\n");
}

static void put_rule(struct sheet *s, const char *dash, int cols)
{
	for (int i = 0; i < cols; i++)
		put(s, dash);
	put(s, "\n");
}

static void put_head(struct sheet *s, const char *title)
{
	put(s, "\n");
	put(s, title);
	put(s, "\n");
	put_rule(s, "─", as_text_cols(title));
}

/* Words broken at the margin; the line is at column `at`, the next begin at `indent`. Safe text. */
static void put_wrapped(struct sheet *s, int at, int indent, const char *text)
{
	bool first = true;
	while (*text) {
		size_t n = strcspn(text, " ");
		char word[800], fitted[800];
		snprintf(word, sizeof word, "%.*s", (int)(n < sizeof word ? n : sizeof word - 1), text);
		int cols = as_text_cols(word);
		if (!first && at + 1 + cols > COLS) {
			put(s, "\n");
			as_buffer_fill(&s->b, ' ', indent);
			at = indent;
			first = true;
		}
		if (!first)
			put(s, " ");
		as_text_fit(fitted, sizeof fitted, word, COLS - indent, 1, 0);
		put(s, fitted);
		at += as_text_cols(fitted) + !first;
		first = false;
		text += n + (text[n] == ' ');
	}
	put(s, "\n");
}

/* Text from outside. */
static void put_safe(struct sheet *s, int at, int indent, const char *text)
{
	char *safe = as_text_escape_dup(text);
	put_wrapped(s, at, indent, safe ? safe : "");
	s->b.failed = s->b.failed || !safe;
	free(safe);
}

static void put_clip_name(struct sheet *s, int cols, int clip)
{
	char name[400];
	put_cell(s, cols, false, as_words_clip(name, sizeof name, &s->r->s->clips[clip]));
}

/* ---- parts ---- */

static void put_checks(struct sheet *s)
{
	const struct report *r = s->r;
	put_head(s, "To check by hand");
	if (r->n_checks == 0)
		put(s, r->tally.clips > 0 ? "Nothing: every clip has a sure place.\n" : "There are no clips.\n");
	for (int i = 0; i < r->n_checks; i++) {
		const struct report_check *c = &r->checks[i];
		if (i == 0 || c->urgency != r->checks[i - 1].urgency)
			as_buffer_addf(&s->b, "%s%s (%d)\n", i ? "\n" : "", report_urgency_title(c->urgency),
				       r->n_urgency[c->urgency]);
		as_buffer_addf(&s->b, "%s ", report_mark(r->s, c->clip));
		char name[400], text[440];
		as_words_clip(name, sizeof name, &r->s->clips[c->clip]);
		as_text_fit(text, sizeof text, name, COLS - 4, 1, 0);
		put(s, text);
		put(s, "\n    ");
		put_wrapped(s, 4, 4, c->text);
	}
}

static int column_of(double share)
{
	return (int)fmin(fmax(floor(share * BAR_COLS), 0), BAR_COLS - 1);
}

/* A lane of block characters: full where a sure clip runs, shaded where a moderate one does. */
static void put_lane(struct sheet *s, int island, int track, int from, int to)
{
	const struct as_snapshot *snap = s->r->s;
	char name[300];
	unsigned char cells[BAR_COLS] = {0};
	double length_s = snap->island_s[island - 1];
	bool any = false;
	for (int k = from; k < to; k++) {
		int clip = s->r->outline.clips[k];
		const struct as_placement *p = &snap->placements[clip];
		double duration_s = snap->clips[clip].duration_s;
		if (!as_outline_is_placed(snap, clip) || p->island != island || !(length_s > 0) || !isfinite(duration_s))
			continue;
		any = true;
		int last = column_of((p->start_s + duration_s) / length_s - 1e-9);
		for (int c = column_of(p->start_s / length_s); c <= last; c++)
			cells[c] = (unsigned char)(p->verdict == AS_VERDICT_STRONG || cells[c] == 2 ? 2 : 1);
	}
	if (!any)
		return;
	put_cell(s, COLS - BAR_COLS - 2, false, report_track_name(name, sizeof name, s->r, track));
	put(s, "  ");
	for (int c = 0; c < BAR_COLS; c++)
		put(s, cells[c] == 2 ? "█" : cells[c] == 1 ? "▒" : "·");
	end_line(s);
}

static void put_timelines(struct sheet *s)
{
	const struct report *r = s->r;
	if (r->tally.placed == 0)
		return;
	put_head(s, "Timeline");
	for (int i = 1; i <= r->s->n_islands && i <= PANELS_MAX; i++) {
		char length[AS_FIGURE_BYTES];
		if (r->s->n_islands > 1)
			as_buffer_addf(&s->b, "%sIsland %d\n", i > 1 ? "\n" : "", i);
		for (int t = 0; t < r->s->n_tracks && t < LANES_MAX; t++)
			put_lane(s, i, t, r->outline.first[t], r->outline.first[t + 1]);
		as_buffer_fill(&s->b, ' ', COLS - BAR_COLS);
		put(s, "0:00");
		put_cell(s, BAR_COLS - 4, true, as_text_duration(length, sizeof length, r->s->island_s[i - 1]));
		end_line(s);
	}
	if (r->s->n_islands > PANELS_MAX || r->s->n_tracks > LANES_MAX)
		put(s, "Not all are drawn: the table below has every clip.\n");
	put(s, "█ strong   ▒ moderate: listen\n");
}

static void put_row(struct sheet *s, int clip)
{
	const struct as_snapshot *snap = s->r->s;
	const struct as_placement *p = as_outline_placement(snap, clip);
	bool placed = as_outline_is_placed(snap, clip), failed = snap->clips[clip].state == AS_CLIP_FAILED;
	char text[AS_FIGURE_BYTES], verdict[64];
	as_buffer_addf(&s->b, "%s ", report_mark(snap, clip));
	put_clip_name(s, NAME_COLS, clip);
	if (snap->n_islands > 1) {
		snprintf(text, sizeof text, "%d", placed ? p->island : 0);
		put_cell(s, 3, true, placed ? text : "--");
	}
	put_cell(s, 13, true, as_text_hms(text, sizeof text, placed ? p->start_s : NAN, 3));
	put_cell(s, 8, true, as_figure_span(text, sizeof text, placed ? p->start_err_s : NAN, true));
	put_cell(s, 6, true, as_figure_score(text, sizeof text, p && !failed ? p->confidence : NAN));
	as_figure_drift(text, sizeof text, placed ? p->drift_ppm : NAN, placed ? p->drift_err_ppm : NAN, true);
	put_cell(s, snap->n_islands > 1 ? 12 : 13, true, text);
	put(s, " ");
	put_cell(s, 9, false, as_words_verdict(verdict, sizeof verdict, snap, clip));
	end_line(s);
}

static void put_clips(struct sheet *s)
{
	const struct report *r = s->r;
	bool many = r->s->n_islands > 1;
	char name[300];
	put_head(s, "Clips");
	put(s, "  ");
	put_cell(s, NAME_COLS, false, "Clip");
	put_cell(s, many ? 3 : 0, true, many ? "Isl" : "");
	put_cell(s, 13, true, "Start");
	put_cell(s, 8, true, "±");
	put_cell(s, 6, true, "Score");
	put_cell(s, many ? 12 : 13, true, "Drift ppm");
	put(s, " Verdict\n");
	for (int t = 0; t <= r->s->n_tracks; t++) {
		int from = r->outline.first[t], to = t < r->s->n_tracks ? r->outline.first[t + 1] : r->outline.n_clips;
		char text[400];
		if (from == to)
			continue;
		as_text_fit(text, sizeof text, report_track_name(name, sizeof name, r, t), COLS - 12, 1, 0);
		as_buffer_addf(&s->b, "%s%s\n", text, t < r->s->n_tracks && r->s->tracks[t].reference ? ", reference" : "");
		for (int k = from; k < to && !report_stopped(r); k++)
			put_row(s, r->outline.clips[k]);
	}
}

static void put_device(struct sheet *s, int track)
{
	const struct report *r = s->r;
	const struct report_device *d = &r->devices[track];
	char text[AS_FIGURE_BYTES], line[REPORT_LINE_BYTES], name[300], fitted[340];
	as_text_fit(fitted, sizeof fitted, report_track_name(name, sizeof name, r, track), COLS, 1, 0);
	as_buffer_addf(&s->b, "%s\n", fitted);
	as_buffer_addf(&s->b, "    drift            %s%s\n",
		       as_figure_drift(text, sizeof text, d->drift_ppm, d->drift_err_ppm, true),
		       isfinite(d->drift_ppm) ? " ppm" : "");
	report_say_clock(line, r, &d->created, track == r->created_base);
	put(s, "    recording times  ");
	put_wrapped(s, 21, 21, line);
	report_say_clock(line, r, &d->timecode, track == r->timecode_base);
	put(s, "    timecode         ");
	put_wrapped(s, 21, 21, line);
}

static void put_devices(struct sheet *s)
{
	const struct report *r = s->r;
	if (r->s->n_tracks > 0)
		put_head(s, "Devices: drift and clocks");
	for (int t = 0; t < r->s->n_tracks; t++)
		put_device(s, t);
	for (int i = 0; i < r->n_odd; i++) {
		char text[REPORT_LINE_BYTES];
		report_say_odd(text, &r->odd[i]);
		put(s, "! ");
		put_clip_name(s, NAME_COLS, r->odd[i].clip);
		put(s, "  ");
		put_wrapped(s, NAME_COLS + 4, 4, text);
	}
}

static void put_splices(struct sheet *s)
{
	const struct report *r = s->r;
	char text[REPORT_LINE_BYTES];
	if (r->n_splices == 0)
		return;
	put_head(s, "Breaks inside clips");
	put_cell(s, NAME_COLS + 2, false, "Clip");
	put_cell(s, 14, true, "In the clip");
	put_cell(s, 17, true, "On its island");
	put(s, "\n");
	for (int i = 0; i < r->n_splices; i++) {
		const struct report_splice *v = &r->splices[i];
		put_clip_name(s, NAME_COLS + 2, v->clip);
		put_cell(s, 14, true, as_text_hms(text, sizeof text, v->at_s, 3));
		put_cell(s, 17, true, as_text_hms(text, sizeof text, v->island_at_s, 3));
		report_say_splice(text, v);
		put_cell(s, 20, true, text);
		end_line(s);
	}
}

static void put_rounding(struct sheet *s)
{
	const struct report *r = s->r;
	char text[64], rate[AS_TIMECODE_BYTES + 16];
	if (r->n_rounding == 0)
		return;
	put_head(s, "Rounding to frames");
	as_buffer_addf(&s->b, "At %s frames a second; where the sound is, minus where it belongs.\n",
		       as_rate_name(rate, sizeof rate, r->edit->rate));
	put_cell(s, NAME_COLS + 2, false, "Clip");
	put_cell(s, 13, true, "Start");
	put_cell(s, 13, true, "samples");
	put_cell(s, 13, true, "End");
	put_cell(s, 13, true, "samples");
	put(s, "\n");
	for (int i = 0; i < r->n_rounding; i++) {
		const double v[2] = {r->rounding[i].start_s, r->rounding[i].end_s};
		put_clip_name(s, NAME_COLS + 2, r->rounding[i].clip);
		for (int k = 0; k < 2; k++) {
			snprintf(text, sizeof text, "%+.3f ms", round(v[k] * 1e6) / 1e3 + 0.0);
			put_cell(s, 13, true, text);
			snprintf(text, sizeof text, "%+.0f", round(v[k] * r->edit->sample_rate_hz) + 0.0);
			put_cell(s, 13, true, text);
		}
		end_line(s);
	}
}

static void put_files(struct sheet *s)
{
	const struct as_snapshot *snap = s->r->s;
	if (snap->n_outputs > 0)
		put_head(s, "Files written");
	for (int i = 0; i < snap->n_outputs; i++) {
		const struct as_output *f = &snap->outputs[i];
		bool good = f->done && !*f->error;
		for (int k = 0; k < as_output_n_files(f); k++) {
			put(s, good ? "✓ " : "✗ ");
			put_safe(s, 2, 4, as_output_file(f, k));
		}
		if (!good) {
			put(s, "    ");
			put_safe(s, 4, 4, *f->error ? f->error : "not written");
		}
	}
}

static void put_settings(struct sheet *s)
{
	size_t n, changed = 0;
	const struct as_option_row *rows = as_option_rows(&n);
	put_head(s, "Settings");
	for (size_t i = 0; i < n; i++) {
		if (!report_is_changed(s->r, &rows[i]))
			continue;
		char line[800];
		const char *unit = rows[i].unit;
		snprintf(line, sizeof line, "%s = %s%s%s (%s)", rows[i].key, as_options_value(s->r->opt, rows[i].key),
			 *unit ? " " : "", unit, as_options_origin(s->r->opt, rows[i].key));
		put_safe(s, 0, 4, line);
		changed++;
	}
	put(s, changed ? "All others are at their defaults.\n" : "All settings are at their defaults.\n");
}

char *report_text(const struct report *r, size_t *n)
{
	struct sheet s = {.r = r};
	char line[REPORT_LINE_BYTES];
	put(&s, "Sync report\n");
	put_rule(&s, "═", 11);
	report_say_summary(line, r);
	put_wrapped(&s, 0, 0, line);
	if (report_about_islands(r))
		put_wrapped(&s, 0, 0, report_about_islands(r));
	put_checks(&s);
	put_timelines(&s);
	put_clips(&s);
	put_devices(&s);
	put_splices(&s);
	put_rounding(&s);
	put_files(&s);
	if (r->s->n_warnings > 0)
		put_head(&s, "Warnings");
	for (int i = 0; i < r->s->n_warnings; i++) {
		put(&s, "! ");
		put_safe(&s, 2, 2, r->s->warnings[i]);
	}
	put_settings(&s);
	as_buffer_addf(&s.b, "\nWritten by audiosync %s.\n", as_version());
	*n = s.b.bytes;
	return as_buffer_take(&s.b);
}
