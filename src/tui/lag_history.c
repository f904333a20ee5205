/* What the lag was, for as long as anybody looks back: some thousand columns, however many weeks it runs. */
#include <math.h>

#include "tui/lag.h"

#define T_MOST_S 1e10  /* 300 years: what is later, or before the beginning, is no time */
#define LEAP_MS 1000.0 /* older than a leap like this is another matter */

double tui_lag_pace_s(int pace)
{
	static const double s[TUI_LAG_PACES] = {0.5, 2, 10, 30, 120, 600, 1800, 3600};

	return s[pace < 0 ? 0 : pace >= TUI_LAG_PACES ? TUI_LAG_PACES - 1 : pace];
}

void tui_lag_history_clear(struct tui_lag_history *h)
{
	for (int p = 0; p < TUI_LAG_PACES; p++)
		h->last[p] = -1;
}

static struct tui_lag_col *slot(struct tui_lag_history *h, int pace, int64_t number)
{
	return &h->col[pace][number % TUI_LAG_COLS];
}

/* The column of that time, empty if it is new; NULL: older than what is kept. */
static struct tui_lag_col *column(struct tui_lag_history *h, int pace, int64_t number)
{
	int64_t last = h->last[pace], from = last + 1;

	if (number <= last - TUI_LAG_COLS)
		return NULL;
	if (from <= number - TUI_LAG_COLS)
		from = number - TUI_LAG_COLS + 1;
	for (int64_t i = from; i <= number; i++)
		*slot(h, pace, i) = (struct tui_lag_col){.low_ms = NAN, .high_ms = NAN};
	if (number > last)
		h->last[pace] = number;
	return slot(h, pace, number);
}

void tui_lag_history_add(struct tui_lag_history *h, const struct as_live_reading *r)
{
	if (!(r->t_s >= 0 && r->t_s < T_MOST_S) || (unsigned)r->state > AS_LIVE_PAUSED)
		return;
	for (int p = 0; p < TUI_LAG_PACES; p++) {
		struct tui_lag_col *x = column(h, p, (int64_t)floor(r->t_s / tui_lag_pace_s(p)));

		if (!x)
			continue;
		x->seen |= (uint8_t)(1u << r->state);
		if (r->state != AS_LIVE_LOCKED || !isfinite(r->lag_ms))
			continue;
		/* fmin and fmax pass over NAN. */
		x->low_ms = fmin(x->low_ms, r->lag_ms);
		x->high_ms = fmax(x->high_ms, r->lag_ms);
		if (r->lag_err_ms > 0 && isfinite(r->lag_err_ms))
			x->err_ms = fmaxf(x->err_ms, (float)r->lag_err_ms);
	}
}

const struct tui_lag_col *tui_lag_history_at(const struct tui_lag_history *h, int pace, int back)
{
	int64_t number = h->last[pace] - back;

	return back < 0 || back >= TUI_LAG_COLS || number < 0 ? NULL : &h->col[pace][number % TUI_LAG_COLS];
}

bool tui_lag_col_has(const struct tui_lag_col *x)
{
	return x && isfinite(x->low_ms);
}

bool tui_lag_history_range(const struct tui_lag_history *h, int pace, int cols, double *low_ms, double *high_ms)
{
	double newer_ms = NAN;

	*low_ms = *high_ms = NAN;
	for (int i = 0; i < cols; i++) {
		const struct tui_lag_col *x = tui_lag_history_at(h, pace, i);

		if (!tui_lag_col_has(x))
			continue;
		if (fabs(x->high_ms - newer_ms) > LEAP_MS)
			break;
		newer_ms = x->low_ms;
		*low_ms = fmin(*low_ms, x->low_ms);
		*high_ms = fmax(*high_ms, x->high_ms);
	}
	return isfinite(*low_ms);
}
