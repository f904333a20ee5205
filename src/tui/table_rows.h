/* The confidence table without its screen: what its columns are, say and sort by, which rows a filter leaves, how wide columns are. */
#ifndef AS_TUI_TABLE_ROWS_H
#define AS_TUI_TABLE_ROWS_H

#include "tui/model.h"

enum tui_column {
	TUI_COL_CLIP, TUI_COL_TRACK, TUI_COL_ISLAND, TUI_COL_START, TUI_COL_ERROR, TUI_COL_SCORE, TUI_COL_ALARM, TUI_COL_MARGIN,
	TUI_COL_DRIFT, TUI_COL_SEGMENTS, TUI_COL_VERDICT, TUI_COLS
};

struct tui_column_row {
	const char *word;        /* in commands: "drift" */
	const char *head, *brief; /* headings where there is room and where there is little */
	enum tui_fit fit;
	int cols;                /* width that its figures need; 0: as they are */
	int spare;               /* left out where there is no room, the highest first; 0: never */
	bool falls;              /* sorted from high to low at first */
	const char *rising, *falling; /* the two orders in words */
	const char *meaning;     /* for who has never heard of it */
};
const struct tui_column_row *tui_column_row(enum tui_column column);
/* By its word, or as much of it as tells it apart; TUI_COLS: there is none such. */
enum tui_column tui_column_find(const char *word);

enum tui_filter {
	TUI_FILTER_ALL, TUI_FILTER_OPEN, TUI_FILTER_AMBIGUOUS, TUI_FILTER_WEAK, TUI_FILTER_UNPLACED, TUI_FILTER_FAILED,
	TUI_FILTER_MODERATE, TUI_FILTER_STRONG, TUI_FILTER_LOCKED, TUI_FILTER_MARKED, TUI_FILTERS
};
const char *tui_filter_word(enum tui_filter filter);
enum tui_filter tui_filter_find(const char *word); /* TUI_FILTERS: none such */
bool tui_filter_shows(enum tui_filter filter, const struct tui_model *m, int clip);

/* The figure that a column sorts by; NAN where it has none, and for names. */
double tui_table_value(const struct tui_model *m, int clip, enum tui_column column);
/* The cell's text: safe, "--" where there is nothing. Returns out. */
char *tui_table_cell(const struct tui_model *m, int clip, enum tui_column column, char *out, size_t n);

/* The clips that the filter leaves, sorted; rows without a figure come last in either order, equal ones stay in the order of the
 * tracks. Heap, *n of them; NULL when out of memory. */
int *tui_table_order(const struct tui_model *m, enum tui_column by, bool falling, enum tui_filter filter, int *n);

#define TUI_TABLE_LEFT 3 /* columns before the first: a mark, the state, a blank */

#define TUI_TABLE_ARROW 2 /* columns behind the heading that it is sorted by */

/* Widths in `cols` columns; 0: left out. What the table is sorted by stays. */
struct tui_widths {
	int clip, track; /* as wide as names are … */
	int drift;       /* … and figures */
	bool islands;    /* more than one */
	int cols[TUI_COLS];
};
void tui_table_measure(struct tui_widths *w, const struct tui_model *m);
void tui_table_settle(struct tui_widths *w, int cols, enum tui_column by);

#endif
