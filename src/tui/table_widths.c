/* Which columns of the confidence table there is room for. */

#include "base/figures.h"
#include "base/text.h"
#include "base/words.h"
#include "tui/table_rows.h"

#define GAP 2
#define CLIP_MIN 16
#define CLIP_MAX 48
#define TRACK_MIN 6
#define TRACK_MAX 24
#define DRIFT_MAX 16 /* "-1000.0 +-100.0" */
#define ISLAND_COLS 76 /* from here on the column that tells islands apart stays */
#define VERDICT_MIN 22  /* before columns are left out */
#define VERDICT_LEAST 10 /* "ambiguous" */
#define VERDICT_WIDE 44 /* before headings are written out */

void tui_table_measure(struct tui_widths *w, const struct tui_model *m)
{
	const struct as_snapshot *s = m->snap;
	char name[300], figure[AS_FIGURE_BYTES];

	*w = (struct tui_widths){.clip = 4, .track = 5, .islands = s->n_islands > 1};
	for (int i = 0; i < s->n_clips && w->clip < CLIP_MAX; i++) {
		int cols = tui_text_cols(as_words_clip(name, sizeof name, &s->clips[i]));

		w->clip = cols > w->clip ? cols : w->clip;
	}
	for (int i = 0; s->placements && i < s->n_clips && w->drift < DRIFT_MAX; i++) {
		const struct as_placement *p = &s->placements[i];
		int cols = as_text_cols(as_figure_drift(figure, sizeof figure, p->drift_ppm, p->drift_err_ppm, m->unicode));

		w->drift = p->island > 0 && cols > w->drift ? cols : w->drift;
	}
	w->drift = w->drift > DRIFT_MAX ? DRIFT_MAX : w->drift;
	for (int i = 0; i < s->n_tracks && w->track < TRACK_MAX; i++) {
		int cols = tui_text_cols(s->tracks[i].name);

		w->track = cols > w->track ? cols : w->track;
	}
	w->clip = w->clip > CLIP_MAX ? CLIP_MAX : w->clip;
	w->track = w->track > TRACK_MAX ? TRACK_MAX : w->track;
}

static int at_least(int v, int least)
{
	return v > least ? v : least;
}

static int at_most(int v, int most)
{
	return v < most ? v : most;
}

static int total(const struct tui_widths *w)
{
	int sum = TUI_TABLE_LEFT - GAP;

	for (int i = 0; i < TUI_COLS; i++)
		sum += w->cols[i] ? w->cols[i] + GAP : 0;
	return sum;
}

/* The next one to be left out; TUI_COLS: no other may be. */
static int most_spare(const struct tui_widths *w, enum tui_column by, bool keep_island)
{
	int found = TUI_COLS;

	for (int i = 0; i < TUI_COLS; i++)
		if (w->cols[i] && i != (int)by && !(keep_island && i == TUI_COL_ISLAND) && tui_column_row((enum tui_column)i)->spare > 0 &&
		    (found == TUI_COLS ||
		     tui_column_row((enum tui_column)i)->spare > tui_column_row((enum tui_column)found)->spare))
			found = i;
	return found;
}

/* Room that is left goes to names, then to headings; the verdict has what nobody else needs. */
static void spread(struct tui_widths *w, int room, enum tui_column by)
{
	const enum tui_column named[] = {TUI_COL_CLIP, TUI_COL_TRACK};
	int most[] = {w->clip, w->track};

	for (int i = 0; i < 2 && room > 0; i++) {
		int more = w->cols[named[i]] ? at_most(room, at_least(most[i] - w->cols[named[i]], 0)) : 0;

		w->cols[named[i]] += more;
		room -= more;
	}
	for (int i = 0; i < TUI_COLS; i++) {
		int more = tui_text_cols(tui_column_row((enum tui_column)i)->head) + (i == (int)by ? TUI_TABLE_ARROW : 0) - w->cols[i];

		if (!w->cols[i] || more <= 0 || w->cols[TUI_COL_VERDICT] + room - more < VERDICT_WIDE)
			continue;
		w->cols[i] += more;
		room -= more;
	}
	w->cols[TUI_COL_VERDICT] += at_least(room, 0);
}

void tui_table_settle(struct tui_widths *w, int cols, enum tui_column by)
{
	int spare, lack;

	for (int i = 0; i < TUI_COLS; i++) {
		const struct tui_column_row *row = tui_column_row((enum tui_column)i);

		w->cols[i] = at_least(row->cols, tui_text_cols(row->brief) + (i == (int)by ? TUI_TABLE_ARROW : 0));
	}
	w->cols[TUI_COL_DRIFT] = at_least(w->cols[TUI_COL_DRIFT], w->drift);
	w->cols[TUI_COL_CLIP] = at_least(w->cols[TUI_COL_CLIP], at_most(w->clip, CLIP_MIN));
	w->cols[TUI_COL_TRACK] = at_least(w->cols[TUI_COL_TRACK], at_most(w->track, TRACK_MIN));
	w->cols[TUI_COL_VERDICT] = VERDICT_MIN;
	if (!w->islands)
		w->cols[TUI_COL_ISLAND] = 0;
	while (total(w) > cols && (spare = most_spare(w, by, cols >= ISLAND_COLS)) < TUI_COLS)
		w->cols[spare] = 0;
	lack = total(w) - cols;
	if (lack > 0)
		w->cols[TUI_COL_VERDICT] = at_least(VERDICT_MIN - lack, VERDICT_LEAST);
	lack = total(w) - cols;
	if (lack > 0)
		w->cols[TUI_COL_CLIP] = at_least(w->cols[TUI_COL_CLIP] - lack, 6);
	spread(w, cols - total(w), by);
}
