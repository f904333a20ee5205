#include "dsp/fft.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>

#include <fftw3.h>

#include "dsp/kernel.h"

/* A real transform of n is a complex one of n / 2 over its even and odd samples as real and imaginary parts, and a pass that
 * takes the two apart. With the pass vectorised that takes half to two thirds of the time of FFTW's own. */
struct as_fft {
	int n;
	fftwf_plan forward, inverse; /* complex, of n / 2 */
	float *re, *im;              /* exp(-2 pi i k / n) for 0 < k < n / 4 at k - 1 */
};

/* FFTW's planner keeps global state: the named exception to "no mutable globals". */
static pthread_mutex_t planner_lock = PTHREAD_MUTEX_INITIALIZER;

static void plan(struct as_fft *f)
{
	int half = f->n / 2;
	fftwf_complex *x = as_fft_alloc(sizeof(*x) * (size_t)half);
	fftwf_complex *s = as_fft_alloc(sizeof(*s) * (size_t)half);

	if (x && s) {
		pthread_mutex_lock(&planner_lock);
		f->forward = fftwf_plan_dft_1d(half, x, s, FFTW_FORWARD, FFTW_ESTIMATE);
		f->inverse = fftwf_plan_dft_1d(half, s, x, FFTW_BACKWARD, FFTW_ESTIMATE);
		pthread_mutex_unlock(&planner_lock);
	}
	as_fft_release(x);
	as_fft_release(s);
}

struct as_fft *as_fft_new(int n)
{
	struct as_fft *f = calloc(1, sizeof(*f));
	size_t quarter = (size_t)(n / 4 + 1);

	if (!f)
		return NULL;
	f->n = n;
	f->re = as_fft_alloc(sizeof(float) * quarter);
	f->im = as_fft_alloc(sizeof(float) * quarter);
	if (f->re && f->im)
		plan(f);
	if (!f->forward || !f->inverse) {
		as_fft_free(f);
		return NULL;
	}
	for (int k = 1; 4 * k <= n; k++) {
		f->re[k - 1] = (float)cos(2.0 * M_PI * k / n);
		f->im[k - 1] = (float)-sin(2.0 * M_PI * k / n);
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
	as_fft_release(f->re);
	as_fft_release(f->im);
	free(f);
}

int as_fft_size(const struct as_fft *f)
{
	return f->n;
}

/* Bins k and half - k belong together; where half is even, the middle one is its own partner. */
static int pairs(int half)
{
	return (half - 1) / 2;
}

void as_fft_forward(const struct as_fft *f, float *x, float complex *spec)
{
	int half = f->n / 2;
	float *ends = (float *)spec, re, im;

	fftwf_execute_dft(f->forward, (fftwf_complex *)x, spec);
	re = ends[0];
	im = ends[1];
	spec[0] = re + im;
	spec[half] = re - im;
	as_kernel_split(spec + 1, spec + half - 1, f->re, f->im, pairs(half));
	if (half % 2 == 0)
		spec[half / 2] = conjf(spec[half / 2]);
}

void as_fft_forward_low(const struct as_fft *f, float *x, float complex *spec, int bins)
{
	int half = f->n / 2;
	float *ends = (float *)spec;

	if (bins > pairs(half)) {
		as_fft_forward(f, x, spec);
		return;
	}
	fftwf_execute_dft(f->forward, (fftwf_complex *)x, spec);
	spec[0] = ends[0] + ends[1];
	as_kernel_split(spec + 1, spec + half - 1, f->re, f->im, bins - 1);
}

void as_fft_inverse(const struct as_fft *f, float complex *spec, float *x)
{
	int half = f->n / 2;
	float *ends = (float *)spec, first = ends[0], last = ends[2 * half];

	ends[0] = first + last;
	ends[1] = first - last;
	as_kernel_merge(spec + 1, spec + half - 1, f->re, f->im, pairs(half));
	if (half % 2 == 0)
		spec[half / 2] = 2.0f * conjf(spec[half / 2]);
	fftwf_execute_dft(f->inverse, spec, (fftwf_complex *)x);
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
