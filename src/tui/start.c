#include "tui/start.h"

#include <stdlib.h>

#include "base/error.h"
#include "tui/adding.h"
#include "tui/jobs.h"
#include "tui/live.h"
#include "tui/recover.h"

/* Which of the inputs is a project, or -1. */
static int project_of(const struct tui_setup *s)
{
	for (int i = 0; i < s->n_inputs; i++)
		if (as_project_is(s->inputs[i]))
			return i;
	return -1;
}

static enum as_status open_session(struct tui *t, struct as_error *err)
{
	const struct tui_setup *s = t->setup;
	struct as_options *opt = as_options_copy(s->opt);
	int project = project_of(s);
	bool recovered;
	char *kept;

	if (!opt)
		return as_fail(err, AS_ERR_MEMORY, "out of memory");
	kept = project >= 0 && s->recover ? as_project_newer_autosave(s->inputs[project], s->state_dir) : NULL;
	recovered = kept != NULL;
	t->m.session = kept	      ? as_session_load(opt, kept, s->roots, s->n_roots, err)
		       : project >= 0 ? as_session_load(opt, s->inputs[project], s->roots, s->n_roots, err)
				    : as_session_new(opt, err);
	as_options_free(opt);
	free(kept);
	if (!t->m.session)
		return err->status ? err->status : AS_ERR_IO;
	tui_adopt_session(t, t->m.session);
	t->recovered = recovered;
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
	/* What was named is looked at at once; the user says when to go on. */
	add_inputs(t);
	if (t->m.snap->n_clips > 0 && !t->m.snap->placements && !tui_jobs_run(t))
		as_session_probe(t->m.session, NULL);
	if (t->setup->live)
		return tui_live_open(t, err) ? AS_OK : err->status;
	if (t->setup->n_inputs == 0)
		tui_offer_recovery(t);
	else if (t->m.project && !t->setup->recover)
		tui_offer_newer(t);
	t->dirty = true;
	return AS_OK;
}
