/* A project's text -> its values, every one of them checked. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "project/elements.h"
#include "project/import.h"
#include "project/loading.h"
#include "project/migrate.h"
#include "project/paths.h"
#include "project/salvage.h"

#define SNIFF_BYTES 256

/* ---- is it one ---- */

static bool named_like_one(const char *path)
{
	static const char *const ends[] = {".audiosync", ".audiosync~", ".audiosync.autosave"};
	size_t n = strlen(path);
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		size_t k = strlen(ends[i]);
		if (n > k && strcasecmp(path + n - k, ends[i]) == 0)
			return true;
	}
	return false;
}

static bool begins_like_one(const char *path)
{
	char head[SNIFF_BYTES + 1];
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	ssize_t n = fd >= 0 ? read(fd, head, SNIFF_BYTES) : -1;
	if (fd >= 0)
		close(fd);
	if (n <= 0)
		return false;
	head[n] = '\0';
	const char *p = head;
	while (isspace((unsigned char)*p))
		p++;
	return *p == '{' && strstr(p, "\"audiosync_project\"");
}

bool as_project_is_one(const char *path)
{
	struct stat st;
	if (stat(path, &st) != 0 || !S_ISREG(st.st_mode))
		return false;
	return named_like_one(path) || begins_like_one(path);
}

/* ---- the head ---- */

static char *text_at(struct loading *l, const json_t *e)
{
	if (json_is_object(e))
		return as_field_get_text(e, "text", &l->r);
	return json_is_string(e) ? strdup(json_string_value(e)) : NULL;
}

static void load_texts(struct loading *l, const char *name, char ***v, int *n)
{
	const json_t *list = json_object_get(l->root, name);
	size_t size = as_project_list_size(l, name);
	for (size_t i = 0; i < size && i < 100000; i++) {
		char *text = text_at(l, json_array_get(list, i));
		if (!text)
			as_project_lose(l->r.project, "%s %zu: is not a text", name, i);
		l->r.out_of_memory |= !as_project_add_text(v, n, text ? text : "");
		free(text);
	}
}

static void load_settings(struct loading *l)
{
	struct as_project *p = l->r.project;
	const char *key;
	json_t *value, *o = json_object_get(l->root, "settings");
	p->settings = as_project_room(l, json_object_size(o), sizeof *p->settings, NULL);
	json_object_foreach (o, key, value) {
		size_t n = strlen(key);
		char *text = n > 7 && strcmp(key + n - 7, "_base64") == 0 ? NULL : as_field_get_text(o, key, &l->r);
		if (!text || !p->settings)
			continue;
		struct as_project_setting *s = &p->settings[p->n_settings++];
		*s = (struct as_project_setting){strdup(key), text};
		l->r.out_of_memory |= !s->key;
	}
}

static void load_head(struct loading *l)
{
	struct as_project *p = l->r.project;
	const json_t *islands = json_object_get(l->root, "island_s");
	double track;
	l->r.what = "project";
	load_settings(l);
	load_texts(l, "tracks", &p->tracks, &p->n_tracks);
	load_texts(l, "warnings", &p->warnings, &p->n_warnings);
	p->recipe = as_field_get_text(l->root, "recipe", &l->r);
	p->reference = text_at(l, json_object_get(l->root, "reference"));
	p->solved = json_is_array(islands);
	p->island_s = as_project_room(l, json_array_size(islands), sizeof *p->island_s, NULL);
	for (size_t i = 0; p->island_s && i < json_array_size(islands); i++) {
		if (!as_field_number(json_array_get(islands, i), 0, 2 * MAX_TIME_S, &p->island_s[i])) {
			as_project_lose(p, "island %zu: its length is not what it can be", i + 1);
			p->island_s[i] = 0; /* it grows to hold its clips */
		}
		p->n_islands++;
	}
	if (as_field_number(json_object_get(l->root, "reference_track"), -1, 1e6, &track))
		p->reference_track = (int)track;
}

/* ---- the whole ---- */

/* Tracks that clips name but that are not there get a name; that which nobody asks for is kept. */
static void settle_tracks(struct loading *l)
{
	struct as_project *p = l->r.project;
	for (int i = 0; i < p->n_clips && !l->r.out_of_memory; i++) {
		struct as_project_clip *c = &p->clips[i];
		if (c->track < p->n_tracks)
			continue;
		as_project_lose(p, "clip %d: there is no track %d", i, c->track);
		if (p->n_tracks == 0)
			l->r.out_of_memory |= !as_project_add_text(&p->tracks, &p->n_tracks, "Track 1");
		c->track = p->n_tracks - 1;
	}
	if (p->reference_track >= p->n_tracks)
		p->reference_track = -1;
}

/* An island is as long as its clips reach, whatever is written. */
static void settle_islands(struct as_project *p)
{
	for (int i = 0; i < p->n_clips; i++) {
		const struct as_project_clip *c = &p->clips[i];
		const struct as_solve_placement *at = &c->placement;
		if (at->island == 0)
			continue;
		double ppm = isfinite(at->drift_ppm) ? at->drift_ppm : 0;
		double end = at->segments[at->n_segments - 1].start_s +
			     (double)c->sound.frames / c->sound.rate_hz / (1 + ppm * 1e-6);
		/* The clock of its last stretch is known to more than this. */
		if (end > p->island_s[at->island - 1] + 0.1)
			p->island_s[at->island - 1] = end;
	}
}

static enum as_status load_own(struct as_project *p, json_t *root, const char *path, struct as_error *err)
{
	struct loading l = {.r = {.project = p, .what = "project"}, .root = root};
	enum as_status status = as_project_migrate(p, root, path, err);
	char *dir = as_project_dir(path);
	if (status != AS_OK)
		goto out;
	l.dir = dir ? dir : "";
	load_head(&l);
	if (!l.r.out_of_memory)
		as_project_load_files(&l);
	if (!l.r.out_of_memory)
		as_project_load_clips(&l);
	if (!l.r.out_of_memory) {
		as_project_link_clips(&l);
		settle_tracks(&l);
		settle_islands(p);
		p->n_matches = as_project_load_matches(&l, "matches", &p->matches);
		p->n_remembered = as_project_load_matches(&l, "remembered", &p->remembered);
	}
	if (l.r.out_of_memory || !dir)
		status = as_fail(err, AS_ERR_MEMORY, "%s: out of memory", path);
	else if (p->n_files == 0 && p->n_losses > 0)
		status = as_fail(err, AS_ERR_FORMAT, "%s: nothing in it can be read: %s", path, p->losses[0]);
out:
	free(dir);
	free(l.files.v);
	free(l.clips.v);
	return status;
}

enum as_status as_project_parse(const char *text, int64_t bytes, const char *path, struct as_project **out,
				struct as_error *err)
{
	struct as_project *p = as_project_new();
	enum as_status status = AS_ERR_FORMAT;
	struct as_error own;
	*out = NULL;
	if (!p)
		return as_fail(err, AS_ERR_MEMORY, "%s: out of memory", path);
	json_t *root = as_project_tree(p, text, (size_t)bytes, path, &own);
	if (!root)
		status = own.status;
	else if (as_project_is_foreign(root))
		status = as_project_import(p, root, path, &own);
	else
		status = load_own(p, root, path, &own);
	json_decref(root);
	if (status == AS_OK) {
		*out = p;
		return AS_OK;
	}
	if (err)
		*err = own;
	as_project_free(p);
	return status;
}

enum as_status as_project_read(const char *path, struct as_project **out, struct as_error *err)
{
	char *text = NULL;
	int64_t bytes = 0;
	struct stat st;
	*out = NULL;
	if (stat(path, &st) != 0)
		return as_fail_errno(err, path, NULL);
	if (!S_ISREG(st.st_mode))
		return as_fail(err, AS_ERR_FORMAT, "%s: not a regular file", path);
	if (st.st_size > AS_PROJECT_MAX_BYTES)
		return as_fail(err, AS_ERR_FORMAT, "%s: too large for a project (%lld MiB; %lld at most)", path,
			       (long long)(st.st_size >> 20), (long long)(AS_PROJECT_MAX_BYTES >> 20));
	enum as_status status = as_file_read(path, AS_PROJECT_MAX_BYTES, &text, &bytes, err);
	if (status == AS_OK)
		status = as_project_parse(text, bytes, path, out, err);
	free(text);
	return status;
}
