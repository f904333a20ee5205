/* Tracks and references. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/figures.h"
#include "base/words.h"
#include "tui/commands.h"
#include "tui/dialogs.h"

static void reference(struct tui *t, const char *args)
{
	struct as_error err = {0};
	const char *name = args;

	if (!name && t->m.track >= 0)
		name = t->m.snap->tracks[t->m.track].name;
	if (!name) {
		tui_say(t, TUI_WARNING, "which track? go to one first");
		return;
	}
	if (!tui_try(t, as_session_set_reference(t->m.session, name, &err), &err))
		return;
	if (t->m.snap->placements)
		tui_say(t, TUI_GOOD, "time zero and the clock come from %s: {sync} places by it", name);
	else
		tui_say(t, TUI_GOOD, "time zero and the clock come from %s", name);
	tui_look(t);
}

static void add_track(struct tui *t, const char *args)
{
	struct as_error err = {0};
	int track = -1;

	if (!args) {
		tui_ask(t, &(struct tui_question){"Add a track", "Name: ", "add it", .then = AS_ACTION_ADD_TRACK});
		return;
	}
	if (!tui_try(t, as_session_add_track(t->m.session, args, &track, &err), &err))
		return;
	tui_look(t);
	tui_select(t, track, -1);
	tui_say(t, TUI_GOOD, "track %s added: {move} moves clips into it", args);
}

/* Clips of theirs that are in the track already stay, and count for nothing. Returns how many are left. */
static int leave_out_those_in(const struct as_snapshot *s, int *clips, int n, int track)
{
	int left = 0;

	for (int i = 0; i < n; i++)
		if (s->clips[clips[i]].track != track)
			clips[left++] = clips[i];
	return left;
}

void tui_move_to(struct tui *t, int *clips, int n, int track)
{
	struct as_error err = {0};
	char text[320];
	int asked = n;

	n = leave_out_those_in(t->m.snap, clips, n, track);
	if (n == 0 && asked > 0)
		tui_say(t, TUI_INFO, asked == 1 ? "it is in %s already" : "they are in %s already", t->m.snap->tracks[track].name);
	if (n > 0)
		snprintf(text, sizeof text, "%d clip%s moved to %s", n, as_plural(n, "", "s"), t->m.snap->tracks[track].name);
	if (n == 0 || !tui_try(t, as_session_move_clips(t->m.session, clips, n, track, &err), &err))
		return;
	tui_unmark_all(t);
	tui_look(t);
	tui_say_moved(t, clips, n, text);
}

static void move(struct tui *t, const char *args)
{
	int n = 0, *v = tui_chosen(t, true, &n), track = args ? tui_track_named(t->m.snap, args) : -1;

	if (n > 0 && !args) {
		tui_open_move(t, v, n);
		return;
	}
	if (n > 0 && track < 0)
		tui_say(t, TUI_ERROR, "no track is called \"%s\": {add-track} adds one", args);
	else if (n > 0)
		tui_move_to(t, v, n, track);
	free(v);
}

static void rename_track(struct tui *t, const char *args)
{
	struct as_error err = {0};
	char was[256];

	if (t->m.track < 0) {
		tui_say(t, TUI_WARNING, "there is no track to rename");
		return;
	}
	if (!args) {
		tui_ask(t, &(struct tui_question){"Rename the track", "Name: ", "rename", .text = t->m.snap->tracks[t->m.track].name,
						  .then = AS_ACTION_RENAME});
		return;
	}
	snprintf(was, sizeof was, "%s", t->m.snap->tracks[t->m.track].name);
	if (!tui_try(t, as_session_rename_track(t->m.session, t->m.track, args, &err), &err))
		return;
	if (!strcmp(was, args)) {
		tui_say(t, TUI_INFO, "track %s is called that already", was);
		return;
	}
	tui_look(t);
	tui_say(t, TUI_GOOD, "track %s renamed to %s", was, args);
}

static void remove_chosen(struct tui *t)
{
	struct as_error err = {0};
	bool track = t->m.n_marked == 0 && t->m.clip < 0 && t->m.track >= 0;
	char name[256];
	int n = 0, *v = NULL;

	if (track) {
		snprintf(name, sizeof name, "track %s", t->m.snap->tracks[t->m.track].name);
		n = tui_try(t, as_session_remove_track(t->m.session, t->m.track, &err), &err);
	} else {
		v = tui_chosen(t, false, &n);
		if (n == 1)
			as_words_clip(name, sizeof name, &t->m.snap->clips[v[0]]);
		else
			snprintf(name, sizeof name, "%d clips", n);
		if (n > 0 && !tui_try(t, as_session_remove_clips(t->m.session, v, n, &err), &err))
			n = 0;
	}
	free(v);
	if (n == 0)
		return;
	tui_unmark_all(t);
	tui_look(t);
	tui_say(t, TUI_GOOD, "%s taken out of the session, the files stay; {undo} takes it back", name);
}

/* Who expects the key to lead to the first row is told which one does. */
static void regroup(struct tui *t)
{
	struct as_error err = {0};
	char undo[32], top[32];

	if (!tui_try(t, as_session_regroup(t->m.session, &err), &err))
		return;
	tui_look(t);
	tui_keymap_keys(t->keymap, AS_ACTION_UNDO, 1, undo, sizeof undo);
	tui_keymap_key(t->keymap, AS_PLACE_TRACKS, AS_ACTION_TOP, top, sizeof top);
	tui_say(t, TUI_GOOD, "%d track%s by analysis.group_by = %s%s%s%s%s%s", t->m.snap->n_tracks, as_plural(t->m.snap->n_tracks, "", "s"),
		as_options_value(t->m.opt, "analysis.group_by"), *undo ? "; " : "", undo, *undo ? " takes it back" : "",
		*top ? "; to the first row: " : "", top);
}

bool tui_do_tracks(struct tui *t, enum as_action action, const struct tui_call *call)
{
	switch (action) {
	case AS_ACTION_REFERENCE:
		reference(t, call->args);
		return true;
	case AS_ACTION_ADD_TRACK:
		add_track(t, call->args);
		return true;
	case AS_ACTION_MOVE:
		move(t, call->args);
		return true;
	case AS_ACTION_RENAME:
		rename_track(t, call->args);
		return true;
	case AS_ACTION_REMOVE:
		remove_chosen(t);
		return true;
	case AS_ACTION_REGROUP:
		regroup(t);
		return true;
	case AS_ACTION_MARK:
		tui_mark(t, t->m.clip, t->m.clip >= 0 && t->marked && !t->marked[t->m.clip]);
		tui_do(t, AS_ACTION_DOWN, NULL);
		return true;
	case AS_ACTION_MARK_ALL:
		for (int i = 0, on = t->m.n_marked == 0; i < t->m.snap->n_clips; i++)
			if (!on || t->m.snap->clips[i].track == t->m.track)
				tui_mark(t, i, on);
		return true;
	default:
		return false;
	}
}
