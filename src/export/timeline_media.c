/* The files of a timeline: what each of them holds, and what the documents call them. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "export/timeline_private.h"

#define CONTAINER_TICK_S 0.0011 /* containers round durations to milliseconds */
#define EXACT_S 1e-6
#define SOUND_TAIL_S 0.2 /* sound that outlasts its pictures by less than this is the last packet's rest */
#define DEFAULT_WIDTH 1920
#define DEFAULT_HEIGHT 1080

bool as_timeline_is_placed(const struct as_snapshot *snap, int clip)
{
	const struct as_placement *p = &snap->placements[clip];
	return p->island > 0 && p->verdict >= AS_VERDICT_MODERATE && isfinite(p->start_s) &&
	       snap->clips[clip].state != AS_CLIP_FAILED;
}

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

static struct as_frame_rate with_drop(struct as_frame_rate rate, bool drop)
{
	struct as_frame_rate r = {rate.num, rate.den, true};
	return drop && as_rate_valid(r) ? r : rate;
}

/* ---- the timeline's own rate and picture ---- */

static const struct as_part *part_of(const struct as_clip *c, int part)
{
	return c->files && part < c->n_parts ? &c->files[part] : NULL;
}

static bool rate_of_clip(const struct as_clip *c, struct as_frame_rate *out)
{
	const struct as_part *f = part_of(c, 0);
	bool variable;
	if (!c->has_video)
		return false;
	if (!f || f->picture.fps_num <= 0)
		return as_rate_from_fps(c->fps, out);
	if (!as_timeline_nominal_rate(f->picture.fps_num, f->picture.fps_den, out, &variable))
		return false;
	*out = with_drop(*out, f->tc_drop && isfinite(f->start_tc_s));
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

/* The rate that most of the footage has, in seconds; of equal ones that of the earlier clip. */
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

/* ---- media ---- */

static char *copy(struct as_timeline_builder *b, const char *text)
{
	char *out = strdup(text);
	b->failed |= out == NULL;
	return out;
}

static void name_media(struct as_timeline_builder *b, struct as_timeline_media *m, const char *path)
{
	const struct as_timeline_config *cfg = b->cfg;
	bool mapped = false;
	m->path = copy(b, path);
	m->name = copy(b, as_path_base(path));
	m->target = as_path_map_apply(cfg->maps, cfg->n_maps, path, &mapped);
	if (cfg->relative && !mapped && m->target && cfg->folder) {
		free(m->target);
		m->target = as_path_relative(cfg->folder, path);
		m->relative = m->target && !as_path_is_absolute(m->target);
	}
	b->failed |= m->target == NULL;
}

static int64_t whole_frames(const struct as_timeline *t, double duration_s, bool rounded)
{
	double slack_s = rounded ? CONTAINER_TICK_S : EXACT_S;
	if (!(duration_s > 0))
		return 0;
	return (int64_t)floor((duration_s + slack_s) * t->rate.num / t->rate.den);
}

static void take_streams(struct as_timeline_builder *b, const struct as_clip *c,
			 struct as_timeline_media *m)
{
	m->streams = calloc((size_t)c->n_streams + 1, sizeof *m->streams);
	b->failed |= m->streams == NULL;
	for (int i = 0; m->streams && i < c->n_streams; i++) {
		const struct as_stream *s = &c->streams[i];
		if (s->channels < 1)
			continue;
		m->streams[m->n_streams++] = (struct as_timeline_stream){
			s->index, s->rate_hz, s->channels, s->timecode, s->used};
		m->channels += s->channels;
	}
	if (m->streams && m->n_streams == 0) {
		m->channels = c->channels > 0 ? c->channels : 1;
		m->streams[m->n_streams++] =
			(struct as_timeline_stream){0, c->rate_hz, m->channels, false, true};
	}
}

static void take_picture(const struct as_timeline_builder *b, const struct as_clip *c,
			 const struct as_part *f, struct as_timeline_media *m)
{
	m->has_video = c->has_video;
	m->rate = b->t->rate;
	m->pixel_num = m->pixel_den = 1;
	if (!c->has_video)
		return;
	if (f && f->picture.width > 0 && f->picture.height > 0) {
		m->width = f->picture.width;
		m->height = f->picture.height;
	}
	if (f && f->picture.pixel_num > 0 && f->picture.pixel_den > 0) {
		m->pixel_num = f->picture.pixel_num;
		m->pixel_den = f->picture.pixel_den;
	}
	if ((f && as_timeline_nominal_rate(f->picture.fps_num, f->picture.fps_den, &m->rate,
					   &m->variable)) ||
	    as_rate_from_fps(c->fps, &m->rate))
		return;
	m->rate = b->t->rate;
}

static void set_timecode(const struct as_timeline_builder *b, double start_s,
			 struct as_timeline_media *m)
{
	m->has_tc = isfinite(start_s) && start_s >= 0 && start_s < 1e6 &&
		    as_rate_frames(start_s, m->tc_rate, &m->tc_frames) &&
		    as_rate_frames(start_s, b->t->rate, &m->tc_start);
	m->start_tc_s = m->has_tc ? start_s : (double)NAN;
	if (!m->has_tc)
		m->tc_frames = m->tc_start = 0;
}

static void take_timecode(const struct as_timeline_builder *b, const struct as_clip *c,
			  const struct as_part *f, struct as_timeline_media *m)
{
	double start_s = f ? f->start_tc_s : m->part == 0 ? c->start_tc_s : (double)NAN;
	bool variable;
	m->tc_rate = m->rate;
	if (f)
		as_timeline_nominal_rate(f->tc_num, f->tc_den, &m->tc_rate, &variable);
	m->tc_rate = with_drop(m->tc_rate, f && f->tc_drop);
	set_timecode(b, start_s, m);
}

/* Pictures and sound hardly ever end together. What players show is as long as the pictures, unless the sound goes on for long. */
static void take_length(const struct as_timeline_builder *b, const struct as_clip *c,
			const struct as_part *f, struct as_timeline_media *m)
{
	double start_s = f ? f->sound_start_s : 0, picture_s = f ? f->picture.duration_s : (double)NAN;
	m->rate_hz = c->rate_hz > 0 ? c->rate_hz : 48000;
	m->sound_start_s = isfinite(start_s) && c->has_video ? start_s : 0;
	m->sound_s = f && f->frames >= 0 ? (double)f->frames / m->rate_hz
		     : f                 ? f->duration_s
		     : c->n_parts == 1   ? c->duration_s
					 : (double)NAN;
	if (!(m->sound_s > 0))
		m->sound_s = 0;
	m->duration_s = m->sound_start_s + m->sound_s;
	if (c->has_video && isfinite(picture_s) && picture_s > m->duration_s - SOUND_TAIL_S &&
	    picture_s < m->duration_s + 1e6)
		m->duration_s = picture_s;
	m->frames = whole_frames(b->t, m->duration_s, c->has_video);
}

static struct as_timeline_media *next_media(struct as_timeline_builder *b)
{
	struct as_timeline *t = b->t;
	struct as_timeline_media *v =
		as_timeline_grow(b, t->media, t->n_media, &b->cap_media, sizeof *v);
	if (!v)
		return NULL;
	t->media = v;
	v = &t->media[t->n_media++];
	*v = (struct as_timeline_media){0};
	return v;
}

static bool add_clip(struct as_timeline_builder *b, int clip)
{
	const struct as_clip *c = &b->snap->clips[clip];
	b->first_media[clip] = -1;
	if (c->state == AS_CLIP_FAILED || c->n_parts < 1 || !c->parts)
		return true;
	if (!as_timeline_is_placed(b->snap, clip) && !b->cfg->unplaced)
		return true;
	b->first_media[clip] = b->t->n_media;
	for (int i = 0; i < c->n_parts; i++) {
		struct as_timeline_media *m = next_media(b);
		if (!m)
			return false;
		m->clip = clip;
		m->part = i;
		m->track = c->track;
		name_media(b, m, c->parts[i]);
		take_streams(b, c, m);
		take_picture(b, c, part_of(c, i), m);
		take_length(b, c, part_of(c, i), m);
		take_timecode(b, c, part_of(c, i), m);
	}
	return !b->failed;
}

bool as_timeline_add_media(struct as_timeline_builder *b)
{
	b->first_media = calloc((size_t)b->snap->n_clips + 1, sizeof *b->first_media);
	if (!b->first_media)
		return false;
	for (int i = 0; i < b->snap->n_clips; i++) {
		if (!add_clip(b, i))
			return false;
	}
	return true;
}

int as_timeline_add_rendered(struct as_timeline_builder *b, const struct as_output *o)
{
	char *path = as_path_is_absolute(o->path) || !b->cfg->cwd
			     ? strdup(o->path)
			     : as_path_join(b->cfg->cwd, o->path);
	struct as_timeline_media *m = path ? next_media(b) : NULL;
	if (!m) {
		free(path);
		b->failed = true;
		return -1;
	}
	*m = (struct as_timeline_media){.clip = o->clip,
					.track = o->track,
					.rendered = true,
					.pixel_num = 1,
					.pixel_den = 1,
					.rate = b->t->rate,
					.tc_rate = b->t->rate,
					.n_streams = 1,
					.channels = o->channels > 0 ? o->channels : 1,
					.rate_hz = o->rate_hz > 0 ? o->rate_hz : 48000,
					.sound_s = o->duration_s,
					.duration_s = o->duration_s};
	m->frames = whole_frames(b->t, o->duration_s, false);
	m->streams = calloc(1, sizeof *m->streams);
	b->failed |= m->streams == NULL;
	if (m->streams)
		m->streams[0] = (struct as_timeline_stream){0, m->rate_hz, m->channels, false, true};
	set_timecode(b, o->start_tc_s, m);
	name_media(b, m, path);
	free(path);
	return b->failed ? -1 : b->t->n_media - 1;
}
