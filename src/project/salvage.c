#include "project/salvage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "project/fields.h"

#define DEPTH_MAX 24
#define VALUES_MAX 12000000 /* each costs some 50 bytes as a tree */
#define NAME_MAX_BYTES 40

/* ---- a look at the brackets, before anything is built ---- */

struct scan {
	size_t at;
	bool in_text, escaped;
	int depth;
	char open[DEPTH_MAX + 1]; /* the bracket that closes each level */
	bool after_colon[DEPTH_MAX + 1], deep;
	size_t values;
	/* The last place after a whole value: what is before it can be closed and read. */
	size_t sound;
	int sound_depth;
};

static void note_sound(struct scan *s)
{
	s->sound = s->at;
	s->sound_depth = s->depth;
}

/* One character outside texts. */
static void take(struct scan *s, char c)
{
	switch (c) {
	case '"':
		s->in_text = true;
		break;
	case '{':
	case '[':
		s->values++;
		if (s->depth >= DEPTH_MAX)
			s->deep = true;
		else
			s->open[s->depth++] = c == '{' ? '}' : ']';
		break;
	case '}':
	case ']':
		if (s->depth > 0)
			s->depth--;
		s->at++;
		note_sound(s);
		s->at--;
		break;
	case ',':
		s->values++;
		note_sound(s);
		break;
	default:
		break;
	}
}

static void look(struct scan *s, const char *text, size_t bytes)
{
	for (; s->at < bytes && !s->deep && s->values <= VALUES_MAX; s->at++) {
		char c = text[s->at];
		if (!s->in_text) {
			take(s, c);
		} else if (s->escaped) {
			s->escaped = false;
		} else if (c == '\\') {
			s->escaped = true;
		} else if (c == '"') {
			s->in_text = false;
		}
	}
}

/* ---- cut where it is cut off ---- */

static json_t *load_cut(const struct scan *s, const char *text)
{
	struct scan again = {0};
	char *copy = malloc(s->sound + DEPTH_MAX + 1);
	json_t *root = NULL;
	if (copy) {
		memcpy(copy, text, s->sound);
		look(&again, copy, s->sound);
		size_t n = s->sound;
		while (again.depth > 0)
			copy[n++] = again.open[--again.depth];
		root = json_loadb(copy, n, 0, NULL);
	}
	free(copy);
	return root;
}

/* ---- line by line ---- */

struct lines {
	struct as_project *project;
	json_t *root;
	char section[NAME_MAX_BYTES]; /* "" at the top */
	int line, n_lost;
};

/* Where an element belongs by what it holds: for when the line that opens the list is damaged too. */
static const char *section_of(const json_t *e)
{
	if (json_object_get(e, "path"))
		return "files";
	if (json_object_get(e, "files"))
		return "clips";
	return json_object_get(e, "a") && json_object_get(e, "b") ? "matches" : NULL;
}

static void keep_element(struct lines *l, json_t *e)
{
	const char *name = l->section[0] ? l->section : section_of(e);
	json_t *list = name ? json_object_get(l->root, name) : NULL;
	if (name && !list) {
		list = json_array();
		/* A damaged name may not be UTF-8; then the list is gone with it. */
		if (json_object_set_new(l->root, name, list) != 0)
			list = NULL;
	}
	if (json_is_array(list))
		json_array_append(list, e);
	json_decref(e);
}

/* "name": [ — a list whose elements follow, one a line. */
static bool opens_list(struct lines *l, const char *at, size_t n)
{
	const char *end = n > 5 && at[0] == '"' ? memchr(at + 1, '"', n - 1) : NULL;
	size_t len = end ? (size_t)(end - at - 1) : 0;
	if (!end || len == 0 || len >= NAME_MAX_BYTES || (size_t)(at + n - end) != 4 || memcmp(end, "\": [", 4) != 0)
		return false;
	memcpy(l->section, at + 1, len);
	l->section[len] = '\0';
	return true;
}

static void keep_member(struct lines *l, const char *at, size_t n)
{
	char *wrapped = malloc(n + 3);
	json_t *o = NULL;
	if (wrapped) {
		wrapped[0] = '{';
		memcpy(wrapped + 1, at, n);
		wrapped[n + 1] = '}';
		o = json_loadb(wrapped, n + 2, 0, NULL);
	}
	free(wrapped);
	if (o)
		json_object_update(l->root, o);
	else
		l->n_lost++, as_project_lose(l->project, "line %d: damaged and left out", l->line);
	json_decref(o);
}

static void take_line(struct lines *l, const char *at, size_t n)
{
	while (n > 0 && (at[n - 1] == ',' || at[n - 1] == '\r' || at[n - 1] == ' '))
		n--;
	if (n == 0 || (n == 1 && (*at == '{' || *at == '}')) || opens_list(l, at, n))
		return;
	if (n == 1 && *at == ']') {
		l->section[0] = '\0';
		return;
	}
	if (at[0] == '"') {
		l->section[0] = '\0';
		keep_member(l, at, n);
		return;
	}
	json_t *e = json_loadb(at, n, 0, NULL);
	if (e)
		keep_element(l, e);
	else
		l->n_lost++, as_project_lose(l->project, "line %d%s%s: damaged and left out", l->line,
					     l->section[0] ? " of the " : "", l->section);
}

static json_t *load_lines(struct as_project *p, const char *text, size_t bytes)
{
	struct lines l = {.project = p, .root = json_object()};
	for (size_t at = 0; l.root && at < bytes;) {
		const char *end = memchr(text + at, '\n', bytes - at);
		size_t n = end ? (size_t)(end - text) - at : bytes - at;
		l.line++;
		take_line(&l, text + at, n);
		at += n + 1;
	}
	if (l.n_lost == 0)
		as_project_lose(p, "it is cut off: what came after line %d is lost", l.line);
	return l.root;
}

/* ---- */

static enum as_status check_limits(const struct scan *s, const char *path, struct as_error *err)
{
	if (s->deep)
		return as_fail(err, AS_ERR_FORMAT, "%s: nested more deeply than a project can be", path);
	if (s->values > VALUES_MAX)
		return as_fail(err, AS_ERR_FORMAT, "%s: holds more values than a project can", path);
	return AS_OK;
}

json_t *as_project_tree(struct as_project *p, const char *text, size_t bytes, const char *path, struct as_error *err)
{
	struct scan s = {0};
	json_error_t why;
	look(&s, text, bytes);
	if (check_limits(&s, path, err) != AS_OK)
		return NULL;
	json_t *root = json_loadb(text, bytes, 0, &why);
	if (json_is_object(root))
		return root;
	json_decref(root);
	/* Ours have each element on a line of its own; others can be read up to where they are cut off. */
	bool ours = strstr(text, "\"audiosync_project\"") || strstr(text, "\n\"files\": [");
	root = ours ? load_lines(p, text, bytes) : load_cut(&s, text);
	if (json_is_object(root) && json_object_size(root) > 0) {
		if (!ours)
			as_project_lose(p, "line %d: damaged; what follows is lost", why.line);
		return root;
	}
	json_decref(root);
	as_fail(err, AS_ERR_FORMAT, "%s: not a project: %s", path, text[0] ? "it cannot be read as JSON" : "it is empty");
	return NULL;
}
