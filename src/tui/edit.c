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
#include "tui/cursor.h"
#include "tui/jobs.h"

#define ROUNDING_S 1e-9 /* what steps there and back may leave */

static bool need_clip(struct tui *t)
{
	if (t->m.clip >= 0 && t->m.clip < t->m.snap->n_clips)
		return true;
	tui_say(t, TUI_WARNING, t->m.snap->n_clips ? "no clip is chosen: go to one first" : "there are no clips yet: {add} adds some");
	return false;
}

static const char *clip_name(const struct tui *t, int clip, char *out, size_t n)
{
	return as_words_clip(out, n, &t->m.snap->clips[clip]);
}

/* --- overlaps -------------------------------------------------------------------------------------------------- */

/* How long two clips of one track lie over each other; up to a crossfade they continue each other. */
static double shared_s(const struct tui_model *m, int a, int b)
{
	double from_a, to_a, from_b, to_b, over_s;

	if (a == b || m->snap->clips[a].track != m->snap->clips[b].track || !tui_clip_span(m, a, &from_a, &to_a) ||
	    !tui_clip_span(m, b, &from_b, &to_b))
		return 0;
	over_s = fmin(to_a, to_b) - fmax(from_a, from_b);
	return over_s > 2 * as_options_real(m->opt, "export.crossfade_ms") / 1000 ? over_s : 0;
}

bool tui_overlap_words(const struct tui_model *m, const int *clips, int n, char *out, size_t size)
{
	char name[128], over[AS_FIGURE_BYTES];
	double most_s = 0;
	int with = -1, count = 0;

	*out = '\0';
	for (int i = 0; i < n; i++)
		for (int k = 0; clips[i] < m->snap->n_clips && k < m->snap->n_clips; k++) {
			double over_s = shared_s(m, clips[i], k);

			count += over_s > 0;
			if (over_s > most_s) {
				most_s = over_s;
				with = k;
			}
		}
	if (with < 0)
		return false;
	if (most_s < 60)
		as_figure_span(over, sizeof over, most_s, m->unicode);
	else
		as_text_duration(over, sizeof over, most_s);
	as_words_clip(name, sizeof name, &m->snap->clips[with]);
	if (count == 1)
		snprintf(out, size, "it overlaps %s of the same track by %s", name, over);
	else
		snprintf(out, size, "%d overlaps on the track, with %s by %s", count, name, over);
	return true;
}

void tui_say_moved(struct tui *t, const int *clips, int n, const char *text)
{
	char overlap[256];

	if (tui_overlap_words(&t->m, clips, n, overlap, sizeof overlap))
		tui_say(t, TUI_WARNING, "%s: %s", text, overlap);
	else
		tui_say(t, TUI_GOOD, "%s", text);
}

/* --- places ---------------------------------------------------------------------------------------------------- */

/* What the nudges of a run, one step for undo, come to. */
static const char *sum_words(const struct tui *t, char *out, size_t n)
{
	double by_s = fabs(t->nudges.by_s) < ROUNDING_S ? 0 : t->nudges.by_s;
	char span[AS_FIGURE_BYTES];

	snprintf(out, n, "%s%s", by_s > 0 ? "+" : by_s < 0 ? "-" : "", as_figure_span(span, sizeof span, fabs(by_s), t->m.unicode));
	return out;
}

static void nudge(struct tui *t, double by_s)
{
	struct as_error err = {0};
	char name[128], span[AS_FIGURE_BYTES + 1], text[256];
	int clip = t->m.clip;

	if (!need_clip(t))
		return;
	if (t->nudges.clip != clip + 1)
		tui_end_nudges(t);
	if (t->nudges.n == 0)
		as_session_undo_group(t->m.session, true);
	if (!tui_try(t, as_session_nudge(t->m.session, clip, by_s, &err), &err)) {
		tui_end_nudges(t);
		return;
	}
	t->nudges.clip = clip + 1;
	t->nudges.n++;
	t->nudges.by_s += by_s;
	clip_name(t, clip, name, sizeof name);
	tui_look(t);
	snprintf(text, sizeof text, "%s moved by %s%s and locked", name, sum_words(t, span, sizeof span), t->nudges.n > 1 ? " in all" : "");
	tui_say_moved(t, &clip, 1, text);
}

static void nudge_words(struct tui *t, const char *args)
{
	struct tui_amount units = {.sample_s = tui_sample_s(&t->m), .frame_s = t->m.frame_s};
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
	struct tui_amount units = {.sample_s = tui_sample_s(&t->m), .frame_s = t->m.frame_s};
	char time[64] = "", name[128], text[256];
	int n = 0, clip = t->m.clip;

	if (!need_clip(t))
		return;
	if (p && p->island > 0)
		where.island = p->island;
	if (!args || sscanf(args, "%63s %d", time, &n) < 1 || !tui_amount_parse(time, &units, &where.start_s)) {
		tui_say(t, TUI_WARNING, "where to? 0:12:31.48 on the timeline, or 12.5 2: so long after island 2 begins");
		return;
	}
	if (n > 0)
		where.island = n;
	else
		where.start_s -= tui_island_start_s(&t->m, where.island);
	if (!tui_try(t, as_session_set_place(t->m.session, t->m.clip, &where, &err), &err))
		return;
	clip_name(t, clip, name, sizeof name);
	tui_look(t);
	where.start_s += tui_island_start_s(&t->m, where.island);
	snprintf(text, sizeof text, "%s sits at %s now, locked", name, as_text_hms(time, sizeof time, where.start_s, 4));
	tui_say_moved(t, &clip, 1, text);
}

static void toggle_lock(struct tui *t)
{
	struct as_error err = {0};
	const struct as_placement *p;
	int n = 0, changed = 0, *v = tui_chosen(t, false, &n);
	bool on, done;

	p = n > 0 ? tui_placement(&t->m, v[0]) : NULL;
	on = !(p && p->locked);
	done = n > 0 && tui_try(t, as_session_lock_clips(t->m.session, v, n, on, &changed, &err), &err);
	free(v);
	if (!done)
		return;
	tui_look(t);
	if (n == 1)
		tui_say(t, TUI_GOOD, on ? "locked: no sync moves it; {solve} places the others around it" : "let go: {solve} places it again");
	else
		tui_say(t, TUI_GOOD, on ? "%d of %d clips locked: no sync moves them; {solve} places the others around them"
					: "%d of %d clips let go: {solve} places them again", changed, n);
}

/* Which clips are locked; heap, or NULL. */
static bool *list_locked(const struct tui_model *m)
{
	bool *locked = calloc((size_t)m->snap->n_clips + 1, sizeof *locked);

	for (int i = 0; locked && m->snap->placements && i < m->snap->n_clips; i++)
		locked[i] = m->snap->placements[i].locked;
	return locked;
}

/* A place beside a clip that had none itself locks both: " with recorder.wav"; "": it alone. */
static void say_locked_with(const struct tui *t, const bool *before, int clip, char *out, size_t n)
{
	char name[128];
	int with = -1, count = 0;

	*out = '\0';
	for (int i = 0; before && t->m.snap->placements && i < t->m.snap->n_clips; i++)
		if (i != clip && !before[i] && t->m.snap->placements[i].locked) {
			with = i;
			count++;
		}
	if (count == 1)
		snprintf(out, n, " with %s", clip_name(t, with, name, sizeof name));
	else if (count > 1)
		snprintf(out, n, " with %d others", count);
}

static void take(struct tui *t, const char *args)
{
	struct as_error err = {0};
	char name[128], with[192], text[400], undo[32];
	int k = args ? atoi(args) : 0, clip = t->m.clip;
	bool *locked;

	if (!need_clip(t))
		return;
	if (k < 1) {
		tui_say(t, TUI_WARNING, "which place? {activate} on the clip shows them: 1, 2 …");
		return;
	}
	locked = list_locked(&t->m);
	if (tui_try(t, as_session_take_candidate(t->m.session, t->m.clip, k - 1, &err), &err)) {
		clip_name(t, clip, name, sizeof name);
		tui_look(t);
		say_locked_with(t, locked, clip, with, sizeof with);
		tui_keymap_keys(t->keymap, AS_ACTION_UNDO, 1, undo, sizeof undo);
		snprintf(text, sizeof text, "%s sits at place %d, locked%s; %s takes it back", name, k, with, *undo ? undo : ":undo");
		tui_say_moved(t, &clip, 1, text);
	}
	free(locked);
}

/* What comes behind the label: what else the user might take it for. */
static const char *kind_words(enum as_undo_kind kind)
{
	switch (kind) {
	case AS_UNDO_SETTINGS:
		return " (settings alone: no clip has moved)";
	case AS_UNDO_ANALYSIS:
		return " (all places with it)";
	default:
		return "";
	}
}

static void undo(struct tui *t, bool again, bool sure)
{
	struct as_error err = {0};
	const char *label = again ? t->m.redo : t->m.undo;
	enum as_undo_kind kind = again ? as_session_redo_kind(t->m.session) : as_session_undo_kind(t->m.session);
	const struct as_snapshot *old;
	char what[256];

	if (!label) {
		tui_say(t, TUI_INFO, again ? "nothing to do again"
				     : t->recovered ? "nothing to take back: undo began anew where the session was gone on with"
						    : "nothing to take back");
		return;
	}
	/* Who looks at the meter means its calibration. */
	if (t->m.lag && t->m.focus == TUI_PANE_LAG && !sure) {
		tui_say(t, TUI_WARNING, "{calibrate-less} and {calibrate-more} change the calibration back; in other panes the next step is: %s", label);
		return;
	}
	/* Hours of work hang on it, and the key is one that people hold down. */
	if (kind == AS_UNDO_ANALYSIS && !again && !sure && t->m.snap->placements) {
		snprintf(what, sizeof what, "The next step back is \"%s\": the places of all clips go with it. Redo brings them back.", label);
		tui_confirm(t, what, "take it back", AS_ACTION_UNDO, "now");
		return;
	}
	snprintf(what, sizeof what, "%s", label);
	old = as_session_snapshot(t->m.session);
	if (tui_try(t, again ? as_session_redo(t->m.session, &err) : as_session_undo(t->m.session, &err), &err)) {
		tui_look(t);
		/* The cursor stays without memory for a copy. */
		if (old)
			tui_cursor_follow(t, old);
		tui_say(t, TUI_INFO, "%s: %s%s", again ? "done again" : "taken back", what, kind_words(kind));
	}
	as_snapshot_free(old);
}

static void solve(struct tui *t)
{
	struct as_error err = {0};

	if (tui_try(t, as_session_solve(t->m.session, &err), &err))
		t->news = true;
}

void tui_end_nudges(struct tui *t)
{
	if (t->nudges.n > 0)
		as_session_undo_group(t->m.session, false);
	t->nudges.clip = t->nudges.n = 0;
	t->nudges.by_s = 0;
}

bool tui_goes_on_nudging(enum as_action action)
{
	/* A count begins like the way to a pane. */
	return (action >= AS_ACTION_NUDGE_LEFT && action <= AS_ACTION_NUDGE) || (action >= AS_ACTION_PANE_1 && action <= AS_ACTION_PANE_5);
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
		nudge(t, -n * t->m.frame_s);
		return true;
	case AS_ACTION_NUDGE_RIGHT_FRAME:
		nudge(t, n * t->m.frame_s);
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
		undo(t, false, call->args && !strcmp(call->args, "now"));
		return true;
	case AS_ACTION_REDO:
		undo(t, true, true);
		return true;
	default:
		return false;
	}
}
