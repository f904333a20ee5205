/* Forms from command lines, and back. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/suggest.h"
#include "tui/commands.h"
#include "tui/form_private.h"

/* --- in -------------------------------------------------------------------------------------------------------- */

static int find_flag(const struct tui_form *f, const char *name, size_t n)
{
	for (int i = 0; i < f->n; i++)
		if (f->v[i].is.flag && strlen(f->v[i].is.flag) == n && !strncmp(f->v[i].is.flag, name, n))
			return i;
	return -1;
}

static int find_letter(const struct tui_form *f, char letter)
{
	for (int i = 0; i < f->n; i++)
		if (letter && f->v[i].is.letter == letter)
			return i;
	return -1;
}

static bool fail_flag(struct tui_form *f, const char *name)
{
	struct as_suggest near = {.word = name};
	char text[200];

	for (int i = 0; i < f->n; i++)
		if (f->v[i].is.flag)
			as_suggest_offer(&near, f->v[i].is.flag);
	snprintf(text, sizeof text, "no option is called --%.60s here%s%s%s", name, near.best ? "; did you mean --" : "",
		 near.best ? near.best : "", near.best ? "?" : "");
	tui_form_fail(f, -1, text);
	return false;
}

static bool is_yes_no(const struct form_field *x)
{
	return x->is.input == TUI_INPUT_SWITCH || (x->is.row && x->is.row->type == AS_OPTION_BOOL);
}

/* False: said why. */
static bool put(struct tui_form *f, int i, const char *value)
{
	const struct form_field *x = &f->v[i];
	char text[300], allowed[160] = "";

	if (tui_form_put(f, i, value))
		return true;
	if (x->is.row)
		as_option_allowed(x->is.row, allowed, sizeof allowed);
	snprintf(text, sizeof text, "--%s: %s, not \"%.40s\"", x->is.flag, *allowed ? allowed : x->is.choices, value);
	tui_form_fail(f, i, text);
	return false;
}

static bool needs_value(struct tui_form *f, int i)
{
	char text[120];

	snprintf(text, sizeof text, "--%s needs a value", f->v[i].is.flag);
	tui_form_fail(f, i, text);
	return false;
}

/* words[*k] begins with dashes; moves on to what it takes. */
static bool take_flag(struct tui_form *f, char *const *words, int n, int *k)
{
	const char *word = words[*k], *value = NULL;
	char name[64];
	int i;

	if (word[1] == '-') {
		size_t len = strcspn(word + 2, "=");

		snprintf(name, sizeof name, "%.*s", (int)(len < 60 ? len : 60), word + 2);
		i = find_flag(f, word + 2, len);
		value = word[2 + len] ? word + 2 + len + 1 : NULL;
	} else {
		snprintf(name, sizeof name, "%.8s", word + 1);
		i = find_letter(f, word[1]);
		value = word[2] ? word + 2 : NULL;
	}
	if (i < 0)
		return fail_flag(f, name);
	if (is_yes_no(&f->v[i]) && !value)
		return put(f, i, f->v[i].is.negated ? "no" : "yes");
	if (!value && *k + 1 >= n)
		return needs_value(f, i);
	return put(f, i, value ? value : words[++*k]);
}

bool tui_form_take(struct tui *t, struct tui_form *f, const char *args, int word)
{
	int n = 0;
	char **words = tui_words(t, args, &n), text[200];
	bool fine = words != NULL, flags = true, taken = false;

	if (!words)
		tui_form_fail(f, -1, "a quote is not closed");
	for (int k = 0; fine && k < n; k++) {
		if (flags && !strcmp(words[k], "--")) {
			flags = false;
		} else if (flags && words[k][0] == '-' && words[k][1]) {
			fine = take_flag(f, words, n, &k);
		} else if (word >= 0 && !taken) {
			fine = put(f, word, words[k]);
			taken = true;
		} else {
			snprintf(text, sizeof text, "one word too many: \"%.80s\"", words[k]);
			tui_form_fail(f, -1, text);
			fine = false;
		}
	}
	tui_words_free(words, n);
	return fine;
}

/* --- out ------------------------------------------------------------------------------------------------------- */

static bool is_plain(const char *s)
{
	for (; *s; s++)
		if (!strchr("/._-+:,=~@%", *s) && !(*s >= '0' && *s <= '9') && !(*s >= 'a' && *s <= 'z') && !(*s >= 'A' && *s <= 'Z'))
			return false;
	return true;
}

static void add_word(struct as_buffer *b, const char *text)
{
	if (*text && is_plain(text)) {
		as_buffer_addf(b, " %s", text);
		return;
	}
	as_buffer_add(b, " '");
	for (; *text; text++)
		if (*text == '\'')
			as_buffer_add(b, "'\\''");
		else
			as_buffer_add_bytes(b, text, 1);
	as_buffer_add(b, "'");
}

char *tui_form_words(const struct tui_form *f, int word)
{
	struct as_buffer b = {0};
	char *text;

	for (int i = 0; i < f->n; i++) {
		const struct form_field *x = &f->v[i];
		const char *value = tui_form_get(f, i);

		if (x->hidden || i == word || !x->is.flag || !strcmp(value, x->is.def))
			continue;
		if (is_yes_no(x)) {
			if (!strcmp(value, x->is.negated ? "no" : "yes"))
				as_buffer_addf(&b, " --%s", x->is.flag);
			continue;
		}
		if (x->is.letter)
			as_buffer_addf(&b, " -%c", x->is.letter);
		else
			as_buffer_addf(&b, " --%s", x->is.flag);
		add_word(&b, value);
	}
	if (word >= 0 && *tui_form_get(f, word)) {
		/* What begins with a dash is no flag. */
		if (tui_form_get(f, word)[0] == '-')
			as_buffer_add(&b, " --");
		add_word(&b, tui_form_get(f, word));
	}
	text = as_buffer_take(&b);
	if (text && *text == ' ')
		memmove(text, text + 1, strlen(text));
	return text;
}

char *tui_setting_refusal(const struct as_option_row *row, const char *value, const struct as_error *err, char *out, size_t n)
{
	char allowed[160];

	as_option_allowed(row, allowed, sizeof allowed);
	if (*allowed)
		snprintf(out, n, "must be %s, not \"%.60s\"", allowed, value);
	else
		snprintf(out, n, "%s", err->msg);
	return out;
}

static void fail_setting(struct tui_form *f, int i, const struct as_error *err)
{
	char text[AS_ERROR_MSG_BYTES];

	tui_form_fail(f, i, tui_setting_refusal(f->v[i].is.row, tui_form_get(f, i), err, text, sizeof text));
}

bool tui_form_settings(struct tui_form *f, struct as_options *opt)
{
	struct as_error err = {0};
	int first = -1;

	for (int i = 0; i < f->n; i++) {
		const struct tui_field *is = &f->v[i].is;
		const char *value = tui_form_get(f, i), *old = is->row ? as_options_value(opt, is->name) : value;

		if (f->v[i].hidden || !old || !strcmp(old, value))
			continue;
		if (as_options_set(opt, is->name, value, "interface", &err) == AS_OK)
			continue;
		fail_setting(f, i, &err);
		first = first < 0 ? i : first;
	}
	if (first >= 0) {
		tui_form_go(f, first);
		return false;
	}
	if (as_options_check(opt, &err) == AS_OK)
		return true;
	/* The message names the settings that do not go together. */
	for (int i = 0; i < f->n && first < 0; i++)
		if (f->v[i].is.row && !f->v[i].hidden && strstr(err.msg, f->v[i].is.name))
			first = i;
	tui_form_fail(f, first, err.msg);
	return false;
}
