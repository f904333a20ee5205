#include "base/thread.h"

#include <math.h>
#include <signal.h>
#include <time.h>

#include "base/clock.h"

#define FAR_S 1e9

bool as_thread_start(pthread_t *thread, void *(*run)(void *), void *arg)
{
	pthread_t nobodys;
	pthread_attr_t attr;
	static const int faults[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGSYS, SIGTRAP};
	sigset_t all, before;

	if (pthread_attr_init(&attr) != 0)
		return false;
	pthread_attr_setdetachstate(&attr, thread ? PTHREAD_CREATE_JOINABLE : PTHREAD_CREATE_DETACHED);
	/* A thread begins with the signals blocked that its maker has blocked. Its own faults are not among them: blocked, they would
	 * end the program past every handler. */
	sigfillset(&all);
	for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
		sigdelset(&all, faults[i]);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int failed = pthread_create(thread ? thread : &nobodys, &attr, run, arg);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attr);
	return failed == 0;
}

void as_cond_init(pthread_cond_t *c)
{
#ifdef __APPLE__ /* which knows no other clock for conditions than that of the calendar */
	pthread_cond_init(c, NULL);
#else
	pthread_condattr_t attr;
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(c, &attr);
	pthread_condattr_destroy(&attr);
#endif
}

void as_cond_wait_until(pthread_cond_t *c, pthread_mutex_t *lock, double until_s)
{
#ifdef __APPLE__
	until_s -= as_clock_s();
#endif
	until_s = fmin(fmax(until_s, 0), FAR_S);
	struct timespec t = {.tv_sec = (time_t)until_s};
	t.tv_nsec = (long)((until_s - (double)t.tv_sec) * 1e9);
#ifdef __APPLE__
	pthread_cond_timedwait_relative_np(c, lock, &t);
#else
	pthread_cond_timedwait(c, lock, &t);
#endif
}
