/* The file browser's folder: read aside, narrowed by what is typed, left for another. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <audiosync/types.h>

#include "base/text.h"
#include "tui/browser_private.h"
#include "tui/commands.h"

#define ENTRIES_MAX 100000

/* --- entries ---------------------------------------------------------------------------------------------------- */

void tui_browser_drop_entries(struct browser *b)
{
	for (int i = 0; i < b->n; i++)
		free(b->entry[i].name);
	free(b->entry);
	b->entry = NULL;
	b->n = b->n_marked = 0;
}

static int compare(const void *pa, const void *pb)
{
	const struct browser_entry *a = pa, *b = pb;

	if (a->folder != b->folder)
		return a->folder ? -1 : 1;
	return as_text_natural_cmp(a->name, b->name);
}

static bool is_known(const struct browser *b, const char *name)
{
	const char *dot = strrchr(name, '.');

	if (!b->what.extensions)
		return as_media_name_known(name);
	for (const char *const *e = b->what.extensions; dot && *e; e++)
		if (!strcasecmp(dot + 1, *e))
			return true;
	return false;
}

static bool has(const char *text, const char *part)
{
	size_t n = strlen(part);

	for (; *text; text++)
		if (!strncasecmp(text, part, n))
			return true;
	return n == 0;
}

const char *tui_browser_typed_name(const struct browser *b)
{
	const char *slash = strrchr(tui_browser_typed(b), '/');

	return slash ? slash + 1 : tui_browser_typed(b);
}

void tui_browser_filter(struct browser *b)
{
	const char *part = tui_browser_typed_name(b);
	bool hidden = b->hidden || part[0] == '.';

	free(b->shown);
	b->shown = malloc((size_t)(b->n + 1) * sizeof *b->shown);
	b->n_shown = 0;
	for (int i = 0; b->shown && i < b->n; i++)
		if ((hidden || b->entry[i].name[0] != '.') && (b->all || b->entry[i].known) && has(b->entry[i].name, part))
			b->shown[b->n_shown++] = i;
	b->at = b->at >= b->n_shown ? b->n_shown - 1 : b->at;
	b->at = b->at < 0 ? 0 : b->at;
}

void tui_browser_stop_reading(struct browser *b)
{
	as_listing_close(b->reading);
	free(b->coming);
	free(b->select);
	free(b->left);
	b->reading = NULL;
	b->coming = b->select = b->left = NULL;
	b->follows = b->accepts = false;
}

static bool take_entries(struct browser *b)
{
	int n = as_listing_count(b->reading);
	struct browser_entry *v = calloc((size_t)n + 1, sizeof *v);

	if (!v)
		return false;
	tui_browser_drop_entries(b);
	b->entry = v;
	for (int i = 0; i < n; i++) {
		const struct as_listing_entry *e = as_listing_entry(b->reading, i);

		v[b->n] = (struct browser_entry){.name = strdup(e->name), .folder = e->folder, .bytes = e->bytes};
		v[b->n].known = e->folder || is_known(b, e->name);
		b->n += v[b->n].name != NULL;
	}
	b->cut = as_listing_cut(b->reading);
	if (b->n > 1)
		qsort(b->entry, (size_t)b->n, sizeof *b->entry, compare);
	return true;
}

void tui_browser_settle(struct browser *b, const char *typed)
{
	char *base = strdup(b->folder), *text = strdup(typed);

	if (base && text) {
		free(b->base);
		b->base = base;
		tui_names_base(b->names, base);
		tui_prompt_set(b->path, text);
	} else {
		free(base);
	}
	free(text);
}

const char *tui_browser_typed_ahead(const struct browser *b)
{
	const char *typed = tui_browser_typed(b);
	size_t n = b->left ? strlen(b->left) : 0;

	return n > 0 && !strncmp(typed, b->left, n) ? typed + n : typed;
}

static void show_folder(struct browser *b)
{
	char *folder = strdup(b->coming);

	if (!folder)
		return;
	free(b->folder);
	b->folder = folder;
	b->at = b->top = 0;
	if (!b->follows)
		tui_browser_settle(b, tui_browser_typed_ahead(b));
	tui_browser_filter(b);
	for (int i = 0; b->select && i < b->n_shown; i++)
		if (!strcmp(b->entry[b->shown[i]].name, b->select))
			b->at = i;
}

/* The folder that was read takes the place of the old one, which stays where it could not be. A file is chosen. */
void tui_browser_take_folder(struct tui *t, struct browser *b)
{
	struct as_error err = {0};
	enum as_status status = as_listing_status(b->reading, &err);
	char *file = NULL;
	bool accepts = b->accepts && status == AS_OK;

	b->problem[0] = '\0';
	if (status == AS_ERR_FORMAT && !b->follows) {
		file = strdup(b->coming);
	} else if (status != AS_OK || !take_entries(b)) {
		snprintf(b->problem, sizeof b->problem, "%s", status != AS_OK ? err.msg : "out of memory");
	} else {
		show_folder(b);
	}
	tui_browser_stop_reading(b);
	t->dirty = true;
	if (file)
		tui_browser_take_one(t, b, file);
	else if (accepts)
		tui_browser_accept(t, b);
}

static void cut_slashes(char *folder)
{
	size_t n = folder ? strlen(folder) : 0;

	while (n > 1 && folder[n - 1] == '/')
		folder[--n] = '\0';
}

/* Reads a folder (taken over, heap): at once if that is quick, else it comes when it comes. select: heap, or NULL. */
static void begin_reading(struct tui *t, struct browser *b, char *folder, char *select, bool follows)
{
	struct as_error err = {0};

	cut_slashes(folder);
	tui_browser_stop_reading(b);
	b->follows = follows;
	b->left = strdup(tui_browser_typed(b));
	b->coming = folder;
	b->select = select;
	b->reading = folder ? as_listing_folder(folder, ENTRIES_MAX, &err) : NULL;
	if (!b->reading) {
		snprintf(b->problem, sizeof b->problem, "%s", folder ? err.msg : "out of memory");
		tui_browser_stop_reading(b);
	} else if (as_listing_done(b->reading, b->patience_ms)) {
		tui_browser_take_folder(t, b);
	}
}

void tui_browser_enter(struct tui *t, struct browser *b, char *folder, char *select)
{
	begin_reading(t, b, folder, select, false);
}

static char *parent_of(const char *folder)
{
	const char *slash = strrchr(folder, '/');

	return slash && slash > folder ? strndup(folder, (size_t)(slash - folder)) : strdup("/");
}

char *tui_browser_join(const char *folder, const char *name)
{
	return as_path_join(strcmp(folder, "/") ? folder : "", name);
}

/* A path that was typed (heap). */
char *tui_browser_typed_path(const struct browser *b, const char *typed)
{
	return typed[0] == '/' || typed[0] == '~' ? tui_path(typed) : tui_browser_join(b->base, typed);
}

/* The folder that the line names up to its last slash (heap). */
char *tui_browser_typed_folder(const struct browser *b)
{
	const char *typed = tui_browser_typed(b);
	char *part = strndup(typed, (size_t)(tui_browser_typed_name(b) - typed));
	char *folder = part && *part ? tui_browser_typed_path(b, part) : part ? strdup(b->base) : NULL;

	free(part);
	cut_slashes(folder);
	return folder;
}

void tui_browser_follow(struct tui *t, struct browser *b)
{
	char *folder = tui_browser_typed_folder(b);
	bool ahead = b->reading && !b->follows && !strchr(tui_browser_typed_ahead(b), '/');
	bool comes = folder && b->reading && (ahead || !strcmp(folder, b->coming));

	if (folder && !comes && (b->reading || strcmp(folder, b->folder)))
		begin_reading(t, b, folder, NULL, true);
	else
		free(folder);
}

void tui_browser_go_up(struct tui *t, struct browser *b)
{
	tui_browser_enter(t, b, parent_of(b->folder), strdup(as_path_base(b->folder)));
}
