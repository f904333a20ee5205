#include "media/playout.h"

#include <math.h>

/* What players keep at least, so that packets may tremble. */
#define CUSHION_S 0.2

/* When the next frame is heard, if it comes in time. By its number: sums of durations would run away in weeks. */
static double next_s(const struct as_playout *p)
{
	return p->begin_s + (double)p->next / p->rate_hz;
}

void as_playout_add(struct as_playout *p, int n, double arrival_s, double held_s, int64_t *frame, double *time_s)
{
	if (!p->started) {
		p->started = true;
		p->begin_s = arrival_s + CUSHION_S;
	}
	p->excuse_s += held_s;
	const double late_s = arrival_s - next_s(p);
	if (late_s <= 0) {
		p->excuse_s = 0;
	} else if (late_s > p->excuse_s) {
		p->next += (int64_t)ceil((late_s - p->excuse_s + CUSHION_S) * p->rate_hz);
		p->gaps++;
	}
	*frame = p->next;
	*time_s = next_s(p);
	p->next += n;
}
