#include "tui/leave.h"

#include <stdlib.h>

#include "base/aside.h"

struct tui_left {
	struct as_aside aside;
	/* The thread's. */
	void *what;
	void (*let_go)(void *what);
	/* The front end's. */
	struct tui_left *next;
};

/* --- in the thread --------------------------------------------------------------------------------------------- */

static void run(struct as_aside *a)
{
	struct tui_left *l = (struct tui_left *)a;

	l->let_go(l->what);
}

static void free_left(struct as_aside *a)
{
	free(a);
}

/* The project first: who opens it again must not wait for a recording. */
static void free_session(void *what)
{
	as_session_hold(what, NULL, NULL);
	as_session_free(what);
}

static void free_unwanted(void *what)
{
	as_session_drop_autosave(what);
	free_session(what);
}

/* --- the front end's ------------------------------------------------------------------------------------------- */

/* Those that are gone leave the list. */
static void sweep(struct tui *t)
{
	struct tui_left **at = &t->left;

	while (*at) {
		struct tui_left *l = *at;

		if (!as_aside_done(&l->aside, 0)) {
			at = &l->next;
			continue;
		}
		*at = l->next;
		as_aside_drop(&l->aside);
	}
}

void tui_leave(struct tui *t, void *what, void (*let_go)(void *what))
{
	struct tui_left *l;

	if (!what)
		return;
	l = calloc(1, sizeof *l);
	if (l) {
		l->what = what;
		l->let_go = let_go;
	}
	/* Without a thread for it there is no other way. */
	if (!l || as_aside_start(&l->aside, run, free_left, "end", NULL) != AS_OK) {
		free(l);
		let_go(what);
		return;
	}
	l->next = t->left;
	t->left = l;
	as_aside_done(&l->aside, tui_patience_ms(t));
	sweep(t);
}

void tui_leave_session(struct tui *t, struct as_session *s, bool unwanted)
{
	if (!s)
		return;
	as_session_cancel(s);
	as_session_abandon_writing(s);
	tui_leave(t, s, unwanted ? free_unwanted : free_session);
}

bool tui_leave_end(struct tui *t)
{
	for (struct tui_left *l = t->left; l; l = l->next)
		as_aside_done(&l->aside, tui_end_ms(t));
	sweep(t);
	return !t->left;
}
