#include "cli/progress.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/figures.h"
#include "base/output_files.h"
#include "base/text.h"
#include "cli/say.h"
#include "cli/table.h"

#define REDRAW_S 0.1
#define PLAIN_LOOK_S 0.25
#define PLAIN_EVERY_S 10.0 /* a plain line at least this often */
#define PLAIN_FILES_MAX 50 /* with more files, lines come at intervals only */

/* Of which files the line has been printed. */
struct told {
	bool *v;
	int n, count;
};

struct as_progress {
	const struct as_args *args;
	bool plain;
	struct as_progress_lines drawn; /* what stands on the terminal */
	double last_look_s, stage_began_s, last_line_s;
	struct as_pace pace;
	enum as_stage stage;
	struct told clips, outputs; /* plain */
};

struct as_progress *as_progress_new(const struct as_args *args)
{
	const char *wanted = as_options_text(args->opt, "interface.progress");
	if (args->verbosity < 0 || strcmp(wanted, "never") == 0)
		return NULL;
	struct as_progress *p = calloc(1, sizeof(*p));
	if (!p)
		return NULL;
	p->args = args;
	/* The log's lines (-v) would fall into a block that redraws itself. */
	struct as_term t = as_term_of(STDERR_FILENO, args->opt, false);
	bool can_redraw = t.tty || strcmp(wanted, "always") == 0;
	p->plain = !can_redraw || args->verbosity > 0;
	p->last_look_s = p->stage_began_s = p->last_line_s = as_clock_s();
	return p;
}

/* One write per frame: no flicker, no half-drawn line. The terminal may have gone: nothing to do about that. */
static void send(const char *text, size_t n)
{
	while (n > 0) {
		ssize_t k = write(STDERR_FILENO, text, n);
		if (k < 0 && errno == EINTR)
			continue;
		if (k <= 0)
			return;
		text += k;
		n -= (size_t)k;
	}
}

/* Rows that the drawn lines take on a terminal of this width: it may have become narrower. */
static int rows_drawn(const struct as_progress_lines *l, int cols)
{
	int rows = 0;
	for (int i = 0; i < l->n; i++)
		rows += l->cols[i] > 0 ? (l->cols[i] - 1) / cols + 1 : 1;
	return rows;
}

/* From the end of the last drawn line to the start of the first, clearing every row on the way. */
static void put_erase(FILE *out, const struct as_progress_lines *l, int cols)
{
	int rows = rows_drawn(l, cols);
	if (rows == 0)
		return;
	fputs("\r\x1b[K", out);
	for (int i = 1; i < rows; i++)
		fputs("\x1b[A\x1b[K", out);
}

static void draw(struct as_progress *p, const struct as_progress_lines *next,
		 const struct as_term *t)
{
	char *text = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&text, &n);
	if (!out)
		return;
	put_erase(out, &p->drawn, t->cols);
	for (int i = 0; i < next->n; i++)
		fprintf(out, "%s%s", i ? "\n" : "", next->line[i]);
	if (fclose(out) == 0)
		send(text, n);
	free(text);
}

void as_progress_hide(struct as_progress *p)
{
	if (!p || p->plain || p->drawn.n == 0)
		return;
	struct as_term t = as_term_of(STDERR_FILENO, p->args->opt, false);
	struct as_progress_lines none = {.n = 0};
	draw(p, &none, &t);
	as_progress_lines_done(&p->drawn);
}

void as_progress_free(struct as_progress *p)
{
	if (!p)
		return;
	as_progress_hide(p);
	free(p->clips.v);
	free(p->outputs.v);
	free(p);
}

int as_progress_due_ms(const struct as_progress *p, bool changed)
{
	if (!p)
		return -1;
	/* Without news the clock still runs: the ETA and the bar are looked at twice a second. */
	double every_s = p->plain ? PLAIN_LOOK_S : changed ? REDRAW_S : 5 * REDRAW_S;
	double left_s = p->last_look_s + every_s - as_clock_s();
	return left_s > 0 ? (int)(left_s * 1000) + 1 : 0;
}

/* True if entry i of n had not been told before; it is now. */
static bool tell_once(struct told *told, int i, int n)
{
	if (n > told->n) {
		bool *v = realloc(told->v, (size_t)n * sizeof(*v));
		if (!v)
			return false;
		memset(v + told->n, 0, (size_t)(n - told->n) * sizeof(*v));
		told->v = v;
		told->n = n;
	}
	if (told->v[i])
		return false;
	told->v[i] = true;
	told->count++;
	return true;
}

static void tell(const char *file, const char *what, int count, int n)
{
	char text[1200], name[1024];
	as_text_escape(name, sizeof(name), file);
	snprintf(text, sizeof(text), "%s: %s (%d of %d)", name, what, count, n);
	as_say("%s", text);
}

/* Clips that are finished, as long as all of these were known before; else -1. */
static int count_known(const struct as_snapshot *s)
{
	int n = 0;
	for (int i = 0; i < s->n_clips; i++)
		if (s->clips[i].state >= AS_CLIP_READY) {
			if (!s->clips[i].cached || s->clips[i].state == AS_CLIP_FAILED)
				return -1;
			n++;
		}
	return n;
}

/* Where nothing has to be read, one line for all. True: no line for any file, yet. */
static bool tell_known(struct as_progress *p, const struct as_snapshot *s)
{
	const int known = s->n_clips > 1 ? count_known(s) : -1;
	if (known < 0 || s->stage == AS_STAGE_PROBE)
		return false;
	if (known < s->n_clips || p->clips.count > 0)
		return p->clips.count == 0;
	for (int i = 0; i < known; i++)
		tell_once(&p->clips, i, known);
	as_say("all %d files known", known);
	return true;
}

/* A line for each file that has been finished since the last look. Of a project that is only exported no recording is read. */
static void tell_files(struct as_progress *p, const struct as_snapshot *s)
{
	int n_read = p->args->command == AS_CMD_EXPORT || s->n_clips > PLAIN_FILES_MAX ? 0 : s->n_clips;
	if (n_read > 0 && tell_known(p, s))
		n_read = 0;
	for (int i = 0; i < n_read; i++) {
		const struct as_clip *c = &s->clips[i];
		const char *what = c->state == AS_CLIP_FAILED ? "failed"
				   : c->cached                ? "known"
							      : "read";
		if (c->state >= AS_CLIP_READY && s->stage != AS_STAGE_PROBE &&
		    tell_once(&p->clips, i, s->n_clips))
			tell(c->name, what, p->clips.count, s->n_clips);
	}
	for (int i = 0; i < s->n_outputs && s->n_outputs <= PLAIN_FILES_MAX; i++) {
		const struct as_output *f = &s->outputs[i];
		if (!(f->done || *f->error) || !tell_once(&p->outputs, i, s->n_outputs))
			continue;
		for (int k = 0; k < as_output_n_files(f); k++)
			tell(as_path_base(as_output_file(f, k)), *f->error ? "failed" : "written", p->outputs.count, s->n_outputs);
	}
}

static void show_plain(struct as_progress *p, const struct as_snapshot *s, bool new_stage)
{
	char figures[128], text[256];
	double share = as_progress_share(s), now = as_clock_s();
	tell_files(p, s);
	if (!s->busy || (!new_stage && now - p->last_line_s < PLAIN_EVERY_S))
		return;
	as_progress_figures(figures, sizeof(figures), s, &p->pace);
	if (s->stage == AS_STAGE_SOLVE)
		snprintf(text, sizeof(text), "%s", as_progress_verb(s->stage));
	else if (new_stage || share < 0)
		snprintf(text, sizeof(text), "%s%s%s", as_progress_verb(s->stage),
			 *figures ? ": " : "", figures);
	else
		snprintf(text, sizeof(text), "%s: %d %%  %s", as_progress_verb(s->stage),
			 (int)(share * 100), figures);
	as_say("%s", text);
	p->last_line_s = now;
}

static void replace(struct as_progress *p, struct as_progress_lines *next, const struct as_term *t)
{
	draw(p, next, t);
	as_progress_lines_done(&p->drawn);
	p->drawn = *next;
}

void as_progress_show_share(struct as_progress *p, const char *verb, double share)
{
	struct as_progress_lines next = {.n = 0};
	if (!p || as_progress_due_ms(p, true) > 0)
		return;
	p->last_look_s = as_clock_s();
	if (p->plain) {
		char text[128];
		if (p->last_look_s - p->last_line_s < PLAIN_EVERY_S)
			return;
		snprintf(text, sizeof(text), "%s: %d %%", verb, (int)(share * 100));
		as_say("%s", text);
		p->last_line_s = p->last_look_s;
		return;
	}
	struct as_term t = as_term_of(STDERR_FILENO, p->args->opt, p->args->color);
	if (as_progress_lines_add(&next, &t, verb, AS_PROGRESS_VERB_COLS, share, ""))
		replace(p, &next, &t);
}

void as_progress_show(struct as_progress *p, const struct as_snapshot *s)
{
	if (!p || !s)
		return;
	double now = as_clock_s();
	bool new_stage = s->stage != p->stage;
	p->last_look_s = now;
	if (new_stage) {
		p->stage = s->stage;
		p->stage_began_s = now;
		p->pace.decoded_before_s = s->decoded_s;
	}
	p->pace.stage_s = now - p->stage_began_s;
	if (p->plain) {
		show_plain(p, s, new_stage);
		return;
	}
	if (!s->busy) {
		as_progress_hide(p);
		return;
	}
	struct as_term t = as_term_of(STDERR_FILENO, p->args->opt, p->args->color);
	struct as_progress_lines next;
	if (as_progress_lines_make(&next, &t, s, &p->pace))
		replace(p, &next, &t);
	else
		as_progress_lines_done(&next);
}
