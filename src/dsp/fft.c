#include "dsp/fft.h"

#include <pthread.h>
#include <stdlib.h>

#include <fftw3.h>

struct as_fft {
	int n;
	fftwf_plan forward, inverse;
};

/* FFTW's planner keeps global state: the named exception to "no mutable globals". */
static pthread_mutex_t planner_lock = PTHREAD_MUTEX_INITIALIZER;

struct as_fft *as_fft_new(int n)
{
	struct as_fft *f = calloc(1, sizeof(*f));
	float *x = as_fft_alloc(sizeof(float) * (size_t)n);
	float complex *s = as_fft_alloc(sizeof(float complex) * (size_t)(n / 2 + 1));

	if (f && x && s) {
		f->n = n;
		pthread_mutex_lock(&planner_lock);
		f->forward = fftwf_plan_dft_r2c_1d(n, x, s, FFTW_ESTIMATE);
		f->inverse = fftwf_plan_dft_c2r_1d(n, s, x, FFTW_ESTIMATE);
		pthread_mutex_unlock(&planner_lock);
	}
	as_fft_release(x);
	as_fft_release(s);
	if (f && (!f->forward || !f->inverse)) {
		as_fft_free(f);
		f = NULL;
	}
	return f;
}

void as_fft_free(struct as_fft *f)
{
	if (!f)
		return;
	pthread_mutex_lock(&planner_lock);
	if (f->forward)
		fftwf_destroy_plan(f->forward);
	if (f->inverse)
		fftwf_destroy_plan(f->inverse);
	pthread_mutex_unlock(&planner_lock);
	free(f);
}

int as_fft_size(const struct as_fft *f)
{
	return f->n;
}

void as_fft_forward(const struct as_fft *f, float *x, float complex *spec)
{
	fftwf_execute_dft_r2c(f->forward, x, spec);
}

void as_fft_inverse(const struct as_fft *f, float complex *spec, float *x)
{
	fftwf_execute_dft_c2r(f->inverse, spec, x);
}

void *as_fft_alloc(size_t bytes)
{
	return fftwf_malloc(bytes ? bytes : 1);
}

void as_fft_release(void *p)
{
	if (p)
		fftwf_free(p);
}
