/* The fields of the dialog for timelines and reports. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/commands.h"
#include "tui/complete.h"
#include "tui/document_form.h"
#include "tui/target.h"

#define KINDS_MAX 16

/* --- kinds and names ------------------------------------------------------------------------------------------- */

void tui_document_form_rename(struct timeline *x)
{
	char *name = tui_document_renamed(tui_form_get(x->w.form, KIND), tui_form_get(x->w.form, FILE_NAME));

	if (name)
		tui_form_put(x->w.form, FILE_NAME, name);
	free(name);
}

void tui_document_form_choose_kind(struct timeline *x)
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
	if (name)
		tui_form_reset(x->w.form, FILE_NAME, name);
	tui_form_add(x->w.form, &also, NULL);
	tui_writing_help_kinds(&x->w, ALSO, "more kinds in one go, of the same name: ", ". Tab completes");
	add_settings(x->w.form, t->m.opt);
	tui_form_add(x->w.form, &dir, place);
	if (place)
		tui_form_reset(x->w.form, DIR, place);
	tui_form_add_setting(x->w.form, t->m.opt, "timeline.unplaced", "Unplaced clips", "behind the end|leave out");
	tui_form_add(x->w.form, &tui_field_force, NULL);
	tui_form_add(x->w.form, &tui_field_write, NULL);
	add_kind_flags(x->w.form);
	free(name);
	free(place);
}

void tui_document_form_close(void *state)
{
	tui_documents_done(&((struct timeline *)state)->given);
	tui_writing_close(state);
}

struct timeline *tui_document_form_new(struct tui *t, const struct tui_writing_kind *kind)
{
	struct timeline *x = calloc(1, sizeof *x);
	const struct as_document_kind *k;

	for (size_t i = 0; x && (k = as_document_kind_at(i)) && i < KINDS_MAX; i++) {
		snprintf(x->kinds + strlen(x->kinds), sizeof x->kinds - strlen(x->kinds), "%s%s", i ? "|" : "", k->kind);
		snprintf(x->titles + strlen(x->titles), sizeof x->titles - strlen(x->titles), "%s%s", i ? "|" : "", k->title);
	}
	if (x)
		x->w.kind = kind;
	if (x && (x->w.form = tui_form_new(t, "timeline")))
		add_fields(x, t);
	if (x && tui_form_is_whole(x->w.form))
		return x;
	if (x)
		tui_document_form_close(x);
	tui_say(t, TUI_ERROR, "out of memory");
	return NULL;
}

void tui_timeline_flags(struct tui *t, tui_flags_taker *take, void *ctx)
{
	struct timeline *x = tui_document_form_new(t, NULL);

	if (x) {
		take(x->w.form, ctx);
		tui_document_form_close(x);
	}
}

/* A file elsewhere was that of another shoot. */
void tui_document_form_recall(struct tui *t, struct timeline *x)
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

void tui_document_form_show(struct timeline *x)
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

/* --- words of a command ------------------------------------------------------------------------------------------ */

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

bool tui_document_form_take(struct tui *t, struct timeline *x, const char *args)
{
	char *name = strdup(tui_form_get(x->w.form, FILE_NAME));
	bool fine, named;

	tui_form_put(x->w.form, FILE_NAME, "");
	tui_form_put(x->w.form, ALSO, ""); /* words say all that is to be written */
	fine = tui_form_take(t, x->w.form, args, FILE_NAME) && take_kind_flags(x);
	named = *tui_form_get(x->w.form, FILE_NAME) != '\0';
	if (named)
		tui_document_form_choose_kind(x);
	else
		tui_form_put(x->w.form, FILE_NAME, name ? name : "");
	tui_document_form_rename(x);
	free(name);
	return fine && named;
}
