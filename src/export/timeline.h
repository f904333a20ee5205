/* An edit: where every recording lies on one timeline, computed exactly and rounded once to whole frames, for the documents that
 * editing programs open. Pure: no file is looked at.
 *
 * Time axes. The timeline begins at 0 s, its frame 0; islands lie one after another as in the aligned files. A medium is one file;
 * its time 0 is what a player shows first, the beginning of its pictures where it has any; its first decoded sample lies at
 * sound_start_s on that axis. Source frames count from there too: source timecode is added by who writes it. All frames
 * (record_*, source_*) are of the timeline's rate, whatever the picture's own.
 *
 * An item plays media time source_s at timeline time start_s, and `speed` media seconds in a timeline second. Rounded: frame record_in
 * shows source frame source_in. Picture and sound of a file are one item: both always move together. residual_s is what
 * rounding did: where the item's sound is, minus where it belongs. */
#ifndef AS_EXPORT_TIMELINE_H
#define AS_EXPORT_TIMELINE_H

#include <stdbool.h>
#include <stdint.h>

#include <audiosync/types.h>

#include "base/error.h"
#include "export/media_url.h"
#include "export/timecode.h"

struct as_timeline_stream {
	int index; /* in the container */
	double rate_hz;
	int channels;
	bool timecode; /* carries timecode as sound */
	bool used;     /* the one that the clip was placed by */
};

/* One file. A clip of several joined files has several media. */
struct as_timeline_media {
	char *path;   /* absolute, on this machine; any bytes */
	char *target; /* what the documents say: a path of the machine that opens them, absolute or (see relative) from the
		       * document's folder; any bytes; as_url_from_path makes a URL of it */
	bool relative;
	char *name;   /* final component of path, with extension; any bytes */
	int clip;     /* of the snapshot; -1 for a rendered file of a whole track */
	int part;     /* which of the clip's files */
	int track;    /* of the snapshot */
	bool rendered; /* an aligned file that an export writes */
	bool muxed;    /* the camera file with new sound that stands for it */

	bool has_video;
	int width, height;            /* pixels as stored; 0 unless known */
	int pixel_num, pixel_den;     /* pixel aspect; 1/1 unless known */
	struct as_frame_rate rate;    /* of the pictures; the timeline's without pictures */
	bool variable;                /* the pictures' distances vary: rate is the nominal one */
	struct as_timeline_stream *streams; /* all that carry sound (or timecode as sound) */
	int n_streams;
	int channels;                 /* of all streams together */
	double rate_hz;               /* of the stream in use */
	double sound_start_s;         /* the first decoded sample; < 0: players leave out what is before 0 */
	double sound_s;               /* decoded length */
	double duration_s;            /* of the file as players show it */
	int64_t frames;               /* whole frames of the timeline's rate in duration_s */

	bool has_tc;                  /* source timecode: */
	struct as_frame_rate tc_rate; /* that it counts in (of the pictures; the timeline's for sound without) */
	int64_t tc_frames;            /* of the medium's time 0, in tc_rate; not wrapped: at least 0 */
	int64_t tc_start;             /* the same in frames of the timeline's rate, rounded */
	double start_tc_s;            /* the same exactly; NAN without */
};

struct as_timeline_item {
	int media;
	int clip;                      /* of the snapshot; -1 for a rendered file of a track */
	int64_t record_in, record_out; /* [in, out), at least one frame */
	int64_t source_in, source_out; /* of the medium, within [0, frames]; out - in differs from the record's where speed is not 1 */
	double start_s, end_s;         /* exact */
	double source_s;               /* media time at start_s */
	double speed;                  /* exactly 1 where the drift stays in (or was baked into a rendered file) */
	double residual_s;             /* at record_in */
	double end_residual_s;         /* at record_out: that, and the drift that stays in */
	double worst_residual_s;       /* where it differs most from residual_s, */
	double worst_s;                /* and when that is: the end, unless the clock wanders */
	enum as_verdict verdict;       /* of the clip's placement */
	bool picture, sound;           /* what of the medium takes part */
	bool splice;                   /* goes on with the item before it after lost or gained samples */
	bool next_part;                /* goes on with the item before it in the next file of the clip */
};

enum as_timeline_lane {
	AS_LANE_DEVICE,   /* recordings of one device */
	AS_LANE_RENDERED, /* aligned files of one device */
	AS_LANE_UNPLACED, /* recordings without a place, behind the end */
};

/* Items in order, never overlapping in frames. */
struct as_timeline_track {
	char *name; /* the device's; " (2)" … for further lanes of one device; any bytes */
	int track;  /* of the snapshot; -1 for the unplaced */
	int lane;   /* 0, 1, … among those of the same device and kind */
	enum as_timeline_lane kind;
	struct as_timeline_item *items;
	int n_items;
	bool picture, sound; /* of any of its items */
	int n_channels;      /* of sound at most, over its items; 0 without */
	int n_streams;       /* likewise */
};

enum as_timeline_mark {
	AS_MARK_ISLAND,   /* a group of clips that nothing connects with the one before begins */
	AS_MARK_SPLICE,   /* samples were lost or gained here */
	AS_MARK_WEAK,     /* placed with moderate confidence, or where an unplaced clip might belong */
	AS_MARK_OVERLAP,  /* a clip of the same device begins while another runs */
	AS_MARK_UNPLACED, /* the recordings without a place begin */
	AS_MARK_DRIFT,    /* sound and timeline are more than half a frame apart at worst */
	AS_MARK_LEFT_OUT, /* the document cannot say where the file is: what would lie here is not in it */
};

struct as_timeline_marker {
	enum as_timeline_mark kind;
	int64_t frame; /* of the timeline */
	double at_s;
	char *name, *note; /* "splice", "CamB_004.mov lost 0.512 s"; UTF-8 without control characters */
	int track, item;   /* in the timeline's tracks; -1: on the timeline itself */
};

struct as_timeline {
	char *name;
	struct as_frame_rate rate;
	int64_t start_tc; /* timecode of frame 0, in frames of rate */
	int sample_rate_hz;
	int width, height; /* of the picture that most of the footage has; 1920 x 1080 without any */
	int pixel_num, pixel_den;
	bool has_video;
	struct as_timeline_media *media;
	int n_media; /* those that items play */
	struct as_timeline_track *tracks; /* devices in the snapshot's order, each followed by its rendered lane; unplaced last */
	int n_tracks;
	struct as_timeline_marker *markers; /* by frame */
	int n_markers;
	int64_t placed_frames; /* end of what is placed */
	int64_t total_frames;  /* end of everything */
};

/* Where the drift goes. */
enum as_timeline_drift {
	AS_DRIFT_BAKED, /* into the aligned files: recordings keep speed 1 and are exact at their beginning */
	AS_DRIFT_SPEED, /* into the speed of recordings whose drift is known */
};

/* What takes the place of the recordings' sound. */
enum as_timeline_replace {
	AS_REPLACE_OFF,     /* nothing: recordings only */
	AS_REPLACE_INSTEAD, /* the aligned files; pictures stay without their sound */
	AS_REPLACE_BESIDE,  /* both */
	AS_REPLACE_MUXED,   /* camera files with new sound stand for those that they were made of */
};

struct as_timeline_config {
	const char *name;          /* NULL or "": "audiosync" */
	struct as_frame_rate rate; /* num 0: that of the footage */
	const char *start_tc;      /* HH:MM:SS:FF; "source": the reference's time of day; NULL, "", "auto": 01:00:00:00 */
	enum as_timeline_drift drift;
	enum as_timeline_replace replace;
	bool unplaced;       /* with the recordings that have no place */
	double island_gap_s; /* as in the aligned files */
	bool relative;       /* targets as seen from folder, unless mapped */
	const char *folder;  /* absolute: that of the document; only needed for relative */
	const char *cwd;     /* absolute: where relative paths of the snapshot's outputs begin; only needed for these */
	const struct as_path_map *maps;
	int n_maps;
	bool (*holds)(const char *target); /* NULL: the document can hold any path */
};

/* Needs placements. The snapshot is only read, and not kept. AS_ERR_INVALID for what cannot be (a start timecode that the rate
 * does not have …), AS_ERR_MEMORY. Free with as_timeline_free (NULL is fine). */
enum as_status as_timeline_build(const struct as_snapshot *snap,
				 const struct as_timeline_config *cfg, struct as_timeline **out,
				 struct as_error *err);
void as_timeline_free(struct as_timeline *t);

/* The rate that most of the footage has, in seconds; of equal ones that of the earlier clip; 25 without any. */
struct as_frame_rate as_timeline_footage_rate(const struct as_snapshot *snap);

/* Frames of a start timecode: as_timecode_parse, and two digits of frames also where the rate has three. */
enum as_status as_timeline_parse_start(const char *text, struct as_frame_rate rate, int64_t *frames,
				       struct as_error *err);

/* Seconds of the whole timeline at which an island (1 …) begins; the length of all. */
double as_timeline_island_start_s(const struct as_snapshot *snap, double gap_s, int island);

/* "island", "splice" …: constant. */
const char *as_timeline_mark_name(enum as_timeline_mark kind);

#endif
