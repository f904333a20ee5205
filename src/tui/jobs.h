/* What runs in the session, as the user is told of it: stages, ends, warnings. */
#ifndef AS_TUI_JOBS_H
#define AS_TUI_JOBS_H

#include "tui/app.h"

/* A new snapshot is in the model; old may be NULL. */
void tui_jobs_news(struct tui *t, const struct as_snapshot *old);
/* Every turn: what waited for the session to be idle. */
void tui_jobs_turn(struct tui *t);
/* Something runs or is on its way, or what has run is not known yet. */
bool tui_jobs_run(const struct tui *t);
/* The action runs once the session is idle, after those that wait already; what waits in the same words waits once. */
void tui_jobs_wait(struct tui *t, enum as_action action, const char *args);
/* Nothing waits any more; the log says what was to be written. */
void tui_jobs_forget(struct tui *t);
/* Runs the action now or, with a word about it, as soon as what runs has ended. */
void tui_jobs_when_idle(struct tui *t, enum as_action action, const char *args);
/* SIGHUP, SIGTERM or the line is gone: saves and quits. */
void tui_jobs_interrupted(struct tui *t);

/* The words of the bottom line while something runs: "Comparing  17 of 136, 0:12 left"; share 0..1 or -1. */
void tui_jobs_words(const struct tui_model *m, char *out, size_t n, double *share);

#endif
