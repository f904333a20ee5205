/* A project's lists: its files, the clips that they make up and the matches between those. Ids become indices, what is there twice or
 * leads nowhere is left out and told. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "project/loading.h"

#define ELEMENTS_MAX 1000000

static int by_id(const void *pa, const void *pb)
{
	const struct id *a = pa, *b = pb;
	return a->id != b->id ? (a->id < b->id ? -1 : 1) : a->index - b->index;
}

static int index_of(const struct ids *l, int id)
{
	const struct id key = {.id = id};
	int from = 0, to = l->n;
	while (from < to) {
		int mid = (from + to) / 2;
		if (l->v[mid].id < key.id)
			from = mid + 1;
		else
			to = mid;
	}
	return from < l->n && l->v[from].id == id ? l->v[from].index : -1;
}

/* An element's id; where it says none it is its number in the list. */
static int id_of(const json_t *e, size_t number)
{
	double id;
	return as_field_number(json_object_get(e, "id"), 0, 1e9, &id) && floor(id) == id ? (int)id : (int)number;
}

size_t as_project_list_size(struct loading *l, const char *name)
{
	const json_t *list = json_object_get(l->root, name);
	size_t n = json_array_size(list);
	if (list && !json_is_array(list))
		as_project_lose(l->r.project, "%s: is not a list", name);
	return n < ELEMENTS_MAX ? n : ELEMENTS_MAX;
}

void *as_project_room(struct loading *l, size_t n, size_t bytes, struct ids *ids)
{
	void *v = calloc(n + 1, bytes);
	if (ids)
		ids->v = calloc(n + 1, sizeof *ids->v);
	l->r.out_of_memory |= !v || (ids && !ids->v);
	return v;
}

/* Sorted, and each once: the first one counts. */
static void drop_doubles(struct loading *l, struct ids *ids)
{
	int n = 0;
	if (ids->n > 1)
		qsort(ids->v, (size_t)ids->n, sizeof *ids->v, by_id);
	for (int i = 0; i < ids->n; i++) {
		if (n > 0 && ids->v[n - 1].id == ids->v[i].id)
			as_project_lose(l->r.project, "%s %d: is there twice; the first counts", l->r.what, ids->v[i].id);
		else
			ids->v[n++] = ids->v[i];
	}
	ids->n = n;
}

static int compare_paths(const void *pa, const void *pb)
{
	const struct as_project_file *const *a = pa, *const *b = pb;
	int c = strcmp((*a)->path, (*b)->path);
	return c ? c : *a < *b ? -1 : 1;
}

/* One recording is one file: two entries of one path would be two clips of it. */
static void drop_same_paths(struct loading *l)
{
	struct as_project *p = l->r.project;
	const struct as_project_file **by_path = calloc((size_t)p->n_files + 1, sizeof *by_path);
	bool *dead = calloc((size_t)p->n_files + 1, sizeof *dead);
	int n = 0;
	l->r.out_of_memory |= !by_path || !dead;
	for (int i = 0; by_path && i < p->n_files; i++)
		by_path[i] = &p->files[i];
	if (by_path && p->n_files > 1)
		qsort(by_path, (size_t)p->n_files, sizeof *by_path, compare_paths);
	for (int i = 1; by_path && dead && i < p->n_files; i++) {
		if (strcmp(by_path[i]->path, by_path[i - 1]->path) != 0)
			continue;
		int index = (int)(by_path[i] - p->files);
		as_project_lose(p, "file %d: %s is there twice; the first counts", index, by_path[i]->path);
		dead[index] = true;
		by_path[i] = by_path[i - 1];
	}
	for (int i = 0; dead && i < l->files.n; i++) {
		if (!dead[l->files.v[i].index])
			l->files.v[n++] = l->files.v[i];
	}
	l->files.n = n;
	free(by_path);
	free(dead);
}

void as_project_load_files(struct loading *l)
{
	struct as_project *p = l->r.project;
	size_t n = as_project_list_size(l, "files");
	const json_t *list = json_object_get(l->root, "files");
	l->r.what = "file";
	p->files = as_project_room(l, n, sizeof *p->files, &l->files);
	for (size_t i = 0; !l->r.out_of_memory && i < n; i++) {
		const json_t *e = json_array_get(list, i);
		struct as_project_file f;
		l->r.number = id_of(e, i);
		if (!as_file_of_element(e, l->dir, &f, &l->r)) {
			as_project_lose(p, "file %d: left out", l->r.number);
			free(f.path);
			free(f.track);
			free(f.error);
			free(f.streams);
			continue;
		}
		l->files.v[l->files.n++] = (struct id){l->r.number, p->n_files};
		p->files[p->n_files++] = f;
	}
	if (l->r.out_of_memory)
		return;
	drop_doubles(l, &l->files);
	drop_same_paths(l);
}

static void clip_forget(struct as_project_clip *c)
{
	free(c->files);
	free(c->parts);
	free(c->error);
	for (int i = 0; i < c->n_warnings; i++)
		free(c->warnings[i]);
	free(c->warnings);
	free(c->placement.clock);
	if (c->lock)
		free(c->lock->place.clock);
	free(c->lock);
}

/* The ids of files become indices; each file is part of one clip, once. */
static bool own_files(struct loading *l, struct as_project_clip *c, bool *owned)
{
	int n = 0;
	for (int i = 0; i < c->n_files; i++) {
		int at = index_of(&l->files, c->files[i]);
		if (at < 0 || owned[at]) {
			as_project_lose(l->r.project, "clip %d: file %d %s", l->r.number, c->files[i],
					at < 0 ? "is not there" : "is part of another clip already");
			continue;
		}
		owned[at] = true;
		c->files[n++] = at;
	}
	if (n < c->n_files && c->state == AS_CLIP_READY)
		c->state = AS_CLIP_PROBED; /* what is known of its sound is that of more files */
	c->n_files = n;
	return n > 0;
}

static void settle_state(const struct as_project *p, struct as_project_clip *c)
{
	for (int i = 0; i < c->n_files; i++) {
		const struct as_project_file *f = &p->files[c->files[i]];
		if (f->state != AS_CLIP_PROBED && (c->state == AS_CLIP_READY || c->state == AS_CLIP_PROBED))
			c->state = AS_CLIP_NEW;
	}
}

/* The solver keeps places of loaded clips only, and islands that exist. */
static void settle_place(struct as_project *p, struct as_project_clip *c, int number)
{
	struct as_solve_placement *at = &c->placement;
	double length_s = c->state == AS_CLIP_READY ? (double)c->sound.frames / c->sound.rate_hz : 0;
	if (at->island > p->n_islands || (at->island > 0 && c->state != AS_CLIP_READY)) {
		as_project_lose(p, "clip %d: its place cannot be kept", number);
		at->island = 0;
		if (at->verdict >= AS_VERDICT_MODERATE)
			at->verdict = AS_VERDICT_UNPLACED;
	}
	if (at->island > 0 && at->n_segments == 0) {
		at->segments[0] = (struct as_segment){0, length_s, at->start_s};
		at->n_segments = 1;
	}
}

/* Files of no clip get one each: nothing is dropped silently. */
static void adopt(struct loading *l, bool *owned)
{
	struct as_project *p = l->r.project;
	for (int i = 0; i < l->files.n; i++) {
		int at = l->files.v[i].index;
		if (owned[at])
			continue;
		struct as_project_clip *c = &p->clips[p->n_clips];
		*c = (struct as_project_clip){.files = malloc(sizeof *c->files), .n_files = 1,
					      .imported_s = NAN, .imported_confidence = NAN,
					      .placement = as_project_no_place()};
		p->n_clips++;
		l->r.out_of_memory |= !c->files;
		if (c->files)
			c->files[0] = at;
		c->state = p->files[at].state == AS_CLIP_FAILED ? AS_CLIP_FAILED : AS_CLIP_NEW;
		if (c->state == AS_CLIP_FAILED)
			l->r.out_of_memory |= !(c->error = strdup(p->files[at].error));
		as_project_lose(p, "%s: its clip is not known any more; it is analysed again", p->files[at].path);
	}
}

/* Which elements of the list become a clip: all but those whose id was there before. With their numbers in the list. */
static void number_clips(struct loading *l, const json_t *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		l->clips.v[l->clips.n++] = (struct id){id_of(json_array_get(list, i), i), (int)i};
	drop_doubles(l, &l->clips);
}

/* Makes the clip of one id; -1: it is left out. */
static int load_clip(struct loading *l, const json_t *e, int id, bool *owned)
{
	struct as_project *p = l->r.project;
	struct as_project_clip c;
	l->r.number = id;
	if (!as_clip_of_element(e, &c, &l->r) || !own_files(l, &c, owned)) {
		as_project_lose(p, "clip %d: left out", id);
		clip_forget(&c);
		return -1;
	}
	settle_state(p, &c);
	settle_place(p, &c, id);
	p->clips[p->n_clips] = c;
	return p->n_clips++;
}

void as_project_load_clips(struct loading *l)
{
	struct as_project *p = l->r.project;
	size_t n = as_project_list_size(l, "clips");
	const json_t *list = json_object_get(l->root, "clips");
	bool *owned = calloc((size_t)p->n_files + 1, sizeof *owned);
	int *made = malloc((n + 1) * sizeof *made); /* per element: its clip, or -1 */
	l->r.what = "clip";
	p->clips = as_project_room(l, n + (size_t)p->n_files, sizeof *p->clips, &l->clips);
	l->r.out_of_memory |= !owned || !made;
	if (!l->r.out_of_memory)
		number_clips(l, list, n);
	for (size_t i = 0; made && i < n; i++)
		made[i] = -1;
	for (int i = 0; !l->r.out_of_memory && i < l->clips.n; i++)
		made[l->clips.v[i].index] = l->clips.v[i].id;
	/* In the order of the list, which is that of the snapshot. */
	for (size_t i = 0; !l->r.out_of_memory && i < n; i++) {
		if (made[i] >= 0)
			made[i] = load_clip(l, json_array_get(list, i), made[i], owned);
	}
	for (int i = 0; !l->r.out_of_memory && i < l->clips.n; i++)
		l->clips.v[i].index = made[l->clips.v[i].index];
	if (!l->r.out_of_memory)
		adopt(l, owned);
	free(owned);
	free(made);
}

void as_project_link_clips(struct loading *l)
{
	struct as_project *p = l->r.project;
	for (int i = 0; i < p->n_clips; i++) {
		struct as_project_clip *c = &p->clips[i];
		if (c->placement.beside >= 0)
			c->placement.beside = index_of(&l->clips, c->placement.beside);
		if (!c->lock)
			continue;
		if (c->lock->place.beside >= 0)
			c->lock->place.beside = index_of(&l->clips, c->lock->place.beside);
		if (c->lock->place.beside < 0 || c->lock->place.beside == i) {
			c->lock->place.beside = -1;
			c->lock->place.n_candidates = 0;
		}
		if (c->lock->anchor >= 0)
			c->lock->anchor = index_of(&l->clips, c->lock->anchor);
		if (c->lock->anchor < 0 || c->lock->anchor == i) {
			c->lock->anchor = -1;
			c->lock->after_s = c->lock->place.start_s;
		}
	}
}

int as_project_load_matches(struct loading *l, const char *name, struct as_project_match **out)
{
	struct as_project *p = l->r.project;
	size_t n = as_project_list_size(l, name);
	const json_t *list = json_object_get(l->root, name);
	struct as_project_match *v = as_project_room(l, n, sizeof *v, NULL);
	int k = 0;
	l->r.what = "match";
	*out = v;
	for (size_t i = 0; !l->r.out_of_memory && i < n; i++) {
		struct as_project_match *m = &v[k];
		l->r.number = (int)i;
		bool ok = as_match_of_element(json_array_get(list, i), m, &l->r);
		int a = index_of(&l->clips, m->task.a), b = index_of(&l->clips, m->task.b);
		ok = ok && a >= 0 && b >= 0 && a < b && p->clips[a].state == AS_CLIP_READY &&
		     p->clips[b].state == AS_CLIP_READY;
		if (!ok) {
			as_project_lose(p, "match %d of the %s: left out", (int)i, name);
			continue;
		}
		m->task.a = a;
		m->task.b = b;
		k++;
	}
	return k;
}
