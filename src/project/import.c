/* AudioSync Pro writes one object: "version" ("1.0", a text, or 2, a number), "tracks" with "clips" in them, "config", and what it
 * found as "sync_result" (1.0) or "result" (2). Its positions are in samples of its analysis, 8000 a second, and in seconds; its
 * confidence is the height of a peak over the mean, which unrelated sound reaches too, and its drift has no reliable sign: places are
 * taken over as what it had found, for the analysis to confirm, and drift is not. */
#include "project/import.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "project/elements.h"

#define NEWEST 2
#define ANALYSIS_RATE_HZ 8000.0 /* where it does not say another */
#define CLIPS_MAX 20000
#define BY_HAND (-1.0)          /* its confidence of a clip that the user placed is negative */

bool as_project_is_foreign(const json_t *root)
{
	const json_t *tracks = json_object_get(root, "tracks");
	return !json_object_get(root, "audiosync_project") && json_is_array(tracks) && !json_object_get(root, "files") &&
	       (json_object_get(root, "version") ||
		json_is_array(json_object_get(json_array_get(tracks, 0), "clips")));
}

static enum as_status check_version(struct as_project *p, const json_t *root, const char *path, struct as_error *err)
{
	const json_t *stated = json_object_get(root, "version");
	const char *text = json_string_value(stated);
	double v = text ? strtod(text, NULL) : json_number_value(stated);
	if (stated && v > NEWEST)
		return as_fail(err, AS_ERR_FORMAT,
			       "%s: a project of a newer AudioSync Pro (format %g; up to %d can be imported)", path, v, NEWEST);
	p->version = v >= 2 ? 2 : 1;
	p->foreign = true;
	return AS_OK;
}

static double analysis_rate(const json_t *root)
{
	const json_t *result = json_object_get(root, "result");
	if (!json_is_object(result))
		result = json_object_get(root, "sync_result");
	double hz = json_number_value(json_object_get(result, "sample_rate"));
	return hz >= 1 && hz <= 1e7 ? hz : ANALYSIS_RATE_HZ;
}

/* Its own seconds may be rounded; its samples are what it found. */
static double place_of(const json_t *clip, double rate_hz)
{
	double n, s;
	if (!json_is_true(json_object_get(clip, "analyzed")))
		return NAN;
	if (as_field_number(json_object_get(clip, "timeline_offset_samples"), -1e12, 1e12, &n) && n != 0)
		s = n / rate_hz;
	else if (!as_field_number(json_object_get(clip, "timeline_offset_s"), -MAX_TIME_S, MAX_TIME_S, &s))
		return NAN;
	return fabs(s) <= MAX_TIME_S ? s : NAN;
}

/* Absolute, or beside the project; a way that climbs leads nowhere. */
static char *path_of(const char *said, const char *dir)
{
	for (const char *p = said; *p;) {
		size_t n = strcspn(p, "/");
		if (n == 2 && p[0] == '.' && p[1] == '.')
			return NULL;
		p += n + (p[n] == '/');
	}
	return said[0] == '/' ? strdup(said) : said[0] ? as_path_join(dir, said) : NULL;
}

static bool add_file(struct as_project *p, const json_t *clip, const char *track, const char *dir, struct as_reader *r)
{
	char *said = as_field_get_text(clip, "file_path", r), *path = said ? path_of(said, dir) : NULL;
	bool known = false;
	for (int i = 0; path && i < p->n_files; i++)
		known |= strcmp(p->files[i].path, path) == 0;
	if (!path || known) {
		as_reader_lose(r, "file_path", known ? "is there twice" : said ? "leads through \"..\", and is not followed"
									: "is missing");
		free(said);
		free(path);
		return false;
	}
	free(said);
	p->files[p->n_files++] = (struct as_project_file){
		.path = path, .track = strdup(track), .fps = NAN, .picture_s = NAN, .duration_s = NAN, .start_tc_s = NAN, .created_s = NAN,
		.mtime_s = NAN};
	r->out_of_memory |= !p->files[p->n_files - 1].track;
	return true;
}

static void add_clip(struct as_project *p, const json_t *clip, int track, int order, double rate_hz, struct as_reader *r)
{
	struct as_project_clip *c = &p->clips[p->n_clips++];
	*c = (struct as_project_clip){.track = track, .order = order, .files = malloc(sizeof *c->files), .n_files = 1,
				       .placement = as_project_no_place()};
	r->out_of_memory |= !c->files;
	if (c->files)
		c->files[0] = p->n_files - 1;
	c->imported_s = place_of(clip, rate_hz);
	if (!as_field_number(json_object_get(clip, "confidence"), -1e9, 1e9, &c->imported_confidence))
		c->imported_confidence = 0;
	if (isnan(c->imported_s) || c->imported_confidence > BY_HAND)
		return;
	c->lock = calloc(1, sizeof *c->lock);
	r->out_of_memory |= !c->lock;
	if (c->lock)
		*c->lock = (struct as_project_lock){
			.anchor = -1,
			.after_s = c->imported_s,
			.place = {.island = 1, .verdict = AS_VERDICT_STRONG, .method = AS_METHOD_MANUAL,
				  .reason = AS_REASON_LOCKED, .support = NAN, .start_s = c->imported_s,
				  .start_err_s = NAN, .drift_ppm = NAN, .drift_err_ppm = NAN, .p_false = 1, .beside = -1}};
}

static void add_track(struct as_project *p, const json_t *track, double rate_hz, const char *dir, struct as_reader *r)
{
	const json_t *clips = json_object_get(track, "clips");
	char *name = as_field_get_text(track, "name", r), fallback[32];
	int order = 0;
	snprintf(fallback, sizeof fallback, "Track %d", p->n_tracks + 1);
	const char *shown = name && name[0] ? name : fallback;
	bool ok = as_project_add_text(&p->tracks, &p->n_tracks, shown);
	if (json_is_true(json_object_get(track, "is_reference")) && !p->reference)
		ok &= (p->reference = strdup(shown)) != NULL;
	r->out_of_memory |= !ok;
	for (size_t i = 0; ok && i < json_array_size(clips); i++) {
		const json_t *clip = json_array_get(clips, i);
		r->number = p->n_files + 1;
		if (add_file(p, clip, shown, dir, r))
			add_clip(p, clip, p->n_tracks - 1, order++, rate_hz, r);
	}
	free(name);
}

static const struct {
	const char *theirs, *ours;
} settings[] = {
	{"max_offset_s", "analysis.max_offset_s"},    {"export_format", "export.format"},
	{"export_bit_depth", "export.bit_depth"},     {"export_bitrate_kbps", "export.bitrate_kbps"},
	{"export_sr", "export.sample_rate_hz"},       {"crossfade_ms", "export.crossfade_ms"},
	{"drift_correction", "export.drift_correction"},
};

static void add_settings(struct as_project *p, const json_t *config, struct as_reader *r)
{
	size_t n = sizeof settings / sizeof *settings;
	p->settings = calloc(n, sizeof *p->settings);
	r->out_of_memory |= !p->settings;
	for (size_t i = 0; p->settings && i < n; i++) {
		const json_t *v = json_object_get(config, settings[i].theirs);
		char text[64] = "";
		if (json_is_boolean(v))
			snprintf(text, sizeof text, "%s", json_is_true(v) ? "yes" : "no");
		else if (json_is_number(v))
			snprintf(text, sizeof text, "%.15g", json_number_value(v));
		else if (json_is_string(v))
			snprintf(text, sizeof text, "%s", json_string_value(v));
		if (!text[0])
			continue;
		struct as_project_setting *s = &p->settings[p->n_settings++];
		*s = (struct as_project_setting){strdup(settings[i].ours), strdup(text)};
		r->out_of_memory |= !s->key || !s->value;
	}
}

enum as_status as_project_import(struct as_project *p, const json_t *root, const char *path, struct as_error *err)
{
	struct as_reader r = {.project = p, .what = "AudioSync Pro clip"};
	const json_t *tracks = json_object_get(root, "tracks");
	size_t n = 0;
	enum as_status status = check_version(p, root, path, err);
	if (status != AS_OK)
		return status;
	for (size_t i = 0; i < json_array_size(tracks); i++)
		n += json_array_size(json_object_get(json_array_get(tracks, i), "clips"));
	if (n > CLIPS_MAX)
		return as_fail(err, AS_ERR_FORMAT, "%s: holds more clips than AudioSync Pro can have written", path);
	p->files = calloc(n + 1, sizeof *p->files);
	p->clips = calloc(n + 1, sizeof *p->clips);
	r.out_of_memory = !p->files || !p->clips;
	char *slash = strrchr(path, '/'), *dir = slash ? strndup(path, (size_t)(slash - path)) : strdup(".");
	r.out_of_memory |= !dir;
	for (size_t i = 0; !r.out_of_memory && i < json_array_size(tracks); i++)
		add_track(p, json_array_get(tracks, i), analysis_rate(root), dir, &r);
	free(dir);
	add_settings(p, json_object_get(root, "config"), &r);
	return r.out_of_memory ? as_fail(err, AS_ERR_MEMORY, "%s: out of memory", path) : AS_OK;
}
