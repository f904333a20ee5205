/* The made-up shoot, written beside whoever asked for it. */
#include <stdlib.h>
#include <string.h>

#include <audiosync/demo.h>

#include "base/aside.h"

struct as_demo_run {
	struct as_aside aside;
	/* Immutable once it runs. */
	char *dir;
	uint64_t seed;
	double event_s;
	bool force;
	/* The thread's until it is done. */
	enum as_status status;
	struct as_error err;
	/* Of both. */
	atomic_int per_mille;
};

static bool goes_on(void *ctx, double share)
{
	struct as_demo_run *r = ctx;

	atomic_store(&r->per_mille, (int)(share * 1000));
	return !atomic_load(&r->aside.stopped);
}

static void make(struct as_aside *a)
{
	struct as_demo_run *r = (struct as_demo_run *)a;
	struct as_demo demo;

	r->status = as_demo_write(r->dir, r->seed, r->event_s, r->force, goes_on, r, &demo, &r->err);
}

static void free_run(struct as_aside *a)
{
	struct as_demo_run *r = (struct as_demo_run *)a;

	free(r->dir);
	free(r);
}

struct as_demo_run *as_demo_start(const char *dir, uint64_t seed, double event_s, bool force, struct as_error *err)
{
	struct as_demo_run *r = calloc(1, sizeof *r);

	if (r && (r->dir = strdup(dir))) {
		r->seed = seed;
		r->event_s = event_s;
		r->force = force;
		atomic_init(&r->per_mille, 0);
		if (as_aside_start(&r->aside, make, free_run, "demo", err) == AS_OK)
			return r;
	} else {
		as_fail(err, AS_ERR_MEMORY, "demo: out of memory");
	}
	if (r)
		free_run(&r->aside);
	return NULL;
}

int as_demo_run_fd(const struct as_demo_run *r)
{
	return r->aside.fd;
}

bool as_demo_run_done(const struct as_demo_run *r, double *share, enum as_status *status, struct as_error *err)
{
	if (!as_aside_done(&r->aside, 0)) {
		if (share)
			*share = atomic_load(&r->per_mille) / 1000.0;
		return false;
	}
	*status = r->status;
	if (r->status != AS_OK && err)
		*err = r->err;
	return true;
}

void as_demo_run_close(struct as_demo_run *r)
{
	if (!r)
		return;
	atomic_store(&r->aside.stopped, true);
	as_aside_done(&r->aside, -1);
	as_aside_drop(&r->aside);
}
