#include "live/heard.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dsp/kernel.h"
#include "dsp/whiten.h"

enum {
	RATE_HZ = 8000,
	PART = 400,               /* samples that share a level */
	PARTS = 10,
	GAP_HEARD = 2 * RATE_HZ,  /* of a longer gap, only so much goes through the whitener */
};

struct as_heard {
	struct as_whitener *whitener;
	int8_t *v;
	int64_t n, keep, room;
	int64_t first;            /* axis sample of v[0] */
	int64_t fed;
	float part[PARTS];        /* sums of squares of the last PARTS whole parts */
	int n_parts;              /* ever, but no more than PARTS + its place */
	float sum;                /* of the part that is being filled */
	int in_part;
};

static bool keep_samples(void *ctx, const int8_t *v, int n)
{
	struct as_heard *h = ctx;

	if (h->n + n > h->room) {
		memmove(h->v, h->v + h->n - h->keep, (size_t)h->keep);
		h->first += h->n - h->keep;
		h->n = h->keep;
	}
	memcpy(h->v + h->n, v, (size_t)n);
	h->n += n;
	return true;
}

struct as_heard *as_heard_new(double keep_s)
{
	struct as_heard *h = calloc(1, sizeof *h);

	if (!h)
		return NULL;
	h->keep = (int64_t)(keep_s * RATE_HZ);
	h->room = 2 * h->keep + RATE_HZ;
	h->v = malloc((size_t)h->room);
	h->whitener = as_whitener_new_stream(keep_samples, h);
	if (h->v && h->whitener)
		return h;
	as_heard_free(h);
	return NULL;
}

void as_heard_free(struct as_heard *h)
{
	if (!h)
		return;
	as_whitener_free(h->whitener);
	free(h->v);
	free(h);
}

static void add_level(struct as_heard *h, const float *v, int n)
{
	while (n > 0) {
		int take = PART - h->in_part < n ? PART - h->in_part : n;
		float sum = as_kernel_sum_squares(v, take);

		h->sum += isfinite(sum) ? sum : 0.0f;
		h->in_part += take;
		v += take;
		n -= take;
		if (h->in_part < PART)
			break;
		h->part[h->n_parts % PARTS] = h->sum;
		h->n_parts = h->n_parts + 1 < 2 * PARTS ? h->n_parts + 1 : PARTS;
		h->sum = 0.0f;
		h->in_part = 0;
	}
}

bool as_heard_feed(struct as_heard *h, const float *v, int n)
{
	h->fed += n;
	add_level(h, v, n);
	return as_whitener_feed(h->whitener, v, n);
}

bool as_heard_gap(struct as_heard *h, int64_t n)
{
	static const float silence[1024];
	int64_t heard = n < GAP_HEARD ? n : GAP_HEARD;

	for (int64_t left = heard; left > 0; left -= 1024)
		if (!as_heard_feed(h, silence, left < 1024 ? (int)left : 1024))
			return false;
	if (n == heard)
		return true;
	/* What the whitener still holds is silence, like all of the gap. */
	h->fed += n - heard;
	h->first += h->n + n - heard;
	h->n = 0;
	return true;
}

struct as_signal as_heard_view(const struct as_heard *h, int64_t *first)
{
	*first = h->first;
	return (struct as_signal){.v = h->v, .n = h->n, .rate_hz = RATE_HZ};
}

int64_t as_heard_fed(const struct as_heard *h)
{
	return h->fed;
}

double as_heard_level_db(const struct as_heard *h)
{
	int n = h->n_parts < PARTS ? h->n_parts : PARTS;
	double sum = 0.0;

	for (int i = 0; i < n; i++)
		sum += (double)h->part[i];
	return sum > 0.0 ? fmax(-200.0, 10.0 * log10(sum / (n * PART))) : -200.0;
}
