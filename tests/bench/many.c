/* many DIR DEVICES CLIPS MIN_S MAX_S SPAN_S SEED: a long shoot in many clips with known truth, as 16 kHz mono FLAC and
 * truth.json. DEVICES recorders, each with its own room, noise, tone and clock, make CLIPS clips each within SPAN_S seconds of one
 * programme of speech and music; one clip in 25 was made elsewhere. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "dsp/synth.h"
#include "media/encode.h"

#define RATE 16000
#define BLOCK 4096
#define ELSEWHERE 25  /* one in so many clips shares no sound with the others */
#define OVERLAP_S 8.0 /* of shorter ones, or half a clip, nothing is expected */
#define EDGE 64       /* samples around a clip that reading between samples needs */

struct device {
	double ppm, rt60_s, wet, snr_db, low_hz, high_hz;
	uint64_t room_seed;
};

struct clip {
	int device, number;
	double start_s, duration_s;
	bool elsewhere, overlaps;
	int group; /* clips of one group hang together by overlaps */
};

struct shoot {
	const char *dir;
	struct device *device;
	int n_devices;
	struct clip *clip;
	int n_clips;
	double span_s;
	int16_t *scene;
	int64_t n_scene;
	uint64_t seed;
};

static void *must(void *p)
{
	if (p)
		return p;
	fputs("many: out of memory\n", stderr);
	exit(1);
}

/* Items of 1 to 4 minutes: somebody talks, a band plays, or both. */
static void perform(uint64_t seed, int16_t *out, int64_t n)
{
	struct as_rng rng;
	float v[BLOCK], w[BLOCK];

	as_rng_seed(&rng, seed);
	for (int64_t at = 0; at < n;) {
		int64_t end = at + (int64_t)(as_rng_uniform(&rng, 60.0, 240.0) * RATE);
		int what = as_rng_below(&rng, 3);
		struct as_speech *s = must(
			as_speech_new(as_rng_next(&rng), RATE, as_rng_uniform(&rng, 90.0, 240.0)));
		struct as_music *m = must(as_music_new(as_rng_next(&rng), RATE));

		for (end = end < n ? end : n; at < end; at += BLOCK) {
			int k = end - at < BLOCK ? (int)(end - at) : BLOCK;

			memset(v, 0, sizeof(v));
			memset(w, 0, sizeof(w));
			if (what != 1)
				as_speech_read(s, v, k);
			if (what != 0)
				as_music_read(m, w, k);
			for (int i = 0; i < k; i++)
				out[at + i] = (int16_t)lrintf(
					fmaxf(-1.0f, fminf(1.0f, v[i] + 0.7f * w[i])) * 32000.0f);
		}
		at = end;
		as_speech_free(s);
		as_music_free(m);
	}
}

/* Clips of one device follow one another with pauses of random length. */
static void plan_device(struct shoot *s, int d, int clips, double min_s, double max_s,
			struct as_rng *rng)
{
	double sum = 0.0, pauses = 0.0, at = 0.0,
	       *pause = must(malloc(sizeof(double) * (size_t)(clips + 1)));
	struct clip *c = s->clip + s->n_clips;

	for (int i = 0; i < clips; i++) {
		c[i] = (struct clip){.device = d,
				     .number = i + 1,
				     .duration_s = as_rng_uniform(rng, min_s, max_s)};
		c[i].elsewhere = as_rng_below(rng, ELSEWHERE) == 0;
		sum += c[i].duration_s;
	}
	for (int i = 0; i <= clips; i++)
		pauses += pause[i] = -log(as_rng_uniform(rng, 1e-9, 1.0));
	for (int i = 0; i < clips; i++) {
		at += pause[i] / pauses * fmax(s->span_s - sum - 1.0, 1.0);
		c[i].start_s = at;
		at += c[i].duration_s;
	}
	s->n_clips += clips;
	free(pause);
}

/* Overlaps that should be found, and the groups that they make. */
static void find_overlaps(struct shoot *s)
{
	for (int i = 0; i < s->n_clips; i++)
		s->clip[i].group = i;
	for (int i = 0; i < s->n_clips; i++)
		for (int k = 0; k < i; k++) {
			struct clip *a = &s->clip[i], *b = &s->clip[k];
			double end = fmin(a->start_s + a->duration_s, b->start_s + b->duration_s);
			double need_s = fmin(OVERLAP_S, 0.5 * fmin(a->duration_s, b->duration_s));
			int from = a->group, to = b->group;

			if (a->device == b->device || a->elsewhere || b->elsewhere ||
			    end - fmax(a->start_s, b->start_s) < need_s)
				continue;
			a->overlaps = b->overlaps = true;
			for (int c = 0; from != to && c < s->n_clips; c++)
				if (s->clip[c].group == from)
					s->clip[c].group = to;
		}
}

static void name_clip(const struct clip *c, char *out, size_t bytes)
{
	snprintf(out, bytes, "Dev%c_%04d.flac", 'A' + c->device, c->number);
}

/* What the device hears: the scene at its own clock, in its own room. */
static float *hear(const struct shoot *s, const struct clip *c, const struct as_sinc *sinc,
		   int64_t *n_out)
{
	const struct device *d = &s->device[c->device];
	int64_t n = (int64_t)(c->duration_s * RATE), n_src = n + n / 1000 + 2 * EDGE;
	int64_t from = c->elsewhere ? 0 : (int64_t)(c->start_s * RATE) - EDGE;
	float *src = must(calloc((size_t)n_src, sizeof(*src))),
	      *v = must(malloc(sizeof(*v) * (size_t)n + 1));
	int16_t *other = NULL;

	if (c->elsewhere) {
		other = must(malloc(sizeof(*other) * (size_t)n_src));
		perform(s->seed * 7919 + (uint64_t)(c->device * 1000 + c->number), other, n_src);
	}
	for (int64_t i = 0; i < n_src; i++) {
		int64_t k = from + i;

		src[i] = other                      ? other[i] / 32768.0f
			 : k >= 0 && k < s->n_scene ? s->scene[k] / 32768.0f
						    : 0.0f;
	}
	for (int64_t i = 0; i < n; i++)
		v[i] = (float)as_sinc_at(sinc, src, n_src,
					 (other ? EDGE : c->start_s * RATE - (double)from) +
						 (double)i / (1.0 + d->ppm * 1e-6));
	free(src);
	free(other);
	*n_out = n;
	return v;
}

static void record(const struct shoot *s, const struct clip *c, float *v, int n)
{
	const struct device *d = &s->device[c->device];
	struct as_room *room = must(as_room_new(d->room_seed, RATE, d->rt60_s, d->wet));
	struct as_biquad low, high;
	struct as_rng rng;

	as_biquad_highpass(&low, RATE, d->low_hz, 0.7);
	as_biquad_lowpass(&high, RATE, d->high_hz, 0.7);
	as_rng_seed(&rng, s->seed * 31 + (uint64_t)(c->device * 1000 + c->number));
	as_room_run(room, v, n);
	as_synth_noise_snr(&rng, v, n, d->snr_db);
	as_biquad_run(&low, v, n);
	as_biquad_run(&high, v, n);
	as_room_free(room);
}

static bool write_clip(const struct shoot *s, const struct clip *c, const struct as_sinc *sinc)
{
	char name[64], path[4096];
	struct as_error err = {0};
	int64_t n;
	float *v = hear(s, c, sinc, &n);
	struct as_encode_spec spec = {.format = AS_AUDIO_FLAC,
				      .rate_hz = RATE,
				      .channels = 1,
				      .bit_depth = 16,
				      .total_frames = n,
				      .time_reference_s = NAN};
	struct as_encoder *e;
	bool ok;

	record(s, c, v, (int)n);
	name_clip(c, name, sizeof(name));
	snprintf(path, sizeof(path), "%s/%s", s->dir, name);
	e = as_encoder_open(path, &spec, true, &err);
	ok = e && as_encoder_write(e, v, n, &err) == AS_OK;
	if (ok)
		ok = as_encoder_close(e, &err) == AS_OK;
	else
		as_encoder_abort(e);
	if (!ok)
		fprintf(stderr, "many: %s\n", err.msg);
	free(v);
	return ok;
}

static bool write_truth(const struct shoot *s)
{
	char path[4096], name[64];
	FILE *f;

	snprintf(path, sizeof(path), "%s/truth.json", s->dir);
	f = fopen(path, "w");
	if (!f)
		return false;
	fprintf(f, "{\"scenario\": \"many\", \"clips\": [");
	for (int i = 0; i < s->n_clips; i++) {
		const struct clip *c = &s->clip[i];

		name_clip(c, name, sizeof(name));
		fprintf(f,
			"%s\n{\"file\": \"%s\", \"device\": \"Dev%c\", \"group\": \"G%d\", "
			"\"start_s\": %.9f, "
			"\"duration_s\": %.6f, \"drift_ppm\": %.3f, \"overlaps_anything\": %s}",
			i ? "," : "", name, 'A' + c->device, c->group, c->start_s,
			floor(c->duration_s * RATE) / RATE, s->device[c->device].ppm,
			c->overlaps ? "true" : "false");
	}
	fprintf(f, "\n]}\n");
	return fclose(f) == 0;
}

static struct device make_device(struct as_rng *rng)
{
	return (struct device){.ppm = as_rng_uniform(rng, -60.0, 60.0),
			       .rt60_s = as_rng_uniform(rng, 0.3, 1.0),
			       .wet = as_rng_uniform(rng, 0.2, 1.2),
			       .snr_db = as_rng_uniform(rng, 3.0, 20.0),
			       .low_hz = as_rng_uniform(rng, 60.0, 200.0),
			       .high_hz = as_rng_uniform(rng, 4500.0, 7500.0),
			       .room_seed = as_rng_next(rng)};
}

int main(int argc, char **argv)
{
	struct shoot s = {0};
	struct as_sinc *sinc = as_sinc_new();
	struct as_rng rng;
	int clips;
	bool ok = true;

	if (argc != 8 || (s.n_devices = atoi(argv[2])) < 1 || s.n_devices > 26 ||
	    (clips = atoi(argv[3])) < 1)
		return 2;
	s.dir = argv[1];
	s.span_s = strtod(argv[6], NULL);
	s.seed = strtoull(argv[7], NULL, 10);
	as_rng_seed(&rng, s.seed);
	s.device = must(malloc(sizeof(*s.device) * (size_t)s.n_devices));
	s.clip = must(malloc(sizeof(*s.clip) * (size_t)s.n_devices * (size_t)clips));
	s.n_scene = (int64_t)(s.span_s * RATE);
	s.scene = must(malloc(sizeof(*s.scene) * (size_t)s.n_scene));
	must(sinc);
	for (int d = 0; d < s.n_devices; d++) {
		s.device[d] = make_device(&rng);
		plan_device(&s, d, clips, strtod(argv[4], NULL), strtod(argv[5], NULL), &rng);
	}
	find_overlaps(&s);
	perform(s.seed, s.scene, s.n_scene);
	mkdir(s.dir, 0777);
	for (int i = 0; ok && i < s.n_clips; i++)
		ok = write_clip(&s, &s.clip[i], sinc);
	ok = ok && write_truth(&s);
	free(s.device);
	free(s.clip);
	free(s.scene);
	as_sinc_free(sinc);
	return ok ? 0 : 1;
}
