/* One clip's frames in order from any frame on, across the borders of its parts, in the channels
 * of the output. */
#ifndef AS_EXPORT_CLIP_READER_H
#define AS_EXPORT_CLIP_READER_H

#include <stdatomic.h>
#include <stdint.h>

#include "export/stitch.h"

struct as_clip_reader;

/* The channels that frames come in: 1 for a mono clip that as_clip_widen copies later, those of
 * the output otherwise. */
int as_clip_channels(int clip_channels, int out_channels);

/* Opens clip at frame `from`. part_frames[n_parts] remembers the lengths of parts that were read
 * to their ends, so that a later reader can skip them; it starts as -1 each and belongs to the
 * caller. clip and part_frames must outlive the reader. */
struct as_clip_reader *as_clip_reader_open(const struct as_stitch_clip *clip, int64_t from,
					   int out_channels, int64_t *part_frames,
					   const atomic_bool *cancel, struct as_error *err);
void as_clip_reader_close(struct as_clip_reader *r);

/* Borrows the next frames until the next call: AS_OK with *n > 0, AS_EOF at clip->frames or at
 * the end of the last part, an error. A clip that ends more than 50 ms early has changed since
 * it was measured: AS_ERR_FORMAT. NaN and infinity come as 0. */
enum as_status as_clip_reader_next(struct as_clip_reader *r, const float **pcm, int64_t *n,
				   struct as_error *err);
/* Damaged packets met so far. */
int64_t as_clip_reader_damage(const struct as_clip_reader *r);

#endif
