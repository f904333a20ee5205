#include "export/document.h"

#include <stdlib.h>
#include <string.h>

void as_document_done(struct as_document *d)
{
	if (!d)
		return;
	for (int i = 0; i < d->n_files; i++) {
		free(d->files[i].suffix);
		free(d->files[i].text);
	}
	free(d->files);
	*d = (struct as_document){0};
}

enum as_status as_document_add(struct as_document *d, const char *suffix, char *text, size_t bytes,
			       struct as_error *err)
{
	struct as_document_file *grown = NULL;
	char *copy = strdup(suffix);

	if (text && copy)
		grown = realloc(d->files, ((size_t)d->n_files + 1) * sizeof *grown);
	if (!grown) {
		free(copy);
		free(text);
		return as_fail(err, AS_ERR_MEMORY, "out of memory");
	}
	d->files = grown;
	d->files[d->n_files++] = (struct as_document_file){copy, text, bytes};
	return AS_OK;
}

int64_t as_document_plain_frames(const struct as_timeline *t, const struct as_timeline_item *it)
{
	int64_t n = it->record_out - it->record_in, left = t->media[it->media].frames - it->source_in;

	return n < left ? n : left;
}
