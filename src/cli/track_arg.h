/* --track NAME=FILE[,FILE...] */
#ifndef AS_CLI_TRACK_ARG_H
#define AS_CLI_TRACK_ARG_H

#include "base/error.h"
#include "cli/args.h"

/* Adds text to args->tracks; a name that is there already gets more files. Commas may be part of a
 * file's name: of all ways to split, the one that takes the longest names that exist wins. */
enum as_status as_track_arg_take(struct as_args *args, const char *text, struct as_error *err);
void as_track_arg_done(struct as_track_arg *track);

#endif
