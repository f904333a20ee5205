/* What a timeline or report is called, by its kind and the other way round. */
#ifndef AS_TUI_DOCUMENT_NAME_H
#define AS_TUI_DOCUMENT_NAME_H

#include <stdbool.h>
#include <stddef.h>

#include <audiosync/session.h>

struct tui;

/* NULL: there is none of that name. */
const struct as_document_kind *tui_document_kind(const char *name);
/* The path with the kind's extension: one that is another kind's gives way. Heap; NULL: it stays as it is. */
char *tui_document_renamed(const char *kind, const char *path);
/* The kind that the path's extension speaks of; NULL: of this one, or of none. */
const char *tui_document_kind_for(const char *kind, const char *path);
/* Beside the recordings, called after the project or their folder. Heap, or NULL. */
char *tui_document_usual_name(struct tui *t);

/* Documents that are written in one go. All zero: none. */
#define TUI_DOCUMENTS_MAX 32
struct tui_documents {
	struct as_document_request v[TUI_DOCUMENTS_MAX]; /* owned */
	int n;
};
void tui_documents_done(struct tui_documents *d);
/* One more, unless the path is among them; copies. False: too many, or out of memory. */
bool tui_documents_add(struct tui_documents *d, const char *kind, const char *path);
/* "otio, edl": one of each of these kinds, called like path but for the extension. False with the reason. */
bool tui_documents_also(struct tui_documents *d, const char *kinds, const char *path, char *why, size_t n);
/* All kinds, a blank between: "otio fcpxml …". Returns out. */
char *tui_documents_kinds(char *out, size_t n);
/* Completes such a list (tui_complete). */
char *tui_documents_complete(void *ctx, const char *line, size_t n, int i, size_t *from);

#endif
