/* The live meter against the truth: how soon it locks, how soon it finds a jump, how far off it is, whether its error bar says so, and how
 * often it locks to what is not there.
 *
 *   live [--list] [--trace] [--only SCENE] [--trials N] [--holes N] [--seed S] [--false HOURS] [--cost HOURS] [FILE …]
 *
 * FILEs are music to play (else music is made up); they are the references, and each other's unrelated sound. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <audiosync/audiosync.h>

#include "dsp/synth.h"
#include "live/meter.h"
#include "live/reference.h"
#include "media/load.h"

#define RATE 8000
#define REF_S 180
#define TRIAL_S 40
#define STEP (RATE / 10)

struct pcm {
	float *v;
	int n, room;
};

static struct pcm refs[256];
static int n_refs;
static struct as_sinc *sinc;

static bool take(void *ctx, const float *v, int n)
{
	struct pcm *p = ctx;
	if (p->n + n > p->room) {
		p->room = 2 * (p->n + n);
		p->v = realloc(p->v, sizeof(float) * (size_t)p->room);
	}
	memcpy(p->v + p->n, v, sizeof(float) * (size_t)n);
	p->n += n;
	return p->n < 1200 * RATE;
}

static void make_music(struct pcm *p, uint64_t seed)
{
	struct as_music *m = as_music_new(seed, 2 * RATE);
	float block[2 * RATE];
	p->n = REF_S * RATE;
	p->v = malloc(sizeof(float) * (size_t)p->n);
	for (int at = 0; at < p->n; at += RATE) {
		as_music_read(m, block, 2 * RATE);
		for (int i = 0; i < RATE; i++)
			p->v[at + i] = 0.5f * (block[2 * i] + block[2 * i + 1]);
	}
	as_music_free(m);
}

/* ---- one capture ---- */

struct scene {
	const char *name;
	double speed, jump_s, pause_s, noise_db, speech_db, wet;
	bool eq, squash;
};

/* Where in the reference is what is heard at t? */
struct played {
	double start_s, speed, jump_at_s, jump_s, pause_at_s, pause_s;
};

static double position(const struct played *p, double t)
{
	if (p->pause_s > 0 && t > p->pause_at_s)
		t = t < p->pause_at_s + p->pause_s ? p->pause_at_s : t - p->pause_s;
	return p->start_s + p->speed * t + (p->jump_s != 0 && t >= p->jump_at_s ? p->jump_s : 0);
}

static void play(float *out, int n, const struct pcm *ref, const struct played *p)
{
	for (int i = 0; i < n; i++) {
		double t = (double)i / RATE;
		bool paused = p->pause_s > 0 && t > p->pause_at_s && t < p->pause_at_s + p->pause_s;
		out[i] = paused ? 0 : (float)as_sinc_at(sinc, ref->v, ref->n, position(p, t) * RATE);
	}
}

static void add(float *v, int n, const float *w, double db)
{
	double gain = as_synth_rms(v, n) / fmax(1e-9, as_synth_rms(w, n)) * pow(10, db / 20);
	for (int i = 0; i < n; i++)
		v[i] += (float)gain * w[i];
}

static void add_speech(float *v, int n, uint64_t seed, double db)
{
	struct as_speech *s = as_speech_new(seed, 2 * RATE, 120 + (double)(seed % 100));
	float *w = malloc(sizeof(float) * 2 * (size_t)n), *x = malloc(sizeof(float) * (size_t)n);
	as_speech_read(s, w, 2 * n);
	for (int i = 0; i < n; i++)
		x[i] = 0.5f * (w[2 * i] + w[2 * i + 1]);
	add(v, n, x, db);
	as_speech_free(s);
	free(w);
	free(x);
}

static void spoil(float *v, int n, const struct scene *c, struct as_rng *r)
{
	if (c->eq) {
		struct as_biquad f;
		as_biquad_highpass(&f, RATE, 250, 0.7);
		as_biquad_run(&f, v, n);
		as_biquad_peak(&f, RATE, as_rng_uniform(r, 400, 2500), 1.0, as_rng_uniform(r, -12, 12));
		as_biquad_run(&f, v, n);
		as_biquad_lowpass(&f, RATE, 3000, 0.7);
		as_biquad_run(&f, v, n);
	}
	if (c->squash) { /* another master: a compressor that breathes, and clipping */
		double level = 0.05;
		for (int i = 0; i < n; i++) {
			level += (fabs((double)v[i]) - level) * (fabs((double)v[i]) > level ? 5e-3 : 2e-4);
			v[i] = (float)tanh(2.0 * (double)v[i] / (level + 0.01) * 0.25);
		}
	}
	if (c->wet > 0) {
		struct as_room *room = as_room_new(as_rng_next(r), RATE, 0.6, c->wet);
		as_room_run(room, v, n);
		as_room_free(room);
	}
	if (c->speech_db > -90)
		add_speech(v, n, as_rng_next(r), c->speech_db);
	if (c->noise_db < 90)
		as_synth_noise_snr(r, v, n, c->noise_db);
}

/* ---- one run ---- */

#define MAX_VALUES 200000
struct values {
	double v[MAX_VALUES];
	int n;
};

static void value(struct values *s, double v)
{
	if (s->n < MAX_VALUES)
		s->v[s->n++] = v;
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static double quantile(struct values *s, double q)
{
	if (s->n == 0)
		return NAN;
	qsort(s->v, (size_t)s->n, sizeof(double), ascending);
	int i = (int)(q * s->n);
	return s->v[i < s->n ? i : s->n - 1];
}

static struct values to_lock, to_jump, error_ms;
static int locked_right, wrong_readings, wrong_locks, covered, jumps_found, jumps, trials, readings;

static struct as_reference *reference_of(const struct pcm *p)
{
	struct as_reference *r = as_reference_new(0, NULL);
	as_reference_feed(r, p->v, p->n, NULL);
	as_reference_end(r, NULL);
	return r;
}

static bool trace, list;

static void run(struct as_reference *ref, const float *v, int n, const struct played *p)
{
	struct as_meter *m = as_meter_new(&(struct as_meter_config){6, 12, 0.02}, NULL);
	double first = NAN, again = NAN;
	bool was_wrong = false;
	for (int at = 0; at + STEP <= n; at += STEP) {
		struct as_live_reading r;
		as_meter_feed(m, v + at, STEP);
		as_meter_step(m, ref, &(struct as_meter_time){0, 0, RATE}, NULL, NULL, &r, NULL);
		if (trace)
			printf("%6.1f %-9s lag %9.2f true %9.2f err %7.3f conf %6.1f p %g%s%s\n", r.t_s, as_live_state_name(r.state), r.lag_ms,
			       (r.t_s - position(p, r.t_s)) * 1e3, r.lag_err_ms, r.confidence, r.p_false, r.no_match ? " no match" : "", r.ambiguous ? " ambiguous" : "");
		if (r.state != AS_LIVE_LOCKED) {
			was_wrong = false;
			continue;
		}
		double e = (r.position_s - position(p, r.t_s)) * 1e3;
		bool soon = p->jump_s != 0 && r.t_s >= p->jump_at_s && r.t_s < p->jump_at_s + 2;
		soon = soon || (p->pause_s > 0 && r.t_s >= p->pause_at_s && r.t_s < p->pause_at_s + p->pause_s + 2);
		bool right = fabs(e) < 20;
		if (right && isnan(first))
			first = r.t_s;
		if (right && isnan(again) && p->jump_s != 0 && r.t_s > p->jump_at_s)
			again = r.t_s - p->jump_at_s;
		if (!right && !soon) {
			wrong_readings++;
			wrong_locks += !was_wrong;
		}
		was_wrong = !right && !soon;
		if (right) {
			value(&error_ms, fabs(e));
			covered += fabs(e) < 2 * r.lag_err_ms;
			readings++;
		}
	}
	if (list)
		printf("  start %7.2f s: locked after %6.2f s, again %6.2f s after the jump by %.2f s\n", p->start_s, first, again, p->jump_s);
	trials++;
	locked_right += !isnan(first);
	value(&to_lock, isnan(first) ? 99 : first);
	jumps += p->jump_s != 0;
	jumps_found += !isnan(again);
	if (p->jump_s != 0)
		value(&to_jump, isnan(again) ? 99 : again);
	as_meter_free(m);
}

static void one(const struct scene *c, uint64_t seed)
{
	struct as_rng r;
	as_rng_seed(&r, seed);
	const struct pcm *pcm = &refs[as_rng_below(&r, n_refs)];
	int n = TRIAL_S * RATE;
	double length = (double)pcm->n / RATE, room = length - TRIAL_S * 1.03 - 4;
	struct played p = {.start_s = as_rng_uniform(&r, 3.5, fmax(4, room)), .speed = c->speed, .jump_at_s = 18.03, .pause_at_s = 18.03};
	p.jump_s = c->jump_s * as_rng_uniform(&r, 0.1, 3) * (as_rng_below(&r, 2) ? 1 : -1);
	p.pause_s = c->pause_s;
	if (list)
		printf("  reference %d", (int)(pcm - refs));
	float *v = malloc(sizeof(float) * (size_t)n);
	play(v, n, pcm, &p);
	spoil(v, n, c, &r);
	struct as_reference *ref = reference_of(pcm);
	run(ref, v, n, &p);
	as_reference_free(ref);
	free(v);
}

static double cpu_s(void)
{
	struct rusage u;
	getrusage(RUSAGE_SELF, &u);
	return (double)u.ru_utime.tv_sec + 1e-6 * (double)u.ru_utime.tv_usec;
}

static const struct scene scenes[] = {
	{.name = "same source, jump", .speed = 1, .jump_s = 1, .noise_db = 99, .speech_db = -99},
	{.name = "noise +10 dB, jump", .speed = 1, .jump_s = 1, .noise_db = 10, .speech_db = -99},
	{.name = "noise -3 dB, jump", .speed = 1, .jump_s = 1, .noise_db = -3, .speech_db = -99},
	{.name = "other EQ, jump", .speed = 1, .jump_s = 1, .noise_db = 30, .speech_db = -99, .eq = true},
	{.name = "other master, jump", .speed = 1, .jump_s = 1, .noise_db = 30, .speech_db = -99, .eq = true, .squash = true},
	{.name = "speech 0 dB, jump", .speed = 1, .jump_s = 1, .noise_db = 40, .speech_db = 0},
	{.name = "room, jump", .speed = 1, .jump_s = 1, .noise_db = 30, .speech_db = -99, .wet = 1},
	{.name = "room, speech 0 dB, jump", .speed = 1, .jump_s = 1, .noise_db = 30, .speech_db = 0, .wet = 1},
	{.name = "pause of 5 s", .speed = 1, .pause_s = 5, .noise_db = 60, .speech_db = -99},
	{.name = "clock +60 ppm", .speed = 1 - 60e-6, .noise_db = 20, .speech_db = -99},
	{.name = "speed 0.999", .speed = 0.999, .noise_db = 20, .speech_db = -99},
	{.name = "speed 1.0047", .speed = 1.0047, .noise_db = 20, .speech_db = -99},
	{.name = "speed 0.982", .speed = 0.982, .noise_db = 20, .speech_db = -99},
};

static void table(int n, uint64_t seed, const char *only)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("%-25s %7s %6s %15s %15s %17s %6s %6s\n", "", "locked", "wrong", "to lock 50/95", "to jump 50/95", "error ms 50/95", "<1 ms", "<2se");
	for (size_t i = 0; i < sizeof scenes / sizeof scenes[0]; i++) {
		if (only && !strstr(scenes[i].name, only))
			continue;
		to_lock.n = to_jump.n = error_ms.n = 0;
		locked_right = wrong_readings = wrong_locks = covered = jumps_found = jumps = trials = readings = 0;
		for (int k = 0; k < n; k++)
			one(&scenes[i], seed * 1000 + (uint64_t)k);
		int under = 0;
		for (int k = 0; k < error_ms.n; k++)
			under += error_ms.v[k] < 1;
		printf("%-25s %3d/%-3d %3d %2d %7.2f %7.2f %7.2f %7.2f %8.3f %8.3f %6.3f %6.3f\n", scenes[i].name, locked_right, trials,
		       wrong_readings, wrong_locks, quantile(&to_lock, 0.5), quantile(&to_lock, 0.95), quantile(&to_jump, 0.5),
		       quantile(&to_jump, 0.95), quantile(&error_ms, 0.5), quantile(&error_ms, 0.95),
		       error_ms.n ? (double)under / error_ms.n : NAN, readings ? (double)covered / readings : NAN);
		fflush(stdout);
	}
}

/* ---- what comes behind a hole in the capture ---- */

#define BEFORE_S 10
#define BEHIND_S 8

struct behind {
	const char *name;
	double jump_s;     /* from where it would be */
	bool other, noise_db_10;
};

static const struct behind behinds[] = {
	{.name = "it goes on"},
	{.name = "it goes on, noise +10 dB", .noise_db_10 = true},
	{.name = "it was sent on by 20 s", .jump_s = 20},
	{.name = "other music", .other = true},
};

/* Seconds of sound behind the hole until it is locked right, 99: never. Counts readings that are wrong. */
static double hear_behind(const struct behind *b, const struct pcm *pcm, const struct pcm *other, double hole_s, struct as_rng *rng, int *wrong)
{
	const int n_before = BEFORE_S * RATE, n = BEHIND_S * RATE;
	const double length_s = fmin(pcm->n, other->n) / RATE, start_s = as_rng_uniform(rng, 3, length_s - 75);
	const double lag_s = -start_s - b->jump_s;
	struct as_reference *ref = reference_of(pcm);
	struct as_meter *m = as_meter_new(&(struct as_meter_config){6, 12, 0.02}, NULL);
	float *v = malloc(sizeof(float) * (size_t)(n_before + n));
	double right_s = 99;
	memcpy(v, pcm->v + (int)(start_s * RATE), sizeof(float) * (size_t)n_before);
	memcpy(v + n_before, b->other ? other->v + (int)(start_s * RATE) : pcm->v + (int)((BEFORE_S + hole_s - lag_s) * RATE), sizeof(float) * (size_t)n);
	if (b->noise_db_10)
		as_synth_noise_snr(rng, v, n_before + n, 10);
	for (int at = 0; at + STEP <= n_before + n; at += STEP) {
		struct as_live_reading r;
		if (at == n_before)
			as_meter_gap(m, (int64_t)(hole_s * RATE));
		as_meter_feed(m, v + at, STEP);
		as_meter_step(m, ref, &(struct as_meter_time){0, 0, RATE}, NULL, NULL, &r, NULL);
		if (at < n_before || r.state != AS_LIVE_LOCKED)
			continue;
		if (b->other || fabs(r.lag_ms - lag_s * 1e3) > 20)
			++*wrong;
		else
			right_s = fmin(right_s, r.t_s - BEFORE_S - hole_s);
	}
	free(v);
	as_meter_free(m);
	as_reference_free(ref);
	return right_s;
}

static void holes(int n, uint64_t seed)
{
	static const double lengths_s[] = {0.25, 1, 5, 30};
	printf("%-25s %8s %15s %15s %6s\n", "behind a hole", "hole s", "locked in 8 s", "after 50/95 s", "wrong");
	for (size_t i = 0; i < sizeof behinds / sizeof *behinds; i++) {
		for (size_t j = 0; j < sizeof lengths_s / sizeof *lengths_s; j++) {
			int wrong = 0, locked = 0;
			struct as_rng rng;
			as_rng_seed(&rng, seed);
			to_lock.n = 0;
			for (int k = 0; k < n; k++) {
				const struct pcm *pcm = &refs[k % n_refs], *other = &refs[(k + 1) % n_refs];
				if (pcm->n < 80 * RATE || other->n < 80 * RATE)
					continue;
				int before = wrong;
				double s = hear_behind(&behinds[i], pcm, other, lengths_s[j], &rng, &wrong);
				if (list)
					printf("  reference %d: %d wrong, locked after %.1f s\n", k % n_refs, wrong - before, s);
				value(&to_lock, s);
				locked += s < 99;
			}
			printf("%-25s %8.2f %11d/%-3d %7.2f %7.2f %6d\n", behinds[i].name, lengths_s[j], locked, to_lock.n,
			       quantile(&to_lock, 0.5), quantile(&to_lock, 0.95), wrong);
		}
	}
}

/* Each reference hears all the others. */
static void false_locks(double hours)
{
	double heard = 0, cpu = cpu_s();
	int locks = 0, no_match = 0, runs = 0;
	setvbuf(stdout, NULL, _IOLBF, 0);
	for (int i = 0; heard < hours * 3600; i++) {
		const struct pcm *a = &refs[i % n_refs], *b = &refs[(i + 1 + i / n_refs) % n_refs];
		if (a == b)
			continue;
		struct as_reference *ref = reference_of(a);
		struct as_meter *m = as_meter_new(&(struct as_meter_config){6, 12, 0.02}, NULL);
		bool locked = false, said = false;
		for (int at = 0; at + STEP <= b->n; at += STEP) {
			struct as_live_reading r;
			as_meter_feed(m, b->v + at, STEP);
			as_meter_step(m, ref, &(struct as_meter_time){0, 0, RATE}, NULL, NULL, &r, NULL);
			if (r.state == AS_LIVE_LOCKED && !locked)
				printf("  lock: reference %d, sound %d at %.1f s, lag %.1f ms, confidence %.1f\n", i % n_refs, (i + 1 + i / n_refs) % n_refs, r.t_s, r.lag_ms, r.confidence);
			locks += r.state == AS_LIVE_LOCKED && !locked;
			locked = r.state == AS_LIVE_LOCKED;
			said = said || r.no_match;
		}
		heard += (double)b->n / RATE;
		no_match += said;
		runs++;
		if (list)
			printf("  so far %.2f h: %d false locks\n", heard / 3600, locks);
		as_meter_free(m);
		as_reference_free(ref);
	}
	printf("unrelated: %.1f h, %d false locks, no match said in %d of %d, %.2f %% of a core\n", heard / 3600, locks, no_match, runs,
	       100 * (cpu_s() - cpu) / heard);
}

/* Locked for so long. */
static void cost(double hours)
{
	struct pcm *p = &refs[0];
	struct as_reference *ref = reference_of(p);
	struct as_meter *m = as_meter_new(&(struct as_meter_config){6, 12, 0.02}, NULL);
	double cpu = cpu_s(), t = 0;
	int64_t at = 0;
	int locked = 0, all = 0;
	while (t < hours * 3600) {
		struct as_live_reading r;
		if (at + STEP > p->n)
			at = 0; /* from the start again */
		as_meter_feed(m, p->v + at, STEP);
		as_meter_step(m, ref, &(struct as_meter_time){0, 0, RATE}, NULL, NULL, &r, NULL);
		at += STEP;
		t += 0.1;
		all++;
		locked += r.state == AS_LIVE_LOCKED;
	}
	struct rusage u;
	getrusage(RUSAGE_SELF, &u);
	printf("locked: %.1f h of sound, %.3f of it locked, reference %.0f s: %.2f %% of a core, peak %.0f MB\n", hours, (double)locked / all,
	       (double)p->n / RATE, 100 * (cpu_s() - cpu) / t, (double)u.ru_maxrss / 1024);
	as_meter_free(m);
	as_reference_free(ref);
}

int main(int argc, char **argv)
{
	int n = 10, n_holes = 0, from = argc;
	uint64_t seed = 1;
	double hours = 0, speed_hours = 0;
	const char *only = NULL;
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--trace") == 0)
			trace = true;
		else if (strcmp(argv[i], "--list") == 0)
			list = true;
		else if (strcmp(argv[i], "--trials") == 0 && i + 1 < argc)
			n = atoi(argv[++i]);
		else if (strcmp(argv[i], "--holes") == 0 && i + 1 < argc)
			n_holes = atoi(argv[++i]);
		else if (strcmp(argv[i], "--seed") == 0 && i + 1 < argc)
			seed = strtoull(argv[++i], NULL, 10);
		else if (strcmp(argv[i], "--false") == 0 && i + 1 < argc)
			hours = atof(argv[++i]);
		else if (strcmp(argv[i], "--cost") == 0 && i + 1 < argc)
			speed_hours = atof(argv[++i]);
		else if (strcmp(argv[i], "--only") == 0 && i + 1 < argc)
			only = argv[++i];
		else {
			from = i;
			break;
		}
	}
	sinc = as_sinc_new();
	for (int i = from; i < argc && n_refs < 256; i++) {
		struct as_load_result res;
		struct as_error err = {0};
		enum as_status st = as_media_load(argv[i], &(struct as_load_config){.stream = -1, .channel = -1}, NULL, take, NULL, &refs[n_refs], &res, &err);
		if (st != AS_OK && st != AS_CANCELLED)
			fprintf(stderr, "%s\n", err.msg);
		else if (refs[n_refs].n > 60 * RATE)
			n_refs++;
		else
			refs[n_refs].n = 0; /* too short to be one */
	}
	if (from < argc && n_refs == 0) {
		fprintf(stderr, "no file of a minute or more\n");
		return 1;
	}
	while (from == argc && n_refs < 12) {
		make_music(&refs[n_refs], seed * 100 + (uint64_t)n_refs);
		n_refs++;
	}
	if (n > 0)
		table(n, seed, only);
	if (n_holes > 0)
		holes(n_holes, seed);
	if (hours > 0)
		false_locks(hours);
	if (speed_hours > 0)
		cost(speed_hours);
	return 0;
}
