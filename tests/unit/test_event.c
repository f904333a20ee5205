#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "engine/event.h"

static bool readable(const struct as_event_queue *q)
{
	struct pollfd p = {.fd = as_event_queue_fd(q), .events = POLLIN};
	return poll(&p, 1, 0) == 1;
}

static void test_order_and_coalescing(void **state)
{
	(void)state;
	struct as_event_queue *q = as_event_queue_new(NULL);
	struct as_event e;
	assert_non_null(q);
	assert_false(as_event_pop(q, &e));
	assert_false(readable(q));
	as_event_push(q, (struct as_event){.kind = AS_EVENT_STAGE, .id = AS_STAGE_PROBE});
	for (int i = 0; i < 100000; i++)
		as_event_push(q, (struct as_event){.kind = AS_EVENT_PROGRESS, .done = i});
	as_event_push(q, (struct as_event){.kind = AS_EVENT_CLIP, .id = 7});
	assert_true(readable(q));
	assert_true(as_event_pop(q, &e));
	assert_int_equal(e.kind, AS_EVENT_STAGE);
	assert_true(readable(q));
	assert_true(as_event_pop(q, &e));
	assert_int_equal(e.kind, AS_EVENT_PROGRESS);
	assert_int_equal(e.done, 99999);
	assert_true(as_event_pop(q, &e));
	assert_int_equal(e.id, 7);
	assert_false(readable(q));
	assert_false(as_event_pop(q, &e));
	as_event_queue_free(q);
}

/* A model of the queue: what waits, by (kind, id), in order of the first push. */
static void test_random_against_model(void **state)
{
	(void)state;
	enum { IDS = 700, STEPS = 60000 };
	static struct as_event model[3 * IDS];
	int n = 0;
	uint32_t seed = 12345;
	struct as_event_queue *q = as_event_queue_new(NULL);
	assert_non_null(q);
	for (int i = 0; i < STEPS; i++) {
		seed = seed * 1664525u + 1013904223u;
		/* Phases of filling and of draining, so that the ring grows, wraps and runs
		 * empty. */
		bool push = (seed >> 16) % 100 < ((i / 5000) % 2 ? 25u : 85u);
		if (push) {
			struct as_event e = {.kind = (enum as_event_kind)(1 + (seed >> 8) % 3),
					     .id = (int)((seed >> 12) % IDS),
					     .done = i};
			int k = 0;
			while (k < n && (model[k].kind != e.kind || model[k].id != e.id))
				k++;
			model[k] = e;
			n += k == n;
			as_event_push(q, e);
		} else {
			struct as_event e;
			assert_int_equal(as_event_pop(q, &e), n > 0);
			if (n > 0) {
				assert_int_equal(e.kind, model[0].kind);
				assert_int_equal(e.id, model[0].id);
				assert_int_equal(e.done, model[0].done);
				for (int k = 1; k < n; k++)
					model[k - 1] = model[k];
				n--;
			}
		}
		assert_int_equal(readable(q), n > 0);
	}
	as_event_queue_free(q);
}

struct pusher {
	struct as_event_queue *q;
	int base;
};

static void *push_many(void *arg)
{
	struct pusher *p = arg;
	for (int i = 0; i < 5000; i++)
		as_event_push(p->q, (struct as_event){.kind = AS_EVENT_CLIP, .id = p->base + i});
	as_event_push(p->q, (struct as_event){.kind = AS_EVENT_DONE, .id = p->base});
	return NULL;
}

static void test_threads_lose_nothing(void **state)
{
	(void)state;
	enum { THREADS = 4, EACH = 5000 };
	static unsigned char seen[THREADS * EACH];
	struct as_event_queue *q = as_event_queue_new(NULL);
	struct pusher p[THREADS];
	pthread_t t[THREADS];
	int ended = 0;
	assert_non_null(q);
	for (int i = 0; i < THREADS; i++) {
		p[i] = (struct pusher){q, i * EACH};
		assert_int_equal(pthread_create(&t[i], NULL, push_many, &p[i]), 0);
	}
	while (ended < THREADS) {
		struct pollfd pf = {.fd = as_event_queue_fd(q), .events = POLLIN};
		struct as_event e;
		assert_true(poll(&pf, 1, 20000) == 1);
		while (as_event_pop(q, &e)) {
			if (e.kind == AS_EVENT_DONE)
				ended++;
			else
				seen[e.id]++;
		}
	}
	for (int i = 0; i < THREADS; i++)
		pthread_join(t[i], NULL);
	for (int i = 0; i < THREADS * EACH; i++)
		assert_int_equal(seen[i], 1);
	as_event_queue_free(q);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order_and_coalescing),
		cmocka_unit_test(test_random_against_model),
		cmocka_unit_test(test_threads_lose_nothing),
	};
	return cmocka_run_group_tests_name("event", tests, NULL, NULL);
}
