#include "tui/start.h"

#include <stdlib.h>

#include "base/error.h"
#include "tui/adding.h"
#include "tui/jobs.h"
#include "tui/live.h"
#include "tui/projects.h"
#include "tui/recover.h"

/* Which of the inputs is a project, or -1. */
static int project_of(const struct tui_setup *s)
{
	for (int i = 0; i < s->n_inputs; i++)
		if (as_project_is(s->inputs[i]))
			return i;
	return -1;
}

static enum as_status open_project(struct tui *t, const char *path, struct as_error *err)
{
	char *kept = t->setup->recover ? as_project_newer_autosave(path, t->setup->state_dir) : NULL;
	bool ok = tui_projects_start(t, kept ? kept : path, kept != NULL, err);

	free(kept);
	return ok ? AS_OK : err->status ? err->status : AS_ERR_IO;
}

static enum as_status open_session(struct tui *t, struct as_error *err)
{
	int project = project_of(t->setup);

	if (project >= 0)
		return open_project(t, t->setup->inputs[project], err);
	t->m.session = as_session_new(t->setup->opt, err);
	if (!t->m.session)
		return err->status ? err->status : AS_ERR_IO;
	tui_adopt_session(t, t->m.session);
	return AS_OK;
}

/* All but the project. */
static void add_inputs(struct tui *t)
{
	const struct tui_setup *s = t->setup;
	int project = project_of(s), n = 0;
	char **paths = calloc((size_t)s->n_inputs + 1, sizeof *paths);

	for (int i = 0; paths && i < s->n_inputs; i++)
		if (i != project)
			paths[n++] = (char *)s->inputs[i];
	if (n > 0)
		tui_add_paths(t, paths, n);
	free(paths);
}

void tui_start_inputs(struct tui *t)
{
	/* What was named is looked at at once; the user says when to go on. */
	add_inputs(t);
	if (t->m.snap->n_clips > 0 && !t->m.snap->placements && !tui_jobs_run(t))
		as_session_probe(t->m.session, NULL);
}

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
	/* Recordings go to the project. */
	if (!tui_projects_opens(t))
		tui_start_inputs(t);
	if (t->setup->live)
		return tui_live_open(t, err) ? AS_OK : err->status;
	if (t->setup->n_inputs == 0) {
		tui_count_here(t);
		tui_offer_recovery(t);
	}
	else if (t->projects.newer && !t->setup->recover)
		tui_offer_newer(t, t->projects.newer);
	free(t->projects.newer);
	t->projects.newer = NULL;
	t->dirty = true;
	return AS_OK;
}
