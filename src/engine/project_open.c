/* A project that is opened in a thread of its own: a dead network mount holds up that thread alone. */
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/aside.h"
#include "engine/project_private.h"
#include "export/xml.h"

#define HOLD_TRIES 5
#define HOLD_MS 50

struct as_opening {
	struct as_aside aside;
	/* Immutable once it runs, but for the settings, which become the session's. */
	struct as_options *opt;
	char *path, *state_dir;
	char **roots;
	int n_roots;
	bool hold;
	/* The thread's until it is done. */
	struct as_session *session;
	char *newer;
	struct as_error err, held;
};

/* One that was given up may have it for a moment yet. */
static enum as_status hold(struct as_opening *o, const char *project)
{
	enum as_status status = as_session_hold(o->session, project, &o->held);

	for (int i = 0; i < HOLD_TRIES && status == AS_ERR_BUSY && !atomic_load(&o->aside.stopped); i++) {
		poll(NULL, 0, HOLD_MS);
		status = as_session_hold(o->session, project, &o->held);
	}
	return status;
}

static void open_it(struct as_aside *a)
{
	struct as_opening *o = (struct as_opening *)a;
	char *path = as_project_named(o->path);
	const char *project;

	if (path)
		o->session = as_engine_load(o->opt, path, (const char *const *)o->roots, o->n_roots, &a->stopped, &o->err);
	else
		as_fail(&o->err, AS_ERR_MEMORY, "%s: out of memory", o->path);
	free(path);
	project = o->session ? as_session_project_path(o->session) : NULL;
	if (!project || atomic_load(&a->stopped))
		return;
	/* Two sessions that write one project would lose what the other one did. */
	if (o->hold)
		o->held.status = hold(o, project);
	o->newer = as_session_newer_autosave(o->session, o->state_dir);
}

static void free_opening(struct as_aside *a)
{
	struct as_opening *o = (struct as_opening *)a;

	as_session_free(o->session);
	as_options_free(o->opt);
	for (int i = 0; o->roots && i < o->n_roots; i++)
		free(o->roots[i]);
	free(o->roots);
	free(o->path);
	free(o->state_dir);
	free(o->newer);
	free(o);
}

static bool copy_words(struct as_opening *o, const struct as_options *opt, const char *path, const char *const *roots, int n_roots,
		       const char *state_dir)
{
	o->opt = as_options_copy(opt);
	o->path = strdup(path);
	o->state_dir = state_dir ? strdup(state_dir) : NULL;
	o->roots = calloc((size_t)n_roots + 1, sizeof *o->roots);
	for (; o->roots && o->n_roots < n_roots; o->n_roots++)
		if (!(o->roots[o->n_roots] = strdup(roots[o->n_roots])))
			return false;
	return o->opt && o->path && (o->state_dir || !state_dir) && o->roots;
}

struct as_opening *as_session_open_start(const struct as_options *opt, const char *path, const char *const *roots, int n_roots, bool hold,
					 const char *state_dir, struct as_error *err)
{
	struct as_opening *o = calloc(1, sizeof *o);

	/* The thread makes a session: nobody may wait for it, and the process ends while it is at it. */
	as_xml_prepare();
	if (!o || !copy_words(o, opt, path, roots, n_roots, state_dir))
		as_fail(err, AS_ERR_MEMORY, "%s: out of memory", path);
	else if ((o->hold = hold, as_aside_start(&o->aside, open_it, free_opening, "project", err)) == AS_OK)
		return o;
	if (o)
		free_opening(&o->aside);
	return NULL;
}

int as_opening_fd(const struct as_opening *o)
{
	return o->aside.fd;
}

bool as_opening_done(const struct as_opening *o, int wait_ms)
{
	return as_aside_done(&o->aside, wait_ms);
}

struct as_session *as_opening_take(struct as_opening *o, char **newer, struct as_error *held, struct as_error *err)
{
	struct as_session *s;

	if (newer)
		*newer = NULL;
	if (held)
		*held = (struct as_error){0};
	if (!as_opening_done(o, 0)) {
		as_fail(err, AS_ERR_BUSY, "%s: still being opened", o->path);
		return NULL;
	}
	s = o->session;
	if (newer)
		*newer = s ? o->newer : NULL;
	if (held)
		*held = o->held;
	if (!s && err)
		*err = o->err;
	if (s)
		o->session = NULL;
	if (s && newer)
		o->newer = NULL;
	as_opening_close(o);
	return s;
}

void as_opening_close(struct as_opening *o)
{
	if (o)
		as_aside_drop(&o->aside);
}
