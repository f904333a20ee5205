/* One clip laid out by another clip's own clock: what a recorder heard, for the picture of a camera, which keeps its time whatever its
 * clock does. Pure. */
#ifndef AS_EXPORT_CAMERA_CLOCK_H
#define AS_EXPORT_CAMERA_CLOCK_H

#include <stdbool.h>

#include <audiosync/types.h>

/* Where a clip lies on its island's timeline, as as_placement has it. */
struct as_course {
	double duration_s;
	double drift_ppm; /* 0 where it is not known or not to be followed */
	const struct as_segment *segments; /* n_segments >= 1 */
	int n_segments;
	const struct as_clock_knot *clock;
	int n_clock;
};

/* The same as as_stitch_clip wants it, times counted from the camera's first sample by the camera's clock. Free with as_laid_done. */
struct as_laid {
	double speed_ppm;
	struct as_segment *segments;
	int n_segments; /* 0: nothing of it lies in the camera's time */
	struct as_clock_knot *clock;
	int n_clock;
};

/* Sound of times that the camera lost is left out; where the camera has time too much there is silence. False when out of memory. */
bool as_lay_by_camera(const struct as_course *clip, const struct as_course *camera, struct as_laid *out);
void as_laid_done(struct as_laid *l);

#endif
