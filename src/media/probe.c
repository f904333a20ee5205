#include "media/probe.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <libavcodec/avcodec.h>
#include <libavutil/avstring.h>

#include "base/text.h"
#include "media/demux.h"
#include "media/tags.h"

/* Where the header leaves it out: from the index, or for plain PCM alone in its file from the
 * size. */
static double derived_duration_s(const struct as_demux *x, AVStream *st)
{
	const AVCodecParameters *par = st->codecpar;
	int bits = av_get_exact_bits_per_sample(par->codec_id) * par->ch_layout.nb_channels;
	int n = avformat_index_get_entries_count(st);
	if (n > 1) {
		double last = (double)avformat_index_get_entry(st, n - 1)->timestamp;
		bool in_bytes = bits > 0 && strcmp(x->fmt->iformat->name, "avi") == 0;
		return last * av_q2d(st->time_base) / (in_bytes ? bits / 8.0 : 1.0);
	}
	if (x->fmt->nb_streams == 1 && bits > 0)
		return 8.0 * (double)as_avio_size(x->io) / bits / par->sample_rate;
	return NAN;
}

static double stream_duration_s(const struct as_demux *x, AVStream *st)
{
	if (st->duration > 0)
		return (double)st->duration * av_q2d(st->time_base);
	return x->fmt->duration > 0 ? NAN : derived_duration_s(x, st);
}

static void fill_stream(struct as_media_stream *out, const struct as_demux *x, AVStream *st)
{
	const AVCodecParameters *par = st->codecpar;
	int coded = par->bits_per_raw_sample > 0 ? par->bits_per_raw_sample
						 : av_get_exact_bits_per_sample(par->codec_id);
	const AVCodecDescriptor *desc = avcodec_descriptor_get(par->codec_id);
	bool lossy = desc == NULL || (desc->props & AV_CODEC_PROP_LOSSY) != 0;
	*out = (struct as_media_stream){
		.index = st->index,
		.rate_hz = par->sample_rate,
		.channels = par->ch_layout.nb_channels,
		.bits = lossy ? 0 : coded,
		.duration_s = stream_duration_s(x, st),
		.timecode = as_demux_is_timecode(st),
	};
	as_text_escape(out->codec, sizeof out->codec, avcodec_get_name(par->codec_id));
	out->is_float = strncmp(out->codec, "pcm_f", 5) == 0;
}

static enum as_status fill_streams(struct as_media_info *info, const struct as_demux *x,
				   struct as_error *err)
{
	unsigned n = x->fmt->nb_streams;
	info->streams = calloc(n > 0 ? n : 1, sizeof *info->streams);
	if (info->streams == NULL)
		return as_fail(err, AS_ERR_MEMORY, "%s: out of memory", x->name);
	for (unsigned i = 0; i < n; i++) {
		AVStream *st = x->fmt->streams[i];
		if (as_demux_usable(st))
			fill_stream(&info->streams[info->n_streams++], x, st);
	}
	return info->n_streams > 0 ? AS_OK : as_demux_fail_no_audio(x, err);
}

static double container_duration_s(const struct as_media_info *info, const AVFormatContext *fmt)
{
	double longest = NAN;
	for (int i = 0; i < info->n_streams; i++)
		longest = fmax(longest, info->streams[i].duration_s);
	if (isnan(longest) && fmt->duration > 0)
		return (double)fmt->duration / AV_TIME_BASE;
	return longest;
}

/* libav's name of the container; where it has several ("mov,mp4,m4a"), the one that the file goes by. */
static void name_format(char *out, size_t out_bytes, const char *names, const char *path)
{
	const char *dot = strrchr(as_path_base(path), '.');
	size_t n = strcspn(names, ",");
	for (const char *p = names; dot != NULL && p != NULL; p = strchr(p, ',')) {
		p += *p == ',';
		size_t k = strcspn(p, ",");
		if (av_strncasecmp(p, dot + 1, k) == 0 && dot[1 + k] == '\0') {
			names = p;
			n = k;
			break;
		}
	}
	snprintf(out, out_bytes, "%.*s", (int)n, names);
}

static struct as_media_picture picture_of(const struct as_demux *x)
{
	double all_s =
		x->fmt->duration > 0 ? (double)x->fmt->duration / AV_TIME_BASE : (double)NAN;
	return (struct as_media_picture){
		.width = x->width,
		.height = x->height,
		.pixel_num = x->pixel_aspect.num,
		.pixel_den = x->pixel_aspect.den,
		.fps_num = x->frame_rate.num,
		.fps_den = x->frame_rate.den,
		.duration_s = isnan(x->picture_s) ? all_s - x->picture_start_s : x->picture_s,
		.start_s = x->picture_start_s,
	};
}

static void take_timecode(struct as_media_info *info, const struct as_demux *x)
{
	struct as_tags_timecode tc = as_tags_timecode(x->fmt, x->frame_rate);
	info->start_tc_s = tc.start_s;
	info->tc_num = tc.rate.num;
	info->tc_den = tc.rate.den;
	info->tc_drop = tc.drop;
}

enum as_status as_media_probe(const char *path, const atomic_bool *cancel,
			      struct as_media_info *out, struct as_error *err)
{
	struct as_demux x;
	*out = (struct as_media_info){
		.fps = NAN, .duration_s = NAN, .start_tc_s = NAN, .created_s = NAN, .mtime_s = NAN};
	enum as_status status = as_demux_open(&x, path, cancel, err);
	if (status != AS_OK)
		return status;
	name_format(out->format, sizeof out->format, x.fmt->iformat->name, path);
	as_demux_look_at_pictures(&x, path, cancel);
	out->has_video = x.has_video;
	out->fps = x.fps;
	if (x.has_video)
		out->picture = picture_of(&x);
	out->mtime_s = as_avio_mtime(x.io);
	out->size_bytes = as_avio_size(x.io);
	status = fill_streams(out, &x, err);
	if (status == AS_OK) {
		out->duration_s = container_duration_s(out, x.fmt);
		out->created_s = as_tags_created_s(x.fmt, (double)time(NULL));
		take_timecode(out, &x);
		as_tags_device(x.fmt, out->device, sizeof out->device);
	}
	as_demux_close(&x);
	if (status != AS_OK)
		as_media_info_done(out);
	return status;
}

void as_media_info_done(struct as_media_info *info)
{
	free(info->streams);
	info->streams = NULL;
	info->n_streams = 0;
}

bool as_media_name_known(const char *path)
{
	static const char known[] =
		"3g2,3gp,aac,ac3,aif,aifc,aiff,alac,amr,ape,asf,au,avi,bwf,caf,dts,dv,eac3,f4v,"
		"flac,flv,"
		"gxf,m1v,m2t,m2ts,m2v,m4a,m4b,m4v,mka,mkv,mlp,mod,mov,mp2,mp3,mp4,mpa,mpe,mpeg,mpg,"
		"mts,mxf,oga,ogg,ogv,opus,qt,ra,rf64,rm,rmvb,snd,spx,thd,tod,ts,tta,vob,voc,w64,"
		"wav,wave,"
		"webm,wma,wmv,wv";
	const char *dot = strrchr(as_path_base(path), '.');
	char ext[8] = ""; /* in lower case: cameras write GH010045.MP4 */
	if (dot == NULL || dot == as_path_base(path) || strlen(dot + 1) >= sizeof ext)
		return false;
	for (int i = 0; dot[1 + i] != '\0'; i++)
		ext[i] = (char)av_tolower(dot[1 + i]);
	return ext[0] != '\0' && strchr(ext, ',') == NULL && av_match_list(ext, known, ',') > 0;
}
