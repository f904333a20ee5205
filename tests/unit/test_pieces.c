/* Laying out clips: what must hold whatever the clips are, and some layouts in numbers. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "dsp/synth.h"
#include "export/pieces.h"

static const char *const part = "clip.wav";

static void random_clip(struct as_rng *r, struct as_stitch_clip *c, struct as_segment *segments,
			struct as_clock_knot *clock)
{
	static const double rates[] = {8000, 44100, 48000, 96000, 47999.5};
	*c = (struct as_stitch_clip){.parts = &part,
				     .n_parts = 1,
				     .frames = (int64_t)pow(10, as_rng_uniform(r, 0, 6)) - 1,
				     .rate_hz = rates[as_rng_below(r, 5)],
				     .channels = 1,
				     .speed_ppm =
					     as_rng_below(r, 2) ? as_rng_uniform(r, -500, 500) : 0,
				     .segments = segments,
				     .n_segments = 1 + as_rng_below(r, 5)};
	double at_s = 0, start_s = as_rng_uniform(r, -3, 12);
	for (int i = 0; i < c->n_segments; i++) {
		/* from a hair to seconds, both ways; now and then nonsense */
		start_s += as_rng_normal(r) * pow(10, as_rng_uniform(r, -9, 0));
		segments[i].from_s = at_s;
		at_s += as_rng_uniform(r, 0, 2 * (double)c->frames / c->rate_hz / c->n_segments);
		segments[i].to_s = as_rng_below(r, 10) ? at_s : as_rng_uniform(r, -5, 50);
		segments[i].start_s = as_rng_below(r, 8) ? start_s : rint(start_s * 100) / 100;
	}
	c->clock = clock;
	c->n_clock = as_rng_below(r, 3) ? 0 : 1 + as_rng_below(r, 4);
	for (int i = 0; i < c->n_clock; i++) {
		clock[i].at_s = (i ? clock[i - 1].at_s : 0) + as_rng_uniform(r, 0.1, 4);
		clock[i].shift_s = as_rng_uniform(r, -4e-3, 4e-3);
	}
}

static void test_what_always_holds(void **state)
{
	(void)state;
	struct as_rng r;
	as_rng_seed(&r, 11);
	for (int round = 0; round < 3000; round++) {
		struct as_stitch_clip clips[6];
		struct as_segment segments[6][5];
		struct as_clock_knot clocks[6][4];
		struct as_stitch_job job = {.path = "out.wav",
					    .spec = {.rate_hz = as_rng_below(&r, 2) ? 48000 : 44100,
						     .total_frames = as_rng_below(&r, 600000)},
					    .clips = clips,
					    .n_clips = as_rng_below(&r, 7),
					    .crossfade_s = as_rng_uniform(&r, 0, 0.2),
					    .declick_s = as_rng_below(&r, 4) ? 0.005 : 0};
		for (int i = 0; i < job.n_clips; i++)
			random_clip(&r, &clips[i], segments[i], clocks[i]);
		struct as_pieces p;
		assert_int_equal(as_pieces_plan(&job, &p, NULL), AS_OK);
		assert_in_range(p.overlap_frames, 0, job.spec.total_frames);
		for (int i = 0; i < p.n; i++) {
			const struct as_piece *x = &p.v[i];
			assert_in_range(x->begin, 0, job.spec.total_frames - 1);
			assert_in_range(x->end, x->begin + 1, job.spec.total_frames);
			assert_true(i == 0 || p.v[i - 1].begin <= x->begin);
			assert_true(x->fade_in >= 0 && x->fade_out >= 0);
			assert_true(x->fade_in + x->fade_out <= x->end - x->begin);
			assert_true(x->position >= 0);
			/* its last frame is inside the clip, give or take rounding */
			double last = x->position + (double)(x->end - 1 - x->begin) * x->step;
			assert_true(last < (double)clips[x->clip].frames + 1e-3);
		}
		as_pieces_done(&p);
	}
}

static void test_nonsense_is_refused(void **state)
{
	(void)state;
	struct as_segment segment = {0, 1, 0};
	struct as_stitch_clip good = {.parts = &part,
				      .n_parts = 1,
				      .frames = 48000,
				      .rate_hz = 48000,
				      .channels = 1,
				      .segments = &segment,
				      .n_segments = 1};
	struct as_stitch_clip clip = good;
	struct as_stitch_job job = {.spec = {.rate_hz = 48000, .total_frames = 48000},
				    .path = "out.wav",
				    .clips = &clip,
				    .n_clips = 1,
				    .declick_s = 0.005};
	struct as_pieces p;
	assert_int_equal(as_pieces_plan(&job, &p, NULL), AS_OK);
	assert_int_equal(p.n, 1);
	as_pieces_done(&p);
	for (int k = 0; k < 9; k++) {
		struct as_clock_knot clock[] = {{0, 0}, {2, k == 7 ? NAN : 1}};
		clip = good;
		clip.clock = clock;
		segment.start_s = 0;
		switch (k) {
		case 0:
			clip.rate_hz = 0;
			break;
		case 1:
			clip.rate_hz = NAN;
			break;
		case 2:
			clip.speed_ppm = NAN;
			break;
		case 3:
			clip.n_segments = 0;
			break;
		case 4:
			clip.frames = -1;
			break;
		case 5:
			segment.start_s = NAN;
			break;
		case 7:
			clip.n_clock = 2;
			break;
		case 8:
			clock[1].at_s = 0;
			clip.n_clock = 2;
			break;
		default:
			clip.channels = 0;
			break;
		}
		assert_int_equal(as_pieces_plan(&job, &p, NULL), AS_ERR_INVALID);
		as_pieces_done(&p);
	}
}

/* A clock that wanders: at every piece's begin the clip is where the curve has it, and the seams are short. */
static void test_clock_that_wanders(void **state)
{
	(void)state;
	const double rate = 48000, out_hz = 44100, ppm = -30;
	struct as_segment segments[] = {{0, 70, 3}, {70, 120, 3.25}};
	struct as_clock_knot clock[5];
	for (int i = 0; i < 5; i++)
		clock[i] = (struct as_clock_knot){30.0 * i, 5e-3 * sin(i)};
	struct as_stitch_clip clip = {.parts = &part,
				      .n_parts = 1,
				      .frames = (int64_t)(120 * rate),
				      .rate_hz = rate,
				      .channels = 1,
				      .speed_ppm = ppm,
				      .clock = clock,
				      .n_clock = 5,
				      .segments = segments,
				      .n_segments = 2};
	struct as_stitch_job job = {
		.spec = {.rate_hz = (int)out_hz, .total_frames = (int64_t)(125 * out_hz)},
		.path = "out.wav",
		.clips = &clip,
		.n_clips = 1,
		.declick_s = 0.005};
	struct as_pieces p;
	assert_int_equal(as_pieces_plan(&job, &p, NULL), AS_OK);
	assert_int_equal(p.n, 5);
	for (int i = 0; i < p.n; i++) {
		double t = p.v[i].position / rate, shift, is_s = (double)p.v[i].begin / out_hz;
		int k = (int)fmin(t / 30, 3);
		shift = clock[k].shift_s + (clock[k + 1].shift_s - clock[k].shift_s) * (t / 30 - k);
		assert_true(fabs((t >= 69.9 ? 3.25 : 3.0) + t / (1 + ppm * 1e-6) + shift - is_s) <
			    1e-5);
		assert_true(i == 0 || p.v[i].begin < p.v[i - 1].end + (int64_t)(0.251 * out_hz));
		bool lost = i > 0 && p.v[i].begin > p.v[i - 1].end;
		assert_int_equal(p.v[i].joins, i > 0 && !lost);
		assert_true(!p.v[i].joins || (p.v[i].fade_in == 0 && p.v[i - 1].fade_out == 0));
		assert_true(!lost || (p.v[i].fade_in > 0 && p.v[i - 1].fade_out > 0));
	}
	assert_int_equal(p.overlap_frames, 0);
	as_pieces_done(&p);
}

/* Three takes over each other: time under two or three of them counts once. */
static void test_overlap_is_counted_once(void **state)
{
	(void)state;
	struct as_segment segments[] = {{0, 10, 0}, {0, 10, 5}, {0, 10, 8}};
	struct as_stitch_clip clips[3];
	for (int i = 0; i < 3; i++)
		clips[i] = (struct as_stitch_clip){.parts = &part,
						   .n_parts = 1,
						   .frames = 480000,
						   .rate_hz = 48000,
						   .channels = 1,
						   .segments = &segments[i],
						   .n_segments = 1};
	struct as_stitch_job job = {.spec = {.rate_hz = 48000, .total_frames = 20 * 48000},
				    .path = "out.wav",
				    .clips = clips,
				    .n_clips = 3,
				    .declick_s = 0.005,
				    .crossfade_s = 0.05};
	struct as_pieces p;
	assert_int_equal(as_pieces_plan(&job, &p, NULL), AS_OK);
	assert_int_equal(p.overlap_frames, 10 * 48000); /* 5 … 15 s */
	assert_int_equal(p.v[0].fade_out, 0);           /* ends under the second */
	assert_int_equal(p.v[2].fade_out, 240);
	as_pieces_done(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_always_holds),
		cmocka_unit_test(test_nonsense_is_refused),
		cmocka_unit_test(test_clock_that_wanders),
		cmocka_unit_test(test_overlap_is_counted_once),
	};
	return cmocka_run_group_tests_name("pieces", tests, NULL, NULL);
}
