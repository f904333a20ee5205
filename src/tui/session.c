/* The session that is shown: snapshots of it, and another one in its place. */
#include <stdlib.h>

#include "tui/adding.h"
#include "tui/app.h"
#include "tui/cursor.h"
#include "tui/jobs.h"
#include "tui/keep.h"
#include "tui/leave.h"

/* How soon a frame follows news of work that runs. */
#define NEWS_S 0.1

/* Marks stay with their clips. */
static int now(const struct as_snapshot *s, const struct as_snapshot *old, int clip)
{
	return tui_clip_now(s, old->clips[clip].path, clip, old->n_clips);
}

static void carry_marks(struct tui *t, const struct as_snapshot *old, const struct as_snapshot *s)
{
	bool *marked = calloc((size_t)s->n_clips + 1, sizeof *marked);
	int n = 0;

	for (int i = 0; marked && old && t->marked && t->m.n_marked > 0 && i < old->n_clips; i++) {
		int to = t->marked[i] ? now(s, old, i) : -1;

		if (to >= 0 && !marked[to]) {
			marked[to] = true;
			n++;
		}
	}
	free(t->marked);
	t->marked = marked;
	t->m.marked = marked;
	t->m.n_marked = n;
}

void tui_look(struct tui *t)
{
	const struct as_snapshot *old = t->m.snap, *s = as_session_snapshot(t->m.session);

	if (!s)
		return; /* the old one serves until there is memory */
	if (old && (s->generation != old->generation || s->n_clips != old->n_clips)) {
		carry_marks(t, old, s);
		tui_cursor_carry(t, old, s);
	} else if (!old) {
		carry_marks(t, NULL, s);
		tui_cursor_carry(t, NULL, s);
	}
	t->m.snap = s;
	free(t->island_start_s);
	t->island_start_s = malloc(((size_t)s->n_islands + 1) * sizeof *t->island_start_s);
	if (t->island_start_s)
		tui_island_starts(s, t->island_start_s);
	t->m.island_start_s = t->island_start_s;
	t->m.opt = as_session_options(t->m.session);
	t->m.frame_s = as_timeline_frame_s(s, t->m.opt, t->m.frame_rate);
	tui_jobs_news(t, old);
	for (int i = 0; i < TUI_PANES; i++)
		if (t->panes[i].ops->news)
			t->panes[i].ops->news(t->panes[i].state, t);
	for (int i = 0; i < t->n_dialogs; i++)
		if (t->dialogs[i].ops->news)
			t->dialogs[i].ops->news(t->dialogs[i].state, t);
	as_snapshot_free(old);
	t->news = false;
	t->dirty = true;
	t->next_look_s = tui_clock_s(t) + NEWS_S;
}

void tui_adopt_session(struct tui *t, struct as_session *s)
{
	struct as_error err = {0};

	t->m.session = s;
	tui_keep_begin(t);
	if (as_session_keep_undo(s, AS_UNDO_STEPS, AS_UNDO_BYTES, &err) != AS_OK)
		tui_note(t, TUI_WARNING, -1, "nothing can be taken back: %s", err.msg);
	as_session_want_waveforms(s);
}

void tui_replace_session(struct tui *t, struct as_session *s)
{
	struct as_session *old = t->m.session;
	bool unwanted = t->keeping.unwanted;

	tui_adding_stop(t);
	while (t->n_dialogs > 0)
		tui_close_dialog(t);
	tui_adopt_session(t, s);
	t->m.clip = t->m.track = -1;
	as_snapshot_free(t->m.snap);
	t->m.snap = NULL;
	t->m.cursor_s = 0;
	tui_jobs_forget(t);
	tui_look(t);
	tui_leave_session(t, old, unwanted);
}
