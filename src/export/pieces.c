#include "export/pieces.h"

#include <math.h>
#include <stdlib.h>

#define WHOLE 1e-6 /* frames: positions this near to a frame are on it */
#define JOINT 1e-3 /* clip frames: pieces that meet this well go on without a fade */

/* Where one stretch puts its clip: the timeline frame of the clip's frame 0, and clip frames per
 * timeline frame. */
struct line {
	double origin, step;
};

static double snap(double x)
{
	return fabs(x - rint(x)) < WHOLE ? rint(x) : x;
}

/* Between clock knots knot - 1 and knot; before the first and after the last the clock is even. */
static struct line line_of(double out_hz, const struct as_stitch_clip *c, int segment, int knot)
{
	double start_s = c->segments[segment].start_s;
	double ratio = 1 + c->speed_ppm * 1e-6;
	if (knot > 0 && knot < c->n_clock) {
		const struct as_clock_knot *k = &c->clock[knot - 1];
		double late = (k[1].shift_s - k[0].shift_s) / (k[1].at_s - k[0].at_s);
		start_s += k[0].shift_s - late * k[0].at_s;
		ratio = 1 / (1 / ratio + late);
	} else if (c->n_clock > 0) {
		start_s += c->clock[knot > 0 ? c->n_clock - 1 : 0].shift_s;
	}
	return (struct line){.origin = snap(start_s * out_hz), .step = c->rate_hz / out_hz * ratio};
}

/* The first timeline frame at or after a clip frame. */
static int64_t frame_at(struct line l, double clip_frame)
{
	return (int64_t)ceil(snap(l.origin + clip_frame / l.step));
}

static enum as_status check_clip(const struct as_stitch_clip *c, struct as_error *err)
{
	const char *name = c->n_parts > 0 ? c->parts[0] : "?";
	double ratio = 1 + c->speed_ppm * 1e-6;
	if (c->n_parts < 1 || c->n_segments < 1 || c->channels < 1 || c->frames < 0)
		return as_fail(err, AS_ERR_INVALID, "%s: clip without parts, place or sound", name);
	if (!(c->rate_hz >= 1 && c->rate_hz <= 1e7) || !(ratio > 0.5 && ratio < 2))
		return as_fail(err, AS_ERR_INVALID, "%s: rate or drift out of range", name);
	for (int i = 0; i < c->n_segments; i++)
		if (!(fabs(c->segments[i].start_s) < 1e7))
			return as_fail(err, AS_ERR_INVALID, "%s: position out of range", name);
	for (int i = 1; i < c->n_clock; i++) {
		double dt = c->clock[i].at_s - c->clock[i - 1].at_s;
		if (!(dt > 0) || !(fabs(c->clock[i].shift_s - c->clock[i - 1].shift_s) < 0.1 * dt))
			return as_fail(err, AS_ERR_INVALID, "%s: clock out of range", name);
	}
	return AS_OK;
}

/* Joins two neighbouring pieces of one clip where their places differ. Both still run without
 * limits of the timeline. */
static void splice(struct as_piece *a, struct as_piece *b, struct line la, struct line lb,
		   double frames, int64_t fade)
{
	int64_t gap = b->begin - a->end;
	double at = (double)b->begin;
	b->joins = gap == 0 && fabs((at - la.origin) * la.step - (at - lb.origin) * lb.step) < JOINT;
	if (b->joins)
		return;
	if (gap > fade)
		return; /* samples were lost: silence */
	if (gap >= 0) {
		/* A step too small for two fades: the sound before b serves for a crossfade. */
		int64_t first = frame_at(lb, 0);
		b->begin -= gap + fade;
		if (b->begin < first)
			b->begin = first;
		if (b->begin <= a->begin)
			b->begin = a->begin + 1;
		return;
	}
	/* Samples were gained: a's surplus goes, but for what the crossfade needs; a short
	 * surplus is made up from beyond. */
	int64_t last = frame_at(la, frames);
	a->end = b->begin + fade;
	if (a->end > last)
		a->end = last;
}

struct layer {
	const struct as_stitch_job *job;
	int clip;
	struct as_piece *out;
	int n;
	struct line before;
};

/* Adds clip frames [from, to) on line l after what is there. */
static void add_stretch(struct layer *y, struct line l, double from, double to)
{
	const struct as_stitch_clip *c = &y->job->clips[y->clip];
	const int64_t fade = (int64_t)rint(y->job->declick_s * y->job->spec.rate_hz);
	struct as_piece p = {.clip = y->clip,
			     .begin = frame_at(l, from),
			     .end = frame_at(l, to),
			     .position = l.origin, /* until place() */
			     .step = l.step};
	if (p.begin >= p.end)
		return;
	if (y->n > 0 && fabs(y->before.origin - l.origin) < WHOLE &&
	    fabs(y->before.step - l.step) < 1e-15) {
		y->out[y->n - 1].end = p.end; /* the same line goes on */
		return;
	}
	if (y->n > 0)
		splice(&y->out[y->n - 1], &p, y->before, l, (double)c->frames, fade);
	y->out[y->n++] = p;
	y->before = l;
}

/* Adds the pieces of one clip to out; returns how many. */
static int add_clip(const struct as_stitch_job *job, int clip, struct as_piece *out)
{
	const struct as_stitch_clip *c = &job->clips[clip];
	const double frames = (double)c->frames;
	struct layer y = {.job = job, .clip = clip, .out = out};
	double done =
		0; /* segments never overlap, whoever made them: there is room for no more pieces */
	for (int i = 0; i < c->n_segments; i++) {
		const struct as_segment *s = &c->segments[i];
		double from = i == 0 ? 0 : fmin(fmax(s->from_s * c->rate_hz, done), frames);
		double to = i + 1 == c->n_segments ? frames
						   : fmin(fmax(s->to_s * c->rate_hz, from), frames);
		for (int k = 0; k <= c->n_clock; k++) {
			double lo = k == 0 ? from : fmax(from, c->clock[k - 1].at_s * c->rate_hz);
			double hi = k == c->n_clock ? to : fmin(to, c->clock[k].at_s * c->rate_hz);
			if (lo < hi)
				add_stretch(&y, line_of(job->spec.rate_hz, c, i, k), lo, hi);
		}
		done = to;
	}
	return y.n;
}

/* Cuts to the timeline and sets the position at the begin; false if nothing is left. */
static bool place(struct as_piece *p, int64_t total)
{
	double origin = p->position;
	if (p->begin < 0)
		p->begin = 0;
	if (p->end > total)
		p->end = total;
	p->position = fmax(0, ((double)p->begin - origin) * p->step);
	if (fabs(p->step - 1) < 1e-13) {
		p->step = 1;
		p->position = snap(p->position);
	}
	return p->begin < p->end;
}

static int by_begin(const void *a, const void *b)
{
	const struct as_piece *x = a, *y = b;
	if (x->begin != y->begin)
		return x->begin < y->begin ? -1 : 1;
	if (x->clip != y->clip)
		return x->clip < y->clip ? -1 : 1;
	return x->end < y->end ? -1 : x->end > y->end;
}

static void set_fades(const struct as_stitch_job *job, struct as_pieces *p)
{
	const int64_t declick = (int64_t)rint(job->declick_s * job->spec.rate_hz);
	const int64_t cross = (int64_t)rint(job->crossfade_s * job->spec.rate_hz);
	int64_t covered = 0;
	for (int i = 0; i < p->n; i++) {
		struct as_piece *x = &p->v[i];
		int64_t overlap = covered - x->begin;
		x->fade_in = x->begin == 0 || x->joins ? 0 : declick;
		if (!x->joins && overlap > declick && overlap <= 2 * cross)
			x->fade_in = overlap < cross ? overlap : cross;
		if (x->fade_in > x->end - x->begin)
			x->fade_in = x->end - x->begin;
		covered = x->end > covered ? x->end : covered;
	}
	for (int i = p->n - 1; i >= 0; i--) {
		struct as_piece *x = &p->v[i];
		int64_t room = x->end - x->begin - x->fade_in;
		x->fade_out = x->end == job->spec.total_frames ? 0 : declick;
		for (int j = i + 1; j < p->n && p->v[j].begin <= x->end; j++)
			if (p->v[j].begin + p->v[j].fade_in <= x->end &&
			    p->v[j].end - p->v[j].fade_out >= x->end)
				x->fade_out = 0; /* this edge is under another clip */
		if (x->fade_out > room) {
			x->fade_out = (x->fade_out < x->end - x->begin ? x->fade_out
								       : x->end - x->begin) /
				      2;
			x->fade_in = x->fade_in < x->end - x->begin - x->fade_out
					     ? x->fade_in
					     : x->end - x->begin - x->fade_out;
		}
	}
}

/* Frames under two or more clips; pieces of one clip do not overlap one another in this sense. */
static int64_t count_overlap(const struct as_pieces *p)
{
	int64_t sum = 0, one = 0, two = 0; /* covered once, twice up to here */
	int owner = -1;
	for (int i = 0; i < p->n; i++) {
		const struct as_piece *x = &p->v[i];
		if (x->clip != owner) {
			int64_t from = x->begin > two ? x->begin : two;
			int64_t to = x->end < one ? x->end : one;
			if (to > from) {
				sum += to - from;
				two = to;
			}
		}
		if (x->end > one) {
			one = x->end;
			owner = x->clip;
		}
	}
	return sum;
}

enum as_status as_pieces_plan(const struct as_stitch_job *job, struct as_pieces *out,
			      struct as_error *err)
{
	size_t max = 0;
	*out = (struct as_pieces){0};
	for (int i = 0; i < job->n_clips; i++) {
		enum as_status status = check_clip(&job->clips[i], err);
		if (status != AS_OK)
			return status;
		max += (size_t)(job->clips[i].n_segments + job->clips[i].n_clock);
	}
	out->v = calloc(max + 1, sizeof(*out->v));
	if (!out->v)
		return as_fail(err, AS_ERR_MEMORY, "%s: out of memory", job->path);
	for (int i = 0; i < job->n_clips; i++) {
		int n = add_clip(job, i, out->v + out->n), kept = 0;
		for (int k = 0; k < n; k++)
			if (place(&out->v[out->n + k], job->spec.total_frames))
				out->v[out->n + kept++] = out->v[out->n + k];
		out->n += kept;
	}
	qsort(out->v, (size_t)out->n, sizeof(*out->v), by_begin);
	set_fades(job, out);
	out->overlap_frames = count_overlap(out);
	return AS_OK;
}

void as_pieces_done(struct as_pieces *p)
{
	free(p->v);
	*p = (struct as_pieces){0};
}

/* Where a frame of the clip that is on segment `segment` lands. */
static int64_t timeline_frame(const struct as_stitch_clip *c, int rate_hz, int segment,
			      double clip_frame)
{
	int knot = 0;
	while (knot < c->n_clock && c->clock[knot].at_s * c->rate_hz < clip_frame)
		knot++;
	return frame_at(line_of(rate_hz, c, segment, knot), clip_frame);
}

enum as_status as_pieces_span(const struct as_stitch_clip *clip, int rate_hz, int64_t *begin,
			      int64_t *end, struct as_error *err)
{
	enum as_status status = check_clip(clip, err);
	if (status != AS_OK)
		return status;
	*begin = timeline_frame(clip, rate_hz, 0, 0);
	*end = timeline_frame(clip, rate_hz, clip->n_segments - 1, (double)clip->frames);
	return AS_OK;
}
