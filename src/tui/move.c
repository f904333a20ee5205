/* Which track are these clips to go to? */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/figures.h"
#include "base/text.h"
#include "tui/commands.h"
#include "tui/dialogs.h"
#include "tui/list.h"

struct move {
	char **paths; /* of the clips: ids may change while the dialog is open */
	int n, at, top;
	char typed[64]; /* the beginning of a track's name, or a part of one */
};

static void close_move(void *state)
{
	struct move *m = state;

	tui_words_free(m->paths, m->n);
	free(m);
}

static int *find_clips(const struct move *m, const struct as_snapshot *s, int *n)
{
	int *v = malloc((size_t)(m->n + 1) * sizeof *v);

	*n = 0;
	for (int i = 0; v && i < m->n; i++)
		for (int k = 0; k < s->n_clips; k++)
			if (!strcmp(s->clips[k].path, m->paths[i])) {
				v[(*n)++] = k;
				break;
			}
	return v;
}

/* --- going to a name --------------------------------------------------------------------------------------------- */

/* The first track whose name begins with the text, or else has it; -1: none. */
static int find_name(const struct as_snapshot *s, const char *text)
{
	for (int i = 0; i < s->n_tracks; i++)
		if (!strncasecmp(s->tracks[i].name, text, strlen(text)))
			return i;
	for (int i = 0; i < s->n_tracks; i++)
		if (as_text_contains(s->tracks[i].name, text))
			return i;
	return -1;
}

/* Letters that lead nowhere are not taken. */
static bool key(void *state, struct tui *t, struct tui_key key)
{
	struct move *m = state;
	char longer[sizeof m->typed + 8], ch[5];
	size_t n = strlen(m->typed);
	int found;

	if (key.special == TUI_KEY_BACKSPACE && n > 0) {
		do
			m->typed[--n] = '\0';
		while (n > 0 && ((unsigned char)m->typed[n - 1] & 0xc0) == 0x80);
		return true;
	}
	if (key.ctrl || key.alt || (key.special && key.special != TUI_KEY_SPACE) || (n == 0 && key.special))
		return false;
	ch[as_text_encode(ch, key.special ? ' ' : key.ch)] = '\0';
	snprintf(longer, sizeof longer, "%s%s", m->typed, ch);
	found = find_name(t->m.snap, longer);
	if (found < 0 || strlen(longer) >= sizeof m->typed)
		return false;
	memcpy(m->typed, longer, strlen(longer) + 1);
	m->at = found;
	return true;
}

static void accept(struct tui *t, struct move *m)
{
	const struct as_snapshot *s = t->m.snap;
	int n, *v = find_clips(m, s, &n), track = m->at;

	if (track >= s->n_tracks) {
		free(v);
		tui_close_dialog(t);
		tui_say(t, TUI_INFO, "{add-track} adds the track first, then {move} again");
		tui_do(t, AS_ACTION_ADD_TRACK, NULL);
		return;
	}
	tui_close_dialog(t);
	if (v)
		tui_move_to(t, v, n, track);
	free(v);
}

static bool act(void *state, struct tui *t, enum as_action action, const struct tui_call *call)
{
	struct move *m = state;
	int n = t->m.snap->n_tracks + 1;

	(void)call;
	if (action == AS_ACTION_ACCEPT || action == AS_ACTION_ACTIVATE) {
		accept(t, m);
		return true;
	}
	if (tui_list_step(action, n, TUI_LIST_PAGE) != 0)
		m->typed[0] = '\0';
	m->at = tui_list_clamp(m->at + tui_list_step(action, n, TUI_LIST_PAGE), n);
	return tui_list_step(action, n, TUI_LIST_PAGE) != 0;
}

static bool click(void *state, struct tui *t, struct tui_place at)
{
	struct move *m = state;
	int row = m->top + at.row - 2;

	if (at.row < 2 || row > t->m.snap->n_tracks)
		return false;
	m->at = row;
	return true;
}

static void size(const void *state, const struct tui_model *m, int *rows, int *cols)
{
	(void)state;
	*cols = 48;
	*rows = m->snap->n_tracks + 4;
}

static void fit(void *state, const struct tui_model *model, int rows, int cols)
{
	struct move *m = state;
	int n = model->snap->n_tracks + 1;

	(void)cols;
	m->at = tui_list_clamp(m->at, n);
	m->top = tui_list_top(m->top, m->at, n, rows - 2);
}

static void draw(const void *state, const struct tui_model *model, struct tui_canvas c)
{
	const struct move *m = state;

	tui_putf(c, 0, 1, TUI_QUIET, "%d clip%s to which track? %s", m->n, as_plural(m->n, "", "s"),
		 m->typed[0] ? m->typed : "Its name leads to it.");
	for (int i = m->top; i <= model->snap->n_tracks && i - m->top < c.rows - 2; i++) {
		int row = 2 + i - m->top;

		if (i < model->snap->n_tracks) {
			tui_put_fit(c, row, 2, c.cols - 10, TUI_VALUE, TUI_NAME, model->snap->tracks[i].name);
			tui_putf(c, row, c.cols - 6, TUI_QUIET, "%4d", model->snap->tracks[i].n_clips);
		} else {
			tui_put(c, row, 2, TUI_QUIET, "a new track …");
		}
		if (i == m->at)
			tui_lay(c, row, 0, 1, c.cols, TUI_CURSOR);
	}
}

static const enum as_action hints[] = {AS_ACTION_ACCEPT, AS_ACTION_DISMISS, AS_ACTION_NONE};

static const struct tui_pane_ops ops = {.name = "move",
					.title = "Move to track",
					.place = AS_PLACE_DIALOG,
					.close = close_move,
					.click = click,
					.key = key,
					.action = act,
					.size = size,
					.fit = fit,
					.draw = draw,
					.hints = hints};

void tui_open_move(struct tui *t, int *clips, int n)
{
	struct move *m = calloc(1, sizeof *m);

	if (m && (m->paths = calloc((size_t)n + 1, sizeof *m->paths))) {
		for (int i = 0; i < n; i++)
			if ((m->paths[m->n] = strdup(t->m.snap->clips[clips[i]].path)))
				m->n++;
		/* Enter on where it is already would do nothing. */
		m->at = n > 0 && t->m.snap->clips[clips[0]].track == 0 ? 1 : 0;
	}
	free(clips);
	tui_open_dialog(t, &ops, m);
}
