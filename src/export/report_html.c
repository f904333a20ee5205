/* The report as one page: no network, no script, nothing but itself. It is XML and HTML at once. */
#include <stdlib.h>
#include <string.h>

#include <audiosync/audiosync.h>

#include "base/figures.h"
#include "base/text.h"
#include "base/words.h"
#include "export/report_page.h"
#include "report_css.h"

#define CHECKS_OPEN 30 /* clips of a list that are seen at once; the others unfold */
#define CHECKS_MAX 1000 /* clips in a list; the table has them all */

void page_open(struct as_xml *x, const char *name, const char *class)
{
	as_xml_open(x, name);
	if (class)
		as_xml_attr(x, "class", class);
}

void page_put(struct as_xml *x, const char *name, const char *class, const char *text)
{
	page_open(x, name, class);
	as_xml_text(x, text);
	as_xml_close_full(x);
}

void page_head(struct as_xml *x, const char *id, const char *title)
{
	as_xml_text(x, "");
	as_xml_raw(x, "\n");
	as_xml_open(x, "h2");
	as_xml_attr(x, "id", id);
	as_xml_text(x, title);
	as_xml_close_full(x);
}

void page_open_table(struct as_xml *x, const char *const *heads)
{
	page_open(x, "div", "scroll");
	as_xml_open(x, "table");
	as_xml_open(x, "thead");
	as_xml_open(x, "tr");
	for (int i = 0; heads[i]; i++) {
		const char *colon = strchr(heads[i], ':');
		char class[24] = "";
		strncat(class, heads[i], (size_t)(colon - heads[i]) < sizeof class ? (size_t)(colon - heads[i]) : 0);
		page_put(x, "th", *class ? class : NULL, colon + 1);
	}
	as_xml_close_full(x);
	as_xml_close_full(x);
}

void page_close_table(struct as_xml *x)
{
	as_xml_close_full(x);
	as_xml_close_full(x);
}

void page_number(struct as_xml *x, const char *text)
{
	if (text[0] == '-' && text[1] >= '0' && text[1] <= '9')
		as_xml_textf(x, "−%s", text + 1);
	else
		as_xml_text(x, strcmp(text, "--") == 0 ? "–" : text);
}

void page_cell(struct as_xml *x, const char *class, const char *text)
{
	page_open(x, "td", class);
	page_number(x, text);
	as_xml_close_full(x);
}

const char *page_class(const struct as_snapshot *s, int clip)
{
	enum as_verdict v = as_outline_verdict(s, clip);
	return v == AS_VERDICT_STRONG ? "strong" : v == AS_VERDICT_MODERATE ? "moderate" : "poor";
}

void page_sign(struct as_xml *x, const struct as_snapshot *s, int clip)
{
	as_xml_open(x, "span");
	as_xml_attrf(x, "class", "sign %s", page_class(s, clip));
	as_xml_text(x, report_mark(s, clip));
	as_xml_close_full(x);
}

void page_clip(struct as_xml *x, const struct report *r, int clip)
{
	char name[400];
	as_xml_open(x, "a");
	as_xml_attrf(x, "href", "#clip-%d", r->number[clip]);
	as_xml_text(x, as_words_clip(name, sizeof name, &r->s->clips[clip]));
	as_xml_close_full(x);
}

/* ---- head ---- */

static void put_meta(struct as_xml *x, const char *key, const char *name, const char *content)
{
	as_xml_open(x, "meta");
	as_xml_attr(x, key, name);
	as_xml_attr(x, "content", content);
	as_xml_close(x);
}

static void put_head(struct as_xml *x)
{
	as_xml_open(x, "head");
	as_xml_open(x, "meta");
	as_xml_attr(x, "charset", "utf-8");
	as_xml_close(x);
	put_meta(x, "http-equiv", "Content-Security-Policy",
		 "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'");
	put_meta(x, "name", "viewport", "width=device-width, initial-scale=1");
	put_meta(x, "name", "color-scheme", "light dark");
	put_meta(x, "name", "generator", "audiosync");
	put_meta(x, "name", "referrer", "no-referrer");
	as_xml_element(x, "title", "Sync report");
	as_xml_open(x, "style");
	as_xml_raw(x, report_css);
	as_xml_close_full(x);
	as_xml_close_full(x);
}

static void put_tally_one(struct as_xml *x, int n, const char *what)
{
	page_open(x, "li", n ? NULL : "none");
	as_xml_elementf(x, "b", "%d", n);
	as_xml_element(x, "span", what);
	as_xml_close_full(x);
}

static void put_tally(struct as_xml *x, const struct report *r)
{
	int fine = r->tally.placed - r->n_urgency[REPORT_LISTEN];
	page_open(x, "ul", "tally");
	put_tally_one(x, fine, "placed, sure");
	put_tally_one(x, r->n_urgency[REPORT_LISTEN], "to listen to");
	put_tally_one(x, r->n_urgency[REPORT_UNPLACED], "not placed");
	if (r->n_urgency[REPORT_FAILED] > 0)
		put_tally_one(x, r->n_urgency[REPORT_FAILED], "unreadable");
	if (r->n_splices > 0)
		put_tally_one(x, r->n_splices, r->n_splices == 1 ? "break in a clip" : "breaks in clips");
	as_xml_close_full(x);
}

static void put_links(struct as_xml *x, const struct report *r)
{
	static const char *const links[][2] = {{"check", "To check"},    {"timeline", "Timeline"}, {"clips", "Clips"},
					       {"lags", "Lag over time"}, {"devices", "Devices"},   {"splices", "Breaks"},
					       {"rounding", "Rounding"},  {"warnings", "Warnings"}, {"settings", "Settings"}};
	as_xml_open(x, "nav");
	for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
		if ((i == 3 && r->n_plots == 0) || (i == 5 && r->n_splices == 0) || (i == 6 && r->n_rounding == 0) ||
		    (i == 7 && r->s->n_warnings == 0))
			continue;
		as_xml_open(x, "a");
		as_xml_attrf(x, "href", "#%s", links[i][0]);
		as_xml_text(x, links[i][1]);
		as_xml_close_full(x);
		as_xml_text(x, " ");
	}
	as_xml_close_full(x);
}

static void put_header(struct as_xml *x, const struct report *r)
{
	char text[REPORT_LINE_BYTES], name[300];
	as_xml_open(x, "header");
	as_xml_element(x, "h1", "Sync report");
	report_say_summary(text, r);
	page_put(x, "p", "lead", text);
	put_tally(x, r);
	if (report_about_islands(r))
		page_put(x, "p", "note", report_about_islands(r));
	for (int t = 0; t < r->s->n_tracks && r->tally.placed > 0; t++)
		if (r->s->tracks[t].reference) {
			page_open(x, "p", "note");
			as_xml_textf(x, "Time zero and the clock come from the reference, %s.",
				     report_track_name(name, sizeof name, r, t));
			as_xml_close_full(x);
		}
	put_links(x, r);
	as_xml_close_full(x);
}

/* ---- what to check ---- */

static void put_check(struct as_xml *x, const struct report *r, const struct report_check *c)
{
	char track[300];
	as_xml_open(x, "li");
	page_sign(x, r->s, c->clip);
	page_open(x, "div", "who");
	page_clip(x, r, c->clip);
	as_xml_element(x, "small", report_track_name(track, sizeof track, r, r->s->clips[c->clip].track));
	as_xml_close_full(x);
	page_put(x, "div", "what", c->text);
	as_xml_close_full(x);
}

/* Those from `from` on, before `to`. */
static void put_check_list(struct as_xml *x, const struct report *r, int from, int to)
{
	page_open(x, "ul", "checks");
	for (int i = from; i < to && !report_stopped(r); i++)
		put_check(x, r, &r->checks[i]);
	as_xml_close_full(x);
}

/* All of one urgency. */
static void put_check_group(struct as_xml *x, const struct report *r, int from, int to)
{
	int n = to - from, open = n <= CHECKS_OPEN + 5 ? n : CHECKS_OPEN, listed = n < CHECKS_MAX ? n : CHECKS_MAX;
	as_xml_open(x, "h3");
	as_xml_textf(x, "%s ", report_urgency_title(r->checks[from].urgency));
	as_xml_open(x, "span");
	as_xml_attr(x, "class", "n");
	as_xml_textf(x, "%d", n);
	as_xml_close_full(x);
	as_xml_close_full(x);
	put_check_list(x, r, from, from + open);
	if (n == open)
		return;
	as_xml_open(x, "details");
	as_xml_elementf(x, "summary", "%d more", n - open);
	put_check_list(x, r, from + open, from + listed);
	if (n > listed)
		as_xml_elementf(x, "p", "and %d more: the table of clips has them all.", n - listed);
	as_xml_close_full(x);
}

static void put_checks(struct as_xml *x, const struct report *r)
{
	page_head(x, "check", "To check by hand");
	if (r->n_checks == 0)
		as_xml_element(x, "p", r->tally.clips > 0 ? "Nothing: every clip has a sure place." : "There are no clips.");
	for (int i = 0, k; i < r->n_checks; i = k) {
		for (k = i + 1; k < r->n_checks && r->checks[k].urgency == r->checks[i].urgency; k++)
			;
		put_check_group(x, r, i, k);
	}
}

/* ---- warnings, settings, version ---- */

static void put_warnings(struct as_xml *x, const struct report *r)
{
	if (r->s->n_warnings == 0)
		return;
	page_head(x, "warnings", "Warnings");
	as_xml_open(x, "ul");
	for (int i = 0; i < r->s->n_warnings; i++)
		as_xml_element(x, "li", r->s->warnings[i]);
	as_xml_close_full(x);
}

static void put_setting(struct as_xml *x, const struct report *r, const struct as_option_row *row)
{
	const char *value = as_options_value(r->opt, row->key);
	as_xml_open(x, "tr");
	page_cell(x, "key", row->key);
	page_open(x, "td", "nb");
	as_xml_textf(x, "%s%s%s", *value ? value : "–", *value && *row->unit ? " " : "", *value ? row->unit : "");
	as_xml_close_full(x);
	page_cell(x, "wide", row->help);
	page_cell(x, NULL, as_options_origin(r->opt, row->key));
	as_xml_close_full(x);
}

static int put_settings_table(struct as_xml *x, const struct report *r, bool changed)
{
	static const char *const heads[] = {":Setting", ":Value", "wide:Meaning", ":From", NULL};
	size_t n;
	const struct as_option_row *rows = as_option_rows(&n);
	int count = 0;
	for (size_t i = 0; i < n; i++)
		count += report_is_changed(r, &rows[i]) == changed;
	if (count == 0)
		return 0;
	page_open_table(x, heads);
	as_xml_open(x, "tbody");
	for (size_t i = 0; i < n; i++)
		if (report_is_changed(r, &rows[i]) == changed)
			put_setting(x, r, &rows[i]);
	as_xml_close_full(x);
	page_close_table(x);
	return count;
}

static void put_settings(struct as_xml *x, const struct report *r)
{
	page_head(x, "settings", "Settings");
	if (put_settings_table(x, r, true) == 0)
		as_xml_element(x, "p", "All settings are at their defaults.");
	as_xml_open(x, "details");
	as_xml_element(x, "summary", "Settings at their defaults");
	put_settings_table(x, r, false);
	as_xml_close_full(x);
}

static bool put_body(struct as_xml *x, const struct report *r)
{
	as_xml_open(x, "body");
	put_header(x, r);
	as_xml_open(x, "main");
	put_checks(x, r);
	bool ok = page_timeline(x, r);
	page_clips(x, r);
	ok = page_plots(x, r) && ok;
	page_devices(x, r);
	page_splices(x, r);
	page_rounding(x, r);
	page_files(x, r);
	put_warnings(x, r);
	put_settings(x, r);
	as_xml_close_full(x);
	as_xml_open(x, "footer");
	as_xml_textf(x, "Written by audiosync %s.", as_version());
	as_xml_close_full(x);
	as_xml_close_full(x);
	return ok;
}

char *report_html(const struct report *r, size_t *n)
{
	struct as_xml *x = as_xml_new(false, false);
	if (!x)
		return NULL;
	as_xml_doctype(x, "html", NULL, NULL);
	as_xml_open(x, "html");
	as_xml_attr(x, "xmlns", "http://www.w3.org/1999/xhtml");
	as_xml_attr(x, "lang", "en");
	put_head(x);
	if (put_body(x, r))
		return as_xml_finish(x, n);
	as_xml_free(x);
	return NULL;
}
