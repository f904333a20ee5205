#include "media/portaudio_quiet.h"

#include <dlfcn.h>
#include <pthread.h>
#include <time.h>

#include "base/quiet.h"

#define MAX_END_S 2

/* The named exception to "no mutable globals". */
static pthread_mutex_t device_lock = PTHREAD_MUTEX_INITIALIZER;

/* ---- ALSA ---- */

static void say_nothing(const char *file, int line, const char *function, int err, const char *fmt, ...)
{
	(void)file, (void)line, (void)function, (void)err, (void)fmt;
}

/* ALSA prints to descriptor 2 for as long as a stream runs ("underrun occurred"), unless it is told not to. It is there where PortAudio
 * has brought it along. */
static void hush_alsa(void)
{
	typedef int (*set_handler)(void (*)(const char *, int, const char *, int, const char *, ...));
	void *alsa = dlopen("libasound.so.2", RTLD_LAZY | RTLD_NOLOAD);
	void *symbol = alsa ? dlsym(alsa, "snd_lib_error_set_handler") : NULL;
	if (symbol)
		((set_handler)symbol)(say_nothing);
	if (alsa)
		dlclose(alsa);
}

/* ---- */

#if defined(__SANITIZE_ADDRESS__)
#define LEAK_CHECK
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define LEAK_CHECK
#endif
#endif
#ifdef LEAK_CHECK
void __lsan_disable(void);
void __lsan_enable(void);
#else
static void __lsan_disable(void) {}
static void __lsan_enable(void) {}
#endif

int as_portaudio_enter(void)
{
	pthread_mutex_lock(&device_lock);
	__lsan_disable();
	hush_alsa();
	return as_quiet_begin();
}

void as_portaudio_leave(int saved)
{
	as_quiet_end(saved);
	__lsan_enable();
	pthread_mutex_unlock(&device_lock);
}

/* A search for devices that nobody waits for (as_device_search_free) may go on while the program ends, and loads libraries whose ends have
 * been run already: GLib aborts there. So nobody gets in any more; who is inside and hangs is not waited for long. */
__attribute__((destructor)) static void shut(void)
{
	struct timespec until;
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += MAX_END_S;
	pthread_mutex_timedlock(&device_lock, &until);
}
