#include "dsp/signal.h"

#include <string.h>

#include "dsp/kernel.h"

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
	int64_t from, to;

	clip_range(s, at, n, &from, &to);
	memset(x, 0, sizeof(*x) * (size_t)from);
	memset(x + to, 0, sizeof(*x) * (size_t)(m - to));
	if (to <= from)
		return 0.0;
	as_kernel_widen(x + from, s->v + at + from, to - from);
	return (double)as_kernel_energy(s->v + at + from, to - from);
}

double as_signal_energy(const struct as_signal *s, int64_t at, int64_t n)
{
	int64_t from, to;

	clip_range(s, at, n, &from, &to);
	if (s->energy > 0.0 && to - from == s->n)
		return s->energy;
	return to > from ? (double)as_kernel_energy(s->v + at + from, to - from) : 0.0;
}

double as_signal_dot(const struct as_signal *a, int64_t at_a, const struct as_signal *b, int64_t at_b, int64_t n)
{
	int64_t from, to, from_b, to_b;

	clip_range(a, at_a, n, &from, &to);
	clip_range(b, at_b, n, &from_b, &to_b);
	from = from_b > from ? from_b : from;
	to = to_b < to ? to_b : to;
	return to > from ? (double)as_kernel_dot(a->v + at_a + from, b->v + at_b + from, to - from) : 0.0;
}
