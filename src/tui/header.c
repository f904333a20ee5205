#include "tui/header.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/figures.h"
#include "base/text.h"

/* Parts of the header from the right end leftwards, as far as there is room. Returns the columns left. */
static int put_right(struct tui_canvas c, int room, enum tui_style style, const char *text)
{
	int cols = tui_text_cols(text) + 2;

	if (!*text || cols > room)
		return room;
	tui_put(c, 0, room - cols + 1, style, text);
	return room - cols;
}

/* Whether aligned files run by another clock than their recordings. */
static bool corrects_drift(const struct tui_model *m)
{
	for (int i = 0; as_options_bool(m->opt, "export.drift_correction") && m->snap->placements && i < m->snap->n_clips; i++) {
		const struct as_placement *p = &m->snap->placements[i];

		if (p->island > 0 && isfinite(p->drift_ppm) && p->drift_ppm != 0)
			return true;
	}
	return false;
}

#define DRIFT_WORDS "drift corrected"
#define NAME_COLS 24 /* a longer name may be cut for the rest */

/* Columns of a part of the header with what stands between two of them. */
static int part_cols(const char *text)
{
	return *text ? tui_text_cols(text) + 2 : 0;
}

static void name_words(const struct tui_model *m, char *out, size_t n)
{
	bool star = m->project && m->modified && m->snap->n_clips;

	snprintf(out, n, "%.200s%s", m->project ? as_path_base(m->project) : m->snap->n_clips ? "not saved" : "", star ? " *" : "");
}

/* How much there is of what; brief: the tracks alone, since how many clips there are stands with those that are placed. */
static void count_words(const struct tui_model *m, bool wide, bool brief, char *out, size_t n)
{
	const struct as_snapshot *s = m->snap;
	char clips[AS_FIGURE_BYTES], tracks[AS_FIGURE_BYTES], time[32];

	*out = '\0';
	if (s->n_clips == 0)
		return;
	as_figure_count(tracks, sizeof tracks, s->n_tracks, "track", "tracks");
	as_figure_count(clips, sizeof clips, s->n_clips, "clip", "clips");
	snprintf(out, n, "%s%s%s%s%s", tracks, brief ? "" : "  ", brief ? "" : clips, wide && s->placements && s->timeline_s > 0 ? "  " : "",
		 wide && s->placements && s->timeline_s > 0 ? as_text_hms(time, sizeof time, s->timeline_s, 0) : "");
}

/* Left of room, where the name begins at used. What there is room for, in this order: all, less of the counts, no word of the drift, neither. */
static void draw_counts(const struct tui_model *m, struct tui_canvas c, int used, int room)
{
	bool wide = c.cols >= 100, drift = false;
	char name[256], counts[128], missing[64] = "";
	int left;

	name_words(m, name, sizeof name);
	if (tui_count_missing(m) > 0)
		snprintf(missing, sizeof missing, "%d missing", tui_count_missing(m));
	left = room - used - part_cols(missing) - (part_cols(name) < NAME_COLS ? part_cols(name) : NAME_COLS);
	for (int way = corrects_drift(m) ? 0 : 2; way < 4; way++) {
		drift = way < 2;
		count_words(m, wide, way % 2 == 1, counts, sizeof counts);
		if (part_cols(counts) + (drift ? part_cols(DRIFT_WORDS) : 0) <= left)
			break;
	}
	/* Whose it is stands before how much it is. */
	if (part_cols(counts) > left)
		*counts = '\0';
	room = put_right(c, room, TUI_HEADER, drift ? DRIFT_WORDS : "");
	room = put_right(c, room, TUI_HEADER_ALERT, missing);
	room = put_right(c, room, TUI_HEADER, counts);
	if (room - used > 4)
		tui_put_fit(c, 0, used, room - used - 1, TUI_HEADER, TUI_NAME, name);
}

void tui_header_draw(const struct tui_model *m, struct tui_canvas c)
{
	char text[256];
	int placed, usable, room = c.cols, used;

	tui_fill(c, 0, 0, 1, c.cols, TUI_HEADER, ' ');
	used = tui_put(c, 0, 1, TUI_HEADER_NAME, "audiosync") + 3;
	tui_keymap_keys(m->keys, AS_ACTION_HELP, 1, text, sizeof text);
	if (*text) {
		strcat(text, " help");
		room = put_right(c, room, TUI_HEADER, text);
	}
	tui_count_placed(m, &placed, &usable);
	if (m->snap->placements) {
		snprintf(text, sizeof text, "%d/%d synced", placed, usable);
		room = put_right(c, room, placed < usable ? TUI_HEADER_ALERT : TUI_HEADER, text);
	}
	draw_counts(m, c, used, room);
}
