/* The plan of an export, as a list for people. */
#include <audiosync/preview.h>

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/config.h"
#include "base/error.h"
#include "engine/document_private.h"

/* FLAC as a share of PCM, measured: from quiet talk to loud noise. Of 24 bits the lowest hardly pack. The gaps between clips take nothing. */
#define FLAC_LEAST_16 0.2
#define FLAC_MOST_16 0.85
#define FLAC_LEAST_24 0.45
#define FLAC_MOST_24 0.92

void as_preview_free(struct as_preview *p)
{
	for (int i = 0; p && i < p->n_files; i++) {
		free((char *)p->files[i].path);
		free((char *)p->files[i].refused);
	}
	if (p)
		free((void *)p->files);
	free(p);
}

/* Share of the file that clips cover. */
static double covered(const struct session_output *o)
{
	double sum_s = 0, all_s = (double)o->spec.total_frames / o->spec.rate_hz;
	for (int i = 0; i < o->n_clips; i++)
		sum_s += (double)o->clips[i].frames / o->clips[i].rate_hz;
	return all_s > 0 && sum_s < all_s ? sum_s / all_s : 1;
}

static void tell_bytes(const struct as_session *s, const struct session_output *o, struct as_preview_file *f)
{
	const struct as_encode_spec *spec = &o->spec;
	bool deep = as_encode_depth(spec) > 16;
	f->bytes = f->bytes_least = as_engine_output_bytes(s, o);
	if (o->mux.on || spec->format != AS_AUDIO_FLAC)
		return;
	double pcm = covered(o) * (double)spec->total_frames * spec->channels * as_encode_depth(spec) / 8;
	f->bytes = pcm * (deep ? FLAC_MOST_24 : FLAC_MOST_16);
	f->bytes_least = pcm * (deep ? FLAC_LEAST_24 : FLAC_LEAST_16);
}

static bool tell_file(const struct as_session *s, const struct session_output *o, bool force,
		      struct as_preview_file *f)
{
	struct as_error why = {0};
	enum as_status status = as_engine_check_target(s, o->path, force, &why);
	*f = (struct as_preview_file){.document = as_engine_document_kind(o),
				      .picture = o->mux.on,
				      .track = o->track,
				      .clip = o->clip,
				      .duration_s = NAN,
				      .bytes = NAN,
				      .bytes_least = NAN};
	if (status == AS_OK)
		status = as_engine_check_lists(s, o, force, &why);
	f->path = strdup(o->path);
	f->refused = strdup(status == AS_OK ? "" : why.msg);
	f->exists = as_engine_check_target(s, o->path, false, NULL) == AS_ERR_EXISTS ||
		    as_engine_check_lists(s, o, false, NULL) == AS_ERR_EXISTS;
	if (!o->is_document) {
		f->rate_hz = o->spec.rate_hz;
		f->channels = o->spec.channels;
		f->bits = as_encode_depth(&o->spec);
		f->duration_s = f->rate_hz > 0 ? (double)o->spec.total_frames / f->rate_hz : NAN;
		tell_bytes(s, o, f);
	}
	return f->path && f->refused;
}

static enum as_status tell(const struct as_session *s, bool force, struct as_preview *p, struct as_error *err)
{
	struct as_preview_file *files = calloc((size_t)s->n_outputs + 1, sizeof *files);
	bool ok = files != NULL;
	p->files = files;
	for (int i = 0; ok && i < s->n_outputs; i++) {
		p->n_files++;
		ok = tell_file(s, &s->outputs[i], force, &files[i]);
		if (isfinite(files[i].bytes)) {
			p->sound_bytes += files[i].bytes;
			p->sound_bytes_least += files[i].bytes_least;
		}
	}
	return ok ? AS_OK : as_fail(err, AS_ERR_MEMORY, "export: out of memory");
}

/* What an earlier export has left stays. */
struct kept {
	struct session_output *outputs;
	int n_outputs, n_sounds, document_round;
	struct text_list path_maps;
	uint64_t generation;
};

static struct kept set_aside(struct as_session *s)
{
	struct kept k = {s->outputs, s->n_outputs, s->n_sounds, s->document_round, s->path_maps, s->generation};
	s->outputs = NULL;
	s->n_outputs = s->n_sounds = s->document_round = 0;
	s->path_maps = (struct text_list){0};
	return k;
}

static void put_back(struct as_session *s, struct kept k)
{
	as_engine_drop_outputs(s);
	s->outputs = k.outputs;
	s->n_outputs = k.n_outputs;
	s->n_sounds = k.n_sounds;
	s->document_round = k.document_round;
	s->path_maps = k.path_maps;
	s->generation = k.generation;
}

/* The session as it is once everything is written. */
static const struct as_snapshot *foresee(struct as_session *s)
{
	for (int i = 0; i < s->n_outputs; i++)
		s->outputs[i].done = true;
	return as_engine_snapshot(s);
}

/* *then is the caller's, also when this fails. */
static enum as_status plan_and_tell(struct as_session *s, const struct as_export_request *r, struct as_preview *p,
				    const struct as_snapshot **then, struct as_error *err)
{
	if (!s->solved)
		return as_fail(err, AS_ERR_INVALID, "export needs a finished analysis");
	enum as_status status = as_engine_check_request(s, r, err);
	struct kept kept = set_aside(s);
	if (status == AS_OK)
		status = as_engine_plan_outputs(s, r, false, err);
	if (status == AS_OK)
		status = tell(s, r->force, p, err);
	if (status == AS_OK && !(*then = foresee(s)))
		status = as_fail(err, AS_ERR_MEMORY, "export: out of memory");
	put_back(s, kept);
	return status;
}

static enum as_status refuse(struct as_preview_file *f, const char *why, struct as_error *err)
{
	char *text = strdup(why);
	if (!text)
		return as_fail(err, AS_ERR_MEMORY, "export: out of memory");
	free((char *)f->refused);
	f->refused = text;
	return AS_OK;
}

/* One list of a document, which is told as whole. */
static bool tell_list(const struct as_session *s, const struct as_preview_file *whole, const char *path, bool force,
		      struct as_preview_file *f)
{
	struct as_error why = {0};
	*f = *whole;
	f->path = strdup(path);
	f->exists = as_engine_check_target(s, path, false, NULL) == AS_ERR_EXISTS;
	f->refused = strdup(as_engine_check_target(s, path, force, &why) == AS_OK ? "" : why.msg);
	return f->path && f->refused;
}

/* Tells a document as the lists that it becomes. Grows p->files. */
static enum as_status split(const struct as_session *s, const struct text_list *lists, bool force, struct as_preview *p, int at,
			    struct as_error *err)
{
	struct as_preview_file *files = calloc((size_t)(p->n_files + lists->n), sizeof *files), whole = p->files[at];
	enum as_status status = AS_OK;
	bool ok = files != NULL, refused = false;
	if (!ok)
		return as_fail(err, AS_ERR_MEMORY, "export: out of memory");
	memcpy(files, p->files, (size_t)at * sizeof *files);
	memcpy(files + at + lists->n, p->files + at + 1, (size_t)(p->n_files - at - 1) * sizeof *files);
	for (int i = 0; i < lists->n; i++) {
		ok = tell_list(s, &whole, lists->v[i], force, &files[at + i]) && ok;
		refused = refused || !ok || files[at + i].refused[0];
	}
	free((void *)p->files);
	p->files = files;
	p->n_files += lists->n - 1;
	if (!ok)
		status = as_fail(err, AS_ERR_MEMORY, "export: out of memory");
	/* Something else stands in the way: of all of them. */
	if (ok && !refused && whole.refused[0]) {
		files[at].exists = whole.exists;
		status = refuse(&files[at], whole.refused, err);
	}
	free((char *)whole.path);
	free((char *)whole.refused);
	return status;
}

/* Leaves *at at the last of the document's files. */
static enum as_status tell_lists(struct as_session *s, const struct as_snapshot *then, const struct as_options *opt,
				 const struct as_export_request *r, struct as_preview *p, int *at, struct as_error *err)
{
	struct as_preview_file *f = (struct as_preview_file *)&p->files[*at];
	struct text_list lists = {0};
	struct as_error why = {0};
	enum as_status status = as_engine_tell_lists(then, opt, r, f, &lists, &why);
	if (status == AS_ERR_MEMORY) {
		as_fail(err, status, "export: out of memory");
	} else if (status != AS_OK) {
		status = f->refused[0] ? AS_OK : refuse(f, why.msg, err);
	} else if (lists.n > 0) {
		status = split(s, &lists, r->force, p, *at, err);
		*at += lists.n - 1;
	}
	as_text_list_done(&lists);
	return status;
}

/* What the edits come to. After the lock, as this may take a while; the settings belong to this thread. */
static enum as_status tell_documents(struct as_session *s, const struct as_snapshot *then, const struct as_options *opt,
				     const struct as_export_request *r, struct as_preview *p, struct as_error *err)
{
	enum as_status status = AS_OK;
	for (int i = 0; i < p->n_files && status == AS_OK; i++) {
		if (!p->files[i].document[0])
			continue;
		status = as_engine_tell_document(then, opt, r, (struct as_preview_file *)&p->files[i], err);
		if (status == AS_OK)
			status = tell_lists(s, then, opt, r, p, &i, err);
	}
	return status;
}

enum as_status as_session_preview(struct as_session *s, const struct as_options *opt,
				  const struct as_export_request *r, struct as_preview **out, struct as_error *err)
{
	struct as_options *by = opt ? as_options_copy(opt) : NULL;
	struct as_preview *p = calloc(1, sizeof *p);
	const struct as_snapshot *then = NULL;
	enum as_status status = as_engine_check_idle(s, err);
	if (status == AS_OK)
		s->looks = r->looks;
	if (status == AS_OK && (!p || (opt && !by)))
		status = as_fail(err, AS_ERR_MEMORY, "export: out of memory");
	if (status == AS_OK) {
		/* Nothing runs, so that nobody else reads the settings now. */
		pthread_mutex_lock(&s->lock);
		if (by)
			as_options_swap(s->opt, by);
		status = plan_and_tell(s, r, p, &then, err);
		if (by)
			as_options_swap(s->opt, by);
		pthread_mutex_unlock(&s->lock);
	}
	/* What it would take is done once all is known. */
	if (status == AS_OK && !(r->looks && as_looks_wants(r->looks)))
		status = tell_documents(s, then, by ? by : s->opt, r, p, err);
	if (s->looks)
		s->looks = NULL; /* workers may read it while something runs */
	as_snapshot_free(then);
	as_options_free(by);
	if (status != AS_OK) {
		as_preview_free(p);
		p = NULL;
	}
	*out = p;
	return status;
}
