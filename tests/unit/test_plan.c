/* Which pairs are searched where there are too many to search them all: a made-up shoot, an index that
 * tells the truth, lies or knows nothing, and a count of the work. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dsp/synth.h"
#include "sync/solve.h"

#define MAX_CLIPS 320
#define HEARD_S 5.0 /* shorter overlaps are not found */

static const struct as_solve_config config = {
	.strong = 10.0, .weak = 3.0, .max_p_false = 1e-3, .min_margin = 3.0, .reference = -1};

struct shoot {
	struct as_solve_clip clip[MAX_CLIPS];
	double start_s[MAX_CLIPS];
	int island[MAX_CLIPS]; /* clips of different ones share no sound; 0: with nobody */
	int n, n_islands;
	struct as_solve_match *match;
	int n_matches, room;
	struct as_hints hints;
	unsigned char whole[MAX_CLIPS][MAX_CLIPS], narrow[MAX_CLIPS][MAX_CLIPS];
	int n_whole, n_narrow, rounds;
	int64_t left_out;
	bool wanted_hints;
};

static void setup(struct shoot **out)
{
	*out = calloc(1, sizeof(**out));
	assert_non_null(*out);
}

static void teardown(struct shoot *s)
{
	free(s->match);
	as_hints_done(&s->hints);
	free(s);
}

static int add(struct shoot *s, int track, int island, double start_s, double duration_s)
{
	int i = s->n++;

	assert_true(i < MAX_CLIPS);
	s->clip[i] = (struct as_solve_clip){.track = track,
					    .duration_s = duration_s,
					    .created_s = NAN,
					    .start_tc_s = NAN,
					    .active = 1.0,
					    .usable = true,
					    .key = 0x9e3779b97f4a7c15u * (uint64_t)(i + 1)};
	s->start_s[i] = start_s;
	s->island[i] = island;
	return i;
}

/* Devices that record nearly all the time, in clips of 3 to 9 minutes: about 9 an hour. */
static void add_island(struct shoot *s, int island, int devices, double hours, int first_track,
		       uint64_t seed)
{
	struct as_rng rng;

	as_rng_seed(&rng, seed);
	for (int d = 0; d < devices; d++) {
		double at = as_rng_uniform(&rng, 0.0, 60.0);

		while (at < 3600.0 * hours - 300.0) {
			double length = as_rng_uniform(&rng, 180.0, 540.0);

			add(s, first_track + d, island, at, length);
			at += length + as_rng_uniform(&rng, 1.0, 40.0);
		}
	}
}

static double overlap(const struct shoot *s, int a, int b)
{
	if (!s->island[a] || s->island[a] != s->island[b])
		return 0.0;
	return fmin(s->start_s[a] + s->clip[a].duration_s, s->start_s[b] + s->clip[b].duration_s) -
	       fmax(s->start_s[a], s->start_s[b]);
}

/* Islands as they are: joined by overlaps that can be heard; 0 for a clip that has none. */
static void find_islands(struct shoot *s)
{
	int root[MAX_CLIPS], n = 0;

	for (int i = 0; i < s->n; i++)
		root[i] = i;
	for (int b = 0; b < s->n; b++)
		for (int a = 0; a < b; a++)
			if (s->clip[a].track != s->clip[b].track && overlap(s, a, b) > HEARD_S &&
			    root[a] != root[b])
				for (int k = 0, from = root[b]; k < s->n; k++)
					root[k] = root[k] == from ? root[a] : root[k];
	for (int i = 0; i < s->n; i++) {
		int members = 0;

		for (int k = 0; k < s->n; k++)
			members += root[k] == root[i];
		s->island[i] = members > 1 ? root[i] + 1 : 0;
		n += members > 1 && root[i] == i;
	}
	s->n_islands = n;
}

static void hint(struct shoot *s, int a, int b, double score, double offset_s)
{
	struct as_hint h = {a, b, (float)score, 0.0f, (float)offset_s};

	assert_true(as_hints_add(&s->hints, &h, 1));
}

/* What a perfect index would say. */
static void hint_all(struct shoot *s)
{
	find_islands(s);
	for (int a = 0; a < s->n; a++)
		for (int b = a + 1; b < s->n; b++)
			if (s->clip[a].track != s->clip[b].track && overlap(s, a, b) > HEARD_S)
				hint(s, a, b, 20.0 + overlap(s, a, b),
				     s->start_s[b] - s->start_s[a]);
}

/* What a search finds: the truth, where the two overlap. */
static void answer(struct shoot *s, const struct as_pair_task *t)
{
	double offset = s->start_s[t->b] - s->start_s[t->a];
	struct as_solve_match *m;

	if (s->n_matches == s->room) {
		s->room = 2 * s->room + 256;
		s->match = realloc(s->match, sizeof(*s->match) * (size_t)s->room);
		assert_non_null(s->match);
	}
	m = &s->match[s->n_matches++];
	*m = (struct as_solve_match){.a = t->a, .b = t->b, .narrow = !isnan(t->near_s)};
	m->found = overlap(s, t->a, t->b) > HEARD_S &&
		   (isnan(t->near_s) || fabs(offset - t->near_s) < t->near_tol_s);
	if (!m->found)
		return;
	m->r.offset_s = offset;
	m->r.slope_err_ppm = 1.0;
	m->r.ref_s = fmax(0.0, -offset) + 0.5 * overlap(s, t->a, t->b);
	m->r.ref_err_s = 0.03e-3;
	m->r.score = m->r.margin = 30.0;
	m->r.strength = 10.0;
	m->r.n_pieces = 1;
	m->r.pieces[0] = (struct as_match_piece){0.0, s->clip[t->b].duration_s, offset, 1e-4};
}

static void check_task(struct shoot *s, const struct as_pair_task *t,
		       const struct as_solve_config *cfg)
{
	bool near = !isnan(t->near_s);

	assert_true(t->a >= 0 && t->a < t->b && t->b < s->n);
	assert_true(cfg->takes || s->clip[t->a].track != s->clip[t->b].track);
	assert_int_equal((near ? s->narrow : s->whole)[t->a][t->b]++, 0);
	/* a look comes before a whole search or not at all */
	assert_true(!near || !s->whole[t->a][t->b]);
	*(near ? &s->n_narrow : &s->n_whole) += 1;
}

/* Plays the engine to the end. */
static void play_with(struct shoot *s, const struct as_solve_config *cfg)
{
	const struct as_hints *hints = NULL;

	for (s->rounds = 0; s->rounds < 300; s->rounds++) {
		struct as_plan plan;
		int n;

		assert_int_equal(as_solve_next(s->clip, s->n, s->match, s->n_matches, hints, cfg,
					       NULL, &plan, NULL),
				 AS_OK);
		n = plan.n;
		if (plan.wants_hints) {
			assert_true(!hints && n == 0);
			hints = &s->hints;
			s->wanted_hints = true;
			continue;
		}
		for (int i = 0; i < n; i++) {
			check_task(s, &plan.tasks[i], cfg);
			answer(s, &plan.tasks[i]);
		}
		s->left_out = plan.left_out;
		as_plan_done(&plan);
		if (!n)
			return;
	}
	fail_msg("no end of rounds");
}

static void play(struct shoot *s)
{
	play_with(s, &config);
}

/* Clips of one island are placed as they were, those without sound in common nowhere; every pair between islands
 * was searched or is counted. */
static void check(const struct shoot *s)
{
	struct as_solution out;
	int first[MAX_CLIPS + 1] = {0};
	int64_t apart = 0;

	assert_int_equal(as_solve(s->clip, s->n, s->match, s->n_matches, &config, NULL, &out, NULL),
			 AS_OK);
	for (int i = 0; i < s->n; i++) {
		const struct as_solve_placement *p = &out.placements[i];
		int at = s->island[i];

		for (int k = 0; k < i; k++)
			apart += s->clip[i].track != s->clip[k].track &&
				 (!at || s->island[k] != at) && !s->whole[k][i];
		if (!at) {
			assert_int_equal(p->island, 0);
			continue;
		}
		assert_true(p->island > 0);
		if (!first[at])
			first[at] = i + 1;
		assert_int_equal(p->island, out.placements[first[at] - 1].island);
		assert_true(fabs(p->start_s - out.placements[first[at] - 1].start_s -
				 s->start_s[i] + s->start_s[first[at] - 1]) < 1e-3);
	}
	assert_int_equal(out.n_islands, s->n_islands);
	assert_int_equal(s->left_out, apart);
	as_solution_done(&out);
}

static void test_few_are_all_searched(void **state)
{
	struct shoot *s;

	(void)state;
	setup(&s);
	add_island(s, 1, 4, 0.5, 0, 1);
	find_islands(s);
	play(s);
	assert_false(s->wanted_hints);
	check(s);
	teardown(s);
}

/* Five devices, 280 clips, 30 hours: about one whole search a clip, where there are 30,000 pairs. */
static void test_many(void **state)
{
	struct shoot *s;

	(void)state;
	setup(&s);
	add_island(s, 1, 5, 6.0, 0, 2);
	hint_all(s);
	play(s);
	assert_true(s->wanted_hints);
	assert_in_range(s->n_whole, s->n - s->n_islands, s->n + s->n / 5);
	assert_in_range(s->n_narrow, s->n, 8 * s->n);
	assert_in_range(s->rounds, 3, 12);
	check(s);
	teardown(s);
}

/* One recorder ran all day: it places everything else, one search each around the place that the index names. */
static void test_recorder(void **state)
{
	struct shoot *s;

	(void)state;
	setup(&s);
	add(s, 0, 1, 0.0, 36000.0);
	for (int i = 0; i < 250; i++)
		add(s, 1 + i % 4, 1, 140.0 * i, 130.0);
	hint_all(s);
	play(s);
	assert_true(s->wanted_hints);
	assert_in_range(s->n_whole, 0, 10);
	assert_in_range(s->n_narrow, 250, 260);
	check(s);
	teardown(s);
}

/* Twenty devices at once: a clip overlaps some thirty others, of which it looks at a dozen. */
static void test_many_devices(void **state)
{
	struct shoot *s;
	int overlaps = 0;

	(void)state;
	setup(&s);
	add_island(s, 1, 20, 1.5, 0, 12);
	hint_all(s);
	for (int a = 0; a < s->n; a++)
		for (int b = a + 1; b < s->n; b++)
			overlaps +=
				s->clip[a].track != s->clip[b].track && overlap(s, a, b) > HEARD_S;
	play(s);
	assert_true(s->wanted_hints);
	assert_true(overlaps > 14 * s->n);
	assert_in_range(s->n_whole, s->n - s->n_islands, s->n + s->n / 5);
	assert_in_range(s->n_narrow, 4 * s->n, 12 * s->n);
	check(s);
	teardown(s);
}

/* What nothing speaks for costs a bounded number of searches, and what is left out is counted. */
static void test_islands_and_strangers(void **state)
{
	struct shoot *s;
	int n;

	(void)state;
	setup(&s);
	add_island(s, 1, 3, 4.5, 0, 3);
	add_island(s, 2, 3, 4.5, 3, 4);
	n = s->n;
	for (int i = 0; i < 10; i++)
		add(s, 6, 0, 1e5 + 1000.0 * i, 300.0);
	hint_all(s);
	play(s);
	assert_in_range(s->n_whole, n - s->n_islands, n + 200);
	check(s);
	teardown(s);
}

/* A clip that the index thinks to be alone; what its device's clock says finds it. */
static void test_clocks_find_what_the_index_missed(void **state)
{
	struct shoot *s;
	int lone;

	(void)state;
	setup(&s);
	add_island(s, 1, 5, 6.0, 0, 5);
	for (int i = 0; i < s->n; i++)
		s->clip[i].created_s = 1e9 + 400.0 * s->clip[i].track + floor(s->start_s[i]);
	hint_all(s);
	lone = s->n / 2;
	for (int i = 0; i < s->hints.n; i++)
		if (s->hints.v[i].a == lone || s->hints.v[i].b == lone)
			s->hints.v[i--] = s->hints.v[--s->hints.n];
	as_hints_sort(&s->hints);
	play(s);
	assert_in_range(s->n_whole, s->n - s->n_islands, s->n + s->n / 5);
	check(s);
	teardown(s);
}

/* An index that is wrong everywhere wastes a bounded amount of work and places nothing. */
static void test_lies(void **state)
{
	struct shoot *s;
	struct as_rng rng;

	(void)state;
	setup(&s);
	add_island(s, 0, 5, 6.0, 0, 7);
	as_rng_seed(&rng, 8);
	for (int a = 0; a < s->n; a++)
		for (int b = a + 1; b < s->n; b++)
			if (s->clip[a].track != s->clip[b].track)
				hint(s, a, b, as_rng_uniform(&rng, 8.0, 60.0),
				     as_rng_uniform(&rng, -300.0, 300.0));
	play(s);
	assert_in_range(s->n_whole, s->n, 10 * s->n);
	assert_int_equal(s->n_narrow, 0);
	check(s);
	teardown(s);
}

/* A dozen recordings of three hours: where they are all of one event, the longest places them and no index is needed. */
static void test_few_long_ones(void **state)
{
	(void)state;
	for (int related = 0; related < 2; related++) {
		struct shoot *s;

		setup(&s);
		for (int i = 0; i < 12; i++)
			add(s, i, related, 100.0 * i, 10800.0 - 10.0 * i);
		find_islands(s);
		play(s);
		assert_int_equal(s->wanted_hints, !related);
		assert_in_range(s->n_whole, 11, related ? 11 : 65);
		check(s);
		teardown(s);
	}
}

static void test_thorough(void **state)
{
	struct as_solve_config cfg = config;
	struct shoot *s;

	(void)state;
	cfg.thorough = true;
	setup(&s);
	add_island(s, 0, 4, 3.0, 0, 9);
	play_with(s, &cfg);
	assert_false(s->wanted_hints);
	for (int a = 0; a < s->n; a++)
		for (int b = a + 1; b < s->n; b++)
			assert_int_equal(s->whole[a][b], s->clip[a].track != s->clip[b].track);
	teardown(s);
}

/* The order of the clips does not change which pairs are searched. */
static void test_order(void **state)
{
	struct shoot *s, *r;

	(void)state;
	setup(&s);
	setup(&r);
	add_island(s, 1, 5, 4.0, 0, 10);
	for (int i = 0; i < 5; i++)
		add(s, 5, 0, 1e5 + 1000.0 * i, 300.0);
	r->n = s->n;
	for (int i = 0; i < s->n; i++) {
		r->clip[i] = s->clip[s->n - 1 - i];
		r->clip[i].track = 5 - r->clip[i].track;
		r->start_s[i] = s->start_s[s->n - 1 - i];
		r->island[i] = s->island[s->n - 1 - i];
	}
	hint_all(s);
	hint_all(r);
	play(s);
	play(r);
	assert_int_equal(s->n_whole, r->n_whole);
	assert_int_equal(s->n_narrow, r->n_narrow);
	for (int a = 0; a < s->n; a++)
		for (int b = a + 1; b < s->n; b++)
			assert_int_equal(s->whole[a][b], r->whole[s->n - 1 - b][s->n - 1 - a]);
	teardown(s);
	teardown(r);
}

/* A promise that contradicts the place that two clips have come to is searched. */
static void test_contradiction_is_looked_into(void **state)
{
	struct shoot *s;
	int a = 0, b = -1;

	(void)state;
	setup(&s);
	add_island(s, 1, 5, 6.0, 0, 11);
	hint_all(s);
	for (int i = s->n - 1; i > 0 && b < 0; i--)
		if (s->clip[i].track != s->clip[a].track && overlap(s, a, i) < -1000.0)
			b = i;
	assert_true(b > 0);
	hint(s, a, b, 500.0, 3.0);
	as_hints_sort(&s->hints);
	play(s);
	assert_int_equal(s->whole[a][b], 1);
	check(s);
	teardown(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_few_are_all_searched),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_recorder),
		cmocka_unit_test(test_many_devices),
		cmocka_unit_test(test_islands_and_strangers),
		cmocka_unit_test(test_clocks_find_what_the_index_missed),
		cmocka_unit_test(test_lies),
		cmocka_unit_test(test_few_long_ones),
		cmocka_unit_test(test_thorough),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_contradiction_is_looked_into),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
