#include "tui/complete.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/complete_private.h"

static void offer_commands(struct look *l, size_t start)
{
	size_t n;
	const struct as_action_row *rows = as_actions(&n);

	l->c->from = start;
	for (size_t i = 0; i < n; i++)
		if (!strncmp(rows[i].name, l->line + start, strlen(l->line + start)))
			tui_complete_offer(l, "", rows[i].name, *rows[i].args ? " " : "");
}

/* Finds the word at the cursor, and the one before it. False: out of memory. */
static bool split(struct look *l)
{
	const char *p = l->line + l->args;

	for (;;) {
		char *word = malloc(strlen(p) + 1);

		free(l->before);
		l->before = l->part;
		l->part = word;
		l->word = (size_t)(p - l->line);
		if (!word)
			return false;
		tui_take_word(&p, word);
		if (!*p)
			return true;
		p += strspn(p, " \t");
	}
}

static void find_all(struct tui *t, const char *line, size_t n)
{
	char *own = strndup(line, n);
	struct look l = {.t = t, .c = t->completing, .line = own};
	size_t start = own ? strspn(own, " \t:") : 0, len = own ? strcspn(own + start, " \t") : 0;
	const struct as_action_row *row;
	char name[64];

	if (own && !own[start + len]) {
		offer_commands(&l, start);
	} else if (own && len < sizeof name) {
		snprintf(name, sizeof name, "%.*s", (int)len, own + start);
		l.args = start + len + strspn(own + start + len, " \t");
		l.c->from = l.args;
		row = as_action_find(name);
		if (row && split(&l))
			tui_complete_args(&l, row->id);
	}
	free(l.part);
	free(l.before);
	free(own);
}

char *tui_complete_line(void *ctx, const char *line, size_t n, int i, size_t *from)
{
	struct tui *t = ctx;

	if (!t->completing)
		t->completing = calloc(1, sizeof *t->completing);
	if (!t->completing)
		return NULL;
	if (i == 0) {
		tui_complete_forget(t->completing);
		find_all(t, line, n);
	}
	*from = t->completing->from;
	return i < t->completing->n ? strdup(t->completing->found[i]) : NULL;
}

void tui_complete_done(struct tui *t)
{
	if (!t->completing)
		return;
	tui_complete_forget(t->completing);
	for (int i = 0; i < 2; i++)
		tui_names_free(t->completing->names[i]);
	free(t->completing);
	t->completing = NULL;
}
