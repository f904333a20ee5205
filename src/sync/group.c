#include "sync/group.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "sync/follow.h"
#include "sync/group_item.h"
#include "sync/home.h"

char *as_group_text(const char *a, const char *between, const char *b)
{
	size_t bytes = strlen(a) + strlen(between) + strlen(b) + 1;
	char *s = malloc(bytes);

	if (s)
		snprintf(s, bytes, "%s%s%s", a, between, b);
	return s;
}

/* Appends a part to the item's key. The separator cannot stand in a path, so keys never meet by
 * accident. */
static void key_add(struct as_group_work *w, struct as_group_item *it, const char *kind,
		    const char *part)
{
	char *longer = as_group_text(it->key, kind, part);

	if (!longer) {
		w->out_of_memory = true;
		return;
	}
	free(it->key);
	it->key = longer;
}

static int compare_paths(const void *pa, const void *pb)
{
	const struct as_group_item *a = pa, *b = pb;
	int c = strcmp(a->file->path, b->file->path);

	if (c == 0)
		c = strcmp(a->file->track ? a->file->track : "",
			   b->file->track ? b->file->track : "");
	return c;
}

static int compare_keys(const void *pa, const void *pb)
{
	const struct as_group_item *a = pa, *b = pb;
	int c = strcmp(a->key, b->key);

	return c ? c : compare_paths(pa, pb);
}

/* Unknown times come first. */
static int compare_seconds(double a, double b)
{
	if (isnan(a) || isnan(b))
		return isnan(b) - isnan(a);
	return (a > b) - (a < b);
}

/* The order of a track: time, then the name's own counters, then natural name order. */
int as_group_compare_names(const void *pa, const void *pb)
{
	const struct as_group_item *a = pa, *b = pb;
	int c = as_text_natural_cmp(a->name.key, b->name.key);

	if (c == 0)
		c = compare_seconds(a->name.time_s, b->name.time_s);
	if (c == 0)
		c = (a->name.number > b->name.number) - (a->name.number < b->name.number);
	if (c == 0)
		c = (a->name.chapter > b->name.chapter) - (a->name.chapter < b->name.chapter);
	if (c == 0)
		c = as_text_natural_cmp(as_path_base(a->file->path), as_path_base(b->file->path));
	return c ? c : compare_paths(pa, pb);
}

static int compare_times(const void *pa, const void *pb)
{
	const struct as_group_item *a = pa, *b = pb;
	int c = (a->track > b->track) - (a->track < b->track);

	if (c == 0)
		c = compare_seconds(a->created_s, b->created_s);
	return c ? c : as_group_compare_names(pa, pb);
}

static bool item_init(struct as_group_item *it, const struct as_group_file *file, int index,
		      enum as_group_by by)
{
	it->file = file;
	it->index = index;
	if (!as_name_parse(&it->name, as_path_base(file->path)))
		return false;
	it->home = as_home_of(file->path, by == AS_GROUP_FOLDER);
	it->exact_home = as_home_of(file->path, true);
	it->device = as_name_fold(file->device ? file->device : "");
	return it->home && it->exact_home && it->device;
}

static void item_done(struct as_group_item *it)
{
	as_name_done(&it->name);
	free(it->home);
	free(it->exact_home);
	free(it->device);
	free(it->key);
	free(it->source);
}

static char *key_of(int rule, const char *text)
{
	char begin[2] = {(char)rule, '\0'};

	return as_group_text(begin, "\n", text);
}

/* The first key of an item by the chosen rule. */
static void key_start(struct as_group_work *w, struct as_group_item *it)
{
	if (it->file->track)
		it->key = key_of(KEY_GIVEN, it->file->track);
	else if (w->by == AS_GROUP_FOLDER)
		it->key = key_of(KEY_FOLDER, it->exact_home);
	else if (w->by == AS_GROUP_DEVICE && *it->device)
		it->key = key_of(KEY_DEVICE, it->device);
	else
		it->key = key_of(KEY_NAME, it->name.key);
	if (!it->key)
		w->out_of_memory = true;
}

/* True for items that are grouped by what their name tells. */
static bool by_name(const struct as_group_item *it)
{
	return it->key[0] == KEY_NAME;
}

static bool given(const struct as_group_item *it)
{
	return it->key[0] == KEY_GIVEN;
}

int as_group_run_end(const struct as_group_work *w, int begin)
{
	int end = begin + 1;

	while (end < w->n && strcmp(w->items[begin].key, w->items[end].key) == 0)
		end++;
	return end;
}

static void sort_by_key(struct as_group_work *w)
{
	if (!w->out_of_memory)
		qsort(w->items, (size_t)w->n, sizeof(*w->items), compare_keys);
}

/* Would the two be one and the same recording if their folders were one? */
static bool same_recording(const struct as_group_item *a, const struct as_group_item *b)
{
	return strcasecmp(as_path_base(a->file->path), as_path_base(b->file->path)) == 0;
}

static int compare_bases(const void *pa, const void *pb)
{
	const struct as_group_item *const *a = pa, *const *b = pb;

	return strcasecmp(as_path_base((*a)->file->path), as_path_base((*b)->file->path));
}

/* A maker's counter that comes twice below one home means two devices, whatever the folders of days
 * and cards say. */
static bool counter_repeats(struct as_group_work *w, int begin, int end)
{
	const struct as_group_item **sorted =
		malloc((size_t)(end - begin) * sizeof(const struct as_group_item *));
	bool repeats = false;

	if (!sorted) {
		w->out_of_memory = true;
		return false;
	}
	for (int i = begin; i < end; i++)
		sorted[i - begin] = &w->items[i];
	qsort(sorted, (size_t)(end - begin), sizeof(const struct as_group_item *), compare_bases);
	for (int i = 1; i < end - begin && !repeats; i++)
		repeats = sorted[i]->name.maker && same_recording(sorted[i - 1], sorted[i]);
	free(sorted);
	return repeats;
}

static void split_by_home(struct as_group_work *w, int begin, int end)
{
	bool exact = counter_repeats(w, begin, end), differ = false;

	for (int i = begin; i < end && !w->out_of_memory; i++) {
		if (exact) {
			char *home = strdup(w->items[i].exact_home);

			if (!home) {
				w->out_of_memory = true;
				return;
			}
			free(w->items[i].home);
			w->items[i].home = home;
		}
		differ |= strcmp(w->items[begin].home, w->items[i].home) != 0;
	}
	for (int i = begin; differ && i < end; i++) {
		w->items[i].by_home = true;
		key_add(w, &w->items[i], "\nfolder ", w->items[i].home);
	}
}

/* Files that say nothing about their device stay together, and with the others where there is only
 * one. */
static void split_by_device(struct as_group_work *w, int begin, int end)
{
	const char *first = "";
	bool differ = false;

	for (int i = begin; i < end; i++) {
		if (!*w->items[i].device)
			continue;
		if (!*first)
			first = w->items[i].device;
		differ |= strcmp(first, w->items[i].device) != 0;
	}
	for (int i = begin; differ && i < end; i++) {
		w->items[i].by_device = true;
		key_add(w, &w->items[i], "\ndevice ", w->items[i].device);
	}
}

static void add_tag(struct as_group_work *w, int begin, int end)
{
	for (int i = begin; i < end && !w->out_of_memory; i++) {
		struct as_group_item *it = &w->items[i];
		char *tag = as_name_fold(it->name.tag);

		it->source = strdup(it->key);
		if (!tag || !it->source)
			w->out_of_memory = true;
		else if (*tag && !given(it))
			key_add(w, it, "\ntag ", tag);
		free(tag);
	}
}

static int compare_recordings(const void *pa, const void *pb)
{
	const struct as_group_item *const *a = pa, *const *b = pb;
	int c = strcmp((*a)->name.key, (*b)->name.key);

	if (c == 0)
		c = ((*a)->name.number > (*b)->name.number) -
		    ((*a)->name.number < (*b)->name.number);
	if (c == 0)
		c = ((*a)->name.chapter > (*b)->name.chapter) -
		    ((*a)->name.chapter < (*b)->name.chapter);
	if (c == 0)
		c = compare_seconds((*a)->name.time_s, (*b)->name.time_s);
	return c ? c : strcmp((*a)->name.ext, (*b)->name.ext);
}

/* C0001.MP4 and C0001.WAV were written at the same time: then the extensions are different tracks.
 */
static void split_by_ext(struct as_group_work *w, int begin, int end)
{
	const struct as_group_item **sorted =
		malloc((size_t)(end - begin) * sizeof(const struct as_group_item *));
	bool differ = false;

	if (!sorted) {
		w->out_of_memory = true;
		return;
	}
	for (int i = begin; i < end; i++)
		sorted[i - begin] = &w->items[i];
	qsort(sorted, (size_t)(end - begin), sizeof(const struct as_group_item *),
	      compare_recordings);
	for (int i = 1; i < end - begin && !differ; i++) {
		const struct as_group_item *a = sorted[i - 1], *b = sorted[i];

		differ = strcmp(a->name.ext, b->name.ext) != 0 &&
			 strcmp(a->name.key, b->name.key) == 0 &&
			 a->name.number == b->name.number && a->name.chapter == b->name.chapter &&
			 compare_seconds(a->name.time_s, b->name.time_s) == 0;
	}
	free(sorted);
	for (int i = begin; differ && i < end; i++) {
		w->items[i].by_ext = true;
		key_add(w, &w->items[i], "\nfile ", w->items[i].name.ext);
	}
}

typedef void (*split_fn)(struct as_group_work *w, int begin, int end);

/* Runs a split over every group that the name made, then brings the items into the order of the new
 * keys. */
static void split_all(struct as_group_work *w, split_fn split)
{
	for (int begin = 0, end; begin < w->n && !w->out_of_memory; begin = end) {
		end = as_group_run_end(w, begin);
		if (by_name(&w->items[begin]) || split == add_tag ||
		    (split == split_by_ext && !given(&w->items[begin])))
			split(w, begin, end);
	}
	sort_by_key(w);
}

static void make_keys(struct as_group_work *w)
{
	for (int i = 0; i < w->n && !w->out_of_memory; i++)
		key_start(w, &w->items[i]);
	sort_by_key(w);
	if (w->by == AS_GROUP_AUTO) {
		split_all(w, split_by_home);
		split_all(w, split_by_device);
	}
	split_all(w, add_tag);
	split_all(w, split_by_ext);
}

/* Brings the items into the order of the result. A file without a time goes behind its neighbour by
 * name. */
static void order_items(struct as_group_work *w)
{
	for (int i = 0; i < w->n; i++)
		w->items[i].created_s = NAN; /* names only, at first */
	qsort(w->items, (size_t)w->n, sizeof(*w->items), compare_times);
	for (int begin = 0, end; begin < w->n; begin = end) {
		double known = NAN;

		for (end = begin; end < w->n && w->items[end].track == w->items[begin].track;
		     end++) {
			if (isfinite(w->items[end].file->created_s))
				known = w->items[end].file->created_s;
			w->items[end].created_s = known;
		}
		for (int i = end - 1; i >= begin; i--) {
			if (isnan(w->items[i].created_s))
				w->items[i].created_s = known;
			known = w->items[i].created_s;
		}
	}
	qsort(w->items, (size_t)w->n, sizeof(*w->items), compare_times);
}

/* Cuts the ordered items into clips; files of one recording become one clip. */
static bool make_clips(const struct as_group_work *w, struct as_grouping *out)
{
	out->clips = calloc((size_t)w->n, sizeof(*out->clips));
	if (!out->clips)
		return false;
	for (int begin = 0, end; begin < w->n; begin = end) {
		struct as_group_clip *clip = &out->clips[out->n_clips];
		const struct as_group_item *first = &w->items[begin];

		for (end = begin + 1; end < w->n && w->items[end].track == first->track; end++) {
			const struct as_group_item *a = &w->items[end - 1], *b = &w->items[end];

			if (strcmp(a->source, b->source) != 0 || strcmp(a->home, b->home) != 0 ||
			    !as_file_follows(a->file, &a->name, b->file, &b->name))
				break;
		}
		clip->files = calloc((size_t)(end - begin), sizeof(*clip->files));
		if (!clip->files)
			return false;
		clip->n_files = end - begin;
		for (int i = begin; i < end; i++)
			clip->files[i - begin] = w->items[i].index;
		clip->track = first->track;
		clip->order =
			out->n_clips > 0 && clip[-1].track == first->track ? clip[-1].order + 1 : 0;
		out->n_clips++;
	}
	return true;
}

enum as_status as_group_files(const struct as_group_file *files, int n, enum as_group_by by,
			      struct as_grouping *out, struct as_error *err)
{
	struct as_group_work w = {.n = n, .by = by};
	bool ok;

	*out = (struct as_grouping){0};
	if (n <= 0)
		return AS_OK;
	w.items = calloc((size_t)n, sizeof(*w.items));
	ok = w.items != NULL;
	for (int i = 0; ok && i < n; i++)
		ok = item_init(&w.items[i], &files[i], i, by);
	if (ok) {
		qsort(w.items, (size_t)n, sizeof(*w.items), compare_paths);
		make_keys(&w);
		ok = !w.out_of_memory && as_group_make_tracks(&w, out);
	}
	if (ok) {
		order_items(&w);
		ok = make_clips(&w, out);
	}
	for (int i = 0; w.items && i < n; i++)
		item_done(&w.items[i]);
	free(w.items);
	if (ok)
		return AS_OK;
	as_grouping_done(out);
	return as_fail(err, AS_ERR_MEMORY, "out of memory");
}

void as_grouping_done(struct as_grouping *g)
{
	for (int i = 0; g->tracks && i < g->n_tracks; i++)
		free(g->tracks[i]);
	for (int i = 0; g->clips && i < g->n_clips; i++)
		free(g->clips[i].files);
	free(g->tracks);
	free(g->clips);
	*g = (struct as_grouping){0};
}
