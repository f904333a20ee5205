/* Threads of the library's own: signals are the front end's, and none of them lands in one. */
#ifndef AS_BASE_THREAD_H
#define AS_BASE_THREAD_H

#include <pthread.h>
#include <stdbool.h>

/* thread: to be joined; NULL: nobody waits for it. False: the system gives none, and run is not called. */
bool as_thread_start(pthread_t *thread, void *(*run)(void *), void *arg);

/* A condition that can be waited for with as_cond_wait_until. */
void as_cond_init(pthread_cond_t *c);
/* With the lock: until c is signalled, or as_clock_s() is until_s; or, as conditions do, for no reason. */
void as_cond_wait_until(pthread_cond_t *c, pthread_mutex_t *lock, double until_s);

#endif
