/* Timelines for editing programs, and reports. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/figures.h"
#include "base/text.h"
#include "tui/commands.h"
#include "tui/dialogs.h"
#include "tui/jobs.h"
#include "tui/document_name.h"
#include "tui/target.h"
#include "tui/writing.h"

#define KINDS_MAX 16

enum field {
	KIND,
	FILE_NAME,
	ALSO,
	FPS,
	NAME,
	START_TC,
	DRIFT,
	MEDIA_PATHS,
	MAP_PATH,
	REPLACE,
	DIR,
	UNPLACED,
	FORCE,
	WRITE,
	BY_KIND, /* and on: the kinds as flags, "--otio FILE"; never shown */
};

struct timeline {
	struct tui_writing w;
	char kinds[160], titles[400]; /* "otio|fcpxml|…", and how they read */
	char kind_help[300];
	struct tui_documents given; /* besides, by flags: "--edl FILE" */
};

static void update(void *state, struct tui *t);
static void changed(void *state, struct tui *t, enum tui_form_news news, int was);
static void go(void *state, struct tui *t);

static const struct tui_writing_kind kind = {.top = KIND, .force = FORCE, .write = WRITE, .update = update, .changed = changed, .go = go};

/* --- kinds and names ------------------------------------------------------------------------------------------- */

/* The name follows the kind. */
static void rename_for_kind(struct timeline *x)
{
	char *name = tui_document_renamed(tui_form_get(x->w.form, KIND), tui_form_get(x->w.form, FILE_NAME));

	if (name)
		tui_form_put(x->w.form, FILE_NAME, name);
	free(name);
}

/* The kind follows a name that was typed. */
static void kind_for_name(struct timeline *x)
{
	const char *other = tui_document_kind_for(tui_form_get(x->w.form, KIND), tui_form_get(x->w.form, FILE_NAME));

	if (other)
		tui_form_put(x->w.form, KIND, other);
}

/* --- fields ---------------------------------------------------------------------------------------------------- */

static void add_kind_flags(struct tui_form *f)
{
	const struct as_document_kind *k;

	for (size_t i = 0; (k = as_document_kind_at(i)) && i < KINDS_MAX; i++) {
		const struct tui_field field = {.name = k->kind, .label = k->kind, .input = TUI_INPUT_TEXT, .flag = k->kind, .forget = true};

		tui_form_hide(f, tui_form_add(f, &field, NULL), true);
	}
}

static void add_settings(struct tui_form *f, const struct as_options *opt)
{
	tui_form_add_setting(f, opt, "timeline.fps", "Frames a second", NULL);
	tui_form_add_setting(f, opt, "timeline.name", "Name", NULL);
	tui_form_add_setting(f, opt, "timeline.start_tc", "Starts at", NULL);
	tui_form_add_setting(f, opt, "timeline.drift", "Clock drift", "in aligned files|as speed of clips");
	tui_form_add_setting(f, opt, "timeline.media_paths", "Media paths", NULL);
	tui_writing_add_text(f, opt, (struct tui_field){.name = "timeline.map_path", .label = "Path map", .flag = "map-path"});
	tui_form_add_setting(f, opt, "timeline.replace_audio", "Aligned sound", "leave out|instead of the clips'|beside it|in camera files");
}

static void add_fields(struct timeline *x, struct tui *t)
{
	const struct tui_field kinds = {.name = "kind",
					.label = "Kind",
					.input = TUI_INPUT_CHOICE,
					.choices = x->kinds,
					.shown = x->titles,
					.def = "otio"};
	static const struct tui_field file = {.name = "file",
					      .label = "File",
					      .input = TUI_INPUT_PATH,
					      .help = "where it goes; a name with another extension chooses another kind. Tab completes"},
				      also = {.name = "also",
					      .label = "Also as",
					      .input = TUI_INPUT_TEXT,
					      .complete = tui_documents_complete,
					      .flag = "also"},
				      dir = {.name = "dir",
					     .label = "  written to",
					     .input = TUI_INPUT_PATH,
					     .help = "folder of the aligned files that the timeline uses; they are written along with it",
					     .flag = "output-dir",
					     .letter = 'o',
					     .folders = true};
	char *name = tui_document_usual_name(t), *place = tui_target_expand(t, "synced");

	tui_form_add(x->w.form, &kinds, NULL);
	tui_form_add(x->w.form, &file, name);
	tui_form_add(x->w.form, &also, NULL);
	tui_writing_help_kinds(&x->w, ALSO, "more kinds in one go, of the same name: ", ". Tab completes");
	add_settings(x->w.form, t->m.opt);
	tui_form_add(x->w.form, &dir, place);
	tui_form_add_setting(x->w.form, t->m.opt, "timeline.unplaced", "Unplaced clips", "behind the end|leave out");
	tui_form_add(x->w.form, &tui_field_force, NULL);
	tui_form_add(x->w.form, &tui_field_write, NULL);
	add_kind_flags(x->w.form);
	free(name);
	free(place);
}

static void close_timeline(void *state)
{
	tui_documents_done(&((struct timeline *)state)->given);
	tui_writing_close(state);
}

static struct timeline *make(struct tui *t)
{
	struct timeline *x = calloc(1, sizeof *x);
	const struct as_document_kind *k;

	for (size_t i = 0; x && (k = as_document_kind_at(i)) && i < KINDS_MAX; i++) {
		snprintf(x->kinds + strlen(x->kinds), sizeof x->kinds - strlen(x->kinds), "%s%s", i ? "|" : "", k->kind);
		snprintf(x->titles + strlen(x->titles), sizeof x->titles - strlen(x->titles), "%s%s", i ? "|" : "", k->title);
	}
	if (x)
		x->w.kind = &kind;
	if (x && (x->w.form = tui_form_new(t, "timeline")))
		add_fields(x, t);
	if (x && tui_form_is_whole(x->w.form))
		return x;
	if (x)
		close_timeline(x);
	tui_say(t, TUI_ERROR, "out of memory");
	return NULL;
}

/* A file elsewhere was that of another shoot. */
static void recall(struct tui *t, struct timeline *x)
{
	static const int paths[] = {FILE_NAME, DIR};
	char *base = tui_target_base(t), *place;

	for (size_t i = 0; i < 2; i++) {
		char *before = strdup(tui_form_get(x->w.form, paths[i]));

		if (i == 0)
			tui_form_recall(t, x->w.form, t->m.opt);
		place = base ? tui_path(tui_form_get(x->w.form, paths[i])) : NULL;
		if (before && (!place || strncmp(place, base, strlen(base)) != 0))
			tui_form_put(x->w.form, paths[i], before);
		free(before);
		free(place);
	}
	free(base);
	x->w.recalled = true;
}

/* What the chosen kind is, and which others there are: they have no room in the field. */
static void help_kind(struct timeline *x)
{
	const struct as_document_kind *chosen = tui_document_kind(tui_form_get(x->w.form, KIND)), *k;
	size_t n = (size_t)snprintf(x->kind_help, sizeof x->kind_help, "%s; or", chosen ? chosen->help : "");

	for (size_t i = 0, told = 0; (k = as_document_kind_at(i)) && n < sizeof x->kind_help; i++)
		if (k != chosen)
			n += (size_t)snprintf(x->kind_help + n, sizeof x->kind_help - n, "%s %.*s", told++ ? "," : "",
					      (int)strcspn(k->title, " "), k->title);
	tui_form_help(x->w.form, KIND, x->kind_help);
}

/* --- what it comes to ------------------------------------------------------------------------------------------ */

static void show_and_hide(struct timeline *x)
{
	struct tui_form *f = x->w.form;
	bool report = tui_form_is(f, KIND, "report"), aligned = !report && !tui_form_is(f, REPLACE, "off");

	help_kind(x);
	tui_form_hide(f, NAME, report);
	tui_form_hide(f, START_TC, report || tui_form_is(f, KIND, "mlt"));
	tui_form_hide(f, MEDIA_PATHS, report);
	tui_form_hide(f, MAP_PATH, report);
	tui_form_hide(f, REPLACE, report);
	tui_form_hide(f, UNPLACED, report);
	tui_form_hide(f, DIR, !aligned);
}

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

	show_and_hide(x);
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
		done = tui_output_run(t, x->w.form, opt, &q.r);
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

	rename_for_kind(x);
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
		kind_for_name(x);
		rename_for_kind(x);
	}
	if (news == TUI_FORM_CHANGED && at == KIND)
		rename_for_kind(x);
	if (news == TUI_FORM_CHANGED && at == ALSO)
		x->w.recalled = false;
	/* Paths that are being typed are looked at once they are whole. */
	if ((news == TUI_FORM_CHANGED && !typing) || (news == TUI_FORM_TAKEN && was != at && (was == FILE_NAME || was == DIR)))
		update(x, t);
	else if (news == TUI_FORM_GO) {
		kind_for_name(x);
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
					.close = close_timeline,
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

/* "--otio FILE": kind and file in one. The first is the dialog's, unless a file stands without a flag; the others are written along. */
static bool take_kind_flags(struct timeline *x)
{
	bool fine = true;

	for (int i = BY_KIND; fine && i < tui_form_count(x->w.form); i++) {
		char *path = *tui_form_get(x->w.form, i) ? tui_path(tui_form_get(x->w.form, i)) : NULL;

		if (!path)
			continue;
		if (*tui_form_get(x->w.form, FILE_NAME)) {
			fine = tui_documents_add(&x->given, tui_form_field(x->w.form, i)->flag, path);
		} else {
			tui_form_put(x->w.form, KIND, tui_form_field(x->w.form, i)->flag);
			tui_form_put(x->w.form, FILE_NAME, tui_form_get(x->w.form, i));
		}
		free(path);
	}
	return fine;
}

/* True where the words say all that is needed. */
static bool take_args(struct tui *t, struct timeline *x, const char *args)
{
	char *name = strdup(tui_form_get(x->w.form, FILE_NAME));
	bool fine, named;

	tui_form_put(x->w.form, FILE_NAME, "");
	tui_form_put(x->w.form, ALSO, ""); /* words say all that is to be written */
	fine = tui_form_take(t, x->w.form, args, FILE_NAME) && take_kind_flags(x);
	named = *tui_form_get(x->w.form, FILE_NAME) != '\0';
	if (named)
		kind_for_name(x);
	else
		tui_form_put(x->w.form, FILE_NAME, name ? name : "");
	rename_for_kind(x);
	free(name);
	return fine && named;
}

void tui_open_timeline(struct tui *t, const char *args)
{
	struct timeline *x;
	bool given = false;

	if (!tui_output_is_ready(t) || !(x = make(t)))
		return;
	recall(t, x);
	rename_for_kind(x);
	if (args)
		given = take_args(t, x, args);
	update(x, t);
	if (tui_open_dialog(t, &ops, x) && given)
		accept(t, x);
}
