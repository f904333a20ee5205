/* Made-up sound from a seed: speech, music, rooms, filters, clocks. For tests, demo and bench.
 *
 * Everything is a mono stream of floats around -20 dBFS, read in blocks of any size with the same
 * result. The same seed gives the same samples on the same machine, and to rounding elsewhere. */
#ifndef AS_DSP_SYNTH_H
#define AS_DSP_SYNTH_H

#include <stdbool.h>
#include <stdint.h>

/* xoshiro256** (Blackman, Vigna 2018), seeded by splitmix64. */
struct as_rng {
	uint64_t s[4];
};
void as_rng_seed(struct as_rng *r, uint64_t seed);
uint64_t as_rng_next(struct as_rng *r);
double as_rng_uniform(struct as_rng *r, double low, double high); /* low <= x < high */
int as_rng_below(struct as_rng *r, int n);                        /* 0 … n - 1 */
double as_rng_normal(struct as_rng *r);                           /* mean 0, deviation 1 */

/* Somebody talking: voiced and unvoiced sounds through moving formants, phrases, pauses.
 * rate_hz is 16000 or more (formants lie above 4 kHz), pitch_hz the voice's middle, 80 … 300. NULL when
 * out of memory. */
struct as_speech;
struct as_speech *as_speech_new(uint64_t seed, double rate_hz, double pitch_hz);
void as_speech_free(struct as_speech *s);
void as_speech_read(struct as_speech *s, float *out, int n);

/* A band playing: chords, bass, melody and drums in a key and a tempo of the seed. Bars resemble
 * each other, as music does, but never repeat sample by sample: notes, timing and touch vary. */
struct as_music;
struct as_music *as_music_new(uint64_t seed, double rate_hz);
void as_music_free(struct as_music *m);
void as_music_read(struct as_music *m, float *out, int n);

/* What a microphone hears in a room: the direct sound without delay and gain 1, early reflections,
 * a decaying tail. wet is the level of the reflected sound against the direct one, 0 … 2. */
struct as_room;
struct as_room *as_room_new(uint64_t seed, double rate_hz, double rt60_s, double wet);
void as_room_free(struct as_room *r);
void as_room_run(struct as_room *r, float *v, int n); /* in place */

/* Second-order filters (Bristow-Johnson's cookbook). */
struct as_biquad {
	double b0, b1, b2, a1, a2, z1, z2;
};
void as_biquad_lowpass(struct as_biquad *f, double rate_hz, double hz, double q);
void as_biquad_highpass(struct as_biquad *f, double rate_hz, double hz, double q);
void as_biquad_peak(struct as_biquad *f, double rate_hz, double hz, double q, double gain_db);
void as_biquad_run(struct as_biquad *f, float *v, int n); /* in place */

/* Adds white noise of the given RMS. */
void as_synth_noise(struct as_rng *r, float *v, int n, double rms);
/* Adds white noise that lies snr_db under the RMS of v. */
void as_synth_noise_snr(struct as_rng *r, float *v, int n, double snr_db);
double as_synth_rms(const float *v, int n);

/* Band-limited reading between samples, for clocks that drift: the value at position t (in
 * samples) of v[0 … n-1], silence outside. A windowed sinc of 64 taps: flat to 0.85 of the
 * Nyquist frequency, errors under -85 dB. Constant once made; any number of threads. */
#define AS_SINC_HALF 32
struct as_sinc;
struct as_sinc *as_sinc_new(void);
void as_sinc_free(struct as_sinc *s);
double as_sinc_at(const struct as_sinc *s, const float *v, int64_t n, double t);

#endif
