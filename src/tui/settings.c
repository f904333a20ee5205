/* Single settings and presets from the command line; the dialog is in dialog_settings.c. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

static void set_preset(struct tui *t, const char *name)
{
	struct as_error err = {0};
	struct as_options *opt = as_options_copy(t->m.opt);

	if (!name || !opt)
		tui_say(t, TUI_WARNING, "which preset? {settings} shows them with what they change");
	else if (tui_try(t, as_options_load_preset(opt, name, t->setup->preset_dirs, &err), &err))
		tui_settings_apply_preset(t, opt, name);
	as_options_free(opt);
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
