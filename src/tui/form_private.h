/* What the parts of a form know of one another. */
#ifndef AS_TUI_FORM_PRIVATE_H
#define AS_TUI_FORM_PRIVATE_H

#include "tui/form.h"
#include "tui/names.h"

#define FORM_WORD_BYTES 64
#define FORM_ERROR_BYTES 400

struct form_field {
	struct tui_field is;
	char label[64];
	struct tui_prompt *line;    /* of texts, paths and numbers; else NULL, and: */
	char word[FORM_WORD_BYTES];
	struct tui_names *names;    /* of paths */
	bool hidden;
	char *reset;                /* what Ctrl-U brings; NULL: the default */
	bool fresh;                 /* its text is as it was found: what is typed takes its place */
	bool typed;                 /* since the focus came: Tab completes */
	int gap;
	char remark[64]; /* behind the chosen one of a choice, or a text */
	char warning[120]; /* in a row below the field; or "" */
	char error[FORM_ERROR_BYTES];
};

struct tui_form {
	const char *name;
	int patience_ms; /* for folders whose names complete paths */
	struct form_field v[TUI_FORM_FIELDS];
	int n, at;
	int top; /* the line of fields in the first row */
	char error[FORM_ERROR_BYTES]; /* of the whole */
	bool broken; /* memory ran out */
};

static inline bool tui_field_is_text(const struct form_field *x)
{
	return x->is.input == TUI_INPUT_TEXT || x->is.input == TUI_INPUT_PATH || x->is.input == TUI_INPUT_NUMBER;
}

/* What people want of a number or a text most of the time: "a|b"; or NULL. */
const char *tui_form_usual_values(const struct as_option_row *row);
/* As the focus comes to it. */
void tui_form_freshen(struct form_field *x);
/* The focus goes to the next field that is shown, or the one before. */
void tui_form_step(struct tui_form *f, int step);

/* "a|b|c" */
int tui_choice_count(const char *choices);
char *tui_choice_at(const char *choices, int i, char *out, size_t n);
int tui_choice_find(const char *choices, const char *value); /* -1: not there */

#endif
