/* What the disk says of folders, asked aside: one that does not answer holds up no key. */
#ifndef AS_TUI_PLACES_H
#define AS_TUI_PLACES_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/error.h"

/* Of a folder, which need not exist. */
struct tui_folder {
	struct as_error err; /* status AS_OK: files can be written there, once it has been made; else why not */
	bool exists;
	dev_t dev;           /* of one that exists */
	ino_t ino;
	double free_bytes;   /* NAN: unknown */
};

struct tui_places;

/* Begins to ask; NULL: out of memory, or of threads. */
struct tui_places *tui_places_ask(const char *const *paths, int n);
/* Readable once all is known. */
int tui_places_fd(const struct tui_places *p);
/* Waits for that, at most so long; 0: only looks. */
bool tui_places_known(const struct tui_places *p, int wait_ms);
/* Whether these were asked about, in this order. */
bool tui_places_are(const struct tui_places *p, const char *const *paths, int n);
/* Of paths[i], once all is known. */
const struct tui_folder *tui_places_at(const struct tui_places *p, int i);
/* Never waits. NULL is fine. */
void tui_places_drop(struct tui_places *p);

#endif
