/* What checks of an export ask the disk for: there and then, or of what was asked for aside (as_looks). */
#ifndef AS_ENGINE_LOOK_H
#define AS_ENGINE_LOOK_H

#include <sys/stat.h>

#include "engine/session_private.h"

enum look_kind {
	LOOK_STAT,
	LOOK_LSTAT,
	LOOK_WRITE, /* whether files can be made in the folder */
	LOOK_NAMES, /* of the folder's files those that begin as the path's last part does, in any case of letters */
};

struct look {
	enum look_kind kind;
	char *path;
	int error; /* errno; 0: */
	struct stat st;
	struct text_list names;
};

/* An answer, into out; look_done frees it. What looks (may be NULL: the disk is asked) does not know yet is remembered to be asked for, and
 * is ENOENT until then. */
void as_engine_look(struct as_looks *looks, enum look_kind kind, const char *path, struct look *out);
void as_engine_look_done(struct look *l);
/* As stat() and lstat(). */
int as_engine_look_stat(struct as_looks *looks, enum look_kind kind, const char *path, struct stat *st);

#endif
