#include "tui/output.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/figures.h"
#include "base/text.h"
#include "tui/target.h"

#define ROUNDS_MAX 16 /* what is known brings up what else is to be known */
#define BYTES_WORDS (2 * AS_FIGURE_BYTES + 8)

void tui_output_trouble(struct tui_output *o, const char *why)
{
	as_preview_free(o->preview);
	o->preview = NULL;
	o->free_bytes = NAN;
	o->waits = o->looks_wait = false;
	snprintf(o->trouble, sizeof o->trouble, "%s", why);
}

static void forget_looks(struct tui_output *o)
{
	as_looks_free(o->looks);
	o->looks = NULL;
}

void tui_output_done(struct tui_output *o)
{
	tui_output_trouble(o, "");
	tui_target_done(&o->target);
	forget_looks(o);
	o->go = false;
}

static void tell_waiting(const struct tui *t, struct tui_output *o)
{
	o->waits = true;
	tui_keymap_words(t->keymap, "known once the disk answers: it is being waited for; {dismiss} gives up", o->trouble, sizeof o->trouble);
}

/* late: what was asked for last serves now; what has not come is not asked for once more. */
static void preview(struct tui *t, struct tui_output *o, const struct as_options *opt, const struct as_export_request *r, bool late)
{
	struct as_export_request by = *r;
	struct as_error err = {0};
	int wait_ms = late && !as_looks_done(o->looks, 0) ? 0 : tui_patience_ms(t);

	if (!late) {
		forget_looks(o);
		o->looks = as_looks_new();
	}
	by.looks = o->looks;
	if (!o->looks)
		as_fail(&err, AS_ERR_MEMORY, "out of memory");
	for (int i = 0; o->looks && i < ROUNDS_MAX; i++) {
		err = (struct as_error){0};
		as_session_preview(t->m.session, opt, &by, &o->preview, &err);
		if (!as_looks_wants(o->looks))
			break;
		as_preview_free(o->preview);
		o->preview = NULL;
		if (as_looks_ask(o->looks, &err) != AS_OK)
			break;
		if (!as_looks_done(o->looks, wait_ms)) {
			tell_waiting(t, o);
			o->looks_wait = true;
			return;
		}
	}
	snprintf(o->trouble, sizeof o->trouble, "%s", err.msg);
}

void tui_output_look(struct tui *t, struct tui_output *o, const struct as_options *opt, const struct as_export_request *r)
{
	bool late = o->looks_wait;

	tui_output_trouble(o, "");
	if (!tui_target_ask(t, &o->target, r))
		tell_waiting(t, o);
	else if (t->m.snap->busy)
		snprintf(o->trouble, sizeof o->trouble, "known once what runs is done; the files follow then");
	else
		preview(t, o, opt, r, late);
	o->free_bytes = tui_target_free_bytes(t, &o->target);
}

int tui_output_fd(const struct tui_output *o)
{
	int fd = tui_target_fd(&o->target);

	return fd < 0 && o->looks_wait ? as_looks_fd(o->looks) : fd;
}

bool tui_output_answered(const struct tui_output *o)
{
	return tui_target_answered(&o->target) || (o->looks_wait && as_looks_done(o->looks, 0));
}

int tui_output_count(const struct tui_output *o)
{
	return o->preview ? o->preview->n_files : 0;
}

const struct as_preview_file *tui_output_timeline(const struct tui_output *o)
{
	for (int i = 0; i < tui_output_count(o); i++)
		if (o->preview->files[i].fps[0])
			return &o->preview->files[i];
	return NULL;
}

bool tui_output_drift(const struct as_preview_file *timeline, bool unicode, char *out, size_t n)
{
	char span[AS_FIGURE_BYTES], clips[AS_FIGURE_BYTES];

	if (!timeline || timeline->n_drifting == 0)
		return false;
	as_figure_count(clips, sizeof clips, timeline->n_drifting, "clip", "clips");
	snprintf(out, n, "drift stays in %s, up to %s", clips, as_figure_span(span, sizeof span, timeline->drift_s, unicode));
	return true;
}

static int count_existing(const struct tui_output *o)
{
	int n = 0;

	for (int i = 0; i < tui_output_count(o); i++)
		n += o->preview->files[i].exists;
	return n;
}

char *tui_output_button(const struct tui_output *o, bool force, char *out, size_t n)
{
	char count[AS_FIGURE_BYTES];
	int all = tui_output_count(o), exist = count_existing(o);

	as_figure_count(count, sizeof count, all, "file", "files");
	if (!o->preview)
		snprintf(out, n, "Write");
	else if (exist == 0)
		snprintf(out, n, "Write %s", count);
	else if (force && all == 1)
		snprintf(out, n, "Write over the file");
	else if (force && exist == all)
		snprintf(out, n, "Write over %s", count);
	else if (force)
		snprintf(out, n, "Write %s, %d of them over old ones", count, exist);
	else if (all == 1)
		snprintf(out, n, "The file exists already");
	else if (exist == all)
		snprintf(out, n, "All %s exist already", count);
	else
		snprintf(out, n, "%d of %s exist already", exist, count);
	return out;
}

struct as_options *tui_output_settings(const struct tui *t, const struct tui_form *f)
{
	struct as_options *opt = as_options_copy(t->m.opt);

	for (int i = 0; opt && i < tui_form_count(f); i++)
		if (tui_form_field(f, i)->row && !tui_form_hidden(f, i))
			as_options_set(opt, tui_form_field(f, i)->name, tui_form_get(f, i), "interface", NULL);
	return opt;
}

bool tui_output_is_ready(struct tui *t)
{
	const struct as_snapshot *s = t->m.snap;

	if (s->n_clips == 0)
		tui_say(t, TUI_WARNING, "there is nothing to write yet: {add} adds recordings");
	else if (!s->placements && !s->busy)
		tui_say(t, TUI_WARNING, "nothing is placed yet: {sync} finds where every clip sits");
	else
		return true;
	return false;
}

/* --- doing it -------------------------------------------------------------------------------------------------- */

bool tui_output_refused(const struct tui_output *o, struct tui_form *f, int place, int force)
{
	const struct as_preview *p = o->preview;
	int exist = 0, first = -1;
	char text[400];

	for (int i = 0; i < p->n_files; i++) {
		if (p->files[i].refused[0] && !p->files[i].exists) {
			tui_form_fail(f, place, p->files[i].refused);
			return true;
		}
		if (p->files[i].refused[0] && exist++ == 0)
			first = i;
	}
	if (exist == 0)
		return false;
	if (p->n_files == 1)
		snprintf(text, sizeof text, "%s: switch this on, or choose another place", p->files[0].refused);
	else
		snprintf(text, sizeof text, "%d of %d files exist there already, such as %s: switch this on, or choose another place", exist,
			 p->n_files, as_path_base(p->files[first].path));
	tui_form_fail(f, force, text);
	return true;
}

bool tui_output_run(struct tui *t, struct tui_output *o, struct tui_form *f, const struct as_options *opt, const struct as_export_request *r)
{
	struct as_export_request by = *r;
	struct as_error err = {0};
	enum as_status status;

	if (!tui_settings_take(t, opt)) {
		tui_form_fail(f, -1, t->message);
		return false;
	}
	if (r->dir)
		as_session_skip_dir(t->m.session, r->dir, NULL);
	/* What the preview has seen; a worker looks once more before it writes. */
	by.looks = o->looks;
	status = as_session_export(t->m.session, &by, &err);
	if (status != AS_OK)
		tui_form_fail(f, -1, err.msg);
	return status == AS_OK;
}

/* --- drawing --------------------------------------------------------------------------------------------------- */

/* "12 MB", "8-14 MB" */
static void bytes_words(double least, double most, bool unicode, char out[BYTES_WORDS])
{
	char low[AS_FIGURE_BYTES], high[AS_FIGURE_BYTES];
	const char *unit;

	as_figure_bytes(high, sizeof high, most);
	as_figure_bytes(low, sizeof low, least);
	unit = strchr(high, ' ');
	if (!strcmp(low, high) || !unit) {
		snprintf(out, BYTES_WORDS, "%s", high);
		return;
	}
	/* In one unit. */
	if (strcmp(strchr(low, ' ') ? strchr(low, ' ') : "", unit) == 0)
		*strchr(low, ' ') = '\0';
	snprintf(out, BYTES_WORDS, "%s%s%s", low, unicode ? "\342\200\223" : "-", high);
}

static void draw_file(const struct as_preview_file *f, struct tui_canvas c)
{
	char bytes[BYTES_WORDS], rate[AS_FIGURE_BYTES], channels[AS_FIGURE_BYTES], length[40], text[200];
	int name = c.cols > 70 ? c.cols - 49 : c.cols - 37;

	tui_put_fit(c, 0, 0, name, f->refused[0] ? TUI_WARNING : TUI_VALUE, TUI_NAME, as_path_base(f->path));
	if (f->refused[0]) {
		tui_put(c, 0, name + 2, TUI_WARNING, f->exists ? "exists already" : "cannot be written");
		return;
	}
	if (f->document[0]) {
		tui_put(c, 0, name + 1, TUI_PLAIN, f->document);
		return;
	}
	as_figure_channels(channels, sizeof channels, f->channels);
	if (f->picture)
		snprintf(text, sizeof text, "picture, %s", channels);
	else if (f->bits)
		snprintf(text, sizeof text, "%s %d bit", channels, f->bits);
	else
		snprintf(text, sizeof text, "%s", channels);
	tui_put_fit(c, 0, name + 1, 17, TUI_PLAIN, TUI_LEFT, text);
	if (c.cols > 70)
		tui_put_fit(c, 0, name + 18, 9, TUI_PLAIN, TUI_LEFT, as_figure_rate(rate, sizeof rate, f->rate_hz));
	bytes_words(f->bytes_least, f->bytes, c.unicode, bytes);
	tui_put_fit(c, 0, c.cols - 21, 8, TUI_PLAIN, TUI_RIGHT, as_text_duration(length, sizeof length, f->duration_s));
	tui_put_fit(c, 0, c.cols - 12, 12, TUI_PLAIN, TUI_RIGHT, bytes);
}

static void draw_sum(const struct tui_output *o, struct tui_canvas c, int row)
{
	char count[AS_FIGURE_BYTES], bytes[BYTES_WORDS], room[AS_FIGURE_BYTES];
	bool tight = isfinite(o->free_bytes) && o->free_bytes < o->preview->sound_bytes;
	int col = 0;

	as_figure_count(count, sizeof count, o->preview->n_files, "file", "files");
	bytes_words(o->preview->sound_bytes_least, o->preview->sound_bytes, c.unicode, bytes);
	if (o->preview->sound_bytes <= 0)
		return;
	col += tui_putf(c, row, col, TUI_QUIET, "%s, about %s", count, bytes);
	if (isfinite(o->free_bytes))
		tui_putf(c, row, col, tight ? TUI_ERROR : TUI_QUIET, "; %s free%s", as_figure_bytes(room, sizeof room, o->free_bytes),
			 tight ? ": not enough" : "");
}

/* Names alone, where there is no room for a line each. */
static void draw_names(const struct as_preview *p, struct tui_canvas c)
{
	int row = 0, col = 0, i;

	for (i = 0; i < p->n_files; i++) {
		const char *name = as_path_base(p->files[i].path);
		int cols = tui_text_cols(name), keep = row == c.rows - 1 && i < p->n_files - 1 ? 14 : 0;

		if (col > 0 && col + cols > c.cols - keep) {
			if (row == c.rows - 1)
				break;
			row++;
			col = 0;
		}
		tui_put(c, row, col, p->files[i].refused[0] ? TUI_WARNING : TUI_VALUE, name);
		col += cols + 2;
	}
	if (i < p->n_files)
		tui_putf(c, row, col, TUI_QUIET, "and %d more", p->n_files - i);
}

void tui_output_draw(const struct tui_output *o, struct tui_canvas c)
{
	int rows = c.rows - 2, n = tui_output_count(o);

	tui_put(c, 0, 0, TUI_HEAD, "Will be written");
	if (!o->preview) {
		tui_put_wrapped(c, 1, 0, c.cols, c.rows - 1, TUI_QUIET, o->trouble);
		return;
	}
	if (n > rows)
		draw_names(o->preview, tui_part(c, 1, 0, rows, c.cols));
	for (int i = 0; i < n && n <= rows; i++)
		draw_file(&o->preview->files[i], tui_part(c, 1 + i, 0, 1, c.cols));
	draw_sum(o, c, 1 + (n < rows ? n : rows));
}
