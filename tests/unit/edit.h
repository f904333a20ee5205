/* Edits made by hand for the tests of documents, and what every document must stand. */
#ifndef TESTS_EDIT_H
#define TESTS_EDIT_H

#include "export/document.h"

struct edit_wish {
	int n_clips;
	struct as_frame_rate rate;
	bool hostile; /* names and paths with everything that a path can hold */
	bool windows; /* targets of another machine */
	bool drift;   /* speeds differ from 1 */
	bool odd_tc;  /* source timecode at another rate than the timeline's */
};

/* Devices with pictures and stereo, with sound of six channels in two streams, with sound alone, and one for what has no place.
 * Deterministic. as_timeline_free frees it. */
struct as_timeline *edit_make(const struct edit_wish *wish);

/* Written twice the same, and taken by the checker. Leaves the document to the caller. */
void edit_write(const struct as_timeline *t, as_document_writer *write, as_document_checker *check,
		struct as_document *out);
/* Nothing, one clip, many and very many, odd names, other machines and clocks: edit_write of each. */
void edit_stand(as_document_writer *write, as_document_checker *check);
void edit_stand_one(const struct edit_wish *wish, as_document_writer *write, as_document_checker *check);
/* How often `what` stands in text. */
int edit_count(const char *text, const char *what);
/* Names that not every format can hold in a path. */
extern const char *const edit_worse[4];

/* With the first `what` behind `after` (NULL: anywhere) exchanged, the checker refuses. Both must occur. */
void edit_spoil(const struct as_timeline *t, as_document_checker *check, const struct as_document *d,
		const char *after, const char *what, const char *with);
/* Cut off anywhere, and with each line left out that starts with one of the words (NULL at the end), the checker refuses. */
void edit_cut(const struct as_timeline *t, as_document_checker *check, const struct as_document *d,
	      const char *const *words);
/* The checker refuses the document of one timeline for another in which one number differs: places, lengths, sources, names,
 * paths, rates and markers in turn. precise: places are seconds, and microseconds count. */
void edit_bend(struct as_timeline *t, as_document_checker *check, const struct as_document *d,
	       bool precise);

#endif
