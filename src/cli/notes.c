/* The words below the table: what was not placed and why, warnings, the summary. */
#include "cli/table.h"

#include <stdlib.h>
#include <string.h>

#include "base/figures.h"
#include "base/outline.h"
#include "base/text.h"
#include "base/words.h"

#define NAMES_MAX 6 /* clips named per reason; the table has them all */

struct reason {
	char *text; /* heap */
	int clip;
	int place;  /* in the order of the table */
	int shared; /* on the first of those with this text: how many there are */
};

static int text_cmp(const void *va, const void *vb)
{
	const struct reason *a = va, *b = vb;
	int by_text = strcmp(a->text, b->text);
	return by_text ? by_text : (a->place > b->place) - (a->place < b->place);
}

static int place_cmp(const void *va, const void *vb)
{
	const struct reason *const *a = va, *const *b = vb;
	return ((*a)->place > (*b)->place) - ((*a)->place < (*b)->place);
}

/* One reason and the n clips that share it. */
static void put_reason(FILE *out, const struct as_term *t, const struct as_snapshot *s,
		       const struct reason *r)
{
	int n = r[0].shared;
	enum as_ink ink;
	const char *mark = as_table_mark(t, s, r[0].clip, &ink);
	as_put_ink(out, t, ink, mark);
	fputc(' ', out);
	char *text = NULL;
	size_t bytes = 0;
	FILE *line = open_memstream(&text, &bytes);
	if (!line)
		return;
	for (int i = 0; i < n && i < NAMES_MAX; i++) {
		char name[400];
		as_words_clip(name, sizeof(name), &s->clips[r[i].clip]);
		fprintf(line, "%s%s", i ? ", " : "", name);
	}
	if (n > NAMES_MAX) {
		char count[AS_FIGURE_BYTES];
		fprintf(line, " and %s",
			as_figure_count(count, sizeof(count), n - NAMES_MAX, "more", "more"));
	}
	fprintf(line, ": %s", r[0].text);
	if (fclose(line) == 0)
		as_put_wrapped(out, t, 2, 2, text);
	free(text);
}

typedef bool (*clip_filter)(const struct as_snapshot *s, int clip);

/* The clips that are wanted, in the order of the table. NULL when out of memory or when there are none. */
static struct reason *collect_reasons(const struct as_snapshot *s, clip_filter wanted, int *n)
{
	struct as_outline o = {0};
	struct reason *all = calloc((size_t)s->n_clips + 1, sizeof(*all));
	*n = 0;
	if (!all || !as_outline_init(&o, s))
		goto out;
	for (int i = 0; i < o.n_clips; i++) {
		char why[AS_WORDS_WHY_BYTES];
		if (!wanted(s, o.clips[i]))
			continue;
		as_words_why(why, s, o.clips[i]);
		all[*n] = (struct reason){.text = strdup(why), .clip = o.clips[i], .place = i};
		if (!all[*n].text)
			break;
		++*n;
	}
out:
	as_outline_done(&o);
	return all;
}

/* Clips with the same reason stand in one entry, at the place of the first of them. */
static void put_reasons(FILE *out, const struct as_term *t, const struct as_snapshot *s,
			const char *heading, clip_filter wanted)
{
	int n, n_groups = 0;
	struct reason *all = collect_reasons(s, wanted, &n);
	const struct reason **groups = calloc((size_t)n + 1, sizeof(*groups));
	if (!all || !groups || n == 0)
		goto out;
	qsort(all, (size_t)n, sizeof(*all), text_cmp);
	for (int i = 0, k; i < n; i = k) {
		for (k = i + 1; k < n && strcmp(all[k].text, all[i].text) == 0; k++)
			;
		all[i].shared = k - i;
		groups[n_groups++] = &all[i];
	}
	qsort(groups, (size_t)n_groups, sizeof(*groups), place_cmp);
	fputc('\n', out);
	as_put_ink(out, t, AS_INK_HEAD, heading);
	fputc('\n', out);
	for (int i = 0; i < n_groups; i++)
		put_reason(out, t, s, groups[i]);
out:
	for (int i = 0; i < n; i++)
		free(all[i].text);
	free(all);
	free(groups);
}

static bool is_unplaced(const struct as_snapshot *s, int clip)
{
	return !as_outline_is_placed(s, clip);
}

static bool is_failed(const struct as_snapshot *s, int clip)
{
	return s->clips[clip].state == AS_CLIP_FAILED;
}

void as_notes_unplaced(FILE *out, const struct as_term *t, const struct as_snapshot *s)
{
	put_reasons(out, t, s, "Not placed", is_unplaced);
}

void as_notes_failed(FILE *out, const struct as_term *t, const struct as_snapshot *s)
{
	put_reasons(out, t, s, "Cannot be used", is_failed);
}

static void put_warning(FILE *out, const struct as_term *t, const char *name, const char *warning)
{
	char text[AS_WORDS_WHY_BYTES];
	as_put_ink(out, t, AS_INK_POOR, "!");
	fputc(' ', out);
	size_t used = 0;
	if (name && strncmp(warning, name, strlen(name)) != 0)
		used = (size_t)snprintf(text, sizeof(text), "%.300s: ", name);
	as_text_escape(text + used, sizeof(text) - used, warning);
	as_put_wrapped(out, t, 2, 2, text);
}

void as_notes_warnings(FILE *out, const struct as_term *t, const struct as_snapshot *s)
{
	int n = s->n_warnings;
	for (int i = 0; i < s->n_clips; i++)
		n += s->placements ? s->placements[i].n_warnings : 0;
	if (n == 0)
		return;
	fputc('\n', out);
	as_put_ink(out, t, AS_INK_HEAD, n == 1 ? "Warning" : "Warnings");
	fputc('\n', out);
	for (int i = 0; i < s->n_warnings; i++)
		put_warning(out, t, NULL, s->warnings[i]);
	for (int i = 0; i < s->n_clips && s->placements; i++) {
		char name[400];
		as_words_clip(name, sizeof(name), &s->clips[i]);
		for (int k = 0; k < s->placements[i].n_warnings; k++)
			put_warning(out, t, name, s->placements[i].warnings[k]);
	}
}

void as_notes_summary(FILE *out, const struct as_term *t, const struct as_snapshot *s)
{
	struct as_tally n = as_outline_count(s);
	char length[AS_FIGURE_BYTES], text[AS_WORDS_WHY_BYTES], reference[300];
	const char *ref = as_outline_reference(s);
	as_text_escape(reference, sizeof(reference), ref ? ref : "");
	size_t used = (size_t)snprintf(text, sizeof(text), "%s placed",
				       as_figure_part(length, sizeof(length), n.placed, n.clips, "clip", "clips"));
	if (n.placed > 0 && s->n_islands == 1)
		used += (size_t)snprintf(text + used, sizeof(text) - used, " in 1 timeline of ");
	else if (n.placed > 0 && s->n_islands > 1)
		used += (size_t)snprintf(text + used, sizeof(text) - used, " on %d islands of ", s->n_islands);
	for (int i = 0; n.placed > 0 && i < s->n_islands && used < sizeof(text); i++) {
		as_text_duration(length, sizeof(length), s->island_s[i]);
		const char *between = i == 0 ? "" : i + 1 == s->n_islands ? " and " : ", ";
		if (i >= 5) {
			used += (size_t)snprintf(text + used, sizeof(text) - used, ", ...");
			break;
		}
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s", between, length);
	}
	if (ref && n.placed > 0 && used < sizeof(text))
		snprintf(text + used, sizeof(text) - used, "; reference %s", reference);
	fputc('\n', out);
	if (s->n_islands > 1) {
		as_put_ink(out, t, AS_INK_POOR, "!");
		fputc(' ', out);
		as_put_wrapped(
			out, t, 2, 2,
			"The islands (column Isl) share no sound, so the time between them is "
			"unknown; exports put one after the other.");
	}
	bool all = n.placed == n.clips && n.clips > 0;
	as_put_ink(out, t, all ? AS_INK_GOOD : AS_INK_POOR,
		   all ? as_term_glyph(t, "✓", "*") : as_term_glyph(t, "○", "-"));
	fputc(' ', out);
	as_put_wrapped(out, t, 2, 2, text);
}
