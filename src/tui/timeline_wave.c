#include "tui/timeline_wave.h"

#include <math.h>

#define BRAILLE 0x2800u
#define BLOCK 0x2580u /* and 1 … 8: so many eighths from the bottom */
#define CURVE 0.65    /* a quarter as loud is not a quarter as high */
#define LONG_S 0.02   /* columns of more than this show mean levels as well */

struct dots {
	int across, down; /* in one cell */
};

static struct dots dots_of(struct tui_canvas c, int rows)
{
	if (rows == 1)
		return (struct dots){1, 8};
	return tui_dots_of(c) == TUI_DOTS_BRAILLE ? (struct dots){2, 4} : (struct dots){1, 2};
}

int tui_wave_dots(struct tui_canvas c, int rows)
{
	return dots_of(c, rows).across;
}

static float curve(float v)
{
	float a = fabsf(v);

	a = a > 1 ? 1 : powf(a, (float)CURVE);
	return v < 0 ? -a : a;
}

/* Also keeps out what is not a number. */
static bool known(struct as_waveform_column *w)
{
	if (w->lo <= w->hi)
		return true;
	*w = (struct as_waveform_column){.lo = 1, .hi = -1};
	return false;
}

void tui_wave_scale(struct as_waveform_column *w, int n, double gain, double step_s)
{
	float g = (float)gain;

	for (int i = 0; i < n; i++) {
		float level = 1.8f * w[i].rms;

		if (!known(&w[i]))
			continue;
		if (step_s > LONG_S) {
			w[i].hi = (w[i].hi + fminf(w[i].hi, level)) / 2;
			w[i].lo = (w[i].lo + fmaxf(w[i].lo, -level)) / 2;
		}
		w[i].lo = curve(w[i].lo * g);
		w[i].hi = curve(w[i].hi * g);
	}
}

void tui_wave_scale_true(struct as_waveform_column *w, int n, double gain, bool invert)
{
	float g = (float)gain;

	for (int i = 0; i < n; i++) {
		float lo = w[i].lo * g, hi = w[i].hi * g;

		if (!known(&w[i]))
			continue;
		w[i].lo = invert ? -hi : lo;
		w[i].hi = invert ? -lo : hi;
	}
}

/* The dots from the top that a column fills: first to last. */
static void extent(const struct as_waveform_column *w, int n, enum tui_wave_shape shape, int *first, int *last)
{
	double lo = fmin(fmax((double)w->lo, -1), 1), hi = fmin(fmax((double)w->hi, -1), 1), loud = fmax(fabs(lo), fabs(hi));
	int most = (int)ceil(loud * n - 1e-6);

	most = most < 1 ? 1 : most;
	switch (shape) {
	case TUI_WAVE_UP:
		*first = n - most;
		*last = n - 1;
		return;
	case TUI_WAVE_DOWN:
		*first = 0;
		*last = most - 1;
		return;
	case TUI_WAVE_BOTH:
		*first = (int)floor((1 - hi) * n / 2 + 1e-6);
		*last = (int)ceil((1 - lo) * n / 2 - 1e-6) - 1;
		*first = *first < 0 ? 0 : *first > n - 1 ? n - 1 : *first;
		*last = *last < *first ? *first : *last > n - 1 ? n - 1 : *last;
		return;
	}
}

static uint32_t cell_of(struct tui_canvas c, struct dots d, unsigned bits, int level)
{
	static const char rising[] = " .:-=+*%#";
	static const unsigned char braille[8] = {0x01, 0x02, 0x04, 0x40, 0x08, 0x10, 0x20, 0x80};
	static const uint32_t halves[4] = {' ', 0x2580, 0x2584, 0x2588};
	unsigned out = 0;

	if (d.down == 8)
		return tui_dots_of(c) != TUI_DOTS_ASCII ? BLOCK + (unsigned)level : (uint32_t)rising[level];
	if (tui_dots_of(c) == TUI_DOTS_BLOCKS)
		return halves[bits & 3];
	if (tui_dots_of(c) == TUI_DOTS_ASCII)
		return (uint32_t)" '.|"[bits & 3];
	for (int i = 0; i < 8; i++)
		if (bits & 1u << i)
			out |= braille[i];
	return BRAILLE + out;
}

/* One column of cells. */
static void draw_col(struct tui_canvas c, int col, const struct as_waveform_column *w, struct dots d, enum tui_wave_shape shape,
		     enum tui_style style)
{
	int first[2], last[2];

	for (int x = 0; x < d.across; x++) {
		first[x] = 0;
		last[x] = -1;
		if (w[x].lo <= w[x].hi)
			extent(&w[x], c.rows * d.down, d.down == 8 ? TUI_WAVE_UP : shape, &first[x], &last[x]);
	}
	for (int row = 0; row < c.rows; row++) {
		unsigned bits = 0;
		int level = 0;

		for (int x = 0; x < d.across; x++)
			for (int y = 0; y < d.down; y++) {
				bool on = row * d.down + y >= first[x] && row * d.down + y <= last[x];

				bits |= on && d.down < 8 ? 1u << (x * d.down + y) : 0u;
				level += on;
			}
		if (level > 0)
			tui_put_char(c, row, col, style, cell_of(c, d, bits, level));
	}
}

void tui_wave_draw(struct tui_canvas c, const struct as_waveform_column *w, enum tui_wave_shape shape, enum tui_style style)
{
	struct dots d = dots_of(c, c.rows);

	for (int col = 0; col < c.cols; col++)
		draw_col(c, col, w + (size_t)col * (size_t)d.across, d, shape, style);
}

void tui_wave_bar(struct tui_canvas c, double done, enum tui_style style)
{
	int full = done > 0 ? (int)(done * c.cols + 0.5) : 0, row = c.rows / 2;

	for (int col = 0; col < c.cols; col++)
		tui_put_char(c, row, col, style, c.unicode ? (col < full ? 0x2592u : 0x2591u) : col < full ? '#' : '-');
}
