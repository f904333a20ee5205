#include "tui/recover.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/aside.h"
#include "base/text.h"
#include "tui/projects.h"

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
	char *state_dir; /* immutable once it runs */
	bool offers;     /* nobody has asked for it; the front end's alone */
	/* The thread's until it is done. */
	struct as_autosave *v;
	int n;
};

static void look(struct as_aside *a)
{
	struct tui_leftovers *l = (struct tui_leftovers *)a;

	l->v = as_project_list_autosaves(l->state_dir, &l->n);
}

static void free_leftovers(struct as_aside *a)
{
	struct tui_leftovers *l = (struct tui_leftovers *)a;

	as_project_free_autosaves(l->v, l->n);
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

static void offer(struct tui *t, const struct as_autosave *newest)
{
	char text[512], time[64];

	when(time, sizeof time, newest->saved_s);
	snprintf(text, sizeof text, "A session did not end in order: %.200s, kept %s. Go on with it? (Later: :recover)",
		 newest->project ? as_path_base(newest->project) : "one that had no project yet", time);
	/* Who has begun with something else by now is not interrupted. */
	if (t->m.snap->n_clips > 0 || t->n_dialogs > 0 || t->prompt || tui_projects_run(t))
		tui_note(t, TUI_INFO, -1, "a session did not end in order, kept %s: :recover goes on with it", time);
	else
		tui_confirm(t, text, "go on with it", AS_ACTION_RECOVER, newest->path);
}

static void take(struct tui *t)
{
	struct tui_leftovers *l = t->leftovers;
	struct as_autosave *v = l->v;
	int n = l->n;
	bool offers = l->offers;

	l->v = NULL;
	l->n = 0;
	tui_recover_stop(t);
	if (n > 0 && offers)
		offer(t, &v[0]);
	else if (n > 0)
		tui_do(t, AS_ACTION_RECOVER, &(struct tui_call){.args = v[0].path}); /* which asks about what is not saved */
	else if (!offers)
		tui_say(t, TUI_INFO, "there is nothing to go on with");
	as_project_free_autosaves(v, n);
}

static void begin(struct tui *t, bool offers)
{
	struct as_error err = {0};
	struct tui_leftovers *l = calloc(1, sizeof *l);
	bool whole = l && (l->state_dir = strdup(t->setup->state_dir));

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
		 "%.200s: there is newer work on it that was not saved, of a session that did not end in order. Go on with that?",
		 as_path_base(t->m.project));
	tui_confirm(t, text, "go on with it", AS_ACTION_RECOVER, sure);
	free(sure);
}

void tui_recover(struct tui *t, const char *path)
{
	if (path)
		tui_projects_open(t, path, true);
	else if (!t->setup->state_dir)
		tui_say(t, TUI_INFO, "there is nothing to go on with");
	else if (tui_projects_idle(t))
		begin(t, false);
}
