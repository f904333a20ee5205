/* What an export would write, in dialogs: looked up, drawn, checked, done. */
#ifndef AS_TUI_OUTPUT_H
#define AS_TUI_OUTPUT_H

#include <audiosync/preview.h>

#include "tui/form.h"

/* All zero: nothing is known yet. */
struct tui_output {
	struct as_preview *preview; /* NULL: trouble says why */
	char trouble[AS_ERROR_MSG_BYTES];
	double free_bytes; /* NAN: unknown */
};

void tui_output_done(struct tui_output *o);
/* By the settings opt; dir: whose free room counts, or NULL. */
void tui_output_look(struct tui *t, struct tui_output *o, const struct as_options *opt, const struct as_export_request *r);
int tui_output_count(const struct tui_output *o);
/* What Enter comes to: "Write 12 files", "All 12 files exist already". Returns out. */
char *tui_output_button(const struct tui_output *o, bool force, char *out, size_t n);
/* A title, a line for each file (or their names alone), the sum: count + 2 rows, or what there is. */
void tui_output_draw(const struct tui_output *o, struct tui_canvas c);

/* What stands in the way, told at one of the two fields. True: something does. */
bool tui_output_refused(const struct tui_output *o, struct tui_form *f, int place, int force);
/* Settings into the session, and the export begins. False: said why in the form. */
bool tui_output_run(struct tui *t, struct tui_form *f, const struct as_options *opt, const struct as_export_request *r);
/* Whether an export can be thought of; else says what comes first. */
bool tui_output_is_ready(struct tui *t);
/* The session's settings with those of the form over them as far as they are valid: for looking. NULL when out of memory. */
struct as_options *tui_output_settings(const struct tui *t, const struct tui_form *f);

#endif
