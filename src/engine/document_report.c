/* The sync report among the documents of an export. */
#include <stdlib.h>
#include <string.h>

#include "engine/session_private.h"
#include "export/document.h"
#include "export/report.h"

/* What the others became: reports are not written yet themselves. False when out of memory. */
static bool without_reports(const struct as_snapshot *snap, struct as_snapshot *out, struct as_output **outputs)
{
	struct as_output *v = calloc((size_t)snap->n_outputs + 1, sizeof *v);
	*out = *snap;
	out->outputs = *outputs = v;
	out->n_outputs = 0;
	for (int i = 0; v && i < snap->n_outputs; i++)
		if (strcmp(snap->outputs[i].document, "report") != 0)
			v[out->n_outputs++] = snap->outputs[i];
	return v != NULL;
}

enum as_status as_engine_make_report(const struct as_session *s, const struct as_snapshot *snap,
				     const struct as_timeline *edit, const char *path, struct as_document *out,
				     struct as_error *err)
{
	struct as_output *outputs;
	struct as_snapshot view;
	struct as_report_input in = {.snap = &view, .opt = s->opt, .edit = edit, .cancel = &s->cancel};
	char *text = NULL;
	size_t bytes = 0;
	if (!without_reports(snap, &view, &outputs))
		return as_fail(err, AS_ERR_MEMORY, "export: out of memory");
	enum as_status status = as_report_make(&in, as_report_kind_of(path), &text, &bytes, err);
	if (status == AS_OK)
		status = as_document_add(out, "", text, bytes, err);
	free(outputs);
	return status;
}
