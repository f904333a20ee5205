/* The file browser: folders and files, a path that completes, marks for several. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include <audiosync/types.h>

#include "base/text.h"
#include "tui/commands.h"
#include "tui/dialogs.h"

#define ENTRIES_MAX 100000
#define TITLE_BYTES 64

struct entry {
	char *name;
	bool folder, known; /* known: of a kind that is looked for */
	int64_t bytes;
	bool marked;
};

struct browser {
	char title[TITLE_BYTES];
	struct tui_browse what;
	char *folder; /* absolute, without a slash at its end but for the root */
	struct tui_prompt *path; /* what is typed: narrows the list, or leads elsewhere */
	struct entry *entry;
	int n, n_marked;
	bool cut;     /* there are more than ENTRIES_MAX */
	int *shown;   /* entries that pass the filter, by index */
	int n_shown, at, top;
	bool hidden, all;
	char problem[256];
	struct tui_pane_ops ops;
};

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
	const struct entry *a = pa, *b = pb;

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

static bool add_entry(struct browser *b, int *cap, int dir, const char *name)
{
	struct stat st;
	struct entry *more;

	if (!strcmp(name, ".") || !strcmp(name, "..") || fstatat(dir, name, &st, 0) != 0)
		return true;
	/* Devices, pipes and sockets are no recordings. */
	if (!S_ISDIR(st.st_mode) && !S_ISREG(st.st_mode))
		return true;
	if (b->n == *cap) {
		*cap = *cap ? *cap * 2 : 256;
		more = realloc(b->entry, (size_t)*cap * sizeof *more);
		if (!more)
			return false;
		b->entry = more;
	}
	b->entry[b->n] = (struct entry){.name = strdup(name), .folder = S_ISDIR(st.st_mode), .bytes = (int64_t)st.st_size};
	if (!b->entry[b->n].name)
		return false;
	b->entry[b->n].known = b->entry[b->n].folder || is_known(b, name);
	b->n++;
	return true;
}

/* The word in the prompt behind its last slash, or all of it. */
static const char *typed(const struct browser *b)
{
	return tui_prompt_text(b->path);
}

static bool has(const char *text, const char *part)
{
	size_t n = strlen(part);

	for (; *text; text++)
		if (!strncasecmp(text, part, n))
			return true;
	return n == 0;
}

static void filter(struct browser *b)
{
	const char *part = strchr(typed(b), '/') ? "" : typed(b);
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

/* Takes folder over. The old one stays where the new one cannot be read. */
static bool enter(struct browser *b, char *folder)
{
	size_t n = folder ? strlen(folder) : 0;
	DIR *dir = folder ? opendir(folder) : NULL;
	struct dirent *d;
	int cap = 0;

	while (n > 1 && folder[n - 1] == '/')
		folder[--n] = '\0';
	if (!dir) {
		snprintf(b->problem, sizeof b->problem, "%s: %s", folder ? folder : "", strerror(errno));
		free(folder);
		return false;
	}
	b->problem[0] = '\0';
	drop_entries(b);
	b->cut = false;
	while ((d = readdir(dir))) {
		if (b->n >= ENTRIES_MAX)
			b->cut = true;
		if (b->cut || !add_entry(b, &cap, dirfd(dir), d->d_name))
			break;
	}
	closedir(dir);
	if (b->n > 1)
		qsort(b->entry, (size_t)b->n, sizeof *b->entry, compare);
	free(b->folder);
	b->folder = folder;
	b->at = b->top = 0;
	tui_prompt_set(b->path, "");
	filter(b);
	return true;
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

static void go_up(struct browser *b)
{
	char *from = strdup(as_path_base(b->folder));

	if (enter(b, parent_of(b->folder)))
		for (int i = 0; from && i < b->n_shown; i++)
			if (!strcmp(b->entry[b->shown[i]].name, from))
				b->at = i;
	free(from);
}

/* --- choosing -------------------------------------------------------------------------------------------------- */

static struct entry *current(struct browser *b)
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
	char *full = typed(b)[0] == '/' || typed(b)[0] == '~' ? tui_path(typed(b)) : join(b->folder, typed(b));
	size_t n = full ? strlen(full) : 0;
	struct stat st;

	while (n > 1 && full[n - 1] == '/')
		full[--n] = '\0';
	if (!full || stat(full, &st) != 0) {
		snprintf(b->problem, sizeof b->problem, "%s: %s", typed(b), strerror(errno));
		free(full);
	} else if (S_ISDIR(st.st_mode)) {
		enter(b, full);
	} else {
		take_one(t, b, full);
	}
}

static void accept(struct tui *t, struct browser *b)
{
	struct entry *e = current(b);

	if (strchr(typed(b), '/'))
		go_typed(t, b);
	else if (b->n_marked > 0)
		take_marked(t, b);
	else if (e && e->folder)
		enter(b, join(b->folder, e->name));
	else if (e)
		take_one(t, b, join(b->folder, e->name));
	else if (typed(b)[0])
		snprintf(b->problem, sizeof b->problem, "nothing here is called \"%s\"", typed(b));
}

static void mark(struct browser *b)
{
	struct entry *e = current(b);

	if (!e || !b->what.several || (e->folder && !b->what.folders))
		return;
	e->marked = !e->marked;
	b->n_marked += e->marked ? 1 : -1;
	if (b->at < b->n_shown - 1)
		b->at++;
}

/* --- the typed path -------------------------------------------------------------------------------------------- */

/* The i-th name in the folder that the text leads to which goes on as the text does; folders with a slash. */
static char *complete(void *ctx, const char *line, size_t n, int i, size_t *from)
{
	struct browser *b = ctx;
	char *text = strndup(line, n), *dir, *found = NULL;
	const char *slash = text ? strrchr(text, '/') : NULL, *part = slash ? slash + 1 : text;
	struct browser look = {.what = b->what, .all = true};
	int cap = 0;
	DIR *d;

	if (!text)
		return NULL;
	*from = (size_t)(part - text);
	dir = slash ? strndup(text, (size_t)(slash - text) + 1) : strdup("");
	if (dir && dir[0] != '/' && dir[0] != '~') {
		char *inside = join(b->folder, dir);

		free(dir);
		dir = inside;
	} else if (dir) {
		char *full = tui_path(dir);

		free(dir);
		dir = full;
	}
	d = dir ? opendir(dir) : NULL;
	for (struct dirent *e; d && (e = readdir(d));)
		if (!strncasecmp(e->d_name, part, strlen(part)) && (e->d_name[0] != '.' || part[0] == '.') && look.n < 2000 &&
		    !add_entry(&look, &cap, dirfd(d), e->d_name))
			break;
	if (d)
		closedir(d);
	if (look.n > 1)
		qsort(look.entry, (size_t)look.n, sizeof *look.entry, compare);
	if (i < look.n) {
		size_t bytes = strlen(look.entry[i].name) + 2;

		found = malloc(bytes);
		if (found)
			snprintf(found, bytes, "%s%s", look.entry[i].name, look.entry[i].folder ? "/" : "");
	}
	drop_entries(&look);
	free(dir);
	free(text);
	return found;
}

static bool key(void *state, struct tui *t, struct tui_key key)
{
	struct browser *b = state;
	bool empty = typed(b)[0] == '\0';

	(void)t;
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
	filter(b);
	return true;
}

static void move(struct browser *b, int by)
{
	b->at += by;
	b->at = b->at >= b->n_shown ? b->n_shown - 1 : b->at;
	b->at = b->at < 0 ? 0 : b->at;
}

static bool act(void *state, struct tui *t, enum as_action action, const struct tui_call *call)
{
	struct browser *b = state;
	struct entry *e = current(b);

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
		go_up(b);
		return true;
	case AS_ACTION_ENTER_FOLDER:
		if (e && e->folder)
			enter(b, join(b->folder, e->name));
		return true;
	case AS_ACTION_MARK_FILE:
		mark(b);
		return true;
	case AS_ACTION_ADD_FOLDER:
		if (b->what.folders)
			take_one(t, b, strdup(b->folder));
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

/* --- drawing --------------------------------------------------------------------------------------------------- */

static void size(const void *state, const struct tui_model *m, int *rows, int *cols)
{
	(void)state;
	(void)m;
	*cols = *cols > 96 ? 96 : *cols;
	*rows = *rows > 34 ? 34 : *rows;
}

static void fit(void *state, const struct tui_model *m, int rows, int cols)
{
	struct browser *b = state;
	int room = rows - 4;

	(void)m;
	(void)cols;
	if (b->at < b->top)
		b->top = b->at;
	if (b->at >= b->top + room)
		b->top = b->at - room + 1;
	if (b->top > b->n_shown - room)
		b->top = b->n_shown > room ? b->n_shown - room : 0;
}

static void put_size(struct tui_canvas c, int row, int64_t bytes)
{
	static const char *const units[] = {"B", "kB", "MB", "GB", "TB"};
	double v = (double)bytes;
	int u = 0;

	for (; v >= 1000 && u < 4; u++)
		v /= 1000;
	tui_putf(c, row, c.cols - 10, TUI_QUIET, u && v < 10 ? "%6.1f %s" : "%6.0f %s", v, units[u]);
}

static void draw(const void *state, const struct tui_model *m, struct tui_canvas c)
{
	const struct browser *b = state;
	struct tui_canvas list = tui_part(c, 2, 0, c.rows - 4, c.cols);
	int col;

	(void)m;
	tui_put_fit(c, 0, 1, c.cols - 2, TUI_HEAD, TUI_NAME, b->folder);
	for (int i = b->top; i < b->n_shown && i - b->top < list.rows; i++) {
		const struct entry *e = &b->entry[b->shown[i]];
		int row = i - b->top;

		tui_put_char(list, row, 1, TUI_HEAD, e->marked ? '+' : ' ');
		tui_put_fit(list, row, 3, list.cols - 15, e->folder ? TUI_VALUE : e->known ? TUI_PLAIN : TUI_QUIET, TUI_NAME, e->name);
		if (e->folder)
			tui_put(list, row, list.cols - 8, TUI_QUIET, "folder");
		else
			put_size(list, row, e->bytes);
		if (e->marked)
			tui_lay(list, row, 0, 1, list.cols, TUI_MARKED);
		if (i == b->at)
			tui_lay(list, row, 0, 1, list.cols, TUI_CURSOR);
	}
	if (b->n_shown == 0)
		tui_put_wrapped(list, 0, 3, list.cols - 6, 3, TUI_QUIET,
				b->n == 0     ? "an empty folder"
				: b->all      ? "nothing of that name"
				: typed(b)[0] ? "nothing of that name; Ctrl-G shows all kinds of files"
					      : "no media in this folder; Ctrl-G shows all kinds of files");
	tui_prompt_draw(b->path, c, c.rows - 1, 1, c.cols - 2, TUI_FIELD, &col);
	if (b->problem[0])
		tui_put_fit(c, c.rows - 2, 1, c.cols - 2, TUI_ERROR, TUI_LEFT, b->problem);
	else if (b->what.folders)
		tui_put_fit(c, c.rows - 2, 1, c.cols - 2, TUI_QUIET, TUI_LEFT,
			    b->n_marked ? "Enter adds what is marked; Space marks more"
					: "Enter opens or adds, Space marks, Ctrl-A adds this folder whole; type to narrow or a path");
	else
		tui_put_fit(c, c.rows - 2, 1, c.cols - 2, TUI_QUIET, TUI_LEFT, "Enter opens; type to narrow, or a path");
}

static bool caret(const void *state, const struct tui_model *m, struct tui_canvas c, int *row, int *col)
{
	const struct browser *b = state;

	(void)m;
	*row = c.rows - 1;
	tui_prompt_draw(b->path, c, c.rows - 1, 1, c.cols - 2, TUI_FIELD, col);
	return true;
}

static const char *note(const void *state, const struct tui_model *m, char *out, size_t n)
{
	const struct browser *b = state;

	(void)m;
	if (b->n_marked)
		snprintf(out, n, "%d marked", b->n_marked);
	else
		snprintf(out, n, "%d of %d%s", b->n_shown, b->n, b->cut ? " and more" : "");
	return out;
}

static void close_browser(void *state)
{
	struct browser *b = state;

	drop_entries(b);
	free(b->shown);
	free(b->folder);
	tui_prompt_free(b->path);
	free(b);
}

static const enum as_action file_hints[] = {AS_ACTION_ACCEPT, AS_ACTION_PARENT, AS_ACTION_COMPLETE, AS_ACTION_DISMISS, AS_ACTION_NONE};
static const enum as_action folder_hints[] = {AS_ACTION_ACCEPT,   AS_ACTION_MARK_FILE, AS_ACTION_ADD_FOLDER, AS_ACTION_PARENT,
					      AS_ACTION_COMPLETE, AS_ACTION_DISMISS,   AS_ACTION_NONE};

static bool enter_first(struct tui *t, struct browser *b)
{
	const char *const tries[] = {b->what.start, t->browsed, ".", "/"};

	for (size_t i = 0; i < sizeof tries / sizeof *tries; i++)
		if (tries[i] && *tries[i] && enter(b, strcmp(tries[i], ".") ? strdup(tries[i]) : tui_path("")))
			return true;
	return false;
}

void tui_open_browser(struct tui *t, const struct tui_browse *what)
{
	struct browser *b = calloc(1, sizeof *b);

	if (b && !(b->path = tui_prompt_new(TUI_PROMPT_FIELD, "> ", "", complete, b))) {
		free(b);
		b = NULL;
	}
	if (!b) {
		tui_say(t, TUI_ERROR, "out of memory");
		return;
	}
	b->what = *what;
	snprintf(b->title, sizeof b->title, "%s", what->title);
	b->ops = (struct tui_pane_ops){.name = "browser",
				       .title = b->title,
				       .place = AS_PLACE_BROWSER,
				       .close = close_browser,
				       .key = key,
				       .action = act,
				       .size = size,
				       .fit = fit,
				       .draw = draw,
				       .caret = caret,
				       .note = note,
				       .hints = what->folders ? folder_hints : file_hints};
	if (!enter_first(t, b)) {
		tui_say(t, TUI_ERROR, "%s", b->problem);
		close_browser(b);
		return;
	}
	tui_open_dialog(t, &b->ops, b);
}
