#include "engine/look.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include <audiosync/preview.h>

#include "base/aside.h"
#include "base/text.h"
#include "engine/document_private.h"

struct looks {
	struct look *v;
	int n;
};

/* What is being asked for. */
struct asking {
	struct as_aside aside;
	struct looks looks; /* the thread's until it is done */
};

struct as_looks {
	struct looks known, wanted;
	struct asking *asking; /* or NULL */
};

static bool is_of(const struct look *l, enum look_kind kind, const char *path)
{
	return l->kind == kind && strcmp(l->path, path) == 0;
}

static const struct look *find(const struct looks *in, enum look_kind kind, const char *path)
{
	for (int i = 0; i < in->n; i++) {
		if (is_of(&in->v[i], kind, path))
			return &in->v[i];
	}
	return NULL;
}

static struct look *add(struct looks *to, enum look_kind kind, const char *path)
{
	struct look *v = realloc(to->v, ((size_t)to->n + 1) * sizeof *v);
	char *copy = strdup(path);
	if (v)
		to->v = v;
	if (!v || !copy) {
		free(copy);
		return NULL;
	}
	v[to->n] = (struct look){.kind = kind, .path = copy};
	return &v[to->n++];
}

static void looks_done(struct looks *l)
{
	for (int i = 0; i < l->n; i++)
		as_engine_look_done(&l->v[i]);
	free(l->v);
	*l = (struct looks){0};
}

/* ---- asking the disk ---- */

static int read_names(const char *path, struct text_list *out)
{
	const char *begin = as_path_base(path);
	char *folder = as_engine_folder_of(path);
	DIR *dir = folder ? opendir(folder) : NULL;
	int error = !folder ? ENOMEM : dir ? 0 : errno;
	for (struct dirent *e; dir && !error && (e = readdir(dir));) {
		if (strncasecmp(e->d_name, begin, strlen(begin)) == 0 && !as_text_list_add(out, e->d_name))
			error = ENOMEM;
	}
	if (dir)
		closedir(dir);
	free(folder);
	return error;
}

static void answer(struct look *l)
{
	switch (l->kind) {
	case LOOK_STAT:
		l->error = stat(l->path, &l->st) == 0 ? 0 : errno;
		return;
	case LOOK_LSTAT:
		l->error = lstat(l->path, &l->st) == 0 ? 0 : errno;
		return;
	case LOOK_WRITE:
		l->error = access(l->path, W_OK | X_OK) == 0 ? 0 : errno;
		return;
	case LOOK_NAMES:
		l->error = read_names(l->path, &l->names);
		return;
	}
}

static void run(struct as_aside *a)
{
	struct asking *q = (struct asking *)a;
	for (int i = 0; i < q->looks.n && !atomic_load(&a->stopped); i++)
		answer(&q->looks.v[i]);
}

static void free_asking(struct as_aside *a)
{
	struct asking *q = (struct asking *)a;
	looks_done(&q->looks);
	free(q);
}

/* ---- answers ---- */

void as_engine_look_done(struct look *l)
{
	free(l->path);
	as_text_list_done(&l->names);
}

static bool copy_answer(const struct look *from, struct look *to)
{
	to->error = from->error;
	to->st = from->st;
	for (int i = 0; i < from->names.n; i++) {
		if (!as_text_list_add(&to->names, from->names.v[i]))
			return false;
	}
	return true;
}

void as_engine_look(struct as_looks *looks, enum look_kind kind, const char *path, struct look *out)
{
	const struct look *known = looks ? find(&looks->known, kind, path) : NULL;
	*out = (struct look){.kind = kind, .path = strdup(path), .error = ENOENT};
	if (!out->path || (known && !copy_answer(known, out)))
		out->error = ENOMEM;
	else if (!looks)
		answer(out);
	else if (!known && !find(&looks->wanted, kind, path) && !add(&looks->wanted, kind, path))
		out->error = ENOMEM;
}

int as_engine_look_stat(struct as_looks *looks, enum look_kind kind, const char *path, struct stat *st)
{
	struct look l;
	as_engine_look(looks, kind, path, &l);
	*st = l.st;
	as_engine_look_done(&l);
	errno = l.error;
	return l.error ? -1 : 0;
}

/* ---- the front end's ---- */

struct as_looks *as_looks_new(void)
{
	return calloc(1, sizeof(struct as_looks));
}

void as_looks_free(struct as_looks *l)
{
	if (!l)
		return;
	if (l->asking)
		as_aside_drop(&l->asking->aside);
	looks_done(&l->known);
	looks_done(&l->wanted);
	free(l);
}

bool as_looks_wants(const struct as_looks *l)
{
	return l->wanted.n > 0;
}

enum as_status as_looks_ask(struct as_looks *l, struct as_error *err)
{
	if (l->asking || l->wanted.n == 0)
		return AS_OK;
	struct asking *q = calloc(1, sizeof *q);
	if (!q)
		return as_fail(err, AS_ERR_MEMORY, "export: out of memory");
	q->looks = l->wanted;
	enum as_status status = as_aside_start(&q->aside, run, free_asking, "export", err);
	if (status != AS_OK) {
		free(q);
		return status;
	}
	l->wanted = (struct looks){0};
	l->asking = q;
	return AS_OK;
}

int as_looks_fd(const struct as_looks *l)
{
	return l->asking ? l->asking->aside.fd : -1;
}

bool as_looks_done(struct as_looks *l, int wait_ms)
{
	struct asking *q = l->asking;
	if (!q)
		return true;
	if (!as_aside_done(&q->aside, wait_ms))
		return false;
	struct look *v = realloc(l->known.v, ((size_t)l->known.n + (size_t)q->looks.n) * sizeof *v);
	/* Without memory they are asked for again. */
	if (v) {
		memcpy(v + l->known.n, q->looks.v, (size_t)q->looks.n * sizeof *v);
		l->known.v = v;
		l->known.n += q->looks.n;
		q->looks.n = 0;
	}
	/* What is still wanted is noted by the next call. */
	looks_done(&l->wanted);
	l->asking = NULL;
	as_aside_drop(&q->aside);
	return true;
}
