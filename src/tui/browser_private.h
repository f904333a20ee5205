/* Private to browser*.c: what a file browser is. */
#ifndef AS_TUI_BROWSER_PRIVATE_H
#define AS_TUI_BROWSER_PRIVATE_H

#include <audiosync/listing.h>

#include "tui/dialogs.h"
#include "tui/names.h"
#include "tui/prompt.h"

#define TUI_BROWSER_TITLE_BYTES 64

struct browser_entry {
	char *name;
	bool folder, known; /* known: of a kind that is looked for */
	int64_t bytes;
	bool marked;
};

struct browser {
	char title[TUI_BROWSER_TITLE_BYTES];
	struct tui_browse what;
	char *folder; /* that is shown: absolute, without a slash at its end but for the root */
	char *base;   /* the one that what is typed begins in; the same but while a path is typed */
	struct tui_prompt *path; /* what is typed: narrows the list, or leads elsewhere */
	struct browser_entry *entry;
	int n, n_marked;
	bool cut;     /* there are more than ENTRIES_MAX */
	struct as_listing *reading; /* the folder to come; NULL: none */
	char *coming; /* its path, … */
	bool follows; /* it is the one that is being typed, which stays typed */
	char *select; /* … and the name to go to in it, or NULL */
	char *left;   /* what stood in the line when it was asked for: that led there; or NULL */
	bool accepts; /* what has been typed since is to be gone on with once it has come */
	int patience_ms;
	struct tui_names *names; /* for completion */
	int *shown;   /* entries that pass the filter, by index */
	int n_shown, at, top;
	bool hidden, all;
	char problem[AS_ERROR_MSG_BYTES];
	struct tui_pane_ops ops;
};

/* What stands in the line at the bottom: it narrows the list, or leads elsewhere. */
static inline const char *tui_browser_typed(const struct browser *b)
{
	return tui_prompt_text(b->path);
}

/* browser.c: chooses a path (heap, taken over; NULL: out of memory) and closes. */
void tui_browser_take_one(struct tui *t, struct browser *b, char *path);
/* Enters the folder, or takes the file, that is chosen or typed. */
void tui_browser_accept(struct tui *t, struct browser *b);

/* browser_folder.c: */

/* What was typed behind the last slash. */
const char *tui_browser_typed_name(const struct browser *b);
/* A path that was typed; the folder that the line names up to its last slash; a name in a folder. Heap. */
char *tui_browser_typed_path(const struct browser *b, const char *typed);
char *tui_browser_typed_folder(const struct browser *b);
char *tui_browser_join(const char *folder, const char *name);
/* Leaves in the list what passes. */
void tui_browser_filter(struct browser *b);
/* What is typed from here on begins in the folder that is shown. */
void tui_browser_settle(struct browser *b, const char *typed);
/* To another folder: at once if that is quick, else it comes when it comes. Both heap, taken over; select: the name to go to, or NULL. */
void tui_browser_enter(struct tui *t, struct browser *b, char *folder, char *select);
void tui_browser_go_up(struct tui *t, struct browser *b);
/* What has been typed of the folder to come, in the line that led there. */
const char *tui_browser_typed_ahead(const struct browser *b);
/* The list is that of the folder that is being typed. */
void tui_browser_follow(struct tui *t, struct browser *b);
/* What was read takes the place of the old one. */
void tui_browser_take_folder(struct tui *t, struct browser *b);
void tui_browser_stop_reading(struct browser *b);
void tui_browser_drop_entries(struct browser *b);

/* browser_draw.c: of struct tui_pane_ops; state is a struct browser. */
void tui_browser_size(const void *state, const struct tui_model *m, int *rows, int *cols);
void tui_browser_fit(void *state, const struct tui_model *m, int rows, int cols);
void tui_browser_draw(const void *state, const struct tui_model *m, struct tui_canvas c);
bool tui_browser_caret(const void *state, const struct tui_model *m, struct tui_canvas c, int *row, int *col);
const char *tui_browser_note(const void *state, const struct tui_model *m, char *out, size_t n);

#endif
