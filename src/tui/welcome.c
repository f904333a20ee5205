#include "tui/welcome.h"

#include <stdio.h>

#include "base/figures.h"

#define WIDTH 72

struct step {
	enum as_action action;
	const char *title, *text;
};

static const struct step steps[] = {
	{AS_ACTION_ADD, "1. add", "Choose the folder of a shoot: cameras, phones, recorders, all at once."},
	{AS_ACTION_SYNC, "2. sync", "Sound alone tells where every clip sits, and how sure that is."},
	{AS_ACTION_EXPORT, "3. export", "One aligned file for each track; {timeline} writes a timeline for your editor."},
};

/* Room for the longest key and a blank, or ":". */
static int key_cols(const struct tui_model *m)
{
	static const enum as_action actions[] = {AS_ACTION_ADD, AS_ACTION_SYNC, AS_ACTION_EXPORT, AS_ACTION_OPEN};
	int cols = 4;
	char keys[64];

	for (size_t i = 0; i < sizeof actions / sizeof *actions; i++)
		if (tui_text_cols(tui_keymap_keys(m->keys, actions[i], 1, keys, sizeof keys)) >= cols)
			cols = tui_text_cols(keys) + 1;
	return cols;
}

static int put_key(const struct tui_model *m, struct tui_canvas c, int row, int col, enum as_action action, const char *text)
{
	char keys[64];

	tui_keymap_keys(m->keys, action, 1, keys, sizeof keys);
	if (*keys)
		tui_put(c, row, col, TUI_KEY, keys);
	else
		tui_put(c, row, col, TUI_KEY, ":");
	return tui_put(c, row, col + key_cols(m), TUI_PLAIN, text);
}

/* "11 recordings in 3 folders here" */
static void here_words(const struct tui_recordings_here *h, char *out, size_t n)
{
	if (h->n == h->n_top)
		snprintf(out, n, "%d recording%s here", h->n, as_plural(h->n, "", "s"));
	else
		snprintf(out, n, "%d recording%s in %d folder%s here", h->n, as_plural(h->n, "", "s"), h->n_folders,
			 as_plural(h->n_folders, "", "s"));
}

/* Returns the rows. */
static int put_head(const struct tui_model *m, struct tui_canvas c)
{
	char add[32], whole[32], here[80];

	if (m->here.n == 0) {
		tui_put(c, 0, 0, TUI_TITLE_FOCUS, "Nothing here yet. Three steps to a synced shoot:");
		return 1;
	}
	tui_keymap_keys(m->keys, AS_ACTION_ADD, 1, add, sizeof add);
	tui_keymap_keys(m->keys, AS_ACTION_ADD_FOLDER, 1, whole, sizeof whole);
	here_words(&m->here, here, sizeof here);
	tui_putf(c, 0, 0, TUI_GOOD, "%s: %s, then %s takes %s.", here, *add ? add : ":add", whole, as_plural(m->here.n, "it", "them"));
	tui_put(c, 1, 0, TUI_TITLE_FOCUS, "Three steps to a synced shoot:");
	return 2;
}

void tui_draw_welcome(const struct tui_model *m, struct tui_canvas c)
{
	int width = c.cols - 4 < WIDTH ? c.cols - 4 : WIDTH, rows = m->here.n ? 18 : 17, row, title = 2 + key_cols(m);
	char keys[64], text[120];

	c = tui_part(c, c.rows > rows ? (c.rows - rows) / 2 : 0, (c.cols - width) / 2, rows, width);
	row = put_head(m, c) + 1;
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		put_key(m, c, row, 2, steps[i].action, "");
		tui_put(c, row, title, TUI_VALUE, steps[i].title);
		row += 1 + tui_put_wrapped(c, row, title + 11, width - title - 11, 3, TUI_PLAIN,
					   tui_keymap_words(m->keys, steps[i].text, text, sizeof text));
	}
	tui_put(c, row++, 0, TUI_QUIET, "Or");
	row += put_key(m, c, row, 2, AS_ACTION_OPEN, "open a project that was saved") > 0;
	tui_put(c, row, 2, TUI_KEY, ":demo");
	tui_put_wrapped(c, row, 8, width - 9, 2, TUI_PLAIN, "makes up a small shoot to try it with (a few seconds)");
	row += 2;
	tui_keymap_keys(m->keys, AS_ACTION_HELP, 1, keys, sizeof keys);
	tui_putf(c, row + 1, 0, TUI_QUIET, "%s shows every key, the bottom line the most useful ones.", *keys ? keys : ":help");
}
