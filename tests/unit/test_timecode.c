/* Rates, rounding and timecode against whole numbers, and against ST 12-1's counting done step by step. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "export/timecode.h"

static const struct as_frame_rate rates[] = {
	{24000, 1001, false}, {24, 1, false}, {25, 1, false},	      {30000, 1001, false},
	{30000, 1001, true},  {30, 1, false}, {48000, 1001, false},   {50, 1, false},
	{60000, 1001, false}, {60, 1, false}, {60000, 1001, true},    {120000, 1001, false},
	{120, 1, false},      {25, 2, false}, {16777215, 524287, false},
};
#define N_RATES (sizeof rates / sizeof rates[0])

static void test_rate_names(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		struct as_frame_rate rate;
		const char *name;
	} rows[] = {
		{"23.976", {24000, 1001, false}, "23.976"}, {"23.98", {24000, 1001, false}, "23.976"},
		{"24", {24, 1, false}, "24"},		    {"24.000", {24, 1, false}, "24"},
		{"25", {25, 1, false}, "25"},		    {"29.97", {30000, 1001, false}, "29.97"},
		{"29.970", {30000, 1001, false}, "29.97"},  {"29.97df", {30000, 1001, true}, "29.97df"},
		{"29.97 DF", {30000, 1001, true}, "29.97df"}, {"29.97ndf", {30000, 1001, false}, "29.97"},
		{"30", {30, 1, false}, "30"},		    {"47.952", {48000, 1001, false}, "47.952"},
		{"50", {50, 1, false}, "50"},		    {"59.94", {60000, 1001, false}, "59.94"},
		{"59.94df", {60000, 1001, true}, "59.94df"}, {"60", {60, 1, false}, "60"},
		{"119.88", {120000, 1001, false}, "119.88"}, {"120", {120, 1, false}, "120"},
		{"12.5", {25, 2, false}, "25/2"},	    {"30000/1001", {30000, 1001, false}, "29.97"},
		{"60000/1001df", {60000, 1001, true}, "59.94df"}, {"50/2", {25, 1, false}, "25"},
		{"1", {1, 1, false}, "1"},		    {"1000", {1000, 1, false}, "1000"},
		{"29.9", {299, 10, false}, "299/10"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct as_frame_rate r;
		char name[32];
		assert_int_equal(as_rate_parse(rows[i].text, &r, NULL), AS_OK);
		assert_int_equal(r.num, rows[i].rate.num);
		assert_int_equal(r.den, rows[i].rate.den);
		assert_int_equal(r.drop, rows[i].rate.drop);
		assert_string_equal(as_rate_name(name, sizeof name, r), rows[i].name);
	}
}

static void test_rates_refused(void **state)
{
	(void)state;
	static const char *const bad[] = {
		"", "x", "0", "0.5", "-25", "+25", " 25", "25 ", "25x", "25.", ".5", "24df", "30df",
		"29.97dff", "29.97  df", "1001", "1000.001", "25/0", "0/1", "25/", "/1", "25/1/1", "1e3",
		"nan", "inf", "999999999", "99999999999999999999999", "30000/10010000000000", "33554433/1000001",
		"29.9700", "0x19", "25,0", "23.976df", "119.88df",
	};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct as_frame_rate r = {7, 7, false};
		struct as_error err;
		if (as_rate_parse(bad[i], &r, &err) != AS_ERR_INVALID)
			fail_msg("'%s' was taken", bad[i]);
		assert_int_equal(r.num, 7);
	}
	assert_false(as_rate_valid((struct as_frame_rate){50, 2, false}));
	assert_false(as_rate_valid((struct as_frame_rate){25, 1, true}));
	assert_false(as_rate_valid((struct as_frame_rate){-25, 1, false}));
	assert_false(as_rate_valid((struct as_frame_rate){AS_RATE_MAX_TERM + 1, 1 << 20, false}));
}

static void test_rate_kinds(void **state)
{
	(void)state;
	static const int base[N_RATES] = {24, 24, 25, 30, 30, 30, 48, 50, 60, 60, 60, 120, 120, 13, 32};
	for (size_t i = 0; i < N_RATES; i++) {
		assert_true(as_rate_valid(rates[i]));
		assert_int_equal(as_rate_base(rates[i]), base[i]);
		assert_int_equal(as_rate_is_ntsc(rates[i]), rates[i].den == 1001);
		for (size_t k = 0; k < N_RATES; k++)
			assert_int_equal(as_rate_same_speed(rates[i], rates[k]),
					 rates[i].num == rates[k].num && rates[i].den == rates[k].den);
	}
}

static void test_rate_from_fps(void **state)
{
	(void)state;
	static const struct {
		double fps;
		int num, den;
	} rows[] = {{23.976, 24000, 1001}, {23.98, 24000, 1001}, {23.976023976, 24000, 1001},
		    {24.0, 24, 1},	   {29.97, 30000, 1001}, {29.97003, 30000, 1001},
		    {29.9998, 30, 1},	   {59.94, 60000, 1001}, {119.88, 120000, 1001},
		    {25.001, 25, 1},	   {28.7, 0, 0},	 {12.5, 0, 0},
		    {NAN, 0, 0},	   {0, 0, 0},		 {-25, 0, 0},
		    {INFINITY, 0, 0},	   {90000, 0, 0},	 {1e300, 0, 0}};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct as_frame_rate r = {0, 0, false};
		assert_int_equal(as_rate_from_fps(rows[i].fps, &r), rows[i].num != 0);
		assert_int_equal(r.num, rows[i].num);
		assert_int_equal(r.den, rows[i].den);
	}
}

static uint64_t seed;

static uint64_t next_random(void)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return seed >> 11;
}

/* The nearest frame of m * 2^-40 seconds in whole numbers: halves up. Exact in 64 bits where m * num < 2^62. */
static int64_t nearest(int64_t m, struct as_frame_rate r)
{
	/* floor((2 m num + den 2^40) / (2 den 2^40)), in two steps so that nothing overflows */
	int64_t part = (int64_t)1 << 40, whole = m * r.num, q = whole / part, rest = whole % part;
	int64_t twice = 2 * q, under = 2 * rest;
	if (under >= part) {
		twice++;
		under -= part;
	}
	/* 2 m num / 2^40 = twice + under / part with under < part, so adding den and dividing by 2 den ignores it */
	int64_t top = twice + r.den, frames = top / (2 * (int64_t)r.den);
	return frames;
}

static void test_seconds_to_frames(void **state)
{
	(void)state;
	seed = 5;
	for (size_t i = 0; i < N_RATES; i++)
		for (int n = 0; n < 20000; n++) {
			int64_t m = (int64_t)(next_random() % ((uint64_t)1 << 38)), got;
			assert_true(as_rate_frames(ldexp((double)m, -40), rates[i], &got));
			assert_int_equal(got, nearest(m, rates[i]));
		}
}

/* What stands exactly between two frames goes to the later one, a hair below to the earlier, wherever on the timeline. */
static void test_halves(void **state)
{
	(void)state;
	int64_t got;
	for (int64_t f = -2000000; f < 2000000; f += 9973) {
		static const struct as_frame_rate exact[] = {{24, 1, 0}, {25, 1, 0}, {50, 1, 0}, {64, 1, 0}};
		/* (f + 1/2) / 64 is a double itself */
		double half = ((double)f + 0.5) / 64.0;
		assert_true(as_rate_frames(half, exact[3], &got));
		assert_int_equal(got, f + 1);
		assert_true(as_rate_frames(nextafter(half, -INFINITY), exact[3], &got));
		assert_int_equal(got, f);
		/* (f + 1/2) / rate is none as a rule: whichever side the double is on decides, which fma tells */
		for (size_t i = 0; i < N_RATES; i++) {
			double num = rates[i].num, side = (2.0 * (double)f + 1.0) * rates[i].den;
			double near = side / (2.0 * num);
			double off = fma(2.0 * near, num, -side);
			assert_true(as_rate_frames(near, rates[i], &got));
			assert_int_equal(got, off < 0 ? f : f + 1);
			assert_true(as_rate_frames(near - fabs(near) * 1e-15 - 1e-12, rates[i], &got));
			assert_int_equal(got, f);
			assert_true(as_rate_frames(near + fabs(near) * 1e-15 + 1e-12, rates[i], &got));
			assert_int_equal(got, f + 1);
		}
	}
}

static void test_there_and_back(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_RATES; i++)
		for (int64_t f = -5000000; f < 50000000; f += 31337) {
			int64_t got;
			assert_true(as_rate_frames(as_rate_seconds(f, rates[i]), rates[i], &got));
			assert_int_equal(got, f);
		}
	assert_true(as_rate_seconds(30, (struct as_frame_rate){30000, 1001, false}) == 1.001);
}

static void test_seconds_refused(void **state)
{
	(void)state;
	static const double bad[] = {NAN, INFINITY, -INFINITY, 1e300, -1e300, 1e15};
	int64_t got = 7;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		assert_false(as_rate_frames(bad[i], rates[0], &got));
		assert_int_equal(got, 0);
	}
	assert_true(as_rate_frames(5e-324, rates[0], &got));
	assert_int_equal(got, 0);
	assert_true(as_rate_frames(-5e-324, rates[0], &got));
	assert_int_equal(got, 0);
	assert_true(as_rate_frames(-0.0, rates[0], &got));
	assert_int_equal(got, 0);
}

/* Counts a day as a clock would: no formula. */
static void count_day(struct as_frame_rate r, int64_t step)
{
	int base = as_rate_base(r), out = r.drop ? base / 15 : 0;
	int h = 0, m = 0, s = 0, f = 0;
	int64_t n = 0;
	do {
		if (n % step == 0 || f == 0) {
			char want[40], got[AS_TIMECODE_BYTES];
			int64_t back;
			snprintf(want, sizeof want, "%02d:%02d:%02d%c%0*d", h, m, s, r.drop ? ';' : ':',
				 base > 100 ? 3 : 2, f);
			as_timecode_format(got, sizeof got, n, r);
			assert_string_equal(got, want);
			assert_int_equal(as_timecode_parse(want, r, &back, NULL), AS_OK);
			assert_int_equal(back, n);
		}
		n++;
		if (++f == base) {
			f = 0;
			if (++s == 60) {
				s = 0;
				m++;
				f = m % 10 != 0 ? out : 0;
			}
			if (m == 60) {
				m = 0;
				h++;
			}
		}
	} while (h < 24);
	assert_int_equal(as_timecode_day_frames(r), n);
}

static void test_timecode_day(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_RATES; i++)
		count_day(rates[i], 17);
}

static void test_timecode_wraps(void **state)
{
	(void)state;
	char tc[AS_TIMECODE_BYTES];
	static const struct as_frame_rate df = {30000, 1001, true}, pal = {25, 1, false};
	assert_string_equal(as_timecode_format(tc, sizeof tc, -1, df), "23:59:59;29");
	assert_string_equal(as_timecode_format(tc, sizeof tc, 2589408, df), "00:00:00;00");
	assert_string_equal(as_timecode_format(tc, sizeof tc, 1800, df), "00:01:00;02");
	assert_string_equal(as_timecode_format(tc, sizeof tc, 17982, df), "00:10:00;00");
	assert_string_equal(as_timecode_format(tc, sizeof tc, 25 * 86400 + 5, pal), "00:00:00:05");
	assert_string_equal(as_timecode_format(tc, sizeof tc, -25, pal), "23:59:59:00");
	assert_string_equal(as_timecode_format(tc, sizeof tc, INT64_MAX, pal), "00:37:12:07");
	as_timecode_format(tc, sizeof tc, INT64_MIN, pal);
	assert_int_equal(strlen(tc), 11);
}

static void test_timecode_refused(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int rate;
	} bad[] = {
		{"", 2},	     {"01:00:00", 2},	  {"01:00:00:00:00", 2}, {"1:00:00:00", 2},
		{"01:00:00:0", 2},   {"01:00:00:000", 2}, {"01:00:00:25", 2},	 {"24:00:00:00", 2},
		{"00:60:00:00", 2},  {"00:00:60:00", 2},  {"01:00:00;00", 2},	 {"01:00:00.00", 2},
		{"-1:00:00:00", 2},  {" 01:00:00:00", 2}, {"01:00:00:00 ", 2},	 {"01 00 00 00", 2},
		{"00:01:00;00", 4},  {"00:01:00;01", 4},  {"00:59:00;00", 4},	 {"00:01:00;03", 10},
		{"01;00;00;00", 4},  {"01:00:00:00", 12}, {"01:00:00:120", 12},	 {"aa:bb:cc:dd", 2},
		{"01:00:00:+1", 2},  {"99999999999999999999", 2},
	};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		int64_t got = 7;
		struct as_error err;
		if (as_timecode_parse(bad[i].text, rates[bad[i].rate], &got, &err) != AS_ERR_INVALID)
			fail_msg("'%s' was taken", bad[i].text);
		assert_int_equal(got, 7);
		assert_non_null(strstr(err.msg, bad[i].text));
	}
	int64_t got;
	assert_int_equal(as_timecode_parse("00:01:00:02", rates[4], &got, NULL), AS_OK);
	assert_int_equal(got, 1800);
	assert_int_equal(as_timecode_parse("00:10:00;00", rates[4], &got, NULL), AS_OK);
	assert_int_equal(got, 17982);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rate_names),	 cmocka_unit_test(test_rates_refused),
		cmocka_unit_test(test_rate_kinds),	 cmocka_unit_test(test_rate_from_fps),
		cmocka_unit_test(test_seconds_to_frames), cmocka_unit_test(test_halves),
		cmocka_unit_test(test_there_and_back),	 cmocka_unit_test(test_seconds_refused),
		cmocka_unit_test(test_timecode_day),	 cmocka_unit_test(test_timecode_wraps),
		cmocka_unit_test(test_timecode_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
