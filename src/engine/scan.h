/* A path from the user -> the media files that it stands for. */
#ifndef AS_ENGINE_SCAN_H
#define AS_ENGINE_SCAN_H

#include <stdatomic.h>
#include <stdbool.h>
#include <sys/stat.h>

#include "base/error.h"

struct as_scan_sink {
	/* One file, by absolute path. False stops the scan (out of memory). */
	bool (*file)(void *ctx, const char *path, const struct stat *st);
	/* A part of a folder that cannot be read; the scan goes on. */
	void (*problem)(void *ctx, const struct as_error *err);
	/* An aligned file in a folder, which is not handed on. */
	void (*left_out)(void *ctx, const char *path);
	void *ctx;
	const atomic_bool *stopped; /* looked at before each file and folder; NULL: never */
};

/* A file is handed on whatever it is. A folder is walked in natural name order: media by name,
 * hidden ones skipped, links followed, every folder entered once, skip_dir (may be NULL or
 * missing) not at all; files that were aligned (media/mark.h) only where the folder has no other
 * media. *n_files counts. AS_ERR_IO if path itself cannot be looked at,
 * AS_CANCELLED when stopped. */
enum as_status as_scan(const char *path, const char *skip_dir, const struct as_scan_sink *sink,
		       int *n_files, struct as_error *err);

#endif
