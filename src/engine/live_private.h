/* Between the files of the live meter, engine/live*.c: its threads, what they share and what each has alone. */
#ifndef AS_ENGINE_LIVE_PRIVATE_H
#define AS_ENGINE_LIVE_PRIVATE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <audiosync/live.h>

#include "live/meter.h"
#include "live/reference.h"
#include "media/capture.h"
#include "media/fetch.h"

#define LIVE_QUEUE 1024
#define LIVE_STEP 800 /* samples of AS_METER_STEP_S */
#define LIVE_TEXT 256

struct as_stamp_clock;

/* Receives n samples at 8 kHz; v NULL: n that were lost, or not listened to. */
typedef enum as_status (*live_sink)(void *ctx, const float *v, int64_t n, struct as_error *err);

/* ---- live_mono: frames of any rate and channels -> mono at 8 kHz ---- */

struct live_mono;
struct live_mono *as_live_mono_new(double rate_hz, int channels, live_sink sink, void *ctx, struct as_error *err);
void as_live_mono_free(struct live_mono *m);
enum as_status as_live_mono_feed(struct live_mono *m, const float *pcm, int64_t n_frames, struct as_error *err);
/* n_frames are missing here. They pass as silence, and come out as lost to the sample. */
enum as_status as_live_mono_lose(struct live_mono *m, int64_t n_frames, struct as_error *err);
/* What is still inside; nothing may be fed from then on. */
enum as_status as_live_mono_end(struct live_mono *m, struct as_error *err);

/* ---- live_tap: a source that is opened, read, and opened again, as one endless axis ---- */

struct live_tap {
	/* Immutable once a thread runs it. */
	struct as_live *l;
	const char *source, *pcm;
	char label[LIVE_TEXT];           /* source for people, until it has a name */
	const struct as_fetch_config *fetch; /* source is a URL, a page or a title, found by this; NULL: a capture */
	struct as_capture *(*open)(struct live_tap *t, struct as_error *err); /* for tests; NULL: what source says */
	bool is_reference;
	live_sink sink;
	void *ctx;
	/* Of the thread that runs it. */
	struct as_sound *found;          /* what is to be captured first, where it has been found already */
	struct as_capture *capture;
	struct as_capture_format format; /* of capture; the last one's when it has gone */
	bool was_open, heard;            /* ever */
	double retry_s, backoff_s;       /* when to open it again, and how long to wait after that */
	double gone_s;                   /* since when it seems to be gone for good; 0: it does not */
	double empty_s, nothing_s;       /* since when reads have brought nothing, 0: the last one did; and when the last of them ended */
	struct live_mono *mono;
	struct as_stamp_clock *clock;
	bool stamped;                    /* clock has been given a stamp */
	int64_t made;                    /* samples of the axis so far, lost ones among them */
	int64_t base, base_frame;        /* sample `base` of the axis is frame base_frame of the stretch's capture … */
	double base_s;                   /* … and was heard then, where there are no stamps */
	double base_rate_hz;             /* of that capture: the next one may have another */
	int64_t next_frame;
	double begin_s;                  /* when the first frame of all was in the air, as far as is known; NAN */
	double pace_s;                   /* when the first frame is to be heard of what is paced */
	struct as_capture_block held;    /* read, and not taken yet */
	int64_t xruns, xruns_before;     /* of capture, and of those before it */
};

/* Says of an error that source could not be opened whose source it is, and names files as the user did. Returns its status. */
enum as_status as_live_blame(bool is_reference, const char *source, struct as_error *err);

/* Some 50 ms of waiting or reading. AS_OK: go on; AS_EOF; AS_CANCELLED; else it cannot go on. */
enum as_status as_live_tap_run(struct live_tap *t, struct as_error *err);
/* What a status of run makes of the whole: an end without any sound is an error. */
enum as_status as_live_tap_judge_end(const struct live_tap *t, enum as_status status, struct as_error *err);
void as_live_tap_close(struct live_tap *t);
/* Its sound comes as fast as it is taken. Once it is open. */
bool as_live_tap_is_stored(const struct live_tap *t);
bool as_live_tap_is_pipe(const struct live_tap *t);

/* ---- live_stretch: what a tap makes of one opening, without a hole, and how that lies on CLOCK_MONOTONIC ---- */

/* Whether a block begins another one: the first of a capture, or after a hole that its count of frames does not tell. */
bool as_live_stretch_is_new(const struct live_tap *t, const struct as_capture_block *b);
/* Ends the one before; what lies between them is lost. */
enum as_status as_live_stretch_begin(struct live_tap *t, const struct as_capture_block *b, struct as_error *err);
enum as_status as_live_stretch_end(struct live_tap *t, struct as_error *err);
/* So long that its clock is known as well as it ever will be. */
bool as_live_stretch_is_settled(const struct live_tap *t);
/* What t_s 0 is: early stamps may be far off, and what they say of the first frame gets better while the clock settles. */
void as_live_stretch_find_begin(struct live_tap *t);
/* How its axis lies on CLOCK_MONOTONIC. False before the first sound. */
bool as_live_tap_time(const struct live_tap *t, struct as_meter_time *out);
/* Not to be compared yet: lags would be off. */
bool as_live_stretch_is_unsure(const struct live_tap *t);

/* ---- live_fifo: what a second capture has heard, on its way to the thread that compares ---- */

struct live_fifo;
struct live_fifo *as_live_fifo_new(struct as_error *err);
void as_live_fifo_free(struct live_fifo *f);
/* All with the lock of l. put: false: full; with force the oldest are lost instead. n up to LIVE_STEP; v NULL: any number, lost. */
bool as_live_fifo_put(struct live_fifo *f, const float *v, int64_t n, bool force);
/* The next samples, at most LIVE_STEP, or a loss (*lost: v holds nothing); 0: none. */
int64_t as_live_fifo_take(struct live_fifo *f, float *v, bool *lost);
bool as_live_fifo_is_empty(const struct live_fifo *f);

/* ---- the whole ---- */

struct as_live {
	/* Immutable after open. */
	char *reference_arg, *capture_arg, *pcm, *yt_dlp;
	struct as_fetch_config fetch;
	bool fast, at_once;
	struct as_meter_config meter_config;
	double keep_s, url_timeout_s;
	int pipe_fd[2];

	atomic_bool cancel, paused;

	pthread_mutex_t lock;
	pthread_cond_t changed; /* something that a thread of ours waits for, cancel above all */
	/* Guarded by lock. */
	struct as_options *opt;                  /* calibrations */
	struct as_live_reading queue[LIVE_QUEUE];
	int head, count;
	bool awake, status_news;                 /* the pipe holds its byte; since the status was last taken it has changed */
	struct as_live_status status;            /* but state, waiting_for and what the reference knows itself */
	enum as_live_state met, told;            /* what the meter said last; what readings did */
	char wait_reference[LIVE_TEXT], wait_capture[LIVE_TEXT];
	struct as_reference *reference;          /* set once */
	struct live_fifo *fifo;                  /* set once, before it, for live references */
	struct as_meter_time reference_time;     /* of the live reference's axis; on CLOCK_MONOTONIC */
	bool reference_timed, reference_stored, reference_ended;
	bool reference_over;                     /* it has ended, and all of it has been taken */
	double begin_s;                          /* as_live_begin_s; NAN before */

	/* The front end's. */
	bool started, threads[2];
	pthread_t thread[2];

	/* The meter's thread. */
	struct live_tap tap;
	struct as_meter *meter;
	int64_t step_fill;
	double owed_s;                           /* what looks took longer than the sound between them */
	bool catching_up;                        /* no looks until that is paid back */
	double loaded_s;                         /* of the reference */
	double told_loaded_s;                    /* when the front end was woken for that */
	struct as_live_reading last;
	int64_t reference_fed;                   /* samples of a live reference */
	double over_s;                           /* when that was over, on the clock of the capture */
};

/* When files begin that are heard as if they played now: all at the same time. */
double as_live_begin_s(struct as_live *l);
/* Until something has changed, or so long. False once it is to end. Without the lock. */
bool as_live_wait(struct as_live *l, double s);
/* The reference is live. */
bool as_live_is_ring(struct as_live *l);
/* With the lock: a changed status is there to be seen. */
void as_live_wake(struct as_live *l);
/* Ends it for the front end, and every thread; err NULL: as it should. The first reason stays. */
void as_live_finish(struct as_live *l, const struct as_error *err);
/* What a side waits for; "" or NULL: nothing. */
void as_live_waits(struct as_live *l, bool is_reference, const char *text);
/* The state as the front end sees it. With the lock. */
enum as_live_state as_live_state_now(const struct as_live *l);
/* measured: by the meter. */
void as_live_push(struct as_live *l, struct as_live_reading *r, bool measured);
/* With the lock: what the device in use asks for. */
void as_live_find_calibration(struct as_live *l);

/* AS_OK where it is of a kind that can be loaded, whether or not it is there. */
enum as_status as_live_check_reference(const struct as_live *l, struct as_error *err);
/* The sink of what is captured. */
enum as_status as_live_hear(void *l, const float *v, int64_t n, struct as_error *err);

/* The threads. */
void *as_live_pump(void *l);
void *as_live_load(void *l);

#endif
