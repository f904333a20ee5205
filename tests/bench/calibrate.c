/* How often unrelated sound scores: `calibrate [PAIRS [SEED]]` matches PAIRS pairs of each kind and
 * length that have nothing to do with each other and prints how many reach 1, 2, 3 and 5 decades. If the
 * score is what it says it is, no more than one in 10, 100, 1,000 and 100,000 do. The last but one
 * column counts those that would be placed: 5 decades and no rival. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dsp/synth.h"
#include "dsp/whiten.h"
#include "sync/match.h"

#define RATE 8000
#define TIMES 3 /* the generator needs room above 4 kHz */
#define ALONE_SCORE 5.0
#define MARGIN 3.0

enum kind { SPEECH, MUSIC, NOISE, KINDS };

static const char *const kind_name[] = {"speech", "music", "noise"};

struct take {
	int8_t *v;
	int64_t n;
};

static bool keep(void *ctx, const int8_t *v, int n)
{
	struct take *t = ctx;

	memcpy(t->v + t->n, v, (size_t)n);
	t->n += n;
	return true;
}

static void *must(void *p)
{
	if (p)
		return p;
	fputs("calibrate: out of memory\n", stderr);
	exit(1);
}

/* One of them; none is noise. */
struct source {
	struct as_speech *speech;
	struct as_music *music;
	struct as_rng noise;
};

static void source_read(struct source *s, float *x, int n)
{
	memset(x, 0, sizeof(*x) * (size_t)n);
	if (s->speech)
		as_speech_read(s->speech, x, n);
	else if (s->music)
		as_music_read(s->music, x, n);
	else
		as_synth_noise(&s->noise, x, n, 0.1);
}

/* A clip of one kind, recorded in a room of its own with some noise of its own. */
static struct as_signal record(enum kind kind, uint64_t seed, int seconds)
{
	struct take t = {.v = must(malloc((size_t)seconds * RATE))};
	struct as_whitener *w = must(as_whitener_new(keep, &t));
	struct as_room *room = must(as_room_new(seed, RATE, 0.4, 0.6));
	struct source s = {0};
	struct as_biquad low[3];
	float *x = must(malloc(sizeof(*x) * RATE * TIMES)), y[RATE];
	struct as_rng r;

	as_rng_seed(&r, seed + 1);
	as_rng_seed(&s.noise, seed);
	if (kind == SPEECH)
		s.speech = must(as_speech_new(seed, RATE * TIMES, as_rng_uniform(&r, 90.0, 220.0)));
	else if (kind == MUSIC)
		s.music = must(as_music_new(seed, RATE * TIMES));
	for (int i = 0; i < 3; i++)
		as_biquad_lowpass(&low[i], RATE * TIMES, 3400.0,
				  0.5 / cos((2 * i + 1) * M_PI / 12.0));
	for (int k = 0; k < seconds; k++) {
		source_read(&s, x, RATE * TIMES);
		for (int i = 0; i < 3; i++)
			as_biquad_run(&low[i], x, RATE * TIMES);
		for (int i = 0; i < RATE; i++)
			y[i] = x[TIMES * i];
		as_room_run(room, y, RATE);
		as_synth_noise(&r, y, RATE, 0.01);
		if (!as_whitener_feed(w, y, RATE))
			must(NULL);
	}
	if (!as_whitener_end(w))
		must(NULL);
	as_whitener_free(w);
	as_room_free(room);
	as_speech_free(s.speech);
	as_music_free(s.music);
	free(x);
	return (struct as_signal){.v = t.v, .n = t.n, .rate_hz = RATE};
}

struct row {
	int pairs, over[4], placed;
	double top;
};

static void count(struct row *row, const struct as_match_result *r)
{
	static const double decades[] = {1.0, 2.0, 3.0, 5.0};

	row->pairs++;
	for (int i = 0; i < 4; i++)
		row->over[i] += r->score >= decades[i];
	row->placed += r->score >= ALONE_SCORE && r->margin >= MARGIN;
	row->top = fmax(row->top, r->score);
}

static void print_row(const char *a, const char *b, const char *length, const struct row *r)
{
	printf("%-8s%-8s%-12s%7d%8d%8d%8d%8d%8d%9.1f\n", a, b, length, r->pairs, r->over[0],
	       r->over[1], r->over[2], r->over[3], r->placed, r->top);
	fflush(stdout);
}

int main(int argc, char **argv)
{
	static const int lengths[][2] = {{3, 600}, {10, 120}, {60, 60}, {60, 600}, {600, 600}};
	static const enum kind kinds[][2] = {
		{SPEECH, SPEECH}, {MUSIC, MUSIC}, {NOISE, NOISE}, {MUSIC, SPEECH}};
	const struct as_match_config cfg = {.probe_every_s = 12.0, .near_s = NAN};
	int pairs = argc > 1 ? atoi(argv[1]) : 20;
	uint64_t seed = (argc > 2 ? strtoull(argv[2], NULL, 10) : 1) * 1000003;
	struct row all = {0};

	printf("%-28s%7s%8s%8s%8s%8s%8s%9s\n", "unrelated pairs", "pairs", ">= 1", ">= 2", ">= 3",
	       ">= 5", "placed", "highest");
	for (int l = 0; l < 5; l++)
		for (int k = 0; k < 4; k++) {
			struct row row = {0};
			char length[32];

			for (int i = 0; i < pairs; i++) {
				struct as_signal a = record(kinds[k][0], ++seed, lengths[l][1]);
				struct as_signal b = record(kinds[k][1], ++seed, lengths[l][0]);
				struct as_match_result r;

				as_match_pair(&a, &b, &cfg, NULL, &r,
					      NULL); /* no match: a score of 0 */
				count(&row, &r);
				count(&all, &r);
				free((void *)(uintptr_t)a.v);
				free((void *)(uintptr_t)b.v);
			}
			snprintf(length, sizeof(length), "%d/%d s", lengths[l][0], lengths[l][1]);
			print_row(kind_name[kinds[k][1]], kind_name[kinds[k][0]], length, &row);
		}
	print_row("all", "", "", &all);
	printf("%-35s%8.1f%8.1f%8.1f%8.1f\n", "no more than is meant", 0.1 * all.pairs,
	       0.01 * all.pairs, 0.001 * all.pairs, 1e-5 * all.pairs);
	return 0;
}
