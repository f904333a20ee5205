/* What an export would write, in dialogs: looked up, drawn, checked, done. */
#ifndef AS_TUI_OUTPUT_H
#define AS_TUI_OUTPUT_H

#include <audiosync/preview.h>

#include "tui/form.h"
#include "tui/target.h"

/* All zero: nothing is known yet. */
struct tui_output {
	struct as_preview *preview; /* NULL: trouble says why */
	char trouble[AS_ERROR_MSG_BYTES];
	double free_bytes; /* NAN: unknown */
	struct tui_target target;
	struct as_looks *looks; /* of the preview, and of the export that follows; or NULL */
	bool looks_wait;   /* those have been asked for, and have not come */
	bool waits;        /* the disk has not answered yet */
	bool go;           /* and is to be written to as soon as it does */
};

void tui_output_done(struct tui_output *o);
/* Nothing can be said, for this reason. */
void tui_output_trouble(struct tui_output *o, const char *why);
/* By the settings opt. A disk that does not answer is not waited for: `waits` is set, and once tui_output_answered it is time to look
 * again. */
void tui_output_look(struct tui *t, struct tui_output *o, const struct as_options *opt, const struct as_export_request *r);
/* Readable once that may be. */
int tui_output_fd(const struct tui_output *o);
bool tui_output_answered(const struct tui_output *o);
int tui_output_count(const struct tui_output *o);
/* The first timeline among the files; NULL: none, or not known. */
const struct as_preview_file *tui_output_timeline(const struct tui_output *o);
/* What of the recordings' drift stays in the timeline: "drift stays in 3 clips, up to 45 ms"; false: none. */
bool tui_output_drift(const struct as_preview_file *timeline, bool unicode, char *out, size_t n);
/* What Enter comes to: "Write 12 files", "All 12 files exist already". Returns out. */
char *tui_output_button(const struct tui_output *o, bool force, char *out, size_t n);
/* A title, a line for each file (or their names alone), the sum: count + 2 rows, or what there is. */
void tui_output_draw(const struct tui_output *o, struct tui_canvas c);

/* What stands in the way, told at one of the two fields. True: something does. */
bool tui_output_refused(const struct tui_output *o, struct tui_form *f, int place, int force);
/* Settings into the session, and the export begins. False: said why in the form. */
bool tui_output_run(struct tui *t, struct tui_output *o, struct tui_form *f, const struct as_options *opt, const struct as_export_request *r);
/* Whether an export can be thought of; else says what comes first. */
bool tui_output_is_ready(struct tui *t);
/* The session's settings with those of the form over them as far as they are valid: for looking. NULL when out of memory. */
struct as_options *tui_output_settings(const struct tui *t, const struct tui_form *f);

#endif
