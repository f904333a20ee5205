/* What a pane or a dialog is: state of its own, keys it acts on, a pure draw. */
#ifndef AS_TUI_PANE_H
#define AS_TUI_PANE_H

#include "tui/model.h"

struct tui;

/* What comes with an action. */
struct tui_call {
	int count;        /* typed before the key; 0: none */
	const char *args; /* behind the command's name; NULL or "": none */
};

/* Where in a window of rows and cols. */
struct tui_place {
	int row, col, rows, cols;
};

struct tui_pane_ops {
	const char *name;  /* constant */
	const char *title;
	enum as_action_place place; /* whose bindings hold */
	/* Panes: makes the state; NULL when out of memory. Dialogs are handed theirs by tui_open_dialog. */
	void *(*open)(struct tui *t);
	void (*close)(void *state);
	/* A new snapshot has come: ids may mean something else. May be NULL. */
	void (*news)(void *state, struct tui *t);
	/* A key before any binding: for fields that take text. True: taken. May be NULL. */
	bool (*key)(void *state, struct tui *t, struct tui_key key);
	/* A click inside of rows and cols. True: on something that Enter would open, if it comes twice. May be NULL. */
	bool (*click)(void *state, struct tui *t, struct tui_place at);
	/* True: done. What a pane does not know goes on to the interface as a whole. May be NULL. */
	bool (*action)(void *state, struct tui *t, enum as_action action, const struct tui_call *call);
	/* Of a dialog: the inside that it would like; it gets at most what the screen has. */
	void (*size)(const void *state, const struct tui_model *m, int *rows, int *cols);
	/* Before draw: brings what the cursor is on into view. May be NULL. */
	void (*fit)(void *state, const struct tui_model *m, int rows, int cols);
	/* The inside of the frame. Same state, model and size: same cells. */
	void (*draw)(const void *state, const struct tui_model *m, struct tui_canvas c);
	/* What stands at the right of the title; may be NULL. Returns out. */
	const char *(*note)(const void *state, const struct tui_model *m, char *out, size_t n);
	/* Where the terminal's cursor belongs, inside; false or NULL: nowhere. */
	bool (*caret)(const void *state, const struct tui_model *m, struct tui_canvas c, int *row, int *col);
	/* Of a dialog with work of its own: a descriptor that is readable when there is news of it, and what takes the news, each
	 * turn of the loop. May be NULL. */
	int (*fd)(const void *state);
	void (*turn)(void *state, struct tui *t);
	/* Of a dialog: what Enter does now, for the bottom line: "save"; NULL, or may be NULL: as the action table says. */
	const char *(*deed)(const void *state, const struct tui_model *m);
	/* Of a dialog: its keys for the bottom line, by action, AS_ACTION_NONE at the end; NULL: those of its place. */
	const enum as_action *hints;
	/* The same where they are others at other times; may be NULL: hints. */
	const enum as_action *(*hints_now)(const void *state);
};

extern const struct tui_pane_ops tui_pane_tracks, tui_pane_timeline, tui_pane_table, tui_pane_lag, tui_pane_log;

#endif
