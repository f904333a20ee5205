/* Which stream and which channels of a file to listen to: decided from a few seconds spread over
 * it. */
#ifndef AS_MEDIA_PRESCAN_H
#define AS_MEDIA_PRESCAN_H

#include <stdatomic.h>
#include <stdbool.h>

#include "media/load.h"

struct as_mix {
	int stream_index;
	int a, b;          /* channels to average; b = -1: a alone */
};

/* Honours cfg->stream and cfg->channel where they choose; AS_ERR_NO_AUDIO / AS_ERR_INVALID where
 * they name what is not there. The choice is for the whole file, so that the mix never changes
 * in the middle. */
enum as_status as_prescan(const char *path, const struct as_load_config *cfg, const atomic_bool *cancel,
			  struct as_mix *out, struct as_error *err);

#endif
