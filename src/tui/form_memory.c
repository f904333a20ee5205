/* What dialogs were told last: an INI file in the state folder, a section for each. It is a convenience: what cannot be read, or has
 * been tampered with, is as if it were not there. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/file.h"
#include "base/ini.h"
#include "base/text.h"
#include "tui/form_private.h"

#define MEMORY_BYTES (64 << 10)
#define LINES_MAX 200

struct line {
	char section[40], name[60], value[AS_INI_LINE_BYTES + 1];
};

struct memory {
	struct line *v;
	int n;
};

/* A script's outcome must not hang on what someone did before. */
static char *memory_path(const struct tui *t)
{
	const char *state = getenv("XDG_STATE_HOME");

	if (!t->setup->state_dir || (t->setup->script && !(state && *state)))
		return NULL;
	return as_path_join(t->setup->state_dir, "interface.ini");
}

/* Text that means the same after a line of an INI file. */
static bool is_safe(const char *value)
{
	char safe[AS_INI_LINE_BYTES * 4];
	size_t n = strlen(value);

	if (n > 150 || (n > 0 && (value[0] == ' ' || value[n - 1] == ' ' || value[0] == '"')) || strchr(value, ';') || strchr(value, '#'))
		return false;
	return !strcmp(as_text_escape(safe, sizeof safe, value), value);
}

static enum as_status take(void *ctx, const char *where, const char *section, const char *name, const char *value,
			   struct as_error *err)
{
	struct memory *m = ctx;
	struct line *line = &m->v[m->n];

	(void)where;
	(void)err;
	if (m->n == LINES_MAX || strlen(section) >= sizeof line->section || strlen(name) >= sizeof line->name || !is_safe(section) ||
	    !is_safe(name) || !is_safe(value))
		return AS_OK;
	snprintf(line->section, sizeof line->section, "%s", section);
	snprintf(line->name, sizeof line->name, "%s", name);
	snprintf(line->value, sizeof line->value, "%s", value);
	m->n++;
	return AS_OK;
}

static void read_memory(struct memory *m, const char *path)
{
	char *text = NULL;
	int64_t n = 0;

	m->v = calloc(LINES_MAX, sizeof *m->v);
	m->n = 0;
	if (m->v && path && as_file_exists(path) && as_file_read(path, MEMORY_BYTES, &text, &n, NULL) == AS_OK)
		as_ini_parse(path, text, (size_t)n, take, m, NULL);
	free(text);
}

/* Settings that are in a file, a project or came from the command line are not overruled by what another shoot wanted. */
static bool may_recall(const struct form_field *x, const struct as_options *opt)
{
	const char *origin = x->is.row && opt ? as_options_origin(opt, x->is.name) : "default";

	return !x->is.forget && x->is.input != TUI_INPUT_BUTTON && origin && !strcmp(origin, "default");
}

static bool is_valid(const struct form_field *x, const char *value)
{
	struct as_options *scratch;
	bool valid;

	if (!x->is.row)
		return true;
	scratch = as_options_new();
	valid = scratch && as_options_set(scratch, x->is.name, value, NULL, NULL) == AS_OK;
	as_options_free(scratch);
	return valid;
}

void tui_form_recall(struct tui *t, struct tui_form *f, const struct as_options *opt)
{
	char *path = memory_path(t);
	struct memory m;

	read_memory(&m, path);
	for (int i = 0; i < m.n; i++) {
		int field = strcmp(m.v[i].section, f->name) ? -1 : tui_form_find(f, m.v[i].name);

		if (field >= 0 && may_recall(&f->v[field], opt) && is_valid(&f->v[field], m.v[i].value))
			tui_form_put(f, field, m.v[i].value);
	}
	free(m.v);
	free(path);
}

static void put_line(struct as_buffer *b, const char *name, const char *value)
{
	if (is_safe(value))
		as_buffer_addf(b, "%s = %s\n", name, value);
}

static char *make_text(const struct memory *m, const struct tui_form *f)
{
	struct as_buffer b = {0};
	const char *section = "";

	as_buffer_addf(&b, "; What dialogs were told last. Written by audiosync; it can be deleted.\n\n[%s]\n", f->name);
	for (int i = 0; i < f->n; i++) {
		const struct form_field *x = &f->v[i];

		if (!x->is.forget && !x->hidden && x->is.input != TUI_INPUT_BUTTON)
			put_line(&b, x->is.name, tui_form_get(f, i));
	}
	/* A field that was hidden this time keeps what it was. */
	for (int i = 0; i < m->n; i++) {
		int field = strcmp(m->v[i].section, f->name) ? -1 : tui_form_find(f, m->v[i].name);

		if (field >= 0 && f->v[field].hidden)
			put_line(&b, m->v[i].name, m->v[i].value);
	}
	for (int i = 0; i < m->n; i++) {
		if (!strcmp(m->v[i].section, f->name))
			continue;
		if (strcmp(m->v[i].section, section) != 0)
			as_buffer_addf(&b, "\n[%s]\n", section = m->v[i].section);
		put_line(&b, m->v[i].name, m->v[i].value);
	}
	return as_buffer_take(&b);
}

void tui_form_remember(struct tui *t, const struct tui_form *f)
{
	struct as_error err = {0};
	char *path = memory_path(t), *text;
	struct memory m;
	enum as_status status;

	if (!path)
		return;
	read_memory(&m, path);
	text = m.v ? make_text(&m, f) : NULL;
	status = text ? as_dir_make(t->setup->state_dir, &err) : AS_OK;
	if (status == AS_OK && text)
		status = as_file_write(path, true, text, &err);
	if (status != AS_OK)
		tui_note(t, TUI_WARNING, -1, "what was chosen is not remembered: %s", err.msg);
	free(text);
	free(m.v);
	free(path);
}
