/* What the writers of editing programs' documents hand out, and what their checkers get back: the text of one file, or of several. */
#ifndef AS_EXPORT_DOCUMENT_H
#define AS_EXPORT_DOCUMENT_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "export/timeline.h"

struct as_document_file {
	char *suffix; /* goes between the target's name and its extension: "" or "_CamA"; letters, digits, "-_" only */
	char *text;   /* terminated; may hold any bytes but NUL */
	size_t bytes;
};

struct as_document {
	struct as_document_file *files; /* at least one once written; suffixes differ, also where case does not count */
	int n_files;
};

/* Frees what d holds; NULL and half-built are fine. */
void as_document_done(struct as_document *d);
/* Adds a file with a copy of suffix. Takes text, also when it fails; NULL means that memory ran out while it was made. */
enum as_status as_document_add(struct as_document *d, const char *suffix, char *text, size_t bytes,
			       struct as_error *err);

/* How long an item plays where a document carries no speed: as on the timeline, but no longer than its medium lasts. */
int64_t as_document_plain_frames(const struct as_timeline *t, const struct as_timeline_item *it);

/* A writer turns a timeline into a document: the same timeline, the same bytes. It fails with AS_ERR_INVALID for what the format
 * cannot hold, naming the thing. A checker reads the files as they are on the disk, by code of its own, and holds them against the
 * timeline: AS_ERR_FORMAT says what is wrong and where. Both leave *out to as_document_done. */
typedef enum as_status as_document_writer(const struct as_timeline *t, struct as_document *out,
					  struct as_error *err);
typedef enum as_status as_document_checker(const struct as_timeline *t, const struct as_document *d,
					   struct as_error *err);
/* Whether a format can count in this rate, for those that can not in any: AS_ERR_INVALID says why. */
typedef enum as_status as_document_rate_check(struct as_frame_rate rate, struct as_error *err);

/* Whether a path can stand in a document, for those that cannot hold any. */
typedef bool as_document_path_check(const char *target);

as_document_writer as_otio_write, as_fcpxml_write, as_edl_write, as_xmeml_write, as_rpp_write, as_mlt_write;
as_document_checker as_otio_check, as_fcpxml_check, as_edl_check, as_xmeml_check, as_rpp_check, as_mlt_check;
as_document_rate_check as_edl_check_rate;
as_document_path_check as_rpp_holds, as_mlt_holds;

#endif
