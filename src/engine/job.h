/* A pool of worker threads that runs jobs: the only threads besides the front end's. */
#ifndef AS_ENGINE_JOB_H
#define AS_ENGINE_JOB_H

#include <stdatomic.h>

#include "base/error.h"

struct as_pool;

struct as_job {
	/* In a worker thread; inputs are const. */
	enum as_status (*run)(struct as_job *job, struct as_error *err);
	/* In a worker thread, after run or instead of it; the only place that stores results; may
	 * submit further jobs. */
	void (*done)(struct as_job *job, enum as_status status, const struct as_error *err);
	void *owner;               /* the session */
	int kind, id, id2;
	const atomic_bool *cancel; /* checked by run at least every 50 ms of work */
	struct as_job *next;       /* the pool's */
};

struct as_pool *as_pool_new(int n_threads, struct as_error *err);
/* Lets running jobs end (set their cancel flags first), drops queued ones after calling done
 * with AS_CANCELLED, joins. */
void as_pool_free(struct as_pool *p);
int as_pool_threads(const struct as_pool *p);
/* Takes the job (heap; freed after done). First in, first out. */
void as_pool_submit(struct as_pool *p, struct as_job *job);

#endif
