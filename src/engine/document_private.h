/* Private to document*.c: the kinds of documents, and what the edits of one export share. */
#ifndef AS_ENGINE_DOCUMENT_PRIVATE_H
#define AS_ENGINE_DOCUMENT_PRIVATE_H

#include <audiosync/preview.h>

#include "engine/session_private.h"
#include "export/document.h"

struct document_row {
	struct as_document_kind kind;
	as_document_writer *write; /* NULL: made of more than the edit */
	as_document_checker *check;
	as_document_rate_check *check_rate; /* NULL: any rate will do */
	as_document_path_check *holds;      /* NULL: any path can stand in it */
	bool splits;                        /* becomes a file for each track: STEM_TRACK.EXTENSION */
};

struct edit_settings {
	struct as_timeline_config cfg;
	struct as_path_map *maps;
	int n_maps;
	char *cwd;
};

/* documents.c */
const struct document_row *as_engine_document_row(int kind);
bool as_engine_is_report(int kind);
int as_engine_document_of(const char *name); /* -1: there is none such */

/* document_settings.c: leaves *e to as_engine_edit_settings_done, also when it fails. */
enum as_status as_engine_edit_settings(const struct as_options *opt, char *const *maps, int n_maps,
				       struct edit_settings *e, struct as_error *err);
void as_engine_edit_settings_done(struct edit_settings *e);

/* preview_document.c: frame rate and drift of the timeline that the file f would be; a report is none. */
enum as_status as_engine_tell_document(const struct as_snapshot *snap, const struct as_options *opt,
				       const struct as_export_request *r, struct as_preview_file *f, struct as_error *err);
/* The paths of the lists that the document at f->path becomes, once the outputs of snap are written; none of a kind that is one
 * file. What cannot be written says why. */
enum as_status as_engine_tell_lists(const struct as_snapshot *snap, const struct as_options *opt, const struct as_export_request *r,
				    const struct as_preview_file *f, struct text_list *out, struct as_error *err);

/* document_names.c */
/* Heap; NULL when out of memory. */
char *as_engine_folder_of(const char *path);
/* The file of a document that has the suffix: "a/x.edl", "_Zoom" is "a/x_Zoom.edl". Heap; NULL when out of memory. */
char *as_engine_list_path(const char *path, const char *suffix);
/* Whether two outputs would, or might, write one file; also where the file system does not tell upper from lower case. */
bool as_engine_may_collide(struct as_looks *looks, const struct session_output *a, const struct session_output *b);

#endif
