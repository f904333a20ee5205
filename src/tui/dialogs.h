/* The dialogs, each in a file of its name: dialog_export.c … */
#ifndef AS_TUI_DIALOGS_H
#define AS_TUI_DIALOGS_H

#include "tui/app.h"

/* What a file browser hands back: n paths (absolute) that were chosen. False: stay open (the reason has been said). */
typedef bool (*tui_take_files)(struct tui *t, char *const *paths, int n);
struct tui_browse {
	const char *title;
	const char *start;      /* folder to begin in; NULL: where it was left */
	const char *const *extensions; /* NULL-terminated, "audiosync"; NULL: what looks like media */
	bool several, folders;  /* more than one; folders themselves can be chosen */
	tui_take_files take;
};
void tui_open_browser(struct tui *t, const struct tui_browse *what);

/* args: what stood behind the command, flags as on the command line; with all that is needed the work starts at once. */
void tui_open_export(struct tui *t, const char *args);
void tui_open_timeline(struct tui *t, const char *args);
void tui_open_drift(struct tui *t, const char *args);
void tui_open_settings(struct tui *t, const char *args);
void tui_open_explain(struct tui *t, int clip);
/* Choose a track for n clips (taken over, heap). */
void tui_open_move(struct tui *t, int *clips, int n);
/* A line of text: action runs with it as args. Nothing at all is no answer. */
struct tui_question {
	const char *title, *label, *deed; /* "Rename the track", "Name: ", "rename"; label and deed: constant */
	const char *text;                 /* to begin with; NULL: none */
	enum as_action then;
	bool word; /* the action reads words: the text is one, whatever is in it */
	const char *(*refuses)(const char *text); /* why the text will not do, constant; it stays to be mended. NULL, or returns NULL: it does */
};
void tui_ask(struct tui *t, const struct tui_question *q);

#endif
