/* Private to dialog_timeline.c and document_form.c: what the dialog for timelines and reports is, and its fields. */
#ifndef AS_TUI_DOCUMENT_FORM_H
#define AS_TUI_DOCUMENT_FORM_H

#include "tui/document_name.h"
#include "tui/writing.h"

enum field {
	KIND,
	FILE_NAME,
	ALSO,
	FPS,
	NAME,
	START_TC,
	DRIFT,
	MEDIA_PATHS,
	MAP_PATH,
	REPLACE,
	DIR,
	UNPLACED,
	FORCE,
	WRITE,
	BY_KIND, /* and on: the kinds as flags, "--otio FILE"; never shown */
};

struct timeline {
	struct tui_writing w;
	char kinds[160], titles[400]; /* "otio|fcpxml|…", and how they read */
	char kind_help[300];
	struct tui_documents given; /* besides, by flags: "--edl FILE" */
};

/* NULL: out of memory (said so). */
struct timeline *tui_document_form_new(struct tui *t, const struct tui_writing_kind *kind);
void tui_document_form_close(void *state);
/* What was chosen last. */
void tui_document_form_recall(struct tui *t, struct timeline *x);
/* The name follows the kind; the kind follows a name that was typed. */
void tui_document_form_rename(struct timeline *x);
void tui_document_form_choose_kind(struct timeline *x);
/* Those fields alone that the kind has. */
void tui_document_form_show(struct timeline *x);
/* True where the words say all that is needed. */
bool tui_document_form_take(struct tui *t, struct timeline *x, const char *args);

#endif
