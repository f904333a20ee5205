/* Panes, prompts, finding, colours: what changes nothing in the session. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "tui/amount.h"
#include "tui/chore.h"
#include "tui/commands.h"
#include "tui/complete.h"
#include "tui/compose.h"

static void focus(struct tui *t, int pane)
{
	t->m.focus = (enum tui_pane_id)((pane + TUI_PANES) % TUI_PANES);
}

/* On by steps of 1 or -1, past panes that are not shown. */
static void focus_next(struct tui *t, int step)
{
	int pane = (int)t->m.focus;

	for (int i = 0; i < TUI_PANES; i++) {
		pane = (pane + step + TUI_PANES) % TUI_PANES;
		if (tui_pane_is_offered(t, pane))
			break;
	}
	focus(t, pane);
}

/* Where every pane has the whole screen there is nothing to make larger. */
static void zoom(struct tui *t)
{
	int rows, cols;

	tui_screen_size(t->screen, &rows, &cols);
	if (tui_layout_of(rows, cols, t->m.focus, false).tabs) {
		t->m.zoomed = false;
		tui_hint(t, TUI_INFO, "each pane fills the screen already; from %dx%d on they stand side by side", TUI_GRID_COLS,
			 TUI_GRID_ROWS);
		return;
	}
	t->m.zoomed = !t->m.zoomed;
}

static void open_prompt(struct tui *t, enum tui_prompt_kind kind)
{
	bool command = kind == TUI_PROMPT_COMMAND;

	t->prompt = tui_prompt_new(kind, command ? ":" : "/", NULL, command ? tui_complete_line : NULL, t);
	if (t->prompt)
		tui_prompt_history(t->prompt, &t->history[kind]);
}

/* The next clip or track, in the tracks' order, whose name has the text. */
static void find(struct tui *t, int step)
{
	const struct as_snapshot *s = t->m.snap;
	int n = s->n_clips, at = t->m.clip >= 0 ? t->m.clip : step > 0 ? -1 : n;

	if (!t->find[0]) {
		tui_say(t, TUI_INFO, "find what? / and a part of a name");
		return;
	}
	for (int k = 1; k <= n; k++) {
		int clip = ((at + step * k) % n + n) % n;

		if (as_text_contains(s->clips[clip].name, t->find) ||
		    as_text_contains(s->tracks[s->clips[clip].track].name, t->find)) {
			tui_select(t, s->clips[clip].track, clip);
			return;
		}
	}
	tui_say(t, TUI_WARNING, "no clip and no track is called \"%s\"", t->find);
}

static void next_problem(struct tui *t)
{
	const struct as_snapshot *s = t->m.snap;

	for (int k = 1; k <= s->n_clips; k++) {
		int clip = (t->m.clip + k) % s->n_clips;
		const struct as_placement *p = tui_placement(&t->m, clip);

		if (s->clips[clip].state == AS_CLIP_FAILED || s->clips[clip].media != AS_CLIP_MEDIA_PRESENT ||
		    (p && p->verdict < AS_VERDICT_MODERATE)) {
			tui_select(t, s->clips[clip].track, clip);
			return;
		}
	}
	tui_say(t, TUI_GOOD, s->placements ? "every clip is placed, with confidence or by hand" : "nothing has been placed yet: {sync} does");
}

void tui_set_theme(struct tui *t, const struct tui_theme *theme)
{
	bool color = false;

	t->theme = *theme;
	tui_screen_theme(t->screen, &t->theme);
	for (int i = 0; i < TUI_STYLES; i++)
		color |= theme->look[i].fg != TUI_COLOR_NONE || theme->look[i].bg != TUI_COLOR_NONE;
	t->m.color = color && tui_screen_has_color(t->screen);
	t->dirty = true;
}

struct reading {
	struct tui_chore chore;
	/* Immutable once it is under way. */
	char *name;
	const char *const *dirs; /* the setup's */
	/* The thread's until it is done. */
	struct tui_theme theme;
};

static void free_reading(struct tui_chore *c)
{
	free(((struct reading *)c)->name);
	free(c);
}

static enum as_status read_theme(struct tui_chore *c, struct as_error *err)
{
	struct reading *r = (struct reading *)c;

	return tui_theme_load(&r->theme, r->name, r->dirs, err);
}

static void take_theme(struct tui *t, struct tui_chore *c)
{
	if (tui_try(t, c->status, &c->err))
		tui_set_theme(t, &((struct reading *)c)->theme);
}

static void set_theme(struct tui *t, const char *name)
{
	struct reading *r = name ? calloc(1, sizeof *r) : NULL;

	if (!name) {
		tui_say(t, TUI_INFO, "the theme is %s; there are default, light, mono and files", t->theme.name);
	} else if (!r || !(r->name = strdup(name))) {
		free(r);
		tui_say(t, TUI_ERROR, "out of memory");
	} else {
		r->dirs = t->setup->theme_dirs;
		tui_chore_init(&r->chore, read_theme, take_theme, free_reading, "reading theme %.200s", name);
		tui_chore_do(t, &r->chore);
	}
}

static void go_to(struct tui *t, const char *args)
{
	struct tui_amount units = {.sample_s = tui_sample_s(&t->m), .frame_s = t->m.frame_s};

	if (!args || !tui_amount_parse(args, &units, &t->m.cursor_s) || t->m.cursor_s < 0) {
		t->m.cursor_s = t->m.cursor_s < 0 ? 0 : t->m.cursor_s;
		tui_say(t, TUI_WARNING, "where to? 0:12:31.48, 90s");
		return;
	}
	focus(t, TUI_PANE_TIMELINE);
}

bool tui_do_view(struct tui *t, enum as_action action, const struct tui_call *call)
{
	if (action >= AS_ACTION_PANE_1 && action <= AS_ACTION_PANE_5) {
		focus(t, (int)(action - AS_ACTION_PANE_1));
		return true;
	}
	switch (action) {
	case AS_ACTION_NEXT_PANE:
		focus_next(t, 1);
		return true;
	case AS_ACTION_PREV_PANE:
		focus_next(t, -1);
		return true;
	case AS_ACTION_ZOOM:
		zoom(t);
		return true;
	case AS_ACTION_HELP:
		tui_open_help(t, call->args);
		return true;
	case AS_ACTION_COMMAND:
		open_prompt(t, TUI_PROMPT_COMMAND);
		return true;
	case AS_ACTION_FIND:
		if (call->args) {
			snprintf(t->find, sizeof t->find, "%s", call->args);
			find(t, 1);
		} else {
			open_prompt(t, TUI_PROMPT_FIND);
		}
		return true;
	case AS_ACTION_FIND_NEXT:
		find(t, 1);
		return true;
	case AS_ACTION_FIND_PREV:
		find(t, -1);
		return true;
	case AS_ACTION_NEXT_PROBLEM:
		next_problem(t);
		return true;
	case AS_ACTION_REDRAW:
		tui_screen_forget(t->screen);
		return true;
	case AS_ACTION_THEME:
		set_theme(t, call->args);
		return true;
	case AS_ACTION_GOTO:
		go_to(t, call->args);
		return true;
	default:
		return false;
	}
}
