#include "cli/json_config.h"

#include <string.h>

#include <audiosync/audiosync.h>

#include "base/json.h"

/* A document with what all of them begin with; NULL when out of memory. */
static struct as_json *begin(void)
{
	struct as_json *j = as_json_new();

	if (j) {
		as_json_add_text(j, "audiosync", as_version());
		as_json_add_int(j, "schema", AS_JSON_SCHEMA);
	}
	return j;
}

/* Numbers and switches as such; a word that stands for a number stays a word. */
static void add_value(struct as_json *j, const struct as_options *opt,
		      const struct as_option_row *row)
{
	const char *text = as_options_value(opt, row->key);
	bool is_word = row->word && !strcmp(text, row->word);

	if (row->type == AS_OPTION_BOOL)
		as_json_add_bool(j, "value", as_options_bool(opt, row->key));
	else if (row->type == AS_OPTION_INT && !is_word)
		as_json_add_int(j, "value", as_options_int(opt, row->key));
	else if (row->type == AS_OPTION_REAL && !is_word)
		as_json_add_real(j, "value", as_options_real(opt, row->key));
	else if (row->type == AS_OPTION_PATH)
		as_json_add_path(j, "value", text);
	else
		as_json_add_text(j, "value", text);
}

static void add_setting(struct as_json *j, const struct as_options *opt,
			const struct as_option_row *row)
{
	as_json_add_text(j, "key", row->key);
	add_value(j, opt, row);
	as_json_add_text(j, "default", row->def);
	as_json_add_text(j, "unit", row->unit);
	as_json_add_text(j, "origin", as_options_origin(opt, row->key));
}

/* Of a device, which has no default of its own. */
static void add_calibration(struct as_json *j, const struct as_options *opt, const char *key)
{
	const struct as_option_row *row = as_option_find("live.calibration_ms");
	const char *device = NULL;
	double ms = 0;

	for (size_t i = 0; i < as_options_calibrations(opt) && !device; i++)
		if (strcmp(as_options_calibration_at(opt, i, &device), key) != 0)
			device = NULL;
	as_json_add_text(j, "key", key);
	if (device && as_options_calibration(opt, device, &ms))
		as_json_add_real(j, "value", ms);
	as_json_add_text(j, "default", as_options_value(opt, row->key));
	as_json_add_text(j, "unit", row->unit);
	as_json_add_text(j, "origin", as_options_origin(opt, key));
}

char *as_cli_json_setting(const struct as_options *opt, const struct as_option_row *row)
{
	struct as_json *j = begin();

	if (!j)
		return NULL;
	add_setting(j, opt, row);
	return as_json_finish(j, false);
}

char *as_cli_json_calibration(const struct as_options *opt, const char *key)
{
	struct as_json *j = begin();

	if (!j)
		return NULL;
	add_calibration(j, opt, key);
	return as_json_finish(j, false);
}

char *as_cli_json_settings(const struct as_options *opt)
{
	size_t n;
	const struct as_option_row *rows = as_option_rows(&n);
	struct as_json *j = begin();

	if (!j)
		return NULL;
	as_json_open_array(j, "settings");
	for (size_t i = 0; i < n; i++) {
		as_json_open_object(j, NULL);
		add_setting(j, opt, &rows[i]);
		as_json_close(j);
	}
	for (size_t i = 0; i < as_options_calibrations(opt); i++) {
		const char *key = as_options_calibration_at(opt, i, NULL);

		as_json_open_object(j, NULL);
		add_calibration(j, opt, key);
		as_json_close(j);
	}
	as_json_close(j);
	return as_json_finish(j, false);
}

char *as_cli_json_presets(const struct as_preset_item *list, size_t n)
{
	struct as_json *j = begin();

	if (!j)
		return NULL;
	as_json_open_array(j, "presets");
	for (size_t i = 0; i < n; i++) {
		as_json_open_object(j, NULL);
		as_json_add_text(j, "name", list[i].name);
		as_json_add_text(j, "help", list[i].help);
		if (list[i].path)
			as_json_add_path(j, "path", list[i].path);
		else
			as_json_add_text(j, "path", NULL);
		as_json_close(j);
	}
	as_json_close(j);
	return as_json_finish(j, false);
}

char *as_cli_json_places(const struct as_place *list, size_t n)
{
	struct as_json *j = begin();

	if (!j)
		return NULL;
	as_json_open_array(j, "places");
	for (size_t i = 0; i < n; i++) {
		as_json_open_object(j, NULL);
		as_json_add_text(j, "what", list[i].what);
		as_json_add_path(j, "path", list[i].path);
		as_json_add_bool(j, "exists", list[i].exists);
		as_json_close(j);
	}
	as_json_close(j);
	return as_json_finish(j, false);
}

char *as_cli_json_cache(const char *dir, const struct as_cache_stats *stats, bool cleared)
{
	struct as_json *j = begin();

	if (!j)
		return NULL;
	as_json_add_path(j, "dir", dir);
	as_json_add_int(j, "entries", stats->entries);
	as_json_add_int(j, "bytes", stats->bytes);
	as_json_add_bool(j, "cleared", cleared);
	return as_json_finish(j, false);
}
