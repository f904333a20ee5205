/* The picture of a drift on its way to the disk, beside the screen. */
#ifndef AS_TUI_DRIFT_PLOT_H
#define AS_TUI_DRIFT_PLOT_H

#include <audiosync/drift.h>

#include "tui/app.h"

/* Begins to write it, and says what comes of it; force: over what is there, but for the recordings. */
void tui_drift_plot_write(struct tui *t, const struct as_drift *d, const char *path, bool force);
/* Readable once it has ended; -1: none is on its way. */
int tui_drift_plot_fd(const struct tui *t);
/* Each turn: says what came of it. */
void tui_drift_plot_turn(struct tui *t);
/* The end: waits a little, for a file that is begun should be whole. */
void tui_drift_plot_end(struct tui *t);

#endif
