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
	bool mute;    /* an aligned file takes the place of the clip's sound */
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

/* timeline_rate.c */
/* The same rate counted as drop frame, where that is wanted and there is such a count. */
struct as_frame_rate as_timeline_with_drop(struct as_frame_rate rate, bool drop);
/* The rate that a file means by what it states; the nearest usual one where the distances of its pictures vary. False for none. */
bool as_timeline_nominal_rate(int num, int den, struct as_frame_rate *out, bool *variable);
void as_timeline_choose_picture(struct as_timeline_builder *b);

/* timeline_media.c */
bool as_timeline_add_media(struct as_timeline_builder *b);
/* The medium of an output; -1 out of memory. */
int as_timeline_add_rendered(struct as_timeline_builder *b, const struct as_output *o);
bool as_timeline_is_placed(const struct as_snapshot *snap, int clip);

/* timeline_lay.c */
/* The items of one clip, heap, in order; also on failure. */
bool as_timeline_lay_clip(struct as_timeline_builder *b, int clip, struct as_timeline_item **items, int *n);
/* Sets the item's frames from its exact place; false if not a frame of it remains. */
bool as_timeline_round_item(const struct as_timeline *t, struct as_timeline_item *it);
/* What the rounded record range takes from the medium. */
void as_timeline_set_source_out(const struct as_timeline *t, struct as_timeline_item *it);
double as_timeline_seconds(const struct as_timeline *t, double frames);
/* Where the law puts the clip's time t_s on the timeline. */
double as_timeline_place(const struct as_timeline_law *law, double t_s);
struct as_timeline_law as_timeline_law_of(const struct as_timeline_builder *b, int clip, int segment);

/* timeline_tracks.c */
bool as_timeline_lay_tracks(struct as_timeline_builder *b);
/* Leaves the media that items play, and no others; the last step, since first_media does not hold any more. */
bool as_timeline_drop_unused(struct as_timeline_builder *b);

/* timeline.c */
void as_timeline_media_done(struct as_timeline_media *m);

/* timeline_marks.c */
/* Takes the items off their tracks whose path the document cannot hold, and marks where they would be. */
bool as_timeline_leave_out(struct as_timeline_builder *b);
bool as_timeline_mark(struct as_timeline_builder *b);

#endif
