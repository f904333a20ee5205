/* Sound from an address, read ahead by a thread of its own: libav waits for the network in slices that are longer than a cancel may
 * take, and without end for the look-up of a name. */
#ifndef AS_MEDIA_SOUND_FEED_H
#define AS_MEDIA_SOUND_FEED_H

#include "media/sound.h"

struct as_feed;

/* As as_sound_open. */
struct as_feed *as_feed_open(const struct as_sound_config *cfg, const atomic_bool *cancel,
			     struct as_sound_format *format, struct as_error *err);
/* As as_sound_read. */
enum as_status as_feed_read(struct as_feed *f, int timeout_ms, struct as_sound_block *out, struct as_error *err);
/* The thread may be left to end by itself where a look-up holds it. */
void as_feed_close(struct as_feed *f);

/* The address as it may be shown: heap. */
char *as_feed_shown(const char *url);

#endif
