#include "tui/target.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/text.h"
#include "tui/commands.h"
#include "tui/form.h"

/* --- folders --------------------------------------------------------------------------------------------------- */

/* Cuts what two folders do not share. */
static void keep_common(char *dir, const char *path)
{
	size_t n = 0, last = 0;

	while (dir[n] && dir[n] == path[n]) {
		if (dir[n] == '/')
			last = n;
		n++;
	}
	if (!dir[n] && path[n] == '/')
		return;
	dir[last ? last : 1] = '\0';
}

char *tui_target_folder(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash > path ? strndup(path, (size_t)(slash - path)) : strdup("/");
}

/* Two folders deep at least: nobody means "/media". */
static bool is_telling(const char *dir)
{
	const char *slash = dir[0] == '/' ? strchr(dir + 1, '/') : NULL;

	return slash && slash[1];
}

char *tui_target_recordings(const struct tui *t)
{
	const struct as_snapshot *s = t->m.snap;
	char *dir = s->n_clips > 0 ? tui_target_folder(s->clips[0].path) : NULL;

	for (int i = 0; dir && i < s->n_clips; i++)
		for (int k = 0; k < s->clips[i].n_parts; k++)
			keep_common(dir, s->clips[i].parts[k]);
	if (dir && is_telling(dir))
		return dir;
	free(dir);
	return NULL;
}

#define BASES 4

/* Of the folders of n places the first that can be written to; the first of all where none can, or nothing is known yet. */
static int best_of(const struct tui_places *known, char *const *dirs, int n)
{
	for (int i = 0, k = 0; known && i < n; i++)
		if (dirs[i] && tui_places_at(known, k++)->err.status == AS_OK && tui_places_at(known, k - 1)->exists)
			return i;
	for (int i = 0; i < n; i++)
		if (dirs[i])
			return i;
	return 0;
}

/* Recordings may lie on a card that is write-protected. */
char *tui_target_base(struct tui *t)
{
	const char *home = getenv("HOME"), *asked[BASES];
	char *dirs[BASES] = {tui_target_recordings(t), t->m.project ? tui_target_folder(t->m.project) : NULL, getcwd(NULL, 0), home ? strdup(home) : NULL};
	char *found;
	int n = 0, best, wait_ms = 0;

	for (int i = 0; i < BASES; i++)
		if (dirs[i])
			asked[n++] = dirs[i];
	/* One that has not answered yet is not asked once more. */
	if (!t->bases || !tui_places_are(t->bases, asked, n) || tui_places_known(t->bases, 0)) {
		tui_places_drop(t->bases);
		t->bases = tui_places_ask(asked, n);
		wait_ms = tui_patience_ms(t);
	}
	best = best_of(t->bases && tui_places_known(t->bases, wait_ms) ? t->bases : NULL, dirs, BASES);
	found = dirs[best];
	for (int i = 0; i < BASES; i++)
		if (i != best)
			free(dirs[i]);
	return found;
}

char *tui_target_shorten(struct tui *t, const char *path)
{
	char *base = tui_target_base(t), *full = tui_path(path), *out = NULL;
	size_t n = base ? strlen(base) : 0;

	if (base && full && !strncmp(full, base, n) && full[n] == '/' && full[n + 1])
		out = strdup(full + n + 1);
	else if (full)
		out = tui_path_short(full);
	free(base);
	free(full);
	return out;
}

char *tui_target_expand(struct tui *t, const char *kept)
{
	char *base = NULL, *full = NULL, *out;

	if (kept[0] == '/' || kept[0] == '~')
		return tui_path_short(kept);
	base = tui_target_base(t);
	full = base ? as_path_join(base, kept) : NULL;
	out = full ? tui_path_short(full) : NULL;
	free(base);
	free(full);
	return out;
}

/* --- what is written to ---------------------------------------------------------------------------------------- */

/* What an export may ask the disk for: DIR, the documents' folders, the project's, those of the recordings. NULL-terminated heap of heap. */
static char **paths_of(const struct tui *t, const struct as_export_request *r, int *n)
{
	const struct as_snapshot *s = t->m.snap;
	char **v = calloc((size_t)(r->n_documents + s->n_clips) + 3, sizeof *v);

	*n = 0;
	if (!v)
		return NULL;
	v[(*n)++] = strdup(r->dir ? r->dir : "/");
	for (int i = 0; i < r->n_documents; i++)
		v[(*n)++] = tui_target_folder(r->documents[i].path);
	v[(*n)++] = t->m.project ? tui_target_folder(t->m.project) : strdup("/");
	for (int i = 0; i < s->n_clips; i++) {
		char *folder = tui_target_folder(s->clips[i].path);

		if (folder && v[*n - 1] && !strcmp(folder, v[*n - 1]))
			free(folder);
		else
			v[(*n)++] = folder;
	}
	for (int i = 0; i < *n; i++)
		if (!v[i]) {
			tui_words_free(v, *n);
			return NULL;
		}
	return v;
}

bool tui_target_answers(struct tui *t, const char *path)
{
	char *folder = tui_target_folder(path);
	struct tui_places *asked = folder ? tui_places_ask((const char *const[]){folder}, 1) : NULL;
	bool answers = asked && tui_places_known(asked, tui_patience_ms(t));

	if (!answers)
		tui_say(t, TUI_ERROR, "%.200s: the disk does not answer; try it again, or choose another folder", folder ? folder : path);
	tui_places_drop(asked);
	free(folder);
	return answers;
}

void tui_target_done(struct tui_target *g)
{
	tui_places_drop(g->asked);
	*g = (struct tui_target){0};
}

bool tui_target_ask(struct tui *t, struct tui_target *g, const struct as_export_request *r)
{
	int n = 0, wait_ms = 0;
	char **paths = paths_of(t, r, &n);

	/* What came late serves once; what has not come is not asked for once more. */
	if (paths && (!g->asked || g->used || !tui_places_are(g->asked, (const char *const *)paths, n))) {
		tui_places_drop(g->asked);
		g->asked = tui_places_ask((const char *const *)paths, n);
		g->has_dir = r->dir != NULL;
		g->n_documents = r->n_documents;
		g->n = n;
		wait_ms = tui_patience_ms(t);
	}
	if (paths)
		tui_words_free(paths, n);
	g->used = paths && g->asked && tui_places_known(g->asked, wait_ms);
	return g->used;
}

int tui_target_fd(const struct tui_target *g)
{
	return g->asked && !g->used ? tui_places_fd(g->asked) : -1;
}

bool tui_target_answered(const struct tui_target *g)
{
	return g->asked && !g->used && tui_places_known(g->asked, 0);
}

/* The next run would take the aligned files for recordings. */
static bool is_of_recordings(const struct tui_target *g)
{
	const struct tui_folder *dir = tui_places_at(g->asked, 0);

	for (int i = g->n_documents + 2; dir->exists && i < g->n; i++) {
		const struct tui_folder *in = tui_places_at(g->asked, i);

		if (in->exists && in->dev == dir->dev && in->ino == dir->ino)
			return true;
	}
	return false;
}

static bool refuse(const struct as_error *err, char *why, size_t n)
{
	snprintf(why, n, "%s", err->msg[0] ? err->msg : as_status_name(err->status));
	return false;
}

bool tui_target_check_dir(const struct tui_target *g, const char *dir, char *why, size_t n)
{
	struct as_error err = {0};

	if (!*dir)
		as_fail(&err, AS_ERR_INVALID, "a folder for the aligned files is needed");
	else if (tui_places_at(g->asked, 0)->err.status != AS_OK)
		err = tui_places_at(g->asked, 0)->err;
	else if (is_of_recordings(g))
		as_fail(&err, AS_ERR_INVALID, "this is the folder of the recordings: the next run would take the aligned files for more of them");
	return err.status == AS_OK || refuse(&err, why, n);
}

bool tui_target_check_document(const struct tui_target *g, int i, char *why, size_t n)
{
	const struct as_error *err = &tui_places_at(g->asked, 1 + i)->err;

	return err->status == AS_OK || refuse(err, why, n);
}

double tui_target_free_bytes(const struct tui *t, const struct tui_target *g)
{
	return t->setup->script || !g->used || !g->has_dir ? NAN : tui_places_at(g->asked, 0)->free_bytes;
}

/* --- settings -------------------------------------------------------------------------------------------------- */

bool tui_settings_same(const struct as_options *a, const struct as_options *b)
{
	size_t n;
	const struct as_option_row *rows = as_option_rows(&n);

	for (size_t i = 0; i < n; i++)
		if (strcmp(as_options_value(a, rows[i].key), as_options_value(b, rows[i].key)) != 0)
			return false;
	return true;
}

bool tui_settings_take(struct tui *t, const struct as_options *opt)
{
	struct as_error err = {0};

	if (tui_settings_same(t->m.opt, opt))
		return true;
	if (!tui_try(t, as_session_configure(t->m.session, opt, &err), &err))
		return false;
	tui_look(t);
	return true;
}
