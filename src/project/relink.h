/* Whether a project's media is still what it was, and where it is now. */
#ifndef AS_PROJECT_RELINK_H
#define AS_PROJECT_RELINK_H

#include <stdatomic.h>
#include <sys/types.h>

#include "project/project.h"

enum as_media_fate {
	AS_MEDIA_SAME,    /* where it was, as it was; if at all, its times alone have changed */
	AS_MEDIA_MOVED,   /* found elsewhere: path is the new one */
	AS_MEDIA_CHANGED, /* where it was, and something else now */
	AS_MEDIA_GONE,    /* nowhere that was looked */
};

struct as_media_find {
	enum as_media_fate fate;
	char *path; /* heap; of what was MOVED; of a file of the same name and other content where it is GONE; or NULL */
	int64_t mtime_ns; /* of what was found, … */
	dev_t dev;        /* … and which file that is; 0 where it is GONE */
	ino_t ino;
	char why[128];
};

/* Looks for every file of the project: first where it was, then below roots (n of them), by name and size, then by size alone; what
 * is found counts only if its content is the same. Regular files only; folders are entered once each, to a bounded depth; links are
 * followed. finds: p->n_files of them, each done by as_media_find_done. AS_CANCELLED, AS_ERR_MEMORY, AS_ERR_IO for a root that
 * cannot be read. */
enum as_status as_project_find_media(const struct as_project *p, const char *const *roots, int n, const atomic_bool *cancel,
				     struct as_media_find *finds, struct as_error *err);
/* The same of one file, where it was alone: SAME, CHANGED or GONE. f: path, bytes, mtime_ns, content. */
void as_project_look_at_media(const struct as_project_file *f, struct as_media_find *out);
void as_media_find_done(struct as_media_find *f);

#endif
