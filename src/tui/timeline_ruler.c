/* The ruler: times, ticks, names of islands. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "tui/timeline.h"

#define LABELS_APART 3 /* columns of air between two */
#define TICKS_APART 4  /* columns from one small tick to the next, at least */
#define LABEL_BYTES 48
#define MIDDLE_DOT 0xB7 /* · of gaps */
#define SMALL_TICK '\''
#define LINE_CELLS 8   /* a line at the cursor of more than so many has gaps: a step sends all of it, twice … */
#define GAPS_MOST 3    /* … but shows one cell in so many at least */

static const double neat_s[] = {1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 0.01, 0.02, 0.05, 0.1,  0.2,  0.5,	1,    2,     5,
				10,   15,   30,	  60,	120,  300,  600,  900,	1800, 3600, 7200, 14400, 21600, 43200, 86400};
enum { N_NEAT = sizeof neat_s / sizeof *neat_s };

/* Groups of three, for numbers of samples. */
static char *grouped(char *out, size_t n, double value)
{
	char digits[32];
	size_t at = 0, len;

	snprintf(digits, sizeof digits, "%.0f", fabs(value) < 1e15 ? fabs(value) : 1e15);
	len = strlen(digits);
	if (value < 0 && n > 1)
		out[at++] = '-';
	for (size_t i = 0; i < len && at + 2 < n; i++) {
		out[at++] = digits[i];
		if ((len - i) % 3 == 1 && i + 1 < len)
			out[at++] = ',';
	}
	out[at] = '\0';
	return out;
}

char *tui_timeline_time(const struct tui_model *m, double at_s, char *out, size_t n)
{
	char digits[48];

	switch (m->unit) {
	case TUI_UNIT_SAMPLES:
		snprintf(out, n, "%s smp", grouped(digits, sizeof digits, floor(at_s / tui_sample_s(m) + 0.5)));
		break;
	case TUI_UNIT_FRAMES:
		snprintf(out, n, "frame %s", grouped(digits, sizeof digits, floor(at_s / m->frame_s + 0.5))); /* as documents round places */
		break;
	default:
		as_text_hms(out, n, at_s, 3);
	}
	return out;
}

/* --- ticks ----------------------------------------------------------------------------------------------------- */

/* What is counted along the ruler, and how much of it lies between two labels. */
struct ticks {
	double unit_s, every;
	int small; /* parts that small ticks divide it into */
};

static void put_label(const struct tui_model *m, const struct tui_view *v, const struct ticks *t, double k, char out[LABEL_BYTES])
{
	double at = k * t->every;
	int decimals = 0;
	char text[LABEL_BYTES];

	if (m->unit != TUI_UNIT_TIME) {
		grouped(out, LABEL_BYTES, at);
		return;
	}
	while (decimals < 4 && fabs(t->every * pow(10, decimals) - floor(t->every * pow(10, decimals) + 0.5)) > 1e-6)
		decimals++;
	as_text_hms(text, sizeof text, at, decimals);
	/* Hours where there are any. */
	snprintf(out, LABEL_BYTES, "%s", v->end_s < 3600 && !strncmp(text, "00:", 3) ? text + (text[3] == '0' ? 4 : 3) : text);
}

static double next_neat(const struct tui_model *m, int i)
{
	if (m->unit == TUI_UNIT_TIME)
		return i < N_NEAT ? neat_s[i] : neat_s[N_NEAT - 1] * pow(2, i - N_NEAT + 1);
	return pow(10, i / 3) * (i % 3 == 0 ? 1 : i % 3 == 1 ? 2 : 5);
}

/* As many labels as there is room for, at neat times. */
static struct ticks choose(const struct tui_model *m, const struct tui_view *v)
{
	static const int parts[] = {10, 5, 6, 4, 3, 2};
	struct ticks t = {.unit_s = m->unit == TUI_UNIT_SAMPLES ? tui_sample_s(m) : m->unit == TUI_UNIT_FRAMES ? m->frame_s : 1, .small = 1};
	char label[LABEL_BYTES];
	double room;

	for (int i = 0; i < 64; i++) {
		t.every = next_neat(m, i);
		room = t.every * t.unit_s / v->step_s;
		put_label(m, v, &t, floor(tui_view_time_s(v, v->cols) / (t.every * t.unit_s)), label);
		if (room >= (double)strlen(label) + LABELS_APART)
			break;
	}
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		double each = t.every / parts[i];
		bool neat = false;

		for (int k = 0; k < 64 && !neat; k++)
			neat = fabs(next_neat(m, k) - each) < 1e-6 * each;
		if (neat && room / parts[i] >= TICKS_APART) {
			t.small = parts[i];
			break;
		}
	}
	return t;
}

static void put_ticks(const struct tui_model *m, const struct tui_view *v, struct tui_canvas c, int label_row, int tick_row)
{
	struct ticks t = choose(m, v);
	double every_s = t.every * t.unit_s, small_s = every_s / t.small;
	double first = ceil(v->from_s / small_s - 1e-6);

	for (int i = 0; i <= 2 * c.cols; i++) {
		double k = first + i;
		int col = tui_view_col(v, k * small_s);
		bool large = fabs(remainder(k, t.small)) < 0.5;
		char label[LABEL_BYTES];

		if (col >= c.cols)
			break;
		if (col < 0)
			continue;
		tui_put_char(c, tick_row, col, TUI_RULER, large ? tui_glyph(c, TUI_G_VLINE) : SMALL_TICK);
		if (!large)
			continue;
		put_label(m, v, &t, floor(k / t.small + 0.5), label);
		if (col + (int)strlen(label) <= c.cols)
			tui_put(c, label_row, col, TUI_RULER, label);
	}
}

/* --- islands --------------------------------------------------------------------------------------------------- */

static void put_islands(const struct tui_model *m, const struct tui_view *v, struct tui_canvas c, int row)
{
	for (int i = 1; i <= m->snap->n_islands; i++) {
		double from_s = tui_island_start_s(m, i);
		int from = tui_view_col(v, from_s), to = tui_view_col(v, from_s + m->snap->island_s[i - 1]), begin, cols;
		char name[48];

		if (to < 0 || from >= c.cols)
			continue;
		begin = from < 0 ? 0 : from;
		cols = (to >= c.cols ? c.cols - 1 : to) - begin + 1;
		tui_fill(c, row, begin, 1, cols, TUI_ISLAND, tui_glyph(c, TUI_G_HLINE));
		if (from >= 0)
			tui_put_char(c, row, from, TUI_ISLAND, tui_glyph(c, TUI_G_TOP_LEFT));
		if (to < c.cols && to > from)
			tui_put_char(c, row, to, TUI_ISLAND, tui_glyph(c, TUI_G_TOP_RIGHT));
		snprintf(name, sizeof name, cols < 12 ? "%d" : " island %d ", i);
		if (tui_text_cols(name) + 1 < cols)
			tui_put(c, row, begin + (cols - tui_text_cols(name)) / 2, TUI_ISLAND, name);
	}
}

void tui_timeline_ruler(const struct tui_timeline *tl, const struct tui_model *m, struct tui_canvas c,
			const struct tui_timeline_layout *l)
{
	struct tui_canvas part = tui_part(c, 0, l->gutter, c.rows, c.cols - l->gutter);

	if (part.cols < 4)
		return;
	if (l->island_row >= 0 && tl->placed)
		put_islands(m, &tl->view, part, l->island_row);
	put_ticks(m, &tl->view, part, l->label_row, l->tick_row);
}

/* --- the cursor -------------------------------------------------------------------------------------------------- */

/* The rows that the line crosses: the comparison, but for its line of words; else the wave of the chosen track alone, as a step would
 * repaint two columns of every lane. Without the keys it is no help with where to go: the mark on the ruler is enough. */
static void crossed_rows(const struct tui_timeline *tl, const struct tui_model *m, const struct tui_timeline_layout *l, int *from, int *to)
{
	int lane = m->track - tl->top;

	*from = *to = l->lanes_row;
	if (tl->compare) {
		*to += 2 + 2 * tui_timeline_compare_rows(l);
	} else if (lane >= 0 && lane < l->n_lanes && (m->focus == TUI_PANE_TIMELINE || m->hearing)) {
		*to = tui_timeline_lane_row(l, lane + 1);
		*from = *to - tui_timeline_wave_rows(tui_timeline_lane_rows(l, lane));
	}
}

/* A mark on the ruler and a line below it in one look; waves stay to be seen. */
static void put_line(struct tui_canvas c, const struct tui_timeline_layout *l, int from, int to, int col, enum tui_style style)
{
	int every = (to - from + LINE_CELLS - 1) / LINE_CELLS;

	every = every < 1 ? 1 : every > GAPS_MOST ? GAPS_MOST : every;
	tui_put_char(c, l->tick_row, col, style, tui_glyph(c, TUI_G_DOWN));
	for (int row = from; row < to && row < c.rows; row += every) {
		const struct tui_cell *cell = &c.cells[(size_t)row * (size_t)c.stride + (size_t)col];
		uint32_t ch = cell->ch[0];

		if (ch == ' ' || ch == MIDDLE_DOT || (ch == '.' && cell->style == TUI_GAP))
			tui_put_char(c, row, col, style, tui_glyph(c, TUI_G_VLINE));
		else
			tui_ink(c, row, col, 1, 1, style);
	}
}

void tui_timeline_playhead(const struct tui_timeline *tl, const struct tui_model *m, struct tui_canvas c,
			   const struct tui_timeline_layout *l)
{
	struct tui_canvas part = tui_part(c, 0, l->gutter, c.rows, c.cols - l->gutter);
	int col = tui_view_col(&tl->view, m->cursor_s), heard = m->hearing ? tui_view_col(&tl->view, m->heard_s) : -1;
	int from, to;

	crossed_rows(tl, m, l, &from, &to);
	if (col >= 0 && col < part.cols)
		put_line(part, l, from, to, col, to > from ? TUI_PLAYHEAD : TUI_VALUE);
	else
		tui_put_char(part, l->tick_row, col < 0 ? 0 : part.cols - 1, TUI_PLAYHEAD, col < 0 ? '<' : '>');
	if (heard >= 0 && heard < part.cols)
		put_line(part, l, from, to, heard, TUI_HEARD);
}
