/* Which recordings the drift tool begins with. */
#include <math.h>

#include "tui/drift.h"

/* How long both sound, by their places. */
static double shared_s(const struct tui *t, int a, int b)
{
	double a_from, a_to, b_from, b_to;

	if (!tui_clip_span(&t->m, a, &a_from, &a_to) || !tui_clip_span(&t->m, b, &b_from, &b_to))
		return 0;
	return fmax(fmin(a_to, b_to) - fmax(a_from, b_from), 0);
}

/* What can tell the clip's drift: the reference track's clip that shares most with it, else another track's; where nothing is
 * placed the reference track's first. */
static int find_beside(const struct tui *t, int clip)
{
	const struct as_snapshot *s = t->m.snap;
	double most_s = 0;
	bool by_reference = false;
	int beside = -1;

	for (int i = 0; i < s->n_clips; i++) {
		bool reference = s->tracks[s->clips[i].track].reference;
		double both_s;

		if (i == clip || (!reference && clip >= 0 && s->clips[i].track == s->clips[clip].track))
			continue;
		both_s = clip >= 0 ? shared_s(t, i, clip) : 0;
		if ((beside < 0 && reference) || (both_s > 0 && (reference > by_reference || (reference == by_reference && both_s > most_s)))) {
			beside = i;
			most_s = both_s;
			by_reference = both_s > 0 && reference;
		}
	}
	return beside;
}

void tui_drift_clips(const struct tui *t, int *clip, int *beside)
{
	const struct as_snapshot *s = t->m.snap;
	int first = -1, second = -1;

	for (int i = 0; i < s->n_clips; i++) {
		if (!t->m.marked || !t->m.marked[i])
			continue;
		if (first < 0)
			first = i;
		else if (second < 0)
			second = i;
	}
	if (second < 0) {
		second = first >= 0 ? first : t->m.clip;
		first = find_beside(t, second);
	}
	*clip = second;
	*beside = first;
}
