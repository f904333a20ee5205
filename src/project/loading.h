/* A project while it is read: shared by read.c and read_lists.c. */
#ifndef AS_PROJECT_LOADING_H
#define AS_PROJECT_LOADING_H

#include "project/elements.h"

/* The elements of a list and the ids that they go by, sorted. */
struct id {
	int id, index;
};

struct ids {
	struct id *v;
	int n;
};

struct loading {
	struct as_reader r;
	const json_t *root;
	const char *dir; /* with a slash at its end, or "" */
	struct ids files, clips;
};

/* How many elements of the list are looked at; what is no list has none, and that is told. */
size_t as_project_list_size(struct loading *l, const char *name);
/* Room for n elements of so many bytes and, unless NULL, for their ids. NULL: out of memory, which l->r remembers, as all of these. */
void *as_project_room(struct loading *l, size_t n, size_t bytes, struct ids *ids);
void as_project_load_files(struct loading *l);
/* After the files. */
void as_project_load_clips(struct loading *l);
/* What refers to other clips, once all are there. */
void as_project_link_clips(struct loading *l);
/* After the clips. name: "matches" or "remembered". Returns how many there are. */
int as_project_load_matches(struct loading *l, const char *name, struct as_project_match **out);

#endif
