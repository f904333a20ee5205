/* Hand-made matches -> islands and places: chains, wrong and open edges, devices and their clocks. What
 * the truth of a little shoot says is what must come out, in whatever order it goes in. */
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

#define PLACE_TOL_S 0.1e-3
#define MAX_CLIPS 24
#define MAX_MATCHES 300

static const struct as_solve_config config = {
	.strong = 10.0, .weak = 3.0, .max_p_false = 1e-3, .min_margin = 3.0, .reference = -1};

/* A shoot: what is true of it, and what has been matched. */
struct shoot {
	struct as_solve_clip clip[MAX_CLIPS];
	double start_s[MAX_CLIPS], ppm[MAX_CLIPS]; /* T = start_s + t / (1 + ppm * 1e-6) */
	int n;
	struct as_solve_match match[MAX_MATCHES];
	int n_matches;
};

static int add(struct shoot *s, int track, double start_s, double duration_s, double ppm)
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
	for (int k = 0; k < i; k++)
		s->clip[i].order += s->clip[k].track == track;
	s->start_s[i] = start_s;
	s->ppm[i] = ppm;
	return i;
}

/* Time in a at b's time t. */
static double true_time(const struct shoot *s, int a, int b, double t)
{
	return (s->start_s[b] - s->start_s[a] + t / (1.0 + s->ppm[b] * 1e-6)) *
	       (1.0 + s->ppm[a] * 1e-6);
}

static double true_overlap(const struct shoot *s, int a, int b)
{
	return fmin(s->start_s[a] + s->clip[a].duration_s, s->start_s[b] + s->clip[b].duration_s) -
	       fmax(s->start_s[a], s->start_s[b]);
}

/* A match of a and b as it would be measured, but for an error of the offset. */
static struct as_solve_match *see(struct shoot *s, int a, int b, double score, double error_s)
{
	struct as_solve_match *m = &s->match[s->n_matches++];
	double overlap = fmax(true_overlap(s, a, b), 1.0),
	       from = fmax(0.0, s->start_s[a] - s->start_s[b]);
	double slow = (1.0 + s->ppm[a] * 1e-6) / (1.0 + s->ppm[b] * 1e-6);

	assert_true(a < b && s->n_matches <= MAX_MATCHES);
	*m = (struct as_solve_match){.a = a, .b = b, .found = true};
	m->r.offset_s = true_time(s, a, b, 0.0) + error_s;
	m->r.slope_ppm = (1.0 / slow - 1.0) * 1e6;
	m->r.slope_err_ppm = fmin(30.0, 600.0 / (overlap * sqrt(overlap))); /* 60 s: 1.3 ppm */
	m->r.drift_ppm = m->r.drift_err_ppm = NAN;
	if (overlap >= 60.0) {
		m->r.drift_ppm = m->r.slope_ppm;
		m->r.drift_err_ppm = m->r.slope_err_ppm;
	}
	m->r.ref_s = from + 0.5 * overlap;
	m->r.ref_err_s = 0.03e-3;
	m->r.offset_err_s = hypot(m->r.ref_err_s, m->r.slope_err_ppm * 1e-6 * m->r.ref_s);
	m->r.score = score;
	m->r.p_false = pow(10.0, -score);
	m->r.margin = 30.0;
	m->r.evidence = 30.0 * overlap;
	m->r.strength = 10.0;
	m->r.overlap_s = m->r.matched_s = overlap;
	m->r.n_pieces = 1;
	m->r.pieces[0] = (struct as_match_piece){0.0, s->clip[b].duration_s, m->r.offset_s,
						 m->r.offset_err_s};
	return m;
}

/* Everything of different devices that overlaps by 5 s or more. */
static void see_all(struct shoot *s)
{
	for (int a = 0; a < s->n; a++)
		for (int b = a + 1; b < s->n; b++)
			if (s->clip[a].track != s->clip[b].track && true_overlap(s, a, b) > 5.0)
				see(s, a, b, 30.0, 0.0);
}

static struct as_solution solve_with(const struct shoot *s, const struct as_solve_config *cfg)
{
	struct as_solution out;

	assert_int_equal(as_solve(s->clip, s->n, s->match, s->n_matches, cfg, NULL, &out, NULL),
			 AS_OK);
	assert_int_equal(out.n_clips, s->n);
	return out;
}

static struct as_solution solve(const struct shoot *s)
{
	return solve_with(s, &config);
}

static bool is_placed(const struct as_solve_placement *p)
{
	return p->verdict >= AS_VERDICT_MODERATE;
}

/* Whatever went in: numbers are numbers, islands are counted right, no device runs twice at a time. */
static void check_sane(const struct shoot *s, const struct as_solution *out,
		       const struct as_solve_config *cfg)
{
	int members[MAX_CLIPS + 1] = {0};

	assert_in_range(out->n_islands, 0, s->n / 2);
	for (int i = 0; i < s->n; i++) {
		const struct as_solve_placement *p = &out->placements[i];

		assert_int_equal(is_placed(p), p->island > 0);
		assert_in_range(p->island, 0, out->n_islands);
		assert_in_range(p->n_candidates, 0, AS_MATCH_CANDIDATES);
		assert_true(p->p_false >= 0.0 && p->p_false <= 1.0);
		members[p->island]++;
		if (!is_placed(p)) {
			assert_true(isnan(p->start_s) && p->n_segments == 0);
			continue;
		}
		assert_true(p->start_s >= -1e-9 && p->start_err_s > 0.0);
		assert_true(p->start_s < out->island_s[p->island - 1]);
		assert_true(isfinite(p->drift_ppm) == isfinite(p->drift_err_ppm));
		assert_in_range(p->n_segments, 1, AS_MATCH_PIECES);
		assert_true(p->segments[0].from_s == 0.0 && p->segments[0].start_s == p->start_s);
		assert_true(fabs(p->segments[p->n_segments - 1].to_s - s->clip[i].duration_s) <
			    1e-9);
		for (int k = 0; k < i && !cfg->takes; k++) {
			const struct as_solve_placement *q = &out->placements[k];
			double from = fmax(p->start_s, q->start_s);
			double to = fmin(p->start_s + s->clip[i].duration_s,
					 q->start_s + s->clip[k].duration_s);

			if (s->clip[k].track == s->clip[i].track && is_placed(q) &&
			    q->island == p->island)
				assert_true(to - from < 0.6);
		}
	}
	for (int i = 1; i <= out->n_islands; i++)
		assert_true(members[i] >= 2 && (i == 1 || members[i] <= members[i - 1]));
	for (int i = 0; i < s->n_matches; i++) {
		const struct as_solve_match *m = &s->match[i];
		const struct as_solve_placement *p = &out->placements[m->a],
						*q = &out->placements[m->b];

		if (p->island && p->island == q->island && m->found)
			assert_true(isfinite(out->residual_s[i]));
	}
}

/* Clips i and k are in one island, as far apart as they are. */
static void check_apart(const struct shoot *s, const struct as_solution *out, int i, int k)
{
	const struct as_solve_placement *p = &out->placements[i], *q = &out->placements[k];

	assert_true(is_placed(p) && is_placed(q));
	assert_int_equal(p->island, q->island);
	assert_true(fabs((q->start_s - p->start_s) - (s->start_s[k] - s->start_s[i])) <
		    PLACE_TOL_S);
}

static void check_all_placed(const struct shoot *s, const struct as_solution *out)
{
	for (int i = 1; i < s->n; i++)
		check_apart(s, out, 0, i);
}

/* --- little --- */

static void test_empty(void **state)
{
	struct shoot s = {0};
	struct as_solution out = solve(&s);
	struct as_plan plan;

	(void)state;
	assert_int_equal(out.n_islands, 0);
	assert_int_equal(out.reference, -1);
	as_solution_done(&out);
	as_solution_done(&out); /* twice does no harm */
	assert_int_equal(as_solve(NULL, 0, NULL, 0, &config, NULL, &out, NULL), AS_OK);
	as_solution_done(&out);
	assert_int_equal(as_solve_next(NULL, 0, NULL, 0, NULL, &config, NULL, &plan, NULL), AS_OK);
	assert_int_equal(plan.n, 0);
	as_plan_done(&plan);
}

static void test_one_clip(void **state)
{
	struct shoot s = {0};
	struct as_solution out;
	struct as_plan plan;

	(void)state;
	add(&s, 0, 0.0, 100.0, 0.0);
	out = solve(&s);
	check_sane(&s, &out, &config);
	assert_int_equal(out.placements[0].verdict, AS_VERDICT_UNPLACED);
	assert_int_equal(out.placements[0].reason, AS_REASON_ALONE);
	assert_int_equal(out.n_islands, 0);
	assert_int_equal(out.reference, -1);
	as_solution_done(&out);
	assert_int_equal(as_solve_next(s.clip, 1, NULL, 0, NULL, &config, NULL, &plan, NULL),
			 AS_OK);
	assert_int_equal(plan.n, 0);
	as_plan_done(&plan);
}

/* One match alone: its score makes the verdict, and the least of them is not enough without a second witness. */
static void test_verdicts(void **state)
{
	static const struct {
		double score;
		enum as_verdict verdict;
		enum as_reason reason;
	} row[] = {{60.0, AS_VERDICT_STRONG, AS_REASON_STRONG},
		   {10.0, AS_VERDICT_STRONG, AS_REASON_STRONG},
		   {9.9, AS_VERDICT_MODERATE, AS_REASON_MODERATE},
		   {5.5, AS_VERDICT_MODERATE, AS_REASON_MODERATE},
		   {4.0, AS_VERDICT_WEAK, AS_REASON_LONE},
		   {2.9, AS_VERDICT_UNPLACED, AS_REASON_SCORE},
		   {0.0, AS_VERDICT_UNPLACED, AS_REASON_SCORE}};

	(void)state;
	for (int k = 0; k < 7; k++) {
		struct shoot s = {0};
		struct as_solution out;

		add(&s, 0, 0.0, 100.0, 0.0);
		add(&s, 1, 30.0, 50.0, 0.0);
		see(&s, 0, 1, row[k].score, 0.0);
		out = solve(&s);
		check_sane(&s, &out, &config);
		for (int i = 0; i < 2; i++) {
			const struct as_solve_placement *p = &out.placements[i];

			assert_int_equal(p->verdict, row[k].verdict);
			assert_int_equal(p->reason, row[k].reason);
			assert_int_equal(p->n_agreeing, row[k].score >= config.weak);
			assert_true(fabs(p->confidence - row[k].score) < 1e-9);
			assert_int_equal(p->method,
					 row[k].verdict ? AS_METHOD_AUDIO : AS_METHOD_NONE);
		}
		if (row[k].verdict >= AS_VERDICT_MODERATE)
			check_all_placed(&s, &out);
		assert_int_equal(out.n_islands, row[k].verdict >= AS_VERDICT_MODERATE);
		as_solution_done(&out);
	}
}

static void test_p_false_limit(void **state)
{
	struct shoot s = {0};
	struct as_solve_config cfg = config;
	struct as_solution out;

	(void)state;
	add(&s, 0, 0.0, 100.0, 0.0);
	add(&s, 1, 30.0, 50.0, 0.0);
	see(&s, 0, 1, 8.0, 0.0);
	cfg.max_p_false = 1e-9;
	out = solve_with(&s, &cfg);
	check_sane(&s, &out, &cfg);
	assert_int_equal(out.n_islands, 0);
	as_solution_done(&out);
}

static void test_nothing_found(void **state)
{
	struct shoot s = {0};
	struct as_solution out;

	(void)state;
	for (int i = 0; i < 4; i++)
		add(&s, i, 10.0 * i, 100.0, 0.0);
	for (int a = 0; a < 4; a++)
		for (int b = a + 1; b < 4; b++) {
			struct as_solve_match *m = see(&s, a, b, 0.0, 0.0);

			memset(&m->r, 0, sizeof(m->r));
			m->found = false;
		}
	out = solve(&s);
	check_sane(&s, &out, &config);
	for (int i = 0; i < 4; i++) {
		assert_int_equal(out.placements[i].verdict, AS_VERDICT_UNPLACED);
		assert_int_equal(out.placements[i].reason, AS_REASON_NO_MATCH);
	}
	for (int i = 0; i < s.n_matches; i++)
		assert_true(!out.used[i] && isnan(out.residual_s[i]));
	as_solution_done(&out);
}

/* --- graphs --- */

/* Only neighbours overlap: the last clip is placed through all the others. */
static void test_chain(void **state)
{
	struct shoot s = {0};
	struct as_solution out;

	(void)state;
	for (int i = 0; i < 10; i++)
		add(&s, i % 3, 80.0 * i, 100.0, 0.0);
	for (int i = 0; i + 1 < 10; i++)
		see(&s, i, i + 1, 15.0, 0.0);
	out = solve(&s);
	check_sane(&s, &out, &config);
	check_all_placed(&s, &out);
	assert_int_equal(out.n_islands, 1);
	assert_true(fabs(out.island_s[0] - 820.0) < 1e-3);
	for (int i = 0; i < s.n_matches; i++)
		assert_true(out.used[i] && fabs(out.residual_s[i]) < PLACE_TOL_S);
	as_solution_done(&out);
}

/* The bigger group is the first island; each starts at 0. */
static void test_islands(void **state)
{
	struct shoot s = {0};
	struct as_solution out;

	(void)state;
	add(&s, 0, 5000.0, 300.0, 0.0);
	add(&s, 1, 5100.0, 100.0, 0.0);
	add(&s, 0, 100.0, 60.0, 0.0);
	add(&s, 1, 90.0, 50.0, 0.0);
	add(&s, 2, 110.0, 40.0, 0.0);
	add(&s, 2, 9000.0, 40.0, 0.0); /* overlaps nothing */
	see_all(&s);
	out = solve(&s);
	check_sane(&s, &out, &config);
	assert_int_equal(out.n_islands, 2);
	for (int i = 2; i <= 4; i++)
		assert_int_equal(out.placements[i].island, 1);
	check_apart(&s, &out, 2, 3);
	check_apart(&s, &out, 2, 4);
	assert_int_equal(out.placements[0].island, 2);
	check_apart(&s, &out, 0, 1);
	assert_int_equal(out.placements[5].verdict, AS_VERDICT_UNPLACED);
	assert_true(fabs(out.placements[3].start_s) < 1e-6 &&
		    fabs(out.placements[0].start_s) < 1e-6);
	assert_true(fabs(out.island_s[0] - 70.0) < 1e-3 && fabs(out.island_s[1] - 300.0) < 1e-3);
	as_solution_done(&out);
}

/* One edge is wrong by 16 s and shouts in a few bars; the others agree with each other. */
static void test_wrong_edge_is_outvoted(void **state)
{
	(void)state;
	for (int wrong = 0; wrong < 10; wrong++) {
		struct shoot s = {0};
		struct as_solution out;
		int k = 0;

		for (int i = 0; i < 5; i++)
			add(&s, i, 7.0 * i, 120.0, 0.0);
		for (int a = 0; a < 5; a++)
			for (int b = a + 1; b < 5; b++, k++)
				if (k != wrong)
					see(&s, a, b, 20.0, 0.0);
				else
					see(&s, a, b, 60.0, 16.0);
		out = solve(&s);
		check_sane(&s, &out, &config);
		check_all_placed(&s, &out);
		for (int i = 0; i < s.n_matches; i++) {
			assert_int_equal(out.used[i], i != wrong);
			assert_true(fabs(out.residual_s[i] + (i == wrong ? 16.0 : 0.0)) <
				    PLACE_TOL_S);
		}
		as_solution_done(&out);
	}
}

/* A match that differs by 20 ms from the others, as a strong echo may, does not pull them along. */
static void test_small_error_does_not_spread(void **state)
{
	struct shoot s = {0};
	struct as_solution out;

	(void)state;
	for (int i = 0; i < 6; i++)
		add(&s, i, 5.0 * i, 120.0, 0.0);
	for (int a = 0; a < 6; a++)
		for (int b = a + 1; b < 6; b++)
			see(&s, a, b, 20.0, a == 1 && b == 4 ? 0.02 : 0.0);
	out = solve(&s);
	check_all_placed(&s, &out);
	for (int i = 0; i < s.n_matches; i++)
		assert_true(fabs(out.residual_s[i] +
				 (s.match[i].a == 1 && s.match[i].b == 4 ? 0.02 : 0.0)) <
			    PLACE_TOL_S);
	as_solution_done(&out);
}

/* --- devices --- */

/* A false match would put the camera's second clip into its first one. */
static void test_device_cannot_overlap(void **state)
{
	struct as_solve_config takes = config;

	(void)state;
	takes.takes = true;
	for (int k = 0; k < 2; k++) {
		const struct as_solve_config *cfg = k ? &takes : &config;
		struct shoot s = {0};
		struct as_solution out;

		add(&s, 0, 0.0, 300.0, 0.0);
		add(&s, 1, 20.0, 60.0, 0.0);
		add(&s, 1, 60.0, 60.0,
		    0.0); /* 20 s while clip 1 still runs: only a second take can */
		see(&s, 0, 1, 40.0, 0.0);
		see(&s, 0, 2, 30.0, 0.0);
		out = solve_with(&s, cfg);
		check_sane(&s, &out, cfg);
		check_apart(&s, &out, 0, 1);
		assert_int_equal(is_placed(&out.placements[2]), cfg->takes);
		if (cfg->takes)
			check_apart(&s, &out, 0, 2);
		as_solution_done(&out);
	}
}

/* What the device's own clock says about the order counts; its rival place is taken. */
static void test_device_order(void **state)
{
	(void)state;
	for (int k = 0; k < 2; k++) {
		struct shoot s = {0};
		struct as_solution out;

		add(&s, 0, 0.0, 400.0, 0.0);
		add(&s, 1, 200.0, 60.0, 0.0);
		add(&s, 1, 100.0, 60.0, 0.0);
		s.clip[1].created_s = 1e9 + 200.0;
		s.clip[2].created_s =
			1e9 + (k ? 300.0 : 100.0); /* k: later, so it cannot sit at 100 */
		see(&s, 0, 1, 40.0, 0.0);
		see(&s, 0, 2, 30.0, 0.0);
		out = solve(&s);
		check_sane(&s, &out, &config);
		check_apart(&s, &out, 0, 1);
		assert_int_equal(is_placed(&out.placements[2]), !k);
		as_solution_done(&out);
	}
}

/* The slope drawn to 0, as the fit does where it knows little; the line stays where it is known. */
static void flatten(struct as_match_result *r)
{
	double t = r->offset_s + r->ref_s / (1.0 + r->slope_ppm * 1e-6);

	r->slope_ppm = 0.0;
	r->offset_s = t - r->ref_s;
}

/* A short clip tells no drift of its own; its device's long clip knows it. */
static void test_drift_is_the_devices(void **state)
{
	struct shoot s = {0};
	struct as_solution out;

	(void)state;
	add(&s, 0, 0.0, 3600.0, 0.0);
	add(&s, 1, 100.0, 1500.0, 48.0);
	add(&s, 1, 2000.0, 15.0, 48.0);
	add(&s, 2, 50.0, 2500.0, -61.0);
	see_all(&s);
	for (int i = 0; i < s.n_matches; i++)
		if (s.match[i].b == 2 || s.match[i].a == 2)
			flatten(&s.match[i].r);
	out = solve(&s);
	check_sane(&s, &out, &config);
	check_all_placed(&s, &out);
	for (int i = 0; i < 4; i++) {
		assert_true(fabs(out.placements[i].drift_ppm - s.ppm[i]) < 0.5);
		assert_true(out.placements[i].drift_err_ppm < 5.0);
	}
	assert_true(out.placements[0].drift_ppm == 0.0 || fabs(out.placements[0].drift_ppm) < 1e-3);
	as_solution_done(&out);
}

/* 120 ppm over 3 h: right at the first sample and at the last. */
static void test_large_drift(void **state)
{
	static const double ppm[] = {120.0, -120.0, 240.0};

	(void)state;
	for (int k = 0; k < 3; k++) {
		struct shoot s = {0};
		struct as_solution out;
		double end, want;

		add(&s, 0, 0.0, 10800.0, 0.0);
		add(&s, 1, 60.0, 10700.0, ppm[k]);
		see(&s, 0, 1, 99.0, 0.0);
		out = solve(&s);
		check_sane(&s, &out, &config);
		check_all_placed(&s, &out);
		assert_true(fabs(out.placements[1].drift_ppm - ppm[k]) < 0.02);
		end = out.placements[1].start_s - out.placements[0].start_s +
		      10700.0 / (1.0 + out.placements[1].drift_ppm * 1e-6);
		want = 60.0 + 10700.0 / (1.0 + ppm[k] * 1e-6);
		assert_true(fabs(end - want) < PLACE_TOL_S);
		as_solution_done(&out);
	}
}

static void test_no_drift_known(void **state)
{
	struct shoot s = {0};
	struct as_solution out;

	(void)state;
	add(&s, 0, 0.0, 100.0, 0.0);
	add(&s, 1, 10.0, 8.0, 0.0);
	see(&s, 0, 1, 20.0, 0.0);
	out = solve(&s);
	check_sane(&s, &out, &config);
	check_all_placed(&s, &out);
	assert_true(isnan(out.placements[1].drift_ppm));
	as_solution_done(&out);
}

/* --- the reference --- */

static void test_reference(void **state)
{
	struct as_solve_config cfg = config;
	struct shoot s = {0};
	struct as_solution out;

	(void)state;
	add(&s, 0, 0.0, 300.0, 30.0);
	add(&s, 1, 10.0, 800.0, 0.0); /* the widest */
	add(&s, 2, 500.0, 200.0, -20.0);
	see_all(&s);
	out = solve(&s);
	assert_int_equal(out.reference, 1);
	assert_true(fabs(out.placements[0].drift_ppm - 30.0) < 0.2);
	assert_true(fabs(out.placements[2].drift_ppm + 20.0) < 0.5);
	as_solution_done(&out);
	/* asked for: its clock rules, and the others are told against it */
	cfg.reference = 0;
	out = solve_with(&s, &cfg);
	check_sane(&s, &out, &cfg);
	assert_int_equal(out.reference, 0);
	assert_true(fabs(out.placements[0].drift_ppm) < 1e-3);
	assert_true(fabs(out.placements[1].drift_ppm + 30.0) < 0.2);
	assert_true(fabs(out.placements[2].drift_ppm + 50.0) < 0.5);
	as_solution_done(&out);
}

/* Of islands with as many clips the longer one has the reference, whatever their content is. */
static void test_reference_of_equal_islands(void **state)
{
	(void)state;
	for (int rising = 0; rising < 2; rising++) {
		struct shoot s = {0};
		struct as_solution out;
		add(&s, 0, 0.0, 20.0, 0.0);
		add(&s, 1, 5.0, 15.0, 0.0);
		add(&s, 2, 1000.0, 100.0, 0.0);
		add(&s, 3, 1010.0, 120.0, 0.0);
		see_all(&s);
		for (int i = 0; i < 4; i++)
			s.clip[i].key = UINT64_C(1) << (rising ? i : 3 - i);
		out = solve(&s);
		assert_int_equal(out.reference, 3);
		as_solution_done(&out);
	}
}

/* A reference that is nowhere near leaves the places alone. */
static void test_reference_without_place(void **state)
{
	struct as_solve_config cfg = config;
	struct shoot s = {0};
	struct as_solution out;

	(void)state;
	add(&s, 0, 0.0, 300.0, 0.0);
	add(&s, 1, 10.0, 200.0, 0.0);
	add(&s, 2, 9000.0, 200.0, 0.0);
	see_all(&s);
	cfg.reference = 2;
	out = solve_with(&s, &cfg);
	check_sane(&s, &out, &cfg);
	assert_int_equal(out.reference, 2);
	check_apart(&s, &out, 0, 1);
	assert_int_equal(out.n_islands, 1);
	as_solution_done(&out);
}

/* --- open places --- */

/* Two places, equally good: the clip stays out, ambiguous, and both are named on the island's timeline. */
static void test_ambiguous(void **state)
{
	struct shoot s = {0};
	struct as_solve_match *m;
	struct as_solution out;
	int seen = 0;

	(void)state;
	add(&s, 0, 100.0, 300.0, 0.0);
	add(&s, 1, 90.0, 200.0, 0.0);
	add(&s, 2, 150.0, 30.0, 0.0);
	see(&s, 0, 1, 30.0, 0.0);
	m = see(&s, 0, 2, 30.0, 0.0);
	m->r.margin = 0.2;
	m->r.n_alts = 1;
	m->r.alts[0] = (struct as_match_alt){m->r.offset_s + 8.0, 29.0, 0.2};
	out = solve(&s);
	check_sane(&s, &out, &config);
	check_apart(&s, &out, 0, 1);
	assert_int_equal(out.placements[2].verdict, AS_VERDICT_AMBIGUOUS);
	assert_true(out.placements[2].margin < config.min_margin);
	for (int i = 0; i < out.placements[2].n_candidates; i++)
		for (int k = 0; k < 2; k++)
			seen += fabs(out.placements[2].candidates[i].start_s - (60.0 + 8.0 * k)) <
				PLACE_TOL_S;
	assert_int_equal(seen, 2);
	assert_int_equal(out.placements[2].n_candidates, 2);
	assert_int_equal(out.placements[2].reason, AS_REASON_SUPPORT); /* 0.2 + 0.5 decades are too few for any */
	assert_true(out.placements[2].support < config.weak);
	assert_true(out.placements[2].beside == 0 || out.placements[2].beside == 1);
	assert_true(fabs(out.placements[2].candidates[1].margin - 0.2) < 1e-9);
	as_solution_done(&out);
	m->r.margin = m->r.alts[0].margin = 2.6; /* enough for a place, not for the choice */
	out = solve(&s);
	assert_int_equal(out.placements[2].reason, AS_REASON_MARGIN);
	as_solution_done(&out);
	s.clip[2].usable = false;
	s.n_matches = 1;
	out = solve(&s);
	assert_int_equal(out.placements[2].reason, AS_REASON_FAINT);
	as_solution_done(&out);
}

/* The same two places, but a third clip was heard by both and knows which. */
static void test_third_clip_decides(void **state)
{
	(void)state;
	for (int right = 0; right < 2; right++) {
		struct shoot s = {0};
		struct as_solve_match *m;
		struct as_solution out;

		add(&s, 0, 100.0, 300.0, 0.0);
		add(&s, 1, 90.0, 200.0, 0.0);
		add(&s, 2, 150.0, 30.0, 0.0);
		see(&s, 0, 1, 30.0, 0.0);
		m = see(&s, 0, 2, 30.0,
			right ? 8.0 : 0.0); /* the best is the wrong one in the second round */
		m->r.margin = 0.2;
		m->r.n_alts = 1;
		m->r.alts[0] =
			(struct as_match_alt){m->r.offset_s + (right ? -8.0 : 8.0), 29.0, 0.2};
		see(&s, 1, 2, 20.0, 0.0);
		out = solve(&s);
		check_sane(&s, &out, &config);
		check_all_placed(&s, &out);
		as_solution_done(&out);
	}
}

/* The place that comes first and the one that explains the sound better are two: neither is taken, both are told. */
static void test_disputed_place_is_open(void **state)
{
	(void)state;
	struct shoot s = {0};
	struct as_solve_match *m;
	struct as_solution out;

	add(&s, 0, 0.0, 60.0, 0.0);
	add(&s, 1, 20.0, 60.0, 0.0);
	m = see(&s, 0, 1, 30.0, 0.0);
	m->r.margin = -4.0;
	m->r.n_alts = 1;
	m->r.alts[0] = (struct as_match_alt){m->r.offset_s - 46.0, 29.0, -4.0};
	out = solve(&s);
	check_sane(&s, &out, &config);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(out.placements[i].verdict, AS_VERDICT_AMBIGUOUS);
		assert_int_equal(out.placements[i].n_candidates, 2);
		assert_true(out.placements[i].confidence >= config.weak);
	}
	as_solution_done(&out);
}

/* A song repeats after 12 s. The recorder that heard it whole shows both places of the last clip and leans to the right one;
 * short clips that lie at the wrong one match it as well, and had no room to see the other: they do not decide. */
static void test_clips_without_room_do_not_outvote(void **state)
{
	(void)state;
	struct shoot s = {0};
	struct as_solve_match *m;
	struct as_solution out;

	add(&s, 0, 0.0, 600.0, 0.0);
	for (int k = 1; k < 4; k++) {
		add(&s, k, 124.0, 12.0, 0.0);
		see(&s, 0, k, 30.0, 0.0);
	}
	add(&s, 4, 112.0, 12.0, 0.0);
	m = see(&s, 0, 4, 30.0, 0.0);
	m->r.margin = 2.3;
	m->r.n_alts = 1;
	m->r.alts[0] = (struct as_match_alt){m->r.offset_s + 12.0, 29.0, 2.3};
	for (int k = 1; k < 4; k++) {
		m = see(&s, k, 4, 30.0, 12.0);
		m->r.ref_s = 6.0;
	}
	out = solve(&s);
	check_sane(&s, &out, &config);
	assert_true(is_placed(&out.placements[3]));
	if (is_placed(&out.placements[4]))
		check_apart(&s, &out, 0, 4);
	else
		assert_int_equal(out.placements[4].verdict, AS_VERDICT_AMBIGUOUS);
	as_solution_done(&out);
}

/* A match of two clips of which one was made at another performance of the same songs. */
static void see_again(struct shoot *s, int a, int b)
{
	struct as_solve_match *m = see(s, a, b, 30.0, a / 2 == 0 ? -10000.0 : 10000.0);

	m->r.ref_s = 0.5 * s->clip[b].duration_s;
	m->r.evidence = 5e4; /* tried first */
}

/* The same songs at a rehearsal and at the show: two phones found each other, and match both. They lie where the clocks of the
 * recorders have them. */
static void test_clocks_tell_performances_apart(void **state)
{
	(void)state;
	struct shoot s = {0};
	struct as_solution out;

	add(&s, 0, 0.0, 400.0, 0.0); /* rehearsal */
	add(&s, 1, 20.0, 300.0, 0.0);
	add(&s, 0, 10000.0, 400.0, 0.0); /* show */
	add(&s, 1, 10020.0, 300.0, 0.0);
	add(&s, 2, 10050.0, 40.0, 0.0);
	add(&s, 3, 10060.0, 40.0, 0.0);
	for (int i = 0; i < s.n; i++)
		s.clip[i].created_s = 1e9 + s.start_s[i] + 20.0 * s.clip[i].track;
	see(&s, 0, 1, 30.0, 0.0)->r.evidence = 1e5; /* before all others */
	see(&s, 2, 3, 30.0, 0.0)->r.evidence = 1e5;
	see(&s, 4, 5, 30.0, 0.0)->r.evidence = 1e5;
	for (int k = 4; k < 6; k++) {
		see_again(&s, 0, k);
		see_again(&s, 1, k);
		see(&s, 2, k, 30.0, 0.0);
		see(&s, 3, k, 30.0, 0.0);
	}
	out = solve(&s);
	check_sane(&s, &out, &config);
	check_apart(&s, &out, 2, 4);
	check_apart(&s, &out, 2, 5);
	check_apart(&s, &out, 0, 1);
	assert_int_not_equal(out.placements[0].island, out.placements[2].island);
	as_solution_done(&out);
}

/* Lost samples in one clip show in all its matches: two segments, each at its place. */
static void test_lost_samples(void **state)
{
	struct shoot s = {0};
	struct as_solution out;

	(void)state;
	add(&s, 0, 0.0, 600.0, 0.0);
	add(&s, 1, 5.0, 600.0, 0.0);
	add(&s, 2, 50.0, 400.0, 0.0);
	see_all(&s);
	for (int i = 0; i < s.n_matches; i++) {
		struct as_match_result *r = &s.match[i].r;

		if (s.match[i].b != 2)
			continue;
		r->n_pieces = 2;
		r->pieces[0].to_s = 150.0;
		r->pieces[1] = r->pieces[0];
		r->pieces[1].from_s = 150.0;
		r->pieces[1].to_s = 400.0;
		r->pieces[1].offset_s += 0.25;
		r->ref_s = 60.0; /* within the first piece, which offset_s speaks of */
	}
	out = solve(&s);
	check_sane(&s, &out, &config);
	check_all_placed(&s, &out);
	assert_int_equal(out.placements[2].n_segments, 2);
	assert_true(fabs(out.placements[2].segments[0].to_s - 150.0) < 5.0);
	assert_true(fabs(out.placements[2].segments[1].start_s - out.placements[2].start_s - 0.25) <
		    0.5e-3);
	assert_int_equal(out.placements[0].n_segments, 1);
	assert_int_equal(out.placements[1].n_segments, 1);
	as_solution_done(&out);
}

/* Two matches see a loss, three see it at times of their own, too far from it to say the same: the two are believed. */
static void test_lost_though_many_deny_it(void **state)
{
	enum { LOST = 5, N = 6 };
	struct shoot s = {0};
	struct as_solution out;

	(void)state;
	for (int i = 0; i < N; i++)
		add(&s, i, 4.0 * i, 600.0 - 8.0 * i, 0.0);
	see_all(&s);
	for (int i = 0; i < s.n_matches; i++) {
		struct as_match_result *r = &s.match[i].r;

		if (s.match[i].b != LOST)
			continue;
		r->n_pieces = 2;
		r->pieces[0].to_s = s.match[i].a < 2 ? 150.0 : 150.0 + 12.0 * s.match[i].a;
		r->pieces[1] = r->pieces[0];
		r->pieces[1].from_s = r->pieces[0].to_s;
		r->pieces[1].to_s = 560.0;
		r->pieces[1].offset_s += 0.25;
		r->ref_s = 60.0;
	}
	out = solve(&s);
	check_sane(&s, &out, &config);
	check_all_placed(&s, &out);
	assert_int_equal(out.placements[LOST].n_segments, 2);
	assert_true(fabs(out.placements[LOST].segments[0].to_s - 150.0) < 5.0);
	assert_true(fabs(out.placements[LOST].segments[1].start_s - out.placements[LOST].start_s - 0.25) < 0.5e-3);
	for (int i = 0; i < LOST; i++)
		assert_int_equal(out.placements[i].n_segments, 1);
	as_solution_done(&out);
}

/* 2.5 s lost, told by clips whose clocks are off: what is missing is missing by the reference's clock. */
static void test_lost_by_another_clock(void **state)
{
	enum { LOST = 2 };
	struct as_solve_config cfg = config;
	struct shoot s = {0};
	struct as_solution out;
	const double lost_s = 2.5;

	(void)state;
	add(&s, 0, 0.0, 600.0, 100.0);
	add(&s, 1, 5.0, 600.0, 0.0);
	add(&s, 2, 50.0, 400.0, -100.0);
	cfg.reference = 1;
	see_all(&s);
	for (int i = 0; i < s.n_matches; i++) {
		struct as_match_result *r = &s.match[i].r;

		if (s.match[i].b != LOST)
			continue;
		r->n_pieces = 2;
		r->pieces[0].to_s = 150.0;
		r->pieces[1] = r->pieces[0];
		r->pieces[1].from_s = 150.0;
		r->pieces[1].to_s = 400.0;
		r->pieces[1].offset_s += lost_s * (1.0 + s.ppm[s.match[i].a] * 1e-6);
		r->ref_s = 60.0;
	}
	out = solve_with(&s, &cfg);
	check_sane(&s, &out, &cfg);
	check_all_placed(&s, &out);
	assert_int_equal(out.placements[LOST].n_segments, 2);
	assert_true(fabs(out.placements[LOST].segments[1].start_s - out.placements[LOST].start_s -
			 lost_s) < 2e-6);
	as_solution_done(&out);
}

/* What clip `late`'s clock does: it leaves its line by 8 ms and comes back. */
static double wander(double t)
{
	return 8e-3 * sin(M_PI * t / 600.0) * sin(M_PI * t / 600.0);
}

/* Every match with the clip shows a curve, the others none: the clip is late by it, and its first sample where it was. */
static void test_clock_that_wanders(void **state)
{
	for (int late = 0; late < 3; late++) {
		struct as_solve_config cfg = config;
		struct shoot s = {0};
		struct as_solution out;

		(void)state;
		add(&s, 0, 0.0, 600.0, 0.0);
		add(&s, 1, 0.0, 600.0, 12.0);
		add(&s, 2, 0.0, 600.0, -30.0);
		cfg.reference = (late + 1) % 3;
		see_all(&s);
		for (int i = 0; i < s.n_matches; i++) {
			struct as_match_result *r = &s.match[i].r;
			double sign = s.match[i].b == late ? 1.0 : -1.0;

			if (s.match[i].a != late && s.match[i].b != late)
				continue;
			/* the line was laid through the middle of the curve */
			r->offset_s += sign * 4e-3;
			r->pieces[0].offset_s = r->offset_s;
			for (double t = 10.0; t < 600.0; t += 20.0)
				r->knots[r->n_knots++] = (struct as_match_knot){
					(float)t, (float)(sign * (wander(t) - 4e-3)), 0.05e-3f};
		}
		assert_int_equal(
			as_solve(s.clip, s.n, s.match, s.n_matches, &cfg, NULL, &out, NULL), AS_OK);
		check_sane(&s, &out, &cfg);
		for (int i = 0; i < 3; i++) {
			const struct as_solve_placement *p = &out.placements[i];
			int other = (late + 1) % 3;

			assert_int_equal(p->island, 1);
			assert_true(fabs(p->start_s - out.placements[other].start_s) < 0.3e-3);
			assert_true(p->start_err_s < 1e-3);
			assert_int_equal(p->n_clock > 0, i == late);
			for (int k = 0; k < p->n_clock; k++) {
				double line =
					p->clock[k].at_s *
					(1.0 / (1.0 + p->drift_ppm * 1e-6) -
					 (1.0 + s.ppm[other] * 1e-6) / (1.0 + s.ppm[late] * 1e-6));

				assert_true(!k || p->clock[k].at_s > p->clock[k - 1].at_s);
				assert_true(fabs(p->clock[k].shift_s + line -
						 wander(p->clock[k].at_s)) < 0.5e-3);
			}
			assert_int_equal(p->n_segments, 1);
		}
		as_solution_done(&out);
	}
}

/* --- order of the input --- */

/* The same match with the two clips the other way round (sign rules of types.h). */
static struct as_solve_match turned(const struct as_solve_match *m, const struct shoot *s)
{
	struct as_solve_match t = *m;
	double d = 1.0 + m->r.slope_ppm * 1e-6;

	t.a = m->b;
	t.b = m->a;
	t.r.offset_s = -m->r.offset_s * d;
	t.r.slope_ppm = (1.0 / d - 1.0) * 1e6;
	if (isfinite(m->r.drift_ppm))
		t.r.drift_ppm = t.r.slope_ppm;
	t.r.ref_s = m->r.offset_s + m->r.ref_s / d;
	for (int i = 0; i < m->r.n_alts; i++)
		t.r.alts[i].offset_s = -m->r.alts[i].offset_s * d;
	t.r.pieces[0] = (struct as_match_piece){0.0, s->clip[m->a].duration_s, t.r.offset_s,
						m->r.offset_err_s};
	return t;
}

/* Clips and matches in another order: clip i of *in is clip place[i] of the result. */
static struct shoot shuffled(const struct shoot *in, struct as_rng *r, int *place)
{
	struct shoot out = {.n = in->n, .n_matches = in->n_matches};
	int order[MAX_MATCHES];

	for (int i = 0; i < in->n; i++)
		place[i] = i;
	for (int i = in->n - 1; i > 0; i--) {
		int k = as_rng_below(r, i + 1), t = place[i];

		place[i] = place[k];
		place[k] = t;
	}
	for (int i = 0; i < in->n; i++) {
		out.clip[place[i]] = in->clip[i];
		out.start_s[place[i]] = in->start_s[i];
		out.ppm[place[i]] = in->ppm[i];
	}
	for (int i = 0; i < in->n_matches; i++)
		order[i] = i;
	for (int i = in->n_matches - 1; i > 0; i--) {
		int k = as_rng_below(r, i + 1), t = order[i];

		order[i] = order[k];
		order[k] = t;
	}
	for (int i = 0; i < in->n_matches; i++) {
		struct as_solve_match m = in->match[order[i]];
		bool turn = place[m.a] > place[m.b];

		m = turn ? turned(&m, in) : m;
		m.a = place[m.a];
		m.b = place[m.b];
		out.match[i] = m;
	}
	return out;
}

/* Some devices, their clips one after another, and matches with noise, some of them false. */
static struct shoot any_shoot(uint64_t seed)
{
	struct shoot s = {0};
	struct as_rng r;
	int tracks;

	as_rng_seed(&r, seed);
	tracks = 2 + as_rng_below(&r, 3);
	for (int t = 0; t < tracks; t++) {
		double at = as_rng_uniform(&r, 0.0, 60.0), ppm = as_rng_uniform(&r, -60.0, 60.0);

		for (int k = 1 + as_rng_below(&r, 4); k > 0; k--) {
			double length = as_rng_uniform(&r, 10.0, 400.0);

			add(&s, t, at, length, ppm);
			at += length + as_rng_uniform(&r, 1.0, 120.0);
		}
	}
	for (int a = 0; a < s.n; a++)
		for (int b = a + 1; b < s.n; b++) {
			double false_at = as_rng_uniform(&r, -200.0, 200.0),
			       luck = as_rng_uniform(&r, 0.0, 1.0);

			if (s.clip[a].track == s.clip[b].track)
				continue;
			if (luck < 0.04)
				see(&s, a, b, as_rng_uniform(&r, 2.0, 8.0), false_at);
			else if (true_overlap(&s, a, b) > 5.0)
				see(&s, a, b, as_rng_uniform(&r, 4.0, 60.0),
				    0.03e-3 * as_rng_normal(&r));
		}
	return s;
}

static void test_order_of_input(void **state)
{
	struct as_rng r;
	int compared = 0;

	(void)state;
	as_rng_seed(&r, 1);
	for (uint64_t seed = 0; seed < 60; seed++) {
		struct shoot s = any_shoot(seed), other;
		struct as_solution x = solve(&s), y;
		int place[MAX_CLIPS];

		check_sane(&s, &x, &config);
		for (int k = 0; k < 3; k++) {
			other = shuffled(&s, &r, place);
			y = solve(&other);
			assert_int_equal(x.n_islands, y.n_islands);
			assert_int_equal(x.reference, y.reference);
			for (int i = 0; i < s.n; i++) {
				const struct as_solve_placement *p = &x.placements[i],
								*q = &y.placements[place[i]];

				assert_int_equal(p->verdict, q->verdict);
				assert_int_equal(p->island, q->island);
				assert_int_equal(p->n_candidates, q->n_candidates);
				if (!is_placed(p))
					continue;
				compared++;
				assert_true(fabs(p->start_s - q->start_s) < 0.02e-3);
				assert_true(isfinite(p->drift_ppm) == isfinite(q->drift_ppm));
				if (isfinite(p->drift_ppm))
					assert_true(fabs(p->drift_ppm - q->drift_ppm) < 0.05);
			}
			as_solution_done(&y);
		}
		as_solution_done(&x);
	}
	assert_true(compared > 500);
}

static void test_same_input_same_bits(void **state)
{
	struct shoot s = any_shoot(77);
	struct as_solution x = solve(&s), y = solve(&s);

	(void)state;
	for (int i = 0; i < s.n; i++)
		assert_memory_equal(&x.placements[i], &y.placements[i], sizeof(x.placements[i]));
	as_solution_done(&x);
	as_solution_done(&y);
}

/* Which clips true matches of 5 decades or more connect. */
static void connected(const struct shoot *s, int *group)
{
	for (int i = 0; i < s->n; i++)
		group[i] = i;
	for (int i = 0; i < s->n_matches; i++) {
		const struct as_solve_match *m = &s->match[i];
		int from = group[m->b], to = group[m->a];

		if (m->r.score < 5.0 || fabs(m->r.offset_s - true_time(s, m->a, m->b, 0.0)) > 1e-3)
			continue;
		for (int k = 0; k < s->n; k++)
			group[k] = group[k] == from ? to : group[k];
	}
}

/* One pair in twenty-five matches at a false place. Clips that true matches connect are still apart as
 * they are. */
static void test_mostly_right(void **state)
{
	int right = 0, wrong = 0, lost = 0;

	(void)state;
	for (uint64_t seed = 100; seed < 220; seed++) {
		struct shoot s = any_shoot(seed);
		struct as_solution out = solve(&s);
		int group[MAX_CLIPS];

		check_sane(&s, &out, &config);
		connected(&s, group);
		for (int i = 0; i < s.n; i++)
			for (int k = 0; k < i; k++) {
				const struct as_solve_placement *p = &out.placements[i],
								*q = &out.placements[k];
				double is = s.start_s[i] - s.start_s[k];

				if (group[i] != group[k])
					continue;
				/* told by one of the devices' clocks */
				if (!p->island || p->island != q->island)
					lost++;
				else if (fabs(p->start_s - q->start_s - is) <
					 5e-3 + 70e-6 * fabs(is))
					right++;
				else
					wrong++;
			}
		as_solution_done(&out);
	}
	assert_true(right > 1000);
	assert_true(wrong <= right / 100);
	assert_true(lost <= right / 50);
}

/* Numbers that no match would give, but a damaged cache might: no crash, nothing that is not a number. */
static void test_hostile_matches(void **state)
{
	struct as_rng r;

	(void)state;
	as_rng_seed(&r, 4);
	for (int k = 0; k < 150; k++) {
		struct shoot s = any_shoot(300 + (uint64_t)k);
		struct as_solution out;

		for (int i = 0; i < s.n_matches; i++) {
			struct as_match_result *m = &s.match[i].r;

			m->offset_s = as_rng_uniform(&r, -1e4, 1e4);
			m->score = as_rng_uniform(&r, 0.0, 99.0);
			m->margin = as_rng_uniform(&r, -2.0, 99.0);
			m->slope_ppm = as_rng_uniform(&r, -300.0, 300.0);
			m->ref_s = as_rng_uniform(&r, -100.0, 1e4);
			m->ref_err_s = pow(10.0, as_rng_uniform(&r, -6.0, 2.0));
			m->evidence = as_rng_uniform(&r, -500.0, 5000.0);
			m->n_alts = as_rng_below(&r, AS_MATCH_CANDIDATES + 1);
			for (int j = 0; j < m->n_alts; j++)
				m->alts[j] = (struct as_match_alt){as_rng_uniform(&r, -1e4, 1e4),
								   as_rng_uniform(&r, 0.0, 99.0),
								   as_rng_uniform(&r, -1.0, 99.0)};
			s.match[i].found = as_rng_below(&r, 5) > 0;
			s.match[i].narrow = as_rng_below(&r, 3) == 0;
		}
		out = solve(&s);
		check_sane(&s, &out, &config);
		as_solution_done(&out);
	}
}

/* --- which pairs to match --- */

/* Plays the engine: matches what is asked for until nothing is. Returns the number of whole searches. */
static int play(struct shoot *s, const struct as_solve_config *cfg)
{
	unsigned char whole[MAX_CLIPS][MAX_CLIPS] = {{0}}, narrow[MAX_CLIPS][MAX_CLIPS] = {{0}};
	int searches = 0;

	for (int round = 0; round < 200; round++) {
		struct as_plan plan;
		const struct as_pair_task *t;
		int n;

		assert_int_equal(as_solve_next(s->clip, s->n, s->match, s->n_matches, NULL, cfg,
					       NULL, &plan, NULL),
				 AS_OK);
		assert_false(plan.wants_hints);
		t = plan.tasks;
		n = plan.n;
		for (int i = 0; i < n; i++) {
			bool near = !isnan(t[i].near_s);
			struct as_solve_match *m;

			assert_true(t[i].a >= 0 && t[i].a < t[i].b && t[i].b < s->n);
			assert_true(s->clip[t[i].a].usable && s->clip[t[i].b].usable);
			assert_true(cfg->takes || s->clip[t[i].a].track != s->clip[t[i].b].track);
			assert_int_equal((near ? narrow : whole)[t[i].a][t[i].b]++, 0);
			searches += !near;
			m = see(s, t[i].a, t[i].b, 30.0, 0.0);
			m->narrow = near;
			m->found = true_overlap(s, t[i].a, t[i].b) > 5.0;
			if (near) {
				assert_true(t[i].near_tol_s > 0.0);
				m->found = m->found &&
					   fabs(m->r.offset_s - t[i].near_s) < t[i].near_tol_s;
			}
			if (!m->found)
				memset(&m->r, 0, sizeof(m->r));
		}
		as_plan_done(&plan);
		if (!n)
			return searches;
	}
	fail_msg("no end of pairs");
	return 0;
}

static void test_pairs_until_done(void **state)
{
	(void)state;
	for (uint64_t seed = 500; seed < 530; seed++) {
		struct shoot s = any_shoot(seed), truth;
		struct as_solution x, y;

		s.n_matches = 0;
		truth = s;
		see_all(&truth);
		play(&s, &config);
		x = solve(&s);
		y = solve(&truth);
		check_sane(&s, &x, &config);
		/* what is known after all that was asked for is what all pairs together would have told */
		assert_int_equal(x.n_islands, y.n_islands);
		for (int i = 0; i < s.n; i++) {
			assert_int_equal(is_placed(&x.placements[i]), is_placed(&y.placements[i]));
			if (is_placed(&x.placements[i]))
				assert_true(fabs(x.placements[i].start_s -
						 y.placements[i].start_s) < 1e-3);
		}
		as_solution_done(&x);
		as_solution_done(&y);
	}
}

/* Where everything overlaps, one clip finds all others and the rest needs only a look nearby. */
static void test_few_whole_searches(void **state)
{
	struct shoot s = {0};

	(void)state;
	for (int i = 0; i < 12; i++)
		add(&s, i, 3.0 * i, 600.0 - 10.0 * i, 0.0);
	assert_int_equal(play(&s, &config), 11);
}

static void test_unusable_is_left_alone(void **state)
{
	struct shoot s = {0};

	(void)state;
	for (int i = 0; i < 5; i++)
		add(&s, i, 0.0, 100.0, 0.0);
	s.clip[2].usable = false;
	play(&s, &config); /* checks it for each task */
	for (int i = 0; i < s.n_matches; i++)
		assert_true(s.match[i].a != 2 && s.match[i].b != 2);
}

/* Many clips of which no two measurements agree: every pair says something else. */
static void test_contradictions_end(void **state)
{
	enum { CLIPS = 330, DEVICES = 11 };
	struct as_solve_clip *clip = calloc(CLIPS, sizeof(*clip));
	struct as_solve_match *match = calloc((size_t)CLIPS * CLIPS / 2, sizeof(*match));
	struct as_solution out;
	struct as_rng rng;
	int n = 0;

	(void)state;
	assert_non_null(clip);
	assert_non_null(match);
	as_rng_seed(&rng, 11);
	for (int i = 0; i < CLIPS; i++)
		clip[i] = (struct as_solve_clip){.track = i % DEVICES,
						 .order = i / DEVICES,
						 .duration_s = as_rng_uniform(&rng, 60.0, 600.0),
						 .created_s = NAN,
						 .start_tc_s = NAN,
						 .active = 1.0,
						 .usable = true,
						 .key = 0x9e3779b97f4a7c15u * (uint64_t)(i + 1)};
	for (int b = 0; b < CLIPS; b++)
		for (int a = 0; a < b; a++) {
			struct as_solve_match *m = &match[n];

			if (clip[a].track == clip[b].track)
				continue;
			*m = (struct as_solve_match){.a = a, .b = b, .found = true};
			m->r.offset_s =
				as_rng_uniform(&rng, -clip[b].duration_s, clip[a].duration_s);
			m->r.slope_err_ppm = 1.0;
			m->r.ref_s = 0.5 * clip[b].duration_s;
			m->r.ref_err_s = 0.1e-3;
			m->r.score = as_rng_uniform(&rng, 5.0, 40.0);
			m->r.margin = as_rng_uniform(&rng, 0.0, 20.0);
			m->r.n_pieces = 1;
			m->r.pieces[0] = (struct as_match_piece){0.0, clip[b].duration_s,
								 m->r.offset_s, 1e-3};
			m->r.n_alts = 1;
			m->r.alts[0] =
				(struct as_match_alt){m->r.offset_s - 30.0, 5.0, m->r.margin};
			n++;
		}
	assert_int_equal(as_solve(clip, CLIPS, match, n, &config, NULL, &out, NULL), AS_OK);
	for (int i = 0; i < CLIPS; i++)
		assert_true(is_placed(&out.placements[i]) == (out.placements[i].island > 0));
	as_solution_done(&out);
	free(clip);
	free(match);
}

static void test_cancel(void **state)
{
	struct shoot s = {0};
	struct as_solution out;
	struct as_plan plan;
	atomic_bool cancel = true;

	(void)state;
	for (int i = 0; i < 6; i++)
		add(&s, i, 10.0 * i, 100.0, 0.0);
	see_all(&s);
	assert_int_equal(as_solve(s.clip, s.n, s.match, s.n_matches, &config, &cancel, &out, NULL),
			 AS_CANCELLED);
	assert_int_equal(as_solve_next(s.clip, s.n, s.match, s.n_matches, NULL, &config, &cancel,
				       &plan, NULL),
			 AS_CANCELLED);
	assert_null(plan.tasks);
	cancel = false;
	assert_int_equal(as_solve(s.clip, s.n, s.match, s.n_matches, &config, &cancel, &out, NULL),
			 AS_OK);
	as_solution_done(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_one_clip),
		cmocka_unit_test(test_verdicts),
		cmocka_unit_test(test_p_false_limit),
		cmocka_unit_test(test_nothing_found),
		cmocka_unit_test(test_chain),
		cmocka_unit_test(test_islands),
		cmocka_unit_test(test_wrong_edge_is_outvoted),
		cmocka_unit_test(test_small_error_does_not_spread),
		cmocka_unit_test(test_device_cannot_overlap),
		cmocka_unit_test(test_device_order),
		cmocka_unit_test(test_drift_is_the_devices),
		cmocka_unit_test(test_large_drift),
		cmocka_unit_test(test_no_drift_known),
		cmocka_unit_test(test_reference),
		cmocka_unit_test(test_reference_of_equal_islands),
		cmocka_unit_test(test_reference_without_place),
		cmocka_unit_test(test_ambiguous),
		cmocka_unit_test(test_third_clip_decides),
		cmocka_unit_test(test_disputed_place_is_open),
		cmocka_unit_test(test_clips_without_room_do_not_outvote),
		cmocka_unit_test(test_clocks_tell_performances_apart),
		cmocka_unit_test(test_lost_samples),
		cmocka_unit_test(test_lost_though_many_deny_it),
		cmocka_unit_test(test_lost_by_another_clock),
		cmocka_unit_test(test_clock_that_wanders),
		cmocka_unit_test(test_order_of_input),
		cmocka_unit_test(test_same_input_same_bits),
		cmocka_unit_test(test_mostly_right),
		cmocka_unit_test(test_hostile_matches),
		cmocka_unit_test(test_pairs_until_done),
		cmocka_unit_test(test_few_whole_searches),
		cmocka_unit_test(test_unusable_is_left_alone),
		cmocka_unit_test(test_contradictions_end),
		cmocka_unit_test(test_cancel),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
