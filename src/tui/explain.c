/* Why a clip sits where it does: a dialog that goes from clip to clip, and takes places. */
#include "tui/explain.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/words.h"
#include "tui/commands.h"
#include "tui/dialogs.h"

/* --- what can be chosen ---------------------------------------------------------------------------------------- */

bool tui_explain_is_open(const struct tui_explain *x, const struct tui_model *m)
{
	const struct as_placement *p = tui_placement(m, x->clip);

	return p && p->n_candidates > 0;
}

int tui_explain_items(const struct tui_explain *x)
{
	return x->n_places + x->n_matches;
}

struct tui_explain_item tui_explain_item(const struct tui_explain *x, const struct tui_model *m, int i)
{
	bool open = tui_explain_is_open(x, m);
	int first = open ? x->n_places : x->n_matches;

	if (i < 0 || i >= tui_explain_items(x))
		return (struct tui_explain_item){TUI_ITEM_NONE, 0};
	if (open)
		return i < first ? (struct tui_explain_item){TUI_ITEM_CANDIDATE, i} : (struct tui_explain_item){TUI_ITEM_MATCH, i - first};
	return i < first ? (struct tui_explain_item){TUI_ITEM_MATCH, i} : (struct tui_explain_item){TUI_ITEM_RIVAL, i - first};
}

const struct as_explained_match *tui_explain_match(const struct tui_explain *x, const struct tui_model *m)
{
	struct tui_explain_item item = tui_explain_item(x, m, x->item);

	if (x->n_matches == 0)
		return NULL;
	return &x->e->matches[item.kind == TUI_ITEM_MATCH ? item.index : 0];
}

/* --- state ----------------------------------------------------------------------------------------------------- */

static int find_clip(const struct as_snapshot *s, const char *path)
{
	for (int i = 0; i < s->n_clips; i++)
		if (!strcmp(s->clips[i].path, path))
			return i;
	return -1;
}

static void forget(struct tui_explain *x)
{
	as_explanation_free(x->e);
	x->e = NULL;
	x->n_places = x->n_matches = 0;
}

/* Those that somebody listened to, and the best of the others. */
static int count_matches(const struct as_explanation *e)
{
	int n = 0, weak = 0;

	for (; n < e->n_matches; n++)
		if (e->matches[n].fate == AS_FATE_WEAK && ++weak > TUI_EXPLAIN_WEAK)
			break;
	return n;
}

/* It was found elsewhere. */
static void rename_last(struct tui_explain *x, const char *path)
{
	char *copy = strdup(path);

	if (!copy)
		return;
	free(x->trail[x->n_trail - 1]);
	x->trail[x->n_trail - 1] = copy;
}

/* The clip as the snapshot of now has it. */
static void learn(struct tui_explain *x, const struct tui_model *m)
{
	const char *path = x->trail[x->n_trail - 1];

	forget(x);
	x->clip = tui_clip_now(m->snap, path, x->clip, x->n_clips);
	x->n_clips = m->snap->n_clips;
	if (x->clip >= 0 && strcmp(m->snap->clips[x->clip].path, path) != 0)
		rename_last(x, m->snap->clips[x->clip].path);
	if (x->clip >= 0)
		x->e = as_explain(m->snap, x->clip, m->opt);
	if (!x->e)
		return;
	x->n_matches = count_matches(x->e);
	x->n_places = tui_explain_is_open(x, m) ? tui_placement(m, x->clip)->n_candidates : x->e->n_places;
	if (x->item >= tui_explain_items(x))
		x->item = tui_explain_items(x) > 0 ? tui_explain_items(x) - 1 : 0;
}

static void news(void *state, struct tui *t)
{
	struct tui_explain *x = state;

	learn(x, &t->m);
	/* Below another dialog it stays until that one closes. */
	if (x->clip < 0 && t->dialogs[t->n_dialogs - 1].state == state) {
		tui_close_dialog(t);
		tui_say(t, TUI_INFO, "the clip that was explained is not in the session any more");
	}
}

static void close_explain(void *state)
{
	struct tui_explain *x = state;

	forget(x);
	for (int i = 0; i < x->n_trail; i++)
		free(x->trail[i]);
	free(x);
}

/* False when out of memory. */
static bool push(struct tui_explain *x, const struct tui_model *m, int clip)
{
	char *path = strdup(m->snap->clips[clip].path);

	if (!path)
		return false;
	if (x->n_trail == TUI_EXPLAIN_TRAIL) {
		free(x->trail[0]);
		memmove(x->trail, x->trail + 1, sizeof x->trail - sizeof *x->trail);
		x->n_trail--;
	}
	x->trail[x->n_trail++] = path;
	x->clip = clip;
	x->n_clips = m->snap->n_clips;
	x->item = x->top = 0;
	learn(x, m);
	return true;
}

static void show(struct tui_explain *x, struct tui *t, int clip)
{
	if (clip < 0 || clip == x->clip)
		return;
	if (push(x, &t->m, clip))
		tui_select(t, -1, clip);
	else
		tui_say(t, TUI_ERROR, "out of memory");
}

static void back(struct tui_explain *x, struct tui *t)
{
	int to = -1;

	/* Past those that are gone. */
	while (x->n_trail > 1 && to < 0) {
		free(x->trail[--x->n_trail]);
		to = find_clip(t->m.snap, x->trail[x->n_trail - 1]);
	}
	if (to < 0) {
		tui_say(t, TUI_INFO, "this is the clip that you began with; {dismiss} closes");
		return;
	}
	x->item = x->top = 0;
	x->clip = to;
	learn(x, &t->m);
	tui_select(t, -1, to);
}

/* --- keys ------------------------------------------------------------------------------------------------------ */

static bool in_view(const struct tui_explain *x)
{
	return x->item_line >= x->top && x->item_line < x->top + x->rows;
}

static void step(struct tui_explain *x, int by)
{
	int to = x->item + by;
	bool ahead = by > 0 ? x->item_line >= x->top + x->rows : x->item_line < x->top;

	if (tui_explain_items(x) > 0 && ahead) {
		x->top += by; /* first what lies between */
	} else if (to >= 0 && to < tui_explain_items(x)) {
		x->item = to;
		x->follow = TUI_FOLLOW_ITEM;
	} else {
		x->top += by;
	}
}

static void take(struct tui_explain *x, struct tui *t, struct tui_explain_item item)
{
	char args[64];

	tui_select(t, -1, x->clip);
	if (item.kind == TUI_ITEM_CANDIDATE) {
		snprintf(args, sizeof args, "%d", item.index + 1);
		tui_do(t, AS_ACTION_TAKE, &(struct tui_call){.args = args});
	} else {
		snprintf(args, sizeof args, "%.9f %d", x->e->places[item.index].start_s, x->e->places[item.index].island);
		tui_do(t, AS_ACTION_PLACE, &(struct tui_call){.args = args});
	}
	/* From here on the explanation is another one: the snapshot is. */
}

static void choose(struct tui_explain *x, struct tui *t)
{
	struct tui_explain_item item = tui_explain_item(x, &t->m, x->item);

	if (item.kind == TUI_ITEM_NONE)
		tui_close_dialog(t);
	else if (!in_view(x))
		x->follow = TUI_FOLLOW_ITEM;
	else if (item.kind == TUI_ITEM_MATCH)
		show(x, t, x->e->matches[item.index].other);
	else
		take(x, t, item);
}

static void page(struct tui_explain *x, int by)
{
	x->top += by * (x->rows > 2 ? x->rows - 2 : 1);
	x->follow = TUI_FOLLOW_SEEN;
}

static bool act(void *state, struct tui *t, enum as_action action, const struct tui_call *call)
{
	struct tui_explain *x = state;

	switch (action) {
	case AS_ACTION_FIELD_NEXT:
	case AS_ACTION_DOWN:
		step(x, 1);
		return true;
	case AS_ACTION_FIELD_PREV:
	case AS_ACTION_UP:
		step(x, -1);
		return true;
	case AS_ACTION_PAGE_DOWN:
		page(x, 1);
		return true;
	case AS_ACTION_PAGE_UP:
		page(x, -1);
		return true;
	case AS_ACTION_TOP:
		x->top = x->item = 0;
		return true;
	case AS_ACTION_BOTTOM:
		x->top = x->lines;
		x->follow = TUI_FOLLOW_SEEN;
		return true;
	case AS_ACTION_ACCEPT:
	case AS_ACTION_ACTIVATE:
		choose(x, t);
		return true;
	case AS_ACTION_BACK:
		back(x, t);
		return true;
	case AS_ACTION_EXPLAIN:
	case AS_ACTION_NEXT_PROBLEM:
		/* Both mean another clip, which this dialog shows. */
		if (action == AS_ACTION_NEXT_PROBLEM || call->args)
			tui_do_view(t, action == AS_ACTION_EXPLAIN ? AS_ACTION_FIND : action, call);
		show(x, t, t->m.clip);
		return true;
	case AS_ACTION_CHANGE:
	case AS_ACTION_CHANGE_BACK:
	case AS_ACTION_RESET:
		return true; /* there are no fields */
	default:
		return false;
	}
}

/* --- beside the text ------------------------------------------------------------------------------------------- */

static const char *note(const void *state, const struct tui_model *m, char *out, size_t n)
{
	const struct tui_explain *x = state;
	char name[60], back[40];
	int clip = x->n_trail > 1 ? find_clip(m->snap, x->trail[x->n_trail - 2]) : -1;

	if (clip < 0)
		return NULL;
	snprintf(out, n, "%s: back to %s", tui_keymap_words(m->keys, "{back}", back, sizeof back),
		 as_words_clip(name, sizeof name, &m->snap->clips[clip]));
	return out;
}

/* What Enter does there. */
static const char *deed(const void *state, const struct tui_model *m)
{
	const struct tui_explain *x = state;

	switch (tui_explain_item(x, m, x->item).kind) {
	case TUI_ITEM_NONE:
		return "close";
	case TUI_ITEM_CANDIDATE:
		return in_view(x) ? "take place" : "to places";
	case TUI_ITEM_RIVAL:
		return in_view(x) ? "put there" : "to places";
	case TUI_ITEM_MATCH:
		break;
	}
	return in_view(x) ? "that clip" : "to matches";
}

static const enum as_action hints[] = {AS_ACTION_ACCEPT, AS_ACTION_FIELD_NEXT, AS_ACTION_BACK, AS_ACTION_UNDO, AS_ACTION_NUDGE_LEFT,
				       AS_ACTION_DISMISS, AS_ACTION_NONE};

static const struct tui_pane_ops ops = {.name = "explain",
					.title = "Explanation",
					.place = AS_PLACE_EXPLAIN,
					.close = close_explain,
					.news = news,
					.action = act,
					.size = tui_explain_size,
					.fit = tui_explain_fit,
					.draw = tui_explain_draw,
					.note = note,
					.deed = deed,
					.hints = hints};

void tui_open_explain(struct tui *t, int clip)
{
	struct tui_explain *x = clip >= 0 && clip < t->m.snap->n_clips ? calloc(1, sizeof *x) : NULL;

	if (x && !push(x, &t->m, clip)) {
		free(x);
		x = NULL;
	}
	if (tui_open_dialog(t, &ops, x))
		tui_select(t, -1, clip);
}
