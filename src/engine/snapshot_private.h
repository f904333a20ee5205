/* Shared by snapshot*.c alone: the block of memory that a snapshot is. */
#ifndef AS_ENGINE_SNAPSHOT_PRIVATE_H
#define AS_ENGINE_SNAPSHOT_PRIVATE_H

#include "engine/session_private.h"

struct arena {
	char *base; /* NULL while measuring */
	size_t used;
};

/* All of them give NULL while measuring. */
void *as_arena_take(struct arena *a, size_t n, size_t bytes);
const char *as_arena_bytes(struct arena *a, const char *s);
const char *as_arena_text(struct arena *a, const char *s); /* NULL is "" */
const char *const *as_arena_list(struct arena *a, char *const *v, int n);

/* snapshot_found.c: matches, placements, the self-test's report. After the clips are in *out. */
void as_snapshot_copy_found(struct arena *a, const struct as_session *s, struct as_clip *clips,
			    struct as_snapshot *out);

#endif
