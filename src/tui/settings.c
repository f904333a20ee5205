/* Single settings and presets from the command line; the dialog is in dialog_settings.c. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/chore.h"
#include "tui/commands.h"
#include "tui/dialogs.h"

/* What was meant, where no "=" stands: a key, perhaps with a value behind it. */
static void say_how(struct tui *t, const char *args, struct as_options *opt)
{
	struct as_error err = {0};
	size_t n = args ? strcspn(args, " \t") : 0;
	const char *value = args ? args + n + strspn(args + n, " \t") : "";
	const struct as_option_row *row;
	char key[128], allowed[160];

	snprintf(key, sizeof key, "%.*s", (int)n, args ? args : "");
	row = as_option_find(key);
	if (!args)
		tui_say(t, TUI_WARNING, "set what? :set export.format=flac; Tab completes");
	else if (row && *value)
		tui_say(t, TUI_WARNING, "with an equals sign: :set %s=%s", row->key, value);
	else if (row && *as_option_allowed(row, allowed, sizeof allowed))
		tui_say(t, TUI_WARNING, "to what? :set %s=%s; it is %s", row->key, as_options_value(opt, row->key), allowed);
	else if (row)
		tui_say(t, TUI_WARNING, "to what? :set %s=%s", row->key, as_options_value(opt, row->key));
	else if (opt)
		tui_try(t, as_options_set(opt, key, value, "interface", &err), &err);
}

static void set_one(struct tui *t, const char *args)
{
	struct as_error err = {0};
	struct as_options *opt = as_options_copy(t->m.opt);
	const char *is = args ? strchr(args, '=') : NULL;
	char key[128];

	if (!is || !opt) {
		say_how(t, args, opt);
		as_options_free(opt);
		return;
	}
	snprintf(key, sizeof key, "%.*s", (int)(is - args), args);
	if (tui_try(t, as_options_set(opt, key, is + 1, "interface", &err), &err) &&
	    tui_try(t, as_options_check(opt, &err), &err) && tui_try(t, as_session_configure(t->m.session, opt, &err), &err)) {
		tui_look(t);
		tui_say(t, TUI_GOOD, "%s = %s", key, as_options_value(t->m.opt, key));
	}
	as_options_free(opt);
}

bool tui_settings_apply_preset(struct tui *t, const struct as_options *opt, const char *name)
{
	struct as_error err = {0};

	if (!tui_try(t, as_options_check(opt, &err), &err) || !tui_try(t, as_session_configure(t->m.session, opt, &err), &err))
		return false;
	tui_look(t);
	if (t->m.snap->placements)
		tui_say(t, TUI_GOOD, "settings of preset %s: {sync} places by them", name);
	else
		tui_say(t, TUI_GOOD, "settings of preset %s", name);
	return true;
}

/* --- a preset by its name ---------------------------------------------------------------------------------------- */

struct reading {
	struct tui_chore chore;
	/* Immutable once it is under way. */
	char *name;
	const char *const *dirs; /* the setup's */
	/* The thread's until it is done. */
	struct as_options *opt;  /* the defaults with the preset over them */
};

static void free_reading(struct tui_chore *c)
{
	struct reading *r = (struct reading *)c;

	as_options_free(r->opt);
	free(r->name);
	free(r);
}

static enum as_status read_preset(struct tui_chore *c, struct as_error *err)
{
	struct reading *r = (struct reading *)c;

	return as_options_load_preset(r->opt, r->name, r->dirs, err);
}

/* What from says, of rows and calibrations, over to. */
static enum as_status lay_over(struct as_options *to, const struct as_options *from, struct as_error *err)
{
	size_t n, n_more = as_options_calibrations(from);
	const struct as_option_row *rows = as_option_rows(&n);
	enum as_status status = AS_OK;

	for (size_t i = 0; i < n + n_more && status == AS_OK; i++) {
		const char *key = i < n ? rows[i].key : as_options_calibration_at(from, i - n, NULL), *origin = as_options_origin(from, key);

		if (strcmp(origin, "default") != 0)
			status = as_options_set(to, key, as_options_value(from, key), origin, err);
	}
	return status;
}

static void take_preset(struct tui *t, struct tui_chore *c)
{
	struct reading *r = (struct reading *)c;
	struct as_options *opt;

	if (!tui_try(t, c->status, &c->err))
		return;
	opt = as_options_copy(t->m.opt);
	if (!opt)
		tui_say(t, TUI_ERROR, "out of memory");
	else if (tui_try(t, lay_over(opt, r->opt, &c->err), &c->err))
		tui_settings_apply_preset(t, opt, r->name);
	as_options_free(opt);
}

static void set_preset(struct tui *t, const char *name)
{
	struct reading *r = name ? calloc(1, sizeof *r) : NULL;

	if (!name) {
		tui_say(t, TUI_WARNING, "which preset? {settings} shows them with what they change");
		return;
	}
	if (r && (r->name = strdup(name)) && (r->opt = as_options_new())) {
		r->dirs = t->setup->preset_dirs;
		tui_chore_init(&r->chore, read_preset, take_preset, free_reading, "reading preset %.200s", name);
		tui_chore_do(t, &r->chore);
		return;
	}
	if (r)
		free_reading(&r->chore);
	tui_say(t, TUI_ERROR, "out of memory");
}


void tui_do_settings(struct tui *t, enum as_action action, const char *args)
{
	if (action == AS_ACTION_SET)
		set_one(t, args);
	else if (action == AS_ACTION_PRESET)
		set_preset(t, args);
	else if (action == AS_ACTION_PRESETS)
		tui_open_presets(t);
	else if (action == AS_ACTION_WRITE_SETTINGS)
		tui_settings_write(t, t->m.opt);
	else if (action == AS_ACTION_SAVE_PRESET)
		tui_settings_save_preset(t, t->m.opt, args);
	else
		tui_open_settings(t, args);
}
