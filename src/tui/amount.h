/* Lengths and positions as people type them. */
#ifndef AS_TUI_AMOUNT_H
#define AS_TUI_AMOUNT_H

#include <stdbool.h>

struct tui_amount {
	double sample_s, frame_s;
};

/* "1.5", "+250ms", "-3f", "40smp", "0:12:31.48", "12s", "80us" as seconds; false if text is none of these. */
bool tui_amount_parse(const char *text, const struct tui_amount *units, double *out_s);

#endif
