#include <errno.h>
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "base/url_hide.h"
#include "media/capture_private.h"
#include "media/sound.h"
#include "media/url.h"

#define SLICE_MS 10
#define MAX_RATE_HZ 768000
#define MAX_CHANNELS 64
#define PIPE_BYTES 65536

/* ---- files and addresses ---- */

struct sound {
	struct as_sound *stream;
	struct as_sound_block next; /* read already, but not heard yet */
	int64_t gaps;
};

/* Live sound is given when a listener hears it, as a device gives it: servers send the first seconds at once. */
static enum as_status read_sound(struct as_capture *c, int timeout_ms, struct as_capture_block *out, struct as_error *err)
{
	struct sound *s = c->impl;
	const double until_s = as_clock_s() + 1e-3 * timeout_ms;
	enum as_status status = AS_OK;
	if (s->next.n_frames == 0)
		status = as_sound_read(s->stream, timeout_ms, &s->next, err);
	if (status == AS_OK)
		s->gaps = s->next.gaps > s->gaps ? s->next.gaps : s->gaps;
	out->xruns = s->gaps;
	if (status != AS_OK || s->next.n_frames == 0)
		return status;
	for (double now = as_clock_s(); now < s->next.time_s; now = as_clock_s()) { /* never true of NAN */
		if (as_capture_is_cancelled(c))
			return as_fail(err, AS_CANCELLED, "%s: cancelled", c->format.name);
		if (now >= until_s)
			return AS_OK;
		const double ms = 1e3 * (fmin(s->next.time_s, until_s) - now);
		poll(NULL, 0, ms < SLICE_MS ? (int)ceil(ms) : SLICE_MS);
	}
	out->pcm = s->next.pcm;
	out->n_frames = s->next.n_frames;
	out->frame = s->next.frame;
	out->time_s = s->next.time_s;
	s->next.n_frames = 0;
	return AS_OK;
}

static void close_sound(struct as_capture *c)
{
	struct sound *s = c->impl;
	if (s)
		as_sound_close(s->stream);
	free(s);
}

static const struct as_capture_ops sound_ops = {read_sound, close_sound};

/* Takes the stream. */
static enum as_status take_stream(struct as_capture *c, struct as_sound *stream, const char *source, struct as_error *err)
{
	struct sound *s = calloc(1, sizeof *s);
	c->ops = &sound_ops;
	c->impl = s;
	if (!s) {
		as_sound_close(stream);
		return as_fail(err, AS_ERR_MEMORY, "out of memory");
	}
	s->stream = stream;
	const struct as_sound_format *f = as_sound_format(s->stream);
	c->format = (struct as_capture_format){.rate_hz = f->rate_hz, .channels = f->channels, .live = f->live};
	memcpy(c->format.name, f->title, sizeof c->format.name);
	if (as_url_is(source))
		as_url_hide(c->format.device, sizeof c->format.device, source);
	else
		snprintf(c->format.device, sizeof c->format.device, "%s", source);
	return AS_OK;
}

static enum as_status open_sound(struct as_capture *c, const struct as_capture_spec *spec, const char *source,
				 struct as_error *err)
{
	struct as_error own_err;
	err = err ? err : &own_err;
	c->ops = &sound_ops;
	struct as_sound *stream = as_sound_open(
		&(struct as_sound_config){.source = source, .timeout_s = spec->url_timeout_s}, c->cancel, err);
	return stream ? take_stream(c, stream, source, err) : err->status;
}

struct as_capture *as_capture_of_sound(struct as_sound *s, const char *source, const atomic_bool *cancel, struct as_error *err)
{
	struct as_capture *c = calloc(1, sizeof *c);
	if (!c) {
		as_sound_close(s);
		as_fail(err, AS_ERR_MEMORY, "out of memory");
		return NULL;
	}
	c->cancel = cancel;
	if (take_stream(c, s, source, err) == AS_OK)
		return c;
	as_capture_close(c);
	return NULL;
}

/* ---- raw samples from descriptor 0 ---- */

struct pipe_sound {
	int channels;
	bool is_float;
	int frame_bytes;
	double rate_hz;
	int64_t frames;
	int n_bytes;             /* of the last frame, which has not come whole */
	uint8_t bytes[PIPE_BYTES];
	float pcm[PIPE_BYTES / 2];
};

static float sample_at(const struct pipe_sound *p, const uint8_t *b)
{
	if (!p->is_float)
		return (float)(int16_t)(uint16_t)(b[0] | b[1] << 8) / 32768.0f;
	const uint32_t bits = (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
	float v;
	memcpy(&v, &bits, sizeof v);
	return isfinite(v) ? v : 0;
}

/* Until descriptor 0 can be read. *waited: nothing was there before, so that what is there now has come now. AS_OK without *ready: the time is
 * over. */
static enum as_status await_pipe(struct as_capture *c, int timeout_ms, bool *ready, bool *waited, struct as_error *err)
{
	const double until_s = as_clock_s() + 1e-3 * timeout_ms;
	*waited = *ready = false;
	for (int wait_ms = 0;; wait_ms = SLICE_MS) {
		struct pollfd fd = {.fd = 0, .events = POLLIN};
		if (as_capture_is_cancelled(c))
			return as_fail(err, AS_CANCELLED, "standard input: cancelled");
		int n = poll(&fd, 1, wait_ms);
		if (n < 0 && errno != EINTR)
			return as_fail_errno(err, "standard input", "cannot be read");
		if (n > 0) {
			*ready = true;
			return AS_OK;
		}
		*waited = true;
		if (as_clock_s() >= until_s)
			return AS_OK;
	}
}

static enum as_status read_pipe(struct as_capture *c, int timeout_ms, struct as_capture_block *out, struct as_error *err)
{
	struct pipe_sound *p = c->impl;
	bool ready, waited;
	enum as_status status = await_pipe(c, timeout_ms, &ready, &waited, err);
	if (status != AS_OK || !ready)
		return status;
	const size_t room = sizeof p->bytes / (size_t)p->frame_bytes * (size_t)p->frame_bytes;
	ssize_t got = read(0, p->bytes + p->n_bytes, room - (size_t)p->n_bytes);
	if (got < 0)
		return errno == EINTR || errno == EAGAIN ? AS_OK : as_fail_errno(err, "standard input", "cannot be read");
	if (got == 0)
		return AS_EOF;
	const int all = p->n_bytes + (int)got, n = all / p->frame_bytes, used = n * p->frame_bytes;
	const int sample_bytes = p->is_float ? 4 : 2;
	for (int i = 0; i < n * p->channels; i++)
		p->pcm[i] = sample_at(p, p->bytes + i * sample_bytes);
	p->n_bytes = all - used;
	memmove(p->bytes, p->bytes + used, (size_t)p->n_bytes);
	out->pcm = p->pcm;
	out->n_frames = n;
	out->frame = p->frames;
	/* What was just recorded ends now. */
	if (waited && c->format.live)
		out->time_s = as_clock_s() - n / p->rate_hz;
	p->frames += n;
	return AS_OK;
}

static void close_pipe(struct as_capture *c)
{
	free(c->impl);
}

static const struct as_capture_ops pipe_ops = {read_pipe, close_pipe};

/* "s16le:48000:2" */
static bool parse_pcm(const char *text, struct pipe_sound *p)
{
	char kind[6], rest;
	int rate, channels;
	if (sscanf(text, "%5[a-z0-9]:%6d:%2d%c", kind, &rate, &channels, &rest) != 3)
		return false;
	p->is_float = strcmp(kind, "f32le") == 0;
	p->rate_hz = rate;
	p->channels = channels;
	p->frame_bytes = channels * (p->is_float ? 4 : 2);
	return (p->is_float || strcmp(kind, "s16le") == 0) && rate > 0 && rate <= MAX_RATE_HZ && channels > 0 &&
	       channels <= MAX_CHANNELS;
}

static enum as_status understand(const char *pcm, struct pipe_sound *p, struct as_error *err)
{
	pcm = pcm ? pcm : "s16le:48000:2";
	if (!parse_pcm(pcm, p))
		return as_fail(err, AS_ERR_INVALID, "%s: raw samples are s16le:RATE:CHANNELS or f32le:RATE:CHANNELS", pcm);
	if (isatty(0))
		return as_fail(err, AS_ERR_INVALID, "standard input is the terminal: pipe raw samples (%s) into it", pcm);
	return AS_OK;
}

enum as_status as_capture_check_pcm(const char *pcm, struct as_error *err)
{
	return understand(pcm, &(struct pipe_sound){.rate_hz = 0}, err);
}

static enum as_status open_pipe(struct as_capture *c, const char *pcm, struct as_error *err)
{
	struct stat st;
	struct pipe_sound *p = calloc(1, sizeof *p);
	c->ops = &pipe_ops;
	c->impl = p;
	if (!p)
		return as_fail(err, AS_ERR_MEMORY, "out of memory");
	enum as_status status = understand(pcm, p, err);
	if (status != AS_OK)
		return status;
	if (fstat(0, &st) != 0)
		return as_fail_errno(err, "standard input", NULL);
	c->format = (struct as_capture_format){.rate_hz = p->rate_hz, .channels = p->channels, .live = !S_ISREG(st.st_mode)};
	strcpy(c->format.device, "-");
	snprintf(c->format.name, sizeof c->format.name, "standard input");
	return AS_OK;
}

enum as_status as_capture_open_stream(struct as_capture *c, const struct as_capture_spec *spec, struct as_error *err)
{
	if (strcmp(spec->source, "-") == 0)
		return open_pipe(c, spec->pcm, err);
	if (strncasecmp(spec->source, "file://", 7) != 0)
		return open_sound(c, spec, spec->source, err);
	char *path = as_url_file_path(spec->source);
	if (!path)
		return as_fail(err, AS_ERR_INVALID, "%s: names no file of this computer", spec->source);
	enum as_status status = open_sound(c, spec, path, err);
	free(path);
	return status;
}
