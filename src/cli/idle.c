#include "cli/idle.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <audiosync/drift.h>
#include <audiosync/project.h>

#include "cli/say.h"

enum need {
	NEED_DIR,      /* aligned files */
	NEED_OUTPUT,   /* the drift tool's file */
	NEED_DOCUMENT, /* a timeline or a report */
	NEED_TIMELINE,
	NEED_LIMITS,   /* of the lag */
};

/* A setting's flag, and what it is good for. The same flag may need different things of different commands. */
static const struct idle_row {
	const char *key;
	enum as_command command; /* AS_CMD_NONE: any */
	enum need need;
} rows[] = {
	{"export.format", AS_CMD_EXPORT, NEED_DIR},
	{"export.bit_depth", AS_CMD_EXPORT, NEED_DIR},
	{"export.bitrate_kbps", AS_CMD_EXPORT, NEED_DIR},
	{"export.sample_rate_hz", AS_CMD_EXPORT, NEED_DIR},
	{"export.per_clip", AS_CMD_EXPORT, NEED_DIR},
	{"export.mux", AS_CMD_EXPORT, NEED_DIR},
	{"export.mux_track", AS_CMD_EXPORT, NEED_DIR},
	{"export.mux_codec", AS_CMD_EXPORT, NEED_DIR},
	{"export.format", AS_CMD_DRIFT, NEED_OUTPUT},
	{"export.bit_depth", AS_CMD_DRIFT, NEED_OUTPUT},
	{"export.bitrate_kbps", AS_CMD_DRIFT, NEED_OUTPUT},
	{"export.sample_rate_hz", AS_CMD_DRIFT, NEED_OUTPUT},
	{"export.mux_codec", AS_CMD_DRIFT, NEED_OUTPUT},
	{"timeline.fps", AS_CMD_NONE, NEED_DOCUMENT}, /* a report rounds to frames, too */
	{"timeline.drift", AS_CMD_NONE, NEED_DOCUMENT},
	{"timeline.name", AS_CMD_NONE, NEED_TIMELINE},
	{"timeline.start_tc", AS_CMD_NONE, NEED_TIMELINE},
	{"timeline.media_paths", AS_CMD_NONE, NEED_TIMELINE},
	{"timeline.replace_audio", AS_CMD_NONE, NEED_TIMELINE},
	{"timeline.unplaced", AS_CMD_NONE, NEED_TIMELINE},
	{"live.alert_after_s", AS_CMD_LIVE, NEED_LIMITS},
	{"live.alert_clear_s", AS_CMD_LIVE, NEED_LIMITS},
};

static bool was_given(const struct as_args *args, const char *key)
{
	const char *origin = as_options_origin(args->opt, key);
	return origin && strncmp(origin, "--", 2) == 0 && strcmp(origin + 2, as_option_find(key)->flag) == 0;
}

static int count_timelines(const struct as_args *args)
{
	int n = 0;
	for (int i = 0; i < args->n_documents; i++)
		n += strcmp(args->documents[i].kind, "report") != 0;
	return n;
}

/* What is missing; NULL if nothing. What a project keeps is not for nothing. */
static const char *what_lacks(const struct as_args *args, enum need need)
{
	switch (need) {
	case NEED_DIR:
		return args->output_dir ? NULL : "only timelines are written without -o DIR";
	case NEED_OUTPUT:
		return args->output ? NULL : "nothing is written without -o OUT";
	case NEED_DOCUMENT:
		return args->n_documents > 0 || args->save ? NULL
							   : "there is no timeline to write; --otio FILE and the like ask for one";
	case NEED_TIMELINE:
		return count_timelines(args) > 0 || args->save
			       ? NULL
			       : "there is no timeline to write; --otio FILE and the like ask for one";
	case NEED_LIMITS:
		return strcmp(as_options_text(args->opt, "live.alert"), "off") != 0 ? NULL
											 : "the lag has no limits; --alert LIMITS sets them";
	}
	return NULL;
}

static const char *format_name(const char *format)
{
	return strcmp(format, "wav") == 0	? "WAV"
	       : strcmp(format, "aiff") == 0	? "AIFF"
	       : strcmp(format, "flac") == 0	? "FLAC"
	       : strcmp(format, "picture") == 0 ? "a picture with its sound"
						: "MP3";
}

/* Of the corrected file the name says the format; another one asked for would be silently forgotten. */
static enum as_status check_drift_format(const struct as_args *args, struct as_error *err)
{
	const char *named = args->output ? as_drift_output_format(args->output) : NULL;
	const char *asked = as_options_text(args->opt, "export.format");
	if (!named || !was_given(args, "export.format") || strcmp(named, asked) == 0)
		return AS_OK;
	return as_fail(err, AS_ERR_INVALID, "--format %s: %s says %s; give one of the two, or a name without an extension", asked,
		       args->output, format_name(named));
}

static enum as_status check_plot(const struct as_args *args, struct as_error *err)
{
	size_t n = args->plot ? strlen(args->plot) : 0;
	if (!args->plot || (n > 4 && strcasecmp(args->plot + n - 4, ".svg") == 0))
		return AS_OK;
	return as_fail(err, AS_ERR_INVALID, "--plot: %s: the picture is an SVG; give it a name that ends in .svg", args->plot);
}

enum as_status as_idle_check(const struct as_args *args, struct as_error *err)
{
	/* `config` shows what any setting would come to. */
	if (args->command == AS_CMD_CONFIG)
		return AS_OK;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct idle_row *r = &rows[i];
		const char *lacks = what_lacks(args, r->need);
		if (lacks && (r->command == AS_CMD_NONE || r->command == args->command) && was_given(args, r->key))
			return as_fail(err, AS_ERR_INVALID, "--%s: %s", as_option_find(r->key)->flag, lacks);
	}
	/* Not a setting's flag: no project keeps it. */
	if (args->n_path_maps > 0 && count_timelines(args) == 0)
		return as_fail(err, AS_ERR_INVALID,
			       "--map-path: there is no timeline to write; --otio FILE and the like ask for one");
	if (args->command != AS_CMD_DRIFT)
		return AS_OK;
	enum as_status status = check_drift_format(args, err);
	return status == AS_OK ? check_plot(args, err) : status;
}

/* ---- by the settings ---- */

/* Details of a format that is not written: often part of a script for several. */
static void tell_formats(const struct as_args *args)
{
	const char *named = args->output ? as_drift_output_format(args->output) : NULL;
	const char *format = named ? named : as_options_text(args->opt, "export.format");
	bool is_mp3 = strcmp(format, "mp3") == 0, is_picture = strcmp(format, "picture") == 0;
	if (was_given(args, "export.bitrate_kbps") && !is_mp3)
		as_say("--bitrate: does not count: only MP3 has one, and this is %s", format_name(format));
	if (was_given(args, "export.bit_depth") && (is_mp3 || is_picture))
		as_say("--bit-depth: does not count: %s has none%s", format_name(format), is_picture ? " to choose" : "");
	if (args->command == AS_CMD_DRIFT && was_given(args, "export.mux_codec") && !is_picture)
		as_say("--mux-codec: does not count: it is for .mov, .mp4 and .mkv");
}

static int check_mux(const struct as_args *args)
{
	static const char *const keys[] = {"export.mux_track", "export.mux_codec"};
	bool on = strcmp(as_options_text(args->opt, "export.mux"), "off") != 0;
	for (size_t i = 0; !on && i < sizeof keys / sizeof *keys; i++) {
		if (was_given(args, keys[i])) {
			as_say("--%s: no camera files are written without --mux default, add or replace",
			       as_option_find(keys[i])->flag);
			return AS_EXIT_USAGE;
		}
	}
	return -1;
}

static bool is_one_of(const char *kind, const char *const *kinds)
{
	while (*kinds && strcmp(kind, *kinds) != 0)
		kinds++;
	return *kinds != NULL;
}

/* Whether every timeline is of one of the kinds, and there is one. */
static bool all_are(const struct as_args *args, const char *const *kinds)
{
	for (int i = 0; i < args->n_documents; i++) {
		if (strcmp(args->documents[i].kind, "report") != 0 && !is_one_of(args->documents[i].kind, kinds))
			return false;
	}
	return count_timelines(args) > 0;
}

static int check_timelines(const struct as_args *args)
{
	/* doc/timelines.md, the table of formats */
	static const char *const no_speed[] = {"edl", "xmeml", "mlt", NULL}, *const no_start[] = {"mlt", NULL};
	bool speed = was_given(args, "timeline.drift") && strcmp(as_options_text(args->opt, "timeline.drift"), "speed") == 0;
	if (speed && !as_options_bool(args->opt, "export.drift_correction")) {
		as_say("--drift speed: drift correction is off (%s); one of the two",
		       as_options_origin(args->opt, "export.drift_correction"));
		return AS_EXIT_USAGE;
	}
	if (speed && all_are(args, no_speed))
		as_say("--drift speed: does not count: EDL, xmeml and MLT carry no such speeds; OTIO, FCPXML and RPP do");
	if (was_given(args, "timeline.start_tc") && all_are(args, no_start))
		as_say("--start-tc: does not count: MLT has no start timecode");
	return -1;
}

/* A project's recordings stay in their tracks. */
static void tell_grouping(const struct as_args *args)
{
	if (was_given(args, "analysis.group_by") && args->n_words == 1 && args->n_tracks == 0 && as_project_is(args->words[0]))
		as_say("--group-by: does not count: a project's recordings stay in their tracks; --track NAME=FILE moves one");
}

int as_idle_check_settings(const struct as_args *args)
{
	int code = -1;
	tell_grouping(args);
	if (args->output_dir || args->output)
		tell_formats(args);
	if (args->output_dir)
		code = check_mux(args);
	return code < 0 ? check_timelines(args) : code;
}
