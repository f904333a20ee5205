#include "media/sound.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "media/decode.h"
#include "media/sdp.h"
#include "media/sound_feed.h"
#include "media/url.h"

struct as_sound {
	struct as_feed *feed;       /* of an address or a session; or … */
	struct as_decoder *decoder; /* … of a file */
	struct as_sound_format format;
	int64_t frames;
};

static enum as_status open_file(struct as_sound *s, const char *path, const atomic_bool *cancel, struct as_error *err)
{
	struct as_decode_about about;
	s->decoder = as_decoder_open(path, -1, cancel, err);
	if (!s->decoder)
		return err->status;
	as_decoder_about(s->decoder, &about);
	s->format = (struct as_sound_format){.rate_hz = as_decoder_format(s->decoder)->rate_hz,
					      .channels = as_decoder_format(s->decoder)->channels,
					      .duration_s = about.duration_s};
	as_text_escape(s->format.title, sizeof s->format.title, as_path_base(path));
	return AS_OK;
}

struct as_sound *as_sound_open(const struct as_sound_config *cfg, const atomic_bool *cancel, struct as_error *err)
{
	struct as_error own_err;
	enum as_status status;
	err = err ? err : &own_err;
	struct as_sound *s = calloc(1, sizeof *s);
	if (!s) {
		as_fail(err, AS_ERR_MEMORY, "out of memory");
		return NULL;
	}
	if (as_url_is(cfg->source) || as_sdp_is(cfg->source)) {
		s->feed = as_feed_open(cfg, cancel, &s->format, err);
		status = s->feed ? AS_OK : err->status;
		if (cfg->title && *cfg->title)
			as_text_escape(s->format.title, sizeof s->format.title, cfg->title);
	} else {
		status = open_file(s, cfg->source, cancel, err);
	}
	if (status == AS_OK)
		return s;
	as_sound_close(s);
	return NULL;
}

void as_sound_close(struct as_sound *s)
{
	if (!s)
		return;
	as_feed_close(s->feed);
	as_decoder_close(s->decoder);
	free(s);
}

const struct as_sound_format *as_sound_format(const struct as_sound *s)
{
	return &s->format;
}

enum as_status as_sound_read(struct as_sound *s, int timeout_ms, struct as_sound_block *out, struct as_error *err)
{
	*out = (struct as_sound_block){.frame = s->frames, .time_s = NAN};
	if (s->feed)
		return as_feed_read(s->feed, timeout_ms, out, err);
	enum as_status status = as_decoder_read(s->decoder, &out->pcm, &out->n_frames, err);
	if (status == AS_OK)
		s->frames += out->n_frames;
	return status;
}
