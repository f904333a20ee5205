/* One thing done in a thread of its own, beside whoever wants it: where a disk or a server may not answer for long.
 *
 * Embedded as the first member of what is done. Both the owner and the thread hold on to it, and the last one frees: an owner that
 * has lost interest never waits, and a thread that hangs in a dead mount is left behind. */
#ifndef AS_BASE_ASIDE_H
#define AS_BASE_ASIDE_H

#include <stdatomic.h>
#include <stdbool.h>

#include "base/error.h"

struct as_aside {
	/* Immutable once started. */
	void (*run)(struct as_aside *a);  /* in the thread */
	void (*free)(struct as_aside *a); /* in either, last of all: what surrounds it, too */
	int fd;                           /* readable once it is done */
	int end_fd;                       /* the thread's end of it */
	/* Of both. */
	atomic_int owners;
	atomic_bool done;                 /* what is around it belongs to the thread until then */
	atomic_bool stopped;              /* run should look at it now and then */
};

/* what: for the message, "folder". On failure nothing is held, and free was not called. */
enum as_status as_aside_start(struct as_aside *a, void (*run)(struct as_aside *a), void (*free)(struct as_aside *a), const char *what,
			      struct as_error *err);
/* Waits at most so long; 0: only looks, -1: as long as it takes. */
bool as_aside_done(const struct as_aside *a, int wait_ms);
/* For another thread that waits for it: holds on to it until it releases it. */
void as_aside_hold(struct as_aside *a);
void as_aside_release(struct as_aside *a);
/* The owner lets go. Stops it. */
void as_aside_drop(struct as_aside *a);

#endif
