/* What a timeline or report is called, by its kind and the other way round. */
#ifndef AS_TUI_DOCUMENT_NAME_H
#define AS_TUI_DOCUMENT_NAME_H

#include <audiosync/session.h>

struct tui;

/* NULL: there is none of that name. */
const struct as_document_kind *tui_document_kind(const char *name);
/* The path with the kind's extension: one that is another kind's gives way. Heap; NULL: it stays as it is. */
char *tui_document_renamed(const char *kind, const char *path);
/* The kind that the path's extension speaks of; NULL: of this one, or of none. */
const char *tui_document_kind_for(const char *kind, const char *path);
/* Beside the recordings, called after the project or their folder. Heap, or NULL. */
char *tui_document_usual_name(const struct tui *t);

#endif
