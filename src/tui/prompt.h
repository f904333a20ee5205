/* A line that takes text: for `:` and `/`, and for the fields of dialogs. */
#ifndef AS_TUI_PROMPT_H
#define AS_TUI_PROMPT_H

#include "tui/canvas.h"
#include "tui/key.h"

struct tui_prompt;

/* What Tab may put in place of the word that ends at the cursor: the i-th completion of the first n bytes of line; heap, NULL after the
 * last. *from: where in line it begins. */
typedef char *(*tui_complete)(void *ctx, const char *line, size_t n, int i, size_t *from);

enum tui_prompt_kind { TUI_PROMPT_COMMAND, TUI_PROMPT_FIND, TUI_PROMPT_FIELD };

/* label stands before it (": ", "/"); borrowed. NULL when out of memory. */
struct tui_prompt *tui_prompt_new(enum tui_prompt_kind kind, const char *label, const char *text, tui_complete complete, void *ctx);
void tui_prompt_free(struct tui_prompt *p);
enum tui_prompt_kind tui_prompt_kind(const struct tui_prompt *p);

/* Heap-owned by the prompt. */
const char *tui_prompt_text(const struct tui_prompt *p);
void tui_prompt_set(struct tui_prompt *p, const char *text);

enum tui_prompt_news { TUI_PROMPT_NOTHING /* not its key */, TUI_PROMPT_TAKEN, TUI_PROMPT_DONE, TUI_PROMPT_CANCELLED };
/* Editing keys as readline has them: arrows, Home, End, Ctrl-A E B F K U W D, Backspace, Delete; Up and Down walk through history, if it has
 * one; Tab completes, again for the next. A field leaves Tab, Up, Down, Enter and Esc alone unless complete is set (Tab). */
enum tui_prompt_news tui_prompt_key(struct tui_prompt *p, struct tui_key key);

/* Remembers a line for Up; the prompt's kind has its own history in h. */
struct tui_history {
	char *line[100];
	int n;
};
void tui_history_add(struct tui_history *h, const char *line);
void tui_history_free(struct tui_history *h);
void tui_prompt_history(struct tui_prompt *p, const struct tui_history *h);

/* The column of the cursor in a row of so many, from where the label begins. */
int tui_prompt_caret(const struct tui_prompt *p, int cols);
/* Draws label and text into one row, scrolled so that the cursor shows; *col: where the terminal's cursor belongs. */
void tui_prompt_draw(const struct tui_prompt *p, struct tui_canvas c, int row, int col, int cols, enum tui_style style, int *caret_col);
/* The completions that Tab goes through, for a line above the prompt: borrowed, NULL after the last; *chosen is the current one or -1. */
const char *tui_prompt_choice(const struct tui_prompt *p, int i, int *chosen);

#endif
