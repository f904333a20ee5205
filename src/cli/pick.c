#include "cli/pick.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/suggest.h"
#include "base/text.h"
#include "base/words.h"
#include "cli/table.h"

#define NAMES_MAX 4
#define NAME_COLS 60

/* The ways to name a clip, the surest first. */
enum way { WAY_FILE, WAY_NAME, WAY_PART_OF_NAME, WAY_PART_OF_PATH, WAY_N };

struct wanted {
	const char *word;
	struct stat st;
	bool exists;
};

static bool part_fits(const char *path, const struct wanted *w, enum way way)
{
	struct stat st;
	switch (way) {
	case WAY_FILE:
		return w->exists && stat(path, &st) == 0 && st.st_dev == w->st.st_dev &&
		       st.st_ino == w->st.st_ino;
	case WAY_NAME:
		return strcmp(as_path_base(path), w->word) == 0;
	case WAY_PART_OF_NAME:
		return strstr(as_path_base(path), w->word) != NULL;
	case WAY_PART_OF_PATH:
		return strstr(path, w->word) != NULL;
	case WAY_N:
		break;
	}
	return false;
}

static bool fits(const struct as_clip *c, const struct wanted *w, enum way way)
{
	for (int i = 0; i < c->n_parts; i++)
		if (part_fits(c->parts[i], w, way))
			return true;
	return false;
}

static struct wanted look_for(const char *word)
{
	struct wanted w = {.word = word};
	w.exists = stat(word, &w.st) == 0 && S_ISREG(w.st.st_mode);
	return w;
}

/* The surest way that leads anywhere; WAY_N if none does. */
static enum way choose_way(const struct as_snapshot *s, const struct wanted *w)
{
	for (enum way way = *w->word ? WAY_FILE : WAY_N; way < WAY_N; way++)
		for (int i = 0; i < s->n_clips; i++)
			if (fits(&s->clips[i], w, way))
				return way;
	return WAY_N;
}

int as_pick_clip(const struct as_snapshot *s, const char *word)
{
	struct wanted w = look_for(word);
	enum way way = choose_way(s, &w);
	int pick = AS_PICK_NONE;
	for (int i = 0; i < s->n_clips && way < WAY_N; i++) {
		if (!fits(&s->clips[i], &w, way))
			continue;
		if (pick >= 0)
			return AS_PICK_SEVERAL;
		pick = i;
	}
	return pick;
}

/* Where names do not tell clips apart, their folders do. */
static void put_clip(FILE *out, const struct as_snapshot *s, int clip, bool whole)
{
	char name[400], fitted[400];
	char *path = as_text_escape_dup(s->clips[clip].path);
	as_words_clip(name, sizeof(name), &s->clips[clip]);
	as_text_fit(fitted, sizeof(fitted), whole && path ? path : name, NAME_COLS, 1, 0);
	fputs(fitted, out);
	free(path);
}

static void put_several(FILE *out, const struct as_snapshot *s, const struct wanted *w)
{
	enum way way = choose_way(s, w);
	int n = 0;
	for (int i = 0; i < s->n_clips; i++) {
		if (!fits(&s->clips[i], w, way))
			continue;
		if (n < NAMES_MAX) {
			fputs(n ? ", " : "fits several clips: ", out);
			put_clip(out, s, i, way != WAY_PART_OF_NAME);
		}
		n++;
	}
	if (n > NAMES_MAX)
		fprintf(out, " and %d more", n - NAMES_MAX);
}

static void put_nearest(FILE *out, const struct as_snapshot *s, const struct wanted *w)
{
	struct as_suggest near = {.word = as_path_base(w->word)};
	for (int i = 0; i < s->n_clips; i++)
		for (int k = 0; k < s->clips[i].n_parts; k++)
			as_suggest_offer(&near, as_path_base(s->clips[i].parts[k]));
	char *meant = near.best ? as_text_escape_dup(near.best) : NULL;
	if (meant)
		fprintf(out, "is the name of no clip; did you mean %s?", meant);
	else if (s->n_clips > 0) {
		fputs("is the name of no clip, nor part of one; there are ", out);
		for (int i = 0; i < s->n_clips && i < NAMES_MAX; i++) {
			fputs(i ? ", " : "", out);
			put_clip(out, s, i, false);
		}
		if (s->n_clips > NAMES_MAX)
			fprintf(out, " and %d more", s->n_clips - NAMES_MAX);
	} else {
		fputs("is the name of no clip: there are none", out);
	}
	free(meant);
}

char *as_pick_complaint(const struct as_snapshot *s, const char *word, int pick)
{
	char *text = NULL;
	size_t bytes = 0;
	struct wanted w = look_for(word);
	char *shown = as_text_escape_dup(word);
	FILE *out = open_memstream(&text, &bytes);
	if (!out || !shown) {
		free(shown);
		if (out)
			fclose(out);
		free(text);
		return NULL;
	}
	fprintf(out, "\"%s\" ", shown);
	free(shown);
	if (pick == AS_PICK_SEVERAL)
		put_several(out, s, &w);
	else
		put_nearest(out, s, &w);
	if (fclose(out) == 0)
		return text;
	free(text);
	return NULL;
}
