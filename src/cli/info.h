/* What files say about themselves, as text for people. */
#ifndef AS_CLI_INFO_H
#define AS_CLI_INFO_H

#include <stdio.h>

#include <audiosync/types.h>

#include "cli/term.h"

/* Tracks, and in each its files with their streams, times and timecode. */
void as_info_put(FILE *out, const struct as_term *t, const struct as_snapshot *s);

#endif
