/* A snapshot in the order that people and scripts get it: tracks, and in each its clips by recording order. */
#ifndef AS_BASE_OUTLINE_H
#define AS_BASE_OUTLINE_H

#include <stdbool.h>

#include <audiosync/types.h>

struct as_outline {
	int *clips; /* clip ids, by track, then order; clips of no track come last */
	int *first; /* n_tracks + 1 positions in clips */
	int n_tracks, n_clips;
};

/* False when out of memory; done in every case. */
bool as_outline_init(struct as_outline *o, const struct as_snapshot *s);
void as_outline_done(struct as_outline *o);

/* The placement of a clip, or NULL before solving. */
const struct as_placement *as_outline_placement(const struct as_snapshot *s, int clip);
/* Its verdict; UNPLACED before solving and for clips that failed. */
enum as_verdict as_outline_verdict(const struct as_snapshot *s, int clip);
/* True for strong and moderate. */
bool as_outline_is_placed(const struct as_snapshot *s, int clip);
/* True for the candidate of an ambiguous clip that was taken: the clip, placed by hand, lies there to 25 ms. */
bool as_outline_is_taken(const struct as_snapshot *s, int clip, int candidate);
/* The reference track's name, or NULL. */
const char *as_outline_reference(const struct as_snapshot *s);

struct as_tally {
	int clips, placed, failed, unsure; /* unsure: neither placed nor failed */
	int cached;
};
struct as_tally as_outline_count(const struct as_snapshot *s);

/* A clip's error without the name at its front, which the reader sees beside it. */
const char *as_outline_error(const struct as_clip *clip);

#endif
