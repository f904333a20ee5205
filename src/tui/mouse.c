#include "tui/mouse.h"

#include "tui/compose.h"

#define TWICE_S 0.4    /* a second click so soon is Enter */
#define WHEEL_ROWS 3

/* Rows where there are rows, else what is near or far. */
static void turn_wheel(struct tui *t, bool up)
{
	enum as_action_place place = t->n_dialogs ? AS_PLACE_DIALOG : t->panes[t->m.focus].ops->place;
	enum as_action a = up ? AS_ACTION_UP : AS_ACTION_DOWN;
	int count = place == AS_PLACE_DIALOG ? 0 : WHEEL_ROWS;

	if (place == AS_PLACE_TIMELINE || place == AS_PLACE_LAG)
		count = 0;
	if (place == AS_PLACE_TIMELINE)
		a = up ? AS_ACTION_ZOOM_IN : AS_ACTION_ZOOM_OUT;
	else if (place == AS_PLACE_LAG)
		a = up ? AS_ACTION_LAG_SHORTER : AS_ACTION_LAG_LONGER;
	tui_do(t, a, &(struct tui_call){.count = count});
}

static void click(struct tui *t, const struct tui_part_of_screen *on, const struct tui_spot *s, struct tui_key key)
{
	bool again = key.row == t->click.row && key.col == t->click.col && t->m.now_s - t->click.at_s < TWICE_S;
	bool opens = s->inside && on->ops->click && on->ops->click(on->state, t, s->at);

	t->click.row = key.row;
	t->click.col = key.col;
	/* The third one is a first one. */
	t->click.at_s = again || !opens ? -TWICE_S : t->m.now_s;
	if (again && opens)
		tui_do(t, AS_ACTION_ACTIVATE, NULL);
}

void tui_mouse_in(struct tui *t, struct tui_key key)
{
	struct tui_spot s = tui_spot_at(t, key.row, key.col);

	if (s.kind == TUI_SPOT_PANE)
		t->m.focus = s.pane;
	if (s.kind == TUI_SPOT_KEY && key.special == TUI_KEY_CLICK && s.action != AS_ACTION_NONE)
		tui_do(t, s.action, NULL);
	if (s.kind != TUI_SPOT_PANE && s.kind != TUI_SPOT_DIALOG)
		return;
	if (key.special == TUI_KEY_CLICK)
		click(t, s.kind == TUI_SPOT_DIALOG ? &t->dialogs[t->n_dialogs - 1] : &t->panes[s.pane], &s, key);
	else
		turn_wheel(t, key.special == TUI_KEY_WHEEL_UP);
}
