/* The live meter as the interface runs it: started, followed, calibrated, ended. */
#ifndef AS_TUI_LIVE_H
#define AS_TUI_LIVE_H

#include "tui/app.h"

/* Ends the meter that runs, if any, and starts another; where the disk lets wait for it, later, and what becomes of it is told. False: err says why
 * not, and what ran goes on. Of cfg the names and fast count. */
bool tui_live_start(struct tui *t, const struct as_live_config *cfg, struct as_error *err);
/* The same for `audiosync live`: the meter on the whole screen. */
bool tui_live_open(struct tui *t, struct as_error *err);
/* Its actions, from any pane. True: was one of them. */
bool tui_do_live(struct tui *t, enum as_action action, const struct tui_call *call);

/* To poll; -1: there is nothing to wait for. */
int tui_live_fd(const struct tui *t);
/* Takes what has come; no more than ten frames a second follow from it. */
void tui_live_turn(struct tui *t);
/* SIGUSR1: what listens pauses, or goes on; where nothing does, that is said in the log. */
void tui_live_pause_asked(struct tui *t);
/* What it says of itself, shown from now on; what a person has to know is said. Whether anything has changed. */
bool tui_live_see(struct tui *t, const struct as_live_status *s);
/* At the end: where the meter that the command asked for has failed, its exit code and its last words say so, as without a screen. */
void tui_live_judge(struct tui *t);
/* In how many seconds a turn is due without news, at most most_s. */
double tui_live_wait_s(const struct tui *t, double most_s);

/* Makes the model show a meter, where it does not yet. False: out of memory. */
bool tui_live_show(struct tui *t);
void tui_live_free(struct tui *t);

/* live_calibration.c: what was adjusted, and saved. */

/* The session's settings with the calibrations of this run over them: heap, or NULL. */
struct as_options *tui_live_options(const struct tui *t);
/* What files say for the device that is heard: into what is shown as saved. */
void tui_live_find_saved(struct tui *t);
/* Calibrations of this run that no file has: a sentence that names them, and says where saving writes them. False: there are none. */
bool tui_live_unsaved(const struct tui *t, char *out, size_t n);
bool tui_do_calibration(struct tui *t, enum as_action action, const struct tui_call *call);

/* dialog_live.c */
void tui_open_live(struct tui *t);
/* "REFERENCE [CAPTURE]": starts it. */
void tui_live_words(struct tui *t, const char *args);

#endif
