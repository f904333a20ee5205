/* The lag of what plays now as the interface knows it: the meter's last readings, their history, and how they read. Pure. */
#ifndef AS_TUI_LAG_H
#define AS_TUI_LAG_H

#include <audiosync/live.h>

#include "tui/canvas.h"

/* --- history ----------------------------------------------------------------------------------------------------- */

#define TUI_LAG_COLS 640 /* columns that are kept of each pace, whatever comes */
#define TUI_LAG_PACES 8

struct tui_lag_col {
	double low_ms, high_ms; /* not calibrated; NAN: no lock in its time */
	float err_ms;           /* the largest */
	uint8_t seen;           /* a bit for each enum as_live_state that was */
};

/* Rings of columns: half a second each in the first, an hour in the last. */
struct tui_lag_history {
	int64_t last[TUI_LAG_PACES]; /* number of the newest column; -1: none yet */
	struct tui_lag_col col[TUI_LAG_PACES][TUI_LAG_COLS];
};

double tui_lag_pace_s(int pace);
void tui_lag_history_clear(struct tui_lag_history *h);
void tui_lag_history_add(struct tui_lag_history *h, const struct as_live_reading *r);
/* The column `back` before the newest one; NULL: not known. */
const struct tui_lag_col *tui_lag_history_at(const struct tui_lag_history *h, int pace, int back);
/* It was locked in its time. */
bool tui_lag_col_has(const struct tui_lag_col *x);
/* Lowest and highest of the newest `cols` columns, but for what lies before a leap; false: there was no lock in them (both NAN). */
bool tui_lag_history_range(const struct tui_lag_history *h, int pace, int cols, double *low_ms, double *high_ms);

/* --- the meter ----------------------------------------------------------------------------------------------------- */

struct tui_lag {
	bool heard;                     /* a reading has come */
	struct as_live_status status;
	struct as_live_reading now;     /* the latest */
	double now_at_s;                /* the interface's clock when it came */
	struct as_live_reading shown;   /* what figures say: follows `now` calmly, so that they can be read */
	double shown_at_s;
	bool stopped;                   /* by the user */
	double saved_ms;                /* the calibration that files know; NAN: none */
	int pace;                       /* of the history that is drawn */
	struct tui_lag_history history;
};

/* Beside the meter's states: it has ended. */
#define TUI_LAG_ENDED (AS_LIVE_PAUSED + 1)

void tui_lag_reset(struct tui_lag *g);
/* True where what is shown changes by it. */
bool tui_lag_take(struct tui_lag *g, const struct as_live_reading *r, double at_s);
/* True where it says something else than before. */
bool tui_lag_take_status(struct tui_lag *g, const struct as_live_status *s);
/* enum as_live_state, or TUI_LAG_ENDED. */
int tui_lag_state(const struct tui_lag *g);
/* Calibrated, of what is shown; NAN unless locked. */
double tui_lag_ms(const struct tui_lag *g);
/* The last lock's, calibrated, and how long ago it was; NAN: there was none. */
double tui_lag_last_ms(const struct tui_lag *g, double at_s, double *ago_s);

/* --- how it reads --------------------------------------------------------------------------------------------------- */

#define TUI_LAG_TEXT_BYTES 32

enum tui_lag_zone { TUI_LAG_PRODUCTION, TUI_LAG_R37, TUI_LAG_OUTSIDE };

/* Of a calibrated lag: production -5 … +15 ms, EBU R37 -40 … +60 ms. */
enum tui_lag_zone tui_lag_zone(double ms);
enum tui_style tui_lag_zone_style(enum tui_lag_zone z);
/* "+12.3", "-95.217", "0.0", "--" for what is no number; *unit is "ms" or "s". */
const char *tui_lag_figure(double ms, char *out, size_t n, const char **unit);
/* "+12.3", "0.0" */
const char *tui_lag_tenths(double ms, char *out, size_t n);
/* "±0.2 ms", "" for what is no number. */
const char *tui_lag_error(double ms, bool unicode, char *out, size_t n);
/* "12 s", "3:10", "2 days": how long ago. */
const char *tui_lag_ago(double s, char *out, size_t n);
/* "LOCKED", "no match" …: mark, style, word of the state. */
struct tui_lag_mark {
	enum tui_glyph glyph;
	enum tui_style style;
	const char *word;
};
struct tui_lag_mark tui_lag_mark(const struct tui_lag *g);
/* What there is to say beside the state: what it waits for, why it ended … "" if nothing. */
const char *tui_lag_state_words(const struct tui_lag *g, char *out, size_t n);
/* "locked, -83.4 ms ±0.2 ms", "waiting for the download", "paused": for the log. */
const char *tui_lag_change_words(const struct tui_lag *g, bool unicode, char *out, size_t n);
/* "last -83.4 ms, 12 s ago"; "" while locked, and before the first lock. */
const char *tui_lag_last_words(const struct tui_lag *g, double at_s, char *out, size_t n);

/* --- drawing -------------------------------------------------------------------------------------------------------- */

/* Where a lag lies on a ladder of `cols` columns: -1 and cols where it is off the scale. */
int tui_lag_col(double ms, int cols);
/* Labels in one row, the ladder in the next; tall: the needle's head in a third one. ms NAN: no needle. */
void tui_lag_ladder(struct tui_canvas c, int row, int col, int cols, bool tall, double ms);
/* The newest `cols` columns of the history in one row, calibrated by cal_ms; *low_ms and *high_ms: what its bottom and top mean, NAN
 * where there is nothing. */
void tui_lag_spark(const struct tui_lag_history *h, int pace, struct tui_canvas c, int row, int col, int cols, double cal_ms, double *low_ms,
		   double *high_ms);
/* Lag over time with its error; nothing where there is no room. */
void tui_lag_plot(const struct tui_lag *g, struct tui_canvas c);
/* What the letters below a plot of so many columns stand for: "x lost  ? searching"; "" if it has none. Returns out. */
const char *tui_lag_plot_marks(const struct tui_lag *g, int cols, char *out, size_t n);
enum tui_lag_fact { TUI_LAG_SCORE, TUI_LAG_DRIFT, TUI_LAG_POSITION, TUI_LAG_LEVEL, TUI_LAG_XRUNS, TUI_LAG_CALIBRATION, TUI_LAG_FACTS };

/* Label and value in exactly cols columns: what changes does not move what stands behind it. */
void tui_lag_fact(const struct tui_lag *g, enum tui_lag_fact f, struct tui_canvas c, int row, int col, int cols);
/* The facts that there is room for, those that matter most first. */
void tui_lag_brief_facts(const struct tui_lag *g, struct tui_canvas c, int row, int col, int cols);
/* "reference  song.flac  3:35" */
void tui_lag_reference(const struct tui_lag *g, struct tui_canvas c, int row, int col, int cols);
void tui_lag_capture(const struct tui_lag *g, struct tui_canvas c, int row, int col, int cols);
/* Large figures: 3 rows (half blocks, one column a dot; not in ASCII), or a multiple of 5. Characters other than digits, sign and point are
 * blank. Returns the columns used. */
struct tui_lag_size {
	int rows, dot_cols;
};
int tui_lag_digits(struct tui_canvas c, int row, int col, struct tui_lag_size size, enum tui_style style, const char *text);
int tui_lag_digits_cols(struct tui_lag_size size, const char *text);

#endif
