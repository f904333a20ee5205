#include "tui/complete.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "tui/commands.h"
#include "tui/form_private.h"
#include "tui/names.h"
#include "tui/style.h"
#include "tui/table_rows.h"

#define FOUND_MAX 64

struct tui_completing {
	struct tui_names *names[2]; /* all, and folders alone */
	char *found[FOUND_MAX];     /* what may stand in place of the line from … to the cursor */
	int n;
	size_t from;
};

/* What a completion is looked for in. */
struct look {
	struct tui *t;
	struct tui_completing *c;
	const char *line;   /* terminated at the cursor */
	size_t args;        /* where in it the command's arguments begin */
	size_t word;        /* where the word at the cursor does */
	char *part;         /* that word without quotes, as far as the cursor: heap */
	char *before;       /* the word before it, likewise; NULL: there is none */
};

/* --- what was found -------------------------------------------------------------------------------------------- */

static void forget(struct tui_completing *c)
{
	for (int i = 0; i < c->n; i++)
		free(c->found[i]);
	c->n = 0;
}

static void add(struct look *l, const char *text)
{
	char *copy = l->c->n < FOUND_MAX ? strdup(text) : NULL;

	if (copy)
		l->c->found[l->c->n++] = copy;
}

/* Where it begins like part. */
static void offer(struct look *l, const char *part, const char *text, const char *behind)
{
	char *whole;

	if (strncasecmp(text, part, strlen(part)) != 0 || !(whole = malloc(strlen(text) + strlen(behind) + 1)))
		return;
	sprintf(whole, "%s%s", text, behind);
	add(l, whole);
	free(whole);
}

static void offer_choices(struct look *l, const char *part, const char *choices)
{
	char word[FORM_WORD_BYTES];

	for (int i = 0, n = tui_choice_count(choices); i < n; i++)
		offer(l, part, tui_choice_at(choices, i, word, sizeof word), "");
}

/* --- names of files -------------------------------------------------------------------------------------------- */

static struct tui_names *names_of(struct look *l, bool folders)
{
	struct tui_names **n = &l->c->names[folders];

	if (!*n)
		*n = tui_names_new(tui_patience_ms(l->t), folders);
	return *n;
}

/* Of a word: with what needs it escaped, in place of the whole word where that has quotes. */
static void offer_paths(struct look *l, const char *part, size_t from, bool folders, bool words)
{
	struct tui_names *names = names_of(l, folders);
	const char *slash = strrchr(l->line + from, '/');
	bool whole = words && strpbrk(l->line + from, "'\"");
	size_t at = 0;
	char *name;

	l->c->from = !whole && slash ? (size_t)(slash - l->line) + 1 : from;
	for (int i = 0; names && (name = tui_names_complete(names, part, strlen(part), i, &at)); i++) {
		char *path = malloc(at + strlen(name) + 1), *out = NULL;

		if (path) {
			sprintf(path, "%.*s%s", whole ? (int)at : 0, part, name);
			out = words ? tui_word(path) : strdup(path);
		}
		if (out)
			add(l, out);
		free(out);
		free(path);
		free(name);
	}
}

/* NAME.ini in these folders. */
static void offer_files(struct look *l, const char *part, const char *const *dirs)
{
	for (; dirs && *dirs; dirs++) {
		char *path = strchr(part, '/') ? NULL : as_path_join(*dirs, part), *name;
		struct tui_names *names = names_of(l, false);
		size_t at;

		for (int i = 0; path && names && (name = tui_names_complete(names, path, strlen(path), i, &at)); i++) {
			size_t n = strlen(name);

			if (n > 4 && !strcmp(name + n - 4, ".ini")) {
				name[n - 4] = '\0';
				add(l, name);
			}
			free(name);
		}
		free(path);
	}
}

/* --- kinds of arguments ---------------------------------------------------------------------------------------- */

static void offer_text(struct look *l)
{
	(void)l;
}

static void offer_now(struct look *l)
{
	offer(l, l->line + l->args, "now", "");
}

static void offer_track(struct look *l)
{
	const struct as_snapshot *s = l->t->m.snap;

	for (int i = 0; i < s->n_tracks; i++)
		offer(l, l->line + l->args, s->tracks[i].name, "");
}

static void offer_clip(struct look *l)
{
	const struct as_snapshot *s = l->t->m.snap;

	for (int i = 0; i < s->n_clips; i++)
		offer(l, l->line + l->args, s->clips[i].name, "");
}

static void offer_column(struct look *l)
{
	for (int i = 0; i < TUI_COLS; i++)
		offer(l, l->line + l->args, tui_column_row((enum tui_column)i)->word, "");
}

static void offer_filter(struct look *l)
{
	for (int i = 0; i < TUI_FILTERS; i++)
		offer(l, l->line + l->args, tui_filter_word((enum tui_filter)i), "");
}

static void offer_theme(struct look *l)
{
	const char *part = l->line + l->args, *name;

	for (size_t i = 0; (name = tui_theme_name(i)); i++)
		offer(l, part, name, "");
	offer_files(l, part, l->t->setup->theme_dirs);
}

static void offer_preset(struct look *l)
{
	const char *part = l->line + l->args;
	size_t n;
	const struct as_preset *built_in = as_presets(&n);

	for (size_t i = 0; i < n; i++)
		offer(l, part, built_in[i].name, "");
	offer_files(l, part, l->t->setup->preset_dirs);
}

static void offer_keys(struct look *l, const char *behind)
{
	size_t n;
	const struct as_option_row *rows = as_option_rows(&n);

	for (size_t i = 0; i < n; i++)
		offer(l, l->line + l->args, rows[i].key, behind);
}

static void offer_key(struct look *l)
{
	offer_keys(l, "");
}

/* What a setting may be, as far as there are words for it. */
static void offer_values(struct look *l, const struct as_option_row *row, const char *part)
{
	const char *usual = tui_form_usual_values(row);

	if (row->type == AS_OPTION_BOOL)
		offer_choices(l, part, "yes|no");
	else if (row->choices || usual)
		offer_choices(l, part, row->choices ? row->choices : usual);
	else if (*row->def)
		offer(l, part, row->def, "");
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
		offer_paths(l, is + 1, l->c->from, false, false);
	else if (row)
		offer_values(l, row, is + 1);
}

static void offer_file(struct look *l)
{
	offer_paths(l, l->line + l->args, l->args, false, false);
}

static void offer_folder(struct look *l)
{
	offer_paths(l, l->line + l->args, l->args, true, false);
}

/* Of commands that take several, or options besides. */
static void offer_file_word(struct look *l)
{
	offer_paths(l, l->part, l->word, false, true);
}

static void offer_folder_word(struct look *l)
{
	offer_paths(l, l->part, l->word, true, true);
}

/* --- flags ----------------------------------------------------------------------------------------------------- */

static bool is_switch(const struct tui_field *is)
{
	return is->input == TUI_INPUT_SWITCH || (is->row && is->row->type == AS_OPTION_BOOL);
}

/* "--format", "-o"; NULL: no such flag. */
static const struct tui_field *field_of(const struct tui_form *f, const char *word)
{
	for (int i = 0; i < tui_form_count(f); i++) {
		const struct tui_field *is = tui_form_field(f, i);

		if (is->flag && word[0] == '-' &&
		    ((word[1] == '-' && !strcmp(word + 2, is->flag)) || (is->letter && word[1] == is->letter && !word[2])))
			return is;
	}
	return NULL;
}

/* What a flag takes. */
static void offer_flag_values(struct look *l, const struct tui_field *is)
{
	char *text, *word;
	size_t at;

	l->c->from = l->word;
	if (is->input == TUI_INPUT_PATH)
		offer_paths(l, l->part, l->word, is->folders, true);
	else if (is->input == TUI_INPUT_CHOICE || is->choices)
		offer_choices(l, l->part, is->choices);
	else if (is->row && !is->complete)
		offer_values(l, is->row, l->part);
	else if (!is->complete && is->input == TUI_INPUT_TEXT)
		offer_paths(l, l->part, l->word, false, true); /* "--otio FILE" */
	for (int i = 0; is->complete && (text = is->complete(is->ctx, l->part, strlen(l->part), i, &at)); i++) {
		/* The part before stays as it was typed. */
		word = at == 0 ? tui_word(text) : strdup(text);
		l->c->from = at == 0 ? l->word : strlen(l->line) - (strlen(l->part) - at);
		if (word)
			add(l, word);
		free(word);
		free(text);
	}
}

static void take_flags(const struct tui_form *f, void *ctx)
{
	struct look *l = ctx;
	char *value = !strncmp(l->part, "--", 2) ? strchr(l->part, '=') : NULL, flag[80];
	const struct tui_field *is = l->before ? field_of(f, l->before) : NULL;

	l->c->from = l->word;
	if (value) {
		*value++ = '\0';
		is = field_of(f, l->part);
		l->word += (size_t)(value - l->part);
		memmove(l->part, value, strlen(value) + 1);
		if (is)
			offer_flag_values(l, is);
		return;
	}
	if (is && !is_switch(is)) {
		offer_flag_values(l, is);
		return;
	}
	if (l->part[0] != '-') {
		offer_paths(l, l->part, l->word, false, true);
		return;
	}
	for (int i = 0; i < tui_form_count(f); i++) {
		is = tui_form_field(f, i);
		snprintf(flag, sizeof flag, "--%s", is->flag ? is->flag : "");
		if (is->flag)
			offer(l, l->part, flag, is_switch(is) ? "" : " ");
	}
}

static void offer_export(struct look *l)
{
	tui_export_flags(l->t, take_flags, l);
}

static void offer_timeline(struct look *l)
{
	tui_timeline_flags(l->t, take_flags, l);
}

static void offer_drift(struct look *l)
{
	tui_drift_flags(l->t, take_flags, l);
}

/* --- all of them ----------------------------------------------------------------------------------------------- */

static const struct {
	enum as_action action;
	void (*offer)(struct look *l);
} takes[] = {
	{AS_ACTION_ADD, offer_file_word},		{AS_ACTION_EXPORT, offer_export},  {AS_ACTION_TIMELINE, offer_timeline},
	{AS_ACTION_DRIFT, offer_drift},		{AS_ACTION_LIVE, offer_file_word},	   {AS_ACTION_SETTINGS, offer_key},
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

static void offer_commands(struct look *l, size_t start)
{
	size_t n;
	const struct as_action_row *rows = as_actions(&n);

	l->c->from = start;
	for (size_t i = 0; i < n; i++)
		if (!strncmp(rows[i].name, l->line + start, strlen(l->line + start)))
			offer(l, "", rows[i].name, *rows[i].args ? " " : "");
}

/* Finds the word at the cursor, and the one before it. False: out of memory. */
static bool split(struct look *l)
{
	const char *p = l->line + l->args;

	for (;;) {
		char *word = malloc(strlen(p) + 1);

		free(l->before);
		l->before = l->part;
		l->part = word;
		l->word = (size_t)(p - l->line);
		if (!word)
			return false;
		tui_take_word(&p, word);
		if (!*p)
			return true;
		p += strspn(p, " \t");
	}
}

static void find_all(struct tui *t, const char *line, size_t n)
{
	char *own = strndup(line, n);
	struct look l = {.t = t, .c = t->completing, .line = own};
	size_t start = own ? strspn(own, " \t:") : 0, len = own ? strcspn(own + start, " \t") : 0;
	char name[64];
	int kind;

	if (own && !own[start + len]) {
		offer_commands(&l, start);
	} else if (own && len < sizeof name) {
		snprintf(name, sizeof name, "%.*s", (int)len, own + start);
		l.args = start + len + strspn(own + start + len, " \t");
		l.c->from = l.args;
		kind = as_action_find(name) ? find_taken(as_action_find(name)->id) : -1;
		if (kind >= 0 && split(&l)) {
			takes[kind].offer(&l);
		}
	}
	free(l.part);
	free(l.before);
	free(own);
}

char *tui_complete_line(void *ctx, const char *line, size_t n, int i, size_t *from)
{
	struct tui *t = ctx;

	if (!t->completing)
		t->completing = calloc(1, sizeof *t->completing);
	if (!t->completing)
		return NULL;
	if (i == 0) {
		forget(t->completing);
		find_all(t, line, n);
	}
	*from = t->completing->from;
	return i < t->completing->n ? strdup(t->completing->found[i]) : NULL;
}

void tui_complete_done(struct tui *t)
{
	if (!t->completing)
		return;
	forget(t->completing);
	for (int i = 0; i < 2; i++)
		tui_names_free(t->completing->names[i]);
	free(t->completing);
	t->completing = NULL;
}
