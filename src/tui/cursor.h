/* Where the cursor goes when clips change under it: it is on a clip, or on a track, as long as there are any. */
#ifndef AS_TUI_CURSOR_H
#define AS_TUI_CURSOR_H

#include "tui/app.h"

/* Another snapshot (s) takes the place of an old one (NULL: there was none): the cursor stays with its clip, or goes to the nearest that is
 * left, in its track before any other. */
void tui_cursor_carry(struct tui *t, const struct as_snapshot *old, const struct as_snapshot *s);
/* A step was undone or done again: onto what differs between old and the model's snapshot. It stays where that has changed, too. */
void tui_cursor_follow(struct tui *t, const struct as_snapshot *old);

#endif
