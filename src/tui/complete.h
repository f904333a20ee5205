/* What Tab completes in the `:` line: names of commands, and behind one what it takes: options and what these take, settings, presets,
 * themes, tracks, clips, columns, paths. */
#ifndef AS_TUI_COMPLETE_H
#define AS_TUI_COMPLETE_H

#include "tui/form.h"

/* tui_complete, with the struct tui. */
char *tui_complete_line(void *ctx, const char *line, size_t n, int i, size_t *from);
/* What it remembers between two Tabs. */
void tui_complete_done(struct tui *t);
/* Whether it is known what the command takes, even if that is nothing that could be completed. */
bool tui_complete_knows(enum as_action action);

/* What a line of the prompt ("set KEY=") may go on with, and what that is now, in words; false: nothing to say. */
bool tui_complete_hint(const struct tui *t, const char *line, char *out, size_t n);

/* The fields whose flags a command takes, for as long as take runs; each beside the dialog that they are of. */
typedef void tui_flags_taker(const struct tui_form *f, void *ctx);
void tui_export_flags(struct tui *t, tui_flags_taker *take, void *ctx);
void tui_timeline_flags(struct tui *t, tui_flags_taker *take, void *ctx);
void tui_drift_flags(struct tui *t, tui_flags_taker *take, void *ctx);

#endif
