/* Placements -> one aligned sound file per track: silence between clips, drift corrected, edges
 * de-clicked.
 *
 * Clips lie where segments[].start_s says, also between two samples. A clip of the output's rate
 * without correction that lies on a sample (to 1e-6 frame) is copied bit by bit; all others are
 * resampled (media/resample_exact.h). What happens where clips meet, overlap, or lost samples is
 * said in export/pieces.h.
 *
 * Channels: n into n as they are; mono into the first two channels (or the only one); otherwise
 * channel by channel, the rest silent. More channels than the output has (a caller that asks for
 * it, for MP3 say): into mono their mean; into stereo the mean of the 1st, 3rd … left and of the
 * 2nd, 4th … right; else the first ones. */
#ifndef AS_EXPORT_STITCH_H
#define AS_EXPORT_STITCH_H

#include <stdatomic.h>
#include <stdint.h>

#include <audiosync/types.h>

#include "media/encode.h"

/* A file as it was when it was probed. */
struct as_stitch_stamp {
	int64_t bytes;  /* 0: not known, not compared */
	double mtime_s; /* last change, since 1970; NAN: not known */
};

/* One clip of the track, on the whole timeline (islands one after another). */
struct as_stitch_clip {
	const char *const *parts;
	int n_parts;
	const struct as_stitch_stamp *stamps; /* n_parts, or NULL; a part that differs is AS_ERR_FORMAT */
	int stream_index; /* for the first part; the same in the others */
	int64_t frames;   /* decoded length of all parts at the native rate */
	double rate_hz;
	int channels;
	/* Clock error to take out, 0 if not corrected: the clip's own time t plays at
	 * t / (1 + speed_ppm * 1e-6). */
	double speed_ppm;
	/* What the clock wanders beside that: at the clip's time at_s it plays shift_s later. May be none. */
	const struct as_clock_knot *clock;
	int n_clock;
	const struct as_segment *segments; /* n_segments >= 1; start_s on the whole timeline */
	int n_segments;
};

struct as_stitch_job {
	const char *path; /* target */
	bool force;
	struct as_encode_spec spec;         /* total_frames is the length of the whole timeline */
	const struct as_stitch_clip *clips; /* in timeline order */
	int n_clips;
	double crossfade_s; /* where clips continue each other */
	double declick_s;   /* fade at edges that meet silence */
};

struct as_stitch_report {
	int64_t overlap_frames; /* covered by two clips of the track */
	double peak;            /* largest absolute sample written before clipping */
	int64_t clipped;        /* samples that had to be limited to full scale */
	int64_t damage;         /* damaged packets, replaced by silence */
};

/* The same without a file: the caller takes the timeline block by block. Of the job path (for messages), the clips, the times and of
 * spec the rate, the channels and the length count. job and cancel (which may be NULL) are borrowed until close. NULL with *err. */
#define AS_STITCH_BLOCK_FRAMES 4096
struct as_stitcher;
struct as_stitcher *as_stitcher_open(const struct as_stitch_job *job, const atomic_bool *cancel,
				     struct as_error *err);
/* Borrows the next 1 … AS_STITCH_BLOCK_FRAMES frames until the next call. AS_OK, AS_EOF after total_frames, AS_CANCELLED, an error. */
enum as_status as_stitcher_read(struct as_stitcher *s, const float **pcm, int64_t *n,
				struct as_error *err);
/* *report (may be NULL) is filled but for `clipped`. s NULL is fine. */
void as_stitcher_close(struct as_stitcher *s, struct as_stitch_report *report);

/* Called at least every 50 ms of work with the timeline frames written; false cancels. */
typedef bool (*as_stitch_progress)(void *ctx, int64_t done_frames, int64_t total_frames);

/* Writes job->path, streaming: memory depends on the channels and on how many clips overlap, not
 * on length. One thread; several tracks may be stitched at once. AS_OK, AS_CANCELLED within some
 * 50 ms of *cancel (may be NULL) or of progress (may be NULL) saying no, or an error that names
 * the clip or the target; the target is then as it was before. *report (may be NULL) is filled
 * in every case as far as it went. */
enum as_status as_stitch_track(const struct as_stitch_job *job, const atomic_bool *cancel,
			       as_stitch_progress progress, void *ctx,
			       struct as_stitch_report *report, struct as_error *err);

#endif
