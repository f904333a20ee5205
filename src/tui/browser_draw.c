/* The file browser as cells. */
#include <stdio.h>

#include "tui/browser_private.h"

void tui_browser_size(const void *state, const struct tui_model *m, int *rows, int *cols)
{
	(void)state;
	(void)m;
	*cols = *cols > 96 ? 96 : *cols;
	*rows = *rows > 34 ? 34 : *rows;
}

void tui_browser_fit(void *state, const struct tui_model *m, int rows, int cols)
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

void tui_browser_draw(const void *state, const struct tui_model *m, struct tui_canvas c)
{
	const struct browser *b = state;
	struct tui_canvas list = tui_part(c, 2, 0, c.rows - 4, c.cols);
	char text[160];
	int col;

	(void)m;
	tui_put_fit(c, 0, 1, c.cols - 2, TUI_HEAD, TUI_NAME, b->folder);
	for (int i = b->top; i < b->n_shown && i - b->top < list.rows; i++) {
		const struct browser_entry *e = &b->entry[b->shown[i]];
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
				tui_keymap_words(c.keys,
						 !b->entry		   ? ""
						 : b->n == 0		   ? "an empty folder"
						 : b->all		   ? "nothing of that name"
						 : tui_browser_typed(b)[0] ? "nothing of that name; {file-kinds} shows all kinds of files"
									   : "no media in this folder; {file-kinds} shows all kinds of files",
						 text, sizeof text));
	tui_prompt_draw(b->path, c, c.rows - 1, 1, c.cols - 2, TUI_FIELD, &col);
	if (b->reading) {
		int cols = tui_put(c, c.rows - 2, 1, TUI_INFO, "no answer yet from ");

		tui_put_fit(c, c.rows - 2, 1 + cols, c.cols - 2 - cols, TUI_INFO, TUI_NAME, b->coming);
	} else if (b->problem[0])
		tui_put_fit(c, c.rows - 2, 1, c.cols - 2, TUI_ERROR, TUI_LEFT, b->problem);
	else if (b->what.folders)
		tui_put_fit(c, c.rows - 2, 1, c.cols - 2, TUI_QUIET, TUI_LEFT,
			    tui_keymap_words(c.keys,
					     b->n_marked ? "{accept} adds what is marked; {mark-file} marks more"
							 : "{add-folder} adds this folder whole, {accept} opens or adds; type a name or path",
					     text, sizeof text));
	else
		tui_put_fit(c, c.rows - 2, 1, c.cols - 2, TUI_QUIET, TUI_LEFT,
			    tui_keymap_words(c.keys, "{accept} opens; type to narrow, or a path", text, sizeof text));
}

bool tui_browser_caret(const void *state, const struct tui_model *m, struct tui_canvas c, int *row, int *col)
{
	const struct browser *b = state;

	(void)m;
	*row = c.rows - 1;
	tui_prompt_draw(b->path, c, c.rows - 1, 1, c.cols - 2, TUI_FIELD, col);
	return true;
}

const char *tui_browser_note(const void *state, const struct tui_model *m, char *out, size_t n)
{
	const struct browser *b = state;

	(void)m;
	if (b->n_marked)
		snprintf(out, n, "%d marked", b->n_marked);
	else if (b->n > b->n_shown)
		snprintf(out, n, "%d shown, %d not%s", b->n_shown, b->n - b->n_shown, b->cut ? ", and more" : "");
	else
		snprintf(out, n, "%d%s", b->n, b->cut ? " and more" : "");
	return out;
}
