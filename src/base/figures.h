/* Numbers as people read them: errors, chances, drift, rates, counts. All write at most n bytes and return out. */
#ifndef AS_BASE_FIGURES_H
#define AS_BASE_FIGURES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define AS_FIGURE_BYTES 48

/* To 1 / per_unit, and without the sign of what is 0 then. NAN and infinities as they are. */
double as_figure_round(double v, double per_unit);
/* "20 µs", "0.35 ms", "12 ms", "1.5 s"; "--" for NAN. */
char *as_figure_span(char *out, size_t n, double seconds, bool unicode);
/* Decades by which one place is worse than another, as people think of chances: "as likely", "3.5 times less likely", "10^7 times less
 * likely"; "far less likely" where that is not known. */
char *as_figure_worse(char *out, size_t n, double decades);
/* A probability: "0.40", "1e-21", "<1e-99". */
char *as_figure_chance(char *out, size_t n, double p);
/* "+12.3 ±0.2" in ppm; "--" where it was not measured. */
char *as_figure_drift(char *out, size_t n, double ppm, double err_ppm, bool unicode);
/* Decades, "41.2". */
char *as_figure_score(char *out, size_t n, double decades);
/* "48 kHz", "44.1 kHz". */
char *as_figure_rate(char *out, size_t n, double rate_hz);
/* "mono", "stereo", "4 channels". */
char *as_figure_channels(char *out, size_t n, int channels);
/* "840 bytes", "12 kB", "1.4 GB"; "--" for NAN. */
char *as_figure_bytes(char *out, size_t n, double bytes);
/* The word for so many of a thing: "clip", "clips"; of part of a whole, as in "1 of 12 is": for the verb. */
const char *as_plural(int64_t count, const char *one, const char *many);
const char *as_plural_part(int64_t part, int64_t whole, const char *one, const char *many);
/* "0 of 1 clip", "1 of 12 clips". */
char *as_figure_part(char *out, size_t n, int64_t part, int64_t whole, const char *one, const char *many);
/* "1 clip", "3,000 clips". */
char *as_figure_count(char *out, size_t n, int64_t count, const char *one, const char *many);

#endif
