/* Where dialogs write to. */
#ifndef AS_TUI_TARGET_H
#define AS_TUI_TARGET_H

#include "tui/app.h"

/* The folder that all recordings are in or below; NULL where that says nothing. Heap. */
char *tui_target_recordings(const struct tui *t);
/* That one, or where it cannot be written to, the project's, the program's, or home. Heap. */
char *tui_target_base(const struct tui *t);
/* A path below that folder without it, others as they are ("~" for home): what a dialog remembers, so that the next shoot gets a place
 * of its own. Heap. */
char *tui_target_shorten(const struct tui *t, const char *path);
/* The way back: heap, "~" for home. */
char *tui_target_expand(const struct tui *t, const char *kept);

/* Whether aligned files could go there: false with the reason. */
bool tui_target_check_dir(const struct tui *t, const char *dir, char *why, size_t n);
/* The same of a file: its folder is there, or can be made, and can be written to. */
bool tui_target_check_file(const char *path, char *why, size_t n);
/* Free room where the path is or would be; NAN if unknown, and in scripts. */
double tui_target_free_bytes(const struct tui *t, const char *path);

/* Whether all settings are the same. */
bool tui_settings_same(const struct as_options *a, const struct as_options *b);
/* Gives the session these settings unless it has them. False: said why. */
bool tui_settings_take(struct tui *t, const struct as_options *opt);

#endif
