/* What there is to capture from, in a dialog: a list below the fields, and what Tab goes through. Pure. */
#ifndef AS_TUI_SOURCES_H
#define AS_TUI_SOURCES_H

#include <audiosync/devices.h>

#include "tui/canvas.h"

struct tui_sources {
	const struct as_device_list *list; /* NULL: not known */
	bool asking;
	struct as_error error;             /* of what was asked last */
};

/* tui_complete: of a line that names a source, those whose name or source has what is typed; ctx is a struct tui_sources. */
char *tui_sources_complete(void *ctx, const char *line, size_t n, int i, size_t *from);
/* Rows that it would like, heading included. */
int tui_sources_rows(const struct tui_sources *s);
/* chosen: what stands in the field now. */
void tui_sources_draw(const struct tui_sources *s, const char *chosen, struct tui_canvas c);

#endif
