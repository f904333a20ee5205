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

static enum as_status bind(struct tui_keymap *m, const struct as_action_row *row, const char *word, const char *where,
			   struct as_error *err)
{
	struct tui_key key;

	if (!tui_key_parse(word, &key))
		return as_fail(err, AS_ERR_INVALID,
			       "%s: %s: \"%.40s\" is no key; keys are a, Ctrl-T, Alt-x, F5, PageDown, Enter, Esc, Space, Semicolon …",
			       where, row->name, word);
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
	char word[64];

	for (int i = m->n - 1; i >= 0; i--)
		if (m->v[i].action == row->id)
			drop(m, i);
	if (!strcmp(keys, "none"))
		return AS_OK;
	while (*(keys += strspn(keys, " \t"))) {
		size_t n = strcspn(keys, " \t");
		enum as_status status;

		snprintf(word, sizeof word, "%.*s", n < sizeof word ? (int)n : (int)sizeof word - 1, keys);
		status = bind(m, row, word, where, err);
		if (status != AS_OK)
			return status;
		keys += n;
	}
	return AS_OK;
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

static enum as_status take_line(void *ctx, const char *where, const char *section, const char *name, const char *value,
				struct as_error *err)
{
	const struct as_action_row *row = as_action_find(name);

	if (!row)
		return as_fail(err, AS_ERR_INVALID, "%s: no action is called \"%.60s\"", where, name);
	if (strcmp(section, as_action_place_name(row->place)) != 0)
		return as_fail(err, AS_ERR_INVALID, "%s: %s belongs into section [%s]", where, name,
			       as_action_place_name(row->place));
	return bind_all(ctx, row, value, where, err);
}

enum as_status tui_keymap_load(struct tui_keymap *m, const char *path, struct as_error *err)
{
	struct tui_keymap *copy = malloc(sizeof *copy);
	char *text = NULL;
	int64_t n = 0;
	enum as_status status;

	if (!copy)
		return as_fail(err, AS_ERR_MEMORY, "%.300s: out of memory", path);
	*copy = *m;
	status = as_file_read(path, FILE_BYTES, &text, &n, err);
	if (status == AS_OK)
		status = as_ini_parse(path, text, (size_t)n, take_line, copy, err);
	if (status == AS_OK)
		*m = *copy;
	free(text);
	free(copy);
	return status;
}

enum as_action tui_keymap_find(const struct tui_keymap *m, enum as_action_place place, struct tui_key key)
{
	for (int i = 0; i < m->n; i++)
		if (m->v[i].place == place && tui_key_same(m->v[i].key, key))
			return m->v[i].action;
	return AS_ACTION_NONE;
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
