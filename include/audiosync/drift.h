/* One file's clock: measured against a reference, or known already; taken out of the sound; measured again.
 *
 * drift_ppm > 0: the file's clock runs fast against the reference's, its file holds too many samples (the sign rules of types.h, with
 * the reference as a and the file as b). Corrected sound runs by the reference's clock and begins with the file's own first sample.
 * Places where the file lost samples get silence, surplus samples are left out, and a clock that wanders is followed. */
#ifndef AUDIOSYNC_DRIFT_H
#define AUDIOSYNC_DRIFT_H

#include <stdbool.h>

#include <audiosync/error.h>
#include <audiosync/session.h>
#include <audiosync/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Corrections beyond are a change of speed, not a clock. */
#define AS_DRIFT_PPM_MAX 100000.0

struct as_drift_config {
	const char *reference; /* NULL: ppm is known */
	const char *file;
	double ppm;         /* what to take out; not looked at where there is a reference */
	const char *output; /* where the corrected file goes, or NULL: measure only. The extension says what it is: sound (wav, aiff,
			     * flac, mp3), or (mov, mp4, mkv) the picture as it is with corrected sound. None: export.format's is added */
	bool force;
};

enum as_drift_result {
	AS_DRIFT_NONE = 0,  /* not looked */
	AS_DRIFT_MEASURED,
	AS_DRIFT_NO_MATCH,  /* the two do not share sound, as far as can be heard */
	AS_DRIFT_AMBIGUOUS, /* they do, but several places fit about equally */
	AS_DRIFT_SHORT,     /* they do, but for too short a time to tell the drift */
};

/* At time at_s of the file samples are missing (lost_s > 0) or too many (lost_s < 0). */
struct as_splice {
	double at_s, lost_s;
};

/* One file against another. Unknown figures are NAN. */
struct as_drift_fit {
	enum as_drift_result result;
	double score, p_false, margin; /* as of a match */
	double offset_s, offset_err_s; /* the file's first sample on the reference's time */
	double drift_ppm, drift_err_ppm;
	double wander_s;              /* how far the clock swings about that line; 0: not measurably */
	double overlap_s, matched_s;
	bool inverted;
	const struct as_splice *splices;
	int n_splices;
	const struct as_lag_point *points; /* as measured */
	int n_points;
	const struct as_lag_point *curve; /* what was fitted to them, by time, with its error; splices are two of one at_s */
	int n_curve;
};

struct as_drift {
	const char *reference, *file; /* absolute; reference NULL: the drift was given */
	double duration_s;            /* of the file's sound */
	double ppm;                   /* taken out, or to be: measured or given; NAN: nothing is known */
	struct as_drift_fit found;    /* file against reference */
	/* Of the corrected file; output NULL if none was written. */
	const char *output;
	bool has_picture;
	double output_s;
	double rate_hz;
	int channels;
	/* The corrected file against the reference, or, where the drift was given, against the file as it was. */
	struct as_drift_fit left;
	double left_ppm, left_err_ppm; /* drift that is left in it; NAN where it cannot be told */
};

/* On a session to which nothing was added: reads the files, measures, writes, measures again, in the background; AS_EVENT_DONE tells
 * the end and the snapshot's drift has the outcome. AS_ERR_INVALID: no file, ppm out of range, a name that says no format.
 * AS_ERR_EXISTS: the output exists (and force is false), or is one of the two files. What cannot be measured is no failure: see
 * found.result; nothing is written then. */
AS_API enum as_status as_session_drift(struct as_session *s, const struct as_drift_config *cfg,
				       struct as_error *err);

/* The lag over time as a picture by itself: SVG with axes, units, the line that was fitted and the band in which it lies with 95 %
 * confidence. What was found, or where the drift was given, what is left. Heap, for free(); NULL when memory ran out, or where
 * there is nothing to draw. Any thread. */
AS_API char *as_drift_plot(const struct as_drift *d);

/* What the extension of an output says: "wav", "aiff", "flac", "mp3", "picture" (mov, mp4, mkv); NULL: nothing that is known, and
 * without any extension export.format holds. Constant; any thread. */
AS_API const char *as_drift_output_format(const char *output);

AS_API const char *as_drift_result_name(enum as_drift_result result);

#ifdef __cplusplus
}
#endif
#endif
