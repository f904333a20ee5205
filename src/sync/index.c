#include "sync/index.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
	FAN = 6,               /* pairs that a landmark makes with those after it */
	HASHES_MAX = 24000000, /* 96 MB; beyond it the fan narrows */
	BIN_SHIFT = 2,         /* frequencies are told apart to 15.6 Hz */
	DF_MAX = 63,           /* of those: 1 kHz */
	DT_MAX = 20,           /* frames: 0.64 s */
	DT_BITS = 5,
	DF_BITS = 7,
	HASH_BITS = AS_LANDMARK_BIN_BITS - BIN_SHIFT + DF_BITS + DT_BITS,
	BUCKETS = 1 << HASH_BITS,
	LINE_SHIFT = 6, /* clips begin on the common line at multiples of 64 frames */
	CHUNK = 600 * 8000 /
		AS_LANDMARK_HOP, /* frames that are compared at once: 10 min, which drift spreads by 0.1 s */
	OFFSET_SHIFT = 2, /* offsets are counted in bins of 4 frames: 128 ms */
	COUNT_MIN = 4,    /* coincidences that are worth a look */
	CHECK = 4096,     /* landmarks between looks at the cancel flag */
};

#define ELSEWHERE_S 2.0f
#define COMMON_MEAN 12 /* buckets over this many times the mean tell nothing: hum, loops */
#define COMMON_MIN 64

/* Clips lie one after another on a common line of frames, in an order that the content alone decides. */
struct as_index {
	int n;
	struct as_index_clip *clip; /* in that order */
	int *id;                    /* the caller's number of each … */
	int *rank;                  /* … and back */
	uint32_t *base;             /* first frame of each on the line */
	int *owner;                 /* per 64 frames of the line: whose they are */
	uint32_t *bucket;           /* where the entries of a hash begin */
	uint32_t *entry;            /* frames of the line, ascending within a bucket */
	uint32_t common;
	int fan;
	bool takes;
};

/* ---- hashes ---- */

/* The hashes of landmark i: itself and some that follow. Returns how many. */
static int hashes_of(const struct as_landmarks *m, int i, int fan, uint32_t *out)
{
	uint32_t bin_mask = (1u << AS_LANDMARK_BIN_BITS) - 1;
	int frame = (int)(m->v[i] >> AS_LANDMARK_BIN_BITS),
	    f = (int)((m->v[i] & bin_mask) >> BIN_SHIFT), n = 0;

	for (int k = i + 1; k < m->n && n < fan; k++) {
		int dt = (int)(m->v[k] >> AS_LANDMARK_BIN_BITS) - frame;
		int df = (int)((m->v[k] & bin_mask) >> BIN_SHIFT) - f;

		if (dt > DT_MAX)
			break;
		if (dt < 1 || df < -DF_MAX || df > DF_MAX)
			continue;
		out[n++] = ((uint32_t)f << DF_BITS | (uint32_t)(df + DF_MAX)) << DT_BITS |
			   (uint32_t)dt;
	}
	return n;
}

static bool stopped(const atomic_bool *cancel)
{
	return cancel && atomic_load(cancel);
}

/* Counts the hashes (place NULL) or puts them where they belong. */
static bool go_through(struct as_index *x, const atomic_bool *cancel, uint32_t *place)
{
	uint32_t h[FAN];

	for (int c = 0; c < x->n; c++) {
		const struct as_landmarks *m = x->clip[c].marks;

		for (int i = 0; i < m->n; i++) {
			int n = hashes_of(m, i, x->fan, h);
			uint32_t at = x->base[c] + (m->v[i] >> AS_LANDMARK_BIN_BITS);

			if (i % CHECK == 0 && stopped(cancel))
				return false;
			for (int k = 0; k < n; k++)
				if (place)
					x->entry[place[h[k]]++] = at;
				else
					x->bucket[h[k] + 1]++;
		}
	}
	return true;
}

/* ---- building ---- */

struct sortable {
	struct as_index_clip clip;
	int id;
};

static int by_content(const void *a, const void *b)
{
	const struct sortable *x = a, *y = b;

	if (x->clip.marks->n_frames != y->clip.marks->n_frames)
		return x->clip.marks->n_frames < y->clip.marks->n_frames ? 1 : -1;
	if (x->clip.key != y->clip.key)
		return x->clip.key > y->clip.key ? 1 : -1;
	return (x->id > y->id) - (x->id < y->id);
}

static bool order_clips(struct as_index *x, const struct as_index_clip *clips, int n)
{
	struct sortable *s = malloc(sizeof(*s) * ((size_t)n + 1));

	x->clip = malloc(sizeof(*x->clip) * ((size_t)n + 1));
	x->id = malloc(sizeof(*x->id) * ((size_t)n + 1));
	x->rank = malloc(sizeof(*x->rank) * ((size_t)n + 1));
	if (!s || !x->clip || !x->id || !x->rank) {
		free(s);
		return false;
	}
	for (int i = 0; i < n; i++) {
		x->rank[i] = -1;
		if (clips[i].marks && clips[i].marks->n)
			s[x->n++] = (struct sortable){clips[i], i};
	}
	qsort(s, (size_t)x->n, sizeof(*s), by_content);
	for (int i = 0; i < x->n; i++) {
		x->clip[i] = s[i].clip;
		x->id[i] = s[i].id;
		x->rank[s[i].id] = i;
	}
	free(s);
	return true;
}

/* Lays the clips on the line; drops those that no longer fit 32 bits, which is four years. */
static bool lay_line(struct as_index *x)
{
	uint64_t at = 0, landmarks = 0;
	size_t cells = 0;

	x->base = malloc(sizeof(*x->base) * ((size_t)x->n + 1));
	if (!x->base)
		return false;
	for (int c = 0; c < x->n; c++) {
		uint64_t end = at + (uint64_t)x->clip[c].marks->n_frames;

		x->base[c] = (uint32_t)at;
		at = ((end >> LINE_SHIFT) + 1) << LINE_SHIFT;
		if (at > UINT32_MAX) {
			x->n = c;
			break;
		}
		cells = (size_t)(at >> LINE_SHIFT);
		landmarks += (uint64_t)x->clip[c].marks->n;
	}
	for (x->fan = FAN; x->fan > 1 && landmarks * (uint64_t)x->fan > HASHES_MAX;)
		x->fan--;
	x->owner = malloc(sizeof(*x->owner) * (cells + 1));
	if (!x->owner)
		return false;
	for (int c = 0; c < x->n; c++) {
		size_t to = c + 1 < x->n ? x->base[c + 1] >> LINE_SHIFT : cells;

		for (size_t i = x->base[c] >> LINE_SHIFT; i < to; i++)
			x->owner[i] = c;
	}
	return true;
}

static enum as_status fill_buckets(struct as_index *x, const atomic_bool *cancel,
				   struct as_error *err)
{
	uint32_t *place = malloc(sizeof(*place) * BUCKETS);
	uint64_t used = 0;
	enum as_status st = AS_OK;

	x->bucket = calloc((size_t)BUCKETS + 1, sizeof(*x->bucket));
	if (!place || !x->bucket) {
		st = as_fail(err, AS_ERR_MEMORY, "out of memory");
		goto out;
	}
	if (!go_through(x, cancel, NULL)) {
		st = AS_CANCELLED;
		goto out;
	}
	for (size_t i = 0; i < BUCKETS; i++) {
		used += x->bucket[i + 1] > 0;
		x->bucket[i + 1] += x->bucket[i];
	}
	memcpy(place, x->bucket, sizeof(*place) * BUCKETS);
	x->common = COMMON_MEAN * (uint32_t)(x->bucket[BUCKETS] / (used ? used : 1));
	if (x->common < COMMON_MIN)
		x->common = COMMON_MIN;
	x->entry = malloc(sizeof(*x->entry) * ((size_t)x->bucket[BUCKETS] + 1));
	if (!x->entry)
		st = as_fail(err, AS_ERR_MEMORY, "out of memory");
	else if (!go_through(x, cancel, place))
		st = AS_CANCELLED;
out:
	free(place);
	return st;
}

enum as_status as_index_new(const struct as_index_clip *clips, int n_clips, bool takes,
			    const atomic_bool *cancel, struct as_index **out, struct as_error *err)
{
	struct as_index *x = calloc(1, sizeof(*x));
	enum as_status st;

	*out = NULL;
	if (!x || !order_clips(x, clips, n_clips) || !lay_line(x)) {
		as_index_free(x);
		return as_fail(err, AS_ERR_MEMORY, "out of memory");
	}
	x->takes = takes;
	st = fill_buckets(x, cancel, err);
	if (st) {
		as_index_free(x);
		return st;
	}
	*out = x;
	return AS_OK;
}

void as_index_free(struct as_index *x)
{
	if (!x)
		return;
	free(x->clip);
	free(x->id);
	free(x->rank);
	free(x->base);
	free(x->owner);
	free(x->bucket);
	free(x->entry);
	free(x);
}

/* ---- asking ---- */

/* Coincidences at one offset. A landmark counts once, however many of its pairs coincide: they are one event. */
struct bin {
	uint16_t n, last; /* last: the landmark that counted last, from 1 within its chunk */
};

/* Histograms of offsets between one chunk of clip c and every clip behind it. */
struct query {
	const struct as_index *x;
	int c;
	int from, n_frames; /* of the chunk */
	struct bin *bin;
	size_t room;
	/* per clip */
	size_t *first; /* its first bin */
	size_t *bins;  /* 0: not compared */
	uint32_t *
		add; /* from a frame of the line to 4 times its bin, but for the landmark's own frame */
	float *best, *second, *offset_s;
};

static void lay_bins(struct query *q)
{
	const struct as_index *x = q->x;
	size_t at = 0;

	for (int b = q->c + 1; b < x->n; b++) {
		q->first[b] = at;
		q->bins[b] = 0;
		if (x->clip[b].track == x->clip[q->c].track && !x->takes)
			continue;
		q->bins[b] =
			((size_t)(x->clip[b].marks->n_frames + q->n_frames) >> OFFSET_SHIFT) + 2;
		/* modulo 2^32, like every sum with it */
		q->add[b] = ((uint32_t)at << OFFSET_SHIFT) + (uint32_t)(q->from + q->n_frames) -
			    x->base[b];
		at += q->bins[b];
	}
	q->room = at;
}

static void count_one(struct query *q, uint32_t hash, uint32_t frame, uint16_t landmark)
{
	const struct as_index *x = q->x;
	uint32_t from = x->bucket[hash], i = x->bucket[hash + 1];

	if (i - from > x->common)
		return;
	while (i-- > from) { /* from the last clip down to this one */
		uint32_t at = x->entry[i];
		int b = x->owner[at >> LINE_SHIFT];
		struct bin *bin;

		if (b <= q->c)
			return;
		if (!q->bins[b])
			continue;
		bin = &q->bin[(uint32_t)(at + q->add[b] - frame) >> OFFSET_SHIFT];
		bin->n = (uint16_t)(bin->n + (bin->last != landmark));
		bin->last = landmark;
	}
}

/* -ln of the chance that a Poisson variable of mean m reaches n > m (Chernoff). */
static double surprise(double n, double m)
{
	return n > m ? n * log(n / m) - (n - m) : 0.0;
}

/* Of all that is seen of clip b, the best and the best elsewhere stay. */
static void keep(struct query *q, int b, float score, float offset_s)
{
	bool elsewhere = fabsf(offset_s - q->offset_s[b]) > ELSEWHERE_S;

	if (score > q->best[b]) {
		if (elsewhere)
			q->second[b] = q->best[b];
		q->best[b] = score;
		q->offset_s[b] = offset_s;
	} else if (elsewhere && score > q->second[b]) {
		q->second[b] = score;
	}
}

/* The bins of clip b in which coincidences pile up most, two neighbours taken together. */
static void judge(struct query *q, int b)
{
	const struct bin *v = q->bin + q->first[b];
	int len_b = q->x->clip[b].marks->n_frames;
	double total = 0.0, rate;
	uint32_t sum = 0, top = 0;
	size_t n = q->bins[b];

	for (size_t i = 0; i + 1 < n; i++) {
		uint32_t two = (uint32_t)v[i].n + v[i + 1].n;

		sum += v[i].n;
		top = two > top ? two : top;
	}
	if (top < COUNT_MIN)
		return;
	total = sum;
	/* chance: all pairs of landmarks are as likely */
	rate = total * (2 << OFFSET_SHIFT) / ((double)len_b * q->n_frames);
	for (size_t i = 0; i + 1 < n; i++) {
		uint32_t two = (uint32_t)v[i].n + v[i + 1].n;
		double shift, overlap, score; /* frames: of b's time against the chunk's */

		if (2 * two <= top || two < COUNT_MIN)
			continue;
		shift = (double)((i + 1) << OFFSET_SHIFT) - q->n_frames;
		overlap = fmin(len_b - shift, q->n_frames) - fmax(0.0, -shift);
		score = surprise(two, rate * fmax(overlap, 1 << OFFSET_SHIFT)) - log((double)n);
		keep(q, b, (float)score, (float)((q->from - shift) * AS_LANDMARK_HOP / 8000.0));
	}
}

static bool run_chunk(struct query *q, const atomic_bool *cancel)
{
	const struct as_landmarks *m = q->x->clip[q->c].marks;
	uint32_t h[FAN];
	uint16_t landmark = 0; /* a chunk has fewer than 2^15 */
	int i = 0, end = m->n;

	/* few: the chunks of a clip are found by halving */
	for (int step = end; i < end; i += step) {
		step = (end - i) / 2 + 1;
		while (step && (i + step > end ||
				(int)(m->v[i + step - 1] >> AS_LANDMARK_BIN_BITS) >= q->from))
			step /= 2;
		if (!step)
			break;
	}
	for (; i < end; i++) {
		uint32_t frame = m->v[i] >> AS_LANDMARK_BIN_BITS;
		int n;

		landmark++;
		if ((int)frame >= q->from + q->n_frames)
			break;
		n = hashes_of(m, i, q->x->fan, h);
		if (i % 64 == 0 && stopped(cancel))
			return false;
		for (int k = 0; k < n; k++)
			count_one(q, h[k], frame, landmark);
	}
	for (int b = q->c + 1; b < q->x->n; b++)
		if (q->bins[b])
			judge(q, b);
	return true;
}

static bool report(const struct query *q, struct as_hints *out)
{
	for (int b = q->c + 1; b < q->x->n; b++) {
		float decade = (float)log(10.0);
		int i = q->x->id[q->c], k = q->x->id[b];
		struct as_hint h = {i < k ? i : k, i < k ? k : i, q->best[b] / decade,
				    q->second[b] / decade,
				    i < k ? q->offset_s[b] : -q->offset_s[b]};

		if (h.score < AS_HINT_MIN)
			continue;
		if (!as_hints_add(out, &h, 1))
			return false;
	}
	return true;
}

static bool query_alloc(struct query *q, int n)
{
	q->first = malloc(sizeof(*q->first) * ((size_t)n + 1));
	q->bins = malloc(sizeof(*q->bins) * ((size_t)n + 1));
	q->add = malloc(sizeof(*q->add) * ((size_t)n + 1));
	q->best = calloc((size_t)n + 1, sizeof(*q->best));
	q->second = calloc((size_t)n + 1, sizeof(*q->second));
	q->offset_s = calloc((size_t)n + 1, sizeof(*q->offset_s));
	return q->first && q->bins && q->add && q->best && q->second && q->offset_s;
}

static void query_done(struct query *q)
{
	free(q->first);
	free(q->bins);
	free(q->add);
	free(q->best);
	free(q->second);
	free(q->offset_s);
	free(q->bin);
}

enum as_status as_index_query(const struct as_index *x, int c, const atomic_bool *cancel,
			      struct as_hints *out, struct as_error *err)
{
	struct query q = {.x = x, .c = x->rank[c]};
	enum as_status st = AS_ERR_MEMORY;
	int len;

	if (q.c < 0 || q.c + 1 >= x->n)
		return AS_OK;
	len = x->clip[q.c].marks->n_frames;
	if (!query_alloc(&q, x->n))
		goto out;
	for (; q.from < len; q.from += CHUNK) {
		q.n_frames = len - q.from < CHUNK ? len - q.from : CHUNK;
		lay_bins(&q);
		free(q.bin);
		q.bin = calloc(q.room + 1, sizeof(*q.bin));
		if (!q.bin || q.room > UINT32_MAX >> OFFSET_SHIFT)
			goto out;
		if (!run_chunk(&q, cancel)) {
			st = AS_CANCELLED;
			goto out;
		}
	}
	if (report(&q, out))
		st = AS_OK;
out:
	query_done(&q);
	return st == AS_ERR_MEMORY ? as_fail(err, st, "out of memory") : st;
}

/* ---- hints ---- */

bool as_hints_add(struct as_hints *h, const struct as_hint *v, int n)
{
	if (h->n + n > h->room) {
		int room = 2 * h->room + n + 64;
		struct as_hint *more = realloc(h->v, sizeof(*more) * (size_t)room);

		if (!more)
			return false;
		h->v = more;
		h->room = room;
	}
	if (n > 0)
		memcpy(h->v + h->n, v, sizeof(*v) * (size_t)n);
	h->n += n;
	return true;
}

static int by_pair(const void *a, const void *b)
{
	const struct as_hint *x = a, *y = b;

	if (x->a != y->a)
		return x->a < y->a ? -1 : 1;
	return (x->b > y->b) - (x->b < y->b);
}

void as_hints_sort(struct as_hints *h)
{
	if (h->n > 0)
		qsort(h->v, (size_t)h->n, sizeof(*h->v), by_pair);
}

void as_hints_done(struct as_hints *h)
{
	free(h->v);
	*h = (struct as_hints){0};
}
