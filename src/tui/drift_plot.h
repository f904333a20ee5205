/* The picture of a drift on its way to the disk, beside the screen. */
#ifndef AS_TUI_DRIFT_PLOT_H
#define AS_TUI_DRIFT_PLOT_H

#include <stdbool.h>

#include <audiosync/drift.h>

struct tui_drift_plot;

/* Begins to write it; force: over what is there, but for the recordings. NULL: err says why not. */
struct tui_drift_plot *tui_drift_plot_begin(const struct as_drift *d, const char *path, bool force, struct as_error *err);
/* Readable once it has ended. */
int tui_drift_plot_fd(const struct tui_drift_plot *p);
/* Waits at most so long; true: it has ended, err says in its status how. */
bool tui_drift_plot_ended(const struct tui_drift_plot *p, int wait_ms, struct as_error *err);
const char *tui_drift_plot_path(const struct tui_drift_plot *p);
/* Never waits: what is being written is. NULL is fine. */
void tui_drift_plot_drop(struct tui_drift_plot *p);

#endif
