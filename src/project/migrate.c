#include "project/migrate.h"

#include <math.h>
#include <string.h>

#define NS_PER_S 1000000000

/* Version 0, the draft of the format: times of change in seconds, settings as lines of an INI file. */
static void mtime_to_ns(json_t *file)
{
	const json_t *s = json_object_get(file, "changed_s");
	double v = json_number_value(s);
	if (json_is_number(s) && fabs(v) < 9e9)
		json_object_set_new(file, "mtime_ns",
				    json_integer((json_int_t)floor(v) * NS_PER_S + llround((v - floor(v)) * NS_PER_S)));
	json_object_del(file, "changed_s");
}

static void settings_to_object(json_t *root)
{
	const json_t *lines = json_object_get(root, "settings");
	json_t *to = json_object();
	if (!json_is_array(lines)) {
		json_decref(to);
		return;
	}
	for (size_t i = 0; to && i < json_array_size(lines); i++) {
		const char *line = json_string_value(json_array_get(lines, i));
		const char *sign = line ? strchr(line, '=') : NULL;
		if (sign)
			json_object_setn_new(to, line, (size_t)(sign - line), json_string(sign + 1));
	}
	json_object_set_new(root, "settings", to);
}

static void from_0(json_t *root)
{
	json_t *files = json_object_get(root, "files");
	for (size_t i = 0; i < json_array_size(files); i++)
		mtime_to_ns(json_array_get(files, i));
	settings_to_object(root);
}

/* steps[v] makes version v + 1 of version v. A new version of the format adds a row, and nothing else here changes. */
static void (*const steps[AS_PROJECT_VERSION])(json_t *root) = {from_0};

enum as_status as_project_migrate(struct as_project *p, json_t *root, const char *path, struct as_error *err)
{
	const json_t *stated = json_object_get(root, "audiosync_project");
	json_int_t version = json_integer_value(stated);
	if (!stated) {
		as_project_lose(p, "it does not say its version any more: read as version %d", AS_PROJECT_VERSION);
		return AS_OK;
	}
	if (!json_is_integer(stated) || version < 0)
		return as_fail(err, AS_ERR_FORMAT, "%s: not a project: it says no version that there is", path);
	if (version > AS_PROJECT_VERSION)
		return as_fail(err, AS_ERR_FORMAT,
			       "%s: written by a newer audiosync (format %lld; this one reads up to %d): it needs that one or a later one",
			       path, (long long)version, AS_PROJECT_VERSION);
	p->version = (int)version;
	for (json_int_t v = version; v < AS_PROJECT_VERSION; v++)
		steps[v](root);
	return AS_OK;
}
