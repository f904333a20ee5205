/* Small things that a key asks of the disk: a settings file written, a theme read. They are done aside, one after the other, and told of
 * once they are done; a disk that does not answer holds up no key. */
#ifndef AS_TUI_CHORE_H
#define AS_TUI_CHORE_H

#include "base/aside.h"
#include "tui/app.h"

/* The first member of what is done. */
struct tui_chore {
	struct as_aside aside;
	/* Immutable once it is under way. */
	enum as_status (*work)(struct tui_chore *c, struct as_error *err); /* in the thread */
	void (*tell)(struct tui *t, struct tui_chore *c);                  /* what became of it, by status and err; also where it failed */
	void (*free)(struct tui_chore *c);                                 /* what surrounds it, too */
	char what[256];                                                    /* "writing audiosync.ini" */
	/* The thread's until it is done. */
	enum as_status status;
	struct as_error err;
	/* The front end's. */
	struct tui_chore *next;
	bool begun;
};

/* What is done, in whose words. */
void tui_chore_init(struct tui_chore *c, enum as_status (*work)(struct tui_chore *c, struct as_error *err),
		    void (*tell)(struct tui *t, struct tui_chore *c), void (*free)(struct tui_chore *c), const char *what, ...)
	__attribute__((format(printf, 5, 6)));
/* Takes it, and waits for it as long as a key may. False: it has failed already, and has been told. */
bool tui_chore_do(struct tui *t, struct tui_chore *c);
/* What follows once all of them are done, unless one fails. Takes args (heap, or NULL). */
void tui_chores_then(struct tui *t, enum as_action action, char *args);
/* Readable once the first of them is done. */
int tui_chores_fd(const struct tui *t);
void tui_chores_turn(struct tui *t);
/* At the end: waits for what is left (tui_end_ms), and leaves words for the user where that was in vain. False: it still runs. */
bool tui_chores_end(struct tui *t);

#endif
