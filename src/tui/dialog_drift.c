/* One recording's clock, against another's or known: measured, taken out, measured again. The work has a session of its own. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <audiosync/drift.h>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "tui/commands.h"
#include "tui/dialogs.h"
#include "tui/drift.h"
#include "tui/form.h"
#include "tui/target.h"

#define PPM_HELP "more than 0: the file's clock runs fast, it holds too many samples"

enum field { MODE, FILE_NAME, REFERENCE, PPM, OUTPUT, BIT_DEPTH, SAMPLE_RATE, BITRATE, MUX_CODEC, PLOT, FORCE, GO };

struct drift {
	struct tui_form *form;
	struct as_session *session;      /* NULL: nothing has been started */
	const struct as_snapshot *snap;  /* of it */
	bool shows_result;
	double began_s;
	char *plot;                      /* where the picture goes, or NULL; written once */
	char *known_of;                  /* the file whose drift is filled in as the known one, or NULL: */
	char known[32];
};

static void drop_run(struct drift *x)
{
	as_snapshot_free(x->snap);
	as_session_free(x->session);
	free(x->plot);
	x->snap = NULL;
	x->session = NULL;
	x->plot = NULL;
	x->shows_result = false;
}

static void close_drift(void *state)
{
	struct drift *x = state;

	drop_run(x);
	tui_form_free(x->form);
	free(x->known_of);
	free(x);
}

static bool is_running(const struct drift *x)
{
	return x->session && (!x->snap || x->snap->busy);
}

/* --- fields ---------------------------------------------------------------------------------------------------- */

static const struct tui_field fields[] = {
	[MODE] = {.name = "mode", .label = "Do", .input = TUI_INPUT_CHOICE, .choices = "compare|known", .def = "compare",
		  .shown = "measure against another|take out a known drift",
		  .help = "two recordings of the same sound tell each other's clocks; a drift that is known needs one file"},
	[FILE_NAME] = {.name = "file", .label = "File", .input = TUI_INPUT_PATH, .forget = true,
		       .help = "the recording whose clock is in question; the clip at the cursor, or the second one marked. Tab completes"},
	[REFERENCE] = {.name = "reference", .label = "Reference", .input = TUI_INPUT_PATH, .forget = true, .flag = "reference", .letter = 'r',
		       .help = "the recording whose clock counts; of two marked clips the first. Tab completes"},
	[PPM] = {.name = "ppm", .label = "Drift", .input = TUI_INPUT_NUMBER, .flag = "ppm", .unit = "ppm", .forget = true, .help = PPM_HELP},
	[OUTPUT] = {.name = "output", .label = "Write to", .input = TUI_INPUT_PATH, .forget = true, .flag = "output", .letter = 'o',
		    .help = "the corrected file, and measured again; empty: measure only. .wav .flac .aiff .mp3, or .mov .mp4 .mkv with its picture"},
	[PLOT] = {.name = "plot", .label = "Plot", .input = TUI_INPUT_PATH, .forget = true, .flag = "plot",
		  .help = "the lag over time as a picture, NAME.svg; empty: on the screen only"},
	[FORCE] = {.name = "force", .label = "Write over", .input = TUI_INPUT_SWITCH, .forget = true, .flag = "force", .letter = 'f',
		   .help = "files of these names that exist already are replaced; never a recording"},
	[GO] = {.name = "go", .label = "Measure", .input = TUI_INPUT_BUTTON, .forget = true,
		.help = "Enter begins; Esc closes without doing anything"},
};

static struct tui_form *make_form(const struct tui *t)
{
	static const struct {
		enum field field;
		const char *key, *label;
	} settings[] = {{BIT_DEPTH, "export.bit_depth", "  bit depth"}, {SAMPLE_RATE, "export.sample_rate_hz", "  sample rate"},
			{BITRATE, "export.bitrate_kbps", "  bit rate"}, {MUX_CODEC, "export.mux_codec", "  sound as"}};
	struct tui_form *f = tui_form_new(t, "drift");
	size_t k = 0;

	for (int i = 0; f && i <= GO; i++)
		if (k < sizeof settings / sizeof *settings && i == (int)settings[k].field) {
			tui_form_add_setting(f, t->m.opt, settings[k].key, settings[k].label, NULL);
			k++;
		} else {
			tui_form_add(f, &fields[i], NULL);
		}
	if (f) {
		tui_form_gap(f, MODE, 1);
		tui_form_gap(f, OUTPUT, 1);
		tui_form_gap(f, GO, 1);
	}
	return f;
}

static void put_path(struct tui_form *f, int field, const char *path)
{
	char *shown = tui_path_short(path);

	if (shown)
		tui_form_put(f, field, shown);
	free(shown);
}

/* What is known of a file's drift stands in the field until another file does, or another number. */
static void fill_known(struct drift *x, const char *path, double ppm)
{
	free(x->known_of);
	x->known_of = NULL;
	if (!(fabs(ppm) >= 0.005 && fabs(ppm) <= AS_DRIFT_PPM_MAX))
		return;
	snprintf(x->known, sizeof x->known, "%+.2f", ppm);
	tui_form_put(x->form, PPM, x->known);
	tui_form_help(x->form, PPM, "what was measured for this file stands here; " PPM_HELP);
	x->known_of = tui_path(path);
}

static void check_known(struct drift *x)
{
	char *now = x->known_of ? tui_path(tui_form_get(x->form, FILE_NAME)) : NULL;

	if (x->known_of && !(now && !strcmp(now, x->known_of))) {
		free(x->known_of);
		x->known_of = NULL;
		if (tui_form_is(x->form, PPM, x->known))
			tui_form_put(x->form, PPM, "");
		tui_form_help(x->form, PPM, PPM_HELP);
	}
	free(now);
}

static void choose_files(const struct tui *t, struct drift *x)
{
	const struct as_placement *p;
	int clip, beside;

	tui_drift_clips(t, &clip, &beside);
	if (beside >= 0)
		put_path(x->form, REFERENCE, t->m.snap->clips[beside].path);
	if (clip < 0)
		return;
	put_path(x->form, FILE_NAME, t->m.snap->clips[clip].path);
	p = tui_placement(&t->m, clip);
	if (p && p->island > 0)
		fill_known(x, t->m.snap->clips[clip].path, p->drift_ppm);
}

static void update(struct drift *x)
{
	struct tui_form *f = x->form;
	bool known = tui_form_is(f, MODE, "known"), writes = *tui_form_get(f, OUTPUT) != '\0';
	const char *format = writes ? as_drift_output_format(tui_form_get(f, OUTPUT)) : NULL;
	bool mp3 = format && !strcmp(format, "mp3"), picture = format && !strcmp(format, "picture");

	check_known(x);
	tui_form_hide(f, REFERENCE, known);
	tui_form_hide(f, PPM, !known);
	tui_form_hide(f, BIT_DEPTH, !writes || mp3 || picture);
	tui_form_hide(f, SAMPLE_RATE, !writes || picture);
	tui_form_hide(f, BITRATE, !mp3);
	tui_form_hide(f, MUX_CODEC, !picture);
	tui_form_label(f, GO, known ? "Correct" : writes ? "Measure and correct" : "Measure");
}

/* --- the run --------------------------------------------------------------------------------------------------- */

static bool take_ppm(struct tui_form *f, double *ppm)
{
	const char *text = tui_form_get(f, PPM);
	char *end, why[120];

	*ppm = strtod(text, &end);
	if (end != text && !*end && fabs(*ppm) <= AS_DRIFT_PPM_MAX)
		return true;
	snprintf(why, sizeof why, "a number from %.0f to %.0f", -AS_DRIFT_PPM_MAX, AS_DRIFT_PPM_MAX);
	tui_form_fail(f, PPM, why);
	return false;
}

static bool check_fields(struct tui_form *f, double *ppm)
{
	const char *plot = tui_form_get(f, PLOT);
	size_t n = strlen(plot);

	*ppm = 0;
	if (!*tui_form_get(f, FILE_NAME))
		tui_form_fail(f, FILE_NAME, "which file?");
	else if (!tui_form_hidden(f, REFERENCE) && !*tui_form_get(f, REFERENCE))
		tui_form_fail(f, REFERENCE, "against which file?");
	else if (!tui_form_hidden(f, PPM) && !take_ppm(f, ppm))
		return false;
	else if (!tui_form_hidden(f, PPM) && !*tui_form_get(f, OUTPUT))
		tui_form_fail(f, OUTPUT, "a known drift is only taken out: where does the corrected file go?");
	else if (n > 0 && (n < 5 || strcasecmp(plot + n - 4, ".svg") != 0))
		tui_form_fail(f, PLOT, "the picture is an SVG: a name that ends in .svg");
	else
		return true;
	return false;
}

struct paths {
	char *file, *reference, *output, *plot;
};

static char *path_of(const struct tui_form *f, int i)
{
	const char *text = tui_form_get(f, i);

	return tui_form_hidden(f, i) || !*text ? NULL : tui_path(text);
}

static void fail_run(struct tui_form *f, const struct paths *p, const struct as_error *err)
{
	int at = -1;

	if (p->output && strstr(err->msg, p->output))
		at = err->status == AS_ERR_EXISTS && !tui_form_yes(f, FORCE) ? FORCE : OUTPUT;
	else if (p->reference && strstr(err->msg, p->reference))
		at = REFERENCE;
	else if (p->file && strstr(err->msg, p->file))
		at = FILE_NAME;
	tui_form_fail(f, at, err->msg);
}

static bool check_plot(struct tui_form *f, const char *plot)
{
	if (!plot || tui_form_yes(f, FORCE) || !as_file_exists(plot))
		return true;
	tui_form_fail(f, FORCE, "the plot exists already: switch this on, or choose another name");
	return false;
}

static void start(struct tui *t, struct drift *x)
{
	struct as_error err = {0};
	struct as_options *opt = as_options_copy(t->m.opt);
	struct paths p = {path_of(x->form, FILE_NAME), path_of(x->form, REFERENCE), path_of(x->form, OUTPUT), path_of(x->form, PLOT)};
	struct as_drift_config cfg = {.reference = p.reference, .file = p.file, .output = p.output, .force = tui_form_yes(x->form, FORCE)};

	drop_run(x);
	if (!opt || !check_fields(x->form, &cfg.ppm) || !tui_form_settings(x->form, opt) || !check_plot(x->form, p.plot))
		goto out;
	x->session = as_session_new(opt, &err);
	if (!x->session || as_session_drift(x->session, &cfg, &err) != AS_OK) {
		fail_run(x->form, &p, &err);
		drop_run(x);
		goto out;
	}
	x->snap = as_session_snapshot(x->session);
	x->began_s = tui_clock_s(t);
	x->plot = p.plot;
	p.plot = NULL;
	tui_form_remember(t, x->form);
out:
	as_options_free(opt);
	free(p.file);
	free(p.reference);
	free(p.output);
	free(p.plot);
}

static bool is_same(const char *a, const char *b)
{
	char *x = a ? realpath(a, NULL) : NULL, *y = b ? realpath(b, NULL) : NULL;
	bool same = x && y && !strcmp(x, y);

	free(x);
	free(y);
	return same;
}

static void write_plot(struct tui *t, struct drift *x)
{
	const struct as_drift *d = x->snap->drift;
	struct as_error err = {0};
	char *svg = as_drift_plot(d);
	enum as_status status = AS_OK;

	if (!svg)
		status = as_fail(&err, AS_ERR_INVALID, "%s: not written: there is nothing to draw", x->plot);
	else if (is_same(x->plot, d->file) || is_same(x->plot, d->reference) || is_same(x->plot, d->output))
		status = as_fail(&err, AS_ERR_EXISTS, "%s: is one of the recordings", x->plot);
	else
		status = as_file_write(x->plot, tui_form_yes(x->form, FORCE), svg, &err);
	if (tui_try(t, status, &err))
		tui_note(t, TUI_GOOD, -1, "%s written", x->plot);
	free(svg);
}

static void finish(struct tui *t, struct drift *x)
{
	const struct as_snapshot *s = x->snap;

	for (int i = 0; i < s->n_warnings; i++)
		tui_note(t, TUI_WARNING, -1, "%s", s->warnings[i]);
	if (s->outcome == AS_CANCELLED)
		tui_say(t, TUI_WARNING, "stopped");
	else if (s->outcome != AS_OK)
		tui_form_fail(x->form, -1, *s->error ? s->error : as_status_name(s->outcome));
	x->shows_result = s->outcome == AS_OK && s->drift;
	if (!x->shows_result) {
		drop_run(x);
		return;
	}
	if (x->plot)
		write_plot(t, x);
	if (s->drift->output)
		tui_note(t, TUI_GOOD, -1, "%s written", s->drift->output);
}

static int fd(const void *state)
{
	const struct drift *x = state;

	return x->session ? as_session_fd(x->session) : -1;
}

static void turn(void *state, struct tui *t)
{
	struct drift *x = state;
	struct as_event e;
	bool news = false, done = false;
	const struct as_snapshot *s;

	while (x->session && as_session_next_event(x->session, &e)) {
		news = true;
		done |= e.kind == AS_EVENT_DONE;
	}
	if (!news || !(s = as_session_snapshot(x->session)))
		return;
	as_snapshot_free(x->snap);
	x->snap = s;
	t->dirty = true;
	if (done)
		finish(t, x);
}

/* --- keys ------------------------------------------------------------------------------------------------------ */

static bool take_news(struct tui *t, struct drift *x, enum tui_form_news news)
{
	if (news == TUI_FORM_CHANGED)
		update(x);
	if (news == TUI_FORM_GO)
		start(t, x);
	return news != TUI_FORM_NOTHING;
}

static bool key(void *state, struct tui *t, struct tui_key key)
{
	struct drift *x = state;

	return !is_running(x) && !x->shows_result && take_news(t, x, tui_form_key(x->form, key));
}

/* From the result back to the form, to write what was measured. */
static void go_back(struct drift *x)
{
	const struct as_drift *d = x->snap->drift;
	bool wrote = d->output != NULL;

	if (d->reference)
		fill_known(x, d->file, d->found.drift_ppm);
	drop_run(x);
	if (!wrote)
		tui_form_go(x->form, OUTPUT);
}

static bool act(void *state, struct tui *t, enum as_action action, const struct tui_call *call)
{
	struct drift *x = state;

	(void)call;
	if (is_running(x)) {
		if (action == AS_ACTION_DISMISS)
			as_session_cancel(x->session);
		return action != AS_ACTION_HELP && action != AS_ACTION_REDRAW;
	}
	if (x->shows_result) {
		if (action == AS_ACTION_ACCEPT || action == AS_ACTION_ACTIVATE)
			go_back(x);
		return action != AS_ACTION_DISMISS && action != AS_ACTION_HELP && action != AS_ACTION_REDRAW;
	}
	return take_news(t, x, tui_form_act(x->form, action));
}

/* --- drawing --------------------------------------------------------------------------------------------------- */

static void size(const void *state, const struct tui_model *m, int *rows, int *cols)
{
	const struct drift *x = state;

	(void)m;
	if (x->shows_result) {
		*cols = *cols > 110 ? 110 : *cols;
		return;
	}
	*cols = *cols > 88 ? 88 : *cols;
	*rows = GO + 4 + TUI_FORM_FOOT + 2;
}

static void fit(void *state, const struct tui_model *m, int rows, int cols)
{
	struct drift *x = state;

	(void)m;
	(void)cols;
	tui_form_fit(x->form, rows);
}

static void draw(const void *state, const struct tui_model *m, struct tui_canvas c)
{
	const struct drift *x = state;

	if (x->shows_result) {
		tui_drift_draw_result(x->snap->drift, c);
		return;
	}
	tui_form_draw(x->form, c);
	if (is_running(x) && c.rows > TUI_FORM_FOOT) {
		struct tui_canvas foot = tui_part(c, c.rows - TUI_FORM_FOOT, 0, TUI_FORM_FOOT, c.cols);

		tui_canvas_clear(foot, TUI_DIALOG);
		tui_drift_draw_running(x->snap, m->now_s - x->began_s, foot);
	}
}

static bool caret(const void *state, const struct tui_model *m, struct tui_canvas c, int *row, int *col)
{
	const struct drift *x = state;

	(void)m;
	return !x->shows_result && !is_running(x) && tui_form_caret(x->form, c, row, col);
}

static const enum as_action hints[] = {AS_ACTION_ACCEPT, AS_ACTION_FIELD_NEXT, AS_ACTION_CHANGE, AS_ACTION_DISMISS, AS_ACTION_HELP,
				       AS_ACTION_NONE};

static const char *deed(const void *state, const struct tui_model *m)
{
	const struct drift *x = state;

	(void)m;
	return tui_form_deed(x->form, "begin");
}

static const struct tui_pane_ops ops = {.name = "drift",
					.title = "Clock drift",
					.place = AS_PLACE_DIALOG,
					.close = close_drift,
					.key = key,
					.action = act,
					.size = size,
					.fit = fit,
					.draw = draw,
					.caret = caret,
					.fd = fd,
					.turn = turn,
					.deed = deed,
					.hints = hints};

/* --- opening --------------------------------------------------------------------------------------------------- */

/* True where the words say all that is needed. */
static bool take_args(struct tui *t, struct tui_form *f, const char *args)
{
	char *file = strdup(tui_form_get(f, FILE_NAME)), *beside = strdup(tui_form_get(f, REFERENCE)), *known = strdup(tui_form_get(f, PPM));
	bool fine, named, ppm, reference;

	tui_form_put(f, FILE_NAME, "");
	tui_form_put(f, PPM, "");
	tui_form_put(f, REFERENCE, "");
	fine = tui_form_take(t, f, args, FILE_NAME);
	named = *tui_form_get(f, FILE_NAME) != '\0';
	ppm = *tui_form_get(f, PPM) != '\0';
	reference = *tui_form_get(f, REFERENCE) != '\0';
	if (!named)
		tui_form_put(f, FILE_NAME, file ? file : "");
	if (!reference)
		tui_form_put(f, REFERENCE, beside ? beside : "");
	if (!ppm)
		tui_form_put(f, PPM, known ? known : "");
	if (ppm && reference) {
		tui_form_fail(f, -1, "a reference measures, a number in ppm is known: one of the two");
		fine = false;
	} else if (ppm || reference) {
		tui_form_put(f, MODE, ppm ? "known" : "compare");
	}
	free(file);
	free(beside);
	free(known);
	return fine && named && (ppm || reference);
}

void tui_open_drift(struct tui *t, const char *args)
{
	struct drift *x = calloc(1, sizeof *x);
	bool given = false;

	if (x && !tui_form_is_whole(x->form = make_form(t))) {
		close_drift(x);
		x = NULL;
	}
	if (x) {
		tui_form_recall(t, x->form, t->m.opt);
		choose_files(t, x);
		if (args)
			given = take_args(t, x->form, args);
		update(x);
	}
	if (tui_open_dialog(t, &ops, x) && given)
		start(t, x);
}
