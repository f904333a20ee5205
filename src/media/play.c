#include "media/play.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <portaudio.h>

#include "base/clock.h"
#include "base/ring.h"
#include "media/portaudio_quiet.h"

#define RING_S 0.5
#define LATENCY_S 0.1
#define MAX_LATENCY_S 5.0 /* what is believed of a device */
#define WAIT_MS 5
#define N_STAMPS 256 /* a power of two */
/* A device that takes nothing for so long has gone. Null sinks take blocks of 2 s. */
#define STALL_S 8.0

struct as_player {
	PaStream *stream;
	struct as_ring *ring;
	int channels;
	double rate_hz, latency_s;
	atomic_bool ending, ended; /* what is missing from here on is the end, and no gap; all was heard */
	atomic_llong taken;        /* frames that the device took */
	int64_t gap;               /* the callback's alone, as is what it writes at `written` until that has grown */
	struct as_play_stamp stamps[N_STAMPS];
	atomic_size_t written, read;
};

/* ---- the device ---- */

static void stamp(struct as_player *p, int64_t frame, const PaStreamCallbackTimeInfo *time)
{
	const size_t at = atomic_load_explicit(&p->written, memory_order_relaxed);
	if (at - atomic_load_explicit(&p->read, memory_order_acquire) == N_STAMPS)
		return;
	p->stamps[at & (N_STAMPS - 1)] =
		(struct as_play_stamp){.frame = frame, .gap = p->gap, .time_s = time ? as_clock_of_stamp_s(time->outputBufferDacTime) : NAN};
	atomic_store_explicit(&p->written, at + 1, memory_order_release);
}

bool as_player_stamp(struct as_player *p, struct as_play_stamp *out)
{
	const size_t at = atomic_load_explicit(&p->read, memory_order_relaxed);
	if (at == atomic_load_explicit(&p->written, memory_order_acquire))
		return false;
	*out = p->stamps[at & (N_STAMPS - 1)];
	atomic_store_explicit(&p->read, at + 1, memory_order_release);
	return true;
}

/* In PortAudio's thread: copies, counts, notes the time, and nothing else. */
static int on_output(const void *in, void *out, unsigned long n, const PaStreamCallbackTimeInfo *time,
		     PaStreamCallbackFlags flags, void *ctx)
{
	struct as_player *p = ctx;
	const size_t want = (size_t)n * (size_t)p->channels;
	size_t got = as_ring_read(p->ring, out, want);
	(void)in, (void)flags;
	const int64_t before = atomic_load(&p->taken);
	if (got > 0)
		stamp(p, before, time);
	if (before + (int64_t)got > 0)
		p->gap += (int64_t)((want - got) / (size_t)p->channels);
	memset((float *)out + got, 0, (want - got) * sizeof(float));
	/* Silence of a gap is not counted: the position says how much of the sound was heard. */
	atomic_fetch_add(&p->taken, (long long)(got / (size_t)p->channels));
	return got < want && atomic_load(&p->ending) ? paComplete : paContinue;
}

/* Inside as_portaudio_enter and _leave, so that a server that has been started since is found, too. */
static PaError open_stream(struct as_player *p)
{
	PaError e = Pa_Initialize();
	if (e != paNoError)
		return e;
	PaStreamParameters out = {.device = Pa_GetDefaultOutputDevice(),
				  .channelCount = p->channels,
				  .sampleFormat = paFloat32,
				  .suggestedLatency = LATENCY_S};
	e = out.device == paNoDevice ? paDeviceUnavailable
				     : Pa_OpenStream(&p->stream, NULL, &out, p->rate_hz, paFramesPerBufferUnspecified,
						     paClipOff | paDitherOff, on_output, p);
	if (e == paNoError && (e = Pa_StartStream(p->stream)) != paNoError)
		Pa_CloseStream(p->stream);
	if (e != paNoError) {
		p->stream = NULL;
		Pa_Terminate();
		return e;
	}
	const PaStreamInfo *info = Pa_GetStreamInfo(p->stream);
	double latency_s = info ? info->outputLatency : 0;
	p->latency_s = latency_s > 0 && latency_s < MAX_LATENCY_S ? latency_s : 0;
	return paNoError;
}

static void fail_device(PaError e, struct as_error *err)
{
	if (e == paDeviceUnavailable || e == paInvalidDevice)
		as_fail(err, AS_ERR_IO,
			"no sound output: there is no sound card, and no PulseAudio or PipeWire server of this user runs; start one");
	else
		as_fail(err, AS_ERR_IO,
			"the sound output cannot be used: %s; choose another default output",
			Pa_GetErrorText(e));
}

struct as_player *as_player_open(double rate_hz, int channels, struct as_error *err)
{
	struct as_player *p = calloc(1, sizeof *p);
	if (!p || !(p->ring = as_ring_new((size_t)(rate_hz * RING_S) * (size_t)channels))) {
		free(p);
		as_fail(err, AS_ERR_MEMORY, "sound output: out of memory");
		return NULL;
	}
	p->channels = channels;
	p->rate_hz = rate_hz;
	int saved = as_portaudio_enter();
	PaError e = open_stream(p);
	as_portaudio_leave(saved);
	if (e == paNoError)
		return p;
	fail_device(e, err);
	as_player_close(p);
	return NULL;
}

void as_player_close(struct as_player *p)
{
	if (!p)
		return;
	if (p->stream) {
		int saved = as_portaudio_enter();
		Pa_AbortStream(p->stream);
		Pa_CloseStream(p->stream);
		Pa_Terminate();
		as_portaudio_leave(saved);
	}
	as_ring_free(p->ring);
	free(p);
}

/* ---- feeding ---- */

/* The device's clock drives this, and its thread may not be made to signal: so it is looked at. */
static void rest(void)
{
	nanosleep(&(struct timespec){.tv_nsec = WAIT_MS * 1000000L}, NULL);
}

struct patience {
	long long taken;
	double waited_s;
};

/* One wait; says when to give up. */
static enum as_status wait_once(struct as_player *p, struct patience *w, const atomic_bool *cancel, struct as_error *err)
{
	long long taken = atomic_load(&p->taken);
	if (cancel && atomic_load(cancel))
		return AS_CANCELLED;
	w->waited_s = taken == w->taken ? w->waited_s + WAIT_MS * 1e-3 : 0;
	w->taken = taken;
	if (w->waited_s > STALL_S)
		return as_fail(err, AS_ERR_IO, "the sound output has stopped taking sound");
	rest();
	return AS_OK;
}

enum as_status as_player_write(struct as_player *p, const float *v, int64_t n, const atomic_bool *cancel, struct as_error *err)
{
	struct patience w = {.taken = -1};
	size_t left = (size_t)n * (size_t)p->channels;
	while (left > 0) {
		size_t done = as_ring_write(p->ring, v, left);
		v += done;
		left -= done;
		enum as_status status = left > 0 ? wait_once(p, &w, cancel, err) : AS_OK;
		if (status != AS_OK)
			return status;
	}
	return cancel && atomic_load(cancel) ? AS_CANCELLED : AS_OK;
}

int64_t as_player_put(struct as_player *p, const float *v, int64_t n)
{
	const size_t channels = (size_t)p->channels, room = as_ring_room(p->ring) / channels;
	const size_t whole = (size_t)n < room ? (size_t)n : room;
	return (int64_t)(as_ring_write(p->ring, v, whole * channels) / channels);
}

enum as_status as_player_drain(struct as_player *p, const atomic_bool *cancel, struct as_error *err)
{
	struct patience w = {.taken = -1};
	atomic_store(&p->ending, true);
	/* Until the callback has said that it was the last time, PortAudio goes on; then it plays what it holds. */
	for (;;) {
		PaError active = Pa_IsStreamActive(p->stream);
		if (active <= 0) {
			atomic_store(&p->ended, true);
			return AS_OK;
		}
		enum as_status status = wait_once(p, &w, cancel, err);
		if (status != AS_OK)
			return status;
	}
}

int64_t as_player_heard(const struct as_player *p)
{
	long long taken = atomic_load(&p->taken), late = llround(p->latency_s * p->rate_hz);
	if (atomic_load(&p->ended))
		late = 0;
	return taken > late ? taken - late : 0;
}
