/* Private to timeline*.c: what the building steps share. */
#ifndef AS_EXPORT_TIMELINE_PRIVATE_H
#define AS_EXPORT_TIMELINE_PRIVATE_H

#include "export/timeline.h"

struct as_timeline_builder {
	const struct as_snapshot *snap;
	const struct as_timeline_config *cfg;
	struct as_timeline *t;
	int *first_media; /* per clip: its first medium, the others follow; -1: none */
	int cap_media, cap_tracks, cap_markers;
	bool mute;    /* the device's aligned files take the place of its sound */
	bool failed;  /* out of memory */
	bool crowded; /* more lanes than AS_TIMELINE_LANES */
};

/* Of one device: takes that run at the same time. */
#define AS_TIMELINE_LANES 512

/* One stretch of a clip in one of its files. Clip times; see timeline_lay.c. */
struct as_timeline_law {
	double start_s;   /* of the clip's time 0 on the whole timeline, for this stretch */
	double drift_ppm; /* 0 where unknown */
	const struct as_placement *p;
};

/* Makes room for one more element of *v; NULL: out of memory, and kept in b. */
void *as_timeline_grow(struct as_timeline_builder *b, void *v, int n, int *cap, size_t bytes);

/* timeline_media.c */
struct as_frame_rate as_timeline_footage_rate(const struct as_snapshot *snap);
/* The rate that a file means by what it states; the nearest usual one where the distances of its pictures vary. False for none. */
bool as_timeline_nominal_rate(int num, int den, struct as_frame_rate *out, bool *variable);
bool as_timeline_add_media(struct as_timeline_builder *b);
/* The medium of an output; -1 out of memory. */
int as_timeline_add_rendered(struct as_timeline_builder *b, const struct as_output *o);
void as_timeline_choose_picture(struct as_timeline_builder *b);
bool as_timeline_is_placed(const struct as_snapshot *snap, int clip);

/* timeline_lay.c */
bool as_timeline_lay_tracks(struct as_timeline_builder *b);
/* Where the law puts the clip's time t_s on the timeline. */
double as_timeline_place(const struct as_timeline_law *law, double t_s);
struct as_timeline_law as_timeline_law_of(const struct as_timeline_builder *b, int clip, int segment);

/* timeline_marks.c */
bool as_timeline_mark(struct as_timeline_builder *b);

#endif
