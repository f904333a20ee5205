/* Chirps played and heard again: noise, rooms, polarity, other rates, and nothing at all. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dsp/synth.h"
#include "live/chirp.h"

#define WINDOW_S 2.6

/* A window in which the chirp begins at at_s, exact below a sample: it is made at many times the rate. */
static float *window_with(double rate_hz, double at_s, float gain, int *n)
{
	enum { FINER = 16 };
	*n = (int)(WINDOW_S * rate_hz);
	float *v = calloc((size_t)*n, sizeof *v), *fine = malloc((size_t)as_chirp_frames(rate_hz * FINER) * sizeof *fine);
	as_chirp_make(fine, rate_hz * FINER);
	for (int i = 0; i < *n; i++) {
		double k = (i / rate_hz - at_s) * rate_hz * FINER;
		int64_t near = llround(k);
		/* What the rate does not hold, a device would have taken out. */
		double grown = 200 * exp(log(40) * (double)near / as_chirp_frames(rate_hz * FINER));
		if (near >= 0 && near < as_chirp_frames(rate_hz * FINER) && grown < 0.5 * rate_hz)
			v[i] = gain * fine[near];
	}
	free(fine);
	return v;
}

static void add_noise(float *v, int n, uint64_t seed, double rms)
{
	struct as_rng r;
	as_rng_seed(&r, seed);
	for (int i = 0; i < n; i++)
		v[i] += (float)(rms * as_rng_normal(&r));
}

static struct as_chirp_found find(const float *v, int n, double rate_hz)
{
	struct as_chirp_found f;
	assert_int_equal(as_chirp_find(v, n, rate_hz, &f, NULL), AS_OK);
	return f;
}

static void test_exact(void **state)
{
	(void)state;
	const double rates_hz[] = {48000, 44100, 16000, 8000, 96000};
	for (size_t k = 0; k < sizeof rates_hz / sizeof *rates_hz; k++)
		for (int i = 0; i < 5; i++) {
			const double rate_hz = rates_hz[k], at_s = 0.05 + 0.41237 * i;
			int n;
			float *v = window_with(rate_hz, at_s, 0.3f, &n);
			add_noise(v, n, 3, 1e-4);
			struct as_chirp_found f = find(v, n, rate_hz);
			assert_true(f.confidence > 50);
			if (fabs(f.at / rate_hz - at_s) > 3e-5)
				fail_msg("%g Hz: %.6f for %.6f s", rate_hz, f.at / rate_hz, at_s);
			assert_false(f.flipped);
			assert_true(fabs(f.level_db - -13.5) < 3 && f.noise_db < -70);
			for (int j = 0; j < n; j++)
				v[j] = -v[j];
			f = find(v, n, rate_hz);
			assert_true(f.flipped && fabs(f.at / rate_hz - at_s) < 3e-5);
			free(v);
		}
}

/* Louder noise than chirp: found, and the error says how well. */
static void test_noise(void **state)
{
	(void)state;
	double sum = 0, said = 0;
	for (uint64_t seed = 1; seed <= 20; seed++) {
		int n;
		float *v = window_with(48000, 0.7001, 0.05f, &n);
		add_noise(v, n, seed, 0.15);
		struct as_chirp_found f = find(v, n, 48000);
		assert_true(f.confidence > AS_CHIRP_CONFIDENCE);
		double off_s = f.at / 48000 - 0.7001;
		assert_true(fabs(off_s) < 1e-3);
		sum += off_s * off_s;
		said += f.err * f.err / (48000.0 * 48000.0);
		free(v);
	}
	if (sqrt(sum) > 2 * sqrt(said) || sqrt(sum) < 0.3 * sqrt(said))
		fail_msg("off by %.1f us, said %.1f us", 1e6 * sqrt(sum / 20), 1e6 * sqrt(said / 20));
}

static void test_room(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 6; seed++) {
		int n;
		float *v = window_with(48000, 0.5, 0.3f, &n);
		struct as_room *room = as_room_new(seed, 48000, 0.6, 0.8);
		as_room_run(room, v, n);
		as_room_free(room);
		add_noise(v, n, seed, 0.01);
		struct as_chirp_found f = find(v, n, 48000);
		assert_true(f.confidence > AS_CHIRP_CONFIDENCE);
		if (fabs(f.at / 48000 - 0.5) > 5e-4)
			fail_msg("room %d: %.2f ms off", (int)seed, (f.at / 48000 - 0.5) * 1e3);
		free(v);
	}
	/* A reflection that is louder than what comes straight. */
	int n, m;
	float *v = window_with(48000, 0.5, 0.2f, &n), *late = window_with(48000, 0.512, 0.3f, &m);
	for (int i = 0; i < n; i++)
		v[i] += late[i];
	struct as_chirp_found f = find(v, n, 48000);
	assert_true(fabs(f.at / 48000 - 0.5) < 1e-4);
	free(v);
	free(late);
}

/* Music, speech, noise, clicks, hum, silence: none of it is a chirp. */
static void test_no_chirp(void **state)
{
	(void)state;
	const int n = (int)(WINDOW_S * 48000);
	float *v = malloc((size_t)n * sizeof *v);
	double worst = 0;
	for (uint64_t seed = 1; seed <= 40; seed++) {
		memset(v, 0, (size_t)n * sizeof *v);
		if (seed % 4 == 0) {
			add_noise(v, n, seed, 0.1);
		} else if (seed % 4 == 1) {
			struct as_music *m = as_music_new(seed, 48000);
			as_music_read(m, v, n);
			as_music_free(m);
		} else if (seed % 4 == 2) {
			struct as_speech *s = as_speech_new(seed, 48000, 120);
			as_speech_read(s, v, n);
			as_speech_free(s);
		} else {
			add_noise(v + n / 3, 2000, seed, 0.5);
			v[n / 2] = 1;
			for (int i = 0; i < n; i++)
				v[i] += 0.3f * sinf(2 * (float)M_PI * (float)seed * 10 * (float)i / 48000);
		}
		struct as_chirp_found f = find(v, n, 48000);
		worst = fmax(worst, f.confidence);
	}
	if (worst >= AS_CHIRP_CONFIDENCE)
		fail_msg("%.1f decades for what is no chirp", worst);
	memset(v, 0, (size_t)n * sizeof *v);
	struct as_chirp_found f = find(v, n, 48000);
	assert_true(f.confidence == 0 && f.level_db == -200);
	assert_int_equal(as_chirp_find(v, 20000, 48000, &f, NULL), AS_ERR_INVALID);
	free(v);
}

static void test_sum(void **state)
{
	(void)state;
	struct as_chirp_delay d[8];
	for (int i = 0; i < 8; i++)
		d[i] = (struct as_chirp_delay){0.2 + 1e-4 * (i % 3), 1e-4, 30, -30};
	struct as_chirps s = as_chirps_sum_up(d, 8, 8);
	assert_int_equal(s.verdict, AS_CHIRPS_OK);
	assert_true(s.n_heard == 8 && s.n_used == 8 && fabs(s.delay_s - 0.2001) < 1e-6 && s.spread_s < 2e-4 && s.err_s >= 1e-4);
	/* One that is far off, one that was not heard. */
	d[2].delay_s = 0.9;
	d[5].confidence = 1;
	s = as_chirps_sum_up(d, 8, 8);
	assert_int_equal(s.verdict, AS_CHIRPS_OK);
	assert_true(s.n_heard == 7 && s.n_used == 6 && fabs(s.delay_s - 0.2001) < 2e-4);
	/* Each takes its own time. */
	for (int i = 0; i < 8; i++)
		d[i].delay_s = 0.1 * i, d[i].confidence = 30;
	assert_int_equal(as_chirps_sum_up(d, 8, 8).verdict, AS_CHIRPS_UNSTEADY);
	for (int i = 0; i < 8; i++)
		d[i].delay_s = 0.2 + 0.01 * i;
	assert_int_equal(as_chirps_sum_up(d, 8, 8).verdict, AS_CHIRPS_UNSTEADY);
	for (int i = 0; i < 8; i++)
		d[i].confidence = i < 3 ? 30 : 0.3;
	assert_int_equal(as_chirps_sum_up(d, 8, 8).verdict, AS_CHIRPS_UNHEARD);
	for (int i = 0; i < 8; i++)
		d[i] = (struct as_chirp_delay){NAN, NAN, 0, -200};
	s = as_chirps_sum_up(d, 8, 8);
	assert_true(s.verdict == AS_CHIRPS_SILENT && isnan(s.delay_s));
}

static struct as_chirps sum_of(const double *delay_ms, int n, int window)
{
	struct as_chirp_delay d[64];
	for (int i = 0; i < n; i++)
		d[i] = (struct as_chirp_delay){delay_ms[i] * 1e-3, 7e-5, 30, -30};
	return as_chirps_sum_up(d, n, window);
}

/* The clocks of a busy computer run after the truth, which is 0 here: what they say of one chirp they say of the next. */
static void test_neighbours_err_alike(void **state)
{
	(void)state;
	static const double runs_away[] = {4.55, 3.50, 3.94, 4.02, 1.20, 0.06}, groups[] = {0.1, 0, 0.05, 8.1, 8, 8.05};
	static const double back[] = {-2.06, -1.69, -0.57, -0.35, -0.10, -0.01, 0.02, 0.04, 0.01};
	static const double one_off[] = {-0.10, -0.03, 0, -0.02, 5.3, 0.01};
	static const double on_and_on[] = {-2.1, -1.7, -1.2, -0.8, -0.5, -0.1, 0.3, 0.9, 1.2, 1.9, 2.2, 25, 2.6, 3.1, 3.3, 3.9, 4.1, 4.6};
	struct as_chirps s = sum_of(on_and_on, 18, 6);
	assert_true(s.verdict == AS_CHIRPS_UNSTEADY && !s.settled && s.n_used == 17);
	s = sum_of(runs_away, 6, 6);
	assert_true(s.verdict == AS_CHIRPS_UNSTEADY && !s.settled);
	s = sum_of(groups, 6, 6);
	assert_true(s.verdict == AS_CHIRPS_UNSTEADY && !s.settled);
	/* What goes on until it stays. */
	s = sum_of(back, 6, 6);
	assert_true(s.verdict == AS_CHIRPS_UNSTEADY && !s.settled);
	s = sum_of(back, 9, 6);
	assert_true(s.verdict == AS_CHIRPS_OK && s.settled && s.n_heard == 6);
	assert_true(fabs(s.delay_s) < 1e-4 && fabs(s.delay_s) < s.err_s && s.err_s >= 5e-4 && s.err_s < 6e-4);
	s = sum_of(one_off, 6, 6);
	assert_true(s.verdict == AS_CHIRPS_OK && s.settled && s.n_used == 5 && fabs(s.delay_s) < s.err_s && s.err_s < 1e-4);
}

/* A path that trembles has a mean, which many chirps tell: whoever plays on until they agree ends with all. A path whose time walks has
 * none. */
static void test_trembling_and_walking(void **state)
{
	(void)state;
	struct as_rng r;
	as_rng_seed(&r, 11);
	int trembling = 0, walking = 0, settled = 0;
	double worst = 0;
	for (int k = 0; k < 200; k++) {
		double v[18], w[18], at = 0;
		for (int i = 0; i < 18; i++) {
			v[i] = 200 + 2 * as_rng_normal(&r);
			w[i] = at += 2 * as_rng_normal(&r);
		}
		struct as_chirps s = sum_of(v, 18, 6);
		settled += s.settled;
		if (s.verdict == AS_CHIRPS_OK && !s.settled) {
			trembling++;
			worst = fmax(worst, fabs(s.delay_s - 0.2) / s.err_s);
		}
		walking += sum_of(w, 18, 6).verdict != AS_CHIRPS_UNSTEADY;
	}
	if (trembling < 170 || settled > 10 || walking > 24 || worst > 4.5)
		fail_msg("of 200: %d trembled, %d settled, %d that walked were taken; the worst was off by %.1f of its error", trembling, settled,
			 walking, worst);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_exact), cmocka_unit_test(test_noise), cmocka_unit_test(test_room),
		cmocka_unit_test(test_no_chirp), cmocka_unit_test(test_sum),
		cmocka_unit_test(test_neighbours_err_alike), cmocka_unit_test(test_trembling_and_walking),
	};
	return cmocka_run_group_tests_name("chirp", tests, NULL, NULL);
}
