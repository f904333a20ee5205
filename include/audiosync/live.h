/* How late is what plays now? One captured sound against one reference, continuously.
 *
 *   struct as_live *l = as_live_open(opt, &(struct as_live_config){.reference = "song.flac"}, &err);
 *   as_live_start(l, &err);
 *   do { poll as_live_fd(l) for reading; as_live_status(l, &s); while (as_live_next(l, &r)) … } while (!s.ended);
 *   as_live_close(l);
 *
 * Threads: every function is called from one thread, the front end's; none waits for sound, files or the network. What runs is in
 * threads of the meter's own, and shows as readings and in the status. The library prints nothing and starts no program but
 * yt-dlp, and that only where a reference is a page or a title. */
#ifndef AUDIOSYNC_LIVE_H
#define AUDIOSYNC_LIVE_H

#include <stdbool.h>
#include <stdint.h>

#include <audiosync/error.h>
#include <audiosync/options.h>

#ifdef __cplusplus
extern "C" {
#endif

struct as_live;

enum as_live_state {
	AS_LIVE_WAITING = 0, /* for the reference, or for sound to capture: the status says for which */
	AS_LIVE_SEARCHING,   /* there is sound, and no place for it yet */
	AS_LIVE_LOCKED,
	AS_LIVE_LOST,        /* it was locked; what plays fits there no longer, or has not been heard yet behind a hole, and nowhere else yet */
	AS_LIVE_SILENT,      /* nothing that could be measured is heard */
	AS_LIVE_PAUSED,      /* as_live_pause */
};

/* "waiting", "searching" …: the words of JSON. */
AS_API const char *as_live_state_name(enum as_live_state s);

/* One reading. What is not known is NAN, never 0. */
struct as_live_reading {
	double t_s;              /* since capture began, by the clock of this computer */
	enum as_live_state state;
	double lag_ms;           /* t_s - position_s: positive means that what is heard is late. NAN unless locked */
	double lag_err_ms;       /* its standard error */
	double calibrated_lag_ms; /* lag_ms + the calibration */
	double position_s;       /* in the reference, of what is heard at t_s. NAN unless locked */
	double drift_ppm;        /* how fast the lag grows, µs per s; NAN unless locked and measurable */
	double drift_err_ppm;
	double confidence;       /* -log10(p_false) of the best place, as in placing; 0 where none was found, or several fit */
	double p_false;          /* the chance that unrelated sound would look as alike; NAN before the first look */
	bool no_match;           /* sound enough was heard that it would have been found: it is hardly in the reference */
	bool ambiguous;          /* it fits several places of the reference as well: music that repeats itself */
	bool reference_broken;   /* the reference broke off: what is not found may be in the part that did not come */
	double last_lag_ms;      /* of the last lock, as long ago as t_s - last_t_s says; NAN before the first */
	double last_t_s;
	double level_db;         /* RMS of what was captured lately, dBFS; -200 for digital silence; NAN while nothing comes, or is listened to */
	int64_t xruns;           /* times that the device or this computer lost sound so far; none of it is counted as lag */
};

/* What it is about; a copy. Texts are as they came, to be escaped for terminals. */
struct as_live_status {
	enum as_live_state state;
	bool ended;                 /* the capture came to its end (a file, a pipe), as_live_stop, or error: no reading follows */
	struct as_error error;      /* AS_OK, or why it ended */
	char waiting_for[256];      /* state WAITING: "the download of …", "the sound device … to come back"; else "" */
	char reference[256];        /* file name, title or capture source */
	double reference_s;         /* its length as far as it is known; NAN: endless or not known */
	double loaded_s;            /* so much of it can be compared with by now */
	bool reference_live;        /* a stream or a second capture: only its last minutes are kept */
	struct as_error reference_error; /* AS_OK, or why a recording broke off: what came before, loaded_s of it, is compared with */
	char capture[256];          /* for people: "Monitor of Built-in Audio" */
	char device[256];           /* the name that [calibration] knows it by */
	bool capturing;             /* sound comes in */
	double began_s;             /* what CLOCK_MONOTONIC said at t_s 0; NAN before. Of no meaning with fast */
	double rate_hz;             /* of the capture; 0 before it is open */
	int channels;
	double calibration_ms;
	bool calibration_of_device; /* from [calibration], rather than live.calibration_ms */
};

struct as_live_config {
	/* A file, a URL that FFmpeg opens, the URL of a page or a title (yt-dlp finds the sound), or a capture source with
	 * "capture:" before it for a second live sound. */
	const char *reference;
	/* A PortAudio device's name or number, "monitor:NAME", "app:NAME" (or "app:#7", one stream by its number: it is the end, with
	 * AS_ERR_NOT_FOUND, when its program has ended), a file, a URL, "-" (raw samples from descriptor 0);
	 * NULL: the monitor of the default output, else the default input. */
	const char *capture;
	bool fast;               /* a file is read as fast as it can be compared, not in real time */
	bool at_once;            /* a sound device that is not there is an error, and not waited for */
	const char *pcm;         /* of "-": "s16le:48000:2", the default, or "f32le:RATE:CHANNELS" */
};

/* Checks what can be checked at once; opens no device yet. opt is copied: [live], [calibration]. NULL on failure. */
AS_API struct as_live *as_live_open(const struct as_options *opt, const struct as_live_config *cfg, struct as_error *err);
/* Stops, joins its threads, frees. NULL is fine. Some 100 ms at most. */
AS_API void as_live_close(struct as_live *l);

AS_API enum as_status as_live_start(struct as_live *l, struct as_error *err);
/* While paused the sound goes by unheard, t_s goes on, and readings say PAUSED once. */
AS_API void as_live_pause(struct as_live *l);
AS_API void as_live_resume(struct as_live *l);
/* Ends it; what waits can still be read. */
AS_API void as_live_stop(struct as_live *l);

/* Polls readable while readings wait, or the status has changed since it was last taken; owned by l. */
AS_API int as_live_fd(const struct as_live *l);
/* The next reading; false when there is none. Of readings that nobody takes, the oldest go: 1024 are kept. */
AS_API bool as_live_next(struct as_live *l, struct as_live_reading *out);
AS_API void as_live_status(struct as_live *l, struct as_live_status *out);

/* For the device in use, from the next reading on. Nothing is saved. What live.calibration_ms could not be changes nothing. */
AS_API void as_live_set_calibration(struct as_live *l, double ms);
/* Looks the calibrations up anew, in [live] and [calibration] of opt (copied): for the device in use, from the next reading on, and for
 * those to come. AS_OK, AS_ERR_MEMORY. */
AS_API enum as_status as_live_reread(struct as_live *l, const struct as_options *opt, struct as_error *err);

#ifdef __cplusplus
}
#endif
#endif
