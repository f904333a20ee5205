/* What people are told of clips, whichever front end or document tells it. Safe text. */
#ifndef AS_BASE_WORDS_H
#define AS_BASE_WORDS_H

#include <stddef.h>

#include <audiosync/types.h>

/* The name of a clip for people: escaped, with "+2" where it is a recording in three files. Returns out. */
char *as_words_clip(char *out, size_t n, const struct as_clip *clip);

/* How a clip's place is known: "strong", "moderate, by timecode", "by hand", "locked, by hand", "kept off", "failed". What somebody
 * put there has no verdict of the analysis. Returns out. */
char *as_words_verdict(char *out, size_t n, const struct as_snapshot *s, int clip);

#define AS_WORDS_WHY_BYTES 768
/* Why a clip has no place, in words that an editor understands. */
void as_words_why(char out[AS_WORDS_WHY_BYTES], const struct as_snapshot *s, int clip);

#endif
