/* What the clips of one device can be to each other: never two at once, in the order of their times; and what its clock
 * says about their distance (doc/algorithm.md, section 7). */
#ifndef AS_SYNC_DEVICE_H
#define AS_SYNC_DEVICE_H

#define AS_DEVICE_STAMP_S 2.5 /* recorders write whole seconds, some a moment late */

#define AS_DEVICE_CLOCK_S 120.0 /* clocks that people set */
#define AS_DEVICE_OFF_S 1200.0

/* A clip at a place. */
struct as_device_clip {
	double start_s, duration_s;
	double created_s; /* as the device says; NAN if unknown */
};

enum as_device_rule {
	AS_DEVICE_FREE = 0,
	AS_DEVICE_OVERLAP, /* both would run at once */
	AS_DEVICE_ORDER,   /* the one that was made first would lie behind the other */
};

/* The rule that two clips of one device at these places would break. */
enum as_device_rule as_device_forbids(const struct as_device_clip *a, const struct as_device_clip *b);

/* Whether the times at which one device says it began (or, as some phones do, ended) two clips are as far apart as their
 * places: 1, -1, or 0 where it does not tell. */
int as_device_stamps(const struct as_device_clip *a, const struct as_device_clip *b);

/* Whether the clocks of two devices tell the same time of day, if their clips are at these places: 1, -1 for another time of the day
 * altogether, or 0 where it does not tell. */
int as_device_clocks(const struct as_device_clip *a, const struct as_device_clip *b);

#endif
