#include "tui/chore.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"

static void run(struct as_aside *a)
{
	struct tui_chore *c = (struct tui_chore *)a;

	c->status = c->work(c, &c->err);
}

static void free_chore(struct as_aside *a)
{
	struct tui_chore *c = (struct tui_chore *)a;

	c->free(c);
}

/* The first one, where it is done, takes its leave. */
static struct tui_chore *take_first(struct tui *t, int wait_ms)
{
	struct tui_chore *c = t->chores.first;

	if (c && !c->begun) {
		enum as_status status = as_aside_start(&c->aside, run, free_chore, c->what, &c->err);

		c->begun = status == AS_OK;
		if (!c->begun)
			c->status = status;
	}
	if (!c || (c->begun && !as_aside_done(&c->aside, wait_ms)))
		return NULL;
	t->chores.first = c->next;
	t->chores.failed |= c->status != AS_OK;
	return c;
}

static void leave(struct tui_chore *c)
{
	if (c->begun)
		as_aside_drop(&c->aside);
	else
		c->free(c);
}

static void follow(struct tui *t)
{
	struct tui_waiting w = t->chores.follows;

	t->chores.follows = (struct tui_waiting){0};
	if (w.action != AS_ACTION_NONE && !t->chores.failed)
		tui_do(t, w.action, &(struct tui_call){.args = w.args});
	free(w.args);
}

static void go_on(struct tui *t, int wait_ms)
{
	struct tui_chore *c;
	bool any = false;

	while ((c = take_first(t, wait_ms))) {
		any = t->dirty = true;
		c->tell(t, c);
		leave(c);
	}
	if (any && !t->chores.first)
		follow(t);
}

void tui_chore_init(struct tui_chore *c, enum as_status (*work)(struct tui_chore *c, struct as_error *err),
		    void (*tell)(struct tui *t, struct tui_chore *c), void (*free)(struct tui_chore *c), const char *what, ...)
{
	va_list args;

	c->work = work;
	c->tell = tell;
	c->free = free;
	va_start(args, what);
	vsnprintf(c->what, sizeof c->what, what, args);
	va_end(args);
}

bool tui_chore_do(struct tui *t, struct tui_chore *c)
{
	struct tui_chore **at = &t->chores.first;

	if (!*at)
		t->chores.failed = false;
	while (*at)
		at = &(*at)->next;
	*at = c;
	go_on(t, tui_patience_ms(t));
	if (t->chores.first)
		tui_say(t, TUI_INFO, "%s: it waits for the disk", t->chores.first->what);
	return t->chores.first || !t->chores.failed;
}

void tui_chores_then(struct tui *t, enum as_action action, char *args)
{
	free(t->chores.follows.args);
	t->chores.follows = (struct tui_waiting){action, args};
	if (!t->chores.first)
		follow(t);
}

int tui_chores_fd(const struct tui *t)
{
	const struct tui_chore *c = t->chores.first;

	return c && c->begun ? c->aside.fd : -1;
}

void tui_chores_turn(struct tui *t)
{
	go_on(t, 0);
}

bool tui_chores_end(struct tui *t)
{
	struct tui_chore *c;
	bool waits;

	while ((c = take_first(t, tui_end_ms(t)))) {
		if (c->status != AS_OK && !t->farewell[0])
			as_text_escape(t->farewell, sizeof t->farewell, c->err.msg);
		leave(c);
	}
	waits = t->chores.first != NULL;
	if (waits && !t->farewell[0])
		snprintf(t->farewell, sizeof t->farewell, "%s: the disk does not answer; it may not have been done", t->chores.first->what);
	while ((c = t->chores.first)) {
		t->chores.first = c->next;
		leave(c);
	}
	free(t->chores.follows.args);
	return !waits;
}
