/* The list of all settings: which of them are shown, on which lines, and how they look. Sections have a title each and a blank above. */
#ifndef AS_TUI_SETTINGS_LIST_H
#define AS_TUI_SETTINGS_LIST_H

#include <audiosync/options.h>

#include "tui/canvas.h"
#include "tui/prompt.h"

/* How the list is narrowed; borrowed, for as long as it is used. */
struct tui_settings_list {
	const struct as_options *opt;
	const char *part;  /* of a name, of help or of a value */
	bool changed_only;
};

/* Row i of the table of options; NULL: there is none. */
const struct as_option_row *tui_settings_row(int i);
bool tui_settings_changed(const struct as_options *opt, const struct as_option_row *row);
/* Whether row i is shown. */
bool tui_settings_has(const struct tui_settings_list *l, int i);
/* The row that is `by` further, as far as there are any. */
int tui_settings_step(const struct tui_settings_list *l, int at, int by);
/* The row itself if it is shown, else the first that is, else itself. */
int tui_settings_settle(const struct tui_settings_list *l, int at);
/* The line of row i; of one beyond the last: how many lines there are. */
int tui_settings_line(const struct tui_settings_list *l, int i);

void tui_settings_draw_heads(struct tui_canvas c);
/* From line top on; edit: what is being typed at the cursor `at`, or NULL. */
void tui_settings_draw(const struct tui_settings_list *l, int at, int top, const struct tui_prompt *edit, struct tui_canvas c);
/* The value that is being typed, in the first row of c; where the caret is. */
void tui_settings_draw_edit(const struct tui_prompt *edit, struct tui_canvas c, int *caret);

#endif
