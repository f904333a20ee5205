/* A player that is kept where the sound is, against one made up: its clock, its buffers, its user. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/mpv_follow.h"

#define STEP_S 0.02

/* A room: something is heard, a player plays, and the two are told of each other. */
struct room {
	struct as_follow *f;
	double now_s;
	/* heard: place_s at time 0, then rate a second */
	double place_s, rate, err_s;
	bool locked, ambiguous, hears_player;
	/* the player */
	double at_s, speed, delay_s, seek_takes_s, seek_to_s, until_s, offset_s;
	bool paused, seeking, deaf; /* deaf: takes commands, and does not change */
	/* what was done to it */
	int seeks, speeds, delays;
	double fastest;
	uint64_t seed;
};

static double noise(struct room *r)
{
	r->seed = r->seed * 6364136223846793005u + 1442695040888963407u;
	return (double)(r->seed >> 40) / (1 << 24) - 0.5;
}

static void tell(struct room *r, enum as_player_event_kind kind, double value)
{
	as_follow_see(r->f, &(struct as_player_event){.kind = kind, .value = value, .t_s = r->now_s});
}

static struct room enter(enum as_follow_how how, double heard_s, double player_s)
{
	struct as_follow_config cfg = {.how = how, .dead_band_s = 0.02, .max_speed = 0.005, .seek_beyond_s = 0.3};
	struct room r = {.f = as_follow_new(&cfg),
			 .now_s = 100,
			 .rate = 1,
			 .locked = true,
			 .at_s = player_s,
			 .speed = 1,
			 .seek_takes_s = 0.08,
			 .seed = 7};
	r.place_s = heard_s - r.now_s;
	as_follow_meet(r.f);
	tell(&r, AS_PLAYER_PAUSED, 0);
	tell(&r, AS_PLAYER_IDLE, 0);
	tell(&r, AS_PLAYER_SPEED, 1);
	tell(&r, AS_PLAYER_DELAY, 0);
	tell(&r, AS_PLAYER_DURATION, 3600);
	return r;
}

static double heard(const struct room *r)
{
	return r->hears_player ? r->at_s - 0.15 : r->place_s + r->now_s * r->rate;
}

/* Positive: the player is behind. */
static double off(const struct room *r)
{
	return heard(r) + r->offset_s - (r->at_s + r->delay_s);
}

static void set_speed(struct room *r, double speed)
{
	r->speed = speed;
	tell(r, AS_PLAYER_SPEED, speed);
}

static void start_seek(struct room *r, double to_s)
{
	r->seek_to_s = to_s;
	r->until_s = r->now_s + r->seek_takes_s;
	r->seeking = true;
	tell(r, AS_PLAYER_SEEKS, NAN);
	tell(r, AS_PLAYER_IDLE, 1);
}

static void pause_it(struct room *r, bool on)
{
	r->paused = on;
	tell(r, AS_PLAYER_PAUSED, on);
	tell(r, AS_PLAYER_IDLE, on);
}

static void obey(struct room *r, const struct as_player_command *c)
{
	r->seeks += c->kind == AS_PLAYER_DO_SEEK;
	r->speeds += c->kind == AS_PLAYER_SET_SPEED;
	r->delays += c->kind == AS_PLAYER_SET_DELAY;
	if (r->deaf)
		return;
	if (c->kind == AS_PLAYER_DO_SEEK)
		start_seek(r, c->value);
	if (c->kind == AS_PLAYER_SET_SPEED)
		set_speed(r, c->value);
	if (c->kind == AS_PLAYER_SET_DELAY) {
		r->delay_s = c->value;
		tell(r, AS_PLAYER_DELAY, c->value);
	}
	r->fastest = fmax(r->fastest, fabs(r->speed - 1));
}

static void live(struct room *r, double seconds)
{
	const int n = (int)lround(seconds / STEP_S);
	for (int i = 0; i < n; i++) {
		r->now_s += STEP_S;
		if (r->seeking && r->now_s >= r->until_s) {
			r->seeking = false;
			r->at_s = r->seek_to_s;
			tell(r, AS_PLAYER_RESTARTS, NAN);
			tell(r, AS_PLAYER_IDLE, r->paused);
		} else if (!r->seeking && !r->paused) {
			r->at_s += STEP_S * r->speed;
		}
		/* A picture every 40 ms, told some ms late, and of another moment once in a while. */
		if (i % 2 == 0 && !r->seeking)
			tell(r, AS_PLAYER_POSITION, r->at_s + r->delay_s + 0.004 * noise(r) + (i % 22 == 0 ? 0.012 : 0));
		if (i % 5 == 0)
			as_follow_hear(r->f, &(struct as_follow_heard){.t_s = r->now_s - 0.05,
								      .locked = r->locked,
								      .ambiguous = r->ambiguous,
								      .position_s = r->locked ? heard(r) - 0.05 * r->rate : NAN,
								      .err_s = r->err_s,
								      .drift_ppm = (1 - r->rate) * 1e6});
		struct as_player_command c;
		while ((c = as_follow_step(r->f, r->now_s)).kind != AS_PLAYER_DO_NOTHING)
			obey(r, &c);
	}
}

static void leave(struct room *r)
{
	as_follow_free(r->f);
}

static void assert_near(const struct room *r, double within_s)
{
	if (fabs(off(r)) > within_s)
		fail_msg("off by %.1f ms", off(r) * 1e3);
}

/* ---- tests ---- */

static void test_far_is_sought(void **state)
{
	(void)state;
	struct room r = enter(AS_FOLLOW_SPEED, 300, 12);
	live(&r, 3);
	assert_int_equal(r.seeks, 1);
	live(&r, 40);
	assert_int_equal(r.seeks, 1);
	assert_near(&r, 0.02);
	assert_int_equal(as_follow_state(r.f), AS_FOLLOW_RESTING);
	/* What a seek takes has been learned by the next ones. */
	for (int i = 0; i < 4; i++) {
		r.place_s += 50;
		live(&r, 30);
	}
	assert_int_equal(r.seeks, 5);
	r.place_s -= 120;
	live(&r, 2.5);
	assert_int_equal(r.seeks, 6);
	assert_near(&r, 0.02);
	leave(&r);
}

static void test_near_is_sped(void **state)
{
	(void)state;
	const double offs_s[] = {0.25, -0.25, 0.1, -0.1, 0.03, -0.03};
	for (size_t i = 0; i < sizeof offs_s / sizeof *offs_s; i++) {
		struct room r = enter(AS_FOLLOW_SPEED, 300 + offs_s[i], 300);
		live(&r, 70);
		assert_int_equal(r.seeks, 0);
		assert_int_equal(r.speeds, 2); /* there and back: every change may be heard */
		assert_true(r.fastest <= 0.005 + 1e-9);
		assert_near(&r, 0.005);
		assert_true(r.speed == 1);
		leave(&r);
	}
}

static void test_rests_in_the_dead_band(void **state)
{
	(void)state;
	struct room r = enter(AS_FOLLOW_SPEED, 300.015, 300);
	live(&r, 60);
	assert_int_equal(r.seeks + r.speeds + r.delays, 0);
	assert_int_equal(as_follow_state(r.f), AS_FOLLOW_RESTING);
	assert_true(fabs(as_follow_error_s(r.f) - 0.015) < 0.004);
	/* What is not known any better is no error. */
	r.place_s += 0.03;
	r.err_s = 0.05;
	live(&r, 20);
	assert_int_equal(r.speeds, 0);
	leave(&r);
}

/* A clock that runs away is caught again and again, and never by a seek. */
static void test_drift(void **state)
{
	(void)state;
	struct room r = enter(AS_FOLLOW_SPEED, 300, 300);
	r.place_s = 300 - r.now_s * (r.rate = 1 + 200e-6);
	double worst_s = 0;
	for (int i = 0; i < 600; i++) {
		live(&r, 1);
		worst_s = fmax(worst_s, fabs(off(&r)));
	}
	assert_int_equal(r.seeks, 0);
	assert_true(r.speeds >= 6);
	assert_true(worst_s < 0.03);
	leave(&r);
}

static void test_delay(void **state)
{
	(void)state;
	struct room r = enter(AS_FOLLOW_DELAY, 299.8, 300);
	live(&r, 5);
	assert_int_equal(r.seeks + r.speeds, 0);
	assert_near(&r, 0.005);
	assert_true(fabs(r.delay_s + 0.2) < 0.005);
	/* What the user adds stays the user's, and is made good for. */
	r.delay_s += 0.05;
	tell(&r, AS_PLAYER_DELAY, r.delay_s);
	live(&r, 5);
	assert_near(&r, 0.005);
	struct as_player_command c;
	while ((c = as_follow_restore(r.f)).kind != AS_PLAYER_DO_NOTHING)
		obey(&r, &c);
	assert_true(fabs(r.delay_s - 0.05) < 1e-9);
	leave(&r);
}

/* It hears itself: another speed changes nothing about the distance, a delay does. */
static void test_hears_the_player(void **state)
{
	(void)state;
	struct room r = enter(AS_FOLLOW_SPEED, 0, 300);
	r.hears_player = true;
	live(&r, 60);
	assert_int_equal(as_follow_state(r.f), AS_FOLLOW_STUCK);
	assert_true(r.speed == 1);
	assert_int_equal(r.speeds, 2);
	/* It is not so any more. */
	r.hears_player = false;
	r.place_s = r.at_s + 0.1 - r.now_s;
	live(&r, 60);
	assert_near(&r, 0.005);
	leave(&r);
	r = enter(AS_FOLLOW_DELAY, 0, 300);
	r.hears_player = true;
	live(&r, 10);
	assert_near(&r, 0.005);
	leave(&r);
}

static void test_seeks_only(void **state)
{
	(void)state;
	struct room r = enter(AS_FOLLOW_SEEK, 300.2, 300);
	live(&r, 20);
	assert_int_equal(r.seeks + r.speeds + r.delays, 0);
	r.place_s += 1;
	live(&r, 5);
	assert_int_equal(r.seeks, 1);
	assert_int_equal(r.speeds + r.delays, 0);
	leave(&r);
}

static void test_nothing_unless_locked(void **state)
{
	(void)state;
	struct room r = enter(AS_FOLLOW_SPEED, 400, 300);
	r.locked = false;
	live(&r, 10);
	assert_int_equal(r.seeks + r.speeds + r.delays, 0);
	assert_int_equal(as_follow_state(r.f), AS_FOLLOW_UNLOCKED);
	leave(&r);
	/* The lock is lost while it is sped: its own speed at once; the rest once it is found again. */
	r = enter(AS_FOLLOW_SPEED, 300.2, 300);
	live(&r, 5);
	assert_true(r.speed > 1.004);
	r.locked = false;
	live(&r, 0.2);
	assert_true(r.speed == 1);
	live(&r, 10);
	assert_true(r.speed == 1);
	r.locked = true;
	live(&r, 60);
	assert_near(&r, 0.02);
	leave(&r);
	/* A meter that says nothing any more is no lock. */
	r = enter(AS_FOLLOW_SPEED, 300.2, 300);
	live(&r, 5);
	r.now_s += 5;
	struct as_player_command c = as_follow_step(r.f, r.now_s);
	assert_int_equal(c.kind, AS_PLAYER_SET_SPEED);
	assert_true(c.value == 1);
	leave(&r);
	/* A delay outlasts a moment, and no more. */
	r = enter(AS_FOLLOW_DELAY, 300.2, 300);
	live(&r, 5);
	r.locked = false;
	live(&r, 1);
	assert_true(fabs(r.delay_s - 0.2) < 0.01);
	live(&r, 3);
	assert_true(r.delay_s == 0);
	leave(&r);
}

static void test_one_odd_reading_moves_nothing(void **state)
{
	(void)state;
	struct room r = enter(AS_FOLLOW_SPEED, 300, 300);
	live(&r, 5);
	for (int i = 0; i < 10; i++) {
		r.place_s += 20;
		live(&r, 0.2);
		r.place_s -= 20;
		live(&r, 2);
	}
	assert_int_equal(r.seeks + r.speeds, 0);
	/* Nor does a place that could as well be another. */
	r.place_s += 20;
	r.ambiguous = true;
	live(&r, 20);
	assert_int_equal(r.seeks + r.speeds, 0);
	r.ambiguous = false;
	live(&r, 3);
	assert_int_equal(r.seeks, 1);
	leave(&r);
}

static void test_pause_is_respected(void **state)
{
	(void)state;
	struct room r = enter(AS_FOLLOW_SPEED, 300.2, 300);
	live(&r, 5);
	assert_true(r.speed > 1);
	pause_it(&r, true);
	live(&r, 0.1);
	assert_true(r.speed == 1);
	int done = r.seeks + r.speeds;
	live(&r, 30);
	assert_int_equal(r.seeks + r.speeds, done);
	assert_int_equal(as_follow_state(r.f), AS_FOLLOW_PAUSED);
	pause_it(&r, false);
	live(&r, 4);
	assert_int_equal(r.seeks, 1);
	live(&r, 30);
	assert_near(&r, 0.02);
	leave(&r);
}

static void test_seek_of_the_user_is_respected(void **state)
{
	(void)state;
	struct room r = enter(AS_FOLLOW_SPEED, 300, 300);
	live(&r, 5);
	start_seek(&r, 1000);
	live(&r, 30);
	assert_int_equal(r.seeks + r.speeds, 0);
	assert_int_equal(as_follow_state(r.f), AS_FOLLOW_ASIDE);
	/* A moment without a lock is no reason to take it back. */
	r.locked = false;
	live(&r, 3);
	r.locked = true;
	live(&r, 5);
	assert_int_equal(r.seeks, 0);
	pause_it(&r, true);
	live(&r, 1);
	pause_it(&r, false);
	live(&r, 5);
	assert_int_equal(r.seeks, 1);
	assert_near(&r, 0.1);
	/* Another song is. */
	start_seek(&r, 2000);
	live(&r, 3);
	r.place_s += 500;
	live(&r, 4);
	assert_int_equal(r.seeks, 2);
	/* In the middle of ours, the user's counts. */
	r.place_s += 500;
	while (r.seeks == 2)
		live(&r, STEP_S);
	start_seek(&r, 100);
	live(&r, 10);
	assert_int_equal(r.seeks, 3);
	assert_int_equal(as_follow_state(r.f), AS_FOLLOW_ASIDE);
	leave(&r);
}

static void test_speed_of_the_user_is_respected(void **state)
{
	(void)state;
	struct room r = enter(AS_FOLLOW_SPEED, 300.2, 300);
	live(&r, 5);
	set_speed(&r, 1.5);
	live(&r, 20);
	assert_true(r.speed == 1.5);
	assert_int_equal(r.seeks, 0);
	set_speed(&r, 1);
	live(&r, 20);
	assert_int_equal(r.seeks, 1);
	struct as_player_command c = as_follow_restore(r.f);
	if (r.speed == 1)
		assert_int_equal(c.kind, AS_PLAYER_DO_NOTHING);
	else
		assert_true(c.value == 1);
	leave(&r);
}

static void test_restores(void **state)
{
	(void)state;
	struct room r = enter(AS_FOLLOW_SPEED, 300.2, 300);
	live(&r, 5);
	struct as_player_command c = as_follow_restore(r.f);
	assert_int_equal(c.kind, AS_PLAYER_SET_SPEED);
	assert_true(c.value == 1);
	assert_int_equal(as_follow_restore(r.f).kind, AS_PLAYER_DO_NOTHING);
	leave(&r);
	/* The connection breaks in the middle of it: the player that comes back is known by what was done to it. */
	r = enter(AS_FOLLOW_SPEED, 300.2, 300);
	live(&r, 5);
	as_follow_part(r.f);
	assert_int_equal(as_follow_step(r.f, r.now_s).kind, AS_PLAYER_DO_NOTHING);
	assert_int_equal(as_follow_restore(r.f).kind, AS_PLAYER_DO_NOTHING);
	live(&r, 1);
	as_follow_meet(r.f);
	tell(&r, AS_PLAYER_PAUSED, 0);
	tell(&r, AS_PLAYER_IDLE, 0);
	tell(&r, AS_PLAYER_SPEED, r.speed);
	tell(&r, AS_PLAYER_DELAY, 0);
	live(&r, 60);
	assert_true(r.speed == 1);
	assert_near(&r, 0.02);
	leave(&r);
}

/* A player that cannot be moved is not pestered. */
static void test_gives_up(void **state)
{
	(void)state;
	struct room r = enter(AS_FOLLOW_SPEED, 400, 300);
	r.deaf = true;
	live(&r, 120);
	assert_int_equal(r.seeks, 4);
	assert_int_equal(as_follow_state(r.f), AS_FOLLOW_STUCK);
	leave(&r);
	r = enter(AS_FOLLOW_DELAY, 300.1, 300);
	r.deaf = true;
	live(&r, 60);
	assert_true(r.delays <= 4);
	assert_int_equal(as_follow_state(r.f), AS_FOLLOW_STUCK);
	leave(&r);
}

static void test_outside(void **state)
{
	(void)state;
	struct room r = enter(AS_FOLLOW_SPEED, 3700, 300);
	live(&r, 10);
	assert_int_equal(r.seeks, 0);
	assert_int_equal(as_follow_state(r.f), AS_FOLLOW_OUTSIDE);
	leave(&r);
	r = enter(AS_FOLLOW_SPEED, 300, 320);
	as_follow_configure(r.f, &(struct as_follow_config){
					 .dead_band_s = 0.02, .max_speed = 0.005, .seek_beyond_s = 0.3, .offset_s = 20});
	r.offset_s = 20;
	live(&r, 10);
	assert_int_equal(r.seeks + r.speeds, 0);
	assert_int_equal(as_follow_state(r.f), AS_FOLLOW_RESTING);
	leave(&r);
}

/* Whatever a player says, what it is told are numbers that make sense. */
static void test_nonsense(void **state)
{
	(void)state;
	const double odd[] = {NAN, INFINITY, -INFINITY, 1e308, -1e308, 0, -1, 1e9, 1e-308, 5};
	struct room r = enter(AS_FOLLOW_SPEED, 300, 300);
	for (int i = 0; i < 20000; i++) {
		r.now_s += STEP_S;
		int kind = (int)((noise(&r) + 0.5) * 10), which = (int)((noise(&r) + 0.5) * 10);
		tell(&r, (enum as_player_event_kind)kind, odd[which]);
		which = (int)((noise(&r) + 0.5) * 10);
		as_follow_hear(r.f, &(struct as_follow_heard){.t_s = i % 7 ? r.now_s : odd[which],
							     .locked = i % 5 != 0,
							     .position_s = odd[which],
							     .err_s = odd[9 - which],
							     .drift_ppm = odd[which]});
		struct as_player_command c;
		for (int k = 0; k < 10 && (c = as_follow_step(r.f, r.now_s)).kind != AS_PLAYER_DO_NOTHING; k++) {
			assert_true(isfinite(c.value));
			assert_true(k < 9);
		}
	}
	leave(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_far_is_sought),
		cmocka_unit_test(test_near_is_sped),
		cmocka_unit_test(test_rests_in_the_dead_band),
		cmocka_unit_test(test_drift),
		cmocka_unit_test(test_delay),
		cmocka_unit_test(test_hears_the_player),
		cmocka_unit_test(test_seeks_only),
		cmocka_unit_test(test_nothing_unless_locked),
		cmocka_unit_test(test_one_odd_reading_moves_nothing),
		cmocka_unit_test(test_pause_is_respected),
		cmocka_unit_test(test_seek_of_the_user_is_respected),
		cmocka_unit_test(test_speed_of_the_user_is_respected),
		cmocka_unit_test(test_restores),
		cmocka_unit_test(test_gives_up),
		cmocka_unit_test(test_outside),
		cmocka_unit_test(test_nonsense),
	};
	return cmocka_run_group_tests_name("mpv_follow", tests, NULL, NULL);
}
