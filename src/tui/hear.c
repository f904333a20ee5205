#include "tui/hear.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "base/words.h"
#include "tui/commands.h"
#include "tui/target.h"
#include "tui/timeline.h"
#include "tui/timeline_place.h"

#define NAMES_MOST 1000 /* audition-1.wav … */

/* --- what is meant --------------------------------------------------------------------------------------------- */

/* A clip alone, by its own time. */
static struct as_audition alone(const struct tui *t, const struct tui_timeline *tl, int clip)
{
	struct as_audition a = {.a = clip, .b = -1};

	/* Before there are places the timeline shows the clips one behind another. */
	if (!tl->placed && t->m.cursor_s >= tl->span[clip].from_s && t->m.cursor_s < tl->span[clip].to_s)
		a.at_s = t->m.cursor_s - tl->span[clip].from_s;
	return a;
}

/* The clip at a place that it might have, on the right, over the clip that the place counts from. */
static bool at_ghost(const struct tui *t, int clip, struct as_audition *out)
{
	struct tui_ghost ghost[TUI_GHOSTS_MAX];
	int n = tui_ghosts(&t->m, clip, ghost), k = 0, other = tui_ghost_beside(&t->m, clip);
	const struct as_placement *p = tui_placement(&t->m, clip), *q;
	double island_s;

	if (n == 0)
		return false;
	for (int i = 0; i < n; i++)
		if (t->m.cursor_s >= ghost[i].from_s && t->m.cursor_s < ghost[i].to_s)
			k = i;
	q = tui_placement(&t->m, other);
	island_s = tui_island_start_s(&t->m, q->island);
	*out = (struct as_audition){.a = other, .b = clip, .island = q->island, .try_b = true};
	out->try_s = p->candidates[ghost[k].number - 1].start_s;
	out->at_s = fmax(fmin(fmax(t->m.cursor_s, ghost[k].from_s), ghost[k].to_s) - island_s, 0);
	return true;
}

/* The clip at the cursor on the left, its neighbour on the right. */
static bool meant(struct tui *t, struct as_audition *out)
{
	struct tui_timeline *tl = t->panes[TUI_PANE_TIMELINE].state;
	double begin_s, end_s, at_s = t->m.cursor_s, from_s, to_s;
	const struct as_placement *p = tui_placement(&t->m, t->m.clip);
	int clip = t->m.clip, other = -1;

	if (clip < 0) {
		tui_say(t, TUI_WARNING, t->m.snap->n_clips ? "hear what? go to a clip first" : "there are no clips yet: {add} adds some");
		return false;
	}
	if (!tui_timeline_spans(tl, &t->m, &begin_s, &end_s))
		return false;
	if (!p || p->island < 1 || !tl->span[clip].on) {
		if (!at_ghost(t, clip, out))
			*out = alone(t, tl, clip);
		return true;
	}
	if (tl->compare && tl->other >= 0)
		other = tl->other;
	else
		tui_timeline_beside(tl, &t->m, clip, at_s, &other, 1);
	from_s = other < 0 ? tl->span[clip].from_s : fmax(tl->span[clip].from_s, tl->span[other].from_s);
	to_s = other < 0 ? tl->span[clip].to_s : fmin(tl->span[clip].to_s, tl->span[other].to_s);
	/* Where the cursor hears one of them only, the overlap's beginning. */
	if (at_s < from_s || at_s >= to_s)
		at_s = from_s;
	*out = (struct as_audition){.a = clip, .b = other, .island = p->island};
	out->at_s = fmax(at_s - tui_island_start_s(&t->m, p->island), 0);
	return true;
}

/* --- saying it ------------------------------------------------------------------------------------------------- */

static void describe(const struct tui *t, const struct as_audition *a, char *out, size_t n)
{
	char left[128], right[128];

	as_words_clip(left, sizeof left, &t->m.snap->clips[a->a]);
	if (a->b < 0) {
		snprintf(out, n, "%s alone", left);
		return;
	}
	as_words_clip(right, sizeof right, &t->m.snap->clips[a->b]);
	snprintf(out, n, "%s left, %s right%s", left, right, a->try_b ? " where it might sit" : "");
}

static void play(struct tui *t)
{
	struct as_audition what;
	struct as_error err = {0};
	char text[320], time[32], key[32];

	if (as_session_audition_state(t->m.session, NULL)) {
		as_session_audition_stop(t->m.session);
		tui_say(t, TUI_INFO, "quiet");
		return;
	}
	if (!meant(t, &what) || !tui_try(t, as_session_audition(t->m.session, &what, &err), &err))
		return;
	t->hearing = (struct tui_hearing){.on = true};
	describe(t, &what, text, sizeof text);
	tui_keymap_keys(t->keymap, AS_ACTION_AUDITION, 1, key, sizeof key);
	tui_say(t, TUI_INFO, "hearing %s, from %s; %s stops", text,
		as_text_hms(time, sizeof time, what.at_s + (what.island > 0 ? tui_island_start_s(&t->m, what.island) : 0), 1),
		*key ? key : ":audition");
}

/* The first of audition-1.wav … that is not there yet, where the dialogs write, too; heap. NULL: said why. */
static char *free_name(struct tui *t)
{
	char name[40];

	for (int i = 1; i < NAMES_MOST; i++) {
		char *path, *kept;

		snprintf(name, sizeof name, "audition-%d.wav", i);
		kept = tui_target_expand(t, name);
		path = kept ? tui_path(kept) : NULL;
		free(kept);
		if (path && i == 1 && !tui_target_answers(t, path)) {
			free(path);
			return NULL;
		}
		if (!path || access(path, F_OK) != 0)
			return path;
		free(path);
	}
	tui_say(t, TUI_ERROR, "no name is free for a WAV file there: name one");
	return NULL;
}

/* The one that was named; heap. NULL: said why. */
static char *named(struct tui *t, const char *word)
{
	char *path = tui_path(word);

	if (path && tui_target_answers(t, path))
		return path;
	free(path);
	return NULL;
}

static void write_wav(struct tui *t, const char *args)
{
	struct as_audition what;
	struct as_error err = {0};
	int n = 0;
	char **words = args && *args ? tui_words(t, args, &n) : NULL, *path = NULL, text[320];

	if (args && *args && n != 1) {
		if (words)
			tui_say(t, TUI_WARNING, "one file, please: audition-write take.wav");
	} else if (meant(t, &what)) {
		path = n == 1 ? named(t, words[0]) : free_name(t);
		if (path && tui_try(t, as_session_audition_write(t->m.session, &what, path, false, &err), &err)) {
			t->hearing = (struct tui_hearing){.on = true};
			snprintf(t->hearing.path, sizeof t->hearing.path, "%s", path);
			describe(t, &what, text, sizeof text);
			tui_say(t, TUI_INFO, "writing %s: %s", as_path_base(path), text);
		}
	}
	free(path);
	tui_words_free(words, n);
}

bool tui_do_audition(struct tui *t, enum as_action action, const struct tui_call *call)
{
	switch (action) {
	case AS_ACTION_AUDITION:
		play(t);
		return true;
	case AS_ACTION_AUDITION_WRITE:
		write_wav(t, call->args);
		return true;
	default:
		return false;
	}
}

void tui_hear_turn(struct tui *t)
{
	struct as_audition_state state;
	char path[sizeof t->hearing.path * 2], key[32];

	if (!t->hearing.on)
		return;
	t->hearing.on = as_session_audition_state(t->m.session, &state);
	t->m.hearing = t->hearing.on && state.stage == AS_AUDITION_PLAYING && state.what.island > 0;
	if (t->m.hearing)
		t->m.heard_s = tui_island_start_s(&t->m, state.what.island) + state.at_s;
	t->dirty = true;
	if (state.stage == AS_AUDITION_FAILED && !t->hearing.path[0])
		tui_say(t, TUI_ERROR, "%s writes a WAV file instead: %s",
			*tui_keymap_keys(t->keymap, AS_ACTION_AUDITION_WRITE, 1, key, sizeof key) ? key : ":audition-write",
			state.error.msg);
	else if (state.stage == AS_AUDITION_FAILED)
		tui_say(t, TUI_ERROR, "%s", state.error.msg);
	else if (state.stage == AS_AUDITION_DONE && state.written)
		tui_say(t, TUI_GOOD, "%s is written", as_text_escape(path, sizeof path, t->hearing.path));
}
