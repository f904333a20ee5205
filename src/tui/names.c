#include "tui/names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <audiosync/listing.h>

#include "base/text.h"
#include "tui/commands.h"

#define ENTRIES_MAX 100000

struct tui_names {
	int patience_ms;
	bool folders;
	char *base;                 /* or NULL */
	struct as_listing *listing; /* of … */
	char *of;                   /* … this folder; or NULL */
	bool used;                  /* it has been completed from: the next Tab looks anew */
	const struct as_listing_entry **fits;
	int n_fits;
};

struct tui_names *tui_names_new(int patience_ms, bool folders)
{
	struct tui_names *n = calloc(1, sizeof *n);

	if (n) {
		n->patience_ms = patience_ms;
		n->folders = folders;
	}
	return n;
}

static void drop(struct tui_names *n)
{
	as_listing_close(n->listing);
	free(n->of);
	free(n->fits);
	n->listing = NULL;
	n->of = NULL;
	n->fits = NULL;
	n->n_fits = 0;
	n->used = false;
}

void tui_names_free(struct tui_names *n)
{
	if (!n)
		return;
	drop(n);
	free(n->base);
	free(n);
}

void tui_names_base(struct tui_names *n, const char *folder)
{
	free(n->base);
	n->base = folder ? strdup(folder) : NULL;
}

/* The folder that a text leads to, up to its last slash: heap. */
static char *folder_of(const struct tui_names *n, const char *text, size_t len)
{
	char *dir = strndup(text, len), *full = NULL;

	if (dir && n->base && dir[0] != '/' && dir[0] != '~')
		full = as_path_join(strcmp(n->base, "/") ? n->base : "", dir);
	else if (dir)
		full = tui_path(*dir ? dir : ".");
	free(dir);
	return full;
}

/* False while its names are not known. */
static bool look(struct tui_names *n, char *dir)
{
	if (dir && (!n->listing || n->used || strcmp(n->of, dir) != 0)) {
		drop(n);
		n->listing = as_listing_folder(dir, ENTRIES_MAX, NULL);
		n->of = dir;
	} else {
		free(dir);
	}
	return n->listing && as_listing_done(n->listing, n->patience_ms);
}

static int by_kind_and_name(const void *pa, const void *pb)
{
	const struct as_listing_entry *a = *(const struct as_listing_entry *const *)pa, *b = *(const struct as_listing_entry *const *)pb;

	if (a->folder != b->folder)
		return a->folder ? -1 : 1;
	return as_text_natural_cmp(a->name, b->name);
}

static void collect(struct tui_names *n, const char *part)
{
	int count = as_listing_count(n->listing);

	n->fits = calloc((size_t)count + 1, sizeof *n->fits);
	n->used = true;
	for (int i = 0; n->fits && i < count; i++) {
		const struct as_listing_entry *e = as_listing_entry(n->listing, i);

		if (!strncasecmp(e->name, part, strlen(part)) && (e->name[0] != '.' || part[0] == '.') && (e->folder || !n->folders))
			n->fits[n->n_fits++] = e;
	}
	if (n->n_fits > 1)
		qsort(n->fits, (size_t)n->n_fits, sizeof *n->fits, by_kind_and_name);
}

char *tui_names_complete(void *ctx, const char *line, size_t len, int i, size_t *from)
{
	struct tui_names *n = ctx;
	char *text = strndup(line, len), *slash = text ? strrchr(text, '/') : NULL, *found;
	size_t bytes;

	*from = slash ? (size_t)(slash - text) + 1 : 0;
	/* The folder is looked at once for all of them. */
	if (text && i == 0) {
		free(n->fits);
		n->fits = NULL;
		n->n_fits = 0;
		if (look(n, folder_of(n, text, *from)))
			collect(n, text + *from);
	}
	free(text);
	if (i >= n->n_fits)
		return NULL;
	bytes = strlen(n->fits[i]->name) + 2;
	found = malloc(bytes);
	if (found)
		snprintf(found, bytes, "%s%s", n->fits[i]->name, n->fits[i]->folder ? "/" : "");
	return found;
}
