/* Listening to a place: one clip on the left, another on the right, as they lie on the timeline now.
 *
 * What is heard is what an export would write, at 48 kHz: clocks corrected, every clip mixed to one channel (or the one that
 * analysis.channel names) and brought to the same level. In place, the two sound as one in the middle; out of place, as an echo
 * between the ears. It runs beside everything else: sessions are not busy with it, and it does not wait for what runs.
 *
 * Threads: as in session.h. AS_EVENT_AUDITION says that as_session_audition_state has changed: begun to sound, ended, failed. */
#ifndef AUDIOSYNC_AUDITION_H
#define AUDIOSYNC_AUDITION_H

#include <stdbool.h>

#include <audiosync/error.h>

#ifdef __cplusplus
extern "C" {
#endif

struct as_session;

/* The longest that is played or written. */
#define AS_AUDITION_MAX_S 3600.0
#define AS_AUDITION_RATE_HZ 48000

struct as_audition {
	int a;           /* clip on the left */
	int b;           /* clip on the right; -1: a on both sides */
	int island;      /* of both, 1 …: at_s counts on its timeline. 0: at_s is a's own time, b is -1; good for clips without a place */
	double at_s;     /* the moment that matters, the cursor say */
	double before_s; /* begins so long before it; never before 0 */
	double length_s; /* from there on; 0: 10 s. At most AS_AUDITION_MAX_S */
	/* Where to try b: its first sample at try_s instead of where it lies, when try_b says so. Then b needs no place: a
	 * candidate's start_s (see as_placement.beside for its timeline), or what nudging would make of it. */
	bool try_b;
	double try_s;
};

enum as_audition_stage {
	AS_AUDITION_NONE = 0, /* nothing since the session began */
	AS_AUDITION_STARTING, /* opening files and the device */
	AS_AUDITION_PLAYING,
	AS_AUDITION_WRITING,
	AS_AUDITION_DONE,     /* played or written to the end */
	AS_AUDITION_STOPPED,  /* by as_session_audition_stop, or by the next one */
	AS_AUDITION_FAILED,   /* error says why */
};

/* A copy: what became of the last audition. */
struct as_audition_state {
	enum as_audition_stage stage;
	bool written;            /* to a file, rather than played */
	struct as_audition what; /* as it was asked for */
	double at_s;             /* what is heard now, on what.at_s's axis; the end where it has ended */
	double begin_s, end_s;   /* on the same axis: what is played of it */
	struct as_error error;   /* of FAILED */
};

/* Starts playing to the system's default output, and stops what plays. Returns at once. AS_ERR_INVALID: no such clip, no place,
 * another island, neither clip sounds there. That there is no sound device shows later, as AS_AUDITION_FAILED with a message that says
 * what to do. A session that is edited while it plays goes on as it was: call again for what is new. */
AS_API enum as_status as_session_audition(struct as_session *s, const struct as_audition *what, struct as_error *err);

/* The same into a 24-bit WAV with two channels, for where there is no sound device. Both are brought to the same level by what is in
 * it. AS_ERR_EXISTS: path exists (and always where it is one of the recordings or the project). The file appears when the stage is
 * AS_AUDITION_DONE, and never in part. Stops what plays. */
AS_API enum as_status as_session_audition_write(struct as_session *s, const struct as_audition *what, const char *path,
						bool force, struct as_error *err);

/* Stops playing or writing, within some 50 ms. as_session_cancel does not. */
AS_API void as_session_audition_stop(struct as_session *s);

/* True while it starts, plays or writes. out may be NULL. */
AS_API bool as_session_audition_state(struct as_session *s, struct as_audition_state *out);

#ifdef __cplusplus
}
#endif
#endif
