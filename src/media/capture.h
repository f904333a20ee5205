/* Sound as it comes: a sound device, what an output or one application plays, a file, a URL, a pipe. */
#ifndef AS_MEDIA_CAPTURE_H
#define AS_MEDIA_CAPTURE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <audiosync/devices.h>

#include "base/error.h"

struct as_capture;
struct as_sound;

struct as_capture_format;

struct as_capture_spec {
	/* As as_live_config.capture. NULL: the default output's monitor, as long as it is the default one; without a server PortAudio's default
	 * input. "monitor:", "input:": the default one, and no other way. "input:NAME": an input of the server; "monitor:", "input:" and "app:"
	 * take "#INDEX", a name, or a part that only one has. "device:NAME": a device of PortAudio, whatever files are called. */
	const char *source;
	const char *pcm;     /* as_live_config.pcm */
	double url_timeout_s;
	/* What it was the last time; NULL: it was not open before. Of several applications of one name that one is meant. */
	const struct as_capture_format *again;
};

struct as_capture_format {
	double rate_hz;
	int channels;
	bool live;           /* it comes by itself, in its own time, and may go away and come back; a file, or what is stored at a URL, does not */
	char name[256];      /* for people */
	char device[256];    /* for [calibration] and for --capture: stays the same from one day to the next */
	struct {
		uint32_t stream, client;
		unsigned long process; /* 0: not known */
	} app;               /* of an application: by what it is found again among others of its name */
	bool other;          /* it is called as what was open before, and is another run of it, or another application */
};

struct as_capture_block {
	const float *pcm;    /* interleaved; valid until the next read */
	int n_frames;        /* 0: nothing came within the time given */
	int64_t frame;       /* index of the first, of all that the source made: a jump is sound that was lost */
	double time_s;       /* CLOCK_MONOTONIC when that was in the air, as far as the device says; NAN: no stamp on this block */
	int64_t xruns;       /* losses so far */
};

/* Of the source "-", before it is opened: can these be samples on standard input? NULL: the usual ones. */
enum as_status as_capture_check_pcm(const char *pcm, struct as_error *err);
/* Opens and starts it: some 10 ms to some s; after *cancel (may be NULL, borrowed) at most 50 ms more. NULL with AS_ERR_IO, AS_ERR_NOT_FOUND,
 * AS_ERR_INVALID, each saying what to do; AS_EOF: what it was the last time has ended for good. */
struct as_capture *as_capture_open(const struct as_capture_spec *spec, const atomic_bool *cancel, struct as_error *err);
/* The same of a stream that is open already (media/sound.h) and belongs to the capture from then on, also where this fails. Live sound is
 * given when a listener would hear it. cancel: that of the stream. source: for format.device, borrowed for the call. */
struct as_capture *as_capture_of_sound(struct as_sound *s, const char *source, const atomic_bool *cancel, struct as_error *err);
void as_capture_close(struct as_capture *c);
const struct as_capture_format *as_capture_format(const struct as_capture *c);

/* Waits for the next block for timeout_ms at most (0: does not wait). AS_OK, AS_EOF, AS_CANCELLED; AS_ERR_IO: the device has gone, the
 * server has ended, nothing came where something should: close it, and try to open it again. */
enum as_status as_capture_read(struct as_capture *c, int timeout_ms, struct as_capture_block *out, struct as_error *err);

#endif
