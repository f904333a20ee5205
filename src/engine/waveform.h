/* Waveforms of clips: made while a clip is loaded, recalled from the cache, fetched in the background, drawn. */
#ifndef AS_ENGINE_WAVEFORM_H
#define AS_ENGINE_WAVEFORM_H

#include <stdbool.h>

struct as_session;

/* One that is mapped. A clip holds it, and so does whoever draws it. */
struct as_wave;
void as_wave_drop(struct as_wave *w);

/* Making, in the thread that loads the clip with this key. NULL is no maker and fine everywhere: there would be no use, or no
 * memory. Loading does not fail where making does. */
struct wave_maker;
struct wave_maker *as_wave_begin(const struct as_session *s, const char *key);
void as_wave_feed(struct wave_maker *m, const float *v, int n);
/* Puts it into the cache, and opens it if asked to: NULL if not, or if something failed. Frees m. */
struct as_wave *as_wave_end(struct wave_maker *m, bool open);
void as_wave_abort(struct wave_maker *m);

/* From the cache, or NULL. */
struct as_wave *as_wave_recall(const struct as_session *s, const char *key);

/* Level of a stretch of the clip's time, full scale 1. False where it knows nothing of it. */
bool as_wave_level(const struct as_wave *w, double from_s, double to_s, double *rms, double *peak);

/* A run has ended: begins to fetch those that ready clips lack, where they are wanted. Any thread. */
void as_engine_fetch_waves(struct as_session *s);

#endif
