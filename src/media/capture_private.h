/* Between as_capture_* and the kinds of sources behind it. */
#ifndef AS_MEDIA_CAPTURE_PRIVATE_H
#define AS_MEDIA_CAPTURE_PRIVATE_H

#include <stddef.h>

#include "media/capture.h"

struct as_capture_ops {
	/* As as_capture_read, which has looked at c->cancel before; waits look again at least every 50 ms. *out comes as
	 * {0 frames, time_s NAN, everything else 0}; xruns is set whatever is returned. */
	enum as_status (*read)(struct as_capture *c, int timeout_ms, struct as_capture_block *out, struct as_error *err);
	/* Also after an open that failed, with what c->impl then is (may be NULL). */
	void (*close)(struct as_capture *c);
};

struct as_capture {
	const struct as_capture_ops *ops;
	void *impl;                      /* the source's own */
	const atomic_bool *cancel;       /* may be NULL; borrowed as long as c is open */
	struct as_capture_format format; /* known once it is open, and the same until it is closed */
};

static inline bool as_capture_is_cancelled(const struct as_capture *c)
{
	return c->cancel && atomic_load(c->cancel);
}

/* Watches the stamps of a device for sound that went missing unnoticed: whether since some time all say that it is elsewhere than
 * before, by more than stamps tremble. The first seconds do not count. Zero to begin with. */
struct as_capture_watch {
	bool on;
	double level_s, moved_s;
	double since_s; /* when it moved; 0: it is where it was */
};
/* at_s: frame / rate_hz of the stamp; true once, with w->moved_s: positive where sound is missing. */
bool as_capture_moved(struct as_capture_watch *w, double at_s, double time_s);

/* How much a server turns over at once, seen from how far it had come at some times: by whole blocks. Zero to begin with. */
struct as_capture_blocks {
	int64_t at, step; /* frames; step: the largest that all steps since n was 0 are made of */
	int n, frames;
	int found, times; /* what was found last, and how often in a row */
};
/* at: frames that it had made by now. Frames of a block; 0: not known yet, or it makes none. */
int as_capture_block_frames(struct as_capture_blocks *b, int64_t at);

/* What is no number, or absurd, becomes 0. */
void as_capture_clean(float *v, size_t n);

/* Each sets c->ops first, then c->impl and c->format; spec is the caller's, for the call. */

/* "-", a file, a URL: spec->source is never NULL. */
enum as_status as_capture_open_stream(struct as_capture *c, const struct as_capture_spec *spec, struct as_error *err);
/* "monitor:…", "app:…", "input:…", and NULL: the default. AS_ERR_IO where no server runs, or the
 * application does not play: it may yet. AS_ERR_NOT_FOUND: no output or input is called that. */
enum as_status as_capture_open_pulse(struct as_capture *c, const struct as_capture_spec *spec, struct as_error *err);
/* Of one that as_capture_open_pulse has tried to open: there is a server, whether or not it gave sound. */
bool as_capture_has_server(const struct as_capture *c);
/* A name or a number; NULL: the default input. */
enum as_status as_capture_open_portaudio(struct as_capture *c, const struct as_capture_spec *spec, struct as_error *err);

/* What PortAudio can record from. */
struct as_portaudio_input {
	int number;
	const char *name;
	double rate_hz;
	int channels;
	bool is_default;
	bool is_first;   /* its name means this one, and none before it */
};
typedef void as_portaudio_see(void *ctx, const struct as_portaudio_input *input);
/* see is called with descriptor 2 leading nowhere (portaudio_quiet.h). */
void as_portaudio_list(as_portaudio_see *see, void *ctx);

#endif
