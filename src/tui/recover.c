#include "tui/recover.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/aside.h"
#include "base/figures.h"
#include "base/text.h"
#include "tui/commands.h"
#include "tui/projects.h"

/* What is kept is a state of the session, and not how it came about. */
static const char without_undo[] = "All that was done is in it; undo begins anew.";

static void when(char *out, size_t n, double saved_s)
{
	time_t at = (time_t)saved_s;
	struct tm tm;

	if (!localtime_r(&at, &tm) || strftime(out, n, "%Y-%m-%d %H:%M", &tm) == 0)
		snprintf(out, n, "some time ago");
}

/* --- looking for what was left -------------------------------------------------------------------------------- */

/* Locks are asked for, too: a disk that does not answer holds up the thread alone. */
struct tui_leftovers {
	struct as_aside aside;
	/* Immutable once it runs. */
	char *state_dir;
	char **named; /* with what the program was started */
	int n_named;
	bool offers; /* nobody has asked for it; the front end's alone */
	/* The thread's until it is done. */
	struct as_autosave *v;
	int n, chosen; /* chosen: the newest with something that was named; -1: none. The newest of all where nothing was. */
};

static void look(struct as_aside *a)
{
	struct tui_leftovers *l = (struct tui_leftovers *)a;

	l->v = as_project_list_autosaves(l->state_dir, &l->n);
	l->chosen = l->n_named == 0 && l->n > 0 ? 0 : -1;
	for (int i = 0; l->n_named > 0 && i < l->n && l->chosen < 0 && !atomic_load(&a->stopped); i++)
		if (as_autosave_has(&l->v[i], (const char *const *)l->named, l->n_named))
			l->chosen = i;
}

static void free_leftovers(struct as_aside *a)
{
	struct tui_leftovers *l = (struct tui_leftovers *)a;

	as_project_free_autosaves(l->v, l->n);
	tui_words_free(l->named, l->n_named);
	free(l->state_dir);
	free(l);
}

bool tui_recover_looks(const struct tui *t)
{
	return t->leftovers != NULL;
}

int tui_recover_fd(const struct tui *t)
{
	return t->leftovers ? t->leftovers->aside.fd : -1;
}

void tui_recover_stop(struct tui *t)
{
	if (t->leftovers)
		as_aside_drop(&t->leftovers->aside);
	t->leftovers = NULL;
	t->m.looking[0] = '\0';
	t->dirty = true;
}

/* Who has begun with something by now is not interrupted. */
static bool has_begun(const struct tui *t)
{
	return t->n_keys > 0 || t->n_dialogs > 0 || t->prompt || tui_projects_run(t);
}

static void ask(struct tui *t, const struct as_autosave *v, const char *time, int n_more)
{
	size_t n = sizeof "--force " + strlen(v->path);
	char text[700], more[100] = "", *sure = malloc(n);

	if (!sure)
		return;
	/* What was named stands on the disk as it did, and nothing has been done with it. */
	snprintf(sure, n, "--force %s", v->path);
	if (n_more > 0)
		snprintf(more, sizeof more, " %d older %s kept, too: afterwards :recover leads to %s.", n_more, as_plural(n_more, "one is", "ones are"),
			 as_plural(n_more, "it", "them"));
	snprintf(text, sizeof text, "A session%s did not end in order: %.200s, kept %s.%s %s Go on with it? (Later: :recover)",
		 t->setup->n_inputs > 0 ? " with these recordings" : "",
		 v->project ? as_path_base(v->project) : "one that had no project yet", time, more, without_undo);
	tui_confirm(t, text, "go on with it", AS_ACTION_RECOVER, sure);
	free(sure);
}

/* chosen -1: none that what was named lies in. */
static void offer(struct tui *t, const struct as_autosave *v, int n, int chosen)
{
	char time[64];

	when(time, sizeof time, v[chosen < 0 ? 0 : chosen].saved_s);
	if (chosen >= 0 && !has_begun(t))
		ask(t, &v[chosen], time, n - 1);
	else
		tui_say(t, TUI_INFO, "a session did not end in order, kept %s: :recover goes on with it", time);
}

/* The newest but for the one that the session has gone on with. */
static const struct as_autosave *next(const struct tui *t, const struct as_autosave *v, int n)
{
	for (int i = 0; i < n; i++)
		if (!t->recovered || strcmp(v[i].path, t->recovered_from) != 0)
			return &v[i];
	return NULL;
}

static void say_nothing(struct tui *t)
{
	tui_say(t, TUI_INFO, t->recovered ? "this is the session that was left: there is no other to go on with" : "there is nothing to go on with");
}

static void take(struct tui *t)
{
	struct tui_leftovers *l = t->leftovers;
	struct as_autosave *v = l->v;
	int n = l->n, chosen = l->chosen;
	bool offers = l->offers;
	const struct as_autosave *to = next(t, v, n);

	l->v = NULL;
	l->n = 0;
	tui_recover_stop(t);
	if (n > 0 && offers)
		offer(t, v, n, chosen);
	else if (to)
		tui_do(t, AS_ACTION_RECOVER, &(struct tui_call){.args = to->path}); /* which asks about what is not saved */
	else if (!offers)
		say_nothing(t);
	as_project_free_autosaves(v, n);
}

/* What is offered is to be of what was named. */
static bool copy_named(struct tui_leftovers *l, const struct tui_setup *s)
{
	l->named = calloc((size_t)s->n_inputs + 1, sizeof *l->named);
	for (; l->named && l->n_named < s->n_inputs; l->n_named++)
		if (!(l->named[l->n_named] = strdup(s->inputs[l->n_named])))
			return false;
	return l->named != NULL;
}

static void begin(struct tui *t, bool offers)
{
	struct as_error err = {0};
	struct tui_leftovers *l = calloc(1, sizeof *l);
	bool whole = l && (l->state_dir = strdup(t->setup->state_dir)) && (!offers || copy_named(l, t->setup));

	tui_recover_stop(t);
	if (!whole || as_aside_start(&l->aside, look, free_leftovers, "earlier sessions", &err) != AS_OK) {
		if (l)
			free_leftovers(&l->aside);
		tui_say(t, TUI_ERROR, "%s", whole ? err.msg : "out of memory");
		return;
	}
	l->offers = offers;
	t->leftovers = l;
	if (as_aside_done(&l->aside, tui_patience_ms(t)))
		take(t);
	else
		snprintf(t->m.looking, sizeof t->m.looking, "looking for sessions that did not end in order");
}

void tui_recover_turn(struct tui *t)
{
	if (t->leftovers && as_aside_done(&t->leftovers->aside, 0))
		take(t);
}

/* --- going on -------------------------------------------------------------------------------------------------- */

void tui_offer_recovery(struct tui *t)
{
	if (t->setup->state_dir)
		begin(t, true);
}

void tui_offer_newer(struct tui *t, const char *path)
{
	size_t n = sizeof "--force " + strlen(path);
	char text[512], *sure = malloc(n);

	if (!sure)
		return;
	/* What has been opened has nothing of its own yet. */
	snprintf(sure, n, "--force %s", path);
	snprintf(text, sizeof text,
		 "%.200s: there is newer work on it that was not saved, of a session that did not end in order. %s Go on with that?",
		 as_path_base(t->m.project), without_undo);
	tui_confirm(t, text, "go on with it", AS_ACTION_RECOVER, sure);
	free(sure);
}

void tui_recover(struct tui *t, const char *path)
{
	if (path)
		tui_projects_open(t, path, true);
	else if (!t->setup->state_dir)
		say_nothing(t);
	else if (tui_projects_idle(t))
		begin(t, false);
}
