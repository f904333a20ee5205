/* Timelines for editing programs, and reports. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/figures.h"
#include "base/text.h"
#include "tui/commands.h"
#include "tui/dialogs.h"
#include "tui/jobs.h"
#include "tui/output.h"
#include "tui/target.h"

#define KINDS_MAX 16

enum field {
	KIND,
	FILE_NAME,
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
	struct tui_form *form;
	struct tui_output out;
	char kinds[160]; /* "otio|fcpxml|…" */

};

static void close_timeline(void *state)
{
	struct timeline *x = state;

	tui_form_free(x->form);
	tui_output_done(&x->out);
	free(x);
}

/* --- kinds and names ------------------------------------------------------------------------------------------- */

static const struct as_document_kind *find_kind(const char *name)
{
	const struct as_document_kind *k;

	for (size_t i = 0; (k = as_document_kind_at(i)); i++)
		if (!strcmp(k->kind, name))
			return k;
	return NULL;
}

static const char *const report_extensions[] = {"html", "txt", "json", NULL};

/* A report's extension chooses its form. */
static bool is_of_kind(const struct as_document_kind *k, const char *extension)
{
	if (k->extension)
		return !strcasecmp(k->extension, extension);
	for (int i = 0; report_extensions[i]; i++)
		if (!strcasecmp(report_extensions[i], extension))
			return true;
	return false;
}

static const struct as_document_kind *kind_of_extension(const char *extension)
{
	const struct as_document_kind *k;

	for (size_t i = 0; (k = as_document_kind_at(i)); i++)
		if (is_of_kind(k, extension))
			return k;
	return NULL;
}

/* "" if there is none. */
static const char *extension_of(const char *path)
{
	const char *base = as_path_base(path), *dot = strrchr(base, '.');

	return dot && dot > base ? dot + 1 : "";
}

/* The name follows the kind: one extension that is a kind's gives way to another. */
static void rename_for_kind(struct timeline *x)
{
	const char *name = tui_form_get(x->form, FILE_NAME), *extension = extension_of(name);
	const struct as_document_kind *k = find_kind(tui_form_get(x->form, KIND));
	size_t stem = strlen(name) - strlen(extension);
	char text[4096];

	if (!k || !*as_path_base(name) || is_of_kind(k, extension))
		return;
	if (*extension && kind_of_extension(extension))
		stem--;
	else
		stem = strlen(name);
	if (stem + 16 > sizeof text)
		return;
	snprintf(text, sizeof text, "%.*s.%s", (int)stem, name, k->extension ? k->extension : report_extensions[0]);
	tui_form_put(x->form, FILE_NAME, text);
}

/* The kind follows a name that was typed. */
static void kind_for_name(struct timeline *x)
{
	const char *extension = extension_of(tui_form_get(x->form, FILE_NAME));
	const struct as_document_kind *k = find_kind(tui_form_get(x->form, KIND)), *other = kind_of_extension(extension);

	if (k && other && !is_of_kind(k, extension))
		tui_form_put(x->form, KIND, other->kind);
}

/* Beside the recordings, called after the project or their folder. */
static char *usual_name(const struct tui *t)
{
	char *base = tui_target_base(t), name[300], *full = NULL, *out;
	const char *from = t->m.project ? t->m.project : base;
	const char *stem = from && *as_path_base(from) ? as_path_base(from) : "timeline";
	const char *dot = t->m.project ? strrchr(stem, '.') : NULL;

	snprintf(name, sizeof name, "%.*s.otio", (int)(dot && dot > stem ? dot - stem : (long)strnlen(stem, 200)), stem);
	full = base ? as_path_join(base, name) : NULL;
	out = full ? tui_path_short(full) : NULL;
	free(base);
	free(full);
	return out;
}

/* --- fields ---------------------------------------------------------------------------------------------------- */

static void add_map_field(struct tui_form *f, const struct as_options *opt)
{
	const struct as_option_row *row = as_option_find("timeline.map_path");
	const struct tui_field field = {.name = row->key,
					.label = "Path map",
					.input = TUI_INPUT_TEXT,
					.help = row->help,
					.def = row->def,
					.flag = "map-path",
					.row = row};

	tui_form_add(f, &field, as_options_value(opt, row->key));
}

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
	add_map_field(f, opt);
	tui_form_add_setting(f, opt, "timeline.replace_audio", "Aligned sound", "leave out|instead of the clips'|beside it|in camera files");
}

static void add_fields(struct timeline *x, const struct tui *t)
{
	const struct tui_field kind = {.name = "kind", .label = "Kind", .input = TUI_INPUT_CHOICE, .choices = x->kinds, .def = "otio"};
	static const struct tui_field file = {.name = "file",
					      .label = "File",
					      .input = TUI_INPUT_PATH,
					      .help = "where it goes; a name with another extension chooses another kind. Tab completes"},
				      dir = {.name = "dir",
					     .label = "  written to",
					     .input = TUI_INPUT_PATH,
					     .help = "folder of the aligned files that the timeline uses; they are written along with it",
					     .flag = "output-dir",
					     .letter = 'o',
					     .folders = true},
				      force = {.name = "force",
					       .label = "Write over",
					       .input = TUI_INPUT_SWITCH,
					       .help = "files of these names that exist already are replaced; never a recording",
					       .flag = "force",
					       .letter = 'f',
					       .forget = true},
				      write = {.name = "write",
					       .label = "Write",
					       .input = TUI_INPUT_BUTTON,
					       .help = "Enter writes, here and in every field; Esc closes without doing anything",
					       .forget = true};
	char *name = usual_name(t), *place = tui_target_expand(t, "synced");

	tui_form_add(x->form, &kind, NULL);
	tui_form_add(x->form, &file, name);
	add_settings(x->form, t->m.opt);
	tui_form_add(x->form, &dir, place);
	tui_form_add_setting(x->form, t->m.opt, "timeline.unplaced", "Unplaced clips", "behind the end|leave out");
	tui_form_add(x->form, &force, NULL);
	tui_form_add(x->form, &write, NULL);
	add_kind_flags(x->form);
	free(name);
	free(place);
}

static struct timeline *make(struct tui *t)
{
	struct timeline *x = calloc(1, sizeof *x);
	const struct as_document_kind *k;

	for (size_t i = 0; x && (k = as_document_kind_at(i)) && i < KINDS_MAX; i++)
		snprintf(x->kinds + strlen(x->kinds), sizeof x->kinds - strlen(x->kinds), "%s%s", i ? "|" : "", k->kind);
	if (x && (x->form = tui_form_new("timeline")))
		add_fields(x, t);
	if (x && tui_form_is_whole(x->form))
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
		char *before = strdup(tui_form_get(x->form, paths[i]));

		if (i == 0)
			tui_form_recall(t, x->form, t->m.opt);
		place = base ? tui_path(tui_form_get(x->form, paths[i])) : NULL;
		if (before && (!place || strncmp(place, base, strlen(base)) != 0))
			tui_form_put(x->form, paths[i], before);
		free(before);
		free(place);
	}
	free(base);
}

/* --- what it comes to ------------------------------------------------------------------------------------------ */

static void show_and_hide(struct timeline *x)
{
	struct tui_form *f = x->form;
	const struct as_document_kind *k = find_kind(tui_form_get(f, KIND));
	bool report = tui_form_is(f, KIND, "report"), aligned = !report && !tui_form_is(f, REPLACE, "off");

	tui_form_help(f, KIND, k ? k->help : "");
	tui_form_hide(f, NAME, report);
	tui_form_hide(f, START_TC, report || tui_form_is(f, KIND, "mlt"));
	tui_form_hide(f, MEDIA_PATHS, report);
	tui_form_hide(f, MAP_PATH, report);
	tui_form_hide(f, REPLACE, report);
	tui_form_hide(f, UNPLACED, report);
	tui_form_hide(f, DIR, !aligned);
}

struct request {
	struct as_document_request document;
	struct as_export_request r;
	char *file, *dir;
};

static void make_request(const struct timeline *x, struct request *q)
{
	const struct tui_form *f = x->form;

	q->file = tui_path(tui_form_get(f, FILE_NAME));
	q->dir = tui_form_hidden(f, DIR) ? NULL : tui_path(tui_form_get(f, DIR));
	q->document = (struct as_document_request){tui_form_get(f, KIND), q->file ? q->file : ""};
	q->r = (struct as_export_request){
		.dir = q->dir, .force = tui_form_yes(f, FORCE), .documents = &q->document, .n_documents = 1};
}

static void request_done(struct request *q)
{
	free(q->file);
	free(q->dir);
}

static void look(struct tui *t, struct timeline *x, const struct as_options *opt)
{
	struct request q;

	make_request(x, &q);
	tui_output_look(t, &x->out, opt, &q.r);
	request_done(&q);
}

static void update(struct tui *t, struct timeline *x)
{
	struct as_options *opt;
	char text[64], count[AS_FIGURE_BYTES];

	show_and_hide(x);
	opt = tui_output_settings(t, x->form);
	if (opt)
		look(t, x, opt);
	as_options_free(opt);
	if (t->m.snap->busy)
		snprintf(text, sizeof text, "Write when that is done");
	else if (tui_output_count(&x->out) > 1)
		snprintf(text, sizeof text, "Write %s", tui_output_words(&x->out, count, sizeof count));
	else
		snprintf(text, sizeof text, tui_form_is(x->form, KIND, "report") ? "Write the report" : "Write the timeline");
	tui_form_label(x->form, WRITE, text);
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

	if (strstr(message, tui_form_get(x->form, FILE_NAME)))
		return FILE_NAME;
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (strstr(message, parts[i].part))
			return parts[i].field;
	return -1;
}

static bool check_places(struct tui *t, struct timeline *x)
{
	char why[400];

	if (!*as_path_base(tui_form_get(x->form, FILE_NAME))) {
		tui_form_fail(x->form, FILE_NAME, "the name of a file is needed");
		return false;
	}
	if (tui_form_hidden(x->form, DIR) || tui_target_check_dir(t, tui_form_get(x->form, DIR), why, sizeof why))
		return true;
	tui_form_fail(x->form, DIR, why);
	return false;
}

static bool start_now(struct tui *t, struct timeline *x, const struct as_options *opt)
{
	struct request q;
	bool done = false;

	make_request(x, &q);
	look(t, x, opt);
	if (!x->out.preview)
		tui_form_fail(x->form, field_of(x, x->out.trouble), x->out.trouble);
	else if (!tui_output_refused(&x->out, x->form, FILE_NAME, FORCE))
		done = tui_output_run(t, x->form, opt, &q.r);
	request_done(&q);
	return done;
}

static void accept(struct tui *t, struct timeline *x)
{
	struct as_options *opt = as_options_copy(t->m.opt);
	bool busy = t->m.snap->busy, done = false;

	rename_for_kind(x);
	if (opt && check_places(t, x) && tui_form_settings(x->form, opt))
		done = busy || start_now(t, x, opt);
	as_options_free(opt);
	if (!done)
		return;
	tui_form_remember(t, x->form);
	if (busy) {
		char *words = tui_form_words(x->form, FILE_NAME);

		tui_jobs_when_idle(t, AS_ACTION_TIMELINE, words);
		free(words);
	}
	tui_close_dialog(t);
	if (!busy)
		tui_look(t);
}

/* --- keys ------------------------------------------------------------------------------------------------------ */

static bool take_news(struct tui *t, struct timeline *x, enum tui_form_news news, int was)
{
	int at = tui_form_at(x->form);
	bool typing = at == FILE_NAME || at == DIR;

	if (news == TUI_FORM_TAKEN && was != at && was == FILE_NAME) {
		kind_for_name(x);
		rename_for_kind(x);
	}
	if (news == TUI_FORM_CHANGED && at == KIND)
		rename_for_kind(x);
	/* Paths that are being typed are looked at once they are whole. */
	if ((news == TUI_FORM_CHANGED && !typing) || (news == TUI_FORM_TAKEN && was != at && (was == FILE_NAME || was == DIR)))
		update(t, x);
	else if (news == TUI_FORM_GO) {
		kind_for_name(x);
		accept(t, x);
	}
	return news != TUI_FORM_NOTHING;
}

static bool key(void *state, struct tui *t, struct tui_key key)
{
	struct timeline *x = state;
	int was = tui_form_at(x->form);

	return take_news(t, x, tui_form_key(x->form, key), was);
}

static bool act(void *state, struct tui *t, enum as_action action, const struct tui_call *call)
{
	struct timeline *x = state;
	int was = tui_form_at(x->form);

	(void)call;
	return take_news(t, x, tui_form_act(x->form, action), was);
}

static void news(void *state, struct tui *t)
{
	update(t, state);
}

/* --- drawing --------------------------------------------------------------------------------------------------- */

static void size(const void *state, const struct tui_model *m, int *rows, int *cols)
{
	const struct timeline *x = state;
	int list = tui_output_count(&x->out);

	(void)m;
	*cols = *cols > 88 ? 88 : *cols;
	*rows = 1 + tui_form_shown(x->form) + (list > 6 ? 6 : list < 2 ? 2 : list) + 5 + TUI_FORM_FOOT;
}

static void fit(void *state, const struct tui_model *m, int rows, int cols)
{
	struct timeline *x = state;
	int spare, want = tui_output_count(&x->out) + 5;

	(void)m;
	(void)cols;
	tui_form_gap(x->form, KIND, rows > 20);
	tui_form_gap(x->form, WRITE, 0);
	spare = rows - TUI_FORM_FOOT - tui_form_rows(x->form) - (rows > 20);
	tui_form_gap(x->form, WRITE, spare < 1 ? 0 : spare < want ? spare : want);
	tui_form_fit(x->form, rows);
}

static void draw(const void *state, const struct tui_model *m, struct tui_canvas c)
{
	const struct timeline *x = state;
	int from = tui_form_row(x->form, c, FORCE), to = tui_form_row(x->form, c, WRITE), gap = to - from;

	(void)m;
	tui_form_draw(x->form, c);
	if (from < 0 || gap < 4)
		return;
	/* Without room for the blanks they go first. */
	tui_output_draw(&x->out, tui_part(c, from + (gap > 4 ? 2 : 1), 2, gap - (gap > 5 ? 3 : gap > 4 ? 2 : 1), c.cols - 4));
}

static bool caret(const void *state, const struct tui_model *m, struct tui_canvas c, int *row, int *col)
{
	const struct timeline *x = state;

	(void)m;
	return tui_form_caret(x->form, c, row, col);
}

static const enum as_action hints[] = {AS_ACTION_ACCEPT, AS_ACTION_FIELD_NEXT, AS_ACTION_CHANGE, AS_ACTION_RESET, AS_ACTION_DISMISS,
				       AS_ACTION_HELP, AS_ACTION_NONE};

static const struct tui_pane_ops ops = {.name = "timeline-dialog",
					.title = "Write a timeline or report",
					.place = AS_PLACE_DIALOG,
					.close = close_timeline,
					.news = news,
					.key = key,
					.action = act,
					.size = size,
					.fit = fit,
					.draw = draw,
					.caret = caret,
					.hints = hints};

/* --- opening --------------------------------------------------------------------------------------------------- */

/* "--otio FILE": kind and file in one. */
static bool take_kind_flags(struct timeline *x)
{
	int given = 0;

	for (int i = BY_KIND; i < tui_form_count(x->form); i++) {
		if (!*tui_form_get(x->form, i))
			continue;
		tui_form_put(x->form, KIND, tui_form_field(x->form, i)->flag);
		tui_form_put(x->form, FILE_NAME, tui_form_get(x->form, i));
		given++;
	}
	if (given > 1)
		tui_form_fail(x->form, KIND, "one timeline or report at a time, please");
	return given <= 1;
}

/* True where the words say all that is needed. */
static bool take_args(struct tui *t, struct timeline *x, const char *args)
{
	char *name = strdup(tui_form_get(x->form, FILE_NAME));
	bool fine, named;

	tui_form_put(x->form, FILE_NAME, "");
	fine = tui_form_take(t, x->form, args, FILE_NAME) && take_kind_flags(x);
	named = *tui_form_get(x->form, FILE_NAME) != '\0';
	if (named)
		kind_for_name(x);
	else
		tui_form_put(x->form, FILE_NAME, name ? name : "");
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
	update(t, x);
	if (tui_open_dialog(t, &ops, x) && given)
		accept(t, x);
}
