/* The file browser: folders and files, a path that completes, marks for several. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "tui/browser_private.h"
#include "tui/commands.h"

/* --- choosing -------------------------------------------------------------------------------------------------- */

static struct browser_entry *current(struct browser *b)
{
	return b->n_shown > 0 ? &b->entry[b->shown[b->at]] : NULL;
}

/* Hands paths over; they are freed. */
static void hand_over(struct tui *t, struct browser *b, char **paths, int n)
{
	tui_take_files take = b->what.take;
	bool close;

	/* Closing first: what is chosen may open another dialog. */
	close = t->n_dialogs > 0 && t->dialogs[t->n_dialogs - 1].state == b;
	if (close && n > 0) {
		snprintf(t->browsed, sizeof t->browsed, "%s", b->folder);
		t->m.here.n = 0; /* it begins elsewhere from here on */
		tui_close_dialog(t);
		take(t, paths, n);
	}
	tui_words_free(paths, n);
}

static void take_marked(struct tui *t, struct browser *b)
{
	char **paths = calloc((size_t)b->n_marked + 1, sizeof *paths);
	int n = 0;

	for (int i = 0; paths && i < b->n; i++)
		if (b->entry[i].marked && (paths[n] = tui_browser_join(b->folder, b->entry[i].name)))
			n++;
	hand_over(t, b, paths, n);
}

void tui_browser_take_one(struct tui *t, struct browser *b, char *path)
{
	char **paths = calloc(2, sizeof *paths);

	if (paths && path) {
		paths[0] = path;
		hand_over(t, b, paths, 1);
	} else {
		free(paths);
		free(path);
	}
}

/* A path that was typed: a folder is entered, a file chosen. */
static void go_typed(struct tui *t, struct browser *b)
{
	tui_browser_enter(t, b, tui_browser_typed_path(b, tui_browser_typed(b)), NULL);
}

/* The list is not the one that is meant yet. */
static bool is_ahead(const struct browser *b)
{
	return b->reading && !b->follows && *tui_browser_typed_ahead(b);
}

void tui_browser_accept(struct tui *t, struct browser *b)
{
	struct browser_entry *e = current(b);

	if (is_ahead(b))
		b->accepts = true;
	else if (strchr(tui_browser_typed(b), '/'))
		go_typed(t, b);
	else if (b->n_marked > 0)
		take_marked(t, b);
	else if (e && e->folder)
		tui_browser_enter(t, b, tui_browser_join(b->folder, e->name), NULL);
	else if (e)
		tui_browser_take_one(t, b, tui_browser_join(b->folder, e->name));
	else if (tui_browser_typed(b)[0])
		snprintf(b->problem, sizeof b->problem, "nothing here is called \"%s\"", tui_browser_typed(b));
}

/* What the line names, whole: the folder that is shown, or something in it. */
static void take_whole(struct tui *t, struct browser *b)
{
	const char *name = tui_browser_typed_name(b);
	char *folder = tui_browser_typed_folder(b);
	bool shown = folder && !strcmp(folder, b->folder);
	int i = 0;

	free(folder);
	/* It is not read, and that is said. */
	if (!shown)
		return;
	while (*name && i < b->n && strcmp(b->entry[i].name, name) != 0)
		i++;
	if (!*name)
		tui_browser_take_one(t, b, strdup(b->folder));
	else if (i < b->n)
		tui_browser_take_one(t, b, tui_browser_join(b->folder, name));
	else
		snprintf(b->problem, sizeof b->problem, "nothing here is called \"%s\"; Ctrl-U empties the line", name);
}

static void mark(struct browser *b)
{
	struct browser_entry *e = current(b);

	if (!e || !b->what.several || (e->folder && !b->what.folders))
		return;
	e->marked = !e->marked;
	b->n_marked += e->marked ? 1 : -1;
	if (b->at < b->n_shown - 1)
		b->at++;
}

/* --- keys ------------------------------------------------------------------------------------------------------ */

static bool key(void *state, struct tui *t, struct tui_key key)
{
	struct browser *b = state;
	bool empty = tui_browser_typed(b)[0] == '\0';

	/* Without a text these move about in the list. */
	if (empty && (key.special == TUI_KEY_LEFT || key.special == TUI_KEY_RIGHT || key.special == TUI_KEY_BACKSPACE ||
		      key.special == TUI_KEY_HOME || key.special == TUI_KEY_END || key.special == TUI_KEY_SPACE))
		return false;
	if (key.ctrl && (key.ch == 'a' || key.ch == 'h' || key.ch == 'g' || key.ch == 'b' || key.ch == 'f'))
		return false;
	if (key.special == TUI_KEY_TAB && empty)
		return false;
	b->problem[0] = '\0';
	b->accepts = false;
	if (tui_prompt_key(b->path, key) != TUI_PROMPT_TAKEN)
		return false;
	b->at = 0;
	tui_browser_follow(t, b);
	tui_browser_filter(b);
	return true;
}

static void move(struct browser *b, int by)
{
	/* Who moves about in the list has arrived there. */
	if (strcmp(b->folder, b->base) != 0)
		tui_browser_settle(b, tui_browser_typed_name(b));
	b->at += by;
	b->at = b->at >= b->n_shown ? b->n_shown - 1 : b->at;
	b->at = b->at < 0 ? 0 : b->at;
}

static bool act(void *state, struct tui *t, enum as_action action, const struct tui_call *call)
{
	struct browser *b = state;
	struct browser_entry *e = current(b);

	(void)call;
	switch (action) {
	case AS_ACTION_FIELD_NEXT:
	case AS_ACTION_DOWN:
		move(b, 1);
		return true;
	case AS_ACTION_FIELD_PREV:
	case AS_ACTION_UP:
		move(b, -1);
		return true;
	case AS_ACTION_PAGE_DOWN:
		move(b, 12);
		return true;
	case AS_ACTION_PAGE_UP:
		move(b, -12);
		return true;
	case AS_ACTION_TOP:
		b->at = 0;
		return true;
	case AS_ACTION_BOTTOM:
		move(b, b->n_shown);
		return true;
	case AS_ACTION_PARENT:
		tui_browser_go_up(t, b);
		return true;
	case AS_ACTION_ENTER_FOLDER:
		if (e && e->folder)
			tui_browser_enter(t, b, tui_browser_join(b->folder, e->name), NULL);
		return true;
	case AS_ACTION_MARK_FILE:
		mark(b);
		return true;
	case AS_ACTION_ADD_FOLDER:
		if (b->what.folders)
			take_whole(t, b);
		return true;
	case AS_ACTION_HIDDEN:
		b->hidden = !b->hidden;
		tui_browser_filter(b);
		return true;
	case AS_ACTION_FILE_KINDS:
		b->all = !b->all;
		tui_browser_filter(b);
		return true;
	case AS_ACTION_ACCEPT:
	case AS_ACTION_ACTIVATE:
		tui_browser_accept(t, b);
		return true;
	case AS_ACTION_COMPLETE:
		return true;
	default:
		return false;
	}
}

static void close_browser(void *state)
{
	struct browser *b = state;

	tui_browser_stop_reading(b);
	tui_names_free(b->names);
	tui_browser_drop_entries(b);
	free(b->shown);
	free(b->folder);
	free(b->base);
	tui_prompt_free(b->path);
	free(b);
}

static const enum as_action file_hints[] = {AS_ACTION_ACCEPT, AS_ACTION_PARENT, AS_ACTION_COMPLETE, AS_ACTION_DISMISS, AS_ACTION_NONE};
static const enum as_action folder_hints[] = {AS_ACTION_ACCEPT,   AS_ACTION_MARK_FILE, AS_ACTION_ADD_FOLDER, AS_ACTION_PARENT,
					      AS_ACTION_COMPLETE, AS_ACTION_DISMISS,   AS_ACTION_NONE};

/* Its folder is being read, or was. */
static bool enter_first(struct tui *t, struct browser *b)
{
	const char *const tries[] = {b->what.start, t->browsed, ".", "/"};

	for (size_t i = 0; i < sizeof tries / sizeof *tries && !b->entry && !b->reading; i++)
		if (tries[i] && *tries[i])
			tui_browser_enter(t, b, strcmp(tries[i], ".") ? strdup(tries[i]) : tui_path(""), NULL);
	if (b->reading) {
		b->folder = strdup(b->coming);
		b->base = strdup(b->coming);
		tui_names_base(b->names, b->base);
	}
	return b->folder && b->base;
}

static int reading_fd(const void *state)
{
	const struct browser *b = state;

	return b->reading ? as_listing_fd(b->reading) : -1;
}

static void turn(void *state, struct tui *t)
{
	struct browser *b = state;

	if (b->reading && as_listing_done(b->reading, 0))
		tui_browser_take_folder(t, b);
}

void tui_open_browser(struct tui *t, const struct tui_browse *what)
{
	struct browser *b = calloc(1, sizeof *b);

	bool whole = b && (b->names = tui_names_new(tui_patience_ms(t), false)) &&
		     (b->path = tui_prompt_new(TUI_PROMPT_FIELD, "> ", "", tui_names_complete, b->names));

	if (!whole) {
		if (b)
			close_browser(b);
		tui_say(t, TUI_ERROR, "out of memory");
		return;
	}
	b->what = *what;
	b->patience_ms = tui_patience_ms(t);
	snprintf(b->title, sizeof b->title, "%s", what->title);
	b->ops = (struct tui_pane_ops){.name = "browser",
				       .title = b->title,
				       .place = AS_PLACE_BROWSER,
				       .close = close_browser,
				       .key = key,
				       .action = act,
				       .size = tui_browser_size,
				       .fit = tui_browser_fit,
				       .draw = tui_browser_draw,
				       .caret = tui_browser_caret,
				       .note = tui_browser_note,
				       .fd = reading_fd,
				       .turn = turn,
				       .hints = what->folders ? folder_hints : file_hints};
	if (!enter_first(t, b)) {
		tui_say(t, TUI_ERROR, "%s", b->problem);
		close_browser(b);
		return;
	}
	tui_open_dialog(t, &b->ops, b);
}
