/* Waveforms as characters: dots of braille, blocks where there is one row, ASCII. */
#ifndef AS_TUI_TIMELINE_WAVE_H
#define AS_TUI_TIMELINE_WAVE_H

#include <audiosync/waveform.h>

#include "tui/canvas.h"

enum tui_wave_shape {
	TUI_WAVE_BOTH, /* about the middle, from the lowest to the highest */
	TUI_WAVE_UP,   /* how loud, from the bottom upwards */
	TUI_WAVE_DOWN, /* how loud, from the top downwards */
};

/* How many columns of the waveform one column of a canvas of so many rows shows. */
int tui_wave_dots(struct tui_canvas c, int rows);
/* How columns that cover step_s seconds each are best drawn: peaks of long stretches tell little, so that their mean level is mixed in;
 * quiet sound is raised (gain: one over what fills the height). In place. tui_wave_scale_true keeps the proportions, as eyes that compare
 * two waves want them. */
void tui_wave_scale(struct as_waveform_column *w, int n, double gain, double step_s);
void tui_wave_scale_true(struct as_waveform_column *w, int n, double gain, bool invert);
/* The whole of c: w has c.cols * tui_wave_dots() columns, -1 … 1. Columns of which nothing is known stay as they are. */
void tui_wave_draw(struct tui_canvas c, const struct as_waveform_column *w, enum tui_wave_shape shape, enum tui_style style);
/* Where there is no waveform (yet): a bar, done (0 … 1) of it read. */
void tui_wave_bar(struct tui_canvas c, double done, enum tui_style style);

#endif
