/* Private to dialog_drift.c and drift_form.c: what the drift tool's dialog is, and its fields. */
#ifndef AS_TUI_DRIFT_FORM_H
#define AS_TUI_DRIFT_FORM_H

#include "tui/form.h"

enum field { MODE, FILE_NAME, REFERENCE, PPM, OUTPUT, BIT_DEPTH, SAMPLE_RATE, BITRATE, MUX_CODEC, PLOT, FORCE, GO };

struct drift {
	struct tui *t;                   /* whose dialog it is */
	struct tui_form *form;
	struct as_session *session;      /* NULL: nothing has been started */
	const struct as_snapshot *snap;  /* of it */
	bool stops;                      /* it has been asked to */
	bool shows_result;
	double began_s;
	char *plot;                      /* where the picture goes, or NULL; written once */
	struct tui_places *asked;        /* whether its folders answer, asked before it begins; or NULL */
	bool go;                         /* it begins as soon as they have */
	char *known_of;                  /* the file whose drift is filled in as the known one, or NULL: */
	char known[32];
};

/* NULL: out of memory, as a form that is not whole. */
struct tui_form *tui_drift_form_new(const struct tui *t);
/* The clips at the cursor, or those that are marked. */
void tui_drift_form_choose(const struct tui *t, struct drift *x);
/* What is known of a file's drift stands in the field until another file does, or another number. */
void tui_drift_form_fill_known(struct drift *x, const char *path, double ppm);
/* After every change. */
void tui_drift_form_update(struct drift *x);
/* False: a field says what is wrong. */
bool tui_drift_form_check(struct tui_form *f, double *ppm);
/* True where the words say all that is needed. */
bool tui_drift_form_take(struct tui *t, struct tui_form *f, const char *args);

#endif
