/* stitch DIR [MINUTES [big]]: what writing aligned files costs and how exact it is; with big, a
 * file past 4 GiB too. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "dsp/synth.h"
#include "export/stitch.h"
#include "media/decode.h"

#define PI 3.14159265358979323846
#define RATE 48000
#define BLOCK 4096

static struct as_error err;

static void die(const char *what)
{
	fprintf(stderr, "stitch: %s: %s\n", what, err.msg);
	exit(1);
}

static double cpu_s(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static double peak_mb(void)
{
	struct rusage r;
	getrusage(RUSAGE_SELF, &r);
	return (double)r.ru_maxrss / 1024;
}

static struct as_encode_spec spec_of(int64_t frames)
{
	return (struct as_encode_spec){.format = AS_AUDIO_WAV,
				       .rate_hz = RATE,
				       .channels = 2,
				       .bit_depth = 24,
				       .bitrate_kbps = 320,
				       .total_frames = frames,
				       .time_reference_s = NAN};
}

/* Noise, or with hz a tone at -6 dBFS that a clock fast by ppm recorded, dithered. */
static void write_source(const char *path, int64_t frames, double hz, double ppm)
{
	struct as_encode_spec spec = spec_of(frames);
	static float pcm[BLOCK * 2];
	struct as_rng r;
	as_rng_seed(&r, 1);
	spec.dither = true;
	struct as_encoder *e = as_encoder_open(path, &spec, true, &err);
	if (!e)
		die("source");
	for (int64_t at = 0; at < frames; at += BLOCK) {
		int n = (int)(frames - at < BLOCK ? frames - at : BLOCK);
		memset(pcm, 0, sizeof(pcm));
		if (hz == 0)
			as_synth_noise(&r, pcm, 2 * n, 0.05);
		for (int i = 0; i < n && hz != 0; i++)
			pcm[2 * i] = pcm[2 * i + 1] =
				(float)(0.5 *
					sin(2 * PI *
					    fmod(hz * (double)(at + i) / RATE / (1 + ppm * 1e-6),
						 1)));
		if (as_encoder_write(e, pcm, n, &err) != AS_OK)
			die("source");
	}
	if (as_encoder_close(e, &err) != AS_OK)
		die("source");
}

struct clock_watch {
	double last_s, longest_s;
};

static bool watch(void *ctx, int64_t done, int64_t total)
{
	struct clock_watch *w = ctx;
	double now = cpu_s();
	(void)done;
	(void)total;
	if (w->last_s > 0 && now - w->last_s > w->longest_s)
		w->longest_s = now - w->last_s;
	w->last_s = now;
	return true;
}

static void stitch(const char *in, const char *out, int64_t frames, double start_s, double ppm,
		   enum as_audio_format format, bool dither, struct clock_watch *w)
{
	struct as_segment segment = {0, (double)frames / RATE, start_s};
	struct as_stitch_clip clip = {.parts = &in,
				      .n_parts = 1,
				      .stream_index = -1,
				      .frames = frames,
				      .rate_hz = RATE,
				      .channels = 2,
				      .speed_ppm = ppm,
				      .segments = &segment,
				      .n_segments = 1};
	struct as_stitch_job job = {.path = out,
				    .force = true,
				    .spec = spec_of(frames + 2 * RATE),
				    .clips = &clip,
				    .n_clips = 1,
				    .crossfade_s = 0.05,
				    .declick_s = 0.005};
	job.spec.format = format;
	job.spec.dither = dither;
	if (as_stitch_track(&job, NULL, watch, w, NULL, &err) != AS_OK)
		die(out);
}

static void speed(const char *in, const char *out, double minutes, const char *name, double start_s,
		  double ppm, enum as_audio_format format)
{
	struct clock_watch w = {0};
	double before = cpu_s();
	stitch(in, out, (int64_t)(minutes * 60 * RATE), start_s, ppm, format, ppm != 0, &w);
	printf("%-36s %8.1f CPU s per hour %8.1f MB peak %6.1f ms longest step\n", name,
	       (cpu_s() - before) * 60 / minutes, peak_mb(), w.longest_s * 1e3);
}

/* The left channel of a whole file; the caller frees. */
static float *read_left(const char *path, int64_t *frames)
{
	struct as_decoder *d = as_decoder_open(path, -1, NULL, &err);
	const float *pcm;
	float *v = NULL;
	*frames = 0;
	if (!d)
		die(path);
	for (int n; as_decoder_read(d, &pcm, &n, &err) == AS_OK;) {
		v = realloc(v, (size_t)(*frames + n) * sizeof(*v));
		if (!v)
			die("memory");
		for (int i = 0; i < n; i++)
			v[(*frames)++] = pcm[2 * i];
	}
	as_decoder_close(d);
	return v;
}

/* Fits the tone over a second from `at`; *late in samples, returns noise and distortion in dB. */
static double fit(const float *v, int64_t at, double hz, double start_s, double *late)
{
	double s2 = 0, c2 = 0, sc = 0, vs = 0, vc = 0, rest = 0, a = 0, b = 0;
	for (int pass = 0; pass < 2; pass++) {
		for (int64_t i = at; i < at + RATE; i++) {
			double w = 2 * PI * fmod(hz * ((double)i / RATE - start_s), 1),
			       x = (double)v[i];
			s2 += sin(w) * sin(w);
			c2 += cos(w) * cos(w);
			sc += sin(w) * cos(w);
			vs += x * sin(w);
			vc += x * cos(w);
			rest += pass ? pow(x - a * sin(w) - b * cos(w), 2) : 0;
		}
		a = (vs * c2 - vc * sc) / (s2 * c2 - sc * sc);
		b = (vc * s2 - vs * sc) / (s2 * c2 - sc * sc);
	}
	*late = -atan2(b, a) / (2 * PI * hz) * RATE;
	return 10 * log10(rest / RATE / ((a * a + b * b) / 2));
}

static void accuracy(const char *in, const char *out, const char *name, double start_s, double ppm)
{
	const int64_t frames = 300 * RATE;
	struct clock_watch w = {0};
	int64_t n;
	double head, tail;
	write_source(in, frames, 997, ppm);
	stitch(in, out, frames, start_s, ppm, AS_AUDIO_WAV, true, &w);
	float *v = read_left(out, &n);
	double noise_db = fit(v, 4 * RATE, 997, start_s, &head);
	fit(v, 295 * RATE, 997, start_s, &tail);
	printf("%-36s %+8.5f samples off %+8.5f ppm left %8.1f dB THD+N\n", name, head,
	       (tail - head) / (291.0 * RATE) * 1e6, noise_db);
	free(v);
}

static void past_4_gib(const char *out)
{
	const int64_t frames = INT64_C(0x100000000) / 6 + RATE;
	static float pcm[BLOCK * 2];
	struct as_encode_spec spec = spec_of(frames);
	struct as_encoder *e = as_encoder_open(out, &spec, true, &err);
	if (!e)
		die(out);
	for (int64_t at = 0; at < frames; at += BLOCK) {
		int n = (int)(frames - at < BLOCK ? frames - at : BLOCK);
		pcm[2 * (n - 1)] = at + n == frames ? 0.5F : 0;
		if (as_encoder_write(e, pcm, n, &err) != AS_OK)
			die(out);
	}
	if (as_encoder_close(e, &err) != AS_OK)
		die(out);
	struct as_decoder *d = as_decoder_open(out, -1, NULL, &err);
	const float *got;
	int n = 0;
	if (!d || as_decoder_seek(d, frames - 1, &err) != AS_OK ||
	    as_decoder_read(d, &got, &n, &err) != AS_OK)
		die(out);
	printf("%-36s last frame of %lld %s\n", "RF64 past 4 GiB", (long long)frames,
	       n == 1 && got[0] == 0.5F ? "is where it was put" : "is LOST");
	as_decoder_close(d);
}

int main(int argc, char **argv)
{
	char in[1024], out[1024];
	double minutes = argc > 2 ? atof(argv[2]) : 20;
	if (argc < 2 || minutes <= 0)
		return 2;
	snprintf(in, sizeof(in), "%s/stitch-in.wav", argv[1]);
	snprintf(out, sizeof(out), "%s/stitch-out.wav", argv[1]);
	write_source(in, (int64_t)(minutes * 60 * RATE), 0, 0);
	speed(in, out, minutes, "copy, WAV", 1, 0, AS_AUDIO_WAV);
	speed(in, out, minutes, "between samples, WAV", 1.2345678, 0, AS_AUDIO_WAV);
	speed(in, out, minutes, "drift +23.4 ppm, WAV", 1.2345678, 23.4, AS_AUDIO_WAV);
	speed(in, out, minutes, "drift +23.4 ppm, FLAC", 1.2345678, 23.4, AS_AUDIO_FLAC);
	accuracy(in, out, "997 Hz, copy", 1, 0);
	accuracy(in, out, "997 Hz, between samples", 1.2345678, 0);
	accuracy(in, out, "997 Hz, +100 ppm", 1.2345678, 100);
	accuracy(in, out, "997 Hz, -100 ppm", 1.2345678, -100);
	accuracy(in, out, "997 Hz, +0.3 ppm", 1.2345678, 0.3);
	if (argc > 3 && strcmp(argv[3], "big") == 0)
		past_4_gib(out);
	unlink(in);
	unlink(out);
	return 0;
}
