#include "cli/progress.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/pace.h"
#include "base/text.h"
#include "cli/table.h"

#define BAR_COLS_MAX 40
#define BAR_COLS_MIN 8
#define ROWS_FOR_FILES 8 /* a lower terminal gets the bar alone */

static void put_bar(FILE *out, const struct as_term *t, double share, int cols)
{
	static const char *const eighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
	int steps = (int)(share * cols * 8 + 0.5);
	int full = t->unicode ? steps / 8 : (steps + 4) / 8;
	int used = full;
	if (!t->unicode)
		fputc('[', out);
	if (t->color)
		fputs("\x1b[36m", out);
	for (int i = 0; i < full; i++)
		fputs(as_term_glyph(t, "█", "#"), out);
	if (t->unicode && full < cols && steps % 8) {
		fputs(eighths[steps % 8], out);
		used++;
	}
	if (t->color)
		fputs("\x1b[0m\x1b[2m", out);
	for (; used < cols; used++)
		fputs(as_term_glyph(t, "░", "."), out);
	if (t->color)
		fputs("\x1b[0m", out);
	if (!t->unicode)
		fputc(']', out);
}

/* What one file does now: a name and a share. */
struct work {
	const char *path;
	double share;
};

static int list_work(const struct as_snapshot *s, struct work *w, int max)
{
	int n = 0;
	if (s->stage == AS_STAGE_EXPORT) {
		for (int i = 0; i < s->n_outputs && n < max; i++)
			if (!s->outputs[i].done && s->outputs[i].progress > 0)
				w[n++] = (struct work){s->outputs[i].path, s->outputs[i].progress};
		return n;
	}
	for (int i = 0; i < s->n_clips && n < max; i++)
		if (s->clips[i].state == AS_CLIP_LOADING)
			w[n++] = (struct work){s->clips[i].path, s->clips[i].progress};
	return n;
}

/* One line of at most cols - 1 columns, so that the cursor never wraps. */
bool as_progress_lines_add(struct as_progress_lines *l, const struct as_term *t, const char *label,
			   int label_cols, double share, const char *figures)
{
	size_t bytes = 0;
	FILE *out = open_memstream(&l->line[l->n], &bytes);
	if (!out)
		return false;
	int room = t->cols - 1, frame = t->unicode ? 0 : 2;
	int figure_cols = as_text_cols(figures);
	int bar = room - label_cols - 1 - 6 - 2 - figure_cols - frame;
	bar = bar > BAR_COLS_MAX ? BAR_COLS_MAX : bar;
	as_put_cell(out, t, AS_INK_PLAIN, AS_ALIGN_LEFT, label_cols, label);
	fputc(' ', out);
	int used = label_cols + 1;
	if (share >= 0 && bar >= BAR_COLS_MIN) {
		put_bar(out, t, share, bar);
		fprintf(out, " %3d %%", (int)(share * 100));
		used += bar + frame + 6;
	}
	if (*figures && used + 2 < room) {
		as_put_gap(out, 2);
		int cols = figure_cols < room - used - 2 ? figure_cols : room - used - 2;
		as_put_cell(out, t, AS_INK_QUIET, AS_ALIGN_LEFT, cols, figures);
		used += 2 + cols;
	}
	if (fclose(out) != 0)
		return false;
	l->cols[l->n++] = used;
	return true;
}

bool as_progress_lines_make(struct as_progress_lines *l, const struct as_term *t,
			    const struct as_snapshot *s, const struct as_pace *pace)
{
	struct work w[AS_PROGRESS_LINES_MAX - 1];
	char figures[128], name[1024], label[1100];
	*l = (struct as_progress_lines){.n = 0};
	as_progress_figures(figures, sizeof(figures), s, pace);
	if (!as_progress_lines_add(l, t, as_progress_verb(s->stage), AS_PROGRESS_VERB_COLS,
				   as_progress_share(s), figures))
		return false;
	int max = t->rows >= ROWS_FOR_FILES ? AS_PROGRESS_LINES_MAX - 1 : 0;
	int n = list_work(s, w, max);
	int label_cols = t->cols / 2 - 4 < 36 ? t->cols / 2 - 4 : 36;
	for (int i = 0; i < n; i++) {
		as_text_escape(name, sizeof(name), as_path_base(w[i].path));
		snprintf(label, sizeof(label), "  %s", name);
		if (!as_progress_lines_add(l, t, label, label_cols, w[i].share, ""))
			return false;
	}
	return true;
}

void as_progress_lines_done(struct as_progress_lines *l)
{
	for (int i = 0; i < AS_PROGRESS_LINES_MAX; i++)
		free(l->line[i]);
	*l = (struct as_progress_lines){.n = 0};
}
