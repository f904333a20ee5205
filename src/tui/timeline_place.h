/* Where the sound of clips lies on the whole timeline, and back: drift, splices and wandering clocks included. */
#ifndef AS_TUI_TIMELINE_PLACE_H
#define AS_TUI_TIMELINE_PLACE_H

#include "tui/model.h"

/* A stretch of a clip without a splice inside. */
struct tui_stretch {
	double from_s, to_s;           /* on the whole timeline */
	double clip_from_s, clip_to_s; /* in the clip */
};

/* How many a clip has; 0 without a place. */
int tui_n_stretches(const struct tui_model *m, int clip);
/* The i-th; false if there is none, or nothing of it is left. */
bool tui_stretch(const struct tui_model *m, int clip, int i, struct tui_stretch *out);
/* The clip time that lies at a moment of the timeline, by the i-th stretch: also beyond its ends. */
double tui_clip_time_s(const struct tui_model *m, int clip, int i, double timeline_s);
/* The moment of the timeline at which a clip time lies. NAN without a place. */
double tui_timeline_time_s(const struct tui_model *m, int clip, double clip_s);
/* The stretch in which a moment of the timeline lies, or the one next to it; -1 without a place. */
int tui_stretch_at(const struct tui_model *m, int clip, double timeline_s);

/* A place that a clip without one might have. */
struct tui_ghost {
	int number; /* of the candidate, from 1 on */
	double from_s, to_s;
};
#define TUI_GHOSTS_MAX 16
/* Those of an ambiguous or weak clip that lie on the timeline. */
int tui_ghosts(const struct tui_model *m, int clip, struct tui_ghost out[TUI_GHOSTS_MAX]);
/* Which clip of the timeline their places count from; -1: none. */
int tui_ghost_beside(const struct tui_model *m, int clip);

/* Where the timeline's cursor goes when the clip is chosen: nowhere if it is on it already. */
double tui_cursor_for(const struct tui_model *m, int clip);

/* How much later the clip b sounds than the clip a as they are placed, by what their own match says around a moment of the timeline.
 * *match: its index. False without a match of their own or without a place. */
bool tui_pair_lag(const struct tui_model *m, int a, int b, double at_s, double *lag_s, int *match);

#endif
