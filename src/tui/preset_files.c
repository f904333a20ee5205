#include "tui/preset_files.h"

#include <stdlib.h>
#include <string.h>

#include "base/aside.h"

struct tui_preset_files {
	struct as_aside aside;
	char **dirs; /* NULL-terminated; immutable once it runs */
	/* The thread's until it is done. */
	struct as_preset_item *items;
	size_t n;
};

static void read_them(struct as_aside *a)
{
	struct tui_preset_files *r = (struct tui_preset_files *)a;

	r->items = as_preset_list((const char *const *)r->dirs, &r->n);
}

static void free_files(struct as_aside *a)
{
	struct tui_preset_files *r = (struct tui_preset_files *)a;

	as_preset_list_free(r->items, r->n);
	for (char **d = r->dirs; d && *d; d++)
		free(*d);
	free(r->dirs);
	free(r);
}

static bool copy_dirs(struct tui_preset_files *r, const char *const *dirs)
{
	size_t n = 0;

	while (dirs && dirs[n])
		n++;
	r->dirs = calloc(n + 1, sizeof *r->dirs);
	for (size_t i = 0; r->dirs && i < n; i++)
		if (!(r->dirs[i] = strdup(dirs[i])))
			return false;
	return r->dirs != NULL;
}

struct tui_preset_files *tui_preset_files_read(const char *const *dirs)
{
	struct tui_preset_files *r = calloc(1, sizeof *r);

	if (r && copy_dirs(r, dirs) && as_aside_start(&r->aside, read_them, free_files, "presets", NULL) == AS_OK)
		return r;
	if (r)
		free_files(&r->aside);
	return NULL;
}

int tui_preset_files_fd(const struct tui_preset_files *r)
{
	return r->aside.fd;
}

bool tui_preset_files_done(const struct tui_preset_files *r, int wait_ms)
{
	return as_aside_done(&r->aside, wait_ms);
}

struct as_preset_item *tui_preset_files_take(struct tui_preset_files *r, size_t *n)
{
	struct as_preset_item *items = r->items;

	*n = items ? r->n : 0;
	r->items = NULL;
	return items;
}

void tui_preset_files_drop(struct tui_preset_files *r)
{
	if (r)
		as_aside_drop(&r->aside);
}
