/* Sound devices through PortAudio: its thread copies into rings, ours reads them. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include <portaudio.h>

#include "base/clock.h"
#include "base/ring.h"
#include "media/capture_private.h"
#include "media/portaudio_quiet.h"

#define FRAGMENT_S 0.01
#define LATENCY_S 0.05
#define RING_S 4.0
#define N_BLOCKS 1024 /* a power of two */
#define WAIT_MS 2
#define STALL_S 6.0   /* the first sound of a null sink may be 2 s late */
#define BEST_RATE_HZ 48000.0

/* What one call of the callback brought; its samples are in the ring. */
struct block {
	int64_t frame;  /* of all that the callback was given */
	double adc_s;   /* by PortAudio's clock */
	int n_frames;
	bool overflow;  /* sound was lost before it */
};

struct device {
	PaStream *stream;
	struct as_ring *ring;
	int channels;
	double rate_hz;
	/* The callback writes at `written`, the reader reads at `read`; both go on for ever. */
	struct block blocks[N_BLOCKS];
	atomic_size_t written, read;
	atomic_llong xruns;
	int64_t came;      /* the callback's alone */
	bool dropping;     /* the same: its last block found no room */
	/* The reader's alone. */
	float *pcm;
	size_t room;
	int64_t shift;     /* frames that the device lost */
	double next_s;     /* when the next block should have been in the air */
	double heard_s;
	struct as_capture_watch watch;
};

/* ---- PortAudio's thread ---- */

/* Copies and counts, and nothing else. */
static int on_input(const void *in, void *out, unsigned long n, const PaStreamCallbackTimeInfo *time, PaStreamCallbackFlags flags,
		    void *ctx)
{
	struct device *d = ctx;
	const size_t count = (size_t)n * (size_t)d->channels, at = atomic_load_explicit(&d->written, memory_order_relaxed);
	const bool overflow = (flags & paInputOverflow) != 0;
	const int64_t frame = d->came;
	(void)out;
	d->came += (int64_t)n;
	if (overflow)
		atomic_fetch_add(&d->xruns, 1);
	if (!in)
		return paContinue;
	/* A block is taken whole or not at all. */
	if (at - atomic_load_explicit(&d->read, memory_order_acquire) == N_BLOCKS || as_ring_room(d->ring) < count) {
		if (!d->dropping)
			atomic_fetch_add(&d->xruns, 1);
		d->dropping = true;
		return paContinue;
	}
	d->dropping = false;
	as_ring_write(d->ring, in, count);
	d->blocks[at & (N_BLOCKS - 1)] = (struct block){frame, time ? time->inputBufferAdcTime : 0, (int)n, overflow};
	atomic_store_explicit(&d->written, at + 1, memory_order_release);
	return paContinue;
}

/* ---- reading ---- */

static enum as_status take(struct device *d, struct as_capture_block *out, struct as_error *err)
{
	const size_t at = atomic_load_explicit(&d->read, memory_order_relaxed);
	if (atomic_load_explicit(&d->written, memory_order_acquire) == at)
		return AS_OK;
	const struct block b = d->blocks[at & (N_BLOCKS - 1)];
	const size_t count = (size_t)b.n_frames * (size_t)d->channels;
	if (count > d->room) {
		float *more = realloc(d->pcm, count * sizeof *more);
		if (!more)
			return as_fail(err, AS_ERR_MEMORY, "capture: out of memory");
		d->pcm = more;
		d->room = count;
	}
	as_ring_read(d->ring, d->pcm, count);
	atomic_store_explicit(&d->read, at + 1, memory_order_release);
	as_capture_clean(d->pcm, count);
	out->time_s = as_clock_of_stamp_s(b.adc_s);
	/* How much the device lost, its stamps say. */
	if (b.overflow && isfinite(out->time_s) && out->time_s > d->next_s && d->next_s > 0)
		d->shift += llround((out->time_s - d->next_s) * d->rate_hz);
	if (isfinite(out->time_s))
		d->next_s = out->time_s + b.n_frames / d->rate_hz;
	out->pcm = d->pcm;
	out->n_frames = b.n_frames;
	out->frame = b.frame + d->shift;
	d->heard_s = as_clock_s();
	if (as_capture_moved(&d->watch, (double)out->frame / d->rate_hz, out->time_s)) {
		out->n_frames = 0;
		return as_fail(err, AS_ERR_IO, "the sound stood still for %.1f s", fabs(d->watch.moved_s));
	}
	return AS_OK;
}

static enum as_status portaudio_read(struct as_capture *c, int timeout_ms, struct as_capture_block *out, struct as_error *err)
{
	struct device *d = c->impl;
	const double until_s = as_clock_s() + timeout_ms * 1e-3;
	for (;;) {
		enum as_status status = take(d, out, err);
		const double at_s = as_clock_s();
		out->xruns = atomic_load(&d->xruns);
		if (status != AS_OK || out->n_frames > 0)
			return status;
		if (Pa_IsStreamActive(d->stream) != 1)
			return as_fail(err, AS_ERR_IO, "%s has gone: it was unplugged, or the sound server has ended", c->format.name);
		if (at_s - d->heard_s > STALL_S)
			return as_fail(err, AS_ERR_IO, "%s has sent nothing for %.0f s", c->format.name, STALL_S);
		if (as_capture_is_cancelled(c))
			return AS_CANCELLED;
		if (at_s >= until_s)
			return AS_OK;
		/* The device's clock drives this, and its thread may not be made to signal: so it is looked at. */
		nanosleep(&(struct timespec){.tv_nsec = WAIT_MS * 1000000L}, NULL);
	}
}

static void portaudio_close(struct as_capture *c)
{
	struct device *d = c->impl;
	if (!d)
		return;
	if (d->stream) {
		int saved = as_portaudio_enter();
		Pa_AbortStream(d->stream);
		Pa_CloseStream(d->stream);
		Pa_Terminate();
		as_portaudio_leave(saved);
	}
	as_ring_free(d->ring);
	free(d->pcm);
	free(d);
}

/* ---- opening: within as_portaudio_enter and _leave ---- */

static bool contains(const char *text, const char *part)
{
	size_t n = strlen(part);
	for (; *text; text++)
		if (strncasecmp(text, part, n) == 0)
			return true;
	return false;
}

static int fit(const char *name, const char *want)
{
	return strcmp(name, want) == 0 ? 3 : strcasecmp(name, want) == 0 ? 2 : contains(name, want);
}

static bool is_number(const char *s)
{
	return s[0] && s[strspn(s, "0123456789")] == '\0';
}

/* A device by number or name; the first of several that fit equally well, as the order of PortAudio is that of its drivers. */
static PaDeviceIndex find(const char *want)
{
	const PaDeviceIndex n = Pa_GetDeviceCount();
	PaDeviceIndex best = paNoDevice;
	for (PaDeviceIndex i = 0, most = 0; i < n; i++) {
		const PaDeviceInfo *info = Pa_GetDeviceInfo(i);
		if (!info || !info->name || info->maxInputChannels < 1)
			continue;
		if (is_number(want) && strtol(want, NULL, 10) == i)
			return i;
		int f = fit(info->name, want);
		if (f > most) {
			most = f;
			best = i;
		}
	}
	return best;
}

static PaError open_at(struct device *d, PaDeviceIndex i, double rate_hz)
{
	const PaStreamParameters in = {
		.device = i, .channelCount = d->channels, .sampleFormat = paFloat32, .suggestedLatency = LATENCY_S};
	d->rate_hz = rate_hz;
	return Pa_OpenStream(&d->stream, &in, NULL, rate_hz, (unsigned long)(rate_hz * FRAGMENT_S), paClipOff | paDitherOff, on_input,
			     d);
}

static PaError open_device(struct as_capture *c, PaDeviceIndex i)
{
	struct device *d = c->impl;
	const PaDeviceInfo *info = Pa_GetDeviceInfo(i);
	const double own_hz = info->defaultSampleRate >= 8000 && info->defaultSampleRate <= 768000 ? info->defaultSampleRate : BEST_RATE_HZ;
	snprintf(c->format.name, sizeof c->format.name, "%s", info->name);
	snprintf(c->format.device, sizeof c->format.device, "device:%s", info->name);
	d->channels = info->maxInputChannels < 2 ? 1 : 2;
	d->ring = as_ring_new((size_t)(RING_S * fmax(own_hz, BEST_RATE_HZ)) * (size_t)d->channels);
	if (!d->ring)
		return paInsufficientMemory;
	PaError e = open_at(d, i, BEST_RATE_HZ);
	if (e != paNoError && own_hz != BEST_RATE_HZ)
		e = open_at(d, i, own_hz);
	if (e != paNoError)
		d->stream = NULL;
	else if ((e = Pa_StartStream(d->stream)) != paNoError) {
		Pa_CloseStream(d->stream);
		d->stream = NULL;
	}
	const PaStreamInfo *got = d->stream ? Pa_GetStreamInfo(d->stream) : NULL;
	if (got && fabs(got->sampleRate / d->rate_hz - 1) < 0.01)
		d->rate_hz = got->sampleRate;
	return e;
}

static enum as_status fail_find(const char *want, bool explicit, struct as_error *err)
{
	if (Pa_GetDeviceCount() <= 0 && want && !explicit)
		return as_fail(err, AS_ERR_NOT_FOUND,
			       "there is no file called '%.100s', and no sound device either, as no PulseAudio or PipeWire server of "
			       "this user runs", want);
	if (Pa_GetDeviceCount() <= 0)
		return as_fail(err, AS_ERR_IO,
			       "there is no sound device, and no PulseAudio or PipeWire server of this user runs; start one: "
			       "'systemctl --user start pipewire-pulse', or 'pulseaudio --start'");
	if (!want)
		return as_fail(err, AS_ERR_IO, "there is no default sound input; 'audiosync devices' lists what there is");
	return as_fail(err, AS_ERR_NOT_FOUND,
		       "there is no file and no sound device called '%.100s'; 'audiosync devices' lists what there is", want);
}

static enum as_status find_and_open(struct as_capture *c, const char *want, bool explicit, struct as_error *err)
{
	PaError e = Pa_Initialize();
	if (e != paNoError)
		return as_fail(err, AS_ERR_IO, "sound devices: %s", Pa_GetErrorText(e));
	const PaDeviceIndex i = want ? find(want) : Pa_GetDefaultInputDevice();
	enum as_status status = AS_OK;
	if (i == paNoDevice || !Pa_GetDeviceInfo(i) || Pa_GetDeviceInfo(i)->maxInputChannels < 1)
		status = fail_find(want, explicit, err);
	else if ((e = open_device(c, i)) != paNoError)
		status = as_fail(err, e == paInsufficientMemory ? AS_ERR_MEMORY : AS_ERR_IO, "%s: %s", c->format.name,
				 Pa_GetErrorText(e));
	if (status != AS_OK)
		Pa_Terminate();
	return status;
}

enum as_status as_capture_open_portaudio(struct as_capture *c, const struct as_capture_spec *spec, struct as_error *err)
{
	static const struct as_capture_ops ops = {portaudio_read, portaudio_close};
	const char *want = spec->source;
	c->ops = &ops;
	struct device *d = c->impl = calloc(1, sizeof *d);
	if (!d)
		return as_fail(err, AS_ERR_MEMORY, "capture: out of memory");
	const bool prefix = want && strncmp(want, "device:", 7) == 0;
	if (prefix)
		want += 7;
	int saved = as_portaudio_enter();
	enum as_status status = find_and_open(c, want, prefix || (want && is_number(want)), err);
	as_portaudio_leave(saved);
	c->format.rate_hz = d->rate_hz;
	c->format.channels = d->channels;
	c->format.live = true;
	d->heard_s = as_clock_s();
	return status;
}

/* ---- what there is ---- */

void as_portaudio_list(as_portaudio_see *see, void *ctx)
{
	int saved = as_portaudio_enter();
	PaError e = Pa_Initialize();
	for (PaDeviceIndex i = 0; e == paNoError && i < Pa_GetDeviceCount(); i++) {
		const PaDeviceInfo *info = Pa_GetDeviceInfo(i);
		if (!info || !info->name || info->maxInputChannels < 1)
			continue;
		see(ctx, &(struct as_portaudio_input){.number = i,
						      .name = info->name,
						      .rate_hz = info->defaultSampleRate,
						      .channels = info->maxInputChannels,
						      .is_default = i == Pa_GetDefaultInputDevice(),
						      .is_first = find(info->name) == i});
	}
	if (e == paNoError)
		Pa_Terminate();
	as_portaudio_leave(saved);
}
