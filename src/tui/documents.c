/* Several timelines and reports in one go. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/document_name.h"

#define BETWEEN " ,;"

void tui_documents_done(struct tui_documents *d)
{
	for (int i = 0; i < d->n; i++)
		free((char *)d->v[i].path);
	d->n = 0;
}

bool tui_documents_add(struct tui_documents *d, const char *kind, const char *path)
{
	const struct as_document_kind *k = tui_document_kind(kind);
	char *copy;

	for (int i = 0; i < d->n; i++)
		if (!strcmp(d->v[i].path, path))
			return true;
	if (!k || d->n == TUI_DOCUMENTS_MAX || !(copy = strdup(path)))
		return false;
	d->v[d->n++] = (struct as_document_request){k->kind, copy};
	return true;
}

char *tui_documents_kinds(char *out, size_t n)
{
	const struct as_document_kind *k;
	size_t used = 0;

	out[0] = '\0';
	for (size_t i = 0; (k = as_document_kind_at(i)) && used < n; i++)
		used += (size_t)snprintf(out + used, n - used, "%s%s", i ? " " : "", k->kind);
	return out;
}

static void say_kinds(const char *word, char *why, size_t n)
{
	char kinds[160];

	snprintf(why, n, "no timeline or report is called \"%.40s\": %s", word, tui_documents_kinds(kinds, sizeof kinds));
}

bool tui_documents_also(struct tui_documents *d, const char *kinds, const char *path, char *why, size_t n)
{
	for (const char *at = kinds + strspn(kinds, BETWEEN); *at; at += strspn(at, BETWEEN)) {
		char word[40], *name;
		size_t len = strcspn(at, BETWEEN);
		bool added;

		snprintf(word, sizeof word, "%.*s", (int)(len < sizeof word ? len : sizeof word - 1), at);
		at += len;
		if (!tui_document_kind(word)) {
			say_kinds(word, why, n);
			return false;
		}
		name = tui_document_renamed(word, path);
		added = tui_documents_add(d, word, name ? name : path);
		free(name);
		if (!added) {
			snprintf(why, n, "too many at once");
			return false;
		}
	}
	return true;
}

char *tui_documents_complete(void *ctx, const char *line, size_t n, int i, size_t *from)
{
	const struct as_document_kind *k;
	size_t at = n;

	(void)ctx;
	while (at > 0 && !strchr(BETWEEN, line[at - 1]))
		at--;
	*from = at;
	for (size_t j = 0; (k = as_document_kind_at(j)); j++)
		if (!strncmp(k->kind, line + at, n - at) && i-- == 0)
			return strdup(k->kind);
	return NULL;
}
