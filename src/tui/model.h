/* What the screen shows: panes draw from this and their own state, and from nothing else. */
#ifndef AS_TUI_MODEL_H
#define AS_TUI_MODEL_H

#include <audiosync/audiosync.h>

#include "tui/canvas.h"
#include "tui/keymap.h"
#include "tui/lag.h"

enum tui_pane_id { TUI_PANE_TRACKS, TUI_PANE_TIMELINE, TUI_PANE_TABLE, TUI_PANE_LAG, TUI_PANE_LOG, TUI_PANES };

enum tui_unit { TUI_UNIT_TIME, TUI_UNIT_SAMPLES, TUI_UNIT_FRAMES, TUI_UNITS };

#define TUI_LOG_LINES 500
#define TUI_LOG_BYTES 512

struct tui_log_line {
	double at_s;    /* of the clock when it came */
	enum tui_style style;
	int clip;       /* that it is about, or -1 */
	char text[TUI_LOG_BYTES];
};

/* A ring: the newest TUI_LOG_LINES. */
struct tui_log {
	struct tui_log_line *line;
	int n, first;
	int64_t total; /* ever written */
};

/* In the folder that the program was started in, as far as known. */
struct tui_recordings_here {
	int n, n_top;  /* in all, in itself, … */
	int n_folders; /* … in so many, that one too */
};

struct tui_model {
	const struct as_snapshot *snap; /* never NULL */
	struct as_session *session;     /* for as_session_waveform alone; of the snapshot */
	const double *island_start_s;   /* of the snapshot's islands, see tui_island_start_s; NULL: not known yet */
	const struct as_options *opt;   /* the session's */
	const struct tui_keymap *keys;
	double frame_s;                 /* of timelines … */
	char frame_rate[AS_FRAME_RATE_BYTES]; /* … and by which name */
	double now_s;                   /* of a clock that only goes forward */
	bool unicode, color;
	/* What the cursor is on, wherever it is moved: a clip (-1: a track alone) and its track (-1: there is none). */
	int clip, track;
	const bool *marked;             /* n_clips */
	int n_marked;
	double cursor_s;                /* on the whole timeline: islands one after another, see tui_island_start_s */
	bool hearing;                   /* an audition plays, … */
	double heard_s;                 /* … here on the whole timeline */
	enum tui_unit unit;
	enum tui_pane_id focus;
	bool zoomed, dialog;            /* a pane alone; a dialog has the keys */
	bool alone;                     /* no other pane shows, for lack of room or as one is zoomed */
	struct tui_log log;
	const char *project;            /* path, or NULL */
	bool modified;
	const char *undo, *redo;        /* what they would take back, or NULL */
	bool project_recovered;
	double stage_began_s, run_began_s;
	double most_share;              /* of the stage that was done at most so far, or -1 */
	double decoded_before_s;        /* decoded_s when the stage began */
	const struct tui_lag *lag;      /* NULL: no meter has been started */
	struct tui_recordings_here here;
	char adding[256];               /* what of adding recordings takes its time, or "" */
	char project_work[256];         /* the project that is being opened or saved, or "" */
	char looking[160];              /* what the disk is asked for beside all that, or "" */
	const char *find;               /* what was looked for last, or "" */
};

/* Where all islands begin on the whole timeline, from the first on: n_islands of them. */
void tui_island_starts(const struct as_snapshot *s, double *out);
/* Where island i (1 …) begins on the whole timeline. */
double tui_island_start_s(const struct tui_model *m, int island);
/* Where a clip begins and ends there; false if it has no place. */
bool tui_clip_span(const struct tui_model *m, int clip, double *from_s, double *to_s);
/* Of the highest rate of all clips, or 1/48000. */
double tui_sample_s(const struct tui_model *m);
/* The clip's placement, or NULL before there are any. */
const struct as_placement *tui_placement(const struct tui_model *m, int clip);
/* A clip's state as mark, style and letter (for mono): "●", TUI_STRONG, 'S'. */
struct tui_state_mark {
	enum tui_glyph glyph;
	enum tui_style style;
	const char *word; /* "strong", "no match", "reading" */
};
struct tui_state_mark tui_clip_mark(const struct tui_model *m, int clip);
/* The last export's file that holds the clip (-1: the track) and had to be limited to full scale, or NULL. */
const struct as_output *tui_limited(const struct tui_model *m, int track, int clip);
/* How many clips count as placed, how many can be. */
void tui_count_placed(const struct tui_model *m, int *placed, int *usable);

/* How many came after the sync and were compared with none. */
int tui_count_new(const struct tui_model *m);
/* How many miss a file that they are made of. */
int tui_count_missing(const struct tui_model *m);

/* A clip of an earlier snapshot, which had n_clips, in one of now: by its path, unless that has changed; -1: it is gone. */
int tui_clip_now(const struct as_snapshot *s, const char *path, int before, int n_clips);

/* The track of that name, or -1. */
int tui_track_named(const struct as_snapshot *s, const char *name);

const struct tui_log_line *tui_log_at(const struct tui_log *log, int i); /* 0: the oldest */

#endif
