/* What a written file says of itself: whose sound it is, from which recordings, from when. All of it follows from the
 * recordings, nothing from the time of writing. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "engine/session_private.h"
#include "export/ixml.h"
#include "export/timecode.h"

/* bext has 256 bytes for a description. */
#define DESCRIPTION_BYTES 256

static const struct as_media_info *first_info(const struct as_session *s, int clip)
{
	return &s->files[s->clips[clip].files[0]].info;
}

/* "CamA: CamA_001.mov, CamA_002.mov and 3 more", escaped: names are any bytes. */
static char *describe(const struct as_session *s, const struct session_output *o)
{
	char text[DESCRIPTION_BYTES + 1], name[DESCRIPTION_BYTES], more[32];
	size_t used = 0;
	as_text_escape(name, DESCRIPTION_BYTES / 2, s->tracks[o->track]);
	used = (size_t)snprintf(text, sizeof text, "%s: ", name);
	for (int i = 0; i < o->n_clips; i++) {
		as_text_escape(name, sizeof name, as_path_base(o->clips[i].parts[0]));
		int left = o->n_clips - i;
		snprintf(more, sizeof more, "and %d more", left);
		/* Room for the rest's number stays, unless nothing comes after this one. */
		size_t tail = left > 1 ? 2 + strlen(more) : 0;
		if (used + strlen(name) + 2 + tail > DESCRIPTION_BYTES) {
			snprintf(text + used, sizeof text - used, "%s", more);
			break;
		}
		used += (size_t)snprintf(text + used, sizeof text - used, "%s%s", name,
					 left > 2    ? ", "
					 : left == 2 ? " and "
						     : "");
	}
	return strdup(text);
}

/* The rate that timecode of these recordings counts in: the output's own, else that of any picture. */
static struct as_frame_rate timecode_rate(const struct as_session *s, const struct session_output *o)
{
	struct as_frame_rate rate = {0, 0, false};
	for (int pass = 0; pass < 2; pass++) {
		for (int i = 0; i < s->n_clips; i++) {
			const struct as_media_info *m = first_info(s, i);
			if (pass == 0 && s->clips[i].track != o->track)
				continue;
			if (m->tc_num > 0 && m->tc_den > 0)
				return (struct as_frame_rate){m->tc_num, m->tc_den, m->tc_drop};
			if (m->has_video && as_rate_from_fps(m->fps, &rate))
				return rate;
		}
	}
	return rate;
}

/* When the file's first frame was, by the first of its recordings that knows. */
static double created_s(const struct as_session *s, const struct session_output *o)
{
	double at = INFINITY, created = NAN;
	for (int i = 0; i < s->n_clips; i++) {
		const struct as_solve_placement *p = &s->solution.placements[i];
		if (s->clips[i].track != o->track || (o->clip >= 0 && o->clip != i) || p->island == 0)
			continue;
		double start = p->start_s + as_engine_island_start_s(s, p->island);
		if (!(start < at) || !isfinite(first_info(s, i)->created_s))
			continue;
		at = start;
		created = first_info(s, i)->created_s - start + (double)o->begin / o->spec.rate_hz;
	}
	return created;
}

static char *make_ixml(const struct as_session *s, const struct session_output *o)
{
	const struct as_frame_rate rate = timecode_rate(s, o);
	const struct as_ixml x = {.tape = o->originator[0] ? o->originator : s->tracks[o->track],
				  .track = s->tracks[o->track],
				  .original = o->n_clips == 1 && o->clips[0].n_parts == 1
						      ? as_path_base(o->clips[0].parts[0])
						      : NULL,
				  .note = o->description,
				  .channels = o->spec.channels,
				  .rate_hz = o->spec.rate_hz,
				  .bit_depth = as_encode_depth(&o->spec),
				  .tc_num = rate.num,
				  .tc_den = rate.den,
				  .tc_drop = rate.drop,
				  .timed = isfinite(o->spec.time_reference_s),
				  .since_midnight_frames = as_encode_time_reference(&o->spec)};
	return as_ixml_make(&x);
}

bool as_engine_tag_output(const struct as_session *s, struct session_output *o)
{
	char text[AS_MEDIA_TEXT_BYTES] = "";
	for (int i = 0; i < s->n_clips && !text[0]; i++) {
		if (s->clips[i].track == o->track && (o->clip < 0 || o->clip == i))
			as_text_escape(text, sizeof text, first_info(s, i)->device);
	}
	o->originator = strdup(text);
	o->description = describe(s, o);
	o->title = as_text_escape_dup(o->clip >= 0 ? as_path_base(o->clips[0].parts[0])
						    : s->tracks[o->track]);
	if (!o->originator || !o->description || !o->title)
		return false;
	o->spec.title = o->title;
	o->spec.originator = o->originator[0] ? o->originator : "audiosync";
	o->spec.device = o->originator[0] ? o->originator : NULL;
	o->spec.description = o->description;
	o->spec.created_s = created_s(s, o);
	o->spec.aligned = true;
	if (o->spec.format != AS_AUDIO_WAV)
		return true;
	o->spec.ixml = o->ixml = make_ixml(s, o);
	return o->ixml != NULL;
}
