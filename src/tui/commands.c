#include "tui/commands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/suggest.h"
#include "base/text.h"
#include "tui/adding.h"
#include "tui/projects.h"
#include "tui/recover.h"
#include "tui/start.h"
#include "tui/dialogs.h"
#include "tui/jobs.h"
#include "tui/live.h"

#define AGAIN_S 3.0 /* two presses of a key that are further apart were not meant together */

/* --- words ----------------------------------------------------------------------------------------------------- */

void tui_words_free(char **words, int n)
{
	for (int i = 0; words && i < n; i++)
		free(words[i]);
	free(words);
}

bool tui_take_word(const char **p, char *out)
{
	char quote = 0;

	for (; **p && (quote || (**p != ' ' && **p != '\t')); (*p)++) {
		if (quote && **p == quote)
			quote = 0;
		else if (!quote && (**p == '"' || **p == '\''))
			quote = **p;
		else if (**p == '\\' && quote != '\'' && (*p)[1])
			*out++ = *++*p;
		else
			*out++ = **p;
	}
	*out = '\0';
	return !quote;
}

char **tui_words(struct tui *t, const char *args, int *n)
{
	size_t bytes = strlen(args ? args : "") + 1;
	char **words = calloc(bytes / 2 + 2, sizeof *words);
	const char *p = args ? args : "";

	*n = 0;
	while (words && *(p += strspn(p, " \t"))) {
		char *word = malloc(bytes);

		if (!word)
			break;
		words[(*n)++] = word;
		if (!tui_take_word(&p, word)) {
			tui_say(t, TUI_ERROR, "a quote is not closed: %s", args);
			tui_words_free(words, *n);
			return NULL;
		}
	}
	return words;
}

char **tui_path_words(struct tui *t, const char *args, int *n)
{
	char **words = tui_words(t, args, n);

	for (int i = 0; words && i < *n; i++) {
		char *path = tui_path(words[i]);

		if (path) {
			free(words[i]);
			words[i] = path;
		}
	}
	return words;
}

char *tui_word(const char *text)
{
	char *out = malloc(2 * strlen(text) + 1), *p = out;

	for (; out && *text; *p++ = *text++)
		if (strchr(" \t\"'\\", *text))
			*p++ = '\\';
	if (out)
		*p = '\0';
	return out;
}

char *tui_path(const char *path)
{
	const char *home = getenv("HOME");
	char here[4096];

	if (path[0] == '~' && (path[1] == '/' || !path[1]) && home)
		return as_path_join(home, path[1] ? path + 2 : "");
	if (path[0] == '/' || !getcwd(here, sizeof here))
		return strdup(path);
	return as_path_join(here, path);
}

/* --- the `:` line ---------------------------------------------------------------------------------------------- */

/* The explanation has the keys; what belongs to a pane goes there. */
static void make_way(struct tui *t, enum as_action_place place)
{
	bool of_pane = place != AS_PLACE_GLOBAL && place != AS_PLACE_DIALOG && place != AS_PLACE_EXPLAIN;

	if (of_pane && t->n_dialogs && t->dialogs[t->n_dialogs - 1].ops->place == AS_PLACE_EXPLAIN)
		tui_close_dialog(t);
}

void tui_run_line(struct tui *t, const char *line)
{
	struct as_suggest near = {0};
	char name[64];
	size_t n, len;
	const struct as_action_row *rows = as_actions(&n), *row;

	line += strspn(line, " \t:");
	len = strcspn(line, " \t");
	if (len == 0)
		return;
	snprintf(name, sizeof name, "%.*s", (int)(len < sizeof name ? len : sizeof name - 1), line);
	row = as_action_find(name);
	if (row) {
		line += len;
		line += strspn(line, " \t");
		make_way(t, row->place);
		if (*line && !*row->args)
			tui_say(t, TUI_WARNING, "%s takes nothing more: \"%s\"", row->name, line);
		else
			tui_do(t, row->id, &(struct tui_call){.args = *line ? line : NULL});
		return;
	}
	near.word = name;
	for (size_t i = 0; i < n; i++)
		as_suggest_offer(&near, rows[i].name);
	/* "resolve": what it has to do with that stands in the help. */
	if (!near.best && strlen(name) > 2 && tui_help_has(t, name)) {
		tui_open_help(t, name);
		return;
	}
	tui_say(t, TUI_ERROR, "no command is called \"%s\"%s%s%s", name, near.best ? "; did you mean " : "", near.best ? near.best : "",
		near.best ? "?" : "");
}

/* --- the rest -------------------------------------------------------------------------------------------------- */

static void sync_all(struct tui *t)
{
	struct as_error err = {0};

	if (t->m.snap->n_clips == 0 && !tui_adding_runs(t)) {
		tui_say(t, TUI_WARNING, "there is nothing to sync yet: {add} adds recordings");
		return;
	}
	if (tui_jobs_run(t))
		tui_jobs_when_idle(t, AS_ACTION_SYNC, NULL);
	else if (tui_try(t, as_session_analyze(t->m.session, &err), &err))
		tui_look(t);
}

static void explain(struct tui *t, const char *args)
{
	if (args) {
		tui_do(t, AS_ACTION_FIND, &(struct tui_call){.args = args});
		args = NULL;
	}
	if (t->m.clip < 0)
		tui_say(t, TUI_WARNING, "which clip? go to one first");
	else
		tui_open_explain(t, t->m.clip);
}

/* From another pane: the table comes to the front. */
static void of_table(struct tui *t, enum as_action action, const struct tui_call *call)
{
	if (t->m.focus == TUI_PANE_TABLE || t->n_dialogs)
		return;
	tui_do(t, AS_ACTION_PANE_3, NULL);
	tui_do(t, action, call);
}

static void cancel(struct tui *t)
{
	as_session_cancel(t->m.session);
	tui_adding_stop(t);
	tui_jobs_forget(t);
	tui_say(t, TUI_WARNING, t->m.snap->busy ? "stopping …" : "stopped");
}

/* What is not begun yet ends at once. */
static bool stop_waiting(struct tui *t)
{
	if (tui_projects_run(t))
		tui_projects_stop(t);
	else if (tui_start_looks(t))
		tui_start_give_up(t);
	else if (!t->m.snap->busy && tui_adding_runs(t))
		cancel(t);
	else if (!t->m.snap->busy && tui_recover_looks(t)) {
		tui_recover_stop(t);
		tui_say(t, TUI_WARNING, "stopped: what earlier sessions have left is not looked for; :recover does");
	} else
		return false;
	return true;
}

/* The key that closes dialogs is pressed once too often sooner or later: long work does not end by that. */
static void escape(struct tui *t)
{
	char keys[32];

	if (stop_waiting(t))
		return;
	if (t->m.snap->busy && t->escape_n == t->n_keys - 1 && t->m.now_s - t->escape_s < AGAIN_S) {
		cancel(t);
	} else if (t->m.snap->busy) {
		t->escape_n = t->n_keys;
		t->escape_s = t->m.now_s;
		tui_keymap_keys(t->keymap, AS_ACTION_ESCAPE, 1, keys, sizeof keys);
		tui_hint(t, TUI_WARNING, "%s again stops what is running", *keys ? keys : ":escape");
	} else {
		tui_unmark_all(t);
	}
}

void tui_command(struct tui *t, enum as_action action, const struct tui_call *call)
{
	switch (action) {
	case AS_ACTION_SYNC:
		sync_all(t);
		return;
	case AS_ACTION_EXPORT:
		tui_open_export(t, call->args);
		return;
	case AS_ACTION_TIMELINE:
		tui_open_timeline(t, call->args);
		return;
	case AS_ACTION_DRIFT:
		tui_open_drift(t, call->args);
		return;
	case AS_ACTION_SETTINGS:
	case AS_ACTION_PRESET:
	case AS_ACTION_SET:
	case AS_ACTION_PRESETS:
	case AS_ACTION_WRITE_SETTINGS:
	case AS_ACTION_SAVE_PRESET:
		tui_do_settings(t, action, call->args);
		return;
	case AS_ACTION_EXPLAIN:
	case AS_ACTION_ACTIVATE:
		explain(t, action == AS_ACTION_EXPLAIN ? call->args : NULL);
		return;
	case AS_ACTION_SORT:
	case AS_ACTION_SORT_REVERSE:
	case AS_ACTION_FILTER:
		of_table(t, action, call);
		return;
	case AS_ACTION_ESCAPE:
		escape(t);
		return;
	case AS_ACTION_CANCEL:
		if (stop_waiting(t))
			return;
		if (t->m.snap->busy)
			cancel(t);
		else
			tui_say(t, TUI_QUIET, "nothing is running");
		return;
	default:
		break;
	}
	if (tui_do_files(t, action, call) || tui_do_view(t, action, call) || tui_do_tracks(t, action, call) ||
	    tui_do_audition(t, action, call) || tui_do_live(t, action, call))
		return;
	if (!as_action_row(action))
		return;
	if (as_action_row(action)->place != AS_PLACE_GLOBAL)
		tui_say(t, TUI_QUIET, "%s belongs to another pane: %s", as_action_row(action)->name,
			as_action_place_name(as_action_row(action)->place));
	else
		tui_say(t, TUI_ERROR, "%s: nothing here does that", as_action_row(action)->name);
}
