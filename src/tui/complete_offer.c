/* What Tab has found: words, names of files, values of settings. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "tui/complete_private.h"
#include "tui/form_private.h"

void tui_complete_forget(struct tui_completing *c)
{
	for (int i = 0; i < c->n; i++)
		free(c->found[i]);
	c->n = 0;
}

void tui_complete_add(struct look *l, const char *text)
{
	char *copy = l->c->n < COMPLETE_MAX ? strdup(text) : NULL;

	if (copy)
		l->c->found[l->c->n++] = copy;
}

void tui_complete_offer(struct look *l, const char *part, const char *text, const char *behind)
{
	char *whole;

	if (strncasecmp(text, part, strlen(part)) != 0 || !(whole = malloc(strlen(text) + strlen(behind) + 1)))
		return;
	sprintf(whole, "%s%s", text, behind);
	tui_complete_add(l, whole);
	free(whole);
}

void tui_complete_choices(struct look *l, const char *part, const char *choices)
{
	char word[FORM_WORD_BYTES];

	for (int i = 0, n = tui_choice_count(choices); i < n; i++)
		tui_complete_offer(l, part, tui_choice_at(choices, i, word, sizeof word), "");
}

/* --- names of files -------------------------------------------------------------------------------------------- */

static struct tui_names *names_of(struct look *l, bool folders)
{
	struct tui_names **n = &l->c->names[folders];

	if (!*n)
		*n = tui_names_new(tui_patience_ms(l->t), folders);
	return *n;
}

void tui_complete_paths(struct look *l, const char *part, size_t from, bool folders, bool words)
{
	struct tui_names *names = names_of(l, folders);
	const char *slash = strrchr(l->line + from, '/');
	bool whole = words && strpbrk(l->line + from, "'\"");
	size_t at = 0;
	char *name;

	l->c->from = !whole && slash ? (size_t)(slash - l->line) + 1 : from;
	for (int i = 0; names && (name = tui_names_complete(names, part, strlen(part), i, &at)); i++) {
		char *path = malloc(at + strlen(name) + 1), *out = NULL;

		if (path) {
			sprintf(path, "%.*s%s", whole ? (int)at : 0, part, name);
			out = words ? tui_word(path) : strdup(path);
		}
		if (out)
			tui_complete_add(l, out);
		free(out);
		free(path);
		free(name);
	}
}

void tui_complete_files(struct look *l, const char *part, const char *const *dirs)
{
	for (; dirs && *dirs; dirs++) {
		char *path = strchr(part, '/') ? NULL : as_path_join(*dirs, part), *name;
		struct tui_names *names = names_of(l, false);
		size_t at;

		for (int i = 0; path && names && (name = tui_names_complete(names, path, strlen(path), i, &at)); i++) {
			size_t n = strlen(name);

			if (n > 4 && !strcmp(name + n - 4, ".ini")) {
				name[n - 4] = '\0';
				tui_complete_add(l, name);
			}
			free(name);
		}
		free(path);
	}
}

/* --- values of settings ---------------------------------------------------------------------------------------- */

static void offer_once(struct look *l, const char *part, const char *text)
{
	for (int i = 0; i < l->c->n; i++)
		if (!strcmp(l->c->found[i], text))
			return;
	if (*text)
		tui_complete_offer(l, part, text, "");
}

/* What it is, what it would be, and how far it goes. */
static void offer_figures(struct look *l, const struct as_option_row *row, const char *part)
{
	const char *now = as_options_value(l->t->m.opt, row->key);
	const double ends[] = {row->min, row->max};
	char figure[32];

	offer_once(l, part, now ? now : "");
	offer_once(l, part, row->def);
	offer_once(l, part, row->word ? row->word : "");
	for (int i = 0; i < 2 && (row->type == AS_OPTION_INT || row->type == AS_OPTION_REAL); i++) {
		snprintf(figure, sizeof figure, "%.10g", ends[i]);
		offer_once(l, part, figure);
	}
}

void tui_complete_values(struct look *l, const struct as_option_row *row, const char *part)
{
	const char *usual = tui_form_usual_values(row);

	if (row->type == AS_OPTION_BOOL)
		tui_complete_choices(l, part, "yes|no");
	else if (row->choices || usual)
		tui_complete_choices(l, part, row->choices ? row->choices : usual);
	else
		offer_figures(l, row, part);
}
