#include "base/config.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/ini.h"
#include "base/text.h"

#include "presets.h"

#define FILE_BYTES (1 << 20)

static enum as_status take_setting(void *ctx, const char *where, const char *section, const char *name,
				   const char *value, struct as_error *err)
{
	char key[AS_INI_LINE_BYTES + 128];

	if (section[0] == '\0')
		return as_fail(err, AS_ERR_INVALID, "%s: %s stands before any [section]", where, name);
	snprintf(key, sizeof key, "%s.%s", section, name);
	return as_options_set(ctx, key, value, where, err);
}

enum as_status as_config_parse(struct as_options *opt, const char *name, const char *text, size_t n,
			       struct as_error *err)
{
	return as_ini_parse(name, text, n, take_setting, opt, err);
}

/* Over a copy, so that a file with an error changes nothing. */
static enum as_status load_text(struct as_options *opt, const char *name, const char *text,
				size_t n, struct as_error *err)
{
	struct as_options *copy = as_options_copy(opt);
	enum as_status status;

	if (!copy)
		return as_fail(err, AS_ERR_MEMORY, "%.300s: out of memory", name);
	status = as_config_parse(copy, name, text, n, err);
	if (status == AS_OK)
		as_options_swap(opt, copy);
	as_options_free(copy);
	return status;
}

enum as_status as_options_load_file(struct as_options *opt, const char *path, struct as_error *err)
{
	char *text;
	int64_t n;
	enum as_status status = as_file_read(path, FILE_BYTES, &text, &n, err);

	if (status == AS_OK)
		status = load_text(opt, path, text, (size_t)n, err);
	free(text);
	return status;
}

const struct as_preset *as_presets(size_t *n)
{
	*n = sizeof as_preset_table / sizeof *as_preset_table;
	return as_preset_table;
}

/* AS_NO_MATCH where dir has no such preset. */
static enum as_status load_from_dir(struct as_options *opt, const char *dir, const char *name,
				    struct as_error *err)
{
	size_t size = strlen(dir) + strlen(name) + sizeof "/.ini";
	char *path = malloc(size);
	enum as_status status;

	if (!path)
		return as_fail(err, AS_ERR_MEMORY, "preset %.60s: out of memory", name);
	snprintf(path, size, "%s/%s.ini", dir, name);
	status = as_file_exists(path) ? as_options_load_file(opt, path, err) : AS_NO_MATCH;
	free(path);
	return status;
}

static enum as_status fail_unknown_preset(const char *name, struct as_error *err)
{
	char list[200] = "";
	size_t n, used = 0;
	const struct as_preset *presets = as_presets(&n);

	for (size_t i = 0; i < n && used < sizeof list; i++)
		used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", i ? ", " : "",
					 presets[i].name);
	return as_fail(err, AS_ERR_INVALID, "no preset is called \"%.60s\"; built in are %s", name,
		       list);
}

enum as_status as_options_load_preset(struct as_options *opt, const char *name,
				      const char *const *dirs, struct as_error *err)
{
	size_t n;
	const struct as_preset *presets = as_presets(&n);
	char origin[96];

	if (strchr(name, '/'))
		return as_options_load_file(opt, name, err);
	for (; dirs && *dirs; dirs++) {
		enum as_status status = load_from_dir(opt, *dirs, name, err);

		if (status != AS_NO_MATCH)
			return status;
	}
	for (size_t i = 0; i < n; i++) {
		if (strcmp(presets[i].name, name) != 0)
			continue;
		snprintf(origin, sizeof origin, "preset %s", name);
		return load_text(opt, origin, presets[i].text, strlen(presets[i].text), err);
	}
	return fail_unknown_preset(name, err);
}
