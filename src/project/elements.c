#include "project/elements.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define STREAMS_MAX 256
#define PARTS_MAX 10000
#define WARNINGS_MAX 200

static const char *state_word(int v)
{
	static const char *const words[] = {"new", "probed", "loading", "ready", "failed"};
	return v >= 0 && v < 5 ? words[v] : "new";
}

/* clang-format off */
#define AT(member) offsetof(struct as_project_stream, member)
static const struct as_field stream_fields[] = {
	{"index", AS_FIELD_INT, true, AT(index), 0, 65535, 0, NULL},
	{"codec", AS_FIELD_CHARS, false, AT(codec), 0, 0, 32, NULL},
	{"rate_hz", AS_FIELD_REAL, true, AT(rate_hz), 0, 1e7, 0, NULL},
	{"channels", AS_FIELD_INT, true, AT(channels), 0, 4096, 0, NULL},
	{"bits", AS_FIELD_INT, false, AT(bits), 0, 64, 0, NULL},
	{"float", AS_FIELD_BOOL, false, AT(is_float), 0, 0, 0, NULL},
	{"duration_s", AS_FIELD_REAL, false, AT(duration_s), -MAX_TIME_S, MAX_TIME_S, 0, NULL},
	{"timecode", AS_FIELD_BOOL, false, AT(timecode), 0, 0, 0, NULL},
};
#undef AT
#define AT(member) offsetof(struct as_project_file, member)
static const struct as_field file_fields[] = {
	{"bytes", AS_FIELD_INT64, false, AT(bytes), 0, 9e18, 0, NULL},
	{"mtime_ns", AS_FIELD_INT64, false, AT(mtime_ns), -9e18, 9e18, 0, NULL},
	{"content", AS_FIELD_CHARS, false, AT(content), 0, 0, AS_PROJECT_CONTENT_BYTES, NULL},
	{"state", AS_FIELD_WORD, false, AT(state), 0, AS_CLIP_FAILED, 0, state_word},
	{"format", AS_FIELD_CHARS, false, AT(format), 0, 0, 128, NULL},
	{"device", AS_FIELD_CHARS, false, AT(device), 0, 0, 128, NULL},
	{"video", AS_FIELD_BOOL, false, AT(has_video), 0, 0, 0, NULL},
	{"fps", AS_FIELD_REAL, false, AT(fps), 0, 1e5, 0, NULL},
	{"width", AS_FIELD_INT, false, AT(width), 0, 1e6, 0, NULL},
	{"height", AS_FIELD_INT, false, AT(height), 0, 1e6, 0, NULL},
	{"pixel_num", AS_FIELD_INT, false, AT(pixel_num), 0, INT32_MAX, 0, NULL},
	{"pixel_den", AS_FIELD_INT, false, AT(pixel_den), 0, INT32_MAX, 0, NULL},
	{"fps_num", AS_FIELD_INT, false, AT(fps_num), 0, INT32_MAX, 0, NULL},
	{"fps_den", AS_FIELD_INT, false, AT(fps_den), 0, INT32_MAX, 0, NULL},
	{"picture_s", AS_FIELD_REAL, false, AT(picture_s), -MAX_TIME_S, MAX_TIME_S, 0, NULL},
	{"picture_start_s", AS_FIELD_REAL, false, AT(picture_start_s), -MAX_TIME_S, MAX_TIME_S, 0, NULL},
	{"duration_s", AS_FIELD_REAL, false, AT(duration_s), -MAX_TIME_S, MAX_TIME_S, 0, NULL},
	{"start_tc_s", AS_FIELD_REAL, false, AT(start_tc_s), -1e6, 1e6, 0, NULL},
	{"tc_num", AS_FIELD_INT, false, AT(tc_num), 0, INT32_MAX, 0, NULL},
	{"tc_den", AS_FIELD_INT, false, AT(tc_den), 0, INT32_MAX, 0, NULL},
	{"tc_drop", AS_FIELD_BOOL, false, AT(tc_drop), 0, 0, 0, NULL},
	{"created_s", AS_FIELD_REAL, false, AT(created_s), -1e11, 1e11, 0, NULL},
	{"mtime_s", AS_FIELD_REAL, false, AT(mtime_s), -1e11, 1e11, 0, NULL},
};
#undef AT
#define AT(member) offsetof(struct as_project_sound, member)
static const struct as_field sound_fields[] = {
	{"stream", AS_FIELD_INT, true, AT(stream_index), 0, 65535, 0, NULL},
	{"rate_hz", AS_FIELD_REAL, true, AT(rate_hz), 1, 1e7, 0, NULL},
	{"channels", AS_FIELD_INT, true, AT(channels), 1, 4096, 0, NULL},
	{"bits", AS_FIELD_INT, false, AT(bits), 0, 64, 0, NULL},
	{"float", AS_FIELD_BOOL, false, AT(is_float), 0, 0, 0, NULL},
	{"frames", AS_FIELD_INT64, true, AT(frames), 0, 1e15, 0, NULL},
	{"damage", AS_FIELD_INT64, false, AT(damage), 0, 1e15, 0, NULL},
	{"level_db", AS_FIELD_REAL, false, AT(level_db), -INFINITY, 1000, 0, NULL},
	{"peak_db", AS_FIELD_REAL, false, AT(peak_db), -INFINITY, 1000, 0, NULL},
	{"active", AS_FIELD_REAL, true, AT(active), 0, 1, 0, NULL},
};
#undef AT
#define AT(member) offsetof(struct as_project_clip, member)
static const struct as_field clip_fields[] = {
	{"track", AS_FIELD_INT, true, AT(track), 0, 1e6, 0, NULL},
	{"order", AS_FIELD_INT, false, AT(order), 0, 1e6, 0, NULL},
	{"state", AS_FIELD_WORD, false, AT(state), 0, AS_CLIP_FAILED, 0, state_word},
	{"imported_s", AS_FIELD_REAL, false, AT(imported_s), -MAX_TIME_S, MAX_TIME_S, 0, NULL},
	{"imported_confidence", AS_FIELD_REAL, false, AT(imported_confidence), -1e9, 1e9, 0, NULL},
};
#undef AT
#define AT(member) offsetof(struct as_project_lock, member)
static const struct as_field lock_fields[] = {
	{"anchor", AS_FIELD_INT, false, AT(anchor), -1, 1e9, 0, NULL},
	{"after_s", AS_FIELD_REAL, false, AT(after_s), -2 * MAX_TIME_S, 2 * MAX_TIME_S, 0, NULL},
};
#undef AT
#define AT(member) offsetof(struct as_project_match, member)
#define AT_R(member) offsetof(struct as_project_match, r.member)
static const struct as_field task_fields[] = {
	{"a", AS_FIELD_INT, true, AT(task.a), 0, 1e9, 0, NULL},
	{"b", AS_FIELD_INT, true, AT(task.b), 0, 1e9, 0, NULL},
	{"near_s", AS_FIELD_REAL, false, AT(task.near_s), -MAX_TIME_S, MAX_TIME_S, 0, NULL},
	{"near_tol_s", AS_FIELD_REAL, false, AT(task.near_tol_s), 0, MAX_TIME_S, 0, NULL},
	{"found", AS_FIELD_BOOL, false, AT(found), 0, 0, 0, NULL},
	{"used", AS_FIELD_BOOL, false, AT(used), 0, 0, 0, NULL},
	{"residual_s", AS_FIELD_REAL, false, AT(residual_s), -1e9, 1e9, 0, NULL},
};
static const struct as_field result_fields[] = {
	{"offset_s", AS_FIELD_REAL, true, AT_R(offset_s), -MAX_TIME_S, MAX_TIME_S, 0, NULL},
	{"offset_err_s", AS_FIELD_REAL, true, AT_R(offset_err_s), 0, INFINITY, 0, NULL},
	{"drift_ppm", AS_FIELD_REAL, false, AT_R(drift_ppm), -MAX_PPM, MAX_PPM, 0, NULL},
	{"drift_err_ppm", AS_FIELD_REAL, false, AT_R(drift_err_ppm), 0, INFINITY, 0, NULL},
	{"slope_ppm", AS_FIELD_REAL, true, AT_R(slope_ppm), -MAX_PPM, MAX_PPM, 0, NULL},
	{"slope_err_ppm", AS_FIELD_REAL, true, AT_R(slope_err_ppm), 0, INFINITY, 0, NULL},
	{"ref_s", AS_FIELD_REAL, true, AT_R(ref_s), -MAX_TIME_S, MAX_TIME_S, 0, NULL},
	{"ref_err_s", AS_FIELD_REAL, true, AT_R(ref_err_s), 0, INFINITY, 0, NULL},
	{"score", AS_FIELD_REAL, true, AT_R(score), -1e6, 99, 0, NULL},
	{"margin", AS_FIELD_REAL, true, AT_R(margin), -1e6, 99, 0, NULL},
	{"p_false", AS_FIELD_REAL, true, AT_R(p_false), 0, 1, 0, NULL},
	{"evidence", AS_FIELD_REAL, true, AT_R(evidence), -1e12, 1e12, 0, NULL},
	{"strength", AS_FIELD_REAL, true, AT_R(strength), -1e12, 1e12, 0, NULL},
	{"coverage", AS_FIELD_REAL, true, AT_R(coverage), -1e12, 1e12, 0, NULL},
	{"overlap_s", AS_FIELD_REAL, true, AT_R(overlap_s), -MAX_TIME_S, MAX_TIME_S, 0, NULL},
	{"matched_s", AS_FIELD_REAL, true, AT_R(matched_s), -MAX_TIME_S, MAX_TIME_S, 0, NULL},
	{"n_windows", AS_FIELD_INT, false, AT_R(n_windows), 0, 1e9, 0, NULL},
	{"n_matched", AS_FIELD_INT, false, AT_R(n_matched), 0, 1e9, 0, NULL},
	{"inverted", AS_FIELD_BOOL, false, AT_R(inverted), 0, 0, 0, NULL},
};
#undef AT
#undef AT_R
/* clang-format on */
#define N(table) (sizeof(table) / sizeof *(table))

/* ---- files ---- */

static bool put_streams(json_t *e, const struct as_project_file *f)
{
	json_t *list = f->n_streams > 0 ? json_array() : NULL;
	if (f->n_streams == 0)
		return true;
	bool ok = list && json_object_set_new(e, "streams", list) == 0;
	for (int i = 0; ok && i < f->n_streams; i++) {
		json_t *s = json_object();
		ok = s && json_array_append_new(list, s) == 0 &&
		     as_fields_put(s, stream_fields, N(stream_fields), &f->streams[i]);
	}
	return ok;
}

/* The way from the project's folder, where it leads downwards only: what moves together is found together. */
static const char *beside_of(const char *path, const char *dir)
{
	size_t n = strlen(dir);
	return n > 0 && strncmp(path, dir, n) == 0 && path[n] ? path + n : NULL;
}

json_t *as_element_of_file(const struct as_project_file *f, int id, const char *dir)
{
	json_t *e = json_object();
	if (e && json_object_set_new(e, "id", json_integer(id)) == 0 && as_field_put_text(e, "path", f->path) &&
	    as_field_put_text(e, "beside", beside_of(f->path, dir)) && as_field_put_text(e, "track", f->track) &&
	    as_fields_put(e, file_fields, N(file_fields), f) && as_field_put_text(e, "error", f->error) &&
	    put_streams(e, f))
		return e;
	json_decref(e);
	return NULL;
}

static void get_streams(const json_t *e, struct as_project_file *f, struct as_reader *r)
{
	const json_t *list = json_object_get(e, "streams");
	size_t n = json_array_size(list);
	if (!list)
		return;
	if (!json_is_array(list) || n > STREAMS_MAX) {
		as_reader_lose(r, "streams", "is not what it can be");
		return;
	}
	f->streams = calloc(n + 1, sizeof *f->streams);
	r->out_of_memory |= !f->streams;
	for (size_t i = 0; f->streams && i < n; i++)
		f->n_streams += as_fields_get(json_array_get(list, i), stream_fields, N(stream_fields),
					      &f->streams[f->n_streams], r);
}

/* A path that climbs, or none. */
static bool path_is_plain(const char *path, bool absolute)
{
	if (!path || !path[0] || (path[0] == '/') != absolute)
		return false;
	for (const char *p = path; *p;) {
		size_t n = strcspn(p, "/");
		if (n == 2 && p[0] == '.' && p[1] == '.')
			return false;
		p += n + (p[n] == '/');
	}
	return true;
}

/* Where the file was beside the project it is looked for there first: the whole may have moved. */
static bool get_path(const json_t *e, const char *dir, struct as_project_file *f, struct as_reader *r)
{
	char *path = as_field_get_text(e, "path", r), *beside = as_field_get_text(e, "beside", r);
	if (beside && !path_is_plain(beside, false)) {
		as_reader_lose(r, "beside", "leads elsewhere and is not followed");
		free(beside);
		beside = NULL;
	}
	if (beside && dir[0])
		f->path = as_path_join(dir, beside);
	else if (path_is_plain(path, true))
		f->path = strdup(path);
	else
		as_reader_lose(r, "path", path ? "is not absolute, or leads through \"..\", and is not followed" : "is missing");
	r->out_of_memory |= !f->path && ((beside && dir[0]) || path_is_plain(path, true));
	free(path);
	free(beside);
	return f->path != NULL;
}

bool as_file_of_element(const json_t *e, const char *dir, struct as_project_file *f, struct as_reader *r)
{
	*f = (struct as_project_file){0};
	if (!as_fields_get(e, file_fields, N(file_fields), f, r) || !get_path(e, dir, f, r))
		return false;
	f->track = as_field_get_text(e, "track", r);
	f->error = as_field_get_text(e, "error", r);
	get_streams(e, f, r);
	if (f->state == AS_CLIP_LOADING || f->state == AS_CLIP_READY)
		f->state = AS_CLIP_NEW;
	if (f->state == AS_CLIP_PROBED && f->n_streams == 0) {
		as_reader_lose(r, "streams", "there are none");
		f->state = AS_CLIP_NEW;
	}
	if (f->state == AS_CLIP_FAILED && !f->error)
		f->state = AS_CLIP_NEW;
	return !r->out_of_memory;
}

/* ---- clips ---- */

static bool put_warnings(json_t *e, char *const *v, int n)
{
	json_t *list = n > 0 ? json_array() : NULL;
	bool ok = n == 0 || (list && json_object_set_new(e, "warnings", list) == 0);
	for (int i = 0; ok && i < n; i++)
		ok = json_array_append_new(list, json_string(v[i])) == 0;
	return ok;
}

static bool put_sound(json_t *e, const struct as_project_clip *c)
{
	char key[17];
	json_t *sound = json_object();
	snprintf(key, sizeof key, "%016" PRIx64, c->key);
	return sound && json_object_set_new(e, "sound", sound) == 0 &&
	       as_fields_put(sound, sound_fields, N(sound_fields), &c->sound) &&
	       as_element_put_rows(sound, "parts", (const double *)c->parts, c->n_files, 2) &&
	       json_object_set_new(sound, "key", json_string(key)) == 0;
}

static bool put_lock(json_t *e, const struct as_project_lock *l)
{
	json_t *to = l ? json_object() : NULL;
	return !l || (to && json_object_set_new(e, "lock", to) == 0 &&
		      as_fields_put(to, lock_fields, N(lock_fields), l) &&
		      as_element_put_place(to, "placement", &l->place));
}

json_t *as_element_of_clip(const struct as_project_clip *c, int id, bool solved)
{
	json_t *e = json_object(), *files = json_array();
	bool ok = e && files && json_object_set_new(e, "id", json_integer(id)) == 0;
	for (int i = 0; ok && i < c->n_files; i++)
		ok = json_array_append_new(files, json_integer(c->files[i])) == 0;
	if (ok && json_object_set(e, "files", files) == 0 && as_fields_put(e, clip_fields, N(clip_fields), c) &&
	    as_field_put_text(e, "error", c->error) && (c->state != AS_CLIP_READY || put_sound(e, c)) &&
	    (!solved || as_element_put_place(e, "placement", &c->placement)) && put_lock(e, c->lock) &&
	    put_warnings(e, c->warnings, c->n_warnings)) {
		json_decref(files);
		return e;
	}
	json_decref(files);
	json_decref(e);
	return NULL;
}

static bool get_files(const json_t *e, struct as_project_clip *c, struct as_reader *r)
{
	const json_t *list = json_object_get(e, "files");
	size_t n = json_array_size(list);
	if (!json_is_array(list) || n == 0 || n > PARTS_MAX) {
		as_reader_lose(r, "files", "is not what it can be");
		return false;
	}
	c->files = malloc(n * sizeof *c->files);
	r->out_of_memory |= !c->files;
	for (size_t i = 0; c->files && i < n; i++) {
		double id;
		if (!as_field_number(json_array_get(list, i), 0, 1e9, &id)) {
			as_reader_lose(r, "files", "is not what it can be");
			return false;
		}
		c->files[c->n_files++] = (int)id;
	}
	return c->files != NULL;
}

/* One for each file. */
static bool get_parts(const json_t *sound, struct as_project_clip *c, struct as_reader *r)
{
	c->parts = calloc((size_t)c->n_files, sizeof *c->parts);
	r->out_of_memory |= !c->parts;
	bool ok = c->parts && as_element_get_rows(sound, "parts", (double *)c->parts, c->n_files, 2, r) == c->n_files;
	for (int i = 0; ok && i < c->n_files; i++)
		ok = c->parts[i].frames >= 0 && floor(c->parts[i].frames) == c->parts[i].frames &&
		     fabs(c->parts[i].sound_start_s) <= MAX_TIME_S;
	if (!ok)
		as_reader_lose(r, "parts", "is not what it can be");
	return ok;
}

static bool get_sound(const json_t *e, struct as_project_clip *c, struct as_reader *r)
{
	const json_t *sound = json_object_get(e, "sound");
	const char *key = json_string_value(json_object_get(sound, "key"));
	if (!as_fields_get(sound, sound_fields, N(sound_fields), &c->sound, r))
		return false;
	if (!key || strlen(key) != 16 || strspn(key, "0123456789abcdef") != 16) {
		as_reader_lose(r, "key", "is not what it can be");
		return false;
	}
	c->key = strtoull(key, NULL, 16);
	if (!get_parts(sound, c, r))
		return false;
	if ((double)c->sound.frames / c->sound.rate_hz > MAX_TIME_S) {
		as_reader_lose(r, "frames", "more than there can be");
		return false;
	}
	return true;
}

static void get_lock(const json_t *e, struct as_project_clip *c, struct as_reader *r)
{
	const json_t *from = json_object_get(e, "lock");
	if (!from)
		return;
	c->lock = calloc(1, sizeof *c->lock);
	r->out_of_memory |= !c->lock;
	if (!c->lock)
		return;
	as_fields_get(from, lock_fields, N(lock_fields), c->lock, r);
	if (as_place_of_element(json_object_get(from, "placement"), &c->lock->place, r) &&
	    isfinite(c->lock->place.start_s)) {
		if (isnan(c->lock->after_s))
			c->lock->anchor = -1;
		return;
	}
	as_reader_lose(r, "lock", "has no place");
	free(c->lock->place.clock);
	free(c->lock);
	c->lock = NULL;
}

static void get_warnings(const json_t *e, struct as_project_clip *c, struct as_reader *r)
{
	const json_t *list = json_object_get(e, "warnings");
	for (size_t i = 0; i < json_array_size(list) && i < WARNINGS_MAX; i++) {
		struct as_error safe;
		const char *text = json_string_value(json_array_get(list, i));
		if (!text)
			continue;
		as_fail(&safe, AS_ERR_FORMAT, "%s", text);
		r->out_of_memory |= !as_project_add_text(&c->warnings, &c->n_warnings, safe.msg);
	}
}

bool as_clip_of_element(const json_t *e, struct as_project_clip *c, struct as_reader *r)
{
	*c = (struct as_project_clip){0};
	if (!as_fields_get(e, clip_fields, N(clip_fields), c, r) || !get_files(e, c, r))
		return false;
	c->error = as_field_get_text(e, "error", r);
	if (c->state == AS_CLIP_LOADING)
		c->state = AS_CLIP_PROBED;
	if (c->state == AS_CLIP_FAILED && !c->error)
		c->state = AS_CLIP_NEW;
	if (c->state == AS_CLIP_READY && !get_sound(e, c, r)) {
		as_reader_lose(r, "sound", "is not known any more: the clip is read again");
		c->state = AS_CLIP_PROBED;
	}
	if (json_object_get(e, "placement")) {
		as_place_of_element(json_object_get(e, "placement"), &c->placement, r);
	} else {
		c->placement = as_project_no_place();
	}
	get_lock(e, c, r);
	get_warnings(e, c, r);
	return !r->out_of_memory;
}

/* ---- matches ---- */

json_t *as_element_of_match(const struct as_project_match *m)
{
	double piece[AS_MATCH_PIECES * 4], alt[AS_MATCH_CANDIDATES * 3];
	json_t *e = json_object();
	for (int i = 0; i < m->r.n_pieces; i++)
		memcpy(&piece[i * 4], &m->r.pieces[i], 4 * sizeof *piece);
	for (int i = 0; i < m->r.n_alts; i++)
		memcpy(&alt[i * 3], &m->r.alts[i], 3 * sizeof *alt);
	if (e && as_fields_put(e, task_fields, N(task_fields), m) &&
	    (!m->found ||
	     (as_fields_put(e, result_fields, N(result_fields), m) &&
	      as_element_put_rows(e, "pieces", piece, m->r.n_pieces, 4) &&
	      as_element_put_rows(e, "alternatives", alt, m->r.n_alts, 3))))
		return e;
	json_decref(e);
	return NULL;
}

json_t *as_element_points(const struct as_project_match *m, bool *ok)
{
	bool any = m->found && m->used && m->r.n_points > 0;
	json_t *list = any ? json_array() : NULL;
	*ok &= !any || list;
	for (int i = 0; list && i < m->r.n_points; i++) {
		const struct as_match_point *p = &m->r.points[i];
		json_t *row = json_pack("[f, f, i, i]", (double)p->b_s, (double)p->lag_s, (int)p->err_us, (int)p->used);
		*ok &= json_array_append_new(list, row) == 0;
	}
	return list;
}

json_t *as_element_knots(const struct as_project_match *m, bool *ok)
{
	bool any = m->found && m->r.n_knots > 0;
	json_t *list = any ? json_array() : NULL;
	*ok &= !any || list;
	for (int i = 0; list && i < m->r.n_knots; i++) {
		const struct as_match_knot *k = &m->r.knots[i];
		json_t *row = json_array();
		*ok &= json_array_append_new(list, row) == 0 &&
		       json_array_append_new(row, as_field_real((double)k->b_s)) == 0 &&
		       json_array_append_new(row, as_field_real((double)k->shift_s)) == 0 &&
		       json_array_append_new(row, as_field_real((double)k->err_s)) == 0;
	}
	return list;
}

static bool get_pieces(const json_t *e, struct as_match_result *m, struct as_reader *r)
{
	double rows[AS_MATCH_PIECES * 4];
	m->n_pieces = as_element_get_rows(e, "pieces", rows, AS_MATCH_PIECES, 4, r);
	for (int i = 0; i < m->n_pieces; i++) {
		const double *p = &rows[i * 4];
		m->pieces[i] = (struct as_match_piece){p[0], p[1], p[2], p[3]};
		if (!(p[1] >= p[0]) || fabs(p[2]) > MAX_TIME_S || (i > 0 && p[0] < p[-3])) {
			as_reader_lose(r, "pieces", "do not follow one another");
			return false;
		}
	}
	return m->n_pieces > 0;
}

static bool get_curve(const json_t *e, struct as_match_result *m, struct as_reader *r)
{
	double knot[AS_MATCH_KNOTS * 3], point[AS_MATCH_POINTS * 4], alt[AS_MATCH_CANDIDATES * 3];
	m->n_knots = as_element_get_rows(e, "knots", knot, AS_MATCH_KNOTS, 3, r);
	m->n_points = as_element_get_rows(e, "points", point, AS_MATCH_POINTS, 4, r);
	m->n_alts = as_element_get_rows(e, "alternatives", alt, AS_MATCH_CANDIDATES, 3, r);
	for (int i = 0; i < m->n_knots; i++) {
		const double *k = &knot[i * 3];
		m->knots[i] = (struct as_match_knot){(float)k[0], (float)k[1], (float)k[2]};
		if (i > 0 && !(k[0] > k[-3])) {
			as_reader_lose(r, "knots", "do not follow one another");
			return false;
		}
	}
	for (int i = 0; i < m->n_points; i++) {
		const double *p = &point[i * 4];
		m->points[i] = (struct as_match_point){.b_s = (float)p[0],
						       .lag_s = (float)p[1],
						       .err_us = (uint16_t)fmin(fmax(p[2], 0), UINT16_MAX),
						       .used = p[3] != 0};
	}
	for (int i = 0; i < m->n_alts; i++)
		m->alts[i] = (struct as_match_alt){alt[i * 3], alt[i * 3 + 1], alt[i * 3 + 2]};
	return true;
}

bool as_match_of_element(const json_t *e, struct as_project_match *m, struct as_reader *r)
{
	*m = (struct as_project_match){0};
	if (!as_fields_get(e, task_fields, N(task_fields), m, r))
		return false;
	if (isnan(m->task.near_tol_s))
		m->task.near_tol_s = 0;
	if (!m->found)
		return true;
	return as_fields_get(e, result_fields, N(result_fields), m, r) && get_pieces(e, &m->r, r) &&
	       get_curve(e, &m->r, r);
}
