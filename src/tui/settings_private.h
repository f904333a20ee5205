/* Private to dialog_settings.c and settings_draw.c: what the dialog of settings is. */
#ifndef AS_TUI_SETTINGS_PRIVATE_H
#define AS_TUI_SETTINGS_PRIVATE_H

#include "tui/app.h"
#include "tui/settings_list.h"

struct settings {
	struct as_options *opt;    /* the session's, and what counts from the next start on */
	struct tui_prompt *filter;
	struct tui_prompt *edit;   /* the value at the cursor is being typed; NULL: it is not */
	bool changed_only;         /* those alone that are not at their default */
	int at, top;               /* a row of the table; a line of the list */
	char error[AS_ERROR_MSG_BYTES];
};

/* The list as it is narrowed now. */
struct tui_settings_list tui_settings_list_of(const struct settings *x);
/* The row at the cursor; NULL: no setting is shown. */
const struct as_option_row *tui_settings_chosen(const struct settings *x);
/* Session keeps these as they were when it began. */
bool tui_settings_for_next_start(const char *key);

/* When it counts, in words; NULL: at once. */
const char *tui_settings_when(const struct tui_model *m, const char *key);

/* Of struct tui_pane_ops; state is a struct settings. */
void tui_settings_dialog_size(const void *state, const struct tui_model *m, int *rows, int *cols);
void tui_settings_dialog_fit(void *state, const struct tui_model *m, int rows, int cols);
void tui_settings_dialog_draw(const void *state, const struct tui_model *m, struct tui_canvas c);
bool tui_settings_dialog_caret(const void *state, const struct tui_model *m, struct tui_canvas c, int *row, int *col);
const char *tui_settings_dialog_note(const void *state, const struct tui_model *m, char *out, size_t n);
const char *tui_settings_dialog_deed(const void *state, const struct tui_model *m);

#endif
