/* Shared by drift*.c and the session alone. */
#ifndef AS_ENGINE_DRIFT_PRIVATE_H
#define AS_ENGINE_DRIFT_PRIVATE_H

#include <audiosync/drift.h>

#include "dsp/signal.h"
#include "media/encode.h"
#include "media/mux.h"
#include "sync/match.h"

#define DRIFT_CHECK_PPM 290.0 /* a match follows 300 */
#define DRIFT_CURVE_MAX (2 * AS_MATCH_PIECES + AS_MATCH_KNOTS)

/* A fit with room for what it points to. */
struct drift_fit {
	struct as_drift_fit fit;
	struct as_match_result match;
	struct as_splice splices[AS_MATCH_PIECES];
	struct as_lag_point points[AS_MATCH_POINTS];
	struct as_lag_point curve[DRIFT_CURVE_MAX];
};

/* What the session holds of a run. */
struct drift_run {
	char *reference, *file, *output; /* as named; output NULL: none */
	double ppm;
	bool force;
	int phase;
	int clips[2]; /* of the reference (-1: none) and of the file */
	struct drift_fit found, left;
	bool written, reported;
	double used_ppm, output_s, rate_hz, left_ppm, left_err_ppm;
	int channels;
	bool has_picture;
	bool all_streams; /* the output has those of the file, in their order */
};

struct as_session;
void as_drift_run_done(struct drift_run *r);

/* drift_measure.c */

/* Judges a match of b (b_s long) against a. */
void as_drift_judge(struct drift_fit *f, double b_s, double weak, double min_margin);

/* drift_repair.c */

/* What the name asks for. AS_MUX_NONE: sound, *format. */
enum as_status as_drift_format(const struct as_session *s, const char *output,
			       enum as_audio_format *format, enum as_mux_container *container,
			       struct as_error *err);
/* In a job: writes s->drift.output. */
enum as_status as_drift_write(struct as_session *s, const atomic_bool *cancel, struct as_error *err);

#endif
