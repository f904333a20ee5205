/* Settings and path maps -> what the edits of one export share. */
#include "engine/document_private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void as_engine_edit_settings_done(struct edit_settings *e)
{
	for (int i = 0; i < e->n_maps; i++)
		as_path_map_done(&e->maps[i]);
	free(e->maps);
	free(e->cwd);
	*e = (struct edit_settings){0};
}

static enum as_status add_map(struct edit_settings *e, const char *text, struct as_error *err)
{
	struct as_path_map *v = realloc(e->maps, ((size_t)e->n_maps + 1) * sizeof *v);
	if (!v)
		return as_fail(err, AS_ERR_MEMORY, "export: out of memory");
	e->maps = v;
	enum as_status status = as_path_map_parse(text, &v[e->n_maps], err);
	e->n_maps += status == AS_OK;
	return status;
}

/* The rows of timeline.map_path stand behind one another with ';' between them. */
static enum as_status add_set_maps(struct edit_settings *e, const char *text, struct as_error *err)
{
	enum as_status status = AS_OK;
	while (*text && status == AS_OK) {
		size_t n = strcspn(text, ";");
		char *row = strndup(text, n);
		if (!row)
			return as_fail(err, AS_ERR_MEMORY, "export: out of memory");
		if (n > 0)
			status = add_map(e, row, err);
		free(row);
		text += n + (text[n] == ';');
	}
	return status;
}

static enum as_status check_start(const struct as_timeline_config *cfg, struct as_error *err)
{
	const struct as_frame_rate any[] = {{120, 1, false}, {60000, 1001, true}};
	const char *text = cfg->start_tc;
	int64_t frames;
	if (!text[0] || strcmp(text, "auto") == 0 || strcmp(text, "source") == 0)
		return AS_OK;
	/* Of a rate that only the footage tells, what no rate would have is wrong now. */
	return as_timeline_parse_start(
		text, cfg->rate.num > 0 ? cfg->rate : any[strchr(text, ';') != NULL], &frames, err);
}

/* one_of("a|b|c", "b") is 1. */
static int one_of(const char *choices, const char *value)
{
	const size_t len = strlen(value);
	int i = 0;
	for (const char *p = choices; *p; i++) {
		size_t n = strcspn(p, "|");
		if (n == len && strncmp(p, value, n) == 0)
			return i;
		p += n + (p[n] == '|');
	}
	return 0;
}

double as_timeline_frame_s(const struct as_snapshot *snap, const struct as_options *opt, char name[AS_FRAME_RATE_BYTES])
{
	struct as_frame_rate rate;
	/* What the table has taken is a rate, or "auto". */
	if (as_rate_parse(as_options_text(opt, "timeline.fps"), &rate, NULL) != AS_OK)
		rate = as_timeline_footage_rate(snap);
	as_rate_name(name, AS_FRAME_RATE_BYTES, rate);
	return as_rate_seconds(1, rate);
}

enum as_status as_engine_edit_settings(const struct as_options *opt, char *const *maps, int n_maps,
				       struct edit_settings *e, struct as_error *err)
{
	const char *fps = as_options_text(opt, "timeline.fps");
	enum as_status status = AS_OK;
	*e = (struct edit_settings){
		.cfg = {.start_tc = as_options_text(opt, "timeline.start_tc"),
			.drift = (enum as_timeline_drift)one_of(
				"baked|speed", as_options_text(opt, "timeline.drift")),
			.replace = (enum as_timeline_replace)one_of(
				"off|instead|beside|muxed", as_options_text(opt, "timeline.replace_audio")),
			.unplaced = as_options_bool(opt, "timeline.unplaced"),
			.island_gap_s = as_options_real(opt, "export.island_gap_s"),
			.relative = strcmp(as_options_text(opt, "timeline.media_paths"),
					   "relative") == 0}};
	if (!as_options_bool(opt, "export.drift_correction"))
		e->cfg.drift = AS_DRIFT_BAKED;
	if (strcmp(fps, "auto") != 0)
		status = as_rate_parse(fps, &e->cfg.rate, err);
	for (int i = 0; i < n_maps && status == AS_OK; i++)
		status = add_map(e, maps[i], err);
	if (status == AS_OK)
		status = add_set_maps(e, as_options_text(opt, "timeline.map_path"), err);
	if (status == AS_OK)
		status = check_start(&e->cfg, err);
	e->cwd = getcwd(NULL, 0);
	e->cfg.cwd = e->cwd;
	e->cfg.maps = e->maps;
	e->cfg.n_maps = e->n_maps;
	return status;
}
