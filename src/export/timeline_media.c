/* The files of a timeline: what each of them holds, and what the documents call them. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/outline.h"
#include "base/text.h"
#include "export/timeline_private.h"

#define CONTAINER_TICK_S 0.0011 /* containers round durations to milliseconds */
#define EXACT_S 1e-6
#define SOUND_TAIL_S 0.2 /* sound that outlasts its pictures by less than this is the last packet's rest */

bool as_timeline_is_placed(const struct as_snapshot *snap, int clip)
{
	const struct as_placement *p = as_outline_placement(snap, clip);
	return p && p->island > 0 && p->verdict >= AS_VERDICT_MODERATE && isfinite(p->start_s) &&
	       snap->clips[clip].state != AS_CLIP_FAILED;
}

static const struct as_part *part_of(const struct as_clip *c, int part)
{
	return c->files && part < c->n_parts ? &c->files[part] : NULL;
}

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

static void take_streams(struct as_timeline_builder *b, const struct as_clip *c, const struct as_stream *v, int n,
			 struct as_timeline_media *m)
{
	m->streams = calloc((size_t)n + 1, sizeof *m->streams);
	b->failed |= m->streams == NULL;
	for (int i = 0; m->streams && i < n; i++) {
		if (v[i].channels < 1)
			continue;
		m->streams[m->n_streams++] = (struct as_timeline_stream){
			v[i].index, v[i].rate_hz, v[i].channels, v[i].timecode, v[i].used};
		m->channels += v[i].channels;
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
	m->tc_rate = as_timeline_with_drop(m->tc_rate, f && f->tc_drop);
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

static const struct as_output *muxed_of(const struct as_timeline_builder *b, int clip, int part)
{
	for (int i = 0; b->cfg->replace == AS_REPLACE_MUXED && i < b->snap->n_outputs; i++) {
		const struct as_output *o = &b->snap->outputs[i];
		if (o->picture && o->done && o->n_streams > 0 && o->clip == clip && o->part == part)
			return o;
	}
	return NULL;
}

/* From where the snapshot's outputs begin. Heap; NULL: out of memory, and kept in b. */
static char *output_path(struct as_timeline_builder *b, const struct as_output *o)
{
	char *path = as_path_is_absolute(o->path) || !b->cfg->cwd ? strdup(o->path)
								  : as_path_join(b->cfg->cwd, o->path);
	b->failed |= path == NULL;
	return path;
}

/* The same pictures under another name, and other sound beside them: places stay what they are. */
static void take_muxed(struct as_timeline_builder *b, const struct as_clip *c, const struct as_output *o,
		       struct as_timeline_media *m)
{
	char *path = output_path(b, o);
	if (path)
		name_media(b, m, path);
	free(path);
	take_streams(b, c, o->streams, o->n_streams, m);
	m->muxed = true;
	m->sound_start_s += o->shift_s;
	m->duration_s += o->shift_s;
	m->frames = whole_frames(b->t, m->duration_s, true);
	for (int i = 0; i < m->n_streams; i++) {
		if (m->streams[i].used && m->streams[i].rate_hz > 0)
			m->rate_hz = m->streams[i].rate_hz;
	}
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
		take_picture(b, c, part_of(c, i), m);
		take_length(b, c, part_of(c, i), m);
		take_timecode(b, c, part_of(c, i), m);
		const struct as_output *o = muxed_of(b, clip, i);
		if (o)
			take_muxed(b, c, o, m);
		else {
			name_media(b, m, c->parts[i]);
			take_streams(b, c, c->streams, c->n_streams, m);
		}
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
	char *path = output_path(b, o);
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
