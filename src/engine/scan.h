/* A path from the user -> the media files that it stands for. */
#ifndef AS_ENGINE_SCAN_H
#define AS_ENGINE_SCAN_H

#include <stdbool.h>
#include <sys/stat.h>

#include "base/error.h"

struct as_scan_sink {
	/* One file, by absolute path. False stops the scan (out of memory). */
	bool (*file)(void *ctx, const char *path, const struct stat *st);
	/* A part of a folder that cannot be read; the scan goes on. */
	void (*problem)(void *ctx, const struct as_error *err);
	void *ctx;
};

/* A file is handed on whatever it is. A folder is walked in natural name order: media by name,
 * hidden ones skipped, links followed, every folder entered once, skip_dir (may be NULL or
 * missing) not at all. *n_files counts. AS_ERR_IO if path itself cannot be looked at. */
enum as_status as_scan(const char *path, const char *skip_dir, const struct as_scan_sink *sink,
		       int *n_files, struct as_error *err);

#endif
