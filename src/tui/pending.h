/* Calls of the session that are on their way. */
#ifndef AS_TUI_PENDING_H
#define AS_TUI_PENDING_H
#include <audiosync/audiosync.h>
#define P(name, ...) static inline enum as_status name(__VA_ARGS__) { (void)s; (void)err; return AS_ERR_BUSY; }
#pragma GCC diagnostic ignored "-Wunused-parameter"
P(as_session_solve, struct as_session *s, struct as_error *err)
P(as_session_regroup, struct as_session *s, struct as_error *err)
P(as_session_configure, struct as_session *s, const struct as_options *o, struct as_error *err)
P(as_session_add_track, struct as_session *s, const char *n, int *t, struct as_error *err)
P(as_session_move_clips, struct as_session *s, const int *c, int n, int t, struct as_error *err)
P(as_session_rename_track, struct as_session *s, int t, const char *n, struct as_error *err)
P(as_session_remove_track, struct as_session *s, int t, struct as_error *err)
P(as_session_remove_clips, struct as_session *s, const int *c, int n, struct as_error *err)
#endif
