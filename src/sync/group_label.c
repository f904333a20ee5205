#include "sync/group_item.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "sync/home.h"

/* The folder's name, or that of the first folder above that tells it from the homes of the items
 * like it. */
static char *home_label(const struct as_group_work *w, const struct as_group_item *it)
{
	for (int level = 0;; level++) {
		char *mine = as_home_part(it->home, level);
		bool clash = false;

		if (!mine || !*mine) {
			free(mine);
			return as_home_part(it->home, 0);
		}
		for (int i = 0; i < w->n && !clash; i++) {
			const struct as_group_item *other = &w->items[i];
			char *theirs;

			if (strcmp(other->home, it->home) == 0 ||
			    (it->key[0] == KEY_NAME && strcmp(other->name.key, it->name.key) != 0))
				continue;
			theirs = as_home_part(other->home, level);
			clash = theirs && strcmp(mine, theirs) == 0;
			free(theirs);
		}
		if (!clash)
			return mine;
		free(mine);
	}
}

/* Is the item's source the only one in its folder? Then the folder's name says enough. */
static bool alone_at_home(const struct as_group_work *w, const struct as_group_item *it)
{
	for (int i = 0; i < w->n; i++)
		if (strcmp(w->items[i].home, it->home) == 0 &&
		    strcmp(w->items[i].source, it->source) != 0)
			return false;
	return true;
}

/* A name for files whose own names hold numbers only. */
static char *nameless_label(const struct as_group_work *w, const struct as_group_item *it)
{
	static const char *const sound[] = {"wav", "w64",  "rf64", "bwf", "flac",
					    "aif", "aiff", "mp3",  "m4a", "ogg"};

	if (*it->device)
		return strdup(it->file->device);
	if (alone_at_home(w, it)) {
		char *home = as_home_part(it->home, 0);

		if (!home || *home)
			return home;
		free(home);
	}
	for (size_t i = 0; i < sizeof(sound) / sizeof(*sound); i++)
		if (strcmp(it->name.ext, sound[i]) == 0)
			return strdup("Recorder");
	return strdup("Camera");
}

/* What the source of a group is called, without tag and extension. Heap. */
static char *source_label(const struct as_group_work *w, const struct as_group_item *it)
{
	char *label, *home, *both;

	if (it->key[0] == KEY_GIVEN)
		return strdup(it->file->track);
	if (it->key[0] == KEY_DEVICE || (it->by_device && *it->device))
		return strdup(it->file->device);
	label = *it->name.label ? strdup(it->name.label) : nameless_label(w, it);
	if (!label || (!it->by_home && it->key[0] != KEY_FOLDER))
		return label;
	home = home_label(w, it);
	if (it->key[0] == KEY_FOLDER) {
		free(label);
		label = as_home_part(it->exact_home, 0);
		if (label && home && strcmp(label, home) == 0)
			*home = '\0';
	}
	if (home && label && (!*home || it->key[0] != KEY_NAME || !alone_at_home(w, it))) {
		both = as_group_text(home, *home && *label ? " " : "", label);
		free(home);
		home = both;
	}
	free(label);
	return home;
}

/* The name of the track that the item's group makes: escaped, of a length that a file name can
 * have. Heap. */
static char *track_label(const struct as_group_work *w, const struct as_group_item *it)
{
	char *source = source_label(w, it), *clean = NULL;
	char text[161];
	const char *tag = it->key[0] == KEY_GIVEN ? "" : it->name.tag;

	if (source)
		clean = as_text_escape_dup(source);
	free(source);
	if (!clean)
		return NULL;
	as_text_fit(text, sizeof(text), clean, 80, 0, 1);
	free(clean);
	if (!*text)
		strcpy(text, "Track");
	source = as_group_text(text, *tag ? " " : "", tag);
	if (source && it->by_ext && *it->name.ext) {
		char *ext = as_text_escape_dup(it->name.ext);

		clean = ext ? as_group_text(source, " ", ext) : NULL;
		free(ext);
		free(source);
		source = clean;
	}
	return source;
}

/* A track before it has its place: the first of its items, its name. */
struct group {
	int begin, end;
	char *name;
	bool given; /* by the user: kept as it is */
};

static int compare_groups(const void *pa, const void *pb)
{
	const struct group *a = pa, *b = pb;
	int c = as_text_natural_cmp(a->name, b->name);

	return c ? c : (a->begin > b->begin) - (a->begin < b->begin);
}

/* Given names first, so that they keep their words; then the rest in the order that the tracks will
 * have. */
static int compare_claims(const void *pa, const void *pb)
{
	const struct group *a = pa, *b = pb;

	return a->given != b->given ? (a->given ? -1 : 1) : compare_groups(pa, pb);
}

static bool name_taken(const struct group *groups, int n, const char *name)
{
	for (int i = 0; i < n; i++)
		if (strcasecmp(groups[i].name, name) == 0)
			return true;
	return false;
}

/* Makes all names differ, also where a file system knows no case: "CamA", "CamA 2", … */
static bool make_unique(struct group *groups, int n)
{
	qsort(groups, (size_t)n, sizeof(*groups), compare_claims);
	for (int i = 0; i < n; i++) {
		char *plain = groups[i].name, number[16];
		int k = 2;

		if (!name_taken(groups, i, plain))
			continue;
		for (;; k++) {
			snprintf(number, sizeof(number), "%d", k);
			groups[i].name = as_group_text(plain, " ", number);
			if (!groups[i].name || !name_taken(groups, i, groups[i].name))
				break;
			free(groups[i].name);
		}
		free(plain);
		if (!groups[i].name)
			return false;
	}
	qsort(groups, (size_t)n, sizeof(*groups), compare_groups);
	return true;
}

static const struct as_group_item *first_by_name(const struct as_group_work *w, int begin, int end)
{
	const struct as_group_item *first = &w->items[begin];

	for (int i = begin + 1; i < end; i++)
		if (as_group_compare_names(&w->items[i], first) < 0)
			first = &w->items[i];
	return first;
}

/* Turns the runs of equal keys into named tracks and tells every item its own. */
bool as_group_make_tracks(struct as_group_work *w, struct as_grouping *out)
{
	struct group *groups = calloc((size_t)w->n, sizeof(*groups));
	int n = 0;
	bool ok = groups != NULL;

	for (int begin = 0; ok && begin < w->n; begin = groups[n++].end) {
		groups[n].begin = begin;
		groups[n].end = as_group_run_end(w, begin);
		groups[n].given = w->items[begin].key[0] == KEY_GIVEN;
		groups[n].name = track_label(w, first_by_name(w, begin, groups[n].end));
		ok = groups[n].name != NULL;
	}
	ok = ok && make_unique(groups, n);
	out->tracks = ok ? calloc((size_t)n, sizeof(*out->tracks)) : NULL;
	ok = out->tracks != NULL;
	for (int t = 0; ok && t < n; t++) {
		out->tracks[t] = groups[t].name;
		groups[t].name = NULL;
		for (int i = groups[t].begin; i < groups[t].end; i++)
			w->items[i].track = t;
	}
	out->n_tracks = ok ? n : 0;
	for (int t = 0; groups && t < w->n; t++)
		free(groups[t].name);
	free(groups);
	return ok;
}
