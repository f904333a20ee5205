/* Threads of the library's own: signals are the front end's, and none of them lands in one. */
#ifndef AS_BASE_THREAD_H
#define AS_BASE_THREAD_H

#include <pthread.h>
#include <stdbool.h>

/* thread: to be joined; NULL: nobody waits for it. False: the system gives none, and run is not called. */
bool as_thread_start(pthread_t *thread, void *(*run)(void *), void *arg);

#endif
