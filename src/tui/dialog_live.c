/* What is the live meter to compare? A reference, and what hears. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "tui/commands.h"
#include "tui/dialogs.h"
#include "tui/form.h"
#include "tui/live.h"
#include "tui/sources.h"

#define SOURCE_ROWS 10 /* of the list below, at most */

enum field { REFERENCE, CAPTURE, GO };

struct live_dialog {
	struct tui_form *form;
	struct as_device_search *search; /* NULL: none, or it has ended */
	struct tui_sources sources;
};

static const struct tui_field fields[] = {
	[REFERENCE] = {.name = "reference", .label = "Reference", .input = TUI_INPUT_PATH,
		       .help = "a file (Tab completes), a URL, a title to look for, or capture:SOURCE for a second live sound"},
	[CAPTURE] = {.name = "capture", .label = "Capture", .input = TUI_INPUT_TEXT, .flag = "capture", .letter = 'c',
		     .help = "empty: what this computer plays. Tab goes through the sources; a file or a URL is one, too"},
	[GO] = {.name = "go", .label = "Start", .input = TUI_INPUT_BUTTON, .forget = true,
		.help = "{accept} begins; {dismiss} closes without doing anything"},
};

static struct tui_form *make_form(const struct tui *t, struct tui_sources *sources)
{
	struct tui_form *f = tui_form_new(t, "live");

	for (int i = 0; f && i <= GO; i++) {
		struct tui_field field = fields[i];

		field.complete = i == CAPTURE ? tui_sources_complete : NULL;
		field.ctx = sources;
		tui_form_add(f, &field, NULL);
	}
	if (f) {
		tui_form_gap(f, REFERENCE, 1);
		tui_form_gap(f, GO, 1);
	}
	return f;
}

static void close_live(void *state)
{
	struct live_dialog *x = state;

	tui_form_free(x->form);
	as_device_search_free(x->search);
	as_devices_free(x->sources.list);
	free(x);
}

static int fd(const void *state)
{
	const struct live_dialog *x = state;

	return x->search ? as_device_search_fd(x->search) : -1;
}

static void turn(void *state, struct tui *t)
{
	struct live_dialog *x = state;
	struct as_error err = {0};
	enum as_status status;

	if (!x->search || !as_device_search_take(x->search, &status, &x->sources.list, &err))
		return;
	as_device_search_free(x->search);
	x->search = NULL;
	x->sources.asking = false;
	if (status != AS_OK)
		x->sources.error = err;
	t->dirty = true;
}

/* --- starting ------------------------------------------------------------------------------------------------------ */

/* A leading ~/ is the home folder: nothing else of a reference need be a path. */
static char *expanded(const char *text)
{
	return text[0] == '~' && text[1] == '/' ? tui_path(text) : strdup(text);
}

/* The keys of this terminal are no sound. */
static bool is_terminal(const char *source)
{
	return !strcmp(source, "-") || !strcmp(source, "capture:-");
}

static bool start(struct tui *t, struct tui_form *f, bool fast)
{
	struct as_error err = {0};
	char *reference = expanded(tui_form_get(f, REFERENCE)), *capture = expanded(tui_form_get(f, CAPTURE));
	struct as_live_config cfg = {.reference = reference, .capture = capture && *capture ? capture : NULL, .fast = fast};
	bool started = false;

	if (!reference || !capture)
		tui_form_fail(f, -1, "out of memory");
	else if (!*reference)
		tui_form_fail(f, REFERENCE, "compare what plays with what?");
	else if (is_terminal(reference) || is_terminal(capture))
		tui_form_fail(f, is_terminal(capture) ? CAPTURE : REFERENCE, "standard input is the keyboard here; audiosync live takes sound from it");
	else if (!(started = tui_live_start(t, &cfg, &err)))
		tui_form_fail(f, err.status == AS_ERR_NOT_FOUND && cfg.capture && strstr(err.msg, cfg.capture) ? CAPTURE : REFERENCE, err.msg);
	if (started) {
		t->lag_chosen = true;
		tui_form_remember(t, f);
	}
	free(reference);
	free(capture);
	return started;
}

/* --- the dialog ---------------------------------------------------------------------------------------------------- */

static bool take_news(struct tui *t, struct live_dialog *x, enum tui_form_news news)
{
	if (news == TUI_FORM_GO && start(t, x->form, false))
		tui_close_dialog(t);
	return news != TUI_FORM_NOTHING;
}

static bool key(void *state, struct tui *t, struct tui_key key)
{
	struct live_dialog *x = state;

	return take_news(t, x, tui_form_key(x->form, key));
}

static bool act(void *state, struct tui *t, enum as_action action, const struct tui_call *call)
{
	struct live_dialog *x = state;

	(void)call;
	return take_news(t, x, tui_form_act(x->form, action));
}

static int list_rows(const struct live_dialog *x)
{
	int rows = tui_sources_rows(&x->sources);

	return rows > SOURCE_ROWS ? SOURCE_ROWS : rows;
}

static void size(const void *state, const struct tui_model *m, int *rows, int *cols)
{
	const struct live_dialog *x = state;

	(void)m;
	*cols = *cols > 96 ? 96 : *cols;
	*rows = tui_form_rows(x->form) + TUI_FORM_FOOT + 1 + list_rows(x);
}

/* The fields above, what of the list there is room for below. */
static struct tui_canvas fields_of(const struct live_dialog *x, struct tui_canvas c)
{
	int least = tui_form_rows(x->form) + TUI_FORM_FOOT + 1, list = list_rows(x);

	list = list > c.rows - least ? c.rows - least : list;
	return tui_part(c, 0, 0, list > 1 ? c.rows - list : c.rows, c.cols);
}

static void fit(void *state, const struct tui_model *m, int rows, int cols)
{
	struct live_dialog *x = state;

	(void)m;
	tui_form_fit(x->form, fields_of(x, (struct tui_canvas){.rows = rows, .cols = cols}).rows);
}

static void draw(const void *state, const struct tui_model *m, struct tui_canvas c)
{
	const struct live_dialog *x = state;
	struct tui_canvas top = fields_of(x, c);

	(void)m;
	tui_form_draw(x->form, top);
	tui_sources_draw(&x->sources, tui_form_get(x->form, CAPTURE), tui_part(c, top.rows, 1, c.rows - top.rows, c.cols - 2));
}

static bool caret(const void *state, const struct tui_model *m, struct tui_canvas c, int *row, int *col)
{
	const struct live_dialog *x = state;

	(void)m;
	return tui_form_caret(x->form, fields_of(x, c), row, col);
}

static const enum as_action hints[] = {AS_ACTION_ACCEPT, AS_ACTION_FIELD_NEXT, AS_ACTION_DISMISS, AS_ACTION_HELP, AS_ACTION_NONE};

static const char *deed(const void *state, const struct tui_model *m)
{
	const struct live_dialog *x = state;

	(void)m;
	return tui_form_deed(x->form, "begin");
}

static const struct tui_pane_ops ops = {.name = "live",
					.title = "Live lag meter",
					.place = AS_PLACE_DIALOG,
					.close = close_live,
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

/* What the meter was begun with: on the command line, or in the dialog before. */
static bool recall(struct tui *t, struct tui_form *f)
{
	const struct as_live_config *cfg = t->lag_chosen ? NULL : t->setup->live;

	if (!cfg)
		tui_form_recall(t, f, NULL);
	return !cfg || (tui_form_put(f, REFERENCE, cfg->reference) && tui_form_put(f, CAPTURE, cfg->capture ? cfg->capture : ""));
}

static struct live_dialog *new_dialog(struct tui *t)
{
	struct live_dialog *x = calloc(1, sizeof *x);

	if (x && (!tui_form_is_whole(x->form = make_form(t, &x->sources)) || !recall(t, x->form))) {
		close_live(x);
		x = NULL;
	}
	return x;
}

static void open_dialog(struct tui *t, struct live_dialog *x)
{
	/* A script's frames must not hang on the machine. */
	if (x && !t->setup->script)
		x->search = as_device_search_start(&x->sources.error);
	if (x)
		x->sources.asking = x->search != NULL;
	tui_open_dialog(t, &ops, x);
}

void tui_open_live(struct tui *t)
{
	open_dialog(t, new_dialog(t));
}

/* Takes --fast out of the words; false: another flag than that and --capture is among them. */
static bool take_flags(struct tui_form *f, const char **words, int *n, bool *fast)
{
	char why[128];
	int kept = 0;

	for (int i = 0; i < *n; i++) {
		const bool value = i > 0 && !strcmp(words[i - 1], "--capture");
		if (!value && !strcmp(words[i], "--fast")) {
			*fast = true;
			continue;
		}
		if (!value && !strncmp(words[i], "--", 2) && strcmp(words[i], "--capture") != 0) {
			snprintf(why, sizeof why, ":live takes --capture and --fast, not %.60s", words[i]);
			tui_form_fail(f, REFERENCE, why);
			return false;
		}
		words[kept++] = words[i];
	}
	*n = kept;
	return true;
}

/* A title of many words, as one. */
static bool put_title(struct tui_form *f, const char *const *words, int n)
{
	char title[1024] = "";
	size_t used = 0;

	for (int i = 0; i < n && used < sizeof title; i++)
		used += (size_t)snprintf(title + used, sizeof title - used, "%s%s", i ? " " : "", words[i]);
	return tui_form_put(f, REFERENCE, title);
}

/* "REFERENCE", "REFERENCE CAPTURE", or a title of many words, and flags anywhere. The words change their order. */
static bool take_words(struct tui_form *f, const char **words, int n, bool *fast)
{
	const char *capture = NULL;
	int k = 0;

	if (!take_flags(f, words, &n, fast))
		return false;
	for (int i = 0; i < n; i++) {
		if (strcmp(words[i], "--capture") != 0) {
			words[k++] = words[i];
		} else if (i + 1 == n) {
			tui_form_fail(f, CAPTURE, "--capture needs a sound source");
			return false;
		} else {
			capture = words[++i];
		}
	}
	if (k == 2 && !capture)
		capture = words[--k];
	if (k > 0 && !tui_form_put(f, CAPTURE, ""))
		return false;
	return (k == 0 || put_title(f, words, k)) && (!capture || tui_form_put(f, CAPTURE, capture));
}

void tui_live_words(struct tui *t, const char *args)
{
	int n = 0;
	char **words = tui_words(t, args, &n);
	const char **order = words ? malloc(sizeof *order * (size_t)(n + 1)) : NULL;
	struct live_dialog *x = order ? new_dialog(t) : NULL;
	bool fast = false;

	if (words && !x)
		tui_say(t, TUI_ERROR, "out of memory");
	for (int i = 0; order && i < n; i++)
		order[i] = words[i];
	/* What went wrong is told in the dialog, where it can be mended. */
	if (x && take_words(x->form, order, n, &fast) && start(t, x->form, fast))
		close_live(x);
	else if (x)
		open_dialog(t, x);
	free(order);
	tui_words_free(words, n);
}
