#include "engine/edit_private.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "export/xml.h"

#define MAX_AUTO_THREADS 8
#define MIB (INT64_C(1) << 20)

bool as_text_list_add(struct text_list *l, const char *text)
{
	if (l->n == l->cap) {
		int cap = l->cap ? l->cap * 2 : 4;
		char **v = realloc(l->v, (size_t)cap * sizeof *v);
		if (!v)
			return false;
		l->v = v;
		l->cap = cap;
	}
	char *copy = strdup(text);
	if (copy)
		l->v[l->n++] = copy;
	return copy != NULL;
}

void as_text_list_done(struct text_list *l)
{
	for (int i = 0; i < l->n; i++)
		free(l->v[i]);
	free(l->v);
	*l = (struct text_list){0};
}

void as_text_list_remove(struct text_list *l, int i)
{
	free(l->v[i]);
	memmove(l->v + i, l->v + i + 1, (size_t)(l->n - i - 1) * sizeof *l->v);
	l->n--;
}

void as_engine_emit(struct as_session *s, enum as_event_kind kind, int id)
{
	as_event_push(s->events, (struct as_event){.kind = kind, .id = id});
}

static void add_warning(struct as_session *s, const char *text, bool passing)
{
	pthread_mutex_lock(&s->lock);
	if (passing)
		as_text_list_add(&s->passing, text);
	as_text_list_add(&s->warnings, text);
	s->generation++;
	int id = s->warnings.n;
	pthread_mutex_unlock(&s->lock);
	as_engine_emit(s, AS_EVENT_WARNING, id);
}

void as_engine_warn(struct as_session *s, const char *fmt, ...)
{
	struct as_error safe;
	va_list ap;

	va_start(ap, fmt);
	as_fail_v(&safe, AS_ERR_INVALID, fmt, ap); /* names from outside are escaped like in an error message */
	va_end(ap);
	add_warning(s, safe.msg, false);
}

void as_engine_warn_passing(struct as_session *s, const char *fmt, ...)
{
	struct as_error safe;
	va_list ap;

	va_start(ap, fmt);
	as_fail_v(&safe, AS_ERR_INVALID, fmt, ap);
	va_end(ap);
	add_warning(s, safe.msg, true);
}

void as_engine_clip_done(struct session_clip *c)
{
	free(c->files);
	free(c->error);
	as_engine_load_done(&c->load);
	as_text_list_done(&c->warnings);
	as_engine_lock_free(c->keep.lock);
	*c = (struct session_clip){0};
}

void as_engine_file_done(struct session_file *f)
{
	free(f->path);
	free(f->track);
	free(f->kept_track);
	free(f->error);
	as_media_info_done(&f->info);
}

void as_engine_drop_outputs(struct as_session *s)
{
	for (int i = 0; i < s->n_outputs; i++) {
		struct session_output *o = &s->outputs[i];
		for (int k = 0; k < o->n_clips; k++) {
			free((void *)o->clips[k].parts);
			free((void *)o->clips[k].stamps);
			free((void *)o->clips[k].segments);
		}
		for (int k = 0; o->clocks && k < o->n_clips; k++)
			free(o->clocks[k]);
		free(o->clocks);
		free(o->clips);
		free(o->title);
		free(o->originator);
		free(o->description);
		free(o->ixml);
		free(o->path);
		as_text_list_done(&o->files);
		as_media_info_done(&o->mux.written);
		free(o->error);
	}
	free(s->outputs);
	s->outputs = NULL;
	s->n_outputs = s->n_sounds = 0;
	s->document_round = 0;
	as_text_list_done(&s->path_maps);
}

void as_engine_drop_results(struct as_session *s)
{
	for (int i = 0; i < s->n_clips; i++)
		as_text_list_done(&s->clips[i].warnings);
	if (s->solved)
		as_solution_done(&s->solution);
	s->solution = (struct as_solution){0};
	s->solved = false;
	as_engine_remember(s);
	as_undo_forget_matches(s);
	s->n_matches = s->n_found = 0;
	as_engine_drop_hints(s);
	free(s->solve_clips);
	s->solve_clips = NULL;
	as_engine_drop_outputs(s);
}

/* Where signals go without a cache: on disk rather than in memory, which /tmp often is. */
static const char *pick_tmp_dir(void)
{
	return access("/var/tmp", W_OK | X_OK) == 0 ? "/var/tmp" : "/tmp";
}

static int thread_count(const struct as_options *opt)
{
	long n = as_options_int(opt, "general.threads");
	if (n < 1) {
		n = sysconf(_SC_NPROCESSORS_ONLN);
		if (n > MAX_AUTO_THREADS)
			n = MAX_AUTO_THREADS;
	}
	return n < 1 ? 1 : (int)n;
}

void as_engine_read_options(struct as_session *s)
{
	const struct as_options *o = s->opt;
	int reference = s->solve_cfg.reference;
	s->match_cfg = (struct as_match_config){
		.max_offset_s = as_options_real(o, "analysis.max_offset_s"),
		.probe_every_s = as_options_real(o, "analysis.probe_every_s"),
		.near_s = NAN,
	};
	s->solve_cfg = (struct as_solve_config){
		.strong = as_options_real(o, "confidence.strong"),
		.weak = as_options_real(o, "confidence.weak"),
		.max_p_false = as_options_real(o, "confidence.max_p_false"),
		.min_margin = as_options_real(o, "confidence.min_margin"),
		.takes = as_options_bool(o, "analysis.takes"),
		.thorough = strcmp(as_options_text(o, "analysis.search"), "thorough") == 0,
		.reference = reference,
	};
	s->island_gap_s = as_options_real(o, "export.island_gap_s");
}

static enum as_status open_parts(struct as_session *s, struct as_error *err)
{
	const char *dir = as_options_text(s->opt, "cache.dir");
	if (as_options_bool(s->opt, "cache.enabled") && dir[0]) {
		int64_t mib = as_options_int(s->opt, "cache.limit_mib");
		s->cache = as_cache_open(dir, mib * MIB, err);
		if (!s->cache)
			return AS_ERR_MEMORY;
	}
	s->tmp_dir = pick_tmp_dir();
	if (!(s->events = as_event_queue_new(err)))
		return AS_ERR_IO;
	as_xml_prepare();
	s->pool = as_pool_new(thread_count(s->opt), err);
	if (!s->pool)
		return AS_ERR_MEMORY;
	s->workspaces = calloc((size_t)as_pool_threads(s->pool), sizeof *s->workspaces);
	s->kept = calloc(1, sizeof *s->kept);
	return s->workspaces && s->kept ? AS_OK : as_fail(err, AS_ERR_MEMORY, "session: out of memory");
}

struct as_session *as_session_new(const struct as_options *opt, struct as_error *err)
{
	struct as_session *s = calloc(1, sizeof *s);
	if (!s || !(s->opt = as_options_copy(opt))) {
		free(s);
		as_fail(err, AS_ERR_MEMORY, "session: out of memory");
		return NULL;
	}
	pthread_mutex_init(&s->lock, NULL);
	s->solve_cfg.reference = -1;
	as_engine_read_options(s);
	as_engine_recipe(s, s->recipe, sizeof s->recipe);
	if (open_parts(s, err) != AS_OK) {
		as_session_free(s);
		return NULL;
	}
	return s;
}

void as_session_free(struct as_session *s)
{
	if (!s)
		return;
	pthread_mutex_lock(&s->lock);
	s->closing = true;
	pthread_mutex_unlock(&s->lock);
	as_session_cancel(s);
	as_engine_drop_audition(s);
	as_pool_free(s->pool);
	as_undo_free(s);
	as_engine_drop_results(s);
	as_engine_drop_workspaces(s);
	free(s->workspaces);
	as_selftest_run_done(&s->selftest);
	as_drift_run_done(&s->drift);
	for (int i = 0; i < s->n_clips; i++)
		as_engine_clip_done(&s->clips[i]);
	for (int i = 0; i < s->n_files; i++)
		as_engine_file_done(&s->files[i]);
	for (int i = 0; i < s->n_tracks; i++)
		free(s->tracks[i]);
	free(s->clips);
	free(s->files);
	free(s->tracks);
	free(s->reference);
	free(s->skip_dir);
	free(s->export_dir);
	as_text_list_done(&s->left_out);
	free(s->matches);
	free(s->pairs);
	free(s->match_done);
	free(s->memo);
	as_text_list_done(&s->own_tracks);
	as_text_list_done(&s->warnings);
	as_text_list_done(&s->passing);
	as_text_list_done(&s->notes);
	as_project_guard_release(s->guard);
	free(s->guarded);
	as_engine_leave_autosave(s);
	free(s->project);
	as_cache_close(s->cache);
	as_event_queue_free(s->events);
	as_options_free(s->opt);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

enum as_status as_engine_check_idle(struct as_session *s, struct as_error *err)
{
	pthread_mutex_lock(&s->lock);
	bool busy = s->busy;
	pthread_mutex_unlock(&s->lock);
	return busy ? as_fail(err, AS_ERR_BUSY, "the session is busy") : AS_OK;
}

enum as_status as_session_set_reference(struct as_session *s, const char *track,
					struct as_error *err)
{
	enum as_status status = as_engine_check_idle(s, err);
	if (status == AS_OK && track && track[0])
		status = as_engine_check_reference(s, track, err);
	if (status != AS_OK)
		return status;
	char *copy = track && track[0] ? strdup(track) : NULL;
	if (track && track[0] && !copy)
		return as_fail(err, AS_ERR_MEMORY, "session: out of memory");
	bool same = copy && s->reference ? strcmp(copy, s->reference) == 0 : copy == s->reference;
	status = as_undo_begin(s, err, "reference %.200s", copy ? copy : "chosen by the analysis");
	if (status != AS_OK) {
		free(copy);
		return status;
	}
	pthread_mutex_lock(&s->lock);
	free(s->reference);
	s->reference = copy;
	s->generation++;
	pthread_mutex_unlock(&s->lock);
	as_undo_end(s, !same);
	return AS_OK;
}

static enum as_status run_first(struct as_job *job, struct as_error *err)
{
	struct as_session *s = job->owner;
	return s->goal == GOAL_EXPORT ? as_engine_begin_export(s, err) : AS_OK;
}

static void first_done(struct as_job *job, enum as_status status, const struct as_error *err)
{
	if (status >= AS_ERR_IO)
		as_engine_break(job->owner, err);
	as_engine_step(job->owner);
}

enum as_status as_engine_start(struct as_session *s, enum session_goal goal, struct as_error *err)
{
	struct as_job *job = calloc(1, sizeof *job);
	if (!job)
		return as_fail(err, AS_ERR_MEMORY, "session: out of memory");
	enum as_status status = as_engine_check_idle(s, err);
	if (status == AS_OK)
		status = as_undo_note_run(s, goal, err);
	if (status != AS_OK) {
		free(job);
		return status;
	}
	*job = (struct as_job){
		.run = run_first, .done = first_done, .owner = s, .cancel = &s->cancel};
	pthread_mutex_lock(&s->lock);
	atomic_store(&s->cancel, false);
	atomic_store(&s->waves_stop, true);
	as_error_clear(&s->error);
	s->busy = true;
	s->unreported = false;
	s->goal = goal;
	s->stage = AS_STAGE_IDLE;
	s->outcome = AS_OK;
	s->decoded_s = 0;
	s->generation++;
	pthread_mutex_unlock(&s->lock);
	as_pool_submit(s->pool, job);
	return AS_OK;
}

enum as_status as_session_probe(struct as_session *s, struct as_error *err)
{
	return as_engine_start(s, GOAL_PROBE, err);
}

enum as_status as_session_analyze(struct as_session *s, struct as_error *err)
{
	return as_engine_start(s, GOAL_ANALYZE, err);
}

void as_engine_break(struct as_session *s, const struct as_error *err)
{
	pthread_mutex_lock(&s->lock);
	if (s->error.status == AS_OK)
		s->error = *err;
	pthread_mutex_unlock(&s->lock);
	atomic_store(&s->cancel, true);
}

void as_session_cancel(struct as_session *s)
{
	atomic_store(&s->cancel, true);
	atomic_store(&s->waves_stop, true);
}

int as_session_fd(const struct as_session *s)
{
	return as_event_queue_fd(s->events);
}

/* A DONE of an earlier run can still wait when the next one begins, and then they coalesce: the
 * flag tells whether an end is really to be reported. */
static bool take_end(struct as_session *s)
{
	pthread_mutex_lock(&s->lock);
	bool report = s->unreported;
	s->unreported = false;
	pthread_mutex_unlock(&s->lock);
	return report;
}

bool as_session_next_event(struct as_session *s, struct as_event *out)
{
	while (as_event_pop(s->events, out)) {
		if (out->kind != AS_EVENT_DONE || take_end(s))
			return true;
	}
	return false;
}
