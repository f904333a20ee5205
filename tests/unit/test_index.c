/* Landmarks and the index of them: overlaps through rooms, noise and drift are seen, and where; unrelated sound is
 * not; nothing depends on the order of the clips. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dsp/synth.h"
#include "sync/index.h"

#include "sound.h"

#define RATE 8000
#define MAX_CLIPS 64
#define OFFSET_TOL_S 0.2

struct set {
	struct as_landmarks marks[MAX_CLIPS];
	struct as_index_clip clip[MAX_CLIPS];
	int n;
};

/* Adds what a device hears of v, in a room and with noise where snr_db is a number. */
static void add(struct set *s, int track, const float *v, int n, double offset_s, double drift_ppm,
		double length_s, double snr_db)
{
	int n_out = (int)(length_s * RATE), i = s->n++;
	float *x = sound_heard(v, n, offset_s, drift_ppm, n_out);
	struct as_signal signal;
	struct as_rng rng;

	if (isfinite(snr_db)) {
		struct as_room *room = as_room_new(77 + (uint64_t)i, RATE, 0.6, 0.7);

		assert_non_null(room);
		as_room_run(room, x, n_out);
		as_room_free(room);
		as_rng_seed(&rng, 99 + (uint64_t)i);
		as_synth_noise_snr(&rng, x, n_out, snr_db);
	}
	signal = sound_whiten(x, n_out);
	assert_int_equal(as_landmarks_find(&signal, NULL, &s->marks[i], NULL), AS_OK);
	s->clip[i] = (struct as_index_clip){&s->marks[i], track,
					    0x9e3779b97f4a7c15u * (uint64_t)(i + 1)};
	sound_forget(&signal);
	free(x);
}

static void done(struct set *s)
{
	for (int i = 0; i < s->n; i++)
		as_landmarks_done(&s->marks[i]);
}

static struct as_hints ask(const struct as_index_clip *clip, int n, bool takes)
{
	struct as_hints h = {0};
	struct as_index *x;

	assert_int_equal(as_index_new(clip, n, takes, NULL, &x, NULL), AS_OK);
	for (int i = 0; i < n; i++)
		assert_int_equal(as_index_query(x, i, NULL, &h, NULL), AS_OK);
	as_index_free(x);
	as_hints_sort(&h);
	return h;
}

static void check_one(struct set *s, double offset_s)
{
	struct as_hints h = ask(s->clip, s->n, false);

	assert_int_equal(h.n, 1);
	assert_int_equal(h.v[0].a, 0);
	assert_int_equal(h.v[0].b, 1);
	assert_true(h.v[0].score >= AS_HINT_SURE);
	assert_true(fabs((double)h.v[0].offset_s - offset_s) < OFFSET_TOL_S);
	as_hints_done(&h);
	done(s);
}

static void test_overlap(void **state)
{
	(void)state;
	for (int kind = SOUND_SPEECH; kind <= SOUND_MUSIC; kind++) {
		struct set s = {0};
		float *v = sound_make((enum sound_kind)kind, 1, 70 * RATE);

		add(&s, 0, v, 70 * RATE, 0.0, 0.0, 45.0, 10.0);
		add(&s, 1, v, 70 * RATE, 25.5, 60.0, 40.0, 6.0);
		check_one(&s, 25.5);
		free(v);
	}
}

/* The shorter clip first, the later clip first: the sign stays right. */
static void test_negative_offset(void **state)
{
	struct set s = {0};
	float *v = sound_make(SOUND_MUSIC, 2, 60 * RATE);

	(void)state;
	add(&s, 0, v, 60 * RATE, 30.0, 0.0, 15.0, 10.0);
	add(&s, 1, v, 60 * RATE, 10.0, 0.0, 40.0, 10.0);
	check_one(&s, -20.0);
	free(v);
}

static void test_short_overlap(void **state)
{
	(void)state;
	for (int kind = SOUND_SPEECH; kind <= SOUND_MUSIC; kind++) {
		struct set s = {0};
		float *v = sound_make((enum sound_kind)kind, 3, 60 * RATE);

		add(&s, 0, v, 60 * RATE, 0.0, 0.0, 30.0, NAN);
		add(&s, 1, v, 60 * RATE, 25.0, 0.0, 30.0, NAN);
		check_one(&s, 25.0);
		free(v);
	}
}

/* 150 ppm are 36 ms over 4 minutes; a chunk of ten minutes is compared at a time. */
static void test_drift(void **state)
{
	float *v = sound_make(SOUND_SPEECH, 4, 260 * RATE);

	(void)state;
	for (int sign = -1; sign <= 1; sign += 2) {
		struct set s = {0};

		add(&s, 0, v, 260 * RATE, 0.0, 0.0, 250.0, 10.0);
		add(&s, 1, v, 260 * RATE, 5.0, 150.0 * sign, 250.0, 10.0);
		check_one(&s, 5.0);
	}
	free(v);
}

/* More than one chunk, met at its end. */
static void test_long(void **state)
{
	struct set s = {0};
	int n = 800 * RATE;
	float *v = sound_make(SOUND_NOISE, 5, n);

	(void)state;
	add(&s, 0, v, n, 0.0, 0.0, 780.0, NAN);
	add(&s, 1, v, n, 745.0, 40.0, 40.0, NAN);
	check_one(&s, 745.0);
	free(v);
}

/* 1,128 pairs that have nothing to do with each other: none is sure, and few are told at all. */
static void test_unrelated(void **state)
{
	struct set s = {0};
	struct as_hints h;

	(void)state;
	for (int i = 0; i < 48; i++) {
		float *v = sound_make((enum sound_kind)(i % SOUND_KINDS), 100 + (uint64_t)i,
				      20 * RATE);

		add(&s, i, v, 20 * RATE, 0.0, 0.0, 20.0, NAN);
		free(v);
	}
	h = ask(s.clip, s.n, false);
	for (int i = 0; i < h.n; i++)
		assert_true(h.v[i].score < AS_HINT_SURE);
	assert_in_range(h.n, 0, 48 * 47 / 2 / 20);
	as_hints_done(&h);
	done(&s);
}

static void test_order(void **state)
{
	struct set s = {0};
	struct as_index_clip back[8];
	struct as_hints h, r;
	float *v = sound_make(SOUND_MUSIC, 6, 90 * RATE);

	(void)state;
	for (int i = 0; i < 8; i++)
		add(&s, i % 4, v, 90 * RATE, 8.0 * i, 10.0 * i, i < 4 ? 20.0 : 24.0, 8.0);
	for (int i = 0; i < 8; i++)
		back[i] = s.clip[7 - i];
	h = ask(s.clip, 8, false);
	r = ask(back, 8, false);
	assert_true(h.n > 10);
	assert_int_equal(h.n, r.n);
	for (int i = 0; i < h.n; i++) {
		bool found = false;

		for (int k = 0; k < r.n; k++)
			found = found || (r.v[k].a == 7 - h.v[i].b && r.v[k].b == 7 - h.v[i].a &&
					  r.v[k].score == h.v[i].score &&
					  r.v[k].offset_s == -h.v[i].offset_s);
		assert_true(found);
	}
	as_hints_done(&h);
	as_hints_done(&r);
	done(&s);
	free(v);
}

static void test_tracks(void **state)
{
	struct set s = {0};
	struct as_hints h;
	float *v = sound_make(SOUND_MUSIC, 7, 30 * RATE);

	(void)state;
	add(&s, 3, v, 30 * RATE, 0.0, 0.0, 20.0, NAN);
	add(&s, 3, v, 30 * RATE, 8.0, 0.0, 20.0, NAN);
	h = ask(s.clip, 2, false);
	assert_int_equal(h.n, 0);
	as_hints_done(&h);
	h = ask(s.clip, 2, true);
	assert_int_equal(h.n, 1);
	as_hints_done(&h);
	done(&s);
	free(v);
}

/* Two copies of one file: coincidences beyond what a counter holds. */
static void test_copies(void **state)
{
	struct set s = {0};
	float *v = sound_make(SOUND_NOISE, 8, 620 * RATE);

	(void)state;
	add(&s, 0, v, 620 * RATE, 0.0, 0.0, 615.0, NAN);
	add(&s, 1, v, 620 * RATE, 0.0, 0.0, 615.0, NAN);
	check_one(&s, 0.0);
	free(v);
}

static void test_nothing(void **state)
{
	int8_t silence[4 * RATE] = {0};
	struct as_signal signal = {.v = silence, .n = 4 * RATE, .rate_hz = RATE},
			 empty = {.v = silence, .rate_hz = RATE};
	struct set s = {0};
	struct as_hints h;
	atomic_bool cancel = true;

	(void)state;
	assert_int_equal(as_landmarks_find(&signal, NULL, &s.marks[0], NULL), AS_OK);
	assert_int_equal(s.marks[0].n, 0);
	assert_int_equal(as_landmarks_find(&empty, NULL, &s.marks[1], NULL), AS_OK);
	assert_int_equal(s.marks[1].n, 0);
	assert_int_equal(as_landmarks_find(&signal, &cancel, &s.marks[2], NULL), AS_CANCELLED);
	for (int i = 0; i < 2; i++)
		s.clip[i] = (struct as_index_clip){&s.marks[i], i, 1};
	s.clip[2] = (struct as_index_clip){NULL, 2, 1};
	h = ask(s.clip, 3, false);
	assert_int_equal(h.n, 0);
	h = ask(NULL, 0, false);
	assert_int_equal(h.n, 0);
	as_hints_done(&h);
	for (int i = 0; i < 3; i++)
		as_landmarks_done(&s.marks[i]);
}

static void test_cancel(void **state)
{
	struct set s = {0};
	struct as_index *x;
	struct as_hints h = {0};
	atomic_bool cancel = true;
	float *v = sound_make(SOUND_SPEECH, 9, 20 * RATE);

	(void)state;
	add(&s, 0, v, 20 * RATE, 0.0, 0.0, 20.0, NAN);
	add(&s, 1, v, 20 * RATE, 0.0, 0.0, 20.0, NAN);
	assert_int_equal(as_index_new(s.clip, 2, false, &cancel, &x, NULL), AS_CANCELLED);
	assert_null(x);
	assert_int_equal(as_index_new(s.clip, 2, false, NULL, &x, NULL), AS_OK);
	assert_int_equal(as_index_query(x, 1, &cancel, &h, NULL), AS_CANCELLED);
	as_index_free(x);
	done(&s);
	free(v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_overlap),       cmocka_unit_test(test_negative_offset),
		cmocka_unit_test(test_short_overlap), cmocka_unit_test(test_drift),
		cmocka_unit_test(test_long),          cmocka_unit_test(test_unrelated),
		cmocka_unit_test(test_order),         cmocka_unit_test(test_tracks),
		cmocka_unit_test(test_copies),        cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_cancel),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
