#include "engine/job.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/thread.h"

#define MAX_THREADS 64

struct as_pool {
	pthread_t *threads; /* immutable after new */
	int n_threads;
	pthread_mutex_t lock; /* guards the fields below */
	pthread_cond_t more;
	struct as_job *head, **tail;
	bool stop;
};

/* The next job, or NULL when the pool stops and nothing is left. */
static struct as_job *take(struct as_pool *p, bool *drop)
{
	pthread_mutex_lock(&p->lock);
	while (!p->head && !p->stop)
		pthread_cond_wait(&p->more, &p->lock);
	struct as_job *job = p->head;
	if (job) {
		p->head = job->next;
		if (!p->head)
			p->tail = &p->head;
		job->next = NULL;
	}
	*drop = p->stop;
	pthread_mutex_unlock(&p->lock);
	return job;
}

static void *work(void *arg)
{
	struct as_pool *p = arg;
	struct as_job *job;
	bool drop;
	while ((job = take(p, &drop)) != NULL) {
		struct as_error err;
		enum as_status status = AS_CANCELLED;
		as_error_clear(&err);
		if (!drop && !(job->cancel && atomic_load(job->cancel)))
			status = job->run(job, &err);
		if (job->done)
			job->done(job, status, &err);
		free(job);
	}
	return NULL;
}

struct as_pool *as_pool_new(int n_threads, struct as_error *err)
{
	if (n_threads < 1)
		n_threads = 1;
	if (n_threads > MAX_THREADS)
		n_threads = MAX_THREADS;
	struct as_pool *p = calloc(1, sizeof *p);
	if (!p || !(p->threads = calloc((size_t)n_threads, sizeof *p->threads))) {
		free(p);
		as_fail(err, AS_ERR_MEMORY, "worker threads: out of memory");
		return NULL;
	}
	p->tail = &p->head;
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->more, NULL);
	while (p->n_threads < n_threads && as_thread_start(&p->threads[p->n_threads], work, p))
		p->n_threads++;
	if (p->n_threads == 0) {
		as_pool_free(p);
		as_fail(err, AS_ERR_MEMORY, "worker threads: the system gives none");
		return NULL;
	}
	return p;
}

void as_pool_free(struct as_pool *p)
{
	if (!p)
		return;
	pthread_mutex_lock(&p->lock);
	p->stop = true;
	pthread_cond_broadcast(&p->more);
	pthread_mutex_unlock(&p->lock);
	for (int i = 0; i < p->n_threads; i++)
		pthread_join(p->threads[i], NULL);
	pthread_cond_destroy(&p->more);
	pthread_mutex_destroy(&p->lock);
	free(p->threads);
	free(p);
}

int as_pool_threads(const struct as_pool *p)
{
	return p->n_threads;
}

void as_pool_submit(struct as_pool *p, struct as_job *job)
{
	job->next = NULL;
	pthread_mutex_lock(&p->lock);
	*p->tail = job;
	p->tail = &job->next;
	pthread_cond_signal(&p->more);
	pthread_mutex_unlock(&p->lock);
}
