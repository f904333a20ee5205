/* Aligned audio files: where, as what, and what that comes to. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/figures.h"
#include "base/text.h"
#include "tui/commands.h"
#include "tui/complete.h"
#include "tui/dialogs.h"
#include "tui/document_name.h"
#include "tui/jobs.h"
#include "tui/target.h"
#include "tui/writing.h"

#define LIST_MAX 8 /* files that the dialog would like to show */

enum field {
	DIR,
	FORMAT,
	BIT_DEPTH,
	BITRATE,
	SAMPLE_RATE,
	DRIFT,
	PER_CLIP,
	MUX,
	MUX_TRACK,
	MUX_CODEC,
	ALSO,
	FORCE,
	WRITE,
};

static void update(void *state, struct tui *t);
static void changed(void *state, struct tui *t, enum tui_form_news news, int was);
static void go(void *state, struct tui *t);

static const struct tui_writing_kind kind = {.top = DIR, .force = FORCE, .write = WRITE, .least_gap = 4, .update = update, .changed = changed, .go = go};

/* --- fields ---------------------------------------------------------------------------------------------------- */

static char *complete_track(void *ctx, const char *line, size_t n, int i, size_t *from)
{
	const struct as_snapshot *s = ((const struct tui *)ctx)->m.snap;

	*from = 0;
	for (int k = 0; k < s->n_tracks; k++)
		if (!strncmp(s->tracks[k].name, line, n) && i-- == 0)
			return strdup(s->tracks[k].name);
	return NULL;
}

static struct tui_form *make_form(struct tui *t)
{
	static const struct tui_field dir = {.name = "dir",
					     .label = "Folder",
					     .input = TUI_INPUT_PATH,
					     .help = "where the aligned files go; it is made if missing. Tab completes",
					     .flag = "output-dir",
					     .letter = 'o',
					     .folders = true};
	static const struct tui_field also = {.name = "also",
					      .label = "Timelines",
					      .input = TUI_INPUT_TEXT,
					      .complete = tui_documents_complete,
					      .flag = "also"};
	const struct as_options *opt = t->m.opt;
	struct tui_form *f = tui_form_new(t, "export");
	char *place = tui_target_expand(t, "synced");

	if (!f)
		goto out;
	tui_form_add(f, &dir, place);
	if (place)
		tui_form_reset(f, DIR, place);
	tui_form_add_setting(f, opt, "export.format", "Format", NULL);
	tui_form_add_setting(f, opt, "export.bit_depth", "Bit depth", NULL);
	tui_form_add_setting(f, opt, "export.bitrate_kbps", "Bit rate", NULL);
	tui_form_add_setting(f, opt, "export.sample_rate_hz", "Sample rate", NULL);
	tui_form_add_setting(f, opt, "export.drift_correction", "Clock drift", "resample|leave");
	tui_form_add_setting(f, opt, "export.per_clip", "One file for", "each track|each clip, padded|each clip, alone");
	tui_form_add_setting(f, opt, "export.mux", "Camera files", "none|new sound first|new sound second|new sound only");
	tui_writing_add_text(f, opt, (struct tui_field){.name = "export.mux_track", .label = "  sound of", .complete = complete_track, .ctx = t});
	tui_form_add_setting(f, opt, "export.mux_codec", "  as", NULL);
	tui_form_add(f, &also, NULL);
	tui_form_add(f, &tui_field_force, NULL);
	tui_form_add(f, &tui_field_write, NULL);
	tui_form_gap(f, DIR, 1);
	tui_form_gap(f, WRITE, 1);
out:
	free(place);
	return f;
}

void tui_export_flags(struct tui *t, tui_flags_taker *take, void *ctx)
{
	struct tui_form *f = make_form(t);

	if (tui_form_is_whole(f))
		take(f, ctx);
	tui_form_free(f);
}

static void recall(struct tui *t, struct tui_form *f)
{
	char *place;

	tui_form_recall(t, f, t->m.opt);
	place = tui_target_expand(t, tui_form_get(f, DIR));
	if (place)
		tui_form_put(f, DIR, place);
	free(place);
}

static void remember(struct tui *t, struct tui_form *f)
{
	char *kept = tui_target_shorten(t, tui_form_get(f, DIR));

	if (kept)
		tui_form_put(f, DIR, kept);
	free(kept);
	tui_form_remember(t, f);
}

/* --- what it comes to ------------------------------------------------------------------------------------------ */

static bool has_pictures(const struct as_snapshot *s)
{
	for (int i = 0; i < s->n_clips; i++)
		if (s->clips[i].has_video)
			return true;
	return false;
}

static void show_and_hide(const struct tui *t, struct tui_form *f)
{
	bool mp3 = tui_form_is(f, FORMAT, "mp3"), pictures = has_pictures(t->m.snap), mux = pictures && !tui_form_is(f, MUX, "off");

	tui_form_hide(f, MUX, !pictures);
	tui_form_hide(f, BITRATE, !mp3);
	tui_form_hide(f, BIT_DEPTH, mp3);
	tui_form_hide(f, MUX_TRACK, !mux);
	tui_form_hide(f, MUX_CODEC, !mux);
}

/* Timelines are called as the dialog for them would call them. False with the reason. */
static bool collect_documents(struct tui *t, const struct tui_form *f, const char *dir, struct tui_documents *d, char *why, size_t n)
{
	char *usual = tui_document_usual_name(t), *path = usual ? as_path_join(dir, as_path_base(usual)) : NULL;
	bool fine = path && tui_documents_also(d, tui_form_get(f, ALSO), path, why, n);

	free(usual);
	free(path);
	return fine;
}

static struct as_export_request request_of(const struct tui_form *f, const char *dir, const struct tui_documents *d)
{
	return (struct as_export_request){.dir = dir, .force = tui_form_yes(f, FORCE), .documents = d->v, .n_documents = d->n};
}

static void tell_button(struct tui *t, struct tui_writing *x)
{
	char text[64];

	if (t->m.snap->busy)
		snprintf(text, sizeof text, "Write when that is done");
	else
		tui_output_button(&x->out, tui_form_yes(x->form, FORCE), text, sizeof text);
	tui_form_label(x->form, WRITE, text);
}

static void look(struct tui *t, struct tui_writing *x, const struct as_options *opt)
{
	bool named = *tui_form_get(x->form, DIR) != '\0';
	char *dir = tui_path(tui_form_get(x->form, DIR)), why[200] = "out of memory";
	struct tui_documents d = {0};
	bool fine = named && dir && collect_documents(t, x->form, dir, &d, why, sizeof why);
	const struct as_export_request r = request_of(x->form, dir, &d);

	if (fine)
		tui_output_look(t, &x->out, opt, &r);
	else
		tui_output_trouble(&x->out, named ? why : "a folder for the aligned files is needed");
	tui_documents_done(&d);
	free(dir);
}

/* What its timelines point at, as the other dialog chooses it. */
static void tell_timeline(const struct tui *t, struct tui_writing *x)
{
	const struct as_preview_file *f = tui_output_timeline(&x->out);
	bool aligned = strcmp(as_options_text(t->m.opt, "timeline.replace_audio"), "off") != 0;
	const char *last = tui_writing_last_time(x, ALSO), *at = !f ? "" : aligned ? "point at the aligned files" : "point at the recordings";
	char remark[64], words[100], warning[160] = "";

	snprintf(remark, sizeof remark, "%s%s%s", last, *at && *last ? "; " : "", at);
	if (!aligned && tui_output_drift(f, t->m.unicode, words, sizeof words))
		snprintf(warning, sizeof warning, "%s%s", words, tui_form_yes(x->form, DRIFT) ? ": in {timeline} they can take the aligned files" : "");
	tui_form_remark(x->form, ALSO, remark);
	tui_form_warn(x->form, ALSO, warning);
}

static void update(void *state, struct tui *t)
{
	struct tui_writing *x = state;
	struct as_options *opt;

	show_and_hide(t, x->form);
	opt = tui_output_settings(t, x->form);
	if (opt)
		look(t, x, opt);
	as_options_free(opt);
	tell_timeline(t, x);
	tell_button(t, x);
}

/* --- doing it -------------------------------------------------------------------------------------------------- */

static void fail_preview(struct tui_writing *x)
{
	bool track = !strncmp(x->out.trouble, "mux-track", strlen("mux-track"));
	bool folder = !*tui_form_get(x->form, DIR);
	bool also = strstr(x->out.trouble, "no timeline or report is called") || strstr(x->out.trouble, "timeline.");

	tui_form_fail(x->form, folder ? DIR : track ? MUX_TRACK : also ? ALSO : -1, x->out.trouble);
}

static bool run(struct tui *t, struct tui_writing *x, const struct as_options *opt, const char *dir)
{
	struct tui_documents d = {0};
	char why[200];
	bool done = false;

	if (collect_documents(t, x->form, dir, &d, why, sizeof why)) {
		const struct as_export_request r = request_of(x->form, dir, &d);

		done = tui_output_run(t, &x->out, x->form, opt, &r);
	}
	tui_documents_done(&d);
	return done;
}

/* True once it is under way, or waits for its turn. */
static bool start(struct tui *t, struct tui_writing *x)
{
	struct as_options *opt = as_options_copy(t->m.opt);
	char *dir = tui_path(tui_form_get(x->form, DIR)), why[400];
	bool done = false;

	if (!opt || !dir || !tui_form_settings(x->form, opt))
		goto out;
	look(t, x, opt);
	if (tui_writing_waits(t, x))
		goto out;
	if (x->out.target.used && !tui_target_check_dir(&x->out.target, tui_form_get(x->form, DIR), why, sizeof why)) {
		tui_form_fail(x->form, DIR, why);
		goto out;
	}
	if (t->m.snap->busy) {
		char *words = tui_form_words(x->form, -1);

		remember(t, x->form);
		tui_jobs_when_idle(t, AS_ACTION_EXPORT, words);
		free(words);
		done = true;
		goto out;
	}
	if (!x->out.preview) {
		fail_preview(x);
	} else if (!tui_output_refused(&x->out, x->form, DIR, FORCE)) {
		done = run(t, x, opt, dir);
	}
	if (done)
		remember(t, x->form);
out:
	as_options_free(opt);
	free(dir);
	return done;
}

static void accept(struct tui *t, struct tui_writing *x)
{
	char *short_dir = tui_path_short(tui_form_get(x->form, DIR));
	bool queued = t->m.snap->busy;

	if (start(t, x)) {
		tui_close_dialog(t);
		if (!queued) {
			tui_look(t);
			tui_note(t, TUI_INFO, -1, "writing to %s", short_dir ? short_dir : "");
		}
	}
	free(short_dir);
}

static void go(void *state, struct tui *t)
{
	accept(t, state);
}

/* --- keys ------------------------------------------------------------------------------------------------------ */

static void changed(void *state, struct tui *t, enum tui_form_news news, int was)
{
	struct tui_writing *x = state;

	if (news == TUI_FORM_CHANGED && tui_form_at(x->form) == ALSO)
		x->recalled = false;
	/* A folder that is being typed is looked at once it is whole. */
	if (news == TUI_FORM_CHANGED && tui_form_at(x->form) == DIR)
		tell_button(t, x);
	else if (news == TUI_FORM_CHANGED || (news == TUI_FORM_TAKEN && was == DIR && tui_form_at(x->form) != DIR))
		update(x, t);
	else if (news == TUI_FORM_GO)
		accept(t, x);
}

/* --- drawing --------------------------------------------------------------------------------------------------- */

static void size(const void *state, const struct tui_model *m, int *rows, int *cols)
{
	const struct tui_writing *x = state;
	int list = tui_output_count(&x->out) > LIST_MAX ? LIST_MAX : tui_output_count(&x->out);

	(void)m;
	*cols = *cols > 88 ? 88 : *cols;
	*rows = 1 + tui_form_shown(x->form) + (list > 3 ? list : 3) + 5 + 1 + TUI_FORM_FOOT;
}

static const struct tui_pane_ops ops = {.name = "export",
					.title = "Export aligned files",
					.place = AS_PLACE_DIALOG,
					.close = tui_writing_close,
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

void tui_open_export(struct tui *t, const char *args)
{
	struct tui_writing *x;
	char why[400];
	bool given = false;

	if (!tui_output_is_ready(t))
		return;
	x = calloc(1, sizeof *x);
	if (x) {
		x->kind = &kind;
		x->form = make_form(t);
	}
	if (!x || !tui_form_is_whole(x->form)) {
		if (x)
			tui_writing_close(x);
		tui_say(t, TUI_ERROR, "out of memory");
		return;
	}
	tui_writing_help_kinds(x, ALSO, "timelines and reports to write beside the sound, one or more of: ", ". Tab completes; {timeline} has more to choose");
	recall(t, x->form);
	x->recalled = true;
	if (args) {
		/* Without a folder in the words there is still something to choose. */
		tui_form_put(x->form, DIR, "");
		tui_form_put(x->form, ALSO, "");
		given = tui_form_take(t, x->form, args, DIR) && *tui_form_get(x->form, DIR);
		if (!*tui_form_get(x->form, DIR)) {
			char *place = tui_target_expand(t, "synced");

			tui_form_put(x->form, DIR, place ? place : "");
			free(place);
		}
	}
	update(x, t);
	/* Better now than once all has been chosen. */
	if (!given && !tui_form_failed(x->form) && x->out.target.used &&
	    !tui_target_check_dir(&x->out.target, tui_form_get(x->form, DIR), why, sizeof why))
		tui_form_fail(x->form, DIR, why);
	if (tui_open_dialog(t, &ops, x) && given)
		accept(t, x);
}
