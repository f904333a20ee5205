#include "tui/list.h"

#define CALM_ROWS 6 /* lists of so many rows go on by a third of them */

int tui_list_step(enum as_action action, int n, int page)
{
	switch (action) {
	case AS_ACTION_UP:
	case AS_ACTION_FIELD_PREV:
		return -1;
	case AS_ACTION_DOWN:
	case AS_ACTION_FIELD_NEXT:
		return 1;
	case AS_ACTION_PAGE_UP:
		return -page;
	case AS_ACTION_PAGE_DOWN:
		return page;
	case AS_ACTION_TOP:
		return -n - 1;
	case AS_ACTION_BOTTOM:
		return n + 1;
	default:
		return 0;
	}
}

int tui_list_clamp(int row, int n)
{
	return row >= n ? (n > 0 ? n - 1 : 0) : row < 0 ? 0 : row;
}

int tui_list_top(int top, int at, int n, int room)
{
	/* All rows are sent anew when they move: not with each step. */
	int more = room >= CALM_ROWS ? room / 3 : 0;

	if (at >= 0 && at < top)
		top = at - more;
	if (at >= top + room)
		top = at - room + 1 + more;
	if (top > n - room)
		top = n - room;
	return top < 0 ? 0 : top;
}
