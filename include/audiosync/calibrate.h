/* How late does this machine hear what it plays? Chirps go out by the default sound output and come back by a capture source.
 *
 *   struct as_calibrate *c = as_calibrate_open(&(struct as_calibrate_config){.capture = "Built-in Audio"}, &err);
 *   as_calibrate_start(c, &err);
 *   for (;;) { poll as_calibrate_fd(c) for reading; as_calibrate_status(c, &st); if (st.ended) break; }
 *   as_calibrate_close(c);
 *
 * What is measured is what the time stamps of output and capture do not account for: from when the output says that a sound is in the
 * air to when the capture says so. All of it is taken for the capture's, and the reading of the live meter is too large by
 * that much: calibration_ms = -delay_ms. (What belongs to the output alone, a Bluetooth speaker's or a television's own delay, would be
 * counted, too: calibrate a microphone with a loudspeaker on a wire. A metre of air is 2.9 ms.)
 *
 * Threads: as <audiosync/live.h>. */
#ifndef AUDIOSYNC_CALIBRATE_H
#define AUDIOSYNC_CALIBRATE_H

#include <stdbool.h>

#include <audiosync/error.h>

#ifdef __cplusplus
extern "C" {
#endif

#define AS_CALIBRATE_CHIRPS_MAX 32
#define AS_CALIBRATE_DELAY_MAX_S 1.6

struct as_calibrate;

struct as_calibrate_config {
	const char *capture; /* as as_live_config.capture, but no file, pipe or URL: those hear nothing */
	int chirps;          /* 3 … AS_CALIBRATE_CHIRPS_MAX; 0: 6. Each takes about 2.3 s. While the last so many do not agree more follow, to three
			      * times as many */
};

enum as_calibrate_phase {
	AS_CALIBRATE_OPENING = 0,
	AS_CALIBRATE_SETTLING, /* both devices run, and their clocks are watched */
	AS_CALIBRATE_PLAYING,
	AS_CALIBRATE_DONE,
};

enum as_calibrate_verdict {
	AS_CALIBRATE_UNKNOWN = 0, /* not done yet, or an error ended it */
	AS_CALIBRATE_GOOD,
	AS_CALIBRATE_SILENT,   /* nothing at all came in */
	AS_CALIBRATE_UNHEARD,  /* sound did, but too few of the chirps were in it */
	AS_CALIBRATE_UNSTEADY, /* they took different times, up to the end */
};

struct as_calibrate_chirp {
	bool heard;
	bool flipped;      /* polarity */
	double delay_ms;   /* NAN where it was not heard; up to the end it may change by what is learned of the clocks */
	double err_ms;     /* the scatter of stamps about it; what a clock is off for seconds is not in it */
	double confidence; /* -log10 of the chance that other sound looks as alike */
	double level_db;   /* RMS where it was, or would have been, dBFS */
	double noise_db;   /* of the rest */
};

struct as_calibrate_status {
	enum as_calibrate_phase phase;
	bool ended;
	struct as_error error; /* AS_OK, or why it ended without a verdict */
	int n_chirps, n_done;  /* to be played, as far as is known: it may grow; done: looked for */
	struct as_calibrate_chirp chirps[AS_CALIBRATE_CHIRPS_MAX];
	enum as_calibrate_verdict verdict;
	int n_heard, n_used;   /* of the last ones, or of all, if only these say something; used: those that agree */
	double delay_ms, err_ms, spread_ms; /* NAN where not known */
	double calibration_ms; /* what to write; NAN unless GOOD */
	char capture[256], device[256]; /* as in as_live_status */
};

/* "good", "silent" … */
AS_API const char *as_calibrate_verdict_name(enum as_calibrate_verdict v);

/* Opens no device yet. NULL with AS_ERR_INVALID, AS_ERR_MEMORY. */
AS_API struct as_calibrate *as_calibrate_open(const struct as_calibrate_config *cfg, struct as_error *err);
/* Stops, joins, frees. NULL is fine. Some 100 ms. */
AS_API void as_calibrate_close(struct as_calibrate *c);
AS_API enum as_status as_calibrate_start(struct as_calibrate *c, struct as_error *err);
/* Polls readable when the status has changed since it was last taken; owned by c. */
AS_API int as_calibrate_fd(const struct as_calibrate *c);
AS_API void as_calibrate_status(struct as_calibrate *c, struct as_calibrate_status *out);

#ifdef __cplusplus
}
#endif
#endif
