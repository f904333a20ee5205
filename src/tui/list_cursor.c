#include "tui/list_cursor.h"

static const struct tui_cell *cell_at(struct tui_canvas c, int row, int col)
{
	return &c.cells[(size_t)row * (size_t)c.stride + (size_t)col];
}

void tui_list_cursor(struct tui_canvas c, int row, int sign, int col, int cols, bool keys)
{
	int end = col + cols < c.cols ? col + cols : c.cols;

	if (row < 0 || row >= c.rows)
		return;
	if (!keys) {
		tui_put_char(c, row, sign, TUI_VALUE, tui_glyph(c, TUI_G_HERE));
		return;
	}
	while (end > col + 1 && cell_at(c, row, end - 1)->ch[0] == ' ')
		end--;
	tui_lay(c, row, col - 1, 1, (end < c.cols ? end + 1 : end) - col + 1, TUI_CURSOR);
}
