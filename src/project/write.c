/* A project -> its text: one line for each file, clip and match, so that a damaged line costs no other and versions compare. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <audiosync/audiosync.h>

#include "base/buffer.h"
#include "base/file.h"
#include "base/text.h"
#include "project/elements.h"
#include "project/paths.h"

#define EXACT (JSON_COMPACT | JSON_REAL_PRECISION(17))
#define SINGLE (JSON_COMPACT | JSON_REAL_PRECISION(9)) /* what single precision holds */

/* What is written; less of it where the whole would be too large to be read again. */
enum detail { DETAIL_ALL, DETAIL_NO_MEMORY, DETAIL_NO_POINTS, DETAIL_N };

static const char *const left_out[DETAIL_N] = {
	NULL, "comparisons that this timeline does not rest on",
	"comparisons that this timeline does not rest on, and the points of the lag plots"};

/* Takes value. */
static void add_value(struct as_buffer *b, json_t *value, size_t flags)
{
	char *text = value ? json_dumps(value, flags | JSON_ENCODE_ANY) : NULL;
	if (text)
		as_buffer_add(b, text);
	else
		b->failed = true;
	free(text);
	json_decref(value);
}

/* A name and its value, on a line of its own; the comma stands before it. */
static void add_line(struct as_buffer *b, const char *name, json_t *value)
{
	as_buffer_addf(b, ",\n\"%s\": ", name);
	add_value(b, value, EXACT);
}

static void open_list(struct as_buffer *b, const char *name)
{
	as_buffer_addf(b, ",\n\"%s\": [", name);
}

static void next_element(struct as_buffer *b, int i)
{
	as_buffer_add(b, i > 0 ? ",\n" : "\n");
}

static json_t *settings_of(const struct as_project *p)
{
	json_t *o = json_object();
	for (int i = 0; o && i < p->n_settings; i++)
		as_field_put_text(o, p->settings[i].key, p->settings[i].value);
	return o;
}

/* Texts that may be any bytes: objects where they are not UTF-8. */
static json_t *texts_of(char *const *v, int n)
{
	json_t *list = json_array();
	for (int i = 0; list && i < n; i++) {
		json_t *plain = json_string(v[i]), *coded = plain ? NULL : json_object();
		if (coded)
			as_field_put_text(coded, "text", v[i]);
		json_array_append_new(list, plain ? plain : coded);
	}
	return list;
}

static void add_head(struct as_buffer *b, const struct as_project *p)
{
	json_t *reference = json_object(), *list = json_array();
	as_buffer_addf(b, "{\n\"audiosync_project\": %d", AS_PROJECT_VERSION);
	add_line(b, "program", json_string(as_version()));
	json_t *of = p->autosave_of ? json_object() : NULL;
	if (of && as_field_put_text(of, "text", p->autosave_of))
		add_line(b, "autosave_of", json_incref(of));
	json_decref(of);
	add_line(b, "recipe", json_string(p->recipe ? p->recipe : ""));
	add_line(b, "settings", settings_of(p));
	if (p->reference && reference && as_field_put_text(reference, "text", p->reference))
		add_line(b, "reference", json_incref(reference));
	json_decref(reference);
	add_line(b, "tracks", texts_of(p->tracks, p->n_tracks));
	add_line(b, "warnings", texts_of(p->warnings, p->n_warnings));
	for (int i = 0; list && i < p->n_islands; i++)
		json_array_append_new(list, as_field_real(p->island_s[i]));
	if (p->solved) {
		add_line(b, "reference_track", json_integer(p->reference_track));
		add_line(b, "island_s", list);
	} else {
		json_decref(list);
	}
}

/* The arrays of single precision go in before the closing brace. */
static void add_match(struct as_buffer *b, const struct as_project_match *m, bool points)
{
	bool ok = true;
	add_value(b, as_element_of_match(m), EXACT);
	json_t *rows[2] = {as_element_knots(m, &ok), points ? as_element_points(m, &ok) : NULL};
	static const char *const names[2] = {"knots", "points"};
	b->failed |= !ok;
	for (int i = 0; i < 2; i++) {
		if (!rows[i] || b->failed) {
			json_decref(rows[i]);
			continue;
		}
		b->text[--b->bytes] = '\0';
		as_buffer_addf(b, ",\"%s\":", names[i]);
		add_value(b, rows[i], SINGLE);
		as_buffer_add(b, "}");
	}
}

static void add_matches(struct as_buffer *b, const char *name, const struct as_project_match *v, int n, bool points)
{
	open_list(b, name);
	for (int i = 0; i < n && !b->failed; i++) {
		next_element(b, i);
		add_match(b, &v[i], points);
	}
	as_buffer_add(b, "\n]");
}

static char *compose(const struct as_project *p, const char *dir, enum detail detail, int64_t *bytes)
{
	struct as_buffer b = {0};
	add_head(&b, p);
	open_list(&b, "files");
	for (int i = 0; i < p->n_files && !b.failed; i++) {
		next_element(&b, i);
		add_value(&b, as_element_of_file(&p->files[i], i, dir), EXACT);
	}
	as_buffer_add(&b, "\n]");
	open_list(&b, "clips");
	for (int i = 0; i < p->n_clips && !b.failed; i++) {
		next_element(&b, i);
		add_value(&b, as_element_of_clip(&p->clips[i], i, p->solved), EXACT);
	}
	as_buffer_add(&b, "\n]");
	add_matches(&b, "matches", p->matches, p->n_matches, detail < DETAIL_NO_POINTS);
	add_matches(&b, "remembered", p->remembered, detail < DETAIL_NO_MEMORY ? p->n_remembered : 0, false);
	as_buffer_add(&b, "\n}\n");
	*bytes = (int64_t)b.bytes;
	return as_buffer_take(&b);
}

char *as_project_text(const struct as_project *p, const char *path, int64_t *bytes, const char **reduced)
{
	char *dir = as_project_dir(path), *text = NULL;
	for (int detail = DETAIL_ALL; dir && detail < DETAIL_N; detail++) {
		text = compose(p, dir, (enum detail)detail, bytes);
		if (reduced)
			*reduced = left_out[detail];
		if (!text || *bytes <= AS_PROJECT_MAX_BYTES || detail == DETAIL_N - 1)
			break;
		free(text);
		text = NULL;
	}
	free(dir);
	return text;
}

static enum as_status write_all(int fd, const char *path, const char *text, int64_t n, struct as_error *err)
{
	while (n > 0) {
		ssize_t k = write(fd, text, (size_t)(n < (1 << 20) ? n : 1 << 20));
		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			return as_fail_errno(err, path, NULL);
		text += k;
		n -= k;
	}
	return AS_OK;
}

/* The backup is a second name of the old file, made before the new one takes the first name: at every moment there is a whole one.
 * Where there are no links it is a copy. */
static enum as_status keep_backup(const char *path, struct as_error *err)
{
	size_t n = strlen(path) + 2;
	char *backup = malloc(n), *text = NULL;
	int64_t bytes;
	enum as_status status = AS_OK;
	if (!backup)
		return as_fail(err, AS_ERR_MEMORY, "%s: out of memory", path);
	snprintf(backup, n, "%s~", path);
	if (!as_file_exists(path) || (unlink(backup), link(path, backup)) == 0)
		goto out;
	struct as_atomic_file *f = NULL;
	status = as_file_read(path, INT64_C(1) << 30, &text, &bytes, err);
	if (status == AS_OK && !(f = as_atomic_open(backup, true, err)))
		status = err ? err->status : AS_ERR_IO;
	if (f)
		status = write_all(as_atomic_fd(f), backup, text, bytes, err);
	if (f && status != AS_OK)
		as_atomic_abort(f);
	else if (f)
		status = as_atomic_commit(f, err);
out:
	free(text);
	free(backup);
	return status;
}

enum as_status as_project_write(const struct as_project *p, const char *path, bool backup, const char **reduced,
				const atomic_bool *stopped, struct as_error *err)
{
	int64_t bytes = 0;
	char *text = as_project_text(p, path, &bytes, reduced);
	enum as_status status = AS_OK;
	if (!text)
		return as_fail(err, AS_ERR_MEMORY, "%s: out of memory", path);
	struct as_atomic_file *f = NULL;
	if (bytes > AS_PROJECT_MAX_BYTES)
		status = as_fail(err, AS_ERR_INVALID, "%s: would be larger than a project can be (%lld MiB)", path,
				 (long long)(AS_PROJECT_MAX_BYTES >> 20));
	else if (!(f = as_atomic_open(path, true, err)))
		status = err ? err->status : AS_ERR_IO;
	if (status == AS_OK)
		status = write_all(as_atomic_fd(f), path, text, bytes, err);
	if (status == AS_OK && backup)
		status = keep_backup(path, err);
	if (status == AS_OK && stopped && atomic_load(stopped))
		status = as_fail(err, AS_CANCELLED, "%s: not written: stopped", path);
	if (status == AS_OK)
		status = as_atomic_commit(f, err);
	else if (f)
		as_atomic_abort(f);
	free(text);
	return status;
}
