/* What a folder scan has found, apart from any session. */
#ifndef AS_ENGINE_LISTING_H
#define AS_ENGINE_LISTING_H

#include <stdatomic.h>

#include "engine/scan.h"
#include "engine/session_private.h"

struct found_file {
	char *path;
	struct stat st;
};

/* All that one path stands for. */
struct found {
	const char *path; /* as it was given; borrowed */
	enum as_status status;
	struct as_error err;
	struct found_file *files;
	int n_files, cap;
	struct text_list problems, left_out;
};

/* listing.c: looks; stopped (may be NULL) ends it with AS_CANCELLED. */
void as_find(struct found *f, const char *path, const char *skip_dir, const atomic_bool *stopped);
void as_found_done(struct found *f);
/* add.c: takes it over into the session. */
enum as_status as_engine_add_found(struct as_session *s, const struct found *f, const char *track, struct as_error *err);

#endif
