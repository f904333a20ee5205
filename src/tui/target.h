/* Where dialogs write to. */
#ifndef AS_TUI_TARGET_H
#define AS_TUI_TARGET_H

#include "tui/app.h"
#include "tui/places.h"

/* The folder that all recordings are in or below; NULL where that says nothing. Heap. */
char *tui_target_recordings(const struct tui *t);
/* That one, or where it cannot be written to, the project's, the program's, or home. A disk that does not answer is not waited for: that
 * one then. Heap. */
char *tui_target_base(struct tui *t);
/* A path below that folder without it, others as they are ("~" for home): what a dialog remembers, so that the next shoot gets a place
 * of its own. Heap. */
char *tui_target_shorten(struct tui *t, const char *path);
/* The way back: heap, "~" for home. */
char *tui_target_expand(struct tui *t, const char *kept);

/* The folder that a path is in: heap. */
char *tui_target_folder(const char *path);
/* Whether the disk with that folder answers in the time that a key has; false: said that it does not. */
bool tui_target_answers(struct tui *t, const char *path);
/* What the disk says of all folders that an export has to do with, asked aside. All zero: nothing yet. */
struct tui_target {
	struct tui_places *asked;
	bool used; /* the answer is there, and was taken */
	bool has_dir;
	int n_documents, n;
};

/* True: all of it is known, and the functions below can be called. Else the answer comes later, and serves the next call. */
bool tui_target_ask(struct tui *t, struct tui_target *g, const struct as_export_request *r);
/* A descriptor that is readable once what came later is there, or -1; whether it is. */
int tui_target_fd(const struct tui_target *g);
bool tui_target_answered(const struct tui_target *g);
void tui_target_done(struct tui_target *g);

/* Whether aligned files could go into the request's folder, which was typed as dir: false with the reason. */
bool tui_target_check_dir(const struct tui_target *g, const char *dir, char *why, size_t n);
/* The same of its document i: its folder is there, or can be made, and can be written to. */
bool tui_target_check_document(const struct tui_target *g, int i, char *why, size_t n);
/* Free room where the folder is or would be; NAN if unknown, and in scripts. */
double tui_target_free_bytes(const struct tui *t, const struct tui_target *g);

/* Whether all settings are the same. */
bool tui_settings_same(const struct as_options *a, const struct as_options *b);
/* Gives the session these settings unless it has them. False: said why. */
bool tui_settings_take(struct tui *t, const struct as_options *opt);

#endif
