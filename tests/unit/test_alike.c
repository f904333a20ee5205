/* What likeness is worth: common sound counts, however faint; a note that both sides hold does not, however alike. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dsp/synth.h"
#include "live/alike.h"

enum { RATE = 8000, N = 3 * RATE, AT = RATE };

static int8_t level(double v)
{
	v = 20 * v;
	return (int8_t)(v > 127 ? 127 : v < -127 ? -127 : lrint(v));
}

static struct as_signal signal_of(const int8_t *v)
{
	return (struct as_signal){.v = v, .n = N, .rate_hz = RATE};
}

static struct as_alikeness look(const int8_t *x, const int8_t *y, int64_t at_y, int n)
{
	struct as_signal a = signal_of(x), b = signal_of(y);
	struct as_alike *alike = as_alike_new();
	struct as_alikeness out;
	assert_non_null(alike);
	assert_true(as_alike_look(alike, &a, AT, &b, at_y, n, &out));
	as_alike_free(alike);
	return out;
}

/* Noise of which a share is common; y has it `late` samples later. */
static void make_noise(int8_t *x, int8_t *y, double share, int late, uint64_t seed)
{
	double *common = calloc(N, sizeof *common);
	struct as_rng r;
	as_rng_seed(&r, seed);
	assert_non_null(common);
	for (int i = 0; i < N; i++)
		common[i] = as_rng_normal(&r);
	for (int i = 0; i < N; i++) {
		double own = sqrt(1 - share);
		x[i] = level(sqrt(share) * common[i] + own * as_rng_normal(&r));
		y[i] = level(sqrt(share) * common[(i - late + N) % N] + own * as_rng_normal(&r));
	}
	free(common);
}

static void test_noise(void **state)
{
	static int8_t x[N], y[N];
	(void)state;
	for (int i = 1; i <= 5; i++) {
		double share = 0.15 * i;
		make_noise(x, y, share, 500, (uint64_t)i);
		struct as_alikeness a = look(x, y, AT + 500, RATE);
		assert_true(fabs(a.rho - share) < 4 / sqrt(RATE));
		/* Of RATE samples that are independent, but for what the common sound adds itself. */
		double white = -0.5 * RATE * log1p(-a.rho * a.rho);
		assert_true(a.evidence > 0.4 * white && a.evidence < 1.05 * white);
		assert_true(a.beside < 0.5);
		assert_false(as_alike_is_note(&a));
		/* A search comes within a few samples. */
		assert_true(fabs(look(x, y, AT + 502, RATE).rho - a.rho) < 0.02);
	}
	make_noise(x, y, 0, 0, 9);
	assert_true(look(x, y, AT, RATE).evidence < 12);
}

/* The same pitch, each with its own vibrato and loudness. */
static void make_note(int8_t *v, double hz, double vibrato, uint64_t seed)
{
	struct as_rng r;
	as_rng_seed(&r, seed);
	double phase = as_rng_uniform(&r, 0, 6), slow = as_rng_uniform(&r, 0, 6);
	for (int i = 0; i < N; i++) {
		phase += 2 * M_PI * hz * (1 + vibrato * sin(slow + 2 * M_PI * 5.5 * i / RATE)) / RATE;
		v[i] = level(1.2 * sin(phase) + 0.8 * sin(2 * phase) + 0.5 * sin(3 * phase) + 0.1 * as_rng_normal(&r));
	}
}

static void test_held_notes(void **state)
{
	static int8_t x[N], y[N];
	double most = 0;
	(void)state;
	for (uint64_t seed = 1; seed <= 12; seed++) {
		make_note(x, 880, 1e-4, seed);
		make_note(y, 880, 1e-4, 100 + seed);
		struct as_alikeness a = look(x, y, AT, RATE);
		/* White noise as alike would be certain of it. */
		double white = -0.5 * RATE * log1p(-a.rho * a.rho);
		if (fabs(a.rho) > 0.3)
			assert_true(a.evidence < 0.02 * white && a.beside > 0.9 && as_alike_is_note(&a));
		most = fmax(most, fabs(a.rho));
	}
	assert_true(most > 0.5);
}

/* Notes whose loudness and phase waver as a played one's do: a band of some Hz each. */
static void make_played(float *v, uint64_t seed)
{
	static const double hz[3] = {433.1, 611.7, 1019.3};
	struct as_rng r;
	as_rng_seed(&r, seed);
	for (int i = 0; i < N; i++)
		v[i] = 0;
	for (int k = 0; k < 3; k++) {
		double re = 0, im = 0, slow = 1 - 2 * M_PI * 12 / RATE;
		for (int i = 0; i < N; i++) {
			re = slow * re + as_rng_normal(&r);
			im = slow * im + as_rng_normal(&r);
			v[i] += (float)(re * cos(2 * M_PI * hz[k] * i / RATE) - im * sin(2 * M_PI * hz[k] * i / RATE));
		}
	}
	float gain = (float)(1 / as_synth_rms(v, N));
	for (int i = 0; i < N; i++)
		v[i] *= gain;
}

static void mix(int8_t *out, const float *notes, double share, const float *other)
{
	for (int i = 0; i < N; i++)
		out[i] = level(sqrt(share) * (double)notes[i] + sqrt(1 - share) * (double)other[i]);
}

static void make_other(float *v, uint64_t seed)
{
	struct as_rng r;
	as_rng_seed(&r, seed);
	for (int i = 0; i < N; i++)
		v[i] = (float)as_rng_normal(&r);
}

static void test_notes_of_a_band(void **state)
{
	static float notes[N], other[N];
	static int8_t x[N], y[N];
	int alike = 0;
	(void)state;
	for (uint64_t seed = 1; seed <= 20; seed++) {
		make_played(notes, seed);
		make_other(other, 100 + seed);
		mix(x, notes, 0.15, other);
		/* The same notes, and all else is another piece. */
		make_other(other, 200 + seed);
		mix(y, notes, 0.15, other);
		struct as_alikeness a = look(x, y, AT, 2 * RATE - 100);
		if (a.evidence < 25)
			continue;
		alike++;
		assert_true(as_alike_is_note(&a));
		/* All of the sound, notes and else, under noise: there it is at home. */
		make_other(other, 300 + seed);
		for (int i = 0; i < N; i++)
			y[i] = level(x[i] / 20.0 + 2 * (double)other[i]);
		a = look(x, y, AT, 2 * RATE - 100);
		assert_true(a.evidence > 25);
		assert_false(as_alike_is_note(&a));
	}
	assert_true(alike >= 5);
}

/* A loop of half a second, heard under noise at its second turn: told from the third by as much as that is another one, and not at all where it
 * is the same. */
static void test_repeats(void **state)
{
	enum { LOOP = RATE / 2 };
	static float loop[N], change[N], noise[N];
	static int8_t x[N], y[N];
	(void)state;
	for (uint64_t seed = 1; seed <= 10; seed++) {
		for (int other = 0; other <= 1; other++) {
			make_other(loop, seed);
			make_other(change, 50 + seed);
			make_other(noise, 100 + seed);
			for (int i = 0; i < N; i++)
				y[i] = level((double)loop[i % LOOP] + (other && i >= 2 * LOOP ? 0.5 * (double)change[i] : 0));
			for (int i = 0; i < N; i++)
				x[i] = level(y[i] / 20.0 + 2 * (double)noise[i]);
			struct as_signal a = signal_of(x), b = signal_of(y);
			struct as_spot first = as_alike_spot(&a, LOOP, &b, LOOP, LOOP), second = as_alike_spot(&a, LOOP, &b, 2 * LOOP, LOOP);
			struct as_lead lead = as_alike_lead(&b, &first, &second, LOOP, LOOP);
			struct as_lead back = as_alike_lead(&b, &second, &first, LOOP, LOOP);
			assert_true(fabs(lead.nats + back.nats) < 1e-9 && fabs(lead.sigma - back.sigma) < 0.01 * lead.sigma + 1e-9);
			if (other)
				assert_true(lead.nats > 2 * lead.sigma && lead.nats > 7);
			else
				assert_true(lead.nats == 0);
		}
	}
	/* Noise alone favours neither. */
	struct as_signal a = signal_of(x), none = {.v = y, .n = 0, .rate_hz = RATE};
	struct as_spot first = as_alike_spot(&a, 0, &none, 0, RATE), second = as_alike_spot(&a, 0, &none, 100, RATE);
	assert_true(as_alike_lead(&none, &first, &second, RATE, RATE).nats == 0);
}

/* Stretches that differ by how loud which part is, by half a sample and by sign are alike in their phases, with other sound 6 dB below they are
 * less so, and two of noise are not at all. */
static void test_phases(void **state)
{
	enum { LONG = RATE, FROM = 100, TO = LONG + 2000 };
	static float sound[N], shaped[N], change[N];
	static int8_t y[2 * N];
	struct as_sinc *sinc = as_sinc_new();
	struct as_alike *alike = as_alike_new();
	(void)state;
	assert_non_null(sinc);
	assert_non_null(alike);
	for (uint64_t seed = 1; seed <= 5; seed++) {
		double with[3];
		for (int kind = 0; kind < 3; kind++) {
			make_other(sound, seed);
			make_other(change, 20 + seed);
			for (int i = 0; i < N; i++)
				shaped[i] = (kind == 2 ? 0 : sound[i]) + (kind == 1 ? 0.5f : kind == 2 ? 1.0f : 0.0f) * change[i];
			for (int i = 0; i < LONG; i++) {
				y[FROM + i] = level((0.6 + 0.4 * sin(2 * M_PI * i / RATE)) * (double)sound[FROM + i]);
				y[TO + i] = level(-as_sinc_at(sinc, shaped, N, FROM + i + 0.5));
			}
			struct as_signal v = {.v = y, .n = 2 * N, .rate_hz = RATE};
			struct as_spot first = {FROM, 0.9}, second = {TO - 0.5, -0.9};
			with[kind] = as_alike_phases(alike, &v, &first, &second, LONG);
			double back = as_alike_phases(alike, &v, &second, &first, LONG);
			assert_true(fabs(with[kind] - back) < 0.02);
		}
		assert_true(with[0] > 0.98 && with[0] < 1 + 1e-9);
		assert_true(with[1] < 0.96 && with[1] > 0.5);
		assert_true(fabs(with[2]) < 0.15);
	}
	struct as_signal v = {.v = y, .n = 2 * N, .rate_hz = RATE};
	assert_true(as_alike_phases(alike, &v, &(struct as_spot){0, 1}, &(struct as_spot){0, 1}, 1000) == 0);
	as_alike_free(alike);
	as_sinc_free(sinc);
}

static void test_edges(void **state)
{
	static int8_t x[N], silence[N];
	struct as_signal a = signal_of(x), none = signal_of(silence);
	struct as_alike *alike = as_alike_new();
	struct as_alikeness out;
	(void)state;
	make_note(x, 440, 0, 1);
	assert_non_null(alike);
	assert_true(as_alike_look(alike, &a, 0, &none, 0, RATE, &out));
	assert_true(out.evidence == 0 && out.rho == 0);
	assert_true(as_alike_look(alike, &a, 0, &a, N - 100, RATE, &out));
	assert_true(isfinite(out.evidence) && isfinite(out.beside));
	assert_true(as_alike_look(alike, &a, -RATE, &a, 5 * N, RATE, &out));
	assert_true(out.evidence == 0);
	assert_true(as_alike_look(alike, &a, 5, &a, 5, 1, &out));
	assert_true(isfinite(out.evidence));
	/* Itself. */
	assert_true(as_alike_look(alike, &a, 0, &a, 0, N, &out));
	assert_true(fabs(out.rho - 1) < 1e-6);
	assert_false(as_alike_look(alike, &a, 0, &a, 0, 0, &out));
	assert_false(as_alike_look(alike, &a, 0, &a, 0, 1 << 18, &out));
	as_alike_free(alike);
	as_alike_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_noise),
		cmocka_unit_test(test_held_notes),
		cmocka_unit_test(test_notes_of_a_band),
		cmocka_unit_test(test_repeats),
		cmocka_unit_test(test_phases),
		cmocka_unit_test(test_edges),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
