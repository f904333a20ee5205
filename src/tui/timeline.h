/* The Timeline pane in parts: what it keeps, and who draws what. */
#ifndef AS_TUI_TIMELINE_H
#define AS_TUI_TIMELINE_H

#include "tui/model.h"
#include "tui/timeline_view.h"

struct tui;

#define TUI_TIMELINE_MARGIN 4 /* columns that the cursor keeps from the edges */

/* Where a clip is drawn. */
struct tui_span {
	double from_s, to_s;
	bool on;
};

struct tui_timeline {
	struct tui_view view;
	struct tui_span *span; /* of every clip */
	int n_spans;
	int *shelf;            /* clips that have none, track by track */
	int n_shelf;
	bool on_shelf;         /* left and right go from clip to clip there */
	bool placed;           /* spans are places; else clips stand one behind another */
	int rows, cols;        /* of the window when it was fitted last */
	int top;               /* the first lane that shows */
	/* What was fitted last, to see what has moved. */
	int clip, track;
	double cursor_s;
	/* Two clips, one over the other: the one at the cursor, and … */
	bool compare;
	int other;
	struct tui_view before; /* … */
	const struct as_session *asked; /* for its waveforms … */
	uint64_t asked_generation;      /* … since then */
};

/* How the window is shared out. */
struct tui_timeline_layout {
	int gutter;               /* columns for names */
	int island_row;           /* -1: there is one island at most */
	int label_row, tick_row;  /* of the ruler */
	int lanes_row, lanes_rows;
	int lane_rows;            /* of each … */
	int n_taller;             /* … but for so many at the top, which have one more */
	int n_lanes;              /* that fit */
	int shelf_row;            /* -1: every clip has a place, or no room */
	int info_row;             /* -1: no room */
};
struct tui_timeline_layout tui_timeline_layout(const struct tui_timeline *tl, const struct tui_model *m, int rows, int cols);
/* Of the lane-th one that shows: its first row, and how many it has. */
static inline int tui_timeline_lane_row(const struct tui_timeline_layout *l, int lane)
{
	return l->lanes_row + lane * l->lane_rows + (lane < l->n_taller ? lane : l->n_taller);
}
static inline int tui_timeline_lane_rows(const struct tui_timeline_layout *l, int lane)
{
	return l->lane_rows + (lane < l->n_taller);
}

/* Of the rows of the lanes, those that each of two compared waves has: names stand above and below, and words in a row below that. */
static inline int tui_timeline_compare_rows(const struct tui_timeline_layout *l)
{
	return (l->lanes_rows - 3) / 2;
}

/* timeline_span.c: computes span, begin and end; false when out of memory. */
bool tui_timeline_spans(struct tui_timeline *tl, const struct tui_model *m, double *begin_s, double *end_s);
/* The clip of a track at a moment (the preferred one if it is there, too), or -1. */
int tui_timeline_clip_at(const struct tui_timeline *tl, const struct tui_model *m, int track, double at_s, int preferred);
/* Clips over which a clip lies, on other tracks: the best to compare with first (at_s: there first of all). Returns how many of them went
 * into out. */
int tui_timeline_beside(const struct tui_timeline *tl, const struct tui_model *m, int clip, double at_s, int *out, int most);

/* timeline_shelf.c: clips without a place. Computes shelf from the spans; false when out of memory. */
bool tui_timeline_shelve(struct tui_timeline *tl, const struct tui_model *m);
void tui_timeline_shelf(const struct tui_timeline *tl, const struct tui_model *m, struct tui_canvas c,
			const struct tui_timeline_layout *l);
/* The clip that is shown at a column of the shelf's `cols`, or -1. */
int tui_timeline_shelf_at(const struct tui_timeline *tl, const struct tui_model *m, int cols, int col);
/* Down from the last lane; false: it is empty. */
bool tui_timeline_to_shelf(struct tui_timeline *tl, struct tui *t);
/* An action while the cursor is there. */
bool tui_timeline_shelf_act(struct tui_timeline *tl, struct tui *t, enum as_action action, int n);

/* timeline_move.c: an action, n times; the spans are those of now. False: none of the timeline's. */
bool tui_timeline_act(struct tui_timeline *tl, struct tui *t, enum as_action action, int n);

/* timeline_ruler.c: c is the whole inside. */
void tui_timeline_ruler(const struct tui_timeline *tl, const struct tui_model *m, struct tui_canvas c,
			const struct tui_timeline_layout *l);
/* A moment in the unit of choice: "00:12:31.480", "36,000 smp", "frame 18787". Returns out. */
char *tui_timeline_time(const struct tui_model *m, double at_s, char *out, size_t n);

/* timeline_lanes.c: rows of a lane that its waves have, the lowest ones. */
int tui_timeline_wave_rows(int lane_rows);
/* timeline_lanes.c, timeline_compare.c, timeline_info.c */
void tui_timeline_lanes(const struct tui_timeline *tl, const struct tui_model *m, struct tui_canvas c,
			const struct tui_timeline_layout *l);
void tui_timeline_compare(const struct tui_timeline *tl, const struct tui_model *m, struct tui_canvas c,
			  const struct tui_timeline_layout *l);
void tui_timeline_info(const struct tui_timeline *tl, const struct tui_model *m, struct tui_canvas c,
		       const struct tui_timeline_layout *l);
/* timeline_ruler.c: the line through everything at the cursor, and where an audition is. */
void tui_timeline_playhead(const struct tui_timeline *tl, const struct tui_model *m, struct tui_canvas c,
			   const struct tui_timeline_layout *l);

#endif
