#include "dsp/signal.h"

#include <string.h>

static void clip_range(const struct as_signal *s, int64_t at, int64_t n, int64_t *from, int64_t *to)
{
	*from = at < 0 ? -at : 0;
	*to = s->n - at < n ? s->n - at : n;
	if (*from > n)
		*from = n;
	if (*to < *from)
		*to = *from;
}

double as_signal_load(const struct as_signal *s, int64_t at, int n, int m, float *x)
{
	int64_t from, to, sum = 0;

	clip_range(s, at, n, &from, &to);
	memset(x, 0, sizeof(*x) * (size_t)from);
	for (int64_t i = from; i < to; i++) {
		int v = s->v[at + i];

		x[i] = (float)v;
		sum += v * v;
	}
	memset(x + to, 0, sizeof(*x) * (size_t)(m - to));
	return (double)sum;
}

double as_signal_energy(const struct as_signal *s, int64_t at, int64_t n)
{
	int64_t from, to, sum = 0;

	clip_range(s, at, n, &from, &to);
	for (int64_t i = from; i < to; i++) {
		int v = s->v[at + i];

		sum += v * v;
	}
	return (double)sum;
}
