/* A program that is run for what it prints: without a shell, with bounds for time and output, and never left behind. */
#ifndef AS_MEDIA_YTDLP_RUN_H
#define AS_MEDIA_YTDLP_RUN_H

#include <stdatomic.h>
#include <stddef.h>

#include "base/error.h"

struct as_printed {
	char *out;       /* terminated, though it may hold any byte; heap */
	size_t out_bytes;
	char said[512];  /* the last line on stderr that is none of a warning, escaped, without what addresses hide; "" */
	int exit_code;   /* -1: it was ended by a signal */
};

/* Runs argv[0], looked for in PATH, with the environment as it is and in a process group of its own, which is killed when it has ended,
 * when timeout_s are over, when it prints more than max_bytes, or on cancel (may be NULL), which is heeded within 50 ms. AS_OK
 * whatever its exit code; AS_ERR_NOT_FOUND: there is no such program; AS_CANCELLED, AS_ERR_IO, AS_ERR_FORMAT: too much
 * output; AS_ERR_MEMORY. What it printed is the caller's to free where AS_OK is returned. */
enum as_status as_ytdlp_run(char *const argv[], double timeout_s, size_t max_bytes, const atomic_bool *cancel,
			    struct as_printed *printed, struct as_error *err);

#endif
