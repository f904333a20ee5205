#include "live/stretch.h"

#include <math.h>
#include <stdlib.h>

#include "dsp/kernel.h"
#include "dsp/synth.h"

struct as_stretcher {
	struct as_sinc *sinc;
	float *in, *out;
	int8_t *v;
	int room;
};

struct as_stretcher *as_stretcher_new(void)
{
	struct as_stretcher *s = calloc(1, sizeof *s);

	if (!s || !(s->sinc = as_sinc_new())) {
		as_stretcher_free(s);
		return NULL;
	}
	return s;
}

static void free_buffers(struct as_stretcher *s)
{
	free(s->in);
	free(s->out);
	free(s->v);
	s->in = s->out = NULL;
	s->v = NULL;
	s->room = 0;
}

void as_stretcher_free(struct as_stretcher *s)
{
	if (!s)
		return;
	as_sinc_free(s->sinc);
	free_buffers(s);
	free(s);
}

static int reserve(struct as_stretcher *s, int n)
{
	if (n <= s->room)
		return 0;
	free_buffers(s);
	s->in = malloc(sizeof(float) * (size_t)n);
	s->out = malloc(sizeof(float) * (size_t)n);
	s->v = malloc((size_t)n);
	if (!s->in || !s->out || !s->v)
		return -1;
	s->room = n;
	return 0;
}

const int8_t *as_stretcher_run(struct as_stretcher *s, const struct as_signal *src, double middle, int n, double speed)
{
	double from = middle - 0.5 * n / speed;
	int64_t first = (int64_t)floor(from) - AS_SINC_HALF;
	int n_in = (int)ceil(n / speed) + 2 * AS_SINC_HALF + 2;

	if (reserve(s, n_in > n ? n_in : n))
		return NULL;
	as_signal_load(src, first, n_in, n_in, s->in);
	for (int k = 0; k < n; k++)
		s->out[k] = (float)as_sinc_at(s->sinc, s->in, n_in, from - (double)first + k / speed);
	as_kernel_quantise(s->v, s->out, n);
	return s->v;
}
