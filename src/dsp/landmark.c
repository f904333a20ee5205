#include "dsp/landmark.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "dsp/fft.h"
#include "dsp/kernel.h"

enum {
	N = AS_LANDMARK_N,
	BINS = N / 2,
	LOW = 32,        /* 125 Hz … */
	HIGH = 924,      /* … 3.6 kHz: what whitening leaves */
	NEAR_BINS = 12,  /* a peak is the highest within 47 Hz … */
	NEAR_FRAMES = 3, /* … and 96 ms either way */
	RING = 2 * NEAR_FRAMES + 1,
	CANDIDATES = 1024,
	CHECK_FRAMES = 512, /* between looks at the cancel flag: 10 ms */
	FRAMES_MAX = (1 << (32 - AS_LANDMARK_BIN_BITS)) - 1,
};

#define FLOOR_RMS 3.0 /* steps: what whitening leaves of silence is below */

struct candidate {
	float power;
	uint32_t mark;
};

struct finder {
	struct as_fft *fft;
	float *x, *window, *power[RING],
		*high[RING]; /* of the last frames: power; its maximum over nearby bins */
	float complex *spec;
	float floor;
	struct candidate found[CANDIDATES];
	int n_found;
	struct as_landmarks *out;
	int room;
};

static bool init(struct finder *f)
{
	bool ok = (f->fft = as_fft_new(N)) != NULL;
	double energy = 0.0;

	f->x = as_fft_alloc(sizeof(float) * N);
	f->spec = as_fft_alloc(sizeof(float complex) * (BINS + 1));
	f->window = as_fft_alloc(sizeof(float) * N);
	for (int i = 0; i < RING; i++) {
		f->power[i] = calloc(BINS, sizeof(float));
		f->high[i] = calloc(BINS, sizeof(float));
		ok = ok && f->power[i] && f->high[i];
	}
	if (!ok || !f->x || !f->spec || !f->window)
		return false;
	for (int i = 0; i < N; i++) {
		double w = 0.5 - 0.5 * cos(2.0 * acos(-1.0) * (i + 0.5) / N);

		f->window[i] = (float)w;
		energy += w * w;
	}
	f->floor = (float)(FLOOR_RMS * FLOOR_RMS * energy);
	return true;
}

static void done(struct finder *f)
{
	as_fft_free(f->fft);
	as_fft_release(f->x);
	as_fft_release(f->spec);
	as_fft_release(f->window);
	for (int i = 0; i < RING; i++) {
		free(f->power[i]);
		free(f->high[i]);
	}
}

/* y[k] = max of x[k - NEAR_BINS … k + NEAR_BINS] within the band, by maxima over 2, 4, 8, 16 bins. */
static void spread(const float *x, float *y)
{
	float a[BINS + 32], b[BINS + 32];

	memset(a, 0, sizeof(a));
	memcpy(a + LOW, x + LOW, sizeof(*x) * (HIGH - LOW));
	memset(b + BINS, 0, sizeof(*b) * 32);
	as_kernel_max_each(b, a, a + 1, BINS);
	as_kernel_max_each(a, b, b + 2, BINS);
	as_kernel_max_each(b, a, a + 4, BINS);
	as_kernel_max_each(a, b, b + 8, BINS);
	/* a[k] is the maximum from k to k + 15 now */
	as_kernel_max_each(y + LOW, a + LOW - NEAR_BINS, a + LOW + NEAR_BINS - 15, HIGH - LOW);
}

static void take_frame(struct finder *f, const struct as_signal *s, int frame)
{
	float *power = f->power[frame % RING];
	float complex *spec = f->spec;

	as_signal_load(s, (int64_t)frame * AS_LANDMARK_HOP - N / 2, N, N, f->x);
	for (int i = 0; i < N; i++)
		f->x[i] *= f->window[i];
	as_fft_forward(f->fft, f->x, spec);
	as_kernel_power(power, spec, BINS);
	spread(power, f->high[frame % RING]);
}

/* A frame is judged once all its neighbours are there. */
static void find_peaks(struct finder *f, int frame)
{
	const float *power = f->power[frame % RING], *high = f->high[frame % RING];
	uint8_t top[HIGH];
	const uint8_t *p = top + LOW;

	as_kernel_mark_tops(top + LOW, power + LOW, high + LOW, f->floor, HIGH - LOW);
	for (; f->n_found < CANDIDATES && (p = memchr(p, 1, (size_t)(top + HIGH - p))) != NULL; p++) {
		int k = (int)(p - top);
		bool all = true;

		for (int i = 0; i < RING && all; i++)
			all = power[k] >= f->high[i][k];
		if (all)
			f->found[f->n_found++] = (struct candidate){
				power[k], (uint32_t)frame << AS_LANDMARK_BIN_BITS | (uint32_t)k};
	}
}

static int by_power(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	if (x->power != y->power)
		return x->power < y->power ? 1 : -1;
	return (x->mark > y->mark) - (x->mark < y->mark);
}

static int by_mark(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* The strongest of a block join the landmarks. */
static bool end_block(struct finder *f)
{
	struct as_landmarks *l = f->out;
	int n = f->n_found < AS_LANDMARK_PER_BLOCK ? f->n_found : AS_LANDMARK_PER_BLOCK;

	if (l->n + n > f->room) {
		int room = 2 * f->room + 1024;
		uint32_t *v = realloc(l->v, sizeof(*v) * (size_t)room);

		if (!v)
			return false;
		l->v = v;
		f->room = room;
	}
	qsort(f->found, (size_t)f->n_found, sizeof(*f->found), by_power);
	for (int i = 0; i < n; i++)
		l->v[l->n + i] = f->found[i].mark;
	if (n > 0)
		qsort(l->v + l->n, (size_t)n, sizeof(*l->v), by_mark);
	l->n += n;
	f->n_found = 0;
	return true;
}

static enum as_status run(struct finder *f, const struct as_signal *s, const atomic_bool *cancel,
			  struct as_error *err)
{
	int n = f->out->n_frames;

	for (int i = 0; i < n + NEAR_FRAMES; i++) {
		int centre = i - NEAR_FRAMES;

		if (i % CHECK_FRAMES == 0 && cancel && atomic_load(cancel))
			return AS_CANCELLED;
		take_frame(f, s, i);
		if (centre < 0)
			continue;
		find_peaks(f, centre);
		if ((centre % AS_LANDMARK_BLOCK == AS_LANDMARK_BLOCK - 1 || centre == n - 1) &&
		    !end_block(f))
			return as_fail(err, AS_ERR_MEMORY, "out of memory");
	}
	return AS_OK;
}

enum as_status as_landmarks_find(const struct as_signal *s, const atomic_bool *cancel,
				 struct as_landmarks *out, struct as_error *err)
{
	struct finder *f = calloc(1, sizeof(*f));
	int64_t frames = s->n > 0 ? (s->n + AS_LANDMARK_HOP - 1) / AS_LANDMARK_HOP : 0;
	enum as_status st = AS_ERR_MEMORY;

	*out = (struct as_landmarks){
		.n_frames = (int)(frames < FRAMES_MAX - RING ? frames : FRAMES_MAX - RING)};
	if (f && init(f)) {
		f->out = out;
		st = run(f, s, cancel, err);
	} else {
		as_fail(err, st, "out of memory");
	}
	if (f)
		done(f);
	free(f);
	if (st)
		as_landmarks_done(out);
	return st;
}

void as_landmarks_done(struct as_landmarks *l)
{
	free(l->v);
	*l = (struct as_landmarks){0};
}
