#include "dsp/peaks.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dsp/clones.h"

/* Samples and levels are stored as square roots: 127 steps reach down to -84 dB, and keep their order, so that lowest and highest
 * can be looked for without decoding. Drawing takes the coarsest stretches that a column holds at least SHARE of. */
enum {
	CHUNK = 8192, /* samples; what is drawn at close zoom lies together */
	FINE = 64,
	MID = 256,
	COARSE = 1024, /* the first of the levels that come after all chunks, each 4 times as coarse as the one before */
	FACTOR = 4,
	LEVELS = 9,
	SHARE = 8,
	RUN = 16, /* fourth powers of 127 that fit into 32 bits */
	STEPS = 127,
	RMS_STEPS = 255,
};

#define MAGIC UINT64_C(0x736b616570534131)
/* Far beyond any recording, and what a double counts exactly. */
#define FAR 1e15

struct bin {
	int8_t lo, hi;
	uint8_t rms;
};

struct chunk {
	int8_t v[CHUNK];
	struct bin fine[CHUNK / FINE];
	struct bin mid[CHUNK / MID];
};

struct tail {
	uint64_t magic;
	int64_t n;
};

_Static_assert(sizeof(struct chunk) == CHUNK + 3 * (CHUNK / FINE + CHUNK / MID), "bytes on the disk");

/* A stretch while it is looked at; power: the sum of its squares. */
struct stretch {
	int lo, hi;
	double power;
	int64_t n;
};

static const struct stretch nothing = {.lo = INT8_MAX, .hi = INT8_MIN};

static void join(struct stretch *a, const struct stretch *b)
{
	a->lo = b->lo < a->lo ? b->lo : a->lo;
	a->hi = b->hi > a->hi ? b->hi : a->hi;
	a->power += b->power;
	a->n += b->n;
}

AS_CLONES static void encode(int8_t *out, const float *v, int n)
{
	for (int i = 0; i < n; i++) {
		float a = fabsf(v[i]);

		a = a > 1.0f ? 1.0f : a;
		a = a >= 0.0f ? a : 0.0f; /* NAN */
		a = sqrtf(a) * STEPS + 0.5f;
		out[i] = (int8_t)(v[i] < 0.0f ? -(int)a : (int)a);
	}
}

static float decode(int q)
{
	float r = (float)q / STEPS;

	return q < 0 ? -r * r : r * r;
}

/* Lowest and highest of n samples, and the sum of their squares. */
AS_CLONES static struct stretch look(const int8_t *v, int n)
{
	int8_t lo = INT8_MAX, hi = INT8_MIN;
	uint64_t sum = 0;

	for (int i = 0; i < n; i++)
		lo = v[i] < lo ? v[i] : lo;
	for (int i = 0; i < n; i++)
		hi = v[i] > hi ? v[i] : hi;
	for (int at = 0; at < n; at += RUN) {
		uint32_t run = 0;

		for (int i = at; i < (n - at < RUN ? n : at + RUN); i++) {
			uint32_t sq = (uint32_t)(v[i] * v[i]);

			run += sq * sq;
		}
		sum += run;
	}
	return (struct stretch){lo, hi, (double)sum / ((double)STEPS * STEPS * STEPS * STEPS), n};
}

/* The same of each FINE of them; power is a mean here. Squares are taken down to a quarter, so that the sum of theirs fits. */
AS_CLONES static void survey(const int8_t *v, int n_bins, int8_t *lo, int8_t *hi, float *power)
{
	const float scale = 16.0f / ((float)FINE * STEPS * STEPS * STEPS * STEPS);

	for (int b = 0; b < n_bins; b++, v += FINE) {
		int8_t least = INT8_MAX, most = INT8_MIN;
		int16_t sq[FINE];
		int32_t sum = 0;

		for (int i = 0; i < FINE; i++)
			least = v[i] < least ? v[i] : least;
		for (int i = 0; i < FINE; i++)
			most = v[i] > most ? v[i] : most;
		for (int i = 0; i < FINE; i++)
			sq[i] = (int16_t)((v[i] * v[i] + 2) >> 2);
		for (int i = 0; i < FINE; i++)
			sum += sq[i] * sq[i];
		lo[b] = least;
		hi[b] = most;
		power[b] = (float)sum * scale;
	}
}

/* The fourth root, since a level is stored as a square root like the samples. */
AS_CLONES static void encode_rms(uint8_t *out, const float *power, int n)
{
	for (int i = 0; i < n; i++)
		out[i] = (uint8_t)(int)(sqrtf(sqrtf(power[i])) * RMS_STEPS + 0.5f);
}

static struct bin pack(const struct stretch *s)
{
	float power = s->n > 0 ? (float)(s->power / (double)s->n) : 0.0f;
	struct bin b = {(int8_t)s->lo, (int8_t)s->hi, 0};

	encode_rms(&b.rms, &power, 1);
	return b;
}

/* n: the samples that it stands for. */
static struct stretch unpack(struct bin b, int64_t n)
{
	double root = (double)b.rms / RMS_STEPS, rms = root * root;

	return (struct stretch){b.lo, b.hi, rms * rms * (double)n, n};
}

/* ---- making ---- */

struct level {
	struct bin *v;
	size_t n, cap;
	struct stretch now; /* the bin that is being filled */
};

struct as_peaks_maker {
	as_peaks_sink sink;
	void *ctx;
	int64_t n;
	int fill;
	struct chunk chunk;
	struct level levels[LEVELS];
};

struct as_peaks_maker *as_peaks_maker_new(as_peaks_sink sink, void *ctx)
{
	struct as_peaks_maker *m = calloc(1, sizeof *m);

	if (!m)
		return NULL;
	m->sink = sink;
	m->ctx = ctx;
	for (int i = 0; i < LEVELS; i++)
		m->levels[i].now = nothing;
	return m;
}

void as_peaks_maker_free(struct as_peaks_maker *m)
{
	for (int i = 0; m && i < LEVELS; i++)
		free(m->levels[i].v);
	free(m);
}

static bool store(struct level *l)
{
	if (l->n == l->cap) {
		size_t cap = l->cap ? l->cap * 2 : 256;
		struct bin *v = realloc(l->v, cap * sizeof *v);

		if (!v)
			return false;
		l->v = v;
		l->cap = cap;
	}
	l->v[l->n++] = pack(&l->now);
	return true;
}

/* Up the levels as far as they are full. */
static bool add(struct as_peaks_maker *m, const struct stretch *s)
{
	struct stretch part = *s;
	int64_t full = COARSE;

	for (int i = 0; i < LEVELS; i++, full *= FACTOR) {
		struct level *l = &m->levels[i];

		join(&l->now, &part);
		if (l->now.n < full)
			return true;
		part = l->now;
		if (!store(l))
			return false;
		l->now = nothing;
	}
	return true;
}

/* The bins of the chunk: fine ones and, for the levels above, what they amount to. */
static int survey_chunk(struct as_peaks_maker *m, struct stretch *fine)
{
	int8_t lo[CHUNK / FINE], hi[CHUNK / FINE];
	uint8_t rms[CHUNK / FINE];
	float power[CHUNK / FINE];
	int full = m->fill / FINE, rest = m->fill % FINE;

	survey(m->chunk.v, full, lo, hi, power);
	encode_rms(rms, power, full);
	for (int i = 0; i < full; i++) {
		m->chunk.fine[i] = (struct bin){lo[i], hi[i], rms[i]};
		fine[i] = (struct stretch){lo[i], hi[i], (double)power[i] * FINE, FINE};
	}
	if (rest == 0)
		return full;
	fine[full] = look(m->chunk.v + full * FINE, rest);
	m->chunk.fine[full] = pack(&fine[full]);
	return full + 1;
}

/* The chunk is full, or the last one. */
static bool put_chunk(struct as_peaks_maker *m)
{
	struct stretch fine[CHUNK / FINE], mid = nothing, coarse = nothing;
	int n = survey_chunk(m, fine);

	for (int i = 0; i < n; i++) {
		join(&mid, &fine[i]);
		if ((i + 1) % (MID / FINE) && i + 1 < n)
			continue;
		m->chunk.mid[i / (MID / FINE)] = pack(&mid);
		join(&coarse, &mid);
		mid = nothing;
		if ((i + 1) % (COARSE / FINE) && i + 1 < n)
			continue;
		if (!add(m, &coarse))
			return false;
		coarse = nothing;
	}
	return m->sink(m->ctx, &m->chunk, sizeof m->chunk);
}

bool as_peaks_maker_feed(struct as_peaks_maker *m, const float *v, int n)
{
	while (n > 0) {
		int k = CHUNK - m->fill < n ? CHUNK - m->fill : n;

		encode(m->chunk.v + m->fill, v, k);
		m->fill += k;
		m->n += k;
		v += k;
		n -= k;
		if (m->fill == CHUNK) {
			if (!put_chunk(m))
				return false;
			m->fill = 0;
		}
	}
	return true;
}

/* What is not full at the end: a level's last stretch holds what the one below it is filling, too. */
static bool end_levels(struct as_peaks_maker *m)
{
	struct stretch part = nothing;

	for (int i = 0; i < LEVELS; i++) {
		struct level *l = &m->levels[i];

		join(&l->now, &part);
		part = l->now;
		if (part.n > 0 && !store(l))
			return false;
	}
	return true;
}

bool as_peaks_maker_end(struct as_peaks_maker *m)
{
	struct tail t = {MAGIC, m->n};

	if (m->fill > 0) {
		memset(m->chunk.v + m->fill, 0, (size_t)(CHUNK - m->fill));
		memset(m->chunk.fine, 0, sizeof m->chunk.fine);
		memset(m->chunk.mid, 0, sizeof m->chunk.mid);
		if (!put_chunk(m))
			return false;
	}
	if (!end_levels(m))
		return false;
	for (int i = 0; i < LEVELS; i++) {
		const struct level *l = &m->levels[i];

		if (l->n > 0 && !m->sink(m->ctx, l->v, l->n * sizeof *l->v))
			return false;
	}
	return m->sink(m->ctx, &t, sizeof t);
}

/* ---- drawing ---- */

static int64_t count(int64_t n, int64_t size)
{
	return n / size + (n % size > 0);
}

static int64_t body_bytes(int64_t n)
{
	int64_t bytes = count(n, CHUNK) * (int64_t)sizeof(struct chunk), size = COARSE;

	for (int i = 0; i < LEVELS; i++, size *= FACTOR)
		bytes += count(n, size) * (int64_t)sizeof(struct bin);
	return bytes;
}

bool as_peaks_open(struct as_peaks *p, const void *data, size_t bytes)
{
	struct tail t;

	if (bytes < sizeof t)
		return false;
	memcpy(&t, (const char *)data + bytes - sizeof t, sizeof t);
	if (t.magic != MAGIC || t.n < 0 || (uint64_t)t.n > bytes || (uint64_t)body_bytes(t.n) != bytes - sizeof t)
		return false;
	*p = (struct as_peaks){data, t.n};
	return true;
}

/* Stretches of one size. */
struct view {
	const struct as_peaks *p;
	int64_t size;   /* 1: the samples themselves */
	int64_t n;
	const struct bin *v; /* from COARSE on */
};

static struct view choose(const struct as_peaks *p, double step)
{
	const unsigned char *at = p->data + (size_t)count(p->n, CHUNK) * sizeof(struct chunk);
	struct view w = {p, 1, p->n, NULL};

	for (int64_t size = FINE; size <= MID && (double)size * SHARE <= step; size *= FACTOR)
		w = (struct view){p, size, count(p->n, size), NULL};
	for (int64_t size = COARSE, i = 0; i < LEVELS && (double)size * SHARE <= step; i++, size *= FACTOR) {
		w = (struct view){p, size, count(p->n, size), (const struct bin *)at};
		at += (size_t)w.n * sizeof(struct bin);
	}
	return w;
}

static const struct chunk *chunk_of(const struct as_peaks *p, int64_t sample)
{
	return (const struct chunk *)(p->data + (size_t)(sample / CHUNK) * sizeof(struct chunk));
}

/* Samples [i, end), which is not empty. */
static struct stretch look_at(const struct as_peaks *p, int64_t i, int64_t end)
{
	struct stretch sum = nothing;

	while (i < end) {
		int from = (int)(i % CHUNK), n = end - i < CHUNK - from ? (int)(end - i) : CHUNK - from;
		struct stretch s = look(chunk_of(p, i)->v + from, n);

		join(&sum, &s);
		i += n;
	}
	return sum;
}

static struct bin bin_at(const struct view *w, int64_t i)
{
	if (w->v)
		return w->v[i];
	const struct chunk *c = chunk_of(w->p, i * w->size);
	return w->size == FINE ? c->fine[i % (CHUNK / FINE)] : c->mid[i % (CHUNK / MID)];
}

static struct stretch gather(const struct view *w, int64_t i, int64_t end)
{
	struct stretch sum = nothing;

	if (w->size == 1)
		return look_at(w->p, i, end);
	for (; i < end; i++) {
		int64_t left = w->p->n - i * w->size;
		struct stretch s = unpack(bin_at(w, i), left < w->size ? left : w->size);

		join(&sum, &s);
	}
	return sum;
}

/* Between two samples. */
static struct as_waveform_column between(const struct as_peaks *p, double at)
{
	int64_t i = (int64_t)floor(at), last = p->n - 1;
	int64_t a = i < 0 ? 0 : i, b = i + 1 > last ? last : i + 1;
	float part = (float)(at - floor(at));
	float va = decode(chunk_of(p, a)->v[a % CHUNK]), vb = decode(chunk_of(p, b)->v[b % CHUNK]);
	float v = va + part * (vb - va);

	return (struct as_waveform_column){v, v, fabsf(v)};
}

static struct as_waveform_column draw(const struct view *w, double from, double to)
{
	double per = (double)w->size;
	int64_t i, end;

	if (w->size == 1) {
		i = (int64_t)ceil(from);
		end = (int64_t)ceil(to);
	} else {
		i = (int64_t)floor(from / per + 0.5);
		end = (int64_t)floor(to / per + 0.5);
	}
	i = i < 0 ? 0 : i < w->n ? i : w->n - 1;
	end = end < w->n ? end : w->n;
	if (end <= i && w->size > 1)
		end = i + 1; /* the sliver of a clip that is less than a column's share */
	if (end <= i)
		return between(w->p, (from + to) / 2);
	struct stretch s = gather(w, i, end);
	float lo = decode(s.lo), hi = decode(s.hi), rms = (float)sqrt(s.power / (double)s.n);
	float peak = -lo > hi ? -lo : hi;
	return (struct as_waveform_column){lo, hi, rms < peak ? rms : peak};
}

void as_peaks_draw(const struct as_peaks *p, double from, double step, int n, struct as_waveform_column *out)
{
	struct view w = choose(p, step);

	for (int k = 0; k < n; k++) {
		double a = from + k * step, b = from + (k + 1) * step;

		out[k] = (struct as_waveform_column){1.0f, -1.0f, 0.0f};
		if (p->n > 0 && step > 0.0 && a > -FAR && b < FAR && b > 0.0 && a < (double)p->n)
			out[k] = draw(&w, a, b);
	}
}
