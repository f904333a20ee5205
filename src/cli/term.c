#include "cli/term.h"

#include <langinfo.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "base/text.h"

#define PLAIN_COLS 80
#define COLS_MIN 40
#define COLS_MAX 400

static int number_in_environment(const char *name)
{
	const char *v = getenv(name);
	long n = v ? strtol(v, NULL, 10) : 0;
	return n > 0 && n < 10000 ? (int)n : 0;
}

bool as_term_locale_is_utf8(void)
{
	return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

struct as_term as_term_of(int fd, const struct as_options *opt, bool color)
{
	struct as_term t = {.cols = PLAIN_COLS, .rows = 24, .color = color};
	struct winsize size = {0};
	const char *kind = getenv("TERM");
	if (isatty(fd)) {
		t.tty = kind && *kind && strcmp(kind, "dumb") != 0;
		bool known = ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
		int cols = known ? size.ws_col : number_in_environment("COLUMNS");
		int rows = known ? size.ws_row : number_in_environment("LINES");
		t.cols = cols > 0 ? cols : PLAIN_COLS;
		t.rows = rows > 0 ? rows : t.rows;
	}
	if (t.cols < COLS_MIN)
		t.cols = COLS_MIN;
	if (t.cols > COLS_MAX)
		t.cols = COLS_MAX;
	const char *unicode = as_options_text(opt, "interface.unicode");
	t.unicode = strcmp(unicode, "auto") == 0 ? as_term_locale_is_utf8()
						 : strcmp(unicode, "yes") == 0;
	return t;
}

const char *as_term_glyph(const struct as_term *t, const char *unicode, const char *ascii)
{
	return t->unicode ? unicode : ascii;
}

static const char *ink_code(enum as_ink ink)
{
	switch (ink) {
	case AS_INK_HEAD:
		return "\x1b[1m";
	case AS_INK_QUIET:
		return "\x1b[2m";
	case AS_INK_GOOD:
		return "\x1b[32m";
	case AS_INK_FAIR:
		return "\x1b[36m";
	case AS_INK_POOR:
		return "\x1b[33m";
	case AS_INK_BAD:
		return "\x1b[31m";
	case AS_INK_PLAIN:
		break;
	}
	return "";
}

/* Copies text as the terminal can show it. Without Unicode every character beyond ASCII becomes a '?': its bytes could
 * be control codes to a terminal of eight bits. */
static void make_showable(char *out, size_t n, const struct as_term *t, const char *text)
{
	size_t o = 0;
	for (const char *c = text; *c && o + 1 < n; c++) {
		unsigned char byte = (unsigned char)*c;
		if (t->unicode || byte < 0x80)
			out[o++] = *c;
		else if (byte >= 0xc0)
			out[o++] = '?';
	}
	out[o] = '\0';
}

void as_put_text(FILE *out, const struct as_term *t, const char *text)
{
	if (t->unicode) {
		fputs(text, out);
		return;
	}
	for (; *text; text++)
		if ((unsigned char)*text < 0x80 || (unsigned char)*text >= 0xc0)
			fputc((unsigned char)*text < 0x80 ? *text : '?', out);
}

void as_put_ink(FILE *out, const struct as_term *t, enum as_ink ink, const char *text)
{
	bool inked = t->color && ink != AS_INK_PLAIN && *text;
	if (inked)
		fputs(ink_code(ink), out);
	as_put_text(out, t, text);
	if (inked)
		fputs("\x1b[0m", out);
}

void as_put_gap(FILE *out, int cols)
{
	if (cols > 0)
		fprintf(out, "%*s", cols, "");
}

void as_put_cell(FILE *out, const struct as_term *t, enum as_ink ink, enum as_align align, int cols,
		 const char *text)
{
	char shown[1024], fitted[1024];
	make_showable(shown, sizeof(shown), t, text);
	int used = as_text_fit(fitted, sizeof(fitted), shown, cols, 1, !t->unicode);
	if (align == AS_ALIGN_RIGHT)
		as_put_gap(out, cols - used);
	as_put_ink(out, t, ink, fitted);
	if (align == AS_ALIGN_LEFT)
		as_put_gap(out, cols - used);
}

void as_put_rule(FILE *out, const struct as_term *t, int cols)
{
	if (t->color)
		fputs(ink_code(AS_INK_QUIET), out);
	for (int i = 0; i < cols; i++)
		fputs(as_term_glyph(t, "─", "-"), out);
	if (t->color)
		fputs("\x1b[0m", out);
}

void as_put_wrapped(FILE *out, const struct as_term *t, int at, int indent, const char *text)
{
	bool line_empty = true;
	while (*text) {
		size_t n = strcspn(text, " ");
		char raw[1100], word[1100]; /* a name of 255 bytes, escaped */
		snprintf(raw, sizeof(raw), "%.*s", (int)n, text);
		make_showable(word, sizeof(word), t, raw);
		int cols = as_text_cols(word);
		if (!line_empty && at + 1 + cols > t->cols) {
			fputc('\n', out);
			as_put_gap(out, indent);
			at = indent;
			line_empty = true;
		}
		fprintf(out, "%s%s", line_empty ? "" : " ", word);
		at += cols + (line_empty ? 0 : 1);
		line_empty = false;
		text += n;
		text += strspn(text, " ");
	}
	fputc('\n', out);
}
