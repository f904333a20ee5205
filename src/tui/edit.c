/* Work by hand: what changes the session and can be taken back. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/figures.h"
#include "base/text.h"
#include "base/words.h"
#include "tui/app.h"

#include "tui/amount.h"
#include "tui/jobs.h"

static bool need_clip(struct tui *t)
{
	if (t->m.clip >= 0 && t->m.clip < t->m.snap->n_clips)
		return true;
	tui_say(t, TUI_WARNING, t->m.snap->n_clips ? "no clip is chosen: go to one first" : "there are no clips yet: a adds some");
	return false;
}

static const char *clip_name(const struct tui *t, int clip, char *out, size_t n)
{
	return as_words_clip(out, n, &t->m.snap->clips[clip]);
}

static void nudge(struct tui *t, double by_s)
{
	struct as_error err = {0};
	char name[128], span[AS_FIGURE_BYTES];
	int clip = t->m.clip;

	if (!need_clip(t) || !tui_try(t, as_session_nudge(t->m.session, clip, by_s, &err), &err))
		return;
	clip_name(t, clip, name, sizeof name);
	tui_look(t);
	tui_say(t, TUI_GOOD, "%s moved by %c%s and locked", name, by_s < 0 ? '-' : '+',
		as_figure_span(span, sizeof span, fabs(by_s), t->m.unicode));
}

static void nudge_words(struct tui *t, const char *args)
{
	struct tui_amount units = {.sample_s = tui_sample_s(&t->m), .frame_s = tui_frame_s(&t->m)};
	double by_s;

	if (!args || !tui_amount_parse(args, &units, &by_s))
		tui_say(t, TUI_WARNING, "by how much? +0.25, -12ms, 3f (frames), 40smp (samples)");
	else
		nudge(t, by_s);
}

static void place(struct tui *t, const char *args)
{
	struct as_error err = {0};
	struct as_manual_place where = {.island = 1, .drift_ppm = NAN};
	const struct as_placement *p = tui_placement(&t->m, t->m.clip);
	struct tui_amount units = {.sample_s = tui_sample_s(&t->m), .frame_s = tui_frame_s(&t->m)};
	char time[64] = "", name[128];
	int n = 0;

	if (!need_clip(t))
		return;
	if (p && p->island > 0)
		where.island = p->island;
	if (!args || sscanf(args, "%63s %d", time, &n) < 1 || !tui_amount_parse(time, &units, &where.start_s)) {
		tui_say(t, TUI_WARNING, "where to? 0:12:31.48 on its island, or 12.5 2 for island 2");
		return;
	}
	if (n > 0)
		where.island = n;
	if (!tui_try(t, as_session_set_place(t->m.session, t->m.clip, &where, &err), &err))
		return;
	clip_name(t, t->m.clip, name, sizeof name);
	tui_look(t);
	tui_say(t, TUI_GOOD, "%s sits at %s of island %d now, locked", name, as_text_hms(time, sizeof time, where.start_s, 4),
		where.island);
}

static void toggle_lock(struct tui *t)
{
	struct as_error err = {0};
	const struct as_placement *p;
	int n = 0, *v = tui_chosen(t, false, &n);
	bool on;

	p = n > 0 ? tui_placement(&t->m, v[0]) : NULL;
	on = !(p && p->locked);
	for (int i = 0; i < n; i++)
		if (!tui_try(t, as_session_set_locked(t->m.session, v[i], on, &err), &err))
			n = 0;
	tui_look(t);
	if (n > 0)
		tui_say(t, TUI_GOOD, on ? "locked: no analysis moves it; S places the others around it" : "let go: S places it again");
	free(v);
}

static void take(struct tui *t, const char *args)
{
	struct as_error err = {0};
	char name[128];
	int k = args ? atoi(args) : 0;

	if (!need_clip(t))
		return;
	if (k < 1) {
		tui_say(t, TUI_WARNING, "which candidate? Enter on the clip shows them: 1, 2 …");
		return;
	}
	if (!tui_try(t, as_session_take_candidate(t->m.session, t->m.clip, k - 1, &err), &err))
		return;
	clip_name(t, t->m.clip, name, sizeof name);
	tui_look(t);
	tui_say(t, TUI_GOOD, "%s sits at candidate %d now, locked; u takes it back", name, k);
}

static void undo(struct tui *t, bool again)
{
	struct as_error err = {0};
	const char *label = again ? t->m.redo : t->m.undo;
	char what[256];

	if (!label) {
		tui_say(t, TUI_INFO, again ? "nothing to do again" : "nothing to take back");
		return;
	}
	snprintf(what, sizeof what, "%s", label);
	if (!tui_try(t, again ? as_session_redo(t->m.session, &err) : as_session_undo(t->m.session, &err), &err))
		return;
	tui_look(t);
	tui_say(t, TUI_INFO, again ? "done again: %s" : "taken back: %s", what);
}

static void solve(struct tui *t)
{
	struct as_error err = {0};

	if (tui_try(t, as_session_solve(t->m.session, &err), &err))
		t->news = true;
}

bool tui_edit(struct tui *t, enum as_action action, const struct tui_call *call)
{
	int n = call->count > 0 ? call->count : 1;

	switch (action) {
	case AS_ACTION_NUDGE_LEFT:
		nudge(t, -n * tui_sample_s(&t->m));
		return true;
	case AS_ACTION_NUDGE_RIGHT:
		nudge(t, n * tui_sample_s(&t->m));
		return true;
	case AS_ACTION_NUDGE_LEFT_MS:
		nudge(t, -n * 1e-3);
		return true;
	case AS_ACTION_NUDGE_RIGHT_MS:
		nudge(t, n * 1e-3);
		return true;
	case AS_ACTION_NUDGE_LEFT_FRAME:
		nudge(t, -n * tui_frame_s(&t->m));
		return true;
	case AS_ACTION_NUDGE_RIGHT_FRAME:
		nudge(t, n * tui_frame_s(&t->m));
		return true;
	case AS_ACTION_NUDGE:
		nudge_words(t, call->args);
		return true;
	case AS_ACTION_PLACE:
		place(t, call->args);
		return true;
	case AS_ACTION_LOCK:
		toggle_lock(t);
		return true;
	case AS_ACTION_TAKE:
		take(t, call->args);
		return true;
	case AS_ACTION_SOLVE:
		solve(t);
		return true;
	case AS_ACTION_UNDO:
		undo(t, false);
		return true;
	case AS_ACTION_REDO:
		undo(t, true);
		return true;
	default:
		return false;
	}
}
