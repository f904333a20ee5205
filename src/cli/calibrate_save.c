/* A device's calibration into the user's INI file. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <audiosync/options.h>

#include "base/config.h"
#include "base/error.h"
#include "base/figures.h"
#include "base/file.h"
#include "base/ini_edit.h"
#include "cli/calibrate.h"

#define FILE_BYTES (1 << 20)

/* What was written reads back as what was meant. */
static enum as_status check_text(const char *path, const char *text, const char *device, double ms, struct as_error *err)
{
	double back_ms = NAN;
	struct as_options *opt = as_options_new();
	enum as_status status = opt ? as_config_parse(opt, path, text, strlen(text), err)
				    : as_fail(err, AS_ERR_MEMORY, "out of memory");
	if (status == AS_OK && (!as_options_calibration(opt, device, &back_ms) || fabs(back_ms - ms) > 1e-6))
		status = as_fail(err, AS_ERR_INVALID, "%s: the name of the device cannot stand in it: %s", path, device);
	as_options_free(opt);
	return status;
}

static enum as_status make_folder(const char *path, struct as_error *err)
{
	const char *slash = strrchr(path, '/');
	char *dir = slash && slash > path ? strndup(path, (size_t)(slash - path)) : NULL;
	enum as_status status = dir ? as_dir_make(dir, err) : AS_OK;
	free(dir);
	return status;
}

enum as_status as_calibrate_save(const char *path, const char *device, double ms, struct as_error *err)
{
	char value[32], *text = NULL, *made = NULL, *key = as_options_calibration_key(device);
	/* A link, as people who keep such files elsewhere have it, stays one. */
	char *real = realpath(path, NULL);
	const char *to = real ? real : path;
	int64_t bytes = 0;
	snprintf(value, sizeof value, "%.1f", as_figure_round(ms, 10));
	enum as_status status = key ? make_folder(path, err) : as_fail(err, AS_ERR_MEMORY, "out of memory");
	if (status == AS_OK && as_file_exists(to))
		status = as_file_read(to, FILE_BYTES, &text, &bytes, err);
	if (status == AS_OK) {
		made = as_ini_edit(text ? text : "", &(struct as_ini_value){key, value}, 1);
		status = made ? check_text(path, made, device, strtod(value, NULL), err) : as_fail(err, AS_ERR_MEMORY, "out of memory");
	}
	if (status == AS_OK)
		status = as_file_write(to, true, made, err);
	free(real);
	free(key);
	free(text);
	free(made);
	return status;
}
