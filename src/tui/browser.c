/* The file browser: folders and files, a path that completes, marks for several. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <audiosync/types.h>

#include "base/text.h"
#include "tui/browser_private.h"
#include "tui/commands.h"

#define ENTRIES_MAX 100000

/* --- a folder -------------------------------------------------------------------------------------------------- */

static void drop_entries(struct browser *b)
{
	for (int i = 0; i < b->n; i++)
		free(b->entry[i].name);
	free(b->entry);
	b->entry = NULL;
	b->n = b->n_marked = 0;
}

static int compare(const void *pa, const void *pb)
{
	const struct browser_entry *a = pa, *b = pb;

	if (a->folder != b->folder)
		return a->folder ? -1 : 1;
	return as_text_natural_cmp(a->name, b->name);
}

static bool is_known(const struct browser *b, const char *name)
{
	const char *dot = strrchr(name, '.');

	if (!b->what.extensions)
		return as_media_name_known(name);
	for (const char *const *e = b->what.extensions; dot && *e; e++)
		if (!strcasecmp(dot + 1, *e))
			return true;
	return false;
}

static bool has(const char *text, const char *part)
{
	size_t n = strlen(part);

	for (; *text; text++)
		if (!strncasecmp(text, part, n))
			return true;
	return n == 0;
}

/* What was typed behind the last slash. */
static const char *typed_name(const struct browser *b)
{
	const char *slash = strrchr(tui_browser_typed(b), '/');

	return slash ? slash + 1 : tui_browser_typed(b);
}

static void filter(struct browser *b)
{
	const char *part = typed_name(b);
	bool hidden = b->hidden || part[0] == '.';

	free(b->shown);
	b->shown = malloc((size_t)(b->n + 1) * sizeof *b->shown);
	b->n_shown = 0;
	for (int i = 0; b->shown && i < b->n; i++)
		if ((hidden || b->entry[i].name[0] != '.') && (b->all || b->entry[i].known) && has(b->entry[i].name, part))
			b->shown[b->n_shown++] = i;
	b->at = b->at >= b->n_shown ? b->n_shown - 1 : b->at;
	b->at = b->at < 0 ? 0 : b->at;
}

static void take_one(struct tui *t, struct browser *b, char *path);

static void stop_reading(struct browser *b)
{
	as_listing_close(b->reading);
	free(b->coming);
	free(b->select);
	b->reading = NULL;
	b->coming = b->select = NULL;
	b->follows = false;
}

static bool take_entries(struct browser *b)
{
	int n = as_listing_count(b->reading);
	struct browser_entry *v = calloc((size_t)n + 1, sizeof *v);

	if (!v)
		return false;
	drop_entries(b);
	b->entry = v;
	for (int i = 0; i < n; i++) {
		const struct as_listing_entry *e = as_listing_entry(b->reading, i);

		v[b->n] = (struct browser_entry){.name = strdup(e->name), .folder = e->folder, .bytes = e->bytes};
		v[b->n].known = e->folder || is_known(b, e->name);
		b->n += v[b->n].name != NULL;
	}
	b->cut = as_listing_cut(b->reading);
	if (b->n > 1)
		qsort(b->entry, (size_t)b->n, sizeof *b->entry, compare);
	return true;
}

/* What is typed from here on begins in the folder that is shown. */
static void settle(struct browser *b, const char *typed)
{
	char *base = strdup(b->folder), *text = strdup(typed);

	if (base && text) {
		free(b->base);
		b->base = base;
		tui_names_base(b->names, base);
		tui_prompt_set(b->path, text);
	} else {
		free(base);
	}
	free(text);
}

static void show_folder(struct browser *b)
{
	char *folder = strdup(b->coming);

	if (!folder)
		return;
	free(b->folder);
	b->folder = folder;
	b->at = b->top = 0;
	if (!b->follows)
		settle(b, "");
	filter(b);
	for (int i = 0; b->select && i < b->n_shown; i++)
		if (!strcmp(b->entry[b->shown[i]].name, b->select))
			b->at = i;
}

/* The folder that was read takes the place of the old one, which stays where it could not be. A file is chosen. */
static void take_folder(struct tui *t, struct browser *b)
{
	struct as_error err = {0};
	enum as_status status = as_listing_status(b->reading, &err);
	char *file = NULL;

	b->problem[0] = '\0';
	if (status == AS_ERR_FORMAT && !b->follows) {
		file = strdup(b->coming);
	} else if (status != AS_OK || !take_entries(b)) {
		snprintf(b->problem, sizeof b->problem, "%s", status != AS_OK ? err.msg : "out of memory");
	} else {
		show_folder(b);
	}
	stop_reading(b);
	t->dirty = true;
	if (file)
		take_one(t, b, file);
}

static void cut_slashes(char *folder)
{
	size_t n = folder ? strlen(folder) : 0;

	while (n > 1 && folder[n - 1] == '/')
		folder[--n] = '\0';
}

/* Reads a folder (taken over, heap): at once if that is quick, else it comes when it comes. select: heap, or NULL. */
static void begin_reading(struct tui *t, struct browser *b, char *folder, char *select, bool follows)
{
	struct as_error err = {0};

	cut_slashes(folder);
	stop_reading(b);
	b->follows = follows;
	b->coming = folder;
	b->select = select;
	b->reading = folder ? as_listing_folder(folder, ENTRIES_MAX, &err) : NULL;
	if (!b->reading) {
		snprintf(b->problem, sizeof b->problem, "%s", folder ? err.msg : "out of memory");
		stop_reading(b);
	} else if (as_listing_done(b->reading, b->patience_ms)) {
		take_folder(t, b);
	}
}

static void enter(struct tui *t, struct browser *b, char *folder, char *select)
{
	begin_reading(t, b, folder, select, false);
}

static char *parent_of(const char *folder)
{
	const char *slash = strrchr(folder, '/');

	return slash && slash > folder ? strndup(folder, (size_t)(slash - folder)) : strdup("/");
}

static char *join(const char *folder, const char *name)
{
	return as_path_join(strcmp(folder, "/") ? folder : "", name);
}

/* A path that was typed (heap). */
static char *typed_path(const struct browser *b, const char *typed)
{
	return typed[0] == '/' || typed[0] == '~' ? tui_path(typed) : join(b->base, typed);
}

/* The folder that the line names up to its last slash (heap). */
static char *typed_folder(const struct browser *b)
{
	const char *typed = tui_browser_typed(b);
	char *part = strndup(typed, (size_t)(typed_name(b) - typed));
	char *folder = part && *part ? typed_path(b, part) : part ? strdup(b->base) : NULL;

	free(part);
	cut_slashes(folder);
	return folder;
}

/* The list is that of the folder that is being typed. */
static void follow(struct tui *t, struct browser *b)
{
	char *folder = typed_folder(b);
	bool comes = folder && b->reading && !strcmp(folder, b->coming);

	if (folder && !comes && (b->reading || strcmp(folder, b->folder)))
		begin_reading(t, b, folder, NULL, true);
	else
		free(folder);
}

static void go_up(struct tui *t, struct browser *b)
{
	enter(t, b, parent_of(b->folder), strdup(as_path_base(b->folder)));
}

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
		if (b->entry[i].marked && (paths[n] = join(b->folder, b->entry[i].name)))
			n++;
	hand_over(t, b, paths, n);
}

static void take_one(struct tui *t, struct browser *b, char *path)
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
	enter(t, b, typed_path(b, tui_browser_typed(b)), NULL);
}

static void accept(struct tui *t, struct browser *b)
{
	struct browser_entry *e = current(b);

	if (strchr(tui_browser_typed(b), '/'))
		go_typed(t, b);
	else if (b->n_marked > 0)
		take_marked(t, b);
	else if (e && e->folder)
		enter(t, b, join(b->folder, e->name), NULL);
	else if (e)
		take_one(t, b, join(b->folder, e->name));
	else if (tui_browser_typed(b)[0])
		snprintf(b->problem, sizeof b->problem, "nothing here is called \"%s\"", tui_browser_typed(b));
}

/* What the line names, whole: the folder that is shown, or something in it. */
static void take_whole(struct tui *t, struct browser *b)
{
	const char *name = typed_name(b);
	char *folder = typed_folder(b);
	bool shown = folder && !strcmp(folder, b->folder);
	int i = 0;

	free(folder);
	/* It is not read, and that is said. */
	if (!shown)
		return;
	while (*name && i < b->n && strcmp(b->entry[i].name, name) != 0)
		i++;
	if (!*name)
		take_one(t, b, strdup(b->folder));
	else if (i < b->n)
		take_one(t, b, join(b->folder, name));
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
	if (tui_prompt_key(b->path, key) != TUI_PROMPT_TAKEN)
		return false;
	b->at = 0;
	follow(t, b);
	filter(b);
	return true;
}

static void move(struct browser *b, int by)
{
	/* Who moves about in the list has arrived there. */
	if (strcmp(b->folder, b->base) != 0)
		settle(b, typed_name(b));
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
		go_up(t, b);
		return true;
	case AS_ACTION_ENTER_FOLDER:
		if (e && e->folder)
			enter(t, b, join(b->folder, e->name), NULL);
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
		filter(b);
		return true;
	case AS_ACTION_FILE_KINDS:
		b->all = !b->all;
		filter(b);
		return true;
	case AS_ACTION_ACCEPT:
	case AS_ACTION_ACTIVATE:
		accept(t, b);
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

	stop_reading(b);
	tui_names_free(b->names);
	drop_entries(b);
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
			enter(t, b, strcmp(tries[i], ".") ? strdup(tries[i]) : tui_path(""), NULL);
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
		take_folder(t, b);
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
