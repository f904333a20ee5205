#include "base/preset_list.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/config.h"
#include "base/file.h"
#include "base/text.h"

#define PRESET_BYTES (1 << 20)

static void item_done(struct as_preset_item *item)
{
	free(item->name);
	free(item->help);
	free(item->path);
	free(item->text);
}

void as_preset_list_free(struct as_preset_item *list, size_t n)
{
	for (size_t i = 0; list && i < n; i++)
		item_done(&list[i]);
	free(list);
}

/* The comment on the first line of text, without its mark. */
static char *first_comment(const char *text)
{
	if (text[0] != '#' && text[0] != ';')
		return strdup("");
	text += 1 + strspn(text + 1, " \t");
	return strndup(text, strcspn(text, "\r\n"));
}

/* Takes the strings; drops an item whose name is there already. */
static bool add(struct as_preset_item **list, size_t *n, struct as_preset_item item)
{
	struct as_preset_item *more = NULL;
	bool hidden = false;

	for (size_t i = 0; item.name && i < *n; i++)
		hidden = hidden || !strcmp((*list)[i].name, item.name);
	if (item.name && item.help && !hidden)
		more = realloc(*list, (*n + 1) * sizeof *more);
	if (!more) {
		bool complete = item.name && item.help && hidden;

		item_done(&item);
		return complete;
	}
	*list = more;
	more[(*n)++] = item;
	return true;
}

static bool add_file(struct as_preset_item **list, size_t *n, const char *dir, const char *file)
{
	size_t bytes = strlen(file);
	struct as_preset_item item = {0};

	if (bytes <= 4 || strcmp(file + bytes - 4, ".ini") != 0)
		return true;
	item.path = as_path_join(dir, file);
	if (!item.path)
		return false;
	if (as_file_read(item.path, PRESET_BYTES, &item.text, &item.n_text, &item.err) == AS_OK)
		item.help = first_comment(item.text);
	else
		item.help = strdup("(cannot be read)");
	item.name = strndup(file, bytes - 4);
	return add(list, n, item);
}

static bool add_folder(struct as_preset_item **list, size_t *n, const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *e;
	bool fine = true;

	while (d && fine && (e = readdir(d)))
		fine = add_file(list, n, dir, e->d_name);
	if (d)
		closedir(d);
	return fine;
}

static int by_name(const void *a, const void *b)
{
	const struct as_preset_item *x = a, *y = b;

	return as_text_natural_cmp(x->name, y->name);
}

struct as_preset_item *as_preset_list(const char *const *dirs, size_t *n)
{
	struct as_preset_item *list = NULL;
	size_t n_built_in;
	const struct as_preset *built_in = as_presets(&n_built_in);
	bool fine = true;

	*n = 0;
	for (const char *const *d = dirs; fine && d && *d; d++)
		fine = add_folder(&list, n, *d);
	for (size_t i = 0; fine && i < n_built_in; i++)
		fine = add(&list, n,
			   (struct as_preset_item){.name = strdup(built_in[i].name),
						   .help = strdup(built_in[i].help)});
	if (!fine) {
		as_preset_list_free(list, *n);
		return NULL;
	}
	qsort(list, *n, sizeof *list, by_name);
	return list;
}

enum as_status as_preset_item_load(const struct as_preset_item *item, struct as_options *opt, struct as_error *err)
{
	if (!item->path)
		return as_options_load_preset(opt, item->name, NULL, err);
	if (item->text)
		return as_config_parse(opt, item->path, item->text, (size_t)item->n_text, err);
	if (err)
		*err = item->err;
	return item->err.status;
}
