/* Documents beside the aligned files: timelines for editing programs, reports. */
#ifndef AUDIOSYNC_DOCUMENT_H
#define AUDIOSYNC_DOCUMENT_H

#include <stdbool.h>
#include <stddef.h>

#include <audiosync/error.h>
#include <audiosync/options.h>
#include <audiosync/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One kind of document; constant. */
struct as_document_kind {
	const char *kind;      /* "otio": also the name of the flag */
	const char *extension; /* "otio"; NULL: several, which choose the form */
	const char *help;      /* one line */
	const char *title;     /* "OTIO - DaVinci Resolve, Premiere Pro": its name, and what opens it */
	bool carries_speed;    /* clips can run at a speed of their own, which takes the drift out of them (timeline.drift) */
};

/* The kinds, from 0 on; NULL behind the last. Constant; any thread. */
AS_API const struct as_document_kind *as_document_kind_at(size_t i);

/* How long a frame of timelines is, in s: by timeline.fps, or as the most of the footage has it, or 1/25. name: "25", "29.97df". Pure. */
#define AS_FRAME_RATE_BYTES 16
AS_API double as_timeline_frame_s(const struct as_snapshot *snap, const struct as_options *opt, char name[AS_FRAME_RATE_BYTES]);

struct as_document_request {
	const char *kind;
	const char *path; /* where to; its folder is made if missing */
};

/* What an export is to write. */
struct as_looks;

struct as_export_request {
	const char *dir; /* for the aligned files; NULL: none of them */
	bool force;      /* writes over what exists, never over a recording */
	const struct as_document_request *documents;
	int n_documents;
	const char *const *path_maps; /* "SERVER=CLIENT": media below SERVER are found below CLIENT where timelines are opened; before
				       * those of timeline.map_path */
	int n_path_maps;
	struct as_looks *looks; /* what the disk says, asked for aside (preview.h), for callers that must not wait for it; NULL: it is asked
				 * there and then */
};

#ifdef __cplusplus
}
#endif
#endif
