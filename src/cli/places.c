#include "cli/places.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"

#define SYSTEM_DIRS "/etc/xdg"
#define SYSTEM_DIRS_MAX 16

/* An environment variable that holds an absolute path; the specification has others ignored. */
static const char *absolute(const char *name)
{
	const char *v = getenv(name);

	return v && v[0] == '/' ? v : NULL;
}

/* DIR/audiosync/NAME. */
static char *below(const char *dir, size_t dir_bytes, const char *name)
{
	size_t size = dir_bytes + strlen(name) + sizeof "/audiosync/";
	char *out = malloc(size);

	if (out)
		snprintf(out, size, "%.*s/audiosync%s%s", (int)dir_bytes, dir, name[0] ? "/" : "",
			 name);
	return out;
}

static char *below_home(const char *variable, const char *fallback, const char *name)
{
	const char *dir = absolute(variable), *home = absolute("HOME");
	char *joined, *out;

	if (dir)
		return below(dir, strlen(dir), name);
	joined = home ? as_path_join(home, fallback) : NULL;
	out = joined ? below(joined, strlen(joined), name) : NULL;
	free(joined);
	return out;
}

char *as_place_user_config(const char *name)
{
	return below_home("XDG_CONFIG_HOME", ".config", name);
}

char *as_place_state(const char *name)
{
	return below_home("XDG_STATE_HOME", ".local/state", name);
}

char *as_place_system_config(int i, const char *name)
{
	const char *dirs = getenv("XDG_CONFIG_DIRS");
	const char *p = dirs && dirs[0] ? dirs : SYSTEM_DIRS;

	if (i >= SYSTEM_DIRS_MAX)
		return NULL;
	while (*p) {
		size_t n = strcspn(p, ":");

		if (p[0] == '/' && i-- == 0)
			return below(p, n, name);
		p += n + (p[n] == ':');
	}
	return NULL;
}

char *as_place_cache(const struct as_options *opt)
{
	const char *dir = as_options_text(opt, "cache.dir"), *home = absolute("HOME");

	if (dir[0] == '\0')
		return below_home("XDG_CACHE_HOME", ".cache", "");
	if (!strncmp(dir, "~/", 2) && home)
		return as_path_join(home, dir + 2);
	return strdup(dir);
}

char **as_place_preset_dirs(void)
{
	char **list = calloc(SYSTEM_DIRS_MAX + 2, sizeof *list);
	char *dir = list ? as_place_user_config("presets") : NULL;
	int n = 0;

	if (dir)
		list[n++] = dir;
	for (int i = 0; list && (dir = as_place_system_config(i, "presets")); i++)
		list[n++] = dir;
	return list;
}

void as_places_free(char **list)
{
	for (char **p = list; p && *p; p++)
		free(*p);
	free(list);
}

/* Takes path; NULL is no place and fine. */
static void add(struct as_place *list, size_t *n, const char *what, char *path)
{
	if (path)
		list[(*n)++] = (struct as_place){what, path, as_file_exists(path)};
}

struct as_place *as_place_list(const struct as_options *opt, size_t *n)
{
	struct as_place *list = calloc(2 * SYSTEM_DIRS_MAX + 3, sizeof *list);
	char *path;

	*n = 0;
	if (!list)
		return NULL;
	for (int i = 0; (path = as_place_system_config(i, "audiosync.ini")); i++)
		add(list, n, "system file", path);
	add(list, n, "user file", as_place_user_config("audiosync.ini"));
	add(list, n, "user presets", as_place_user_config("presets"));
	for (int i = 0; (path = as_place_system_config(i, "presets")); i++)
		add(list, n, "system presets", path);
	add(list, n, "cache", as_place_cache(opt));
	return list;
}

void as_place_list_free(struct as_place *list, size_t n)
{
	for (size_t i = 0; list && i < n; i++)
		free(list[i].path);
	free(list);
}
