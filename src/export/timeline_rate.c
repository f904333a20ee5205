/* The rate and the picture that a timeline gets from its footage. */
#include <math.h>
#include <stdlib.h>

#include "export/timeline_private.h"

#define DEFAULT_WIDTH 1920
#define DEFAULT_HEIGHT 1080

bool as_timeline_nominal_rate(int num, int den, struct as_frame_rate *out, bool *variable)
{
	static const struct as_frame_rate usual[] = {
		{24, 1, false}, {25, 1, false},  {30, 1, false},  {48, 1, false}, {50, 1, false},
		{60, 1, false}, {100, 1, false}, {120, 1, false}, {240, 1, false}};
	double best = 0.06;
	*variable = false;
	if (num <= 0 || den <= 0)
		return false;
	const double fps = (double)num / den;
	if (as_rate_from_fps(fps, out))
		return true;
	*variable = true;
	for (size_t i = 0; i < sizeof usual / sizeof usual[0]; i++) {
		double off = fabs(log(fps / usual[i].num));
		if (off >= best)
			continue;
		best = off;
		*out = usual[i];
	}
	if (best < 0.06)
		return true;
	*out = (struct as_frame_rate){(int)fmin(fmax(rint(fps), 1), 240), 1, false};
	return true;
}

struct as_frame_rate as_timeline_with_drop(struct as_frame_rate rate, bool drop)
{
	struct as_frame_rate r = {rate.num, rate.den, true};
	return drop && as_rate_valid(r) ? r : rate;
}

static bool rate_of_clip(const struct as_clip *c, struct as_frame_rate *out)
{
	const struct as_part *f = c->files && c->n_parts > 0 ? &c->files[0] : NULL;
	bool variable;
	if (!c->has_video)
		return false;
	if (!f || f->picture.fps_num <= 0)
		return as_rate_from_fps(c->fps, out);
	if (!as_timeline_nominal_rate(f->picture.fps_num, f->picture.fps_den, out, &variable))
		return false;
	*out = as_timeline_with_drop(*out, f->tc_drop && isfinite(f->start_tc_s));
	return true;
}

/* Editing programs have few rates. One of another rate is edited at the nearest of theirs that is a multiple of it, or a
 * part: 10 at 30, 240 at 120. */
static struct as_frame_rate editing_rate(struct as_frame_rate rate)
{
	static const struct as_frame_rate known[] = {
		{24000, 1001, false}, {24, 1, false}, {25, 1, false}, {30000, 1001, false},
		{30, 1, false},       {50, 1, false}, {60000, 1001, false}, {60, 1, false},
		{120, 1, false}};
	struct as_frame_rate best = {25, 1, false};
	double least = 1e9;
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		double ratio = as_rate_seconds(1, rate) / as_rate_seconds(1, known[i]);
		double whole = ratio >= 1 ? ratio : 1 / ratio;
		double far = fabs(log(ratio)) + (fabs(whole - rint(whole)) < 1e-6 ? 0 : 100);
		if (as_rate_same_speed(rate, known[i]))
			return rate;
		if (far < least) {
			least = far;
			best = known[i];
		}
	}
	return best;
}

struct as_frame_rate as_timeline_footage_rate(const struct as_snapshot *snap)
{
	enum { KINDS = 64 };
	struct {
		struct as_frame_rate rate;
		double s;
	} kinds[KINDS];
	int n = 0, best = -1;
	for (int i = 0; i < snap->n_clips; i++) {
		struct as_frame_rate r;
		const struct as_clip *c = &snap->clips[i];
		int k = 0;
		if (!rate_of_clip(c, &r))
			continue;
		while (k < n && !(as_rate_same_speed(kinds[k].rate, r) && kinds[k].rate.drop == r.drop))
			k++;
		if (k == KINDS)
			continue;
		if (k == n) {
			kinds[n].rate = r;
			kinds[n++].s = 0;
		}
		/* Footage without a place counts only where there is no other. */
		double s = isfinite(c->duration_s) && c->duration_s > 0 ? c->duration_s : 0;
		kinds[k].s += as_timeline_is_placed(snap, i) ? s : s * 1e-9;
		if (best < 0 || kinds[k].s > kinds[best].s)
			best = k;
	}
	return best < 0 ? (struct as_frame_rate){25, 1, false} : editing_rate(kinds[best].rate);
}

/* The size that most of the footage has. */
void as_timeline_choose_picture(struct as_timeline_builder *b)
{
	enum { KINDS = 64 };
	struct as_timeline *t = b->t;
	double s[KINDS] = {0};
	const struct as_timeline_media *kinds[KINDS], *best = NULL;
	double best_s = 0;
	int n = 0;
	for (int i = 0; i < t->n_media; i++) {
		const struct as_timeline_media *m = &t->media[i];
		int k = 0;
		t->has_video |= m->has_video;
		if (!m->has_video || m->width <= 0)
			continue;
		while (k < n && (kinds[k]->width != m->width || kinds[k]->height != m->height))
			k++;
		if (k == KINDS)
			continue;
		if (k == n)
			kinds[n++] = m;
		s[k] += m->duration_s;
		if (!best || s[k] > best_s) {
			best = kinds[k];
			best_s = s[k];
		}
	}
	t->width = best ? best->width : DEFAULT_WIDTH;
	t->height = best ? best->height : DEFAULT_HEIGHT;
	t->pixel_num = best ? best->pixel_num : 1;
	t->pixel_den = best ? best->pixel_den : 1;
	t->sample_rate_hz = (int)lround(fmin(fmax(b->snap->sample_rate_hz, 0), 1e6));
	if (t->sample_rate_hz < 8000)
		t->sample_rate_hz = 48000;
}
