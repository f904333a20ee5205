#include "tui/drift_plot.h"

#include <stdlib.h>
#include <string.h>

#include "base/aside.h"
#include "base/file.h"


enum { RECORDINGS = 3 };

struct tui_drift_plot {
	struct as_aside aside;
	/* Immutable once it runs. */
	char *path, *svg;
	char *recordings[RECORDINGS]; /* or NULL */
	bool force;
	/* The thread's until it is done. */
	struct as_error err;
};

static bool is_same(const char *a, const char *b)
{
	char *x = a ? realpath(a, NULL) : NULL, *y = b ? realpath(b, NULL) : NULL;
	bool same = x && y && !strcmp(x, y);

	free(x);
	free(y);
	return same;
}

static void write_it(struct as_aside *a)
{
	struct tui_drift_plot *p = (struct tui_drift_plot *)a;

	for (int i = 0; i < RECORDINGS && p->err.status == AS_OK; i++)
		if (is_same(p->path, p->recordings[i]))
			as_fail(&p->err, AS_ERR_EXISTS, "%s: is one of the recordings", p->path);
	if (p->err.status == AS_OK)
		as_file_write(p->path, p->force, p->svg, &p->err);
}

static void free_plot(struct as_aside *a)
{
	struct tui_drift_plot *p = (struct tui_drift_plot *)a;

	for (int i = 0; i < RECORDINGS; i++)
		free(p->recordings[i]);
	free(p->path);
	free(p->svg);
	free(p);
}

static bool copy_words(struct tui_drift_plot *p, const struct as_drift *d, const char *path)
{
	const char *const recordings[RECORDINGS] = {d->file, d->reference, d->output};

	for (int i = 0; i < RECORDINGS; i++)
		if (recordings[i] && !(p->recordings[i] = strdup(recordings[i])))
			return false;
	return (p->path = strdup(path)) != NULL;
}

static struct tui_drift_plot *begin(const struct as_drift *d, const char *path, bool force, struct as_error *err)
{
	struct tui_drift_plot *p = calloc(1, sizeof *p);

	if (!p || !copy_words(p, d, path))
		as_fail(err, AS_ERR_MEMORY, "%s: out of memory", path);
	else if (!(p->svg = as_drift_plot(d)))
		as_fail(err, AS_ERR_INVALID, "%s: not written: there is nothing to draw", path);
	else if ((p->force = force, as_aside_start(&p->aside, write_it, free_plot, "plot", err)) == AS_OK)
		return p;
	if (p)
		free_plot(&p->aside);
	return NULL;
}

static void take(struct tui *t, int wait_ms)
{
	struct tui_drift_plot *p = t->drift_plot;

	if (!p || !as_aside_done(&p->aside, wait_ms))
		return;
	if (tui_try(t, p->err.status, &p->err))
		tui_note(t, TUI_GOOD, -1, "%s written", p->path);
	as_aside_drop(&p->aside);
	t->drift_plot = NULL;
	t->dirty = true;
}

void tui_drift_plot_write(struct tui *t, const struct as_drift *d, const char *path, bool force)
{
	struct as_error err = {0};

	take(t, 0);
	if (t->drift_plot)
		as_fail(&err, AS_ERR_BUSY, "%s: not written: the disk has not taken the plot before it yet", path);
	else
		t->drift_plot = begin(d, path, force, &err);
	tui_try(t, err.status, &err);
	take(t, tui_patience_ms(t));
}

int tui_drift_plot_fd(const struct tui *t)
{
	return t->drift_plot ? t->drift_plot->aside.fd : -1;
}

void tui_drift_plot_turn(struct tui *t)
{
	take(t, 0);
}

void tui_drift_plot_end(struct tui *t)
{
	if (!t->drift_plot)
		return;
	as_aside_done(&t->drift_plot->aside, tui_end_ms(t));
	as_aside_drop(&t->drift_plot->aside);
	t->drift_plot = NULL;
}
