/* Music-like sound: a progression that varies, played by a few wavetable voices and drums. */
#include <math.h>
#include <stdlib.h>

#include "dsp/synth.h"

#define PI 3.14159265358979323846
#define TABLE 2048
#define VOICES 32
#define BARS 8   /* of the progression */
#define SCORE 16 /* sixteenths in a bar */

enum timbre { PAD, BASS, LEAD, TIMBRES };
enum drum { KICK, SNARE, HAT, DRUMS };

struct note {
	bool on;
	int timbre;                          /* or TIMBRES + drum */
	int64_t delay, age;                  /* samples */
	double phase, step;                  /* of the table */
	double gain, decay, attack, release; /* per sample; gain is the level now */
	int64_t length;
	double low; /* filter state of the noise */
};

struct as_music {
	struct as_rng rng;
	double rate_hz, key_hz, sixteenth_s;
	float table[TIMBRES][TABLE + 1];
	struct note notes[VOICES];
	int chords[BARS]; /* degrees of the scale */
	const int *scale;
	int bar, sixteenth, lead_degree;
	double until_next; /* samples */
};

static const int major[] = {0, 2, 4, 5, 7, 9, 11}, minor[] = {0, 2, 3, 5, 7, 8, 10};

static void fill_tables(struct as_music *m)
{
	static const double parts[TIMBRES][8] = {
		{1, 0.5, 0.35, 0.2, 0.15, 0.1, 0.06, 0.04},
		{1, 0.6, 0.3, 0.2, 0.1, 0.05},
		{1, 0.15, 0.4, 0.1, 0.2, 0.05, 0.1, 0.02},
	};
	for (int t = 0; t < TIMBRES; t++) {
		for (int i = 0; i <= TABLE; i++) {
			double sum = 0;
			for (int k = 0; k < 8; k++)
				sum += parts[t][k] * sin(2 * PI * (k + 1) * i / TABLE + k * k);
			m->table[t][i] = (float)(sum * 0.5);
		}
	}
}

static double degree_hz(const struct as_music *m, int degree)
{
	int octave = degree >= 0 ? degree / 7 : -((6 - degree) / 7);
	return m->key_hz * pow(2, octave + m->scale[degree - octave * 7] / 12.0);
}

struct as_music *as_music_new(uint64_t seed, double rate_hz)
{
	static const int often[] = {0, 3, 4, 5, 0, 3, 4, 1};
	struct as_music *m = calloc(1, sizeof(*m));
	if (!m)
		return NULL;
	as_rng_seed(&m->rng, seed);
	m->rate_hz = rate_hz;
	m->key_hz = 110 * pow(2, as_rng_below(&m->rng, 12) / 12.0);
	m->scale = as_rng_below(&m->rng, 2) ? major : minor;
	m->sixteenth_s = 15 / as_rng_uniform(&m->rng, 86, 132);
	for (int i = 0; i < BARS; i++)
		m->chords[i] = i == 0 ? 0 : often[as_rng_below(&m->rng, 8)];
	fill_tables(m);
	return m;
}

void as_music_free(struct as_music *m)
{
	free(m);
}

/* A free voice, or the oldest one. */
static struct note *take_voice(struct as_music *m)
{
	struct note *best = &m->notes[0];
	for (int i = 0; i < VOICES; i++) {
		if (!m->notes[i].on)
			return &m->notes[i];
		if (m->notes[i].age > best->age)
			best = &m->notes[i];
	}
	return best;
}

/* Everything a player does is a little early or late, louder or softer. */
static void play(struct as_music *m, int timbre, double hz, double gain, double length_s,
		 double decay_s)
{
	struct note *v = take_voice(m);
	*v = (struct note){.on = true, .timbre = timbre};
	v->delay = (int64_t)(as_rng_uniform(&m->rng, 0, 0.018) * m->rate_hz);
	v->phase = as_rng_uniform(&m->rng, 0, TABLE);
	v->step = hz * as_rng_uniform(&m->rng, 0.9985, 1.0015) * TABLE / m->rate_hz;
	v->gain = gain * as_rng_uniform(&m->rng, 0.7, 1.1);
	v->decay = exp(-1 / (decay_s * as_rng_uniform(&m->rng, 0.85, 1.2) * m->rate_hz));
	v->attack = 1 / ((timbre == PAD ? 0.06 : 0.004) * m->rate_hz);
	v->release = exp(-1 / (0.05 * m->rate_hz));
	v->length = (int64_t)(length_s * m->rate_hz);
}

static void play_drums(struct as_music *m, int at)
{
	bool beat = at % 4 == 0, back = at % 8 == 4;
	if ((beat && !back) || as_rng_below(&m->rng, 12) == 0)
		play(m, TIMBRES + KICK, 55, 0.5, 0.3, 0.09);
	if (back || as_rng_below(&m->rng, 20) == 0)
		play(m, TIMBRES + SNARE, 190, back ? 0.32 : 0.12, 0.25, 0.06);
	if (at % 2 == 0 || as_rng_below(&m->rng, 5) == 0)
		play(m, TIMBRES + HAT, 1, at % 4 == 2 ? 0.1 : 0.06, 0.1, 0.025);
}

static void play_sixteenth(struct as_music *m)
{
	int chord = m->chords[m->bar % BARS], at = m->sixteenth;
	double s = m->sixteenth_s;
	if (at == 0) {
		/* Now and then another chord or turn, so that no round is like the one before. */
		if (as_rng_below(&m->rng, 4) == 0)
			m->chords[as_rng_below(&m->rng, BARS)] = as_rng_below(&m->rng, 6);
		for (int k = 0; k < 3; k++)
			play(m, PAD, degree_hz(m, chord + 7 + 2 * k - (chord + 2 * k > 6 ? 7 : 0)),
			     0.08, 15.5 * s, 4);
	}
	if (at % 4 == 0 || as_rng_below(&m->rng, 6) == 0)
		play(m, BASS, degree_hz(m, chord - 7 + (as_rng_below(&m->rng, 5) == 0 ? 4 : 0)),
		     0.28, 3 * s, 0.35);
	if (at % 2 == 0 && as_rng_below(&m->rng, 5) < 3) {
		m->lead_degree += as_rng_below(&m->rng, 5) - 2;
		if (at % 8 == 0) /* lands on a note of the chord */
			m->lead_degree = chord + 2 * as_rng_below(&m->rng, 3);
		m->lead_degree = m->lead_degree < -2 ? 2 : m->lead_degree > 11 ? 7 : m->lead_degree;
		play(m, LEAD, degree_hz(m, m->lead_degree + 14), 0.13,
		     s * (1 + as_rng_below(&m->rng, 4)), 0.5);
	}
	play_drums(m, at);
	if (++m->sixteenth == SCORE) {
		m->sixteenth = 0;
		m->bar++;
	}
}

static double drum_sample(struct as_music *m, struct note *v)
{
	double t = (double)v->age / m->rate_hz;
	double noise = (double)(int32_t)(as_rng_next(&m->rng) >> 32) * 0x1p-31;
	v->low += 0.35 * (noise - v->low);
	switch (v->timbre - TIMBRES) {
	case KICK:
		return sin(2 * PI * (50 * t + 3.2 * (1 - exp(-t * 30))));
	case SNARE:
		return 0.6 * noise + 0.5 * sin(2 * PI * 185 * t);
	default:
		return noise - v->low;
	}
}

static double note_sample(struct as_music *m, struct note *v)
{
	double x, up = v->attack * (double)v->age;
	if (v->timbre >= TIMBRES) {
		x = drum_sample(m, v);
	} else {
		int at = (int)v->phase;
		const float *t = &m->table[v->timbre][at];
		x = (double)t[0] + (v->phase - at) * (double)(t[1] - t[0]);
		v->phase += v->step;
		while (v->phase >= TABLE)
			v->phase -= TABLE;
	}
	x *= v->gain * (up < 1 ? up : 1);
	v->gain *= v->age < v->length ? v->decay : v->release;
	if (++v->age > v->length && v->gain < 1e-5)
		v->on = false;
	return x;
}

void as_music_read(struct as_music *m, float *out, int n)
{
	for (int i = 0; i < n; i++) {
		double sum = 0;
		if (m->until_next <= 0) {
			play_sixteenth(m);
			m->until_next += m->sixteenth_s * m->rate_hz;
		}
		m->until_next--;
		for (int k = 0; k < VOICES; k++) {
			struct note *v = &m->notes[k];
			if (v->on && v->delay-- <= 0)
				sum += note_sample(m, v);
		}
		out[i] = (float)(0.5 * sum);
	}
}
