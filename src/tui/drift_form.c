/* The fields of the drift tool's dialog. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <audiosync/drift.h>

#include "tui/commands.h"
#include "tui/complete.h"
#include "tui/drift.h"
#include "tui/drift_form.h"

#define PPM_HELP "more than 0: the file's clock runs fast, it holds too many samples"

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
		.help = "{accept} begins; {dismiss} closes without doing anything"},
};

struct tui_form *tui_drift_form_new(const struct tui *t)
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

void tui_drift_flags(struct tui *t, tui_flags_taker *take, void *ctx)
{
	struct tui_form *f = tui_drift_form_new(t);

	if (tui_form_is_whole(f))
		take(f, ctx);
	tui_form_free(f);
}

static void put_path(struct tui_form *f, int field, const char *path)
{
	char *shown = tui_path_short(path);

	if (shown)
		tui_form_put(f, field, shown);
	free(shown);
}

void tui_drift_form_fill_known(struct drift *x, const char *path, double ppm)
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

void tui_drift_form_choose(const struct tui *t, struct drift *x)
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
		tui_drift_form_fill_known(x, t->m.snap->clips[clip].path, p->drift_ppm);
}

void tui_drift_form_update(struct drift *x)
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

bool tui_drift_form_check(struct tui_form *f, double *ppm)
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

bool tui_drift_form_take(struct tui *t, struct tui_form *f, const char *args)
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
