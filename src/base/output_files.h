/* The files that an output of an export is on the disk. */
#ifndef AS_BASE_OUTPUT_FILES_H
#define AS_BASE_OUTPUT_FILES_H

#include <audiosync/types.h>

/* A document may have become several, none of them at its path; what is not written well counts as the one that was asked for. */
static inline bool as_output_is_split(const struct as_output *o)
{
	return o->done && !*o->error && o->n_files > 0;
}

static inline int as_output_n_files(const struct as_output *o)
{
	return as_output_is_split(o) ? o->n_files : 1;
}

/* Path of file i of as_output_n_files. */
static inline const char *as_output_file(const struct as_output *o, int i)
{
	return as_output_is_split(o) ? o->files[i] : o->path;
}

#endif
