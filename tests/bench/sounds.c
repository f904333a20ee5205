#include "sounds.h"

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "dsp/synth.h"
#include "dsp/whiten.h"
#include "media/load.h"

#define TIMES 2 /* the generator needs room above 4 kHz */
#define LOW_ORDER 3
#define FILE_MIN_BYTES 700000
#define SKIP_S 15 /* of a music file: fades and silence */

const char *const kind_names[KINDS] = {"speech", "music", "noise", "loops", "sparse", "recorded"};

static void *must(void *p)
{
	if (p)
		return p;
	fputs("calibrate: out of memory\n", stderr);
	exit(1);
}

static bool is_music(const char *path, int64_t bytes)
{
	static const char *const ends[] = {".ogg", ".opus", ".mp3", ".flac", ".m4a"};
	size_t n = strlen(path);

	for (size_t i = 0; bytes >= FILE_MIN_BYTES && i < sizeof(ends) / sizeof(*ends); i++)
		if (n > strlen(ends[i]) && !strcmp(path + n - strlen(ends[i]), ends[i]))
			return true;
	return false;
}

static void find_music(struct library *l, const char *dir, int depth)
{
	DIR *d = opendir(dir);

	for (struct dirent *e; d && (e = readdir(d));) {
		size_t n = strlen(dir) + strlen(e->d_name) + 2;
		char *path;
		struct stat st;

		if (e->d_name[0] == '.')
			continue;
		path = must(malloc(n));
		snprintf(path, n, "%s/%s", dir, e->d_name);
		if (stat(path, &st))
			st.st_mode = 0;
		if (S_ISDIR(st.st_mode) && depth < 8)
			find_music(l, path, depth + 1);
		if (S_ISREG(st.st_mode) && l->n < SOUND_FILES_MAX && is_music(path, st.st_size)) {
			l->paths[l->n++] = path;
			path = NULL;
		}
		free(path);
	}
	if (d)
		closedir(d);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void library_open(struct library *l, const char *dirs)
{
	char *copy = must(strdup(dirs ? dirs : "")), *rest = copy;

	memset(l, 0, sizeof(*l));
	for (char *dir; (dir = strtok_r(rest, ":", &rest));) {
		int from = l->n;

		find_music(l, dir, 0);
		if (l->n == from || l->n_folders == SOUND_FOLDERS_MAX)
			continue;
		qsort(l->paths + from, (size_t)(l->n - from), sizeof(*l->paths), by_name);
		l->from[l->n_folders++] = from;
		l->from[l->n_folders] = l->n;
	}
	free(copy);
}

void library_done(struct library *l)
{
	while (l->n)
		free(l->paths[--l->n]);
}

/* Three octaves of filter in front of leaving out samples. */
struct lowpass {
	struct as_biquad f[LOW_ORDER];
};

static void lowpass_init(struct lowpass *l)
{
	for (int i = 0; i < LOW_ORDER; i++)
		as_biquad_lowpass(&l->f[i], SOUND_RATE_HZ * TIMES, 3400.0,
				  0.5 / cos((2 * i + 1) * M_PI / (4.0 * LOW_ORDER)));
}

static void lowpass_run(struct lowpass *l, float *x, int n)
{
	for (int i = 0; i < LOW_ORDER; i++)
		as_biquad_run(&l->f[i], x, n);
}

static void make_voices(struct sound *s, enum kind kind, uint64_t seed)
{
	const double rate = (double)SOUND_RATE_HZ * TIMES;
	float *x = must(malloc(sizeof(*x) * SOUND_RATE_HZ * TIMES));
	struct as_speech *speech = NULL;
	struct as_music *music = NULL;
	struct lowpass low;
	struct as_rng r;

	as_rng_seed(&r, seed + 1);
	if (kind == SPEECH)
		speech = must(as_speech_new(seed, rate, as_rng_uniform(&r, 90.0, 220.0)));
	else
		music = must(as_music_new(seed, rate));
	lowpass_init(&low);
	for (int64_t at = 0; at < s->n; at += SOUND_RATE_HZ) {
		int n = (int)(s->n - at < SOUND_RATE_HZ ? s->n - at : SOUND_RATE_HZ);

		memset(x, 0, sizeof(*x) * SOUND_RATE_HZ * TIMES);
		if (speech)
			as_speech_read(speech, x, n * TIMES);
		else
			as_music_read(music, x, n * TIMES);
		lowpass_run(&low, x, n * TIMES);
		for (int i = 0; i < n; i++)
			s->v[at + i] = x[TIMES * i];
	}
	as_speech_free(speech);
	as_music_free(music);
	free(x);
}

static void make_noise(struct sound *s, uint64_t seed)
{
	struct as_rng r;

	as_rng_seed(&r, seed);
	for (int64_t at = 0; at < s->n; at += SOUND_RATE_HZ) {
		int n = (int)(s->n - at < SOUND_RATE_HZ ? s->n - at : SOUND_RATE_HZ);

		as_synth_noise(&r, s->v + at, n, as_rng_uniform(&r, 0.02, 0.2));
	}
}

static void make_loops(struct sound *s, uint64_t seed)
{
	struct as_rng r;
	int64_t bar;

	as_rng_seed(&r, seed + 2);
	bar = (int64_t)(as_rng_uniform(&r, 1.5, 9.0) * SOUND_RATE_HZ);
	bar = bar < s->n ? bar : s->n;
	s->n = bar < s->n ? s->n : bar;
	make_voices(&(struct sound){.v = s->v, .n = bar}, MUSIC, seed);
	for (int64_t i = bar; i < s->n; i++)
		s->v[i] = s->v[i - bar];
}

/* A chirp or a click every few seconds over a noise floor far below. */
static void make_sparse(struct sound *s, uint64_t seed)
{
	struct as_rng r;

	as_rng_seed(&r, seed);
	for (int64_t at = 0; at < s->n; at += SOUND_RATE_HZ)
		as_synth_noise(&r, s->v + at,
			       (int)(s->n - at < SOUND_RATE_HZ ? s->n - at : SOUND_RATE_HZ),
			       0.0005);
	for (double t = 0.0; t < (double)s->n / SOUND_RATE_HZ; t += as_rng_uniform(&r, 0.3, 8.0)) {
		bool click = as_rng_below(&r, 2);
		double length =
			click ? as_rng_uniform(&r, 0.002, 0.03) : as_rng_uniform(&r, 0.05, 0.4);
		double hz = as_rng_uniform(&r, 400.0, 3200.0),
		       bend = as_rng_uniform(&r, -800.0, 800.0);
		double gain = as_rng_uniform(&r, 0.01, 0.2);
		int64_t at = (int64_t)(t * SOUND_RATE_HZ);

		for (int64_t i = 0; i < (int64_t)(length * SOUND_RATE_HZ) && at + i < s->n; i++) {
			double u = (double)i / SOUND_RATE_HZ, shape = sin(M_PI * u / length);
			double x = click ? as_rng_normal(&r) * exp(-6.0 * u / length)
					 : sin(2.0 * M_PI * (hz + bend * u) * u) * shape;

			s->v[at + i] += (float)(gain * x);
		}
	}
}

struct cut {
	float *v;
	int64_t skip, n, room;
};

static bool keep_cut(void *ctx, const float *v, int n)
{
	struct cut *c = ctx;
	int64_t from = c->skip < n ? c->skip : n, m = n - from;

	c->skip -= from;
	m = m < c->room - c->n ? m : c->room - c->n;
	memcpy(c->v + c->n, v + from, sizeof(*v) * (size_t)m);
	c->n += m;
	return c->n < c->room;
}

static void make_recorded(struct sound *s, uint64_t seed, const struct library *l)
{
	const struct as_load_config cfg = {.stream = -1, .channel = -1};
	int folder = (int)(seed % (uint64_t)l->n_folders), first = l->from[folder];
	int files = l->from[folder + 1] - first;
	struct cut c = {.v = s->v, .room = s->n};

	/* a folder that is too short for a long clip comes again */
	for (int k = 0; c.n < c.room && (k < files || c.n); k++) {
		uint64_t file = (seed / (uint64_t)l->n_folders + (uint64_t)k) % (uint64_t)files;
		struct as_load_result r;

		c.skip = SKIP_S * SOUND_RATE_HZ;
		as_media_load(l->paths[first + (int)file], &cfg, NULL, keep_cut, NULL, &c, &r,
			      NULL);
	}
	s->n = c.n;
}

struct sound sound_make(enum kind kind, uint64_t seed, double seconds, const struct library *l)
{
	struct sound s = {.n = (int64_t)(seconds * SOUND_RATE_HZ)};

	s.v = must(calloc((size_t)s.n + 1, sizeof(*s.v)));
	if (kind == SPEECH || kind == MUSIC)
		make_voices(&s, kind, seed);
	else if (kind == NOISE)
		make_noise(&s, seed);
	else if (kind == LOOPS)
		make_loops(&s, seed);
	else if (kind == SPARSE)
		make_sparse(&s, seed);
	else
		make_recorded(&s, seed, l);
	return s;
}

void sound_done(struct sound *s)
{
	free(s->v);
	memset(s, 0, sizeof(*s));
}

struct take {
	int8_t *v;
	int64_t n;
};

static bool keep_take(void *ctx, const int8_t *v, int n)
{
	struct take *t = ctx;

	memcpy(t->v + t->n, v, (size_t)n);
	t->n += n;
	return true;
}

struct as_signal sound_record(const struct sound *s, const struct device *d)
{
	int64_t n = (int64_t)(d->length_s * SOUND_RATE_HZ);
	double step = 1.0 / (1.0 + d->ppm * 1e-6), from = d->from_s * SOUND_RATE_HZ;
	struct take t = {.v = must(malloc((size_t)n + 1))};
	struct as_whitener *w = must(as_whitener_new(keep_take, &t));
	struct as_room *room = must(as_room_new(d->seed, SOUND_RATE_HZ, d->rt60_s, d->wet));
	struct as_sinc *sinc = must(as_sinc_new());
	double level = as_synth_rms(s->v, (int)(s->n < INT32_MAX ? s->n : INT32_MAX));
	float y[SOUND_RATE_HZ];
	struct as_rng r;

	as_rng_seed(&r, d->seed + 1);
	for (int64_t at = 0; at < n; at += SOUND_RATE_HZ) {
		int m = (int)(n - at < SOUND_RATE_HZ ? n - at : SOUND_RATE_HZ);

		for (int i = 0; i < m; i++)
			y[i] = (float)as_sinc_at(sinc, s->v, s->n, from + (double)(at + i) * step);
		as_room_run(room, y, m);
		as_synth_noise(&r, y, m, level * pow(10.0, -d->snr_db / 20.0));
		if (!as_whitener_feed(w, y, m))
			must(NULL);
	}
	if (!as_whitener_end(w))
		must(NULL);
	as_whitener_free(w);
	as_room_free(room);
	as_sinc_free(sinc);
	return (struct as_signal){.v = t.v, .n = t.n, .rate_hz = SOUND_RATE_HZ};
}

void recording_done(struct as_signal *s)
{
	free((void *)(uintptr_t)s->v);
	memset(s, 0, sizeof(*s));
}
