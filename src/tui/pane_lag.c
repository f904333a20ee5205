/* How late what plays now is: a few rows beside the log, or a meter that is read from across the room. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/figures.h"
#include "base/text.h"
#include "tui/app.h"
#include "tui/plot.h"

#define FULL_ROWS 11   /* from here on the figure is large */
#define FULL_COLS 56
#define SIDE_COLS 42   /* facts beside the figure, where there is room */
#define SIDE_FROM 112
#define BESIDE_COLS 24 /* words beside the figure */
#define WIDEST "-999.9" /* as a rule */

static void *open_lag(struct tui *t)
{
	(void)t;
	return calloc(1, 1);
}

/* --- words --------------------------------------------------------------------------------------------------------- */

enum wordiness { IN_A_WORD, IN_SHORT, IN_FULL };

static const char *zone_words(enum tui_lag_zone zone, enum wordiness how, bool unicode)
{
	static const char *const words[][3] = {
		[IN_A_WORD] = {"production", "within R37", "outside R37"},
		[IN_SHORT] = {"within production limits", "within EBU R37", "outside EBU R37"},
		[IN_FULL] = {"within production limits (-5 … +15 ms)", "within EBU R37 (-40 … +60 ms)", "outside EBU R37 (-40 … +60 ms)"}};
	static const char *const plain[] = {"within production limits (-5 to +15 ms)", "within EBU R37 (-40 to +60 ms)",
					    "outside EBU R37 (-40 to +60 ms)"};

	return how == IN_FULL && !unicode ? plain[zone] : words[how][zone];
}

static const char *side_words(double ms)
{
	return ms >= 0.05 ? "late" : ms <= -0.05 ? "early" : "in time";
}

static int put_state(const struct tui_lag *g, struct tui_canvas c, int row)
{
	struct tui_lag_mark mark = tui_lag_mark(g);

	tui_put_char(c, row, 1, mark.style, tui_glyph(c, mark.glyph));
	return 3 + tui_put(c, row, 3, mark.style, mark.word);
}

/* --- the small one ------------------------------------------------------------------------------------------------- */

static void put_number(const struct tui_lag *g, struct tui_canvas c, int row, int col)
{
	double ms = tui_lag_ms(g);
	enum tui_lag_zone zone = tui_lag_zone(ms);
	char figure[TUI_LAG_TEXT_BYTES], error[TUI_LAG_TEXT_BYTES];
	const char *unit;

	tui_lag_figure(ms, figure, sizeof figure, &unit);
	tui_put_fit(c, row, col, 8, tui_lag_zone_style(zone), TUI_RIGHT, figure);
	tui_put(c, row, col + 9, tui_lag_zone_style(zone), unit);
	tui_put(c, row, col + 12, TUI_QUIET, tui_lag_error(g->shown.lag_err_ms, c.unicode, error, sizeof error));
	tui_put(c, row, col + 23, tui_lag_zone_style(zone), zone_words(zone, IN_A_WORD, c.unicode));
	if (c.cols >= col + 46)
		tui_putf(c, row, col + 35, TUI_QUIET, "score %s", as_figure_score(figure, sizeof figure, g->shown.confidence));
}

/* The history, what its height means, and at its right what is left to say. */
static void put_history(const struct tui_lag *g, struct tui_canvas c, int row, int cols)
{
	char span[TUI_LAG_TEXT_BYTES], range[64] = "";
	double low_ms, high_ms;
	int spark = cols - 22 > 60 ? 60 : cols - 22;

	if (spark < 8)
		return;
	tui_lag_spark(&g->history, g->pace, c, row, 1, spark, g->status.calibration_ms, &low_ms, &high_ms);
	tui_lag_ago(tui_lag_pace_s(g->pace) * spark, span, sizeof span);
	if (isfinite(low_ms) && fabs(low_ms) < 9999 && fabs(high_ms) < 9999)
		snprintf(range, sizeof range, "%+.1f%s%+.1f", low_ms, c.unicode ? "…" : "..", high_ms);
	else if (isfinite(low_ms) && high_ms - low_ms < 9999) /* the ends of lags of seconds hardly differ */
		snprintf(range, sizeof range, "%.1f ms high", high_ms - low_ms);
	tui_putf(c, row, spark + 2, TUI_QUIET, "%s %s", span, range);
}

/* Facts at the left, the history in what is left. */
static void put_mixed(const struct tui_lag *g, struct tui_canvas c, int row)
{
	int facts = 34, spark = c.cols - 2 - facts;
	double low_ms, high_ms;

	tui_lag_brief_facts(g, c, row, 1, facts);
	if (spark >= 8)
		tui_lag_spark(&g->history, g->pace, c, row, 1 + facts, spark, g->status.calibration_ms, &low_ms, &high_ms);
}

/* The last lag, and what there is to say: in this row, or, where it is longer, in most_rows below. Returns the rows below. */
static int put_words(const struct tui_model *m, const struct tui_lag *g, struct tui_canvas c, int col, int most_rows)
{
	char words[AS_ERROR_MSG_BYTES + 16];

	if (*tui_lag_last_words(g, m->now_s, words, sizeof words))
		col += tui_put(c, 0, col, TUI_VALUE, words) + 2;
	tui_lag_state_words(g, words, sizeof words);
	if (tui_text_cols(words) > c.cols - col - 1 && c.rows >= 4)
		return tui_put_wrapped(c, 1, 3, c.cols - 4, most_rows, TUI_PLAIN, words);
	if (c.cols - col - 1 >= 12)
		tui_put_fit(c, 0, col, c.cols - col - 1, TUI_PLAIN, TUI_LEFT, words);
	return 0;
}

static void draw_small(const struct tui_model *m, const struct tui_lag *g, struct tui_canvas c)
{
	int row = 1, after = put_state(g, c, 0), below = 0, facts = c.rows - (c.rows >= 7 ? 3 : 1);

	if (tui_lag_state(g) == AS_LIVE_LOCKED)
		put_number(g, c, 0, 12);
	else
		below = put_words(m, g, c, after + 2, facts);
	if (below > 0) {
		row += below > 2 ? below : 2;
	} else if (c.rows >= 3) {
		tui_lag_ladder(c, row, 1, c.cols - 2, false, tui_lag_ms(g));
		row += 2;
	}
	if (c.rows >= 5 && row < facts)
		put_history(g, c, row++, c.cols - 2);
	if (facts >= row && c.rows < 5)
		put_mixed(g, c, facts);
	else if (facts >= row)
		tui_lag_brief_facts(g, c, facts, 1, c.cols - 2);
	if (c.rows >= 7) {
		tui_lag_reference(g, c, c.rows - 2, 1, c.cols - 2);
		tui_lag_capture(g, c, c.rows - 1, 1, c.cols - 2);
	}
}

/* --- the large one -------------------------------------------------------------------------------------------------- */

static struct tui_lag_size choose_size(struct tui_canvas c, int rows, int cols)
{
	static const struct tui_lag_size sizes[] = {{10, 4}, {5, 2}, {5, 1}, {3, 1}};
	static const int rows_needed[] = {36, 16, 12, FULL_ROWS};

	for (int i = 0; i < 4; i++) {
		if (i == 2 && c.unicode)
			continue; /* half blocks look better */
		if (rows >= rows_needed[i] && tui_lag_digits_cols(sizes[i], WIDEST) + BESIDE_COLS <= cols)
			return sizes[i];
	}
	return sizes[3];
}

/* The figure, and beside it what it means, in all of c's rows where words need them. Returns the rows. */
static int put_large(const struct tui_model *m, const struct tui_lag *g, struct tui_canvas c, struct tui_lag_size size)
{
	double ms = tui_lag_ms(g);
	enum tui_lag_zone zone = tui_lag_zone(ms);
	enum tui_style style = isnan(ms) ? TUI_QUIET : tui_lag_zone_style(zone);
	char figure[TUI_LAG_TEXT_BYTES], error[TUI_LAG_TEXT_BYTES], words[AS_ERROR_MSG_BYTES + 16];
	const char *unit;
	int widest = tui_lag_digits_cols(size, WIDEST), width, beside, mid = size.rows / 2 - 1;

	tui_lag_figure(ms, figure, sizeof figure, &unit);
	width = tui_lag_digits_cols(size, figure);
	widest = width > widest ? width : widest;
	if (size.rows == 3 && !c.unicode)
		tui_put_fit(c, 1, 1, widest, style, TUI_RIGHT, figure);
	else
		tui_lag_digits(c, 0, 1 + widest - width, size, style, figure);
	beside = widest + 3;
	if (isnan(ms)) {
		mid -= mid > 0;
		mid += tui_put_wrapped(c, mid, beside, c.cols - beside - 1, 2, TUI_VALUE, tui_lag_last_words(g, m->now_s, words, sizeof words));
		mid += tui_put_wrapped(c, mid, beside, c.cols - beside - 1, c.rows - mid, TUI_PLAIN, tui_lag_state_words(g, words, sizeof words));
		return mid > size.rows ? mid : size.rows;
	}
	tui_putf(c, mid, beside, TUI_VALUE, "%s  %s", unit, tui_lag_error(g->shown.lag_err_ms, c.unicode, error, sizeof error));
	tui_putf(c, mid + 1, beside, style, "%s%s", side_words(ms), g->shown.ambiguous ? "; other places fit as well" : "");
	for (int how = IN_FULL; how >= IN_A_WORD; how--)
		if (how == IN_A_WORD || tui_text_cols(zone_words(zone, (enum wordiness)how, c.unicode)) <= c.cols - beside - 1) {
			tui_put(c, mid + 2, beside, style, zone_words(zone, (enum wordiness)how, c.unicode));
			break;
		}
	return size.rows;
}

/* Side by side in as many rows as they need, most_rows at the most. Returns the rows. */
static int put_facts(const struct tui_lag *g, struct tui_canvas c, int row, int most_rows)
{
	int per_row = (c.cols - 2) / 25, width, rows;

	per_row = per_row < 1 ? 1 : per_row > TUI_LAG_FACTS ? TUI_LAG_FACTS : per_row;
	width = (c.cols - 2) / per_row;
	rows = (TUI_LAG_FACTS + per_row - 1) / per_row;
	rows = rows > most_rows ? most_rows : rows;
	for (int i = 0; i < TUI_LAG_FACTS && i < rows * per_row; i++)
		tui_lag_fact(g, (enum tui_lag_fact)i, c, row + i / per_row, 1 + i % per_row * width, width - 1);
	return rows;
}

/* At the right edge, one below another. */
static void put_side(const struct tui_lag *g, struct tui_canvas c)
{
	tui_lag_reference(g, c, 0, 0, c.cols - 1);
	tui_lag_capture(g, c, 1, 0, c.cols - 1);
	for (int i = 0; i < TUI_LAG_FACTS; i++)
		tui_lag_fact(g, (enum tui_lag_fact)i, c, 2 + i, 0, c.cols - 1);
}

static void put_time(const struct tui_lag *g, struct tui_canvas c, int row)
{
	int rest = c.rows - row, col = 1;
	char marks[80];

	if (rest >= TUI_PLOT_BELOW + 4) {
		col += tui_putf(c, row, col, TUI_HEAD, "lag over time, 1 column = %g s", tui_lag_pace_s(g->pace)) + 3;
		tui_put_fit(c, row, col, c.cols - col - 1, TUI_QUIET, TUI_LEFT, tui_lag_plot_marks(g, c.cols - 1, marks, sizeof marks));
		tui_lag_plot(g, tui_part(c, row + 1, 0, rest - 1, c.cols - 1));
	} else if (rest > 0) {
		put_history(g, c, c.rows - 1, c.cols - 2);
	}
}

static void draw_large(const struct tui_model *m, const struct tui_lag *g, struct tui_canvas c)
{
	bool side = c.cols >= SIDE_FROM && c.rows >= 20, airy = c.rows >= 24;
	struct tui_canvas left = tui_part(c, 0, 0, c.rows, side ? c.cols - SIDE_COLS : c.cols);
	struct tui_lag_size size = choose_size(c, c.rows, left.cols);
	int row = 1 + airy, after = 2 + 3 * airy + (side ? 0 : c.rows >= 14 ? 2 : 1), most_rows = c.rows - row - after;

	put_state(g, left, 0);
	row += put_large(m, g, tui_part(left, row, 0, most_rows > size.rows ? most_rows : size.rows, left.cols), size);
	if (side) {
		put_side(g, tui_part(c, 0, c.cols - SIDE_COLS, TUI_LAG_FACTS + 2, SIDE_COLS));
		row = row < TUI_LAG_FACTS + 2 ? TUI_LAG_FACTS + 2 : row;
	}
	row += airy;
	tui_lag_ladder(c, row, 1, c.cols - 2, airy, tui_lag_ms(g));
	row += 2 + airy;
	if (!side && c.rows >= 14) {
		tui_lag_reference(g, c, row++, 1, c.cols - 2);
		tui_lag_capture(g, c, row++, 1, c.cols - 2);
	} else if (!side) {
		tui_lag_reference(g, c, row, 1, c.cols / 2 - 2);
		tui_lag_capture(g, c, row++, 1 + c.cols / 2, c.cols / 2 - 2);
	}
	if (!side)
		row += put_facts(g, c, row, c.rows - row);
	put_time(g, c, row + (airy && !side));
}

/* --- the pane ------------------------------------------------------------------------------------------------------ */

static void draw_none(const struct tui_model *m, struct tui_canvas c)
{
	char key[32];
	int row = 0;

	tui_put(c, row++, 1, TUI_QUIET, "no reading");
	tui_keymap_keys(m->keys, AS_ACTION_LIVE, 1, key, sizeof key);
	row += tui_put_wrapped(c, row, 1, c.cols - 2, c.rows - row, TUI_PLAIN,
			       "How late is what plays now, against a file, a stream or a title?");
	tui_putf(c, row, 1, TUI_PLAIN, "%s%s:live REFERENCE starts the meter.", key, *key ? " or " : "");
}

static void draw(const void *state, const struct tui_model *m, struct tui_canvas c)
{
	(void)state;
	if (!m->lag)
		draw_none(m, c);
	else if (c.rows >= FULL_ROWS && c.cols >= FULL_COLS)
		draw_large(m, m->lag, c);
	else
		draw_small(m, m->lag, c);
}

static const char *note(const void *state, const struct tui_model *m, char *out, size_t n)
{
	(void)state;
	if (!m->lag || !m->lag->status.reference[0] || m->zoomed)
		return NULL;
	as_text_fit(out, n, m->lag->status.reference, 36, 1, !m->unicode);
	return out;
}

static bool act(void *state, struct tui *t, enum as_action action, const struct tui_call *call)
{
	(void)state;
	(void)call;
	/* There is nothing else to go into. */
	if (action != AS_ACTION_ACTIVATE)
		return false;
	tui_do(t, AS_ACTION_LIVE, NULL);
	return true;
}

const struct tui_pane_ops tui_pane_lag = {.name = "lag",
					  .title = "Lag",
					  .place = AS_PLACE_LAG,
					  .open = open_lag,
					  .close = free,
					  .action = act,
					  .draw = draw,
					  .note = note};
