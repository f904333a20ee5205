/* What nobody needs any more is let go of aside: it may have to wait for a disk, or a sound device, that does not answer. */
#ifndef AS_TUI_LEAVE_H
#define AS_TUI_LEAVE_H

#include "tui/app.h"

/* Takes what; let_go frees it, in another thread. The few ms that this usually takes are waited for. NULL is fine. */
void tui_leave(struct tui *t, void *what, void (*let_go)(void *what));
/* A session; unwanted: what was kept of it is removed, too. What it writes is abandoned. */
void tui_leave_session(struct tui *t, struct as_session *s, bool unwanted);
/* At the end, for as long as that may take (tui_end_ms). False: something still hangs, in a thread that may go on at any time. */
bool tui_leave_end(struct tui *t);

#endif
