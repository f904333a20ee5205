/* Parts of the drift tool's dialog that know nothing of it. */
#ifndef AS_TUI_DRIFT_H
#define AS_TUI_DRIFT_H

#include <audiosync/drift.h>

#include "tui/app.h"

/* Two marked clips, the first of them beside the other; else the clip at the cursor and what lies beside it. -1: there is none. */
void tui_drift_clips(const struct tui *t, int *clip, int *beside);

/* What was measured, and the plot of it. */
void tui_drift_draw_result(const struct as_snapshot *s, struct tui_canvas c);
/* Three rows: what is done, how far, for how long. s may be NULL. */
void tui_drift_draw_running(const struct as_snapshot *s, double for_s, struct tui_canvas c);

#endif
