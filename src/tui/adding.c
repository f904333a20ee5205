#include "tui/adding.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <audiosync/demo.h>
#include <audiosync/listing.h>

#include "base/error.h"
#include "base/text.h"
#include "tui/chore.h"
#include "tui/commands.h"
#include "tui/dialogs.h"
#include "tui/jobs.h"
#include "tui/leave.h"
#include "tui/projects.h"
#include "tui/relink.h"

bool tui_adding_runs(const struct tui *t)
{
	return t->adding.listing || t->adding.demo || t->adding.relinking;
}

int tui_adding_fd(const struct tui *t)
{
	if (t->adding.listing && !as_listing_done(t->adding.listing, 0))
		return as_listing_fd(t->adding.listing);
	if (t->adding.relinking && !as_relinking_done(t->adding.relinking, 0))
		return as_relinking_fd(t->adding.relinking);
	return t->adding.demo ? as_demo_run_fd(t->adding.demo) : -1;
}

static void close_demo(void *demo)
{
	as_demo_run_close(demo);
}

void tui_adding_stop(struct tui *t)
{
	as_listing_close(t->adding.listing);
	tui_leave(t, t->adding.demo, close_demo);
	free(t->adding.demo_dir);
	as_relinking_close(t->adding.relinking);
	free(t->adding.relink_dir);
	t->adding = (struct tui_adding){0};
	t->m.adding[0] = '\0';
	t->dirty = true;
}

/* --- recordings ------------------------------------------------------------------------------------------------ */

/* The session has warned of each, which is in the log. */
static void tell_unread(struct tui *t, int n, const struct as_error *last)
{
	char key[32];

	if (n == 1)
		tui_hint(t, TUI_ERROR, "%s", last->msg);
	else
		tui_hint(t, TUI_ERROR, "%d paths could not be read: see the log (%s)", n,
			 tui_keymap_keys(t->keymap, AS_ACTION_PANE_5, 1, key, sizeof key));
}

/* What the listing has found goes into the session. False: none of it is of use. */
static bool take(struct tui *t)
{
	struct as_error err = {0};
	int before = t->m.snap->n_clips, n = t->adding.n, bad = 0;
	bool placed = t->m.snap->placements != NULL;
	enum as_status status = as_session_add_listing(t->m.session, t->adding.listing, NULL, &bad, &err);

	tui_adding_stop(t);
	tui_look(t);
	if (!tui_try(t, status, &err))
		return false;
	t->n_unread = bad;
	if (bad > 0)
		tell_unread(t, bad, &err);
	if (bad == n)
		return false;
	if (t->m.snap->n_clips == before && bad == 0) {
		tui_say(t, TUI_WARNING, n == 1 ? "nothing new there: no media, or already added" : "nothing new among these");
	} else if (tui_try(t, as_session_probe(t->m.session, &err), &err)) {
		tui_look(t);
		/* The places of the others come back; the new ones wait for a sync. */
		if (placed)
			tui_jobs_wait(t, AS_ACTION_SOLVE, NULL);
	}
	return true;
}

/* Takes turns with what runs. */
bool tui_adding_is_free(struct tui *t)
{
	if (tui_adding_runs(t))
		tui_say(t, TUI_WARNING, "not while recordings are being looked for: {escape} stops that");
	else if (t->m.snap->busy)
		tui_say(t, TUI_WARNING, "not while something runs: {escape} stops it");
	else if (!tui_projects_opens(t) || tui_projects_idle(t)) /* what is opened takes the place of what there is */
		return true;
	return false;
}

bool tui_add_paths(struct tui *t, char *const *paths, int n)
{
	struct as_error err = {0};

	if (!tui_adding_is_free(t))
		return false;
	t->adding.listing = as_listing_media(t->m.session, (const char *const *)paths, n, &err);
	t->adding.n = n;
	if (!t->adding.listing)
		return tui_try(t, err.status, &err);
	if (as_listing_done(t->adding.listing, tui_patience_ms(t)))
		return take(t);
	snprintf(t->m.adding, sizeof t->m.adding, "looking for recordings in %s", as_path_base(paths[0]));
	t->dirty = true;
	return true;
}

void tui_add(struct tui *t, const char *args)
{
	int n = 0;
	char **words;

	if (!tui_adding_is_free(t))
		return;
	if (!args) {
		tui_open_browser(t, &(struct tui_browse){.title = "Add recordings", .several = true, .folders = true, .take = tui_add_paths});
		return;
	}
	words = tui_path_words(t, args, &n);
	if (words && n > 0)
		tui_add_paths(t, words, n);
	tui_words_free(words, n);
}

/* --- the demo shoot -------------------------------------------------------------------------------------------- */

/* Takes path. */
static void start_demo(struct tui *t, char *path)
{
	struct as_error err = {0};

	t->adding.demo = as_demo_start(path, 1, 60, false, &err);
	if (!t->adding.demo) {
		tui_try(t, err.status, &err);
		free(path);
		return;
	}
	t->adding.demo_dir = path;
	tui_adding_turn(t);
}

/* A folder that nobody has. */
struct making {
	struct tui_chore chore;
	char *path; /* a pattern, then its name */
};

static void free_making(struct tui_chore *c)
{
	free(((struct making *)c)->path);
	free(c);
}

static enum as_status make_folder(struct tui_chore *c, struct as_error *err)
{
	struct making *m = (struct making *)c;

	return mkdtemp(m->path) ? AS_OK : as_fail_errno(err, m->path, NULL);
}

static void take_folder(struct tui *t, struct tui_chore *c)
{
	struct making *m = (struct making *)c;

	if (tui_try(t, c->status, &c->err) && tui_adding_is_free(t)) {
		start_demo(t, m->path);
		m->path = NULL;
	}
}

static void make_demo(struct tui *t, char *pattern)
{
	struct making *m = calloc(1, sizeof *m);

	if (!m || !pattern) {
		free(m);
		free(pattern);
		tui_say(t, TUI_ERROR, "out of memory");
		return;
	}
	m->path = pattern;
	tui_chore_init(&m->chore, make_folder, take_folder, free_making, "making a folder for the demo");
	tui_chore_do(t, &m->chore);
}

void tui_add_demo(struct tui *t, const char *args)
{
	const char *tmp = getenv("TMPDIR");
	char *path;

	if (!tui_adding_is_free(t))
		return;
	path = args ? tui_path(args) : NULL;
	if (path)
		start_demo(t, path);
	else if (args)
		tui_say(t, TUI_ERROR, "out of memory");
	else
		make_demo(t, as_path_join(tmp && *tmp ? tmp : "/tmp", "audiosync-demo.XXXXXX"));
}

static void turn_demo(struct tui *t)
{
	struct as_error err = {0};
	enum as_status status;
	double share = 0;
	char *path;

	if (!as_demo_run_done(t->adding.demo, &share, &status, &err)) {
		snprintf(t->m.adding, sizeof t->m.adding, "making up a shoot: %d %%", (int)(share * 100));
		t->dirty = true;
		return;
	}
	path = t->adding.demo_dir;
	t->adding.demo_dir = NULL;
	tui_adding_stop(t);
	if (tui_try(t, status, &err))
		tui_add_paths(t, &path, 1);
	free(path);
}

void tui_adding_turn(struct tui *t)
{
	tui_relink_turn(t);
	if (t->adding.demo)
		turn_demo(t);
	else if (t->adding.listing && !t->m.snap->busy && as_listing_done(t->adding.listing, 0))
		take(t);
}
