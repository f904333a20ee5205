#include "tui/start.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/aside.h"
#include "base/error.h"
#include "base/text.h"
#include "tui/adding.h"
#include "tui/commands.h"
#include "tui/here.h"
#include "tui/jobs.h"
#include "tui/live.h"
#include "tui/projects.h"
#include "tui/recover.h"
#include "tui/relink.h"

#define START_MS 1000 /* so long the screen is not opened for want of an answer */

/* --- what was named -------------------------------------------------------------------------------------------- */

/* Files are opened to tell: a disk that does not answer holds up the thread alone. */
struct tui_naming {
	struct as_aside aside;
	/* Immutable once it runs. */
	char **inputs;
	int n;
	char *state_dir;
	bool recover;
	/* The thread's until it is done. */
	int project; /* which of the inputs is one, or -1 */
	char *kept;  /* what is to be opened in its place, or NULL */
};

static void look(struct as_aside *a)
{
	struct tui_naming *x = (struct tui_naming *)a;

	char *path = NULL;

	for (int i = 0; i < x->n && x->project < 0; i++) {
		free(path);
		path = as_project_named(x->inputs[i]);
		if (path && as_project_is(path))
			x->project = i;
	}
	if (x->project >= 0 && x->recover)
		x->kept = as_project_newer_autosave(path, x->state_dir);
	free(path);
}

static void free_naming(struct as_aside *a)
{
	struct tui_naming *x = (struct tui_naming *)a;

	tui_words_free(x->inputs, x->n);
	free(x->state_dir);
	free(x->kept);
	free(x);
}

static bool copy_words(struct tui_naming *x, const struct tui_setup *s)
{
	x->inputs = calloc((size_t)s->n_inputs + 1, sizeof *x->inputs);
	for (; x->inputs && x->n < s->n_inputs; x->n++)
		if (!(x->inputs[x->n] = strdup(s->inputs[x->n])))
			return false;
	x->state_dir = s->state_dir ? strdup(s->state_dir) : NULL;
	x->recover = s->recover;
	x->project = -1;
	return x->inputs && (x->state_dir || !s->state_dir);
}

static enum as_status begin_naming(struct tui *t, struct as_error *err)
{
	struct tui_naming *x = calloc(1, sizeof *x);
	enum as_status status = x && copy_words(x, t->setup) ? as_aside_start(&x->aside, look, free_naming, "project", err)
							     : as_fail(err, AS_ERR_MEMORY, "out of memory");

	if (status == AS_OK)
		t->naming = x;
	else if (x)
		free_naming(&x->aside);
	return status;
}

bool tui_start_looks(const struct tui *t)
{
	return t->naming != NULL;
}

int tui_start_fd(const struct tui *t)
{
	return t->naming ? t->naming->aside.fd : -1;
}

static void drop_naming(struct tui *t)
{
	if (t->naming)
		as_aside_drop(&t->naming->aside);
	t->naming = NULL;
	t->m.looking[0] = '\0';
	t->dirty = true;
}

/* --- the session ----------------------------------------------------------------------------------------------- */

static enum as_status open_empty(struct tui *t, struct as_error *err)
{
	t->m.session = as_session_new(t->setup->opt, err);
	if (!t->m.session)
		return err->status ? err->status : AS_ERR_IO;
	tui_adopt_session(t, t->m.session);
	return AS_OK;
}

static enum as_status open_session(struct tui *t, struct as_error *err)
{
	enum as_status status = t->setup->n_inputs > 0 ? begin_naming(t, err) : AS_OK;
	const struct tui_naming *x = t->naming;

	t->named_project = -1;
	if (status != AS_OK)
		return status;
	if (x && !as_aside_done(&x->aside, t->setup->script ? tui_patience_ms(t) : START_MS)) {
		snprintf(t->m.looking, sizeof t->m.looking, "looking at %.120s", as_path_base(t->setup->inputs[0]));
		return open_empty(t, err);
	}
	if (x && x->project >= 0) {
		t->named_project = x->project;
		if (!tui_projects_start(t, x->kept ? x->kept : t->setup->inputs[x->project], x->kept != NULL, err))
			status = err->status ? err->status : AS_ERR_IO;
	} else {
		status = open_empty(t, err);
	}
	drop_naming(t);
	return status;
}

/* All but the project. */
static void add_inputs(struct tui *t)
{
	const struct tui_setup *s = t->setup;
	int n = 0;
	char **paths = calloc((size_t)s->n_inputs + 1, sizeof *paths);

	for (int i = 0; paths && i < s->n_inputs; i++)
		if (i != t->named_project)
			paths[n++] = (char *)s->inputs[i];
	if (n > 0)
		tui_add_paths(t, paths, n);
	free(paths);
}

void tui_start_inputs(struct tui *t)
{
	/* What was named is looked at at once; the user says when to go on. */
	add_inputs(t);
	if (t->setup->n_inputs > 0 && t->named_project < 0)
		tui_offer_recovery(t);
	if (t->m.snap->n_clips > 0 && !t->m.snap->placements && !tui_jobs_run(t))
		as_session_probe(t->m.session, NULL);
}

void tui_start_turn(struct tui *t)
{
	struct tui_naming *x = t->naming;
	char *path;
	bool kept;

	if (!x || !as_aside_done(&x->aside, 0))
		return;
	kept = x->kept != NULL;
	t->named_project = x->project;
	path = x->project < 0 ? NULL : strdup(kept ? x->kept : t->setup->inputs[x->project]);
	drop_naming(t);
	if (path)
		tui_projects_open_first(t, path, kept);
	else
		tui_start_inputs(t);
	free(path);
}

/* By its name, where nobody can look into it. */
static int named_like_project(const struct tui_setup *s)
{
	for (int i = 0; i < s->n_inputs; i++) {
		const char *dot = strrchr(as_path_base(s->inputs[i]), '.');

		if (dot && !strcasecmp(dot, ".audiosync"))
			return i;
	}
	return -1;
}

void tui_start_give_up(struct tui *t)
{
	drop_naming(t);
	t->named_project = named_like_project(t->setup);
	if (t->named_project >= 0)
		tui_say(t, TUI_WARNING, "stopped: %.200s is not opened", as_path_base(t->setup->inputs[t->named_project]));
	tui_start_inputs(t);
}

void tui_start_stop(struct tui *t)
{
	drop_naming(t);
}

/* --- the screen ------------------------------------------------------------------------------------------------ */

static enum as_status open_look(struct tui *t, struct as_error *err)
{
	const struct tui_setup *s = t->setup;
	const char *theme = as_options_text(s->opt, "interface.theme");
	struct tui_screen_config cfg = {.null = s->script != NULL, .rows = 24, .cols = 80, .theme = &t->theme};
	struct as_error keys = {0};

	cfg.colors = s->no_color ? TUI_COLORS_MONO : TUI_COLORS_AUTO;
	cfg.mouse = as_options_bool(s->opt, "interface.mouse");
	/* A theme for colours has no meaning without any. */
	if (tui_theme_load(&t->theme, s->no_color ? "mono" : theme, s->theme_dirs, err) != AS_OK)
		return err->status;
	t->keymap = tui_keymap_new();
	if (!t->keymap)
		return as_fail(err, AS_ERR_MEMORY, "out of memory");
	t->m.keys = t->keymap;
	/* A key that means nothing is no reason to stay away. */
	if (s->keys_file && tui_keymap_load(t->keymap, s->keys_file, &keys) != AS_OK)
		tui_say(t, TUI_WARNING, "%s", keys.msg);
	if (tui_screen_open(&cfg, &t->screen, err) != AS_OK)
		return err->status;
	t->m.color = tui_screen_has_color(t->screen);
	if (!t->m.color && !s->no_color)
		return tui_theme_load(&t->theme, "mono", s->theme_dirs, err);
	return AS_OK;
}

enum as_status tui_start(struct tui *t, struct as_error *err)
{
	enum as_status status = open_session(t, err);

	if (status == AS_OK)
		status = open_look(t, err);
	if (status != AS_OK)
		return status;
	t->m.find = t->find;
	tui_look(t);
	tui_tell_missing(t);
	/* Recordings go to the project. */
	if (!tui_projects_opens(t) && !tui_start_looks(t))
		tui_start_inputs(t);
	if (t->setup->live)
		return tui_live_open(t, err) ? AS_OK : err->status;
	if (t->setup->n_inputs == 0) {
		tui_here_begin(t);
		tui_offer_recovery(t);
	}
	else if (t->projects.newer && !t->setup->recover)
		tui_offer_newer(t, t->projects.newer);
	free(t->projects.newer);
	t->projects.newer = NULL;
	t->dirty = true;
	return AS_OK;
}
