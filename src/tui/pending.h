/* Calls of the session that are on their way. */
#ifndef AS_TUI_PENDING_H
#define AS_TUI_PENDING_H
#include <audiosync/audiosync.h>
#define P(name, ...) static inline enum as_status name(__VA_ARGS__) { (void)s; (void)err; return AS_ERR_BUSY; }
#pragma GCC diagnostic ignored "-Wunused-parameter"
#endif
