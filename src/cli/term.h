/* What the terminal behind a stream can show, and text put into cells of it. */
#ifndef AS_CLI_TERM_H
#define AS_CLI_TERM_H

#include <stdbool.h>
#include <stdio.h>

#include <audiosync/options.h>

struct as_term {
	int cols, rows;
	bool tty;     /* a terminal that understands cursor movement */
	bool unicode; /* lines and marks beyond ASCII may be used */
	bool color;
};

/* Describes the stream behind fd; 80 columns where it is no terminal. */
struct as_term as_term_of(int fd, const struct as_options *opt, bool color);

/* Meanings, not colours; what they say is always said in words or marks too. */
enum as_ink {
	AS_INK_PLAIN,
	AS_INK_HEAD,
	AS_INK_QUIET,
	AS_INK_GOOD,
	AS_INK_FAIR,
	AS_INK_POOR,
	AS_INK_BAD
};

enum as_align { AS_ALIGN_LEFT, AS_ALIGN_RIGHT };

bool as_term_locale_is_utf8(void);

/* Text that is safe already; without Unicode '?' stands for each character beyond ASCII. */
void as_put_text(FILE *out, const struct as_term *t, const char *text);
/* The same in ink. */
void as_put_ink(FILE *out, const struct as_term *t, enum as_ink ink, const char *text);
/* Exactly cols columns: longer text is cut in its middle, shorter text padded. */
void as_put_cell(FILE *out, const struct as_term *t, enum as_ink ink, enum as_align align, int cols,
		 const char *text);
/* n copies of a horizontal line. */
void as_put_rule(FILE *out, const struct as_term *t, int cols);
/* Words of text broken at the terminal's width. The first line goes on at column `at`, the others begin at `indent`;
 * ends with a newline. */
void as_put_wrapped(FILE *out, const struct as_term *t, int at, int indent, const char *text);
/* Spaces. */
void as_put_gap(FILE *out, int cols);

/* One of two spellings: the Unicode one where the terminal shows it. */
const char *as_term_glyph(const struct as_term *t, const char *unicode, const char *ascii);

#endif
