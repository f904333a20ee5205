#include "base/text.h"
#include "tui/sources.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_BYTES 600

char *tui_sources_complete(void *ctx, const char *line, size_t n, int i, size_t *from)
{
	const struct tui_sources *s = ctx;

	char part[LINE_BYTES];

	*from = 0;
	snprintf(part, sizeof part, "%.*s", (int)(n < sizeof part ? n : sizeof part - 1), line);
	for (int k = 0; s->list && k < s->list->n; k++) {
		const struct as_device *d = &s->list->devices[k];

		if ((as_text_contains(d->source, part) || as_text_contains(d->name, part)) && i-- == 0)
			return strdup(d->source);
	}
	return NULL;
}

int tui_sources_rows(const struct tui_sources *s)
{
	return s->list ? s->list->n + 1 + (s->list->server_error.status != AS_OK) : s->asking || s->error.msg[0] ? 2 : 0;
}

/* What it is and what it does: "what Speakers plays", "plays \"…\"". */
static void describe(const struct as_device *d, bool unicode, char *out, size_t n)
{
	static const char *const kinds[] = {[AS_DEVICE_MONITOR] = "what it plays",
					    [AS_DEVICE_APP] = "this application alone",
					    [AS_DEVICE_INPUT] = "input",
					    [AS_DEVICE_PORTAUDIO] = "input (PortAudio)"};
	const char *dash = unicode ? " · " : ", ";
	bool quiet = d->state == AS_DEVICE_UNKNOWN;

	snprintf(out, n, "%s%s%s%s%s%s%s", d->name, dash, d->kind <= AS_DEVICE_PORTAUDIO ? kinds[d->kind] : "", quiet ? "" : dash,
		 quiet ? "" : as_device_state_name(d->state), *d->playing ? dash : "", d->playing);
}

static void draw_one(const struct as_device *d, bool chosen, struct tui_canvas c, int row)
{
	char text[LINE_BYTES];
	int cols = c.cols / 2 > 40 ? 40 : c.cols / 2;

	/* Not by colour alone. */
	tui_put(c, row, 1, TUI_KEY, chosen ? ">" : d->is_default ? "*" : " ");
	tui_put_fit(c, row, 3, cols - 1, TUI_VALUE, TUI_NAME, d->source);
	describe(d, c.unicode, text, sizeof text);
	tui_put_fit(c, row, 3 + cols, c.cols - cols - 4, TUI_QUIET, TUI_LEFT, text);
}

void tui_sources_draw(const struct tui_sources *s, const char *chosen, struct tui_canvas c)
{
	int row = 1, at = 0, first, n = s->list ? s->list->n : 0, room;

	if (c.rows < 2)
		return;
	if (!s->list) {
		if (s->asking)
			tui_put(c, 0, 1, TUI_QUIET, "looking for sound sources");
		else if (s->error.msg[0])
			tui_put_wrapped(c, 0, 1, c.cols - 2, c.rows, TUI_WARNING, s->error.msg);
		return;
	}
	tui_put(c, 0, 1, TUI_HEAD, "Sound sources (* is heard where none is named)");
	if (s->list->server_error.status != AS_OK)
		tui_put_fit(c, row++, 1, c.cols - 2, TUI_WARNING, TUI_LEFT, s->list->server_error.msg);
	room = c.rows - row;
	while (at < n && strcmp(s->list->devices[at].source, chosen) != 0)
		at++;
	first = at < n && at >= room ? at - room + 1 : 0;
	for (int i = first; i < n && row < c.rows; i++)
		draw_one(&s->list->devices[i], i == at, c, row++);
}
