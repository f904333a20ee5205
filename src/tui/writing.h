/* A dialog that writes files: a form, and above its button what would be written. */
#ifndef AS_TUI_WRITING_H
#define AS_TUI_WRITING_H

#include "tui/output.h"
#include "tui/pane.h"

/* What one such dialog has of its own. */
struct tui_writing_kind {
	int top, force, write; /* fields: the first, the one above the list, the button below it */
	int least_gap;         /* rows that the list has in any case */
	/* After every change: settings that do not fit together are told when Enter is pressed, not while they are being chosen. */
	void (*update)(void *state, struct tui *t);
	/* A key was taken by the form; `was` had the cursor before. */
	void (*changed)(void *state, struct tui *t, enum tui_form_news news, int was);
	/* Writes, as Enter on the button would. */
	void (*go)(void *state, struct tui *t);
};

/* The first member of the dialog's state. */
struct tui_writing {
	const struct tui_writing_kind *kind;
	struct tui_form *form;
	struct tui_output out;
	bool recalled;       /* other timelines, by the field for them, are those of the last time */
	char kinds_help[240]; /* of that field */
};

/* Fields of all of these dialogs. */
extern const struct tui_field tui_field_force, tui_field_write;
extern const enum as_action tui_writing_hints[];

/* True: the disk has not answered; it is written once it has, said so. */
bool tui_writing_waits(struct tui *t, struct tui_writing *w);

/* The help of the field for other timelines: all kinds that there are, between two texts. */
void tui_writing_help_kinds(struct tui_writing *w, int also, const char *before, const char *behind);
/* The remark of that field where nobody has chosen what stands in it: what another shoot wanted need not be wanted here. Or "". */
const char *tui_writing_last_time(const struct tui_writing *w, int also);

/* A setting whose text wants help or a flag of its own; name: the setting's. */
void tui_writing_add_text(struct tui_form *f, const struct as_options *opt, struct tui_field field);

/* What of a struct tui_pane_ops is the same; state is a struct tui_writing, or begins with one. */
void tui_writing_close(void *state);
int tui_writing_fd(const void *state);
void tui_writing_turn(void *state, struct tui *t);
void tui_writing_news(void *state, struct tui *t);
bool tui_writing_key(void *state, struct tui *t, struct tui_key key);
bool tui_writing_act(void *state, struct tui *t, enum as_action action, const struct tui_call *call);
void tui_writing_fit(void *state, const struct tui_model *m, int rows, int cols);
void tui_writing_draw(const void *state, const struct tui_model *m, struct tui_canvas c);
const char *tui_writing_deed(const void *state, const struct tui_model *m);
bool tui_writing_caret(const void *state, const struct tui_model *m, struct tui_canvas c, int *row, int *col);

#endif
