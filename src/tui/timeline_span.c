/* Which clip is drawn where. */
#include <math.h>
#include <stdlib.h>

#include "tui/timeline.h"
#include "tui/timeline_place.h"

#define UNKNOWN_S 10.0 /* is taken for the length of a clip that nobody knows yet */
#define COVERS 1e6     /* to lie at the cursor counts before everything */

static double length_s(const struct as_clip *c)
{
	return c->duration_s > 0 && isfinite(c->duration_s) ? c->duration_s : UNKNOWN_S;
}

/* Without places: the clips of each track one behind another. */
static double in_order(struct tui_timeline *tl, const struct tui_model *m)
{
	const struct as_snapshot *s = m->snap;
	double end_s = 0;

	for (int track = 0; track < s->n_tracks; track++) {
		double at_s = 0;

		for (int i = 0; i < s->n_clips; i++) {
			if (s->clips[i].track != track)
				continue;
			tl->span[i] = (struct tui_span){at_s, at_s + length_s(&s->clips[i]), s->clips[i].state != AS_CLIP_FAILED};
			at_s = tl->span[i].on ? tl->span[i].to_s : at_s;
		}
		end_s = fmax(end_s, at_s);
	}
	return end_s;
}

bool tui_timeline_spans(struct tui_timeline *tl, const struct tui_model *m, double *begin_s, double *end_s)
{
	const struct as_snapshot *s = m->snap;
	struct tui_ghost ghost[TUI_GHOSTS_MAX];
	int n;

	*begin_s = *end_s = 0;
	if (tl->n_spans != s->n_clips || !tl->span) {
		struct tui_span *span = realloc(tl->span, ((size_t)s->n_clips + 1) * sizeof *span);

		if (!span)
			return false;
		tl->span = span;
		tl->n_spans = s->n_clips;
	}
	tl->placed = s->placements != NULL;
	if (!tl->placed) {
		*end_s = in_order(tl, m);
		return true;
	}
	*end_s = s->timeline_s > 0 && isfinite(s->timeline_s) ? s->timeline_s : 0;
	for (int i = 0; i < s->n_clips; i++) {
		struct tui_span *p = &tl->span[i];

		p->on = tui_clip_span(m, i, &p->from_s, &p->to_s) && isfinite(p->to_s);
		if (p->on)
			*end_s = fmax(*end_s, p->to_s);
	}
	n = tui_ghosts(m, m->clip, ghost);
	for (int i = 0; i < n; i++) {
		*begin_s = fmin(*begin_s, ghost[i].from_s);
		*end_s = fmax(*end_s, ghost[i].to_s);
	}
	return true;
}

static bool covers(const struct tui_timeline *tl, int clip, double at_s)
{
	return clip >= 0 && clip < tl->n_spans && tl->span[clip].on && at_s >= tl->span[clip].from_s && at_s < tl->span[clip].to_s;
}

int tui_timeline_clip_at(const struct tui_timeline *tl, const struct tui_model *m, int track, double at_s, int preferred)
{
	int found = -1;

	for (int i = 0; i < tl->n_spans; i++)
		if (m->snap->clips[i].track == track && covers(tl, i, at_s) && (found < 0 || i == preferred))
			found = i;
	return found;
}

/* How much one would like to compare the two; 0: they do not lie over each other. */
static double worth(const struct tui_timeline *tl, const struct tui_model *m, int clip, int other, double at_s)
{
	const struct as_snapshot *s = m->snap;
	const struct tui_span *a = &tl->span[clip], *b = &tl->span[other];
	double over_s = fmin(a->to_s, b->to_s) - fmax(a->from_s, b->from_s), w;

	if (other == clip || s->clips[other].track == s->clips[clip].track || !b->on || !(over_s > 0))
		return 0;
	w = 1 + over_s / (over_s + 1);
	for (int i = 0; i < s->clips[clip].n_matches; i++) {
		const struct as_match *x = &s->matches[s->clips[clip].matches[i]];

		if ((x->a == other || x->b == other) && isfinite(x->score) && x->score > 0)
			w = fmax(w, 2 + x->score + (x->used ? 1000 : 0));
	}
	return covers(tl, other, at_s) && covers(tl, clip, at_s) ? w + COVERS : w;
}

int tui_timeline_beside(const struct tui_timeline *tl, const struct tui_model *m, int clip, double at_s, int *out, int most)
{
	int n = 0;

	if (clip < 0 || clip >= tl->n_spans || !tl->placed || !tl->span[clip].on)
		return 0;
	for (int i = 0; i < tl->n_spans; i++) {
		double w = worth(tl, m, clip, i, at_s);
		int k = n < most ? n : most - 1;

		if (!(w > 0) || (n == most && !(w > worth(tl, m, clip, out[k], at_s))))
			continue;
		for (; k > 0 && w > worth(tl, m, clip, out[k - 1], at_s); k--)
			out[k] = out[k - 1];
		out[k] = i;
		n += n < most;
	}
	return n;
}
