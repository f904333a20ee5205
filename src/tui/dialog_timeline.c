/* Timelines for editing programs, and reports. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"
#include "tui/commands.h"
#include "tui/dialogs.h"
#include "tui/document_form.h"
#include "tui/jobs.h"
#include "tui/target.h"

static void update(void *state, struct tui *t);
static void changed(void *state, struct tui *t, enum tui_form_news news, int was);
static void go(void *state, struct tui *t);

static const struct tui_writing_kind kind = {.top = KIND, .force = FORCE, .write = WRITE, .update = update, .changed = changed, .go = go};

/* --- what it comes to ------------------------------------------------------------------------------------------ */

/* What of the clips' drift would stay in, and what to do about it. */
static void warn_of_drift(const struct tui *t, struct timeline *x, const struct as_preview_file *f)
{
	const struct as_document_kind *k = tui_document_kind(tui_form_get(x->w.form, KIND));
	bool corrects = as_options_bool(t->m.opt, "export.drift_correction"), aligned = !tui_form_is(x->w.form, REPLACE, "off");
	char text[160] = "", words[100];

	if (!aligned && tui_output_drift(f, t->m.unicode, words, sizeof words))
		snprintf(text, sizeof text, "%s: %s", words,
			 !corrects				    ? "switch export.drift_correction on"
			 : !k->carries_speed			    ? "take aligned sound below"
			 : tui_form_is(x->w.form, DRIFT, "speed") ? "only aligned sound follows it"
								    : "take speed, or aligned sound below");
	tui_form_warn(x->w.form, DRIFT, text);
}

/* What the settings come to in this timeline. */
static void tell(const struct tui *t, struct timeline *x)
{
	/* The dialog's own comes first of the documents. */
	const struct as_preview_file *f = tui_output_timeline(&x->w.out);
	char rate[40] = "";

	if (f && tui_form_is(x->w.form, FPS, "auto"))
		snprintf(rate, sizeof rate, "here %s", f->fps);
	tui_form_remark(x->w.form, FPS, rate);
	tui_form_remark(x->w.form, ALSO, tui_writing_last_time(&x->w, ALSO));
	warn_of_drift(t, x, f);
}

struct request {
	struct tui_documents documents;
	struct as_export_request r;
	char *dir;
};

/* False with the reason: what else is to be written is not understood. Done in every case. */
static bool make_request(const struct timeline *x, struct request *q, char *why, size_t n)
{
	const struct tui_form *f = x->w.form;
	char *file = tui_path(tui_form_get(f, FILE_NAME));
	bool fine;

	*q = (struct request){.dir = tui_form_hidden(f, DIR) ? NULL : tui_path(tui_form_get(f, DIR))};
	fine = tui_documents_add(&q->documents, tui_form_get(f, KIND), file ? file : "") &&
	       tui_documents_also(&q->documents, tui_form_get(f, ALSO), file ? file : "", why, n);
	for (int i = 0; fine && i < x->given.n; i++)
		fine = tui_documents_add(&q->documents, x->given.v[i].kind, x->given.v[i].path);
	q->r = (struct as_export_request){
		.dir = q->dir, .force = tui_form_yes(f, FORCE), .documents = q->documents.v, .n_documents = q->documents.n};
	free(file);
	return fine;
}

static void request_done(struct request *q)
{
	tui_documents_done(&q->documents);
	free(q->dir);
}

static void look(struct tui *t, struct timeline *x, const struct as_options *opt)
{
	struct request q;
	char why[200] = "out of memory";

	if (make_request(x, &q, why, sizeof why)) {
		tui_output_look(t, &x->w.out, opt, &q.r);
	} else {
		tui_output_trouble(&x->w.out, why);
	}
	request_done(&q);
}

static void update(void *state, struct tui *t)
{
	struct timeline *x = state;
	struct as_options *opt;
	char text[64];

	tui_document_form_show(x);
	opt = tui_output_settings(t, x->w.form);
	if (opt)
		look(t, x, opt);
	as_options_free(opt);
	tell(t, x);
	if (t->m.snap->busy)
		snprintf(text, sizeof text, "Write when that is done");
	else if (tui_output_count(&x->w.out) > 1 || (x->w.out.preview && x->w.out.preview->files[0].exists))
		tui_output_button(&x->w.out, tui_form_yes(x->w.form, FORCE), text, sizeof text);
	else
		snprintf(text, sizeof text, tui_form_is(x->w.form, KIND, "report") ? "Write the report" : "Write the timeline");
	tui_form_label(x->w.form, WRITE, text);
}

/* --- doing it -------------------------------------------------------------------------------------------------- */

/* Which field the library speaks of. */
static int field_of(const struct timeline *x, const char *message)
{
	static const struct {
		const char *part;
		int field;
	} parts[] = {{"timeline.replace_audio", REPLACE}, {"start", START_TC}, {"timecode", START_TC}, {"map", MAP_PATH},
		     {"frames a second", FPS}, {"report ends", FILE_NAME}};

	if (strstr(message, "no timeline or report is called"))
		return ALSO;
	if (strstr(message, tui_form_get(x->w.form, FILE_NAME)))
		return FILE_NAME;
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (strstr(message, parts[i].part))
			return parts[i].field;
	return -1;
}

static bool check_places(struct timeline *x)
{
	const struct tui_target *g = &x->w.out.target;
	char why[400];

	if (!*as_path_base(tui_form_get(x->w.form, FILE_NAME))) {
		tui_form_fail(x->w.form, FILE_NAME, "the name of a file is needed");
		return false;
	}
	if (!g->used)
		return true;
	if (!tui_target_check_document(g, 0, why, sizeof why)) {
		tui_form_fail(x->w.form, FILE_NAME, why);
		return false;
	}
	if (tui_form_hidden(x->w.form, DIR) || tui_target_check_dir(g, tui_form_get(x->w.form, DIR), why, sizeof why))
		return true;
	tui_form_fail(x->w.form, DIR, why);
	return false;
}

static bool start_now(struct tui *t, struct timeline *x, const struct as_options *opt)
{
	struct request q;
	char why[200] = "out of memory";
	bool done = false;

	if (!make_request(x, &q, why, sizeof why))
		tui_form_fail(x->w.form, field_of(x, why), why);
	else if (!x->w.out.preview)
		tui_form_fail(x->w.form, field_of(x, x->w.out.trouble), x->w.out.trouble);
	else if (!tui_output_refused(&x->w.out, x->w.form, FILE_NAME, FORCE))
		done = tui_output_run(t, &x->w.out, x->w.form, opt, &q.r);
	request_done(&q);
	return done;
}

static void wait_for_idle(struct tui *t, const struct timeline *x)
{
	struct as_buffer b = {0};
	char *words = tui_form_words(x->w.form, FILE_NAME), *path, *all;

	for (int i = 0; i < x->given.n; i++) {
		path = tui_word(x->given.v[i].path);
		as_buffer_addf(&b, "--%s %s ", x->given.v[i].kind, path ? path : "");
		free(path);
	}
	as_buffer_add(&b, words ? words : "");
	all = as_buffer_take(&b);
	tui_jobs_when_idle(t, AS_ACTION_TIMELINE, all);
	free(words);
	free(all);
}

static void accept(struct tui *t, struct timeline *x)
{
	struct as_options *opt = as_options_copy(t->m.opt);
	bool busy = t->m.snap->busy, done = false;

	tui_document_form_rename(x);
	if (opt && tui_form_settings(x->w.form, opt)) {
		look(t, x, opt);
		if (!tui_writing_waits(t, &x->w) && check_places(x))
			done = busy || start_now(t, x, opt);
	}
	as_options_free(opt);
	if (!done)
		return;
	tui_form_remember(t, x->w.form);
	if (busy)
		wait_for_idle(t, x);
	tui_close_dialog(t);
	if (!busy)
		tui_look(t);
}

static void go(void *state, struct tui *t)
{
	accept(t, state);
}

/* --- keys ------------------------------------------------------------------------------------------------------ */

static void changed(void *state, struct tui *t, enum tui_form_news news, int was)
{
	struct timeline *x = state;
	int at = tui_form_at(x->w.form);
	bool typing = at == FILE_NAME || at == DIR;

	if (news == TUI_FORM_TAKEN && was != at && was == FILE_NAME) {
		tui_document_form_choose_kind(x);
		tui_document_form_rename(x);
	}
	if (news == TUI_FORM_CHANGED && at == KIND)
		tui_document_form_rename(x);
	if (news == TUI_FORM_CHANGED && at == ALSO)
		x->w.recalled = false;
	/* Paths that are being typed are looked at once they are whole. */
	if ((news == TUI_FORM_CHANGED && !typing) || (news == TUI_FORM_TAKEN && was != at && (was == FILE_NAME || was == DIR)))
		update(x, t);
	else if (news == TUI_FORM_GO) {
		tui_document_form_choose_kind(x);
		accept(t, x);
	}
}

/* --- drawing --------------------------------------------------------------------------------------------------- */

static void size(const void *state, const struct tui_model *m, int *rows, int *cols)
{
	const struct timeline *x = state;
	int list = tui_output_count(&x->w.out);

	(void)m;
	*cols = *cols > 88 ? 88 : *cols;
	*rows = 1 + tui_form_shown(x->w.form) + (list > 6 ? 6 : list < 2 ? 2 : list) + 5 + TUI_FORM_FOOT;
}

static const struct tui_pane_ops ops = {.name = "timeline-dialog",
					.title = "Write a timeline or report",
					.place = AS_PLACE_DIALOG,
					.close = tui_document_form_close,
					.fd = tui_writing_fd,
					.turn = tui_writing_turn,
					.news = tui_writing_news,
					.key = tui_writing_key,
					.action = tui_writing_act,
					.size = size,
					.fit = tui_writing_fit,
					.draw = tui_writing_draw,
					.caret = tui_writing_caret,
					.deed = tui_writing_deed,
					.hints = tui_writing_hints};

/* --- opening --------------------------------------------------------------------------------------------------- */

void tui_open_timeline(struct tui *t, const char *args)
{
	struct timeline *x;
	bool given = false;

	if (!tui_output_is_ready(t) || !(x = tui_document_form_new(t, &kind)))
		return;
	tui_document_form_recall(t, x);
	tui_document_form_rename(x);
	if (args)
		given = tui_document_form_take(t, x, args);
	update(x, t);
	if (tui_open_dialog(t, &ops, x) && given)
		accept(t, x);
}
