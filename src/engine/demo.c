/* The made-up shoot: one event, heard by three devices, written into their files. */
#include <audiosync/demo.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "dsp/synth.h"
#include "media/encode.h"

#define TRUTH_NAME "truth.json"
#define EVENT_HZ 48000
#define BLOCK 1024   /* frames of the event at a time */
#define HISTORY 4096 /* frames of the event that a device remembers: twice a block and a filter */
#define MAX_CHANNELS 2
#define ELSEWHERE_S 21.0  /* length of the scene that has nothing to do with the event */
#define MORNING_S 36000.0 /* time of day at which the recorder's timecode begins */

/* A device: its clock, and how it hears. */
static const struct device_row {
	const char *track;
	double drift_ppm;
	int channels;
	double talk, music; /* gains: how near it stands to whom */
	double rt60_s, wet;
	double low_hz, high_hz, peak_hz, peak_db;
	double noise; /* RMS */
} devices[] = {
	{"CamA", 23, 2, 0.3, 0.4, 0.55, 0.8, 90, 14000, 2500, 4, 0.0008},
	{"CamB", -41, 1, 0.18, 0.55, 0.7, 1.3, 160, 9000, 900, -5, 0.002},
	{"ZOOM", 8, 2, 0.4, 0.16, 0.4, 0.4, 40, 18000, 5000, 2, 0.0003},
};
enum { N_DEVICES = sizeof(devices) / sizeof(devices[0]) };

/* A file: when (share of the event; the seed moves it by up to a second) and how it is written. */
static const struct file_row {
	const char *name;
	int device;
	double from, to;
	enum as_audio_format format;
	int rate_hz, depth, kbps;
	bool elsewhere;
} files[] = {
	{"CamA_001.flac", 0, 0.045, 0.555, AS_AUDIO_FLAC, 48000, 16, 0, false},
	{"CamA_002.flac", 0, 0.588, 0.950, AS_AUDIO_FLAC, 48000, 16, 0, false},
	{"CamB_001.mp3", 1, 0.085, 0.200, AS_AUDIO_MP3, 48000, 16, 128, false},
	{"CamB_002.mp3", 1, 0.292, 0.433, AS_AUDIO_MP3, 48000, 16, 128, false},
	{"CamB_003.mp3", 1, 0.520, 0.646, AS_AUDIO_MP3, 48000, 16, 128, false},
	{"CamB_004.wav", 1, 0.667, 0.742, AS_AUDIO_WAV, 44100, 16, 0, false},
	{"CamB_005.wav", 1, 0.830, 0.963, AS_AUDIO_WAV, 44100, 16, 0, false},
	{"CamB_006.wav", 1, 0, 1, AS_AUDIO_WAV, 44100, 16, 0, true},
	{"ZOOM0001.WAV", 2, 0.008, 0.370, AS_AUDIO_WAV, 48000, 24, 0, false},
	{"ZOOM0002.WAV", 2, 0.397, 0.713, AS_AUDIO_WAV, 48000, 24, 0, false},
	{"ZOOM0003.WAV", 2, 0.743, 0.985, AS_AUDIO_WAV, 48000, 24, 0, false},
};
enum { N_FILES = sizeof(files) / sizeof(files[0]) };

struct microphone {
	struct as_room *room;
	struct as_biquad low, high, peak;
	float heard[HISTORY]; /* the last frames of the event as this microphone got them */
};

struct recording {
	struct as_encoder *encoder; /* NULL before and after */
	int64_t done, frames;
	double start_s, step; /* event frame of file frame k: start_s * EVENT_HZ + k * step */
	struct as_rng noise;
};

/* Everything that sounds in one place. */
struct scene {
	struct as_speech *talkers[2];
	struct as_music *music;
	struct as_rng turns;
	int talker;
	double until_turn_s, fade; /* fade: 0 … 1, how much the talker has the word */
	double music_period_s;
	struct microphone *mics[N_DEVICES][MAX_CHANNELS];
	float talk[BLOCK], tune[BLOCK];
};

struct demo {
	const char *dir;
	uint64_t seed;
	bool force;
	as_demo_progress progress;
	void *ctx;
	double done_s, total_s; /* of sound, over both scenes */
	struct as_sinc *sinc;
	struct recording recordings[N_FILES];
	struct as_demo *out;
};

static void free_scene(struct scene *s)
{
	if (!s)
		return;
	as_speech_free(s->talkers[0]);
	as_speech_free(s->talkers[1]);
	as_music_free(s->music);
	for (int d = 0; d < N_DEVICES; d++) {
		for (int c = 0; c < MAX_CHANNELS; c++) {
			if (s->mics[d][c])
				as_room_free(s->mics[d][c]->room);
			free(s->mics[d][c]);
		}
	}
	free(s);
}

static struct microphone *new_microphone(const struct device_row *d, uint64_t seed)
{
	struct microphone *m = calloc(1, sizeof(*m));
	if (!m)
		return NULL;
	m->room = as_room_new(seed, EVENT_HZ, d->rt60_s, d->wet);
	if (!m->room) {
		free(m);
		return NULL;
	}
	as_biquad_highpass(&m->low, EVENT_HZ, d->low_hz, 0.7);
	as_biquad_lowpass(&m->high, EVENT_HZ, d->high_hz, 0.7);
	as_biquad_peak(&m->peak, EVENT_HZ, d->peak_hz, 0.9, d->peak_db);
	return m;
}

static struct scene *new_scene(uint64_t seed)
{
	struct scene *s = calloc(1, sizeof(*s));
	struct as_rng rng;
	bool ok = s != NULL;
	if (!ok)
		return NULL;
	as_rng_seed(&rng, seed);
	s->talkers[0] = as_speech_new(as_rng_next(&rng), EVENT_HZ, as_rng_uniform(&rng, 95, 130));
	s->talkers[1] = as_speech_new(as_rng_next(&rng), EVENT_HZ, as_rng_uniform(&rng, 175, 230));
	s->music = as_music_new(as_rng_next(&rng), EVENT_HZ);
	s->music_period_s = as_rng_uniform(&rng, 50, 75);
	as_rng_seed(&s->turns, as_rng_next(&rng));
	ok = s->talkers[0] && s->talkers[1] && s->music;
	for (int d = 0; d < N_DEVICES; d++) {
		for (int c = 0; c < devices[d].channels; c++) {
			s->mics[d][c] = new_microphone(&devices[d], as_rng_next(&rng));
			ok = ok && s->mics[d][c];
		}
	}
	if (ok)
		return s;
	free_scene(s);
	return NULL;
}

/* The next block of the place: two people take turns, music comes and goes. */
static void sound_scene(struct scene *s, double at_s)
{
	float other[BLOCK];
	as_speech_read(s->talkers[0], s->talk, BLOCK);
	as_speech_read(s->talkers[1], other, BLOCK);
	as_music_read(s->music, s->tune, BLOCK);
	s->until_turn_s -= (double)BLOCK / EVENT_HZ;
	if (s->until_turn_s <= 0) {
		s->talker = !s->talker;
		s->until_turn_s = as_rng_uniform(&s->turns, 5, 16);
	}
	double swell = 0.5 - 0.5 * cos(2 * 3.14159265358979 * at_s / s->music_period_s);
	float gain = (float)(0.25 + 1.2 * swell);
	for (int i = 0; i < BLOCK; i++) {
		s->fade += ((double)s->talker - s->fade) * (1.0 / 4800);
		s->talk[i] = (float)(1 - 0.9 * s->fade) * s->talk[i] +
			     (float)(0.1 + 0.9 * s->fade) * other[i];
		s->tune[i] *= gain;
	}
}

static void hear(struct scene *s, int device)
{
	const struct device_row *d = &devices[device];
	for (int c = 0; c < d->channels; c++) {
		struct microphone *m = s->mics[device][c];
		float *v = m->heard + HISTORY - BLOCK;
		memmove(m->heard, m->heard + BLOCK, (HISTORY - BLOCK) * sizeof(float));
		/* The right one of a pair stands a little nearer to the music. */
		for (int i = 0; i < BLOCK; i++)
			v[i] = (float)d->talk * s->talk[i] +
			       (float)(d->music * (1 + 0.2 * c)) * s->tune[i];
		as_room_run(m->room, v, BLOCK);
		as_biquad_run(&m->low, v, BLOCK);
		as_biquad_run(&m->peak, v, BLOCK);
		as_biquad_run(&m->high, v, BLOCK);
	}
}

static enum as_status open_recording(struct demo *d, int i, struct as_error *err)
{
	const struct file_row *f = &files[i];
	struct recording *r = &d->recordings[i];
	struct as_encode_spec spec = {.format = f->format,
				      .rate_hz = f->rate_hz,
				      .channels = devices[f->device].channels,
				      .bit_depth = f->depth,
				      .bitrate_kbps = f->kbps,
				      .dither = true,
				      .total_frames = r->frames,
				      .time_reference_s = MORNING_S + r->start_s,
				      .originator = devices[f->device].track};
	char *path = as_path_join(d->dir, f->name);
	if (!path)
		return as_fail(err, AS_ERR_MEMORY, "%s: out of memory", f->name);
	struct as_error own = {0};
	r->encoder = as_encoder_open(path, &spec, d->force, &own);
	free(path);
	if (!r->encoder && err)
		*err = own;
	return r->encoder ? AS_OK : own.status;
}

/* Writes what file i can hear of the event up to frame `until`: its own clock reads between the
 * event's samples. */
static enum as_status record(struct demo *d, struct scene *s, int i, int64_t until,
			     struct as_error *err)
{
	const struct file_row *f = &files[i];
	struct recording *r = &d->recordings[i];
	const int channels = devices[f->device].channels;
	float pcm[BLOCK * MAX_CHANNELS];
	while (r->done < r->frames) {
		int n = 0;
		for (; n < BLOCK && r->done + n < r->frames; n++) {
			double at = r->start_s * EVENT_HZ + (double)(r->done + n) * r->step;
			if (at + AS_SINC_HALF + 1 >= (double)until)
				break;
			for (int c = 0; c < channels; c++)
				pcm[n * channels + c] =
					(float)as_sinc_at(d->sinc, s->mics[f->device][c]->heard,
							  HISTORY, at - (double)(until - HISTORY));
		}
		if (n == 0)
			return AS_OK;
		as_synth_noise(&r->noise, pcm, n * channels, devices[f->device].noise);
		enum as_status status = r->encoder ? AS_OK : open_recording(d, i, err);
		if (status == AS_OK)
			status = as_encoder_write(r->encoder, pcm, n, err);
		if (status != AS_OK)
			return status;
		r->done += n;
	}
	if (!r->encoder)
		return AS_OK;
	struct as_encoder *e = r->encoder;
	r->encoder = NULL;
	return as_encoder_close(e, err);
}

/* Plays one scene to its end into the files that belong to it. */
static enum as_status run_scene(struct demo *d, bool elsewhere, double length_s,
				struct as_error *err)
{
	struct scene *s = new_scene(d->seed * 2 + elsewhere);
	enum as_status status = AS_OK;
	if (!s)
		return as_fail(err, AS_ERR_MEMORY, "%s: out of memory", d->dir);
	for (int64_t at = 0; status == AS_OK && at < (int64_t)(length_s * EVENT_HZ); at += BLOCK) {
		if (d->progress && !d->progress(d->ctx, fmin(1, d->done_s / d->total_s))) {
			status = AS_CANCELLED;
			break;
		}
		sound_scene(s, (double)at / EVENT_HZ);
		for (int k = 0; k < N_DEVICES; k++)
			hear(s, k);
		for (int i = 0; status == AS_OK && i < N_FILES; i++)
			if (files[i].elsewhere == elsewhere)
				status = record(d, s, i, at + BLOCK, err);
		d->done_s += (double)BLOCK / EVENT_HZ;
	}
	free_scene(s);
	return status;
}

/* Decides where every file begins and ends, and says so in *out. */
static void plan(struct demo *d, double event_s)
{
	struct as_rng rng;
	as_rng_seed(&rng, d->seed);
	d->out->duration_s = event_s;
	d->out->n_clips = N_FILES;
	for (int i = 0; i < N_FILES; i++) {
		const struct file_row *f = &files[i];
		const struct device_row *dev = &devices[f->device];
		struct as_demo_clip *c = &d->out->clips[i];
		struct recording *r = &d->recordings[i];
		double ratio = 1 + dev->drift_ppm * 1e-6;
		double length_s = f->elsewhere ? ELSEWHERE_S : event_s;
		double from_s = f->from * length_s + as_rng_uniform(&rng, 0, 1);
		double to_s = fmin(f->to * length_s + as_rng_uniform(&rng, -1, 0), length_s - 0.1);
		*r = (struct recording){.start_s = from_s, .step = EVENT_HZ / (f->rate_hz * ratio)};
		r->frames = (int64_t)((to_s - from_s) * f->rate_hz * ratio);
		as_rng_seed(&r->noise, as_rng_next(&rng));
		snprintf(c->name, sizeof(c->name), "%s", f->name);
		snprintf(c->track, sizeof(c->track), "%s", dev->track);
		c->overlaps = !f->elsewhere;
		c->start_s = f->elsewhere ? NAN : from_s;
		c->drift_ppm = dev->drift_ppm;
		c->duration_s = (double)r->frames / f->rate_hz;
		c->rate_hz = f->rate_hz;
		c->channels = dev->channels;
	}
}

static char *truth_text(const struct demo *d)
{
	struct as_json *j = as_json_new();
	if (!j)
		return NULL;
	as_json_add_int(j, "seed", (int64_t)d->seed);
	as_json_add_real(j, "duration_s", d->out->duration_s);
	as_json_open_array(j, "clips");
	for (int i = 0; i < d->out->n_clips; i++) {
		const struct as_demo_clip *c = &d->out->clips[i];
		as_json_open_object(j, NULL);
		as_json_add_text(j, "file", c->name);
		as_json_add_text(j, "device", c->track);
		as_json_add_bool(j, "overlaps_anything", c->overlaps);
		as_json_add_real(j, "start_s", c->start_s);
		as_json_add_real(j, "duration_s", c->duration_s);
		as_json_add_real(j, "drift_ppm", c->drift_ppm);
		as_json_close(j);
	}
	as_json_close(j);
	return as_json_finish(j, false);
}

static enum as_status write_truth(const struct demo *d, struct as_error *err)
{
	char *path = as_path_join(d->dir, TRUTH_NAME), *text = truth_text(d);
	enum as_status status = AS_OK;
	struct as_error own = {0};
	struct as_atomic_file *f = NULL;
	if (!path || !text)
		status = as_fail(&own, AS_ERR_MEMORY, "%s: out of memory", d->dir);
	else if (!(f = as_atomic_open(path, d->force, &own)))
		status = own.status;
	for (size_t at = 0, n = f ? strlen(text) : 0; status == AS_OK && at < n;) {
		ssize_t w = write(as_atomic_fd(f), text + at, n - at);
		if (w <= 0)
			status = as_fail_errno(&own, path, "cannot write");
		else
			at += (size_t)w;
	}
	if (f && status == AS_OK)
		status = as_atomic_commit(f, &own);
	else
		as_atomic_abort(f);
	free(path);
	free(text);
	if (status != AS_OK && err)
		*err = own;
	return status;
}

/* Before minutes of work: a file in the way is found out at once. */
static enum as_status check_free(const struct demo *d, struct as_error *err)
{
	for (int i = 0; i <= N_FILES && !d->force; i++) {
		struct stat st;
		const char *name = i < N_FILES ? files[i].name : TRUTH_NAME;
		char *path = as_path_join(d->dir, name);
		if (!path)
			return as_fail(err, AS_ERR_MEMORY, "%s: out of memory", d->dir);
		bool taken = lstat(path, &st) == 0;
		free(path);
		if (taken)
			return as_fail(err, AS_ERR_EXISTS, "%s/%s: exists already", d->dir, name);
	}
	return AS_OK;
}

enum as_status as_demo_write(const char *dir, uint64_t seed, double event_s, bool force,
			     as_demo_progress progress, void *ctx, struct as_demo *out,
			     struct as_error *err)
{
	event_s = event_s == 0 ? 240 : event_s;
	if (!(event_s >= 60 && event_s <= 3600))
		return as_fail(err, AS_ERR_INVALID, "a demo lasts 60 to 3600 s, not %g", event_s);
	struct demo *d = calloc(1, sizeof(*d));
	if (!d)
		return as_fail(err, AS_ERR_MEMORY, "%s: out of memory", dir);
	*out = (struct as_demo){0};
	*d = (struct demo){.dir = dir,
			   .seed = seed,
			   .force = force,
			   .progress = progress,
			   .ctx = ctx,
			   .out = out,
			   .total_s = event_s + ELSEWHERE_S};
	plan(d, event_s);
	d->sinc = as_sinc_new();
	enum as_status status = d->sinc ? as_dir_make(dir, err)
					: as_fail(err, AS_ERR_MEMORY, "%s: out of memory", dir);
	if (status == AS_OK)
		status = check_free(d, err);
	if (status == AS_OK)
		status = run_scene(d, false, event_s, err);
	if (status == AS_OK)
		status = run_scene(d, true, ELSEWHERE_S, err);
	if (status == AS_OK)
		status = write_truth(d, err);
	for (int i = 0; i < N_FILES; i++)
		as_encoder_abort(d->recordings[i].encoder);
	as_sinc_free(d->sinc);
	free(d);
	return status;
}

void as_demo_expected(const struct as_demo *demo, int i, const char *reference, double *start_s,
		      double *drift_ppm)
{
	const struct as_demo_clip *c = &demo->clips[i];
	double first_s = NAN, ref_ppm = NAN;
	for (int k = 0; k < demo->n_clips; k++) {
		first_s = fmin(first_s, demo->clips[k].start_s); /* NAN loses */
		if (strcmp(demo->clips[k].track, reference) == 0)
			ref_ppm = demo->clips[k].drift_ppm;
	}
	double ratio = 1 + ref_ppm * 1e-6;
	*start_s = (c->start_s - first_s) * ratio;
	*drift_ppm = c->overlaps ? ((1 + c->drift_ppm * 1e-6) / ratio - 1) * 1e6 : NAN;
}
