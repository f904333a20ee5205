#include "cli/drift.h"

#include <stdlib.h>

#include "base/drift_words.h"
#include "base/text.h"
#include "cli/table.h"

#define LABEL_COLS 10

static void put_rows(FILE *out, const struct as_term *t, const struct as_drift_line *lines, int n)
{
	for (int i = 0; i < n; i++) {
		fputs("  ", out);
		as_put_cell(out, t, AS_INK_QUIET, AS_ALIGN_LEFT, LABEL_COLS, lines[i].label);
		as_put_wrapped(out, t, LABEL_COLS + 2, LABEL_COLS + 2, lines[i].text);
	}
}

static void put_names(FILE *out, const struct as_term *t, const struct as_drift *d)
{
	char *file = as_text_escape_dup(as_path_base(d->file));
	char *beside = d->reference ? as_text_escape_dup(as_path_base(d->reference)) : NULL;
	as_put_ink(out, t, AS_INK_HEAD, file ? file : "?");
	if (beside) {
		as_put_ink(out, t, AS_INK_QUIET, "  against  ");
		as_put_text(out, t, beside);
	}
	fputs("\n\n", out);
	free(file);
	free(beside);
}

void as_drift_put(FILE *out, const struct as_term *t, const struct as_snapshot *s)
{
	const struct as_drift *d = s->drift;
	struct as_drift_line lines[AS_DRIFT_LINES];
	put_names(out, t, d);
	put_rows(out, t, lines, as_drift_words_found(d, t->unicode, lines));
	if (d->reference && d->found.n_curve > 0) {
		fputc('\n', out);
		as_drift_put_plot(out, t, &d->found, d->duration_s);
	}
	if (d->output) {
		fputc('\n', out);
		put_rows(out, t, lines, as_drift_words_written(d, t->unicode, lines));
	}
	as_notes_warnings(out, t, s);
}
