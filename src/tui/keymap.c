#include "tui/keymap.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/ini.h"

#define FILE_BYTES (1 << 18)
#define BINDINGS_MAX 512
#define WORD_BYTES 64

struct binding {
	struct tui_key key;
	enum as_action action;
	enum as_action_place place;
};

struct tui_keymap {
	struct binding v[BINDINGS_MAX];
	int n;
};

static void drop(struct tui_keymap *m, int i)
{
	memmove(&m->v[i], &m->v[i + 1], (size_t)(m->n - i - 1) * sizeof m->v[0]);
	m->n--;
}

/* The next of the words in *keys; false: there is none. */
static bool next_word(const char **keys, char word[WORD_BYTES])
{
	size_t n;

	*keys += strspn(*keys, " \t");
	n = strcspn(*keys, " \t");
	snprintf(word, WORD_BYTES, "%.*s", n < WORD_BYTES ? (int)n : WORD_BYTES - 1, *keys);
	*keys += n;
	return n > 0;
}

static enum as_status check(const struct as_action_row *row, const char *keys, const char *where, struct as_error *err)
{
	char word[WORD_BYTES];
	struct tui_key key;

	while (next_word(&keys, word))
		if (!tui_key_parse(word, &key))
			return as_fail(err, AS_ERR_INVALID,
				       "%s: %s: \"%.40s\" is no key; keys are a, Ctrl-T, Alt-x, F5, PageDown, Enter, Esc, Space, Semicolon …",
				       where, row->name, word);
	return AS_OK;
}

static enum as_status bind(struct tui_keymap *m, const struct as_action_row *row, const char *word, const char *where,
			   struct as_error *err)
{
	struct tui_key key = {0};

	tui_key_parse(word, &key);
	for (int i = m->n - 1; i >= 0; i--)
		if (m->v[i].place == row->place && tui_key_same(m->v[i].key, key))
			drop(m, i);
	if (m->n == BINDINGS_MAX)
		return as_fail(err, AS_ERR_INVALID, "%s: too many keys, at most %d", where, BINDINGS_MAX);
	m->v[m->n++] = (struct binding){.key = key, .action = row->id, .place = row->place};
	return AS_OK;
}

static enum as_status bind_all(struct tui_keymap *m, const struct as_action_row *row, const char *keys, const char *where,
			       struct as_error *err)
{
	bool none = !strcmp(keys, "none");
	enum as_status status = none ? AS_OK : check(row, keys, where, err);
	char word[WORD_BYTES];

	for (int i = m->n - 1; i >= 0 && status == AS_OK; i--)
		if (m->v[i].action == row->id)
			drop(m, i);
	while (status == AS_OK && !none && next_word(&keys, word))
		status = bind(m, row, word, where, err);
	return status;
}

struct tui_keymap *tui_keymap_new(void)
{
	struct tui_keymap *m = calloc(1, sizeof *m);
	size_t n;
	const struct as_action_row *rows = as_actions(&n);

	/* The table binds no key twice and knows all their names: tests see to it. */
	for (size_t i = 0; m && i < n; i++)
		bind_all(m, &rows[i], rows[i].keys, "keys", NULL);
	return m;
}

void tui_keymap_free(struct tui_keymap *m)
{
	free(m);
}

/* A file of keys as it is read. */
struct reading {
	struct tui_keymap *map;
	int passed_over; /* lines */
	struct as_error first;
};

static enum as_status check_line(const struct as_action_row *row, const char *where, const char *section, const char *name,
				 struct as_error *err)
{
	if (!row)
		return as_fail(err, AS_ERR_INVALID, "%s: no action is called \"%.60s\"", where, name);
	if (strcmp(section, as_action_place_name(row->place)) != 0)
		return as_fail(err, AS_ERR_INVALID, "%s: %s belongs into section [%s]", where, name,
			       as_action_place_name(row->place));
	return AS_OK;
}

/* What one version of the program does not know must not keep another from starting. */
static enum as_status take_line(void *ctx, const char *where, const char *section, const char *name, const char *value,
				struct as_error *err)
{
	struct reading *r = ctx;
	const struct as_action_row *row = as_action_find(name);
	enum as_status status = check_line(row, where, section, name, err);

	if (status == AS_OK)
		status = bind_all(r->map, row, value, where, err);
	if (status != AS_OK && r->passed_over++ == 0)
		r->first = *err;
	return AS_OK;
}

/* A line that is no "action = keys" is passed over like one that means nothing: it becomes a comment. */
static void pass_over(char *text, const char *path, struct reading *r)
{
	int number = 1;

	for (char *line = text; *line; number++) {
		size_t n = strcspn(line, "\n");
		char *p = line + strspn(line, " \t\r");

		if (!strchr("\n;#[", *p) && !memchr(line, '=', n)) {
			if (r->passed_over++ == 0)
				as_fail(&r->first, AS_ERR_INVALID, "%s:%d: \"%.*s\" has no \"=\"", path, number,
					(int)(n - (size_t)(p - line) < 40 ? n - (size_t)(p - line) : 40), p);
			*p = '#';
		}
		line += n + (line[n] == '\n');
	}
}

enum as_status tui_keymap_load(struct tui_keymap *m, const char *path, struct as_error *err)
{
	struct tui_keymap *copy = malloc(sizeof *copy);
	struct reading r = {.map = copy};
	struct as_error bad = {0}; /* of lines */
	char *text = NULL;
	int64_t n = 0;
	enum as_status status;

	if (!copy)
		return as_fail(err, AS_ERR_MEMORY, "%.300s: out of memory", path);
	*copy = *m;
	status = as_file_read(path, FILE_BYTES, &text, &n, &bad);
	if (status == AS_OK && text)
		pass_over(text, path, &r);
	if (status == AS_OK)
		status = as_ini_parse(path, text, (size_t)n, take_line, &r, &bad);
	if (status == AS_OK)
		*m = *copy;
	free(text);
	free(copy);
	if (status != AS_OK)
		return as_fail(err, status, "%s; the keys are those of the program", bad.msg);
	if (r.passed_over > 1)
		return as_fail(err, AS_ERR_INVALID, "%s; passed over, and %d more line%s", r.first.msg, r.passed_over - 1,
			       r.passed_over > 2 ? "s" : "");
	return r.passed_over ? as_fail(err, AS_ERR_INVALID, "%s; passed over", r.first.msg) : AS_OK;
}

enum as_action tui_keymap_find(const struct tui_keymap *m, enum as_action_place place, struct tui_key key)
{
	for (int i = 0; i < m->n; i++)
		if (m->v[i].place == place && tui_key_same(m->v[i].key, key))
			return m->v[i].action;
	return AS_ACTION_NONE;
}

bool tui_keymap_at(const struct tui_keymap *m, enum as_action action, int k, struct tui_key *out)
{
	for (int i = 0; i < m->n; i++)
		if (m->v[i].action == action && k-- == 0) {
			*out = m->v[i].key;
			return true;
		}
	return false;
}

char *tui_keymap_keys(const struct tui_keymap *m, enum as_action action, int most, char *out, size_t n)
{
	char name[32];
	size_t used = 0;

	out[0] = '\0';
	for (int i = 0; i < m->n && most > 0 && used < n; i++) {
		if (m->v[i].action != action)
			continue;
		used += (size_t)snprintf(out + used, n - used, "%s%s", used ? ", " : "",
					 tui_key_name(m->v[i].key, name, sizeof name));
		most--;
	}
	return out;
}

char *tui_keymap_key(const struct tui_keymap *m, enum as_action_place place, enum as_action action, char *out, size_t n)
{
	char name[32];

	out[0] = '\0';
	for (int i = 0; i < m->n; i++) {
		enum as_action there = m->v[i].action == action ? tui_keymap_find(m, place, m->v[i].key) : AS_ACTION_NONE;

		if (m->v[i].action != action || (there != AS_ACTION_NONE && there != action))
			continue;
		snprintf(out, n, "%s", tui_key_name(m->v[i].key, name, sizeof name));
		break;
	}
	return out;
}

/* The action's name in braces at text; NULL: something else stands there. *n: bytes with the braces. */
static const struct as_action_row *named_at(const char *text, size_t *n)
{
	char name[40];
	size_t len = strcspn(text + 1, "{}");

	if (text[0] != '{' || text[1 + len] != '}' || len >= sizeof name)
		return NULL;
	snprintf(name, sizeof name, "%.*s", (int)len, text + 1);
	*n = len + 2;
	return as_action_find(name);
}

static char *put_keys(const struct tui_keymap *m, const char *text, bool format, char *out, size_t n)
{
	const struct as_action_row *row;
	size_t used = 0, len = 1;
	char key[48];

	for (; *text && used + 1 < n; text += len) {
		row = named_at(text, &len);
		if (!row) {
			out[used++] = *text;
			len = 1;
			continue;
		}
		if (!m || !*tui_keymap_keys(m, row->id, 1, key, sizeof key))
			snprintf(key, sizeof key, ":%s", row->name);
		for (const char *k = key; *k && used + 2 < n; k++) {
			if (format && *k == '%')
				out[used++] = '%';
			out[used++] = *k;
		}
	}
	out[used] = '\0';
	return out;
}

char *tui_keymap_words(const struct tui_keymap *m, const char *text, char *out, size_t n)
{
	return put_keys(m, text, false, out, n);
}

char *tui_keymap_format(const struct tui_keymap *m, const char *fmt, char *out, size_t n)
{
	return put_keys(m, fmt, true, out, n);
}
