/* Every setting: value, default, where it came from; changed in place. What is typed narrows the list. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/commands.h"
#include "tui/dialogs.h"
#include "tui/form.h"
#include "tui/list.h"
#include "tui/settings_private.h"

#define VALUE_BYTES 256

static void close_settings(void *state)
{
	struct settings *x = state;

	as_options_free(x->opt);
	tui_prompt_free(x->filter);
	tui_prompt_free(x->edit);
	free(x);
}

static void step(struct settings *x, int by)
{
	struct tui_settings_list l = tui_settings_list_of(x);

	x->at = tui_settings_step(&l, x->at, by);
}

/* Onto something that is shown. */
static void settle(struct settings *x)
{
	struct tui_settings_list l = tui_settings_list_of(x);

	x->at = tui_settings_settle(&l, x->at);
}

/* --- changing -------------------------------------------------------------------------------------------------- */

/* A setting that got its default is gone from those that are not at theirs: to the one beside it. */
static void leave_hidden(struct settings *x)
{
	if (!tui_settings_chosen(x))
		step(x, 1);
	if (!tui_settings_chosen(x))
		step(x, -1);
}

static void take(struct tui *t, struct settings *x, const char *value)
{
	const struct as_option_row *row = tui_settings_row(x->at);
	struct as_error err = {0};
	struct as_options *opt = as_options_copy(x->opt);
	const char *when = tui_settings_when(&t->m, row->key);
	char named[100];
	enum as_status status = opt ? as_options_set(opt, row->key, value, "interface", &err) : AS_ERR_MEMORY;

	x->error[0] = '\0';
	if (status != AS_OK) {
		tui_setting_refusal(row, value, &err, x->error, sizeof x->error);
		as_options_free(opt);
		return;
	}
	status = as_options_check(opt, &err);
	if (status == AS_OK)
		status = as_session_configure(t->m.session, opt, &err);
	if (status == AS_ERR_BUSY)
		snprintf(x->error, sizeof x->error, "not while something runs");
	else if (status != AS_OK)
		snprintf(x->error, sizeof x->error, "%s", err.msg[0] ? err.msg : as_status_name(status));
	if (status == AS_OK) {
		as_options_free(x->opt);
		x->opt = opt;
		opt = NULL;
		tui_look(t);
		leave_hidden(x);
		if (when)
			tui_say(t, TUI_INFO, "%s = %s: %s", row->key, value, tui_keymap_words(t->keymap, when, named, sizeof named));
	}
	as_options_free(opt);
}

/* Undo, presets and other dialogs change settings too. */
static void news(void *state, struct tui *t)
{
	struct settings *x = state;
	struct as_options *opt = as_options_copy(t->m.opt);

	for (int i = 0; opt && tui_settings_row(i); i++)
		if (tui_settings_for_next_start(tui_settings_row(i)->key))
			as_options_set(opt, tui_settings_row(i)->key, as_options_value(x->opt, tui_settings_row(i)->key),
				       as_options_origin(x->opt, tui_settings_row(i)->key), NULL);
	if (!opt)
		return;
	as_options_free(x->opt);
	x->opt = opt;
}

static void step_value(struct tui *t, struct settings *x, int by)
{
	char text[VALUE_BYTES];
	const struct as_option_row *row = tui_settings_row(x->at);

	if (tui_setting_step(row, as_options_value(x->opt, row->key), by, text, sizeof text))
		take(t, x, text);
}

static void begin_edit(struct tui *t, struct settings *x)
{
	const struct as_option_row *row = tui_settings_row(x->at);

	if (row->type == AS_OPTION_BOOL || row->type == AS_OPTION_CHOICE) {
		step_value(t, x, 1);
		return;
	}
	x->edit = tui_prompt_new(TUI_PROMPT_FIELD, "", as_options_value(x->opt, row->key), NULL, NULL);
}

static void end_edit(struct tui *t, struct settings *x, bool keep)
{
	struct tui_prompt *edit = x->edit;
	char *value = strdup(tui_prompt_text(edit));

	if (keep && value)
		take(t, x, value);
	else
		x->error[0] = '\0';
	free(value);
	/* A value that was refused can be mended. */
	if (keep && x->error[0])
		return;
	x->edit = NULL;
	tui_prompt_free(edit);
}

static bool key(void *state, struct tui *t, struct tui_key key)
{
	struct settings *x = state;
	bool text = !key.special && !key.ctrl && !key.alt;

	(void)t;
	/* Ctrl-U is the default, here as in forms. */
	if (key.ctrl && key.ch == 'u')
		return false;
	if (x->edit)
		return tui_prompt_key(x->edit, key) == TUI_PROMPT_TAKEN;
	if (text && key.ch == '?' && !*tui_prompt_text(x->filter))
		return false;
	if (!text && key.special != TUI_KEY_BACKSPACE)
		return false;
	x->error[0] = '\0';
	tui_prompt_key(x->filter, key);
	settle(x);
	return true;
}

static bool act_editing(struct tui *t, struct settings *x, enum as_action action)
{
	switch (action) {
	case AS_ACTION_ACCEPT:
	case AS_ACTION_ACTIVATE:
		end_edit(t, x, true);
		return true;
	case AS_ACTION_FIELD_NEXT:
	case AS_ACTION_FIELD_PREV:
		end_edit(t, x, true);
		if (!x->edit)
			step(x, action == AS_ACTION_FIELD_NEXT ? 1 : -1);
		return true;
	case AS_ACTION_RESET:
		tui_prompt_set(x->edit, tui_settings_row(x->at)->def);
		return true;
	default:
		end_edit(t, x, false);
		return true;
	}
}

static bool dismiss(struct settings *x)
{
	if (!*tui_prompt_text(x->filter) && !x->changed_only)
		return false;
	x->changed_only = false;
	tui_prompt_set(x->filter, "");
	return true;
}

static void toggle_changed(struct settings *x)
{
	x->changed_only = !x->changed_only;
	x->error[0] = '\0';
	settle(x);
}

/* What acts on the setting at the cursor. */
static bool changes(enum as_action action)
{
	switch (action) {
	case AS_ACTION_CHANGE:
	case AS_ACTION_RIGHT:
	case AS_ACTION_CHANGE_BACK:
	case AS_ACTION_LEFT:
	case AS_ACTION_RESET:
	case AS_ACTION_ACCEPT:
	case AS_ACTION_ACTIVATE:
		return true;
	default:
		return false;
	}
}

static bool act(void *state, struct tui *t, enum as_action action, const struct tui_call *call)
{
	struct settings *x = state;

	if (x->edit)
		return act_editing(t, x, action);
	if (!tui_settings_chosen(x) && changes(action))
		return true;
	if (tui_list_step(action, 10000, TUI_LIST_PAGE)) {
		x->error[0] = '\0';
		step(x, tui_list_step(action, 10000, TUI_LIST_PAGE));
		return true;
	}
	switch (action) {
	case AS_ACTION_CHANGE:
	case AS_ACTION_RIGHT:
	case AS_ACTION_CHANGE_BACK:
	case AS_ACTION_LEFT:
		step_value(t, x, action == AS_ACTION_CHANGE || action == AS_ACTION_RIGHT ? 1 : -1);
		return true;
	case AS_ACTION_RESET:
		take(t, x, tui_settings_row(x->at)->def);
		return true;
	case AS_ACTION_ACCEPT:
	case AS_ACTION_ACTIVATE:
		begin_edit(t, x);
		return true;
	case AS_ACTION_DISMISS:
		return dismiss(x);
	case AS_ACTION_CHANGED_ONLY:
		toggle_changed(x);
		return true;
	case AS_ACTION_WRITE_SETTINGS:
		tui_settings_write(t, x->opt);
		return true;
	case AS_ACTION_SAVE_PRESET:
		tui_settings_save_preset(t, x->opt, call->args);
		return true;
	case AS_ACTION_PRESETS:
		tui_open_presets(t);
		return true;
	default:
		return false;
	}
}

/* --- the dialog -------------------------------------------------------------------------------------------------- */

static const enum as_action hints[] = {AS_ACTION_ACCEPT, AS_ACTION_CHANGED_ONLY, AS_ACTION_PRESETS, AS_ACTION_WRITE_SETTINGS,
				       AS_ACTION_DISMISS, AS_ACTION_CHANGE, AS_ACTION_SAVE_PRESET, AS_ACTION_RESET, AS_ACTION_NONE};

static const struct tui_pane_ops ops = {.name = "settings",
					.title = "Settings",
					.place = AS_PLACE_SETTINGS,
					.close = close_settings,
					.news = news,
					.key = key,
					.action = act,
					.size = tui_settings_dialog_size,
					.fit = tui_settings_dialog_fit,
					.draw = tui_settings_dialog_draw,
					.note = tui_settings_dialog_note,
					.caret = tui_settings_dialog_caret,
					.deed = tui_settings_dialog_deed,
					.hints = hints};

void tui_open_settings(struct tui *t, const char *args)
{
	struct settings *x = calloc(1, sizeof *x);
	bool whole = x && (x->opt = as_options_copy(t->m.opt)) &&
		     (x->filter = tui_prompt_new(TUI_PROMPT_FIELD, "Find: ", args ? args : "", NULL, NULL));

	if (!whole && x) {
		close_settings(x);
		x = NULL;
	}
	if (x)
		settle(x);
	tui_open_dialog(t, &ops, x);
}
