/* Random numbers, filters, noise and reading between samples. */
#include "dsp/synth.h"

#include <math.h>
#include <stdlib.h>

#define PI 3.14159265358979323846
#define SINC_PHASES 512
#define SINC_TAPS (2 * AS_SINC_HALF)
#define SINC_BETA 9.0

void as_rng_seed(struct as_rng *r, uint64_t seed)
{
	for (int i = 0; i < 4; i++) {
		uint64_t z = (seed += UINT64_C(0x9e3779b97f4a7c15));
		z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
		z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
		r->s[i] = z ^ (z >> 31);
	}
}

static uint64_t rotate(uint64_t x, int by)
{
	return x << by | x >> (64 - by);
}

uint64_t as_rng_next(struct as_rng *r)
{
	uint64_t *s = r->s, result = rotate(s[1] * 5, 7) * 9, t = s[1] << 17;
	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= t;
	s[3] = rotate(s[3], 45);
	return result;
}

double as_rng_uniform(struct as_rng *r, double low, double high)
{
	return low + (high - low) * (double)(as_rng_next(r) >> 11) * 0x1p-53;
}

int as_rng_below(struct as_rng *r, int n)
{
	return (int)as_rng_uniform(r, 0, n);
}

/* Box and Muller. */
double as_rng_normal(struct as_rng *r)
{
	double u = 1 - as_rng_uniform(r, 0, 1), v = as_rng_uniform(r, 0, 2 * PI);
	return sqrt(-2 * log(u)) * cos(v);
}

static void set(struct as_biquad *f, double b0, double b1, double b2, double a0, double a1,
		double a2)
{
	*f = (struct as_biquad){
		.b0 = b0 / a0, .b1 = b1 / a0, .b2 = b2 / a0, .a1 = a1 / a0, .a2 = a2 / a0};
}

void as_biquad_lowpass(struct as_biquad *f, double rate_hz, double hz, double q)
{
	double w = 2 * PI * hz / rate_hz, c = cos(w), alpha = sin(w) / (2 * q);
	set(f, (1 - c) / 2, 1 - c, (1 - c) / 2, 1 + alpha, -2 * c, 1 - alpha);
}

void as_biquad_highpass(struct as_biquad *f, double rate_hz, double hz, double q)
{
	double w = 2 * PI * hz / rate_hz, c = cos(w), alpha = sin(w) / (2 * q);
	set(f, (1 + c) / 2, -1 - c, (1 + c) / 2, 1 + alpha, -2 * c, 1 - alpha);
}

void as_biquad_peak(struct as_biquad *f, double rate_hz, double hz, double q, double gain_db)
{
	double w = 2 * PI * hz / rate_hz, c = cos(w), alpha = sin(w) / (2 * q);
	double a = pow(10, gain_db / 40);
	set(f, 1 + alpha * a, -2 * c, 1 - alpha * a, 1 + alpha / a, -2 * c, 1 - alpha / a);
}

void as_biquad_run(struct as_biquad *f, float *v, int n)
{
	for (int i = 0; i < n; i++) {
		double x = (double)v[i], y = f->b0 * x + f->z1;
		f->z1 = f->b1 * x - f->a1 * y + f->z2;
		f->z2 = f->b2 * x - f->a2 * y;
		v[i] = (float)y;
	}
}

double as_synth_rms(const float *v, int n)
{
	double sum = 0;
	for (int i = 0; i < n; i++)
		sum += (double)v[i] * (double)v[i];
	return n > 0 ? sqrt(sum / n) : 0;
}

/* Sums of four uniforms: near enough to a bell, and much cheaper. */
void as_synth_noise(struct as_rng *r, float *v, int n, double rms)
{
	const double scale = rms * sqrt(3.0) / 65536.0;
	for (int i = 0; i < n; i++) {
		uint64_t x = as_rng_next(r);
		int sum = (int)(x & 0xffff) + (int)(x >> 16 & 0xffff) + (int)(x >> 32 & 0xffff) +
			  (int)(x >> 48);
		v[i] += (float)((sum - 131070) * scale);
	}
}

void as_synth_noise_snr(struct as_rng *r, float *v, int n, double snr_db)
{
	as_synth_noise(r, v, n, as_synth_rms(v, n) * pow(10, -snr_db / 20));
}

struct as_sinc {
	float taps[SINC_PHASES + 1][SINC_TAPS];
};

static double bessel_i0(double x)
{
	double sum = 1, term = 1;
	for (int k = 1; term > sum * 1e-17; k++) {
		term *= (x / (2 * k)) * (x / (2 * k));
		sum += term;
	}
	return sum;
}

struct as_sinc *as_sinc_new(void)
{
	struct as_sinc *s = malloc(sizeof(*s));
	for (int p = 0; s && p <= SINC_PHASES; p++) {
		for (int t = 0; t < SINC_TAPS; t++) {
			double at = (double)p / SINC_PHASES + AS_SINC_HALF - 1 - t;
			double edge = at / AS_SINC_HALF;
			double sinc = fabs(at) < 1e-12 ? 1 : sin(PI * at) / (PI * at);
			double window = edge * edge >= 1
						? 0
						: bessel_i0(SINC_BETA * sqrt(1 - edge * edge)) /
							  bessel_i0(SINC_BETA);
			s->taps[p][t] = (float)(sinc * window);
		}
	}
	return s;
}

void as_sinc_free(struct as_sinc *s)
{
	free(s);
}

double as_sinc_at(const struct as_sinc *s, const float *v, int64_t n, double t)
{
	double whole = floor(t), phase = (t - whole) * SINC_PHASES;
	int64_t first = (int64_t)whole - AS_SINC_HALF + 1;
	int p = (int)phase;
	const float *a = s->taps[p], *b = s->taps[p + 1 > SINC_PHASES ? p : p + 1];
	const float mix = (float)(phase - p);
	float sum[4] = {0};
	if (first >= 0 && first + SINC_TAPS <= n) {
		for (int k = 0; k < SINC_TAPS; k += 4)
			for (int j = 0; j < 4; j++)
				sum[j] +=
					(a[k + j] + mix * (b[k + j] - a[k + j])) * v[first + k + j];
	} else {
		for (int k = 0; k < SINC_TAPS; k++)
			if (first + k >= 0 && first + k < n)
				sum[k & 3] += (a[k] + mix * (b[k] - a[k])) * v[first + k];
	}
	return (double)sum[0] + (double)sum[1] + (double)sum[2] + (double)sum[3];
}
