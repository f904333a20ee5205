#include "base/url_hide.h"
#include "media/demux.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include <libavformat/version.h>
#include <libavutil/log.h>
#include <libavutil/macros.h>
#include <libavutil/mem.h>

#include "base/log.h"

/* The largest block that libav may ask for: sample tables of a day of sound stay far below, and
 * hostile lengths do not get further. */
#define MAX_ALLOC_BYTES ((size_t)512 << 20)

static enum as_log_level level_of(int av_level)
{
	/* What libav calls an error is one packet's trouble: ours are reported by status and
	 * message. */
	if (av_level <= AV_LOG_ERROR)
		return AS_LOG_INFO;
	return AS_LOG_DEBUG;
}

static void on_av_log(void *avcl, int level, const char *fmt, va_list args)
{
	if (level > AV_LOG_INFO)
		return;
	char line[512];
	int prefix = 1;
	av_log_format_line2(avcl, level, fmt, args, line, sizeof line, &prefix);
	line[strcspn(line, "\r\n")] = '\0';
	char shown[sizeof line];
	if (line[0] != '\0')
		as_log(level_of(level), "libav: %s", as_url_hide(shown, sizeof shown, line));
}

static void on_srt_log(void *ctx, int level, const char *file, int line, const char *area, const char *text)
{
	(void)ctx, (void)level, (void)file, (void)line, (void)area;
	as_log(AS_LOG_DEBUG, "libsrt: %s", text);
}

/* Where libavformat has brought libsrt along, that prints to descriptor 2 by itself. */
static void hush_srt(void)
{
	typedef void (*set_handler)(void *, void (*)(void *, int, const char *, int, const char *, const char *));
	void *avformat = dlopen("libavformat.so." AV_STRINGIFY(LIBAVFORMAT_VERSION_MAJOR), RTLD_LAZY | RTLD_NOLOAD);
	void *symbol = avformat ? dlsym(avformat, "srt_setloghandler") : NULL;
	if (symbol)
		((set_handler)symbol)(NULL, on_srt_log);
	if (avformat)
		dlclose(avformat);
}

static void init_once(void)
{
	av_log_set_callback(on_av_log);
	hush_srt();
	av_max_alloc(MAX_ALLOC_BYTES);
}

void as_media_init(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	pthread_once(&once, init_once);
}
