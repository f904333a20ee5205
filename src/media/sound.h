/* Sound of a file or of an address: http, https, hls, rtmp, rtsp, srt, rtp, udp … as blocks of float frames. A file that describes a session (SDP)
 * stands for what is sent there. */
#ifndef AS_MEDIA_SOUND_H
#define AS_MEDIA_SOUND_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct as_sound;

struct as_sound_config {
	const char *source;       /* a path, or a URL of a kind that as_url_protocols knows */
	const char *user_agent, *referer; /* for HTTP; NULL: none of its own */
	const char *title;        /* by which the address is known elsewhere; NULL: what the stream says itself */
	double timeout_s;         /* of an address: to its first sound, and then between one sound and the next (30 s at least where it comes in
				     pieces of many seconds, as by HLS) */
};

struct as_sound_format {
	double rate_hz;
	int channels;
	double duration_s;        /* NAN: endless, or not said */
	bool live;                /* it comes in real time, and does not end by itself */
	char title[256];          /* "Artist - Title", the station, or the name of the file; control characters escaped */
};

struct as_sound_block {
	const float *pcm;         /* interleaved; valid until the next read */
	int n_frames;             /* 0: nothing came within the time given */
	int64_t frame;            /* index of the first; live: a jump is silence that a listener hears since nothing had come in time */
	double time_s;            /* live: CLOCK_MONOTONIC when a listener hears the first (media/playout.h), which may be in the future; else NAN */
	int64_t gaps;             /* such silences so far */
};

/* Opens it up to its first sound. cancel (may be NULL) is borrowed until close; it ends whatever waits within 50 ms. NULL with AS_CANCELLED;
 * AS_ERR_IO: not reached, or broken off; AS_ERR_FORMAT, AS_ERR_NO_AUDIO: there is something, but no sound; AS_ERR_INVALID. Messages show no user
 * names, passwords or queries of addresses. */
struct as_sound *as_sound_open(const struct as_sound_config *cfg, const atomic_bool *cancel, struct as_error *err);
/* NULL is fine. 200 ms at most; none to speak of after cancel. */
void as_sound_close(struct as_sound *s);
const struct as_sound_format *as_sound_format(const struct as_sound *s);
/* Waits for the next block for timeout_ms at most (files do not let wait). AS_OK, AS_EOF, AS_CANCELLED; AS_ERR_IO: the server has broken off, or stays
 * silent; what came before has been delivered by then, and is good. */
enum as_status as_sound_read(struct as_sound *s, int timeout_ms, struct as_sound_block *out, struct as_error *err);

#endif
