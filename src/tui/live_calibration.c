/* The latency of a device's sound path: adjusted while it is heard, kept for the run, saved on request. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <audiosync/devices.h>

#include "tui/commands.h"
#include "tui/live.h"

#define GLOBAL_KEY "live.calibration_ms"
#define SAVED "saved" /* origin of what has been written since */

/* --- settings ------------------------------------------------------------------------------------------------------ */

/* Where a device's calibration stands: heap. */
static char *key_of(const char *device)
{
	return *device ? as_options_calibration_key(device) : strdup(GLOBAL_KEY);
}

struct as_options *tui_live_options(const struct tui *t)
{
	struct as_options *opt = as_options_copy(t->m.opt);
	const char *global = t->calibrated ? as_options_origin(t->calibrated, GLOBAL_KEY) : "default";

	for (size_t i = 0; opt && t->calibrated && i < as_options_calibrations(t->calibrated); i++) {
		const char *key = as_options_calibration_at(t->calibrated, i, NULL);

		as_options_set(opt, key, as_options_value(t->calibrated, key), "interface", NULL);
	}
	if (opt && strcmp(global, "default") != 0)
		as_options_set(opt, GLOBAL_KEY, as_options_value(t->calibrated, GLOBAL_KEY), "interface", NULL);
	return opt;
}

static bool lookup(const struct as_options *opt, const char *device, double *ms)
{
	if (*device && as_options_calibration(opt, device, ms))
		return true;
	*ms = as_options_real(opt, GLOBAL_KEY);
	return false;
}

void tui_live_find_saved(struct tui *t)
{
	const char *device = t->lag->status.device, *origin;
	char *key = key_of(device);

	/* What was saved in this run, the session's settings do not know. */
	origin = key && t->calibrated ? as_options_origin(t->calibrated, key) : NULL;
	lookup(origin && !strcmp(origin, SAVED) ? t->calibrated : t->m.opt, device, &t->lag->saved_ms);
	free(key);
}

/* The number as files spell it. */
static enum as_status set(struct as_options *opt, const char *key, double ms, const char *origin, struct as_error *err)
{
	char text[40];

	snprintf(text, sizeof text, "%.3f", ms);
	return as_options_set(opt, key, text, origin, err);
}

/* --- adjusting ----------------------------------------------------------------------------------------------------- */

/* What is so far off is no delay of a path: another place of the sound, or another sound. */
static bool is_too_far(struct tui *t, double ms)
{
	const struct as_option_row *row = as_option_find(GLOBAL_KEY);

	if (fabs(ms) <= row->max)
		return false;
	tui_say(t, TUI_WARNING, "too far to calibrate: %.0f s; a calibration has %.0f s at most", fabs(ms) / 1e3, row->max / 1e3);
	return true;
}

static void adjust(struct tui *t, double ms)
{
	struct as_error err = {0};
	char *key;

	/* A thousandth is more than a path is known to; sums of tenths stay tenths. */
	ms = round(ms * 1e3) / 1e3;
	if (is_too_far(t, ms))
		return;
	if (!t->calibrated)
		t->calibrated = as_options_new();
	key = key_of(t->lag->status.device);
	if (key && t->calibrated && tui_try(t, set(t->calibrated, key, ms, "interface", &err), &err)) {
		as_live_set_calibration(t->live, ms);
		tui_live_turn(t);
		t->dirty = true;
	}
	free(key);
}

static void adjust_to(struct tui *t, const char *args)
{
	char *end = NULL;
	double ms = args ? strtod(args, &end) : 0;

	while (end && *end == ' ')
		end++;
	if (!args || end == args || (*end && strcmp(end, "ms") != 0) || !isfinite(ms))
		tui_say(t, TUI_WARNING, "by how much? calibrate -12.5");
	else
		adjust(t, ms);
}

static void adjust_to_zero(struct tui *t)
{
	if (tui_lag_state(t->lag) != AS_LIVE_LOCKED)
		tui_say(t, TUI_WARNING, "no lag is known now that could be called zero");
	else
		adjust(t, -t->lag->now.lag_ms);
}

/* --- saving -------------------------------------------------------------------------------------------------------- */

/* What a recording was given is of no use to any other. */
static bool can_be_saved(const char *device)
{
	return !*device || as_capture_is_device(device);
}

/* Adjusted in this run, and not what files say. */
static bool is_unsaved(const struct tui *t, const char *key, const char *device)
{
	double saved_ms;

	if (strcmp(as_options_origin(t->calibrated, key), "interface") != 0 || !can_be_saved(device))
		return false;
	lookup(t->m.opt, device, &saved_ms);
	return fabs(strtod(as_options_value(t->calibrated, key), NULL) - saved_ms) >= 0.0005;
}

/* The one at *i or behind it, of all that were adjusted; NULL: no more. device "": that of every device. */
static const char *next_unsaved(const struct tui *t, size_t *i, const char **device)
{
	const size_t n = t->calibrated ? as_options_calibrations(t->calibrated) + 1 : 0;

	while (*i < n) {
		const char *key = GLOBAL_KEY;

		*device = "";
		if (*i > 0)
			key = as_options_calibration_at(t->calibrated, *i - 1, device);
		++*i;
		if (is_unsaved(t, key, *device))
			return key;
	}
	return NULL;
}

static const char *name_of(const char *device)
{
	return *device ? device : "every device";
}

bool tui_live_unsaved(const struct tui *t, char *out, size_t n)
{
	const char *device, *first, *key;
	const char *file = t->setup->config_file ? t->setup->config_file : "the settings file";
	char figure[TUI_LAG_TEXT_BYTES];
	size_t i = 0;

	if (!(key = next_unsaved(t, &i, &device)))
		return false;
	first = device;
	tui_lag_tenths(strtod(as_options_value(t->calibrated, key), NULL), figure, sizeof figure);
	if (next_unsaved(t, &i, &device))
		snprintf(out, n, "The calibrations of several devices are not saved, one of them %s ms of %.200s. Saving writes each, for its device alone, to %s.",
			 figure, name_of(first), file);
	else
		snprintf(out, n, "The calibration of %.200s, %s ms, is not saved. Saving writes it%s to %s.", name_of(first), figure,
			 *first ? ", for this device alone," : "", file);
	return true;
}

/* The device that a key is of; "": every one. Of the table of this run, or of what is heard. */
static const char *device_of(const struct tui *t, const char *key)
{
	const char *device = "";

	for (size_t i = 0; t->calibrated && i < as_options_calibrations(t->calibrated); i++)
		if (!strcmp(as_options_calibration_at(t->calibrated, i, &device), key))
			return device;
	return "";
}

static void tell_saved(struct tui *t, const char *key, const char *value)
{
	char figure[TUI_LAG_TEXT_BYTES];
	const char *device, *origin;
	double ms = strtod(value, NULL);

	if (!t->calibrated)
		t->calibrated = as_options_new();
	origin = t->calibrated ? as_options_origin(t->calibrated, key) : NULL;
	/* What was adjusted meanwhile is another one, and not saved. */
	if (t->calibrated && (!origin || strcmp(origin, "interface") != 0 || !strcmp(as_options_value(t->calibrated, key), value)))
		set(t->calibrated, key, ms, SAVED, NULL);
	device = device_of(t, key);
	if (t->lag && !strcmp(t->lag->status.device, device))
		t->lag->saved_ms = ms;
	tui_say(t, TUI_GOOD, "calibration %s ms of %s written to %s%s", tui_lag_tenths(ms, figure, sizeof figure), name_of(device),
		t->setup->config_file, *device ? ", for this device alone" : "");
}

static bool save_one(struct tui *t, const char *key, double ms)
{
	struct as_options *scratch = as_options_new();
	struct as_error err = {0};
	bool done = scratch && tui_try(t, set(scratch, key, ms, NULL, &err), &err) &&
		    tui_settings_write_value(t, key, as_options_value(scratch, key), tell_saved);

	if (!scratch)
		tui_say(t, TUI_ERROR, "out of memory");
	as_options_free(scratch);
	return done;
}

/* The key stands in the table that saving changes. */
static bool save_other(struct tui *t, const char *key)
{
	char *own = strdup(key);
	bool done = own && save_one(t, own, strtod(as_options_value(t->calibrated, own), NULL));

	if (!own)
		tui_say(t, TUI_ERROR, "out of memory");
	free(own);
	return done;
}

/* That of the device that is heard, and those that were adjusted before it. */
static void save(struct tui *t)
{
	char *key = t->lag ? key_of(t->lag->status.device) : NULL;
	const char *device, *unsaved;
	bool fine = true;
	size_t i = 0;

	if (t->lag && !key)
		tui_say(t, TUI_ERROR, "out of memory");
	while (fine && (unsaved = next_unsaved(t, &i, &device)))
		if (!key || strcmp(unsaved, key) != 0)
			fine = save_other(t, unsaved);
	if (fine && key && can_be_saved(t->lag->status.device))
		save_one(t, key, t->lag->status.calibration_ms);
	else if (fine && key)
		tui_say(t, TUI_WARNING, "a file is no device: its calibration holds for this run alone");
	free(key);
}

bool tui_do_calibration(struct tui *t, enum as_action action, const struct tui_call *call)
{
	double now_ms = t->lag->status.calibration_ms, n = call->count > 0 ? call->count : 1;

	switch (action) {
	case AS_ACTION_CALIBRATE_LESS:
		adjust(t, now_ms - n);
		return true;
	case AS_ACTION_CALIBRATE_MORE:
		adjust(t, now_ms + n);
		return true;
	case AS_ACTION_CALIBRATE_LESS_10:
		adjust(t, now_ms - 10 * n);
		return true;
	case AS_ACTION_CALIBRATE_MORE_10:
		adjust(t, now_ms + 10 * n);
		return true;
	case AS_ACTION_CALIBRATE_ZERO:
		adjust_to_zero(t);
		return true;
	case AS_ACTION_CALIBRATE:
		adjust_to(t, call->args);
		return true;
	case AS_ACTION_SAVE_CALIBRATION:
		save(t);
		return true;
	default:
		return false;
	}
}
