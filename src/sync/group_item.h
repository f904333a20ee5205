/* Shared by group*.c alone: files on their way into tracks. */
#ifndef AS_SYNC_GROUP_ITEM_H
#define AS_SYNC_GROUP_ITEM_H

#include <stdbool.h>

#include "sync/group.h"
#include "sync/name.h"

/* What the key of an item begins with: the rule that grouped it. */
enum { KEY_GIVEN = '1', KEY_FOLDER = '2', KEY_DEVICE = '3', KEY_NAME = '4' };

/* One file on its way into a track. Files with equal keys share a track; the key starts as what the
 * name tells and grows where folder, device or extension tell apart what the name does not. */
struct as_group_item {
	const struct as_group_file *file;
	int index; /* in the input */
	struct as_name name;
	char *home;       /* folder of the device: see home.h */
	char *exact_home; /* the same with the folders of days and cards */
	char *device;     /* case folded */
	char *key;
	char *source; /* key before the tag was added: one device's worth of simultaneous tracks */
	bool by_home, by_device, by_ext;
	double created_s; /* for ordering; taken from the file before where it is unknown */
	int track;
};

struct as_group_work {
	struct as_group_item *items;
	int n;
	enum as_group_by by;
	bool out_of_memory;
};

/* End of the run of equal keys that begins at begin. */
int as_group_run_end(const struct as_group_work *w, int begin);

/* qsort: natural order of the names with their counters; total. */
int as_group_compare_names(const void *pa, const void *pb);

/* a, between and b on the heap; NULL when out of memory. */
char *as_group_text(const char *a, const char *between, const char *b);

/* Turns the runs of equal keys into named tracks and tells every item its own. False when out of
 * memory. */
bool as_group_make_tracks(struct as_group_work *w, struct as_grouping *out);

#endif
