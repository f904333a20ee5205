/* The sync report: what was placed, how sure, what to check by hand; as a page that opens in any browser, as text, as JSON. Pure:
 * made from a snapshot, its settings and its edit; the same input gives the same bytes. */
#ifndef AS_EXPORT_REPORT_H
#define AS_EXPORT_REPORT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include <audiosync/options.h>
#include <audiosync/types.h>

#include "base/error.h"

struct as_timeline;

enum as_report_kind { AS_REPORT_NONE, AS_REPORT_HTML, AS_REPORT_TEXT, AS_REPORT_JSON };

/* By the extension of a file's name, without case: .html or .htm, .txt, .json; NONE for any other. */
enum as_report_kind as_report_kind_of(const char *path);

struct as_report_input {
	const struct as_snapshot *snap;  /* of a finished analysis */
	const struct as_options *opt;    /* of that analysis */
	const struct as_timeline *edit;  /* the frames that clips were rounded to; NULL: not known */
	const atomic_bool *cancel;       /* may be NULL */
};

/* Heap text of *n bytes and a terminator. AS_CANCELLED, AS_ERR_MEMORY. */
enum as_status as_report_make(const struct as_report_input *in, enum as_report_kind kind, char **out, size_t *n,
			      struct as_error *err);
/* Makes it and writes it to path, by the kind of its extension: whole or not at all. AS_ERR_EXISTS unless force. */
enum as_status as_report_write(const struct as_report_input *in, const char *path, bool force, struct as_error *err);

#endif
