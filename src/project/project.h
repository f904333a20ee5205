/* What a project file holds, as plain values: text in, values out, and the other way round. Pure but for reading and writing
 * the one file; the media is looked for by relink.h. doc/audiosync-project.5 describes the format. */
#ifndef AS_PROJECT_PROJECT_H
#define AS_PROJECT_PROJECT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "sync/solve.h"

#define AS_PROJECT_VERSION 1
#define AS_PROJECT_CONTENT_BYTES 33 /* of the hexadecimal content hash, terminated */
/* Larger ones are refused unread, and not written: what is left out then is said. */
#define AS_PROJECT_MAX_BYTES (INT64_C(80) << 20)

struct as_project_stream {
	int index, channels, bits;
	double rate_hz, duration_s;
	char codec[32];
	bool is_float, timecode;
};

struct as_project_file {
	char *path;  /* absolute */
	char *track; /* asked for by name, or NULL */
	int64_t bytes, mtime_ns;
	char content[AS_PROJECT_CONTENT_BYTES]; /* of size and some parts of the bytes; "" if unknown */
	enum as_clip_state state;               /* NEW, PROBED, FAILED */
	char *error;                            /* once FAILED */
	/* once PROBED */
	char format[128], device[128];
	struct as_project_stream *streams;
	int n_streams;
	bool has_video;
	int width, height, pixel_num, pixel_den, fps_num, fps_den; /* of the picture; 0 if unknown */
	double fps, picture_s, picture_start_s, duration_s, start_tc_s, created_s, mtime_s;
	int tc_num, tc_den; /* frames a second that the timecode counts; 0/0 if it counts samples */
	bool tc_drop;
};

/* What the sound of one file of a clip came to. */
struct as_project_part {
	double frames; /* whole */
	double sound_start_s;
};

struct as_project_sound {
	int stream_index, channels, bits;
	bool is_float;
	double rate_hz;
	int64_t frames, damage;
	double level_db, peak_db, active;
};

/* A place that stays whatever the analysis says. */
struct as_project_lock {
	struct as_solve_placement place; /* its candidates count from where the clip `beside` begins */
	int anchor;     /* a clip from whose start the place counts, or -1: from the timeline's zero */
	double after_s; /* start minus the anchor's */
};

struct as_project_clip {
	int *files; /* indices, in order */
	int n_files;
	int track, order;
	enum as_clip_state state; /* NEW, PROBED, READY (sound is known), FAILED */
	struct as_project_sound sound;
	struct as_project_part *parts; /* n_files of them, if READY */
	uint64_t key; /* of the content, as matches know it */
	char *error;
	char **warnings;
	int n_warnings;
	struct as_solve_placement placement; /* if the project is solved */
	struct as_project_lock *lock;        /* or NULL */
	/* What another program had found; start_s is NAN where it had nothing. */
	double imported_s, imported_confidence;
};

struct as_project_match {
	struct as_pair_task task; /* a, b: clips */
	bool found;
	struct as_match_result r;
	bool used;
	double residual_s;
};

struct as_project_setting {
	char *key, *value;
};

struct as_project {
	struct as_project_setting *settings; /* those that differ from the defaults */
	int n_settings;
	char *recipe;    /* what keys and matches depend on beside the content; "" if unknown */
	char *reference; /* asked for, or NULL */
	char *autosave_of; /* absolute path of the project that this is the autosave of, or NULL */
	char **tracks;
	int n_tracks;
	struct as_project_file *files;
	int n_files;
	struct as_project_clip *clips;
	int n_clips;
	bool solved;
	int reference_track; /* of the solution, or -1 */
	double *island_s;
	int n_islands;
	struct as_project_match *matches;    /* of the solution */
	int n_matches;
	struct as_project_match *remembered; /* known beside these */
	int n_remembered;
	char **warnings;
	int n_warnings;
	/* Of the file that was read. */
	int version;
	bool foreign; /* AudioSync Pro's */
	char **losses; /* what could not be read, for people */
	int n_losses;
};

struct as_project *as_project_new(void);
/* The placement of a clip of which nothing is known. */
struct as_solve_placement as_project_no_place(void);
void as_project_free(struct as_project *p);

/* Appends a copy of text; false when out of memory. */
bool as_project_add_text(char ***list, int *n, const char *text);
/* Something that could not be read: kept up to some dozens, then counted. */
void as_project_lose(struct as_project *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Whether the file looks like a project: by its name, or by what it begins with. Opens regular files only. */
bool as_project_is_one(const char *path);

/* Reads a project of this or an older version, or one of AudioSync Pro, as far as it can be read: losses says what could not.
 * Everything in *out is in range and every index leads somewhere. AS_ERR_IO, AS_ERR_FORMAT (no project, too large, newer than
 * this program), AS_ERR_MEMORY. */
enum as_status as_project_read(const char *path, struct as_project **out, struct as_error *err);
/* The same from text that is in memory; path is for messages and to find what lies beside it. */
enum as_status as_project_parse(const char *text, int64_t bytes, const char *path, struct as_project **out,
				struct as_error *err);

/* The file's text: heap, deterministic. path: where it will stand, for what is told relative to it. *reduced (or NULL) tells what was
 * left out for size, or NULL. NULL when out of memory. */
char *as_project_text(const struct as_project *p, const char *path, int64_t *bytes, const char **reduced);
/* Writes it in one go. What was there before is kept as path with a tilde behind when backup is set. stopped (or NULL) is looked at before
 * the file takes its place: AS_CANCELLED. */
enum as_status as_project_write(const struct as_project *p, const char *path, bool backup, const char **reduced,
				const atomic_bool *stopped, struct as_error *err);

#endif
