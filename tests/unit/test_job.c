#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "engine/job.h"

struct board {
	struct as_pool *pool;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	int ran, done, cancelled, to_spawn;
	int order[64], n_order;
	bool hold, held;
	atomic_bool cancel;
};

static void board_init(struct board *b, int threads)
{
	*b = (struct board){.pool = as_pool_new(threads, NULL)};
	assert_non_null(b->pool);
	pthread_mutex_init(&b->lock, NULL);
	pthread_cond_init(&b->changed, NULL);
}

static void board_done(struct board *b)
{
	pthread_cond_destroy(&b->changed);
	pthread_mutex_destroy(&b->lock);
}

static void submit(struct board *b, enum as_status (*run)(struct as_job *, struct as_error *),
		   int id);

static enum as_status count(struct as_job *job, struct as_error *err)
{
	struct board *b = job->owner;
	pthread_mutex_lock(&b->lock);
	b->ran++;
	if (b->n_order < 64)
		b->order[b->n_order++] = job->id;
	pthread_mutex_unlock(&b->lock);
	return job->id % 2 ? as_fail(err, AS_ERR_FORMAT, "job %d", job->id) : AS_OK;
}

/* Waits, as a job never does outside of tests, until the test lets it go. */
static enum as_status hold(struct as_job *job, struct as_error *err)
{
	struct board *b = job->owner;
	(void)err;
	pthread_mutex_lock(&b->lock);
	b->held = true;
	pthread_cond_broadcast(&b->changed);
	while (b->hold && !atomic_load(&b->cancel))
		pthread_cond_wait(&b->changed, &b->lock);
	pthread_mutex_unlock(&b->lock);
	return AS_OK;
}

static void finished(struct as_job *job, enum as_status status, const struct as_error *err)
{
	struct board *b = job->owner;
	bool spawn;
	pthread_mutex_lock(&b->lock);
	if (status == AS_CANCELLED)
		b->cancelled++;
	else if (job->run == count && job->id % 2)
		assert_true(status == AS_ERR_FORMAT && err->msg[0] != '\0');
	b->done++;
	spawn = b->to_spawn > 0;
	b->to_spawn -= spawn;
	pthread_cond_broadcast(&b->changed);
	pthread_mutex_unlock(&b->lock);
	if (spawn)
		submit(b, count, job->id + 2);
}

static void submit(struct board *b, enum as_status (*run)(struct as_job *, struct as_error *),
		   int id)
{
	struct as_job *job = calloc(1, sizeof *job);
	assert_non_null(job);
	*job = (struct as_job){
		.run = run, .done = finished, .owner = b, .id = id, .cancel = &b->cancel};
	as_pool_submit(b->pool, job);
}

static void wait_done(struct board *b, int n)
{
	pthread_mutex_lock(&b->lock);
	while (b->done < n)
		pthread_cond_wait(&b->changed, &b->lock);
	pthread_mutex_unlock(&b->lock);
}

static void test_all_run_and_spawn(void **state)
{
	(void)state;
	struct board b;
	board_init(&b, 4);
	b.to_spawn = 500;
	for (int i = 0; i < 500; i++)
		submit(&b, count, i);
	wait_done(&b, 1000);
	as_pool_free(b.pool);
	assert_int_equal(b.ran, 1000);
	assert_int_equal(b.done, 1000);
	assert_int_equal(b.cancelled, 0);
	board_done(&b);
}

static void test_first_in_first_out(void **state)
{
	(void)state;
	struct board b;
	board_init(&b, 1);
	for (int i = 0; i < 64; i++)
		submit(&b, count, i);
	wait_done(&b, 64);
	as_pool_free(b.pool);
	for (int i = 0; i < 64; i++)
		assert_int_equal(b.order[i], i);
	board_done(&b);
}

static void *let_go(void *arg)
{
	struct board *b = arg;
	pthread_mutex_lock(&b->lock);
	b->hold = false;
	pthread_cond_broadcast(&b->changed);
	pthread_mutex_unlock(&b->lock);
	return NULL;
}

/* Every queued job hears of its end, also when the pool goes away first. */
static void test_free_drops_the_queue(void **state)
{
	(void)state;
	struct board b;
	pthread_t t;
	board_init(&b, 1);
	b.hold = true;
	submit(&b, hold, 0);
	for (int i = 0; i < 100; i++)
		submit(&b, count, i);
	pthread_mutex_lock(&b.lock);
	while (!b.held)
		pthread_cond_wait(&b.changed, &b.lock);
	pthread_mutex_unlock(&b.lock);
	assert_int_equal(pthread_create(&t, NULL, let_go, &b), 0);
	as_pool_free(b.pool);
	pthread_join(t, NULL);
	assert_int_equal(b.done, 101);
	assert_int_equal(b.ran + b.cancelled, 100);
	board_done(&b);
}

static void test_cancel_skips_what_waits(void **state)
{
	(void)state;
	struct board b;
	board_init(&b, 2);
	atomic_store(&b.cancel, true);
	for (int i = 0; i < 50; i++)
		submit(&b, count, i);
	wait_done(&b, 50);
	as_pool_free(b.pool);
	assert_int_equal(b.ran, 0);
	assert_int_equal(b.cancelled, 50);
	board_done(&b);
}

static void test_thread_counts(void **state)
{
	(void)state;
	struct as_pool *p = as_pool_new(0, NULL);
	assert_non_null(p);
	assert_int_equal(as_pool_threads(p), 1);
	as_pool_free(p);
	as_pool_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_run_and_spawn),
		cmocka_unit_test(test_first_in_first_out),
		cmocka_unit_test(test_free_drops_the_queue),
		cmocka_unit_test(test_cancel_skips_what_waits),
		cmocka_unit_test(test_thread_counts),
	};
	return cmocka_run_group_tests_name("job", tests, NULL, NULL);
}
