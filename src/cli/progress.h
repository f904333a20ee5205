/* How far the work is, on stderr: a block that redraws itself on a terminal, plain lines anywhere else. */
#ifndef AS_CLI_PROGRESS_H
#define AS_CLI_PROGRESS_H

#include <stdbool.h>
#include <stdio.h>

#include <audiosync/types.h>

#include "base/pace.h"
#include "cli/args.h"
#include "cli/term.h"

struct as_progress;

/* NULL where nothing is to be shown (-q) or memory ran out: every call below accepts it. */
struct as_progress *as_progress_new(const struct as_args *args);
/* Leaves the terminal as it was before the first draw; frees. */
void as_progress_free(struct as_progress *p);

/* Milliseconds until another look is worth a snapshot: 0 = now, -1 = never. `changed`: events came in since the last. */
int as_progress_due_ms(const struct as_progress *p, bool changed);
void as_progress_show(struct as_progress *p, const struct as_snapshot *s);
/* The same for work that is no session's: what is being done and how much of it. */
void as_progress_show_share(struct as_progress *p, const char *verb, double share);
/* Takes the block off the screen, so that something else can be printed; the next show puts it back. */
void as_progress_hide(struct as_progress *p);

/* progress_text.c: what is said, apart from where it goes. */

#define AS_PROGRESS_LINES_MAX 6

struct as_progress_lines {
	char *line
		[AS_PROGRESS_LINES_MAX]; /* heap, without newline; at most cols - 1 columns each */
	int cols[AS_PROGRESS_LINES_MAX];
	int n;
};

/* The block: the bar and, where the terminal has room for them, the files in work. False when out of memory. */
bool as_progress_lines_make(struct as_progress_lines *l, const struct as_term *t,
			    const struct as_snapshot *s, const struct as_pace *pace);
/* One line: a label, a bar, figures. False when out of memory. */
bool as_progress_lines_add(struct as_progress_lines *l, const struct as_term *t, const char *label,
			   int label_cols, double share, const char *figures);
void as_progress_lines_done(struct as_progress_lines *l);

#define AS_PROGRESS_VERB_COLS 10

#endif
