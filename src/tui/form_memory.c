/* What dialogs were told last: an INI file in the state folder, a section for each. It is a convenience: what cannot be read, or has
 * been tampered with, is as if it were not there. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/aside.h"
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

/* The file is read and written aside: a disk that does not answer holds up no dialog. */
struct recalling {
	struct as_aside aside;
	char *path;      /* immutable once it runs */
	struct memory m; /* the thread's until it is done */
};

struct tui_remembering {
	struct as_aside aside;
	/* Immutable once it runs. */
	char *path, *dir;
	char section[40];
	struct memory said;   /* what the section says now, … */
	struct memory hidden; /* … and the names of what keeps what it was */
	/* The thread's until it is done. */
	struct as_error err;
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

/* --- recalling --------------------------------------------------------------------------------------------------- */

static void read_it(struct as_aside *a)
{
	struct recalling *r = (struct recalling *)a;

	read_memory(&r->m, r->path);
}

static void free_recalling(struct as_aside *a)
{
	struct recalling *r = (struct recalling *)a;

	free(r->m.v);
	free(r->path);
	free(r);
}

static void take_over(struct tui_form *f, const struct memory *m, const struct as_options *opt)
{
	for (int i = 0; m->v && i < m->n; i++) {
		int field = strcmp(m->v[i].section, f->name) ? -1 : tui_form_find(f, m->v[i].name);

		if (field >= 0 && may_recall(&f->v[field], opt) && is_valid(&f->v[field], m->v[i].value))
			tui_form_put(f, field, m->v[i].value);
	}
}

void tui_form_recall(struct tui *t, struct tui_form *f, const struct as_options *opt)
{
	struct recalling *r = calloc(1, sizeof *r);

	if (!r || !(r->path = memory_path(t)) || as_aside_start(&r->aside, read_it, free_recalling, "state", NULL) != AS_OK) {
		if (r)
			free_recalling(&r->aside);
		return;
	}
	if (as_aside_done(&r->aside, tui_patience_ms(t)))
		take_over(f, &r->m, opt);
	else
		tui_note(t, TUI_WARNING, -1, "what was chosen last is not known: the disk with %s does not answer", r->path);
	as_aside_drop(&r->aside);
}

/* --- remembering ------------------------------------------------------------------------------------------------- */

static void put_line(struct as_buffer *b, const char *name, const char *value)
{
	if (is_safe(value))
		as_buffer_addf(b, "%s = %s\n", name, value);
}

static bool has_name(const struct memory *m, const char *name)
{
	for (int i = 0; i < m->n; i++)
		if (!strcmp(m->v[i].name, name))
			return true;
	return false;
}

static char *make_text(const struct memory *m, const struct tui_remembering *r)
{
	struct as_buffer b = {0};
	const char *section = "";

	as_buffer_addf(&b, "; What dialogs were told last. Written by audiosync; it can be deleted.\n\n[%s]\n", r->section);
	for (int i = 0; i < r->said.n; i++)
		put_line(&b, r->said.v[i].name, r->said.v[i].value);
	/* A field that was hidden this time keeps what it was. */
	for (int i = 0; i < m->n; i++)
		if (!strcmp(m->v[i].section, r->section) && has_name(&r->hidden, m->v[i].name))
			put_line(&b, m->v[i].name, m->v[i].value);
	for (int i = 0; i < m->n; i++) {
		if (!strcmp(m->v[i].section, r->section))
			continue;
		if (strcmp(m->v[i].section, section) != 0)
			as_buffer_addf(&b, "\n[%s]\n", section = m->v[i].section);
		put_line(&b, m->v[i].name, m->v[i].value);
	}
	return as_buffer_take(&b);
}

static void write_it(struct as_aside *a)
{
	struct tui_remembering *r = (struct tui_remembering *)a;
	struct memory m;
	char *text;
	enum as_status status;

	read_memory(&m, r->path);
	text = m.v ? make_text(&m, r) : NULL;
	status = text ? as_dir_make(r->dir, &r->err) : as_fail(&r->err, AS_ERR_MEMORY, "out of memory");
	if (status == AS_OK)
		as_file_write(r->path, true, text, &r->err);
	free(text);
	free(m.v);
}

static void free_remembering(struct as_aside *a)
{
	struct tui_remembering *r = (struct tui_remembering *)a;

	free(r->said.v);
	free(r->hidden.v);
	free(r->path);
	free(r->dir);
	free(r);
}

static void add_name(struct memory *m, const char *name, const char *value)
{
	struct line *line = &m->v[m->n++];

	snprintf(line->name, sizeof line->name, "%s", name);
	snprintf(line->value, sizeof line->value, "%s", value);
}

static bool copy_form(struct tui_remembering *r, const struct tui_form *f)
{
	r->said.v = calloc((size_t)f->n + 1, sizeof *r->said.v);
	r->hidden.v = calloc((size_t)f->n + 1, sizeof *r->hidden.v);
	if (!r->said.v || !r->hidden.v)
		return false;
	snprintf(r->section, sizeof r->section, "%s", f->name);
	for (int i = 0; i < f->n; i++) {
		const struct form_field *x = &f->v[i];

		if (x->hidden)
			add_name(&r->hidden, x->is.name, "");
		else if (!x->is.forget && x->is.input != TUI_INPUT_BUTTON && is_safe(tui_form_get(f, i)))
			add_name(&r->said, x->is.name, tui_form_get(f, i));
	}
	return true;
}

static void drop_remembering(struct tui *t)
{
	if (t->remembering)
		as_aside_drop(&t->remembering->aside);
	t->remembering = NULL;
}

void tui_form_remember_turn(struct tui *t)
{
	struct tui_remembering *r = t->remembering;

	if (!r || !as_aside_done(&r->aside, 0))
		return;
	if (r->err.status != AS_OK)
		tui_note(t, TUI_WARNING, -1, "what was chosen is not remembered: %s", r->err.msg);
	drop_remembering(t);
}

void tui_form_remember_end(struct tui *t)
{
	if (t->remembering)
		as_aside_done(&t->remembering->aside, tui_end_ms(t));
	drop_remembering(t);
}

void tui_form_remember(struct tui *t, const struct tui_form *f)
{
	char *path = memory_path(t);
	struct tui_remembering *r = path ? calloc(1, sizeof *r) : NULL;

	if (!r) {
		free(path);
		return;
	}
	r->path = path;
	r->dir = strdup(t->setup->state_dir);
	if (!r->dir || !copy_form(r, f) || as_aside_start(&r->aside, write_it, free_remembering, "state", NULL) != AS_OK) {
		free_remembering(&r->aside);
		return;
	}
	drop_remembering(t);
	t->remembering = r;
	/* The next dialog would begin without it. */
	as_aside_done(&r->aside, tui_patience_ms(t));
	tui_form_remember_turn(t);
}
