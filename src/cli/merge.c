#include "cli/merge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "cli/places.h"

/* Reads path if it exists and frees it. */
static enum as_status load_if_there(struct as_options *opt, char *path, struct as_error *err)
{
	enum as_status status =
		path && as_file_exists(path) ? as_options_load_file(opt, path, err) : AS_OK;

	free(path);
	return status;
}

/* The system's files; the least important one first, since later ones win. */
static enum as_status load_system(struct as_options *opt, struct as_error *err)
{
	enum as_status status = AS_OK;
	char *path;
	int n = 0;

	while ((path = as_place_system_config(n, "audiosync.ini"))) {
		free(path);
		n++;
	}
	while (n-- > 0 && status == AS_OK)
		status = load_if_there(opt, as_place_system_config(n, "audiosync.ini"), err);
	return status;
}

static enum as_status load_presets(const struct as_merge *m, struct as_options *opt,
				   struct as_error *err)
{
	char **dirs = as_place_preset_dirs();
	enum as_status status = dirs ? AS_OK : as_fail(err, AS_ERR_MEMORY, "out of memory");

	for (int i = 0; i < m->n_presets && status == AS_OK; i++)
		status = as_options_load_preset(opt, m->presets[i], (const char *const *)dirs, err);
	as_places_free(dirs);
	return status;
}

static enum as_status apply(const struct as_merge_value *v, struct as_options *opt,
			    struct as_error *err)
{
	char key[1024];
	size_t n;

	if (v->key)
		return as_options_set(opt, v->key, v->text, v->origin, err);
	n = strcspn(v->text, "=");
	snprintf(key, sizeof key, "%.*s", (int)(n < sizeof key ? n : sizeof key - 1), v->text);
	return as_options_set(opt, key, v->text + n + 1, v->origin, err);
}

enum as_status as_merge_settings(const struct as_merge *m, struct as_options *opt,
				 struct as_error *err)
{
	enum as_status status = load_presets(m, opt, err);

	if (status == AS_OK)
		status = load_system(opt, err);
	if (status == AS_OK)
		status = load_if_there(opt, as_place_user_config("audiosync.ini"), err);
	for (int i = 0; i < m->n_files && status == AS_OK; i++)
		status = as_options_load_file(opt, m->files[i], err);
	for (int i = 0; i < m->n_values && status == AS_OK; i++)
		status = apply(&m->values[i], opt, err);
	return status == AS_OK ? as_options_check(opt, err) : status;
}

enum as_status as_merge_cache_place(struct as_options *opt, struct as_error *err)
{
	char *dir = as_place_cache(opt), *origin = strdup(as_options_origin(opt, "cache.dir"));
	enum as_status status;

	if (!origin)
		status = as_fail(err, AS_ERR_MEMORY, "out of memory");
	else if (dir)
		status = as_options_set(opt, "cache.dir", dir, origin, err);
	else
		status = as_options_set(opt, "cache.enabled", "no", "no HOME", err);
	free(dir);
	free(origin);
	return status;
}
