/* The documents of an export: one row for each kind; each is written, read back and checked, and one that fails does not spoil the
 * others. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "engine/session_private.h"
#include "export/document.h"
#include "export/report.h"

#define MAX_DOCUMENT_BYTES (INT64_C(1) << 30)

static const struct document_row {
	struct as_document_kind kind;
	as_document_writer *write; /* NULL: made of more than the edit */
	as_document_checker *check;
} rows[] = {
	{{"otio", "otio", "write a timeline for OpenTimelineIO (Resolve, Premiere, otioconvert)"},
	 as_otio_write,
	 as_otio_check},
	{{"fcpxml", "fcpxml", "write a timeline as FCPXML 1.10 (Final Cut Pro, Resolve)"},
	 as_fcpxml_write,
	 as_fcpxml_check},
	{{"edl", "edl", "write edit lists as CMX 3600, one for each track; for any program"},
	 as_edl_write,
	 as_edl_check},
	{{"xmeml", "xml", "write a timeline as Final Cut Pro 7 XML (Premiere, Resolve, Vegas)"},
	 as_xmeml_write,
	 as_xmeml_check},
	{{"rpp", "rpp", "write a Reaper project, exact to the sample"}, as_rpp_write, as_rpp_check},
	{{"mlt", "mlt", "write an MLT timeline (Kdenlive, Shotcut, melt)"},
	 as_mlt_write,
	 as_mlt_check},
	{{"report", NULL, "write a report for people: FILE.html, FILE.txt or FILE.json; repeatable"}, NULL, NULL},
};
#define N_ROWS (sizeof rows / sizeof rows[0])

const struct as_document_kind *as_document_kind_at(size_t i)
{
	return i < N_ROWS ? &rows[i].kind : NULL;
}

static int kind_of(const char *name)
{
	for (size_t i = 0; i < N_ROWS; i++) {
		if (strcmp(rows[i].kind.kind, name) == 0)
			return (int)i;
	}
	return -1;
}

/* Made of more than the edit. */
static bool is_report(int kind)
{
	return !rows[kind].write;
}

const char *as_engine_document_kind(const struct session_output *o)
{
	return o->is_document ? rows[o->kind].kind.kind : "";
}

/* ---- planning ---- */

static char *folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	if (!slash)
		return strdup(".");
	return slash == path ? strdup("/") : strndup(path, (size_t)(slash - path));
}

static bool is_same_target(const char *a, const char *b)
{
	char *fa = folder_of(a), *fb = folder_of(b);
	struct stat sa, sb;
	bool same = false;
	/* Some file systems do not tell upper from lower case. */
	if (fa && fb && strcasecmp(as_path_base(a), as_path_base(b)) == 0)
		same = strcmp(fa, fb) == 0 || (stat(fa, &sa) == 0 && stat(fb, &sb) == 0 &&
					       sa.st_dev == sb.st_dev && sa.st_ino == sb.st_ino);
	free(fa);
	free(fb);
	return same;
}

static enum as_status check_request(const struct as_document_request *d, int *kind, struct as_error *err)
{
	*kind = kind_of(d->kind);
	if (*kind < 0)
		return as_fail(err, AS_ERR_INVALID, "%s: no kind of document is called this", d->kind);
	if (!as_path_base(d->path)[0])
		return as_fail(err, AS_ERR_INVALID, "%s: --%s needs the name of a file", d->path,
			       d->kind);
	if (is_report(*kind) && as_report_kind_of(d->path) == AS_REPORT_NONE)
		return as_fail(err, AS_ERR_INVALID, "%s: a report ends in .html, .txt or .json", d->path);
	return AS_OK;
}

enum as_status as_engine_plan_documents(struct as_session *s, const struct as_export_request *r,
					struct as_error *err)
{
	struct session_output *v =
		realloc(s->outputs, ((size_t)s->n_outputs + (size_t)r->n_documents + 1) * sizeof *v);
	if (!v)
		return as_fail(err, AS_ERR_MEMORY, "export: out of memory");
	s->outputs = v;
	s->n_sounds = s->n_outputs;
	for (int i = 0; i < r->n_documents; i++) {
		const struct as_document_request *d = &r->documents[i];
		struct session_output o = {.track = -1, .clip = -1, .spec = {.rate_hz = 1}};
		enum as_status status = check_request(d, &o.kind, err);
		if (status != AS_OK)
			return status;
		o.is_document = true;
		for (int k = 0; k < s->n_outputs; k++) {
			if (is_same_target(d->path, s->outputs[k].path))
				return as_fail(err, AS_ERR_INVALID,
					       "%s: two files would be written here", d->path);
		}
		o.path = strdup(d->path);
		if (!o.path)
			return as_fail(err, AS_ERR_MEMORY, "export: out of memory");
		s->outputs[s->n_outputs++] = o;
	}
	return AS_OK;
}

/* ---- settings ---- */

/* What the documents of one export share. */
struct edit_settings {
	struct as_timeline_config cfg;
	struct as_path_map *maps;
	int n_maps;
	char *cwd;
};

static void settings_done(struct edit_settings *e)
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

static enum as_status settings_of(const struct as_options *opt, char *const *maps, int n_maps,
				  struct edit_settings *e, struct as_error *err)
{
	const char *fps = as_options_text(opt, "timeline.fps");
	enum as_status status = AS_OK;
	*e = (struct edit_settings){
		.cfg = {.start_tc = as_options_text(opt, "timeline.start_tc"),
			.drift = (enum as_timeline_drift)one_of(
				"baked|speed", as_options_text(opt, "timeline.drift")),
			.replace = (enum as_timeline_replace)one_of(
				"off|instead|beside", as_options_text(opt, "timeline.replace_audio")),
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

enum as_status as_engine_check_documents(const struct as_session *s, const struct as_export_request *r,
					 struct as_error *err)
{
	struct edit_settings e;
	if (r->n_documents == 0)
		return AS_OK;
	enum as_status status =
		settings_of(s->opt, (char *const *)r->path_maps, r->n_path_maps, &e, err);
	if (status == AS_OK && e.cfg.replace != AS_REPLACE_OFF && !r->dir)
		status = as_fail(err, AS_ERR_INVALID,
				 "timeline.replace_audio: there are no aligned files to refer to "
				 "without a folder for them (-o)");
	settings_done(&e);
	for (int i = 0; i < r->n_documents && status == AS_OK; i++) {
		struct stat st;
		char *folder = folder_of(r->documents[i].path);
		if (!folder)
			return as_fail(err, AS_ERR_MEMORY, "export: out of memory");
		if (stat(folder, &st) != 0) {
			if (errno != ENOENT)
				status = as_fail_errno(err, folder, NULL);
		} else if (!S_ISDIR(st.st_mode)) {
			status = as_fail(err, AS_ERR_IO, "%s: not a folder", folder);
		} else if (access(folder, W_OK | X_OK) != 0) {
			status = as_fail_errno(err, folder, "cannot be written");
		}
		free(folder);
	}
	return status;
}

/* ---- one document ---- */

struct writing {
	struct as_session *s;
	struct session_output *o;
	char *folder; /* absolute, without links */
	char *stem;   /* of the name */
	const char *extension; /* with its dot, or "" */
};

static enum as_status begin(struct writing *w, struct as_error *err)
{
	const char *base = as_path_base(w->o->path), *dot = strrchr(base, '.');
	char *folder = folder_of(w->o->path);
	enum as_status status = AS_OK;
	if (!folder)
		return as_fail(err, AS_ERR_MEMORY, "export: out of memory");
	w->extension = dot && dot != base ? dot : "";
	w->stem = strndup(base, dot && dot != base ? (size_t)(dot - base) : strlen(base));
	status = as_dir_make(folder, err);
	if (status == AS_OK && !(w->folder = realpath(folder, NULL)))
		status = as_fail_errno(err, folder, NULL);
	if (status == AS_OK && !w->stem)
		status = as_fail(err, AS_ERR_MEMORY, "export: out of memory");
	free(folder);
	return status;
}

static char *target_of(const struct writing *w, const char *suffix)
{
	if (!suffix[0])
		return strdup(w->o->path);
	size_t room = strlen(w->stem) + strlen(suffix) + strlen(w->extension) + 1;
	char *name = malloc(room), *path = NULL, *folder = folder_of(w->o->path);
	if (name && folder) {
		snprintf(name, room, "%s%s%s", w->stem, suffix, w->extension);
		path = strchr(w->o->path, '/') ? as_path_join(folder, name) : strdup(name);
	}
	free(name);
	free(folder);
	return path;
}

static enum as_status put_file(const struct writing *w, const char *path, const char *text, size_t bytes,
			       struct as_error *err)
{
	enum as_status status = as_engine_check_target(w->s, path, w->s->force, err);
	if (status != AS_OK)
		return status;
	struct as_atomic_file *f = as_atomic_open(path, w->s->force, err);
	if (!f)
		return err ? err->status : AS_ERR_IO;
	for (size_t at = 0; at < bytes;) {
		ssize_t n = write(as_atomic_fd(f), text + at, bytes - at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			as_fail_errno(err, path, NULL);
			as_atomic_abort(f);
			return AS_ERR_IO;
		}
		at += (size_t)n;
	}
	return as_atomic_commit(f, err);
}

/* Writes all files, or says which could not be; what was written before stays for force only to replace. */
static enum as_status put(const struct writing *w, const struct as_document *d, struct as_error *err)
{
	enum as_status status = AS_OK;
	for (int i = 0; i < d->n_files && status == AS_OK; i++) {
		char *path = target_of(w, d->files[i].suffix);
		status = path ? as_engine_check_target(w->s, path, w->s->force, err)
			      : as_fail(err, AS_ERR_MEMORY, "export: out of memory");
		free(path);
	}
	for (int i = 0; i < d->n_files && status == AS_OK; i++) {
		char *path = target_of(w, d->files[i].suffix);
		status = path ? put_file(w, path, d->files[i].text, d->files[i].bytes, err)
			      : as_fail(err, AS_ERR_MEMORY, "export: out of memory");
		free(path);
	}
	return status;
}

/* The files as they are on the disk now. */
static enum as_status get(const struct writing *w, const struct as_document *d, struct as_document *out,
			  struct as_error *err)
{
	enum as_status status = AS_OK;
	for (int i = 0; i < d->n_files && status == AS_OK; i++) {
		char *path = target_of(w, d->files[i].suffix), *text = NULL;
		int64_t bytes = 0;
		status = path ? as_file_read(path, MAX_DOCUMENT_BYTES, &text, &bytes, err)
			      : as_fail(err, AS_ERR_MEMORY, "export: out of memory");
		free(path);
		if (status == AS_OK)
			status = as_document_add(out, d->files[i].suffix, text, (size_t)bytes, err);
	}
	return status;
}

/* Some become one file for each track: which, for those who read the answer. */
static enum as_status tell_files(const struct writing *w, const struct as_document *d, struct as_error *err)
{
	bool ok = true;
	if (d->n_files == 1 && !d->files[0].suffix[0])
		return AS_OK;
	pthread_mutex_lock(&w->s->lock);
	for (int i = 0; i < d->n_files && ok; i++) {
		char *path = target_of(w, d->files[i].suffix);
		ok = path && as_text_list_add(&w->o->files, path);
		free(path);
	}
	pthread_mutex_unlock(&w->s->lock);
	return ok ? AS_OK : as_fail(err, AS_ERR_MEMORY, "export: out of memory");
}

/* A timeline says of each recording how long it is and which bytes of it are meant: of one that is away or another now,
 * nobody can. */
static enum as_status check_media(const struct as_session *s, const char *path, struct as_error *err)
{
	for (int i = 0; i < s->n_files; i++) {
		const struct session_file *f = &s->files[i];
		if (f->media == AS_CLIP_MEDIA_CHANGED)
			return as_fail(err, AS_ERR_INVALID,
				       "%s: not written: %s has changed since it was analysed; analyze the project again",
				       path, f->path);
		if (f->media == AS_CLIP_MEDIA_MISSING)
			return as_fail(err, AS_ERR_INVALID, "%s: not written: %s is missing (--relink DIR finds it)", path,
				       f->path);
	}
	return AS_OK;
}

static enum as_status write_edit(const struct writing *w, const struct as_timeline *t,
				 struct as_error *err)
{
	struct as_document d = {0}, back = {0};
	struct as_error why = {0};
	enum as_status status = AS_OK;
	if (t->n_tracks == 0)
		return as_fail(err, AS_ERR_INVALID, "%s: nothing to write: no recording could be placed",
			       w->o->path);
	if (check_media(w->s, w->o->path, err) != AS_OK)
		return AS_ERR_INVALID;
	status = rows[w->o->kind].write(t, &d, &why);
	if (status == AS_OK)
		status = put(w, &d, &why);
	if (status == AS_OK)
		status = tell_files(w, &d, &why);
	if (status == AS_OK)
		status = get(w, &d, &back, &why);
	if (status == AS_OK) {
		status = rows[w->o->kind].check(t, &back, &why);
		if (status != AS_OK)
			status = as_fail(err, status, "%s: written, but found wrong when read back: %s",
					 w->o->path, why.msg);
	} else if (strstr(why.msg, as_path_base(w->o->path))) {
		status = as_fail(err, status, "%s", why.msg);
	} else {
		status = as_fail(err, status, "%s: %s", w->o->path, why.msg);
	}
	as_document_done(&d);
	as_document_done(&back);
	return status;
}

static enum as_status write_report(const struct writing *w, const struct as_snapshot *snap, const struct as_timeline *t,
				   struct as_error *err)
{
	struct as_document d = {0}, back = {0};
	enum as_status status = as_engine_make_report(w->s, snap, t, w->o->path, &d, err);
	if (status == AS_OK)
		status = put(w, &d, err);
	if (status == AS_OK)
		status = get(w, &d, &back, err);
	if (status == AS_OK && (back.files[0].bytes != d.files[0].bytes ||
				memcmp(back.files[0].text, d.files[0].text, d.files[0].bytes) != 0))
		status = as_fail(err, AS_ERR_IO, "%s: other bytes are read back than were written", w->o->path);
	as_document_done(&d);
	as_document_done(&back);
	return status;
}

static enum as_status write_document(struct as_session *s, struct session_output *o,
				     struct as_error *err)
{
	struct writing w = {.s = s, .o = o};
	struct edit_settings e = {0};
	const struct as_snapshot *snap = NULL;
	struct as_timeline *t = NULL;
	enum as_status status = begin(&w, err);
	if (status != AS_OK)
		goto out;
	status = settings_of(s->opt, s->path_maps.v, s->path_maps.n, &e, err);
	if (status != AS_OK)
		goto out;
	const char *name = as_options_text(s->opt, "timeline.name");
	e.cfg.name = name[0] ? name : w.stem;
	e.cfg.folder = w.folder;
	if (is_report(o->kind))
		e.cfg.replace = AS_REPLACE_OFF; /* it tells of the recordings */
	snap = as_session_snapshot(s);
	status = snap ? as_timeline_build(snap, &e.cfg, &t, err)
		      : as_fail(err, AS_ERR_MEMORY, "export: out of memory");
	if (is_report(o->kind) && snap)
		status = write_report(&w, snap, t, err); /* also of what has no edit */
	else if (status == AS_OK)
		status = write_edit(&w, t, err);
out:
	as_timeline_free(t);
	as_snapshot_free(snap);
	settings_done(&e);
	free(w.folder);
	free(w.stem);
	return status;
}

/* ---- the jobs ---- */

static enum as_status document_run(struct as_job *job, struct as_error *err)
{
	struct as_session *s = job->owner;
	return write_document(s, &s->outputs[job->id], err);
}

/* The documents of a round: timelines first; reports see what became of them. */
static int choose_documents(const struct as_session *s, int *ids)
{
	int n = 0;
	for (int i = s->n_sounds; i < s->n_outputs; i++)
		if (is_report(s->outputs[i].kind) == (s->document_round == 2))
			ids[n++] = i;
	return n;
}

bool as_engine_step_documents(struct as_session *s)
{
	int *ids = malloc(((size_t)s->n_outputs + 1) * sizeof *ids), n = 0;
	if (!ids) {
		as_engine_break_memory(s);
		return false;
	}
	while (n == 0 && s->document_round < 2 && !as_engine_stopped(s)) {
		s->document_round++;
		n = choose_documents(s, ids);
	}
	bool started = n > 0 && as_engine_submit(s, ids, n, document_run, as_engine_output_done);
	free(ids);
	return started;
}
