/* The clips of a track -> pieces of the timeline, with their places in the clips and their
 * fades. Pure. */
#ifndef AS_EXPORT_PIECES_H
#define AS_EXPORT_PIECES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "export/stitch.h"

/* A stretch of one clip on the timeline. Frames are those of the output unless they say
 * otherwise. */
struct as_piece {
	int clip;
	int64_t begin, end; /* timeline, [begin, end) */
	double position;    /* in the clip's frames, at begin; between two of them as a rule */
	double step;        /* clip frames per timeline frame */
	int64_t fade_in, fade_out;
	bool joins; /* begins where the clip's piece before it ends, in time and in the clip: the clock took another pace */
};

struct as_pieces {
	struct as_piece *v; /* by begin; each is painted over those before it */
	int n;
	int64_t overlap_frames; /* covered by two clips */
};

/* Lays out the job's clips. Pieces are cut to the timeline; clips outside of it give none.
 * AS_ERR_INVALID for clips that cannot be (no segment, rate or length out of range),
 * AS_ERR_MEMORY.
 *
 * - A recording that lost samples leaves a silent gap, one that gained samples loses the
 *   surplus; steps of less than the de-click time are spliced by a crossfade of that time.
 * - Where a clock changes its pace the next piece goes on from the same place in the clip: nothing is faded.
 * - A clip that begins inside another lies on top of it: fading in over the whole overlap where
 *   that is no longer than two crossfade times (it is never longer than one), over the de-click
 *   time otherwise.
 * - Edges that meet silence fade over the de-click time, but not at the very beginning and end
 *   of the timeline. */
enum as_status as_pieces_plan(const struct as_stitch_job *job, struct as_pieces *out,
			      struct as_error *err);
void as_pieces_done(struct as_pieces *p);

/* The timeline frames [*begin, *end) of a clip at rate_hz that as_pieces_plan would lay it on, had the timeline no
 * ends. AS_ERR_INVALID as there. */
enum as_status as_pieces_span(const struct as_stitch_clip *clip, int rate_hz, int64_t *begin,
			      int64_t *end, struct as_error *err);

#endif
