/* What Tab finds behind a command: each takes its own kind of words. */
#include <stdio.h>
#include <string.h>

#include "tui/complete_private.h"
#include "tui/style.h"
#include "tui/table_rows.h"

static void offer_text(struct look *l)
{
	(void)l;
}

static void offer_now(struct look *l)
{
	tui_complete_offer(l, l->line + l->args, "now", "");
}

static void offer_track(struct look *l)
{
	const struct as_snapshot *s = l->t->m.snap;

	for (int i = 0; i < s->n_tracks; i++)
		tui_complete_offer(l, l->line + l->args, s->tracks[i].name, "");
}

static void offer_clip(struct look *l)
{
	const struct as_snapshot *s = l->t->m.snap;

	for (int i = 0; i < s->n_clips; i++)
		tui_complete_offer(l, l->line + l->args, s->clips[i].name, "");
}

static void offer_column(struct look *l)
{
	for (int i = 0; i < TUI_COLS; i++)
		tui_complete_offer(l, l->line + l->args, tui_column_row((enum tui_column)i)->word, "");
}

static void offer_filter(struct look *l)
{
	for (int i = 0; i < TUI_FILTERS; i++)
		tui_complete_offer(l, l->line + l->args, tui_filter_word((enum tui_filter)i), "");
}

static void offer_theme(struct look *l)
{
	const char *part = l->line + l->args, *name;

	for (size_t i = 0; (name = tui_theme_name(i)); i++)
		tui_complete_offer(l, part, name, "");
	tui_complete_files(l, part, l->t->setup->theme_dirs);
}

static void offer_preset(struct look *l)
{
	const char *part = l->line + l->args;
	size_t n;
	const struct as_preset *built_in = as_presets(&n);

	for (size_t i = 0; i < n; i++)
		tui_complete_offer(l, part, built_in[i].name, "");
	tui_complete_files(l, part, l->t->setup->preset_dirs);
}

static void offer_keys(struct look *l, const char *behind)
{
	size_t n;
	const struct as_option_row *rows = as_option_rows(&n);

	for (size_t i = 0; i < n; i++)
		tui_complete_offer(l, l->line + l->args, rows[i].key, behind);
}

static void offer_key(struct look *l)
{
	offer_keys(l, "");
}

/* KEY=VALUE */
static void offer_setting(struct look *l)
{
	const char *args = l->line + l->args, *is = strchr(args, '=');
	const struct as_option_row *row;
	char key[128];

	if (!is) {
		offer_keys(l, "=");
		return;
	}
	snprintf(key, sizeof key, "%.*s", (int)(is - args), args);
	l->c->from = (size_t)(is + 1 - l->line);
	row = as_option_find(key);
	if (row && row->type == AS_OPTION_PATH)
		tui_complete_paths(l, is + 1, l->c->from, false, false);
	else if (row)
		tui_complete_values(l, row, is + 1);
}

static void offer_file(struct look *l)
{
	tui_complete_paths(l, l->line + l->args, l->args, false, false);
}

static void offer_folder(struct look *l)
{
	tui_complete_paths(l, l->line + l->args, l->args, true, false);
}

/* Of commands that take several, or options besides. */
static void offer_file_word(struct look *l)
{
	tui_complete_paths(l, l->part, l->word, false, true);
}

static void offer_folder_word(struct look *l)
{
	tui_complete_paths(l, l->part, l->word, true, true);
}

/* --- all of them ----------------------------------------------------------------------------------------------- */

static const struct {
	enum as_action action;
	void (*offer)(struct look *l);
} takes[] = {
	{AS_ACTION_ADD, offer_file_word},		{AS_ACTION_EXPORT, tui_complete_export},  {AS_ACTION_TIMELINE, tui_complete_timeline},
	{AS_ACTION_DRIFT, tui_complete_drift},		{AS_ACTION_LIVE, offer_file_word},	   {AS_ACTION_SETTINGS, offer_key},
	{AS_ACTION_PRESET, offer_preset},	{AS_ACTION_SET, offer_setting},	   {AS_ACTION_NEW, offer_now},
	{AS_ACTION_OPEN, offer_file},		{AS_ACTION_SAVE, offer_file_word},	   {AS_ACTION_SAVE_AS, offer_file_word},
	{AS_ACTION_RELINK, offer_folder_word},	{AS_ACTION_DEMO, offer_folder},	   {AS_ACTION_QUIT, offer_now},
	{AS_ACTION_HELP, offer_text},		{AS_ACTION_FIND, offer_clip},	   {AS_ACTION_THEME, offer_theme},
	{AS_ACTION_NUDGE, offer_text},		{AS_ACTION_PLACE, offer_text},	   {AS_ACTION_UNDO, offer_now},
	{AS_ACTION_AUDITION_WRITE, offer_file_word}, {AS_ACTION_EXPLAIN, offer_clip},   {AS_ACTION_TAKE, offer_text},
	{AS_ACTION_REFERENCE, offer_track},	{AS_ACTION_ADD_TRACK, offer_text}, {AS_ACTION_MOVE, offer_track},
	{AS_ACTION_RENAME, offer_track},	{AS_ACTION_GOTO, offer_text},	   {AS_ACTION_SORT, offer_column},
	{AS_ACTION_FILTER, offer_filter},	{AS_ACTION_CALIBRATE, offer_text}, {AS_ACTION_SAVE_PRESET, offer_preset},
};

static int find_taken(enum as_action action)
{
	for (size_t i = 0; i < sizeof takes / sizeof *takes; i++)
		if (takes[i].action == action)
			return (int)i;
	return -1;
}

bool tui_complete_knows(enum as_action action)
{
	return find_taken(action) >= 0;
}

void tui_complete_args(struct look *l, enum as_action action)
{
	int kind = find_taken(action);

	if (kind >= 0)
		takes[kind].offer(l);
}

bool tui_complete_hint(const struct tui *t, const char *line, char *out, size_t n)
{
	static const char set[] = "set ";
	char key[128], allowed[160];
	const struct as_option_row *row;

	if (strncmp(line, set, sizeof set - 1) != 0)
		return false;
	line += sizeof set - 1 + strspn(line + sizeof set - 1, " ");
	snprintf(key, sizeof key, "%.*s", (int)strcspn(line, "= "), line);
	row = line[strlen(key)] ? as_option_find(key) : NULL;
	if (!row)
		return false;
	as_option_allowed(row, allowed, sizeof allowed);
	snprintf(out, n, "now %s; %s", as_options_value(t->m.opt, key), *allowed ? allowed : row->help);
	return true;
}
