/* Shared by complete*.c alone: what a completion is looked for in, and where what is found goes. */
#ifndef AS_TUI_COMPLETE_PRIVATE_H
#define AS_TUI_COMPLETE_PRIVATE_H

#include "tui/commands.h"
#include "tui/complete.h"
#include "tui/names.h"

#define COMPLETE_MAX 64

struct tui_completing {
	struct tui_names *names[2]; /* all, and folders alone */
	char *found[COMPLETE_MAX];  /* what may stand in place of the line from … to the cursor */
	int n;
	size_t from;
};

/* What a completion is looked for in. */
struct look {
	struct tui *t;
	struct tui_completing *c;
	const char *line;   /* terminated at the cursor */
	size_t args;        /* where in it the command's arguments begin */
	size_t word;        /* where the word at the cursor does */
	char *part;         /* that word without quotes, as far as the cursor: heap */
	char *before;       /* the word before it, likewise; NULL: there is none */
};

/* complete_offer.c */

void tui_complete_forget(struct tui_completing *c);
void tui_complete_add(struct look *l, const char *text);
/* Where it begins like part. */
void tui_complete_offer(struct look *l, const char *part, const char *text, const char *behind);
/* "a|b|c" */
void tui_complete_choices(struct look *l, const char *part, const char *choices);
/* Paths of a word: with what needs it escaped, in place of the whole word where that has quotes. */
void tui_complete_paths(struct look *l, const char *part, size_t from, bool folders, bool words);
/* NAME.ini in these folders. */
void tui_complete_files(struct look *l, const char *part, const char *const *dirs);
/* What a setting may be, as far as there are words or usual figures for it. */
void tui_complete_values(struct look *l, const struct as_option_row *row, const char *part);

/* complete_args.c: offers what the action takes. */
void tui_complete_args(struct look *l, enum as_action action);

/* complete_flags.c */
void tui_complete_export(struct look *l);
void tui_complete_timeline(struct look *l);
void tui_complete_drift(struct look *l);

#endif
