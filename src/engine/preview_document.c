/* What a timeline would be, before it is written: its frame rate, and where drift stays in. */
#include "engine/document_private.h"

#include <math.h>
#include <stdlib.h>

/* How far its clock takes the item off its place, in frames. */
static double drift_frames(const struct as_timeline *t, const struct as_timeline_item *it)
{
	return fabs(it->worst_residual_s - it->residual_s) * t->rate.num / t->rate.den;
}

static enum as_status tell_drift(const struct as_timeline *t, int n_clips, struct as_preview_file *f, struct as_error *err)
{
	bool *counted = calloc((size_t)n_clips + 1, sizeof *counted);
	if (!counted)
		return as_fail(err, AS_ERR_MEMORY, "export: out of memory");
	for (int k = 0; k < t->n_tracks; k++) {
		const struct as_timeline_track *track = &t->tracks[k];
		for (int i = 0; i < track->n_items && track->kind == AS_LANE_DEVICE; i++) {
			const struct as_timeline_item *it = &track->items[i];
			if (drift_frames(t, it) <= 1)
				continue;
			f->n_drifting += !counted[it->clip];
			counted[it->clip] = true;
			f->drift_s = fmax(f->drift_s, fabs(it->worst_residual_s - it->residual_s));
		}
	}
	free(counted);
	return AS_OK;
}

enum as_status as_engine_tell_document(const struct as_snapshot *snap, const struct as_options *opt,
				       const struct as_export_request *r, struct as_preview_file *f, struct as_error *err)
{
	const struct document_row *row = as_engine_document_row(as_engine_document_of(f->document));
	struct edit_settings e = {0};
	struct as_timeline *t = NULL;
	if (!row->write)
		return AS_OK;
	enum as_status status = as_engine_edit_settings(opt, (char *const *)r->path_maps, r->n_path_maps, &e, err);
	e.cfg.replace = AS_REPLACE_OFF; /* of the recordings */
	e.cfg.relative = false;
	if (!row->kind.carries_speed)
		e.cfg.drift = AS_DRIFT_BAKED;
	if (status == AS_OK)
		status = as_timeline_build(snap, &e.cfg, &t, err);
	if (status == AS_OK) {
		as_rate_name(f->fps, sizeof f->fps, t->rate);
		status = tell_drift(t, snap->n_clips, f, err);
	}
	as_timeline_free(t);
	as_engine_edit_settings_done(&e);
	return status;
}

enum as_status as_engine_tell_lists(const struct as_snapshot *snap, const struct as_options *opt, const struct as_export_request *r,
				    const struct as_preview_file *f, struct text_list *out, struct as_error *err)
{
	const struct document_row *row = as_engine_document_row(as_engine_document_of(f->document));
	struct edit_settings e = {0};
	struct as_timeline *t = NULL;
	struct as_document d = {0};
	if (!row->splits)
		return AS_OK;
	enum as_status status = as_engine_edit_settings(opt, (char *const *)r->path_maps, r->n_path_maps, &e, err);
	e.cfg.relative = false; /* the names of the lists are the same */
	e.cfg.holds = row->holds;
	if (!row->kind.carries_speed)
		e.cfg.drift = AS_DRIFT_BAKED;
	if (status == AS_OK)
		status = as_timeline_build(snap, &e.cfg, &t, err);
	if (status == AS_OK)
		status = row->write(t, &d, err);
	for (int i = 0; i < d.n_files && status == AS_OK; i++) {
		char *path = as_engine_list_path(f->path, d.files[i].suffix);
		if (!path || !as_text_list_add(out, path))
			status = as_fail(err, AS_ERR_MEMORY, "export: out of memory");
		free(path);
	}
	as_document_done(&d);
	as_timeline_free(t);
	as_engine_edit_settings_done(&e);
	return status;
}
