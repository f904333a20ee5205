/* Files -> tracks and clips: which files one device wrote, in which order, which of them are one
 * split recording. Pure. */
#ifndef AS_SYNC_GROUP_H
#define AS_SYNC_GROUP_H

#include <stdint.h>

#include "base/error.h"

enum as_group_by { AS_GROUP_AUTO, AS_GROUP_NAME, AS_GROUP_FOLDER, AS_GROUP_DEVICE };

struct as_group_file {
	const char *path;   /* absolute */
	const char *track;  /* explicit track name, or NULL */
	const char *device; /* from metadata, or "" */
	const char *format; /* container name, to tell a split recording from a look-alike */
	double duration_s, created_s, start_tc_s; /* NAN if unknown */
	double rate_hz;
	int channels;
	int64_t size_bytes;
};

struct as_group_clip {
	int *files; /* indices into the input, in order; more than one for a split recording */
	int n_files;
	int track;
	int order; /* within the track */
};

struct as_grouping {
	char **tracks; /* names, unique, natural order */
	int n_tracks;
	struct as_group_clip *clips; /* by track, then order */
	int n_clips;
};

/* Deterministic and independent of the input's order. AS_ERR_MEMORY only. */
enum as_status as_group_files(const struct as_group_file *files, int n, enum as_group_by by,
			      struct as_grouping *out, struct as_error *err);
void as_grouping_done(struct as_grouping *g);

#endif
