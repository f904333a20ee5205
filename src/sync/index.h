/* Which pairs of clips may have sound in common, told for all pairs at once from the landmarks of their spectra. It says what
 * to search first and accepts nothing (doc/algorithm.md, section 7; Wang 2003). Pure. */
#ifndef AS_SYNC_INDEX_H
#define AS_SYNC_INDEX_H

#include <stdatomic.h>
#include <stdbool.h>

#include "dsp/landmark.h"

struct as_index_clip {
	const struct as_landmarks *marks; /* borrowed for the index's life; NULL: left out */
	int track;
	uint64_t key; /* of the content: the order of the clips changes nothing */
};

struct as_index;

/* Only pairs of different tracks, unless takes. AS_OK, AS_CANCELLED, AS_ERR_MEMORY. */
enum as_status as_index_new(const struct as_index_clip *clips, int n_clips, bool takes,
			    const atomic_bool *cancel, struct as_index **out, struct as_error *err);
void as_index_free(struct as_index *x);

/* Two clips, a < b, whose landmarks coincide at one offset (b's start after a's) more often than chance lets them. */
struct as_hint {
	int a, b;
	float score; /* decades by which that is unlikely, over all offsets of the pair; repetition scores as well */
	float second; /* the same of the best offset that is elsewhere */
	float offset_s;
};

#define AS_HINT_MIN 2.0f  /* decades from which a pair is reported … */
#define AS_HINT_SURE 7.0f /* … and from which unrelated sound hardly ever scores */

struct as_hints {
	struct as_hint *v;
	int n, room;
};

/* Compares clip c with all clips that the index orders behind it, and adds what it finds: called once for each clip, it has
 * compared all pairs. Any thread. AS_OK, AS_CANCELLED, AS_ERR_MEMORY. */
enum as_status as_index_query(const struct as_index *x, int c, const atomic_bool *cancel,
			      struct as_hints *out, struct as_error *err);

/* Adds what b holds. False when out of memory. */
bool as_hints_add(struct as_hints *h, const struct as_hint *v, int n);
/* In the order of a, then b. */
void as_hints_sort(struct as_hints *h);
void as_hints_done(struct as_hints *h);

#endif
