/* A file with a picture and a new sound -> the same file with that sound: picture, times, timecode, chapters, rotation and whatever else
 * the container takes are copied as they are.
 *
 * Time. New sound begins where the source's time axis does, which is where players begin: at 0 in MOV, MP4 and Matroska, at the
 * file's earliest time stamp in others. as_mux_look tells where the source's own sound sits on that axis. Encoder delay is told to
 * the container (edit list), so that decoded sample k lies at k / rate from there.
 *
 * Containers that are written: MOV, MP4, Matroska. Those that are read: these, and what libav demuxes besides (MPEG-TS, MXF, AVI …),
 * which must be written as one of the three: AVI has no time stamps, MPEG-TS no PCM that players know, and MXF wants its sound in a
 * layout of its own. PCM with 24 bits (float where the sound is) goes into MOV and Matroska, AAC with 160 kbit/s a channel into MP4,
 * which libav gives no PCM; ALAC keeps MP4 without loss where the reader knows it. */
#ifndef AS_MEDIA_MUX_H
#define AS_MEDIA_MUX_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

#define AS_MUX_SOUNDS_MAX 32
#define AS_MUX_TEXT_BYTES 160

enum as_mux_container { AS_MUX_NONE, AS_MUX_MOV, AS_MUX_MP4, AS_MUX_MKV };

/* What the name's extension asks for; AS_MUX_NONE if it is none of theirs. */
enum as_mux_container as_mux_container_of(const char *path);
/* "mov" … */
const char *as_mux_extension(enum as_mux_container c);

struct as_mux_look {
	bool has_picture;
	double duration_s;    /* from the axis' zero to the end of what lasts longest */
	double sound_start_s; /* the first decoded sample of the stream asked for, on that axis */
	enum as_mux_container fitting; /* what such a file is best written as: its own kind, or one that holds its picture */
};

/* stream_index: of the container, as as_decoder_open takes it. */
enum as_status as_mux_look(const char *path, int stream_index, const atomic_bool *cancel,
			   struct as_mux_look *out, struct as_error *err);

enum as_mux_codec { AS_MUX_AUTO, AS_MUX_PCM, AS_MUX_AAC, AS_MUX_ALAC };

/* Lends the next frames of a new sound until the next call; AS_EOF after total_frames. */
typedef enum as_status (*as_mux_read)(void *ctx, const float **pcm, int64_t *n, struct as_error *err);

struct as_mux_sound {
	int rate_hz, channels;
	bool is_float; /* more than 24 bits can hold */
	int64_t total_frames;
	const char *title;    /* of the stream; may be NULL */
	const char *language; /* ISO 639-2, or NULL */
	int instead_of;       /* the source's stream that it is a better version of: takes over what that is called; -1: none */
	as_mux_read read;
	void *ctx;
};

struct as_mux_job {
	const char *source, *path;
	bool aligned; /* gets the mark of media/mark.h */
	bool force;
	enum as_mux_codec codec;
	const struct as_mux_sound *sounds;
	int n_sounds;
	bool keep_sound; /* the source's own sound stays, as further streams; else it goes */
	bool new_default; /* the first new sound is what players play, and stands before the old */
};

struct as_mux_report {
	int64_t clipped;  /* samples limited to full scale */
	int n_left_out;   /* streams that the container does not take … */
	char left_out[AS_MUX_TEXT_BYTES]; /* … and what they are: "rtmd, klv" */
	const char *codec; /* of the new sound: "pcm_s24le" */
};

/* Called at least every 50 ms of work with frames of the first new sound; false cancels. */
typedef bool (*as_mux_progress)(void *ctx, int64_t done_frames, int64_t total_frames);

/* Writes job->path beside its target and renames it. AS_OK, AS_CANCELLED within some 50 ms of *cancel (may be NULL), AS_ERR_EXISTS,
 * AS_ERR_INVALID (what cannot be written so, with the way out), AS_ERR_IO … that name the file. *report may be NULL. */
enum as_status as_mux_write(const struct as_mux_job *job, const atomic_bool *cancel,
			    as_mux_progress progress, void *ctx, struct as_mux_report *report,
			    struct as_error *err);

#endif
