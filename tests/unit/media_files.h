/* Sound files for tests: a seeded noise as the source, ffmpeg (a test dependency) as the encoder
 * and as the judge. */
#ifndef AS_TEST_MEDIA_FILES_H
#define AS_TEST_MEDIA_FILES_H

#include <stdint.h>

/* A fresh folder below $TMPDIR or /tmp; media_rmdir removes it with the plain files in it. */
char *media_tmpdir(void);
void media_rmdir(char *dir);
/* "dir/name"; heap. */
char *media_path(const char *dir, const char *name);

/* Seeded noise of n frames, 300 … 6000 Hz at 48 kHz, about -20 dBFS; channels differ. Heap,
 * interleaved. */
float *media_noise(uint32_t seed, int64_t n, int channels);
/* Writes WAV with 32-bit floats. */
void media_write_wav(const char *path, int rate_hz, int channels, const float *pcm, int64_t n);

/* Runs `ffmpeg -v error -nostdin -y ` + the printf arguments in a shell and requires success. */
void media_ffmpeg(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* What `ffmpeg -i path` delivers of its audio stream `ordinal`: interleaved float, heap; *n
 * floats. */
float *media_ffmpeg_decode(const char *path, int ordinal, int64_t *n_floats);
/* Cuts a file to `bytes`, or overwrites n of them at `at` with noise. */
void media_truncate(const char *path, int64_t bytes);
void media_damage(const char *path, int64_t at, int64_t n);
int64_t media_size(const char *path);

/* By how many samples channel 0 of b (n_b frames of `channels`) is late against a's, below a
 * sample: the peak of their cross-correlation within +-max_lag, taken from frame `from` of a
 * over 24000 frames. */
double media_delay(const float *a, const float *b, int channels, int64_t from, int max_lag);

#endif
