/* Text from outside made safe, and text for people. No locale. */
#ifndef AS_BASE_TEXT_H
#define AS_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Reads one character of UTF-8 at s (terminated) into *cp and returns its bytes. 0 at the end; -1
 * where the bytes are not UTF-8 (overlong, surrogate, above U+10FFFF, cut): skip one byte then. */
int as_text_decode(const char *s, uint32_t *cp);
/* The reverse: 1 to 4 bytes of out and a terminating 0. Returns the bytes. */
int as_text_encode(char out[5], uint32_t cp);

/* Part stands somewhere in text, letters of ASCII without case; "" does everywhere. */
bool as_text_contains(const char *text, const char *part);

/* Copies s into out (always terminated) with control characters, DEL, C1, bidi controls and invalid
 * UTF-8 shown as \n, \t, \x1b … escapes, never cutting inside a character or an escape. Returns
 * out. */
char *as_text_escape(char *out, size_t out_bytes, const char *s);
/* The same on the heap; NULL when out of memory. */
char *as_text_escape_dup(const char *s);

/* Takes out of escaped text, in place, what terminals do not agree about: some draw a sequence of emoji as one of two columns, others
 * side by side (UAX #29, UTS #51). Joiners between emoji, skin tones, presentation selectors and tags go, so that each emoji stands alone;
 * flags become the letters that they are made of. Returns s. */
char *as_text_straighten(char *s);

/* Terminal columns that escaped UTF-8 takes (wide = 2, combining = 0), no locale needed. */
int as_text_cols(const char *s);
/* Copies at most max_cols columns of s, with "…" (or "~" when ascii) at the cut; the middle is cut
 * when middle is set, so that a file's extension stays visible. Returns the columns used. */
int as_text_fit(char *out, size_t out_bytes, const char *s, int max_cols, int middle, int ascii);

/* Natural order: runs of digits compare as numbers (2 before 10), letters without case, then
 * bytes. */
int as_text_natural_cmp(const char *a, const char *b);

/* "00:07:12.403" with decimals 0..6; negative values get a '-'; NAN gives "--". */
char *as_text_hms(char *out, size_t out_bytes, double seconds, int decimals);
/* "10:02" or "1:02:11": a duration for people. */
char *as_text_duration(char *out, size_t out_bytes, double seconds);

/* Joins dir and name with one slash; heap. */
char *as_path_join(const char *dir, const char *name);
/* Final component, borrowed. */
const char *as_path_base(const char *path);

#endif
