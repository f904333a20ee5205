/* Shared by audition.c (what is asked, and what became of it), audition_plan.c (session -> what to play) and audition_mix.c (sound).
 * Private to them. */
#ifndef AS_ENGINE_AUDITION_PRIVATE_H
#define AS_ENGINE_AUDITION_PRIVATE_H

#include <audiosync/audition.h>

#include "engine/session_private.h"

/* One ear. */
struct audition_side {
	struct as_stitch_clip clip; /* owns all that it points at, the paths, too */
	int channel;                /* of the clip, or -1: their mean */
	double rms, peak;           /* of the stretch, as far as known; 0: silent or unknown */
};

/* What to play: independent of the session, which may change meanwhile. */
struct audition_plan {
	struct as_audition what;
	double begin_s;
	int64_t frames;
	struct audition_side sides[2];
	int n_sides;
	double declick_s;
};

/* With the lock. done frees; also what is half made. */
enum as_status as_audition_plan(const struct as_session *s, const struct as_audition *what, struct audition_plan *out,
				struct as_error *err);
void as_audition_plan_done(struct audition_plan *p);

/* The sound, block by block. */
#define AUDITION_CHANNELS 2
struct audition_mixer;
struct audition_mixer *as_audition_mixer_open(const struct audition_plan *p, const atomic_bool *cancel, struct as_error *err);
/* Borrows the next 1 … AS_STITCH_BLOCK_FRAMES frames, left and right. AS_EOF at the end. */
enum as_status as_audition_mixer_next(struct audition_mixer *m, const float **pcm, int64_t *n, struct as_error *err);
void as_audition_mixer_close(struct audition_mixer *m);
/* Renders all of it to learn rms and peak of the sides. */
enum as_status as_audition_measure(struct audition_plan *p, const atomic_bool *cancel, struct as_error *err);

#endif
