/* The values that the library hands out: clips, matches, placements, events, snapshots.
 *
 * Units: seconds are double and end in _s; frames are int64_t and end in _frames; a frame is one sample
 * per channel. Unknown times are NAN.
 *
 * Sign rules (pinned by tests/unit/test_signs.c):
 *   offset_s > 0 means that b starts after a.
 *   t_a = offset_s + t_b / (1 + drift_ppm * 1e-6)
 *   so drift_ppm > 0 means that b's clock runs fast relative to a's: b's file holds too many samples.
 *   A placement's drift_ppm is that of the clip relative to the clock of its island. */
#ifndef AUDIOSYNC_TYPES_H
#define AUDIOSYNC_TYPES_H

#include <stdbool.h>
#include <stdint.h>

#include <audiosync/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/* How sure a placement is. Only STRONG and MODERATE count as placed. */
enum as_verdict {
	AS_VERDICT_UNPLACED = 0,
	AS_VERDICT_AMBIGUOUS, /* several positions fit about equally: see candidates */
	AS_VERDICT_WEAK,
	AS_VERDICT_MODERATE,
	AS_VERDICT_STRONG,
};

/* What a placement rests on. */
enum as_method {
	AS_METHOD_NONE = 0,
	AS_METHOD_AUDIO,
	AS_METHOD_TIMECODE,
	AS_METHOD_METADATA,
	AS_METHOD_MANUAL,
};

/* What decided the verdict of a placement. */
enum as_reason {
	AS_REASON_NONE = 0,
	AS_REASON_STRONG,    /* placed: confidence reaches confidence.strong */
	AS_REASON_MODERATE,  /* placed: confidence reaches confidence.weak */
	AS_REASON_FAILED,    /* the file could not be used */
	AS_REASON_SILENT,
	AS_REASON_SHORT,     /* shorter than analysis.min_clip_s */
	AS_REASON_FAINT,     /* hardly any sound that matching can use */
	AS_REASON_ALONE,     /* there is no usable clip of another track */
	AS_REASON_NO_MATCH,  /* nothing was found in any other clip */
	AS_REASON_SCORE,     /* the best match stays under confidence.weak */
	AS_REASON_CHANCE,    /* p_false is above confidence.max_p_false */
	AS_REASON_LONE,      /* one match alone, with less than AS_LONE_SCORE */
	AS_REASON_SUPPORT,   /* all matches together say too little for any place: see support */
	AS_REASON_MARGIN,    /* the best place does not lead by confidence.min_margin */
	AS_REASON_NO_PLACE,  /* something matches, but other matches or clips of its own track contradict every place */
	AS_REASON_COMPANY,   /* what it matches has no trusted place itself */
	AS_REASON_LOCKED,    /* placed or kept by hand */
};

/* Decades that a place needs where one match alone vouches for it. */
#define AS_LONE_SCORE 5.0

enum as_clip_state {
	AS_CLIP_NEW = 0,
	AS_CLIP_PROBED,   /* streams and times are known */
	AS_CLIP_LOADING,  /* being decoded for analysis */
	AS_CLIP_READY,    /* analysis signal available */
	AS_CLIP_FAILED,   /* error says why; the clip takes no further part */
};

/* Whether a clip's files are what the project that it comes from knows. */
enum as_clip_media {
	AS_CLIP_MEDIA_PRESENT = 0,
	AS_CLIP_MEDIA_CHANGED, /* something else stands there now: the next analysis reads it, an export refuses it */
	AS_CLIP_MEDIA_MISSING, /* not found: the clip keeps its place, but cannot be exported or compared */
};

/* One sound stream of a file. */
struct as_stream {
	int index;           /* in the container */
	const char *codec;   /* "aac", "pcm_s24le" */
	double rate_hz;
	int channels;
	int bits;            /* per sample; 0 if lossy or unknown */
	bool is_float;
	double duration_s;   /* as stated, or NAN */
	bool timecode;       /* carries timecode as sound, not sound */
	bool used;           /* the one that is, or is going to be, analysed */
};

/* The pictures of a file, as it states them. */
struct as_picture {
	int width, height;        /* pixels as stored; 0 if unknown */
	int pixel_num, pixel_den; /* a pixel's width to its height; 0/0 if unknown */
	int fps_num, fps_den;     /* mean rate; 0/0 if unknown */
	double duration_s;        /* NAN if unknown */
};

/* One file of a clip. */
struct as_part {
	const char *path;         /* absolute */
	struct as_picture picture; /* all unknown without pictures */
	int64_t frames;           /* decoded length of its sound; -1 until known */
	double sound_start_s;     /* where the first decoded sample lies on the time axis of the pictures (0 without); NAN until known */
	double duration_s;        /* of its sound as stated, then as decoded; NAN if unknown */
	double start_tc_s;        /* embedded timecode as seconds since midnight, or NAN */
	int tc_num, tc_den;       /* frames a second that it counts in; 0/0 if it counts samples */
	bool tc_drop;             /* it leaves out numbers (drop frame) */
};

/* One recording, or several files that follow one another without a gap (see parts). */
struct as_clip {
	int id;              /* index in the snapshot's clips; stable within a session */
	int track;           /* index in the snapshot's tracks */
	int order;           /* position within its track: 0, 1, … */
	const char *path;    /* absolute; the first part's */
	const char *name;    /* final component of path, as stored (may be any bytes but '/' and NUL) */
	const char *const *parts; /* absolute paths of all files, in order; n_parts >= 1, parts[0] == path */
	int n_parts;
	const struct as_part *files; /* n_parts entries; NULL until probed */
	const char *device;  /* make, model and serial as far as the file tells; "" if it does not */
	const char *format;  /* container and codec, e.g. "mov,mp4 aac"; "" until probed */
	const struct as_stream *streams; /* of the first file; none until probed */
	int n_streams;
	bool has_video;
	double fps;          /* of the picture, or NAN */
	double rate_hz;      /* native rate of the chosen stream */
	int channels;
	int64_t frames;      /* decoded length; -1 until known */
	double duration_s;   /* NAN until known */
	double start_tc_s;   /* embedded timecode as seconds since midnight, or NAN */
	double created_s;    /* start of recording as seconds since 1970 UTC, or NAN */
	double level_db;     /* RMS of the mono mix in dBFS; NAN until decoded */
	double active;       /* share of the duration that carries sound usable for matching, 0..1; NAN until known */
	enum as_clip_state state;
	enum as_clip_media media; /* of all its files: the worst */
	double progress;     /* 0..1 of the decoding */
	bool cached;         /* the analysis came from the cache: nothing was decoded */
	const char *error;   /* "" unless state is AS_CLIP_FAILED */
	const int *matches;  /* those of the snapshot's matches that it takes part in, by index */
	int n_matches;
};

struct as_track {
	const char *name;
	bool reference;
	int n_clips;
};

/* One stretch of a clip between losses or gains of samples. start_s is the position on the island's
 * timeline that the clip's own first sample would have for this stretch. */
struct as_segment {
	double from_s, to_s; /* clip time */
	double start_s;
};

/* A clock that wanders: at clip time at_s the clip sits shift_s later than start_s and drift_ppm say; linear between two of these,
 * constant beyond. */
struct as_clock_knot {
	double at_s, shift_s;
};

struct as_candidate {
	double start_s;      /* like as_placement.start_s */
	double confidence;   /* decades */
	double margin;       /* decades by which the best position is better */
};

/* The lag that one stretch of sound of a few seconds shows, as measured, before any line was fitted: at b's time at_s the same
 * sound lies in a at at_s + lag_s. */
struct as_lag_point {
	double at_s, lag_s;
	double err_s; /* 1 standard error, from the spread of the points about the result */
	bool used;    /* false: too far from the result to count (another lobe, an echo) */
};

/* What correlation says about two clips. Lives in the session; a and b are clip ids. */
struct as_match {
	int a, b;
	double offset_s, offset_err_s;  /* at b's first sample; 1 standard error */
	double drift_ppm, drift_err_ppm; /* NAN where not measurable */
	double slope_ppm, slope_err_ppm; /* the drift that offset_s reckons with, always given: 0 where nothing is known */
	double ref_s, ref_err_s; /* time in b at which the match knows best, and its error there */
	double score;        /* decades: -log10 of the false-alarm probability, capped at 99 */
	double p_false;      /* probability that unrelated audio scores as high in this search */
	double margin;       /* decades by which the best position beats the runner-up, capped at 99; NAN: it was looked for
			      * near one position only, where none met it */
	double coverage;     /* decades for an overlap, which goes on, against sound that merely occurs in both clips,
			      * which stops; margin is never more */
	double evidence;     /* nats over all windows that were looked at: this place against none */
	double strength;     /* median height of the matched windows' peaks over the noise */
	double overlap_s;    /* predicted overlap */
	double matched_s;    /* part of it in which the match was seen */
	int n_windows;       /* looked at in the predicted overlap */
	int n_matched;       /* of these, in how many the match was seen */
	bool narrow;         /* looked for near an implied position only */
	double wander_s;     /* how far the two clocks' difference swings about its line; 0: it does not */
	bool inverted;       /* polarity of b relative to a */
	const struct as_segment *segments; /* start_s: offset of b relative to a for that stretch */
	int n_segments;
	const struct as_candidate *candidates; /* runner-up offsets; start_s is an offset_s here */
	int n_candidates;
	const struct as_lag_point *points; /* by at_s; at most some dozens, and only where used is true */
	int n_points;
	bool used;           /* the solver built on it */
	double residual_s;   /* b's placement minus b's place by this match, at the time where the match knows best; NAN
			      * unless both clips were joined */
};

#define AS_CANDIDATES_MAX 6 /* who has so many may have more */

struct as_placement {
	int clip;
	int island;          /* 1, 2, …; 0 if not placed */
	enum as_verdict verdict;
	enum as_method method;
	enum as_reason reason;
	int n_agreeing;      /* matches of at least confidence.weak that agree with the place */
	int n_searched;      /* searches of it against the whole of another clip */
	int n_looked;        /* looks at it near a position in another clip that others imply */
	double support;      /* decades that all matches together give to the best place; NAN once joined */
	double start_s;      /* of the first decoded sample on the island's timeline; NAN if unknown */
	double start_err_s;
	double drift_ppm, drift_err_ppm; /* relative to the island's clock; NAN where not measurable */
	double confidence;   /* decades */
	double p_false;
	double margin;       /* NAN of a clip that was placed by hand */
	const struct as_segment *segments;     /* at least one if placed */
	int n_segments;
	const struct as_clock_knot *clock;     /* none unless the clock wandered; the first has shift_s 0 */
	int n_clock;
	const struct as_candidate *candidates; /* if ambiguous; if weak, the one place that it might have; of a clip placed by hand, those
						* that it was ambiguous between */
	int n_candidates;
	int beside;          /* if there are several, a clip of the timeline that the candidates are on, or, if that clip has no
			      * place either, the clip from whose first sample they count; else -1 */
	const char *const *warnings;
	int n_warnings;
	bool locked;
};

enum as_event_kind {
	AS_EVENT_NONE = 0,
	AS_EVENT_CLIP,      /* id = clip: state or progress changed */
	AS_EVENT_STAGE,     /* id = enum as_stage just entered */
	AS_EVENT_PROGRESS,  /* done of total units of the current stage */
	AS_EVENT_MATCH,     /* id = index of a new match */
	AS_EVENT_PLACED,    /* placements changed */
	AS_EVENT_EXPORT,    /* id = index of an output: the file changed state */
	AS_EVENT_WARNING,
	AS_EVENT_DONE,      /* what was started has ended; the snapshot has the outcome */
	AS_EVENT_AUDITION,  /* <audiosync/audition.h>: it has begun, ended or failed; no part of a run */
};

/* Says what changed and carries no data: take a snapshot to see it. */
struct as_event {
	enum as_event_kind kind;
	int id;
	int64_t done, total;
};

enum as_stage {
	AS_STAGE_IDLE = 0,
	AS_STAGE_PROBE,
	AS_STAGE_LOAD,
	AS_STAGE_MATCH,
	AS_STAGE_SOLVE,
	AS_STAGE_EXPORT,
	AS_STAGE_SELFTEST,
	AS_STAGE_REPAIR, /* <audiosync/drift.h>: writing … */
	AS_STAGE_CHECK,  /* … and measuring again */
};

/* One file that an export writes or wrote. */
struct as_output {
	const char *path;    /* final path */
	const char *document; /* "": sound; else what it is: "otio", "fcpxml", "report" … */
	int track;           /* -1 for documents */
	int clip;            /* the one clip that it holds, or -1: all of the track */
	double start_s;      /* where its first sample sits on the timeline */
	double start_tc_s;   /* time of day that the file itself says of it (BWF), or NAN */
	double progress;     /* 0..1 */
	bool done;
	const char *error;   /* "" if none so far */
	double duration_s;
	double rate_hz;
	int channels;
	bool picture; /* a camera's file with new sound; duration, rate and channels are those of the sound */
	int sound_track; /* then: whose sound; else -1 */
	int part;        /* then: which of the clip's files it was made of */
	const struct as_stream *streams; /* then, once done: what it holds; the new sound is the one in use */
	int n_streams;
	double shift_s;  /* then: what players show at t_s of the recording they show at t_s + shift_s of it */
	int64_t limited; /* samples that were louder than full scale and were limited to it, … */
	double limited_db; /* … by up to this */
	const char *const *files; /* a document's that became several files (EDL: one a track): their paths; path is none of them */
	int n_files;              /* 0: path is the file */
};

struct as_selftest;
struct as_drift;

/* An immutable copy of a session's state at one moment. All pointers live as long as the snapshot. */
struct as_snapshot {
	uint64_t generation;
	enum as_stage stage;
	bool busy;
	enum as_status outcome; /* of what was last started; AS_OK while busy */
	const char *error;      /* "" unless outcome is a failure */
	const struct as_clip *clips;
	int n_clips;
	const struct as_track *tracks;
	int n_tracks;
	const struct as_match *matches;
	int n_matches;
	const struct as_placement *placements; /* n_clips entries, index = clip id; NULL before solving */
	const double *island_s; /* duration of island i at [i-1] */
	int n_islands;
	double timeline_s;      /* duration of the whole timeline: islands one after another */
	double sample_rate_hz;  /* highest native rate of all clips */
	const struct as_output *outputs;
	int n_outputs;
	const struct as_selftest *selftest; /* <audiosync/selftest.h>; NULL unless one has been made */
	const struct as_drift *drift;       /* <audiosync/drift.h>; NULL unless one has been measured */
	const char *const *warnings;
	int n_warnings;
	int n_left_out;         /* aligned files that added folders held, and that are no recordings */
	int64_t done, total;    /* progress of the current stage, in its own unit */
	double decoded_s;       /* seconds of sound decoded so far, for a speed reading */
};

/* Whether as_session_add takes a file of that name out of a folder: known extensions of sound and video. Any thread. */
AS_API bool as_media_name_known(const char *path);

AS_API const char *as_verdict_name(enum as_verdict verdict);
AS_API const char *as_method_name(enum as_method method);
AS_API const char *as_reason_name(enum as_reason reason);
AS_API const char *as_stage_name(enum as_stage stage);

#ifdef __cplusplus
}
#endif
#endif
