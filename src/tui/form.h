/* Fields of a dialog: what they hold, the keys that change them, how they are drawn. Fields that are settings take type, choices,
 * range and help from the option table.
 *
 * A form knows no dialog: what follows from its values (other fields that go away, a preview) is the dialog's work, after news of
 * CHANGED. All values are text, as in an INI file. */
#ifndef AS_TUI_FORM_H
#define AS_TUI_FORM_H

#include "tui/app.h"

#define TUI_FORM_FIELDS 32
#define TUI_FORM_FOOT 3 /* rows at the bottom: a line, and help or an error */

enum tui_input { TUI_INPUT_TEXT, TUI_INPUT_PATH, TUI_INPUT_NUMBER, TUI_INPUT_CHOICE, TUI_INPUT_SWITCH, TUI_INPUT_BUTTON };

/* What a field is. Everything borrowed, for as long as the form is. */
struct tui_field {
	const char *name;    /* a setting's key, or a word of the dialog's own */
	const char *label;
	enum tui_input input;
	const char *help;    /* one line; NULL: the setting's */
	const char *choices; /* "a|b": of a choice; of a number or a text what Left and Right go through; or NULL */
	const char *shown;   /* how the choices read, in the same order; NULL: as they are */
	const char *unit;    /* or NULL */
	const char *def;     /* what RESET brings */
	const char *flag;    /* as on the command line, without dashes; or NULL */
	char letter;         /* of the flag, or 0 */
	bool negated;        /* the flag says no */
	bool folders;        /* a path: folders alone complete it */
	bool forget;         /* the next dialog begins without it */
	const struct as_option_row *row; /* NULL: no setting */
	tui_complete complete; /* of a text; or NULL */
	void *ctx;
};

struct tui_form;

/* NULL when out of memory. name: of its section in what is remembered. */
struct tui_form *tui_form_new(const struct tui *t, const char *name);
void tui_form_free(struct tui_form *f);
/* Adds a field; its number, also when memory ran out: tui_form_is_whole tells. value NULL: the default. */
int tui_form_add(struct tui_form *f, const struct tui_field *field, const char *value);
/* A setting's field; label and shown as above, help NULL for the table's. The value is that of opt. */
int tui_form_add_setting(struct tui_form *f, const struct as_options *opt, const char *key, const char *label, const char *shown);
bool tui_form_is_whole(const struct tui_form *f);

int tui_form_count(const struct tui_form *f);
const struct tui_field *tui_form_field(const struct tui_form *f, int i);
int tui_form_find(const struct tui_form *f, const char *name); /* -1: none */
/* Until the next change. */
const char *tui_form_get(const struct tui_form *f, int i);
bool tui_form_is(const struct tui_form *f, int i, const char *value);
bool tui_form_yes(const struct tui_form *f, int i);
/* False: the field does not take it, and keeps what it has. */
bool tui_form_put(struct tui_form *f, int i, const char *value);
/* A field that is hidden is not asked for, does not count and is not remembered. */
void tui_form_hide(struct tui_form *f, int i, bool hidden);
bool tui_form_hidden(const struct tui_form *f, int i);
void tui_form_reset(struct tui_form *f, int i, const char *value); /* what RESET brings instead of the default: copied */
void tui_form_label(struct tui_form *f, int i, const char *label); /* of a button: copied */
void tui_form_help(struct tui_form *f, int i, const char *help);   /* borrowed */
void tui_form_remark(struct tui_form *f, int i, const char *text); /* behind what a choice stands at, or a text: copied; "": none */
void tui_form_warn(struct tui_form *f, int i, const char *text);   /* a row below the field, until it is changed: copied; "": none */
void tui_form_gap(struct tui_form *f, int i, int rows);            /* empty rows above the field */

int tui_form_at(const struct tui_form *f);
void tui_form_go(struct tui_form *f, int i);
/* What Enter does now: deed on the button; NULL in a field, from where it goes there. */
const char *tui_form_deed(const struct tui_form *f, const char *deed);

/* What is wrong with a field, or (-1) with the whole: the focus goes there, it stands until the field changes. */
void tui_form_fail(struct tui_form *f, int i, const char *why);
bool tui_form_failed(const struct tui_form *f);

enum tui_form_news { TUI_FORM_NOTHING /* not its key */, TUI_FORM_TAKEN, TUI_FORM_CHANGED, TUI_FORM_GO /* Enter */ };
enum tui_form_news tui_form_key(struct tui_form *f, struct tui_key key);
enum tui_form_news tui_form_act(struct tui_form *f, enum as_action action);

/* Fields above, TUI_FORM_FOOT rows of help below. */
int tui_form_rows(const struct tui_form *f); /* that the fields would like */
int tui_form_shown(const struct tui_form *f); /* fields and warnings, not the gaps */
void tui_form_fit(struct tui_form *f, int rows);
void tui_form_draw(const struct tui_form *f, struct tui_canvas c);
bool tui_form_caret(const struct tui_form *f, struct tui_canvas c, int *row, int *col);
/* Where a field is drawn; -1: it is not. */
int tui_form_row(const struct tui_form *f, struct tui_canvas c, int i);

/* Why a setting does not take the value, where its name stands beside it. Returns out. */
char *tui_setting_refusal(const struct as_option_row *row, const char *value, const struct as_error *err, char *out, size_t n);
/* The value beside `now`: the choice before or behind it, a number that is less or more. False: texts have none. */
bool tui_setting_step(const struct as_option_row *row, const char *now, int step, char *out, size_t n);

/* --- form_words.c: forms and command lines --- */

/* Takes the words of args: flags, and what is none into the field `word` (-1: there is no such thing). False: one of them is wrong,
 * and the form says which. */
bool tui_form_take(struct tui *t, struct tui_form *f, const char *args, int word);
/* The words that would set it: heap. word: the field that goes without a flag, or -1. */
char *tui_form_words(const struct tui_form *f, int word);
/* Settings that are shown go into opt; what is wrong is told at the field. */
bool tui_form_settings(struct tui_form *f, struct as_options *opt);

/* --- form_memory.c: what was chosen last --- */

/* Over the values of a new form: what was remembered, but for settings that someone has set. opt may be NULL. */
void tui_form_recall(struct tui *t, struct tui_form *f, const struct as_options *opt);
void tui_form_remember(struct tui *t, const struct tui_form *f);
/* Each turn: says what kept it from being written. */
void tui_form_remember_turn(struct tui *t);
/* The end: waits a little for it. */
void tui_form_remember_end(struct tui *t);

/* --- form_path.c --- */

/* The path with the home folder as "~": heap. */
char *tui_path_short(const char *path);

#endif
