/* What the interface says: a line at the bottom, and the log. */
#include <stdarg.h>
#include <stdio.h>

#include "tui/app.h"

static void log_line(struct tui *t, enum tui_style style, int clip, const char *text)
{
	struct tui_log *log = &t->m.log;
	struct tui_log_line *line = &log->line[(log->first + log->n) % TUI_LOG_LINES];

	if (log->n == TUI_LOG_LINES)
		log->first = (log->first + 1) % TUI_LOG_LINES;
	else
		log->n++;
	log->total++;
	line->at_s = tui_clock_s(t);
	line->style = style;
	line->clip = clip;
	snprintf(line->text, sizeof line->text, "%s", text);
	t->dirty = true;
}

/* Formats name keys by their actions in braces: see tui_keymap_words. */
static void format(const struct tui *t, char *out, const char *fmt, va_list ap)
{
	char with_keys[TUI_LOG_BYTES];

	vsnprintf(out, TUI_LOG_BYTES, tui_keymap_format(t->keymap, fmt, with_keys, sizeof with_keys), ap);
}

static void set_message(struct tui *t, enum tui_style style, const char *fmt, va_list ap)
{
	format(t, t->message, fmt, ap);
	t->message_style = style;
	t->said = true;
	t->dirty = true;
}

void tui_say(struct tui *t, enum tui_style style, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	set_message(t, style, fmt, ap);
	va_end(ap);
	log_line(t, style, -1, t->message);
}

void tui_hint(struct tui *t, enum tui_style style, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	set_message(t, style, fmt, ap);
	va_end(ap);
}

void tui_note(struct tui *t, enum tui_style style, int clip, const char *fmt, ...)
{
	char text[TUI_LOG_BYTES];
	va_list ap;

	va_start(ap, fmt);
	format(t, text, fmt, ap);
	va_end(ap);
	log_line(t, style, clip, text);
}

bool tui_try(struct tui *t, enum as_status status, const struct as_error *err)
{
	if (status == AS_OK)
		return true;
	tui_say(t, TUI_ERROR, "%s", err->msg[0] ? err->msg : as_status_name(status));
	return false;
}
