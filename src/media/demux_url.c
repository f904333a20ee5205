#include "media/demux.h"

#include <math.h>
#include <netdb.h>
#include <string.h>
#include <sys/socket.h>

#include <libavutil/avstring.h>
#include <libavutil/mem.h>
#include <libavutil/opt.h>

#include "media/sdp.h"
#include "media/url.h"

#define MAX_STREAMS 256
/* How much of a stream without a header is looked at: live ones let wait for it. */
#define ANALYSE_BYTES (5 << 20)
#define ANALYSE_US (4 * (int64_t)AV_TIME_BASE)
/* A connection that breaks is tried again where it was, at once and after a second: libav waits 0, 1, 3 … s, up to this. */
#define RECONNECT_S 1

static int on_interrupt(void *stop)
{
	return atomic_load_explicit((const atomic_bool *)stop, memory_order_relaxed);
}

/* ---- why it failed ---- */

static bool host_of(const char *url, char *out, size_t out_bytes)
{
	const char *host = strstr(url, "://");
	if (!host)
		return false;
	host += 3;
	size_t n = strcspn(host, "/?#");
	for (size_t i = n; i > 0; i--) {
		if (host[i - 1] == '@') {
			host += i;
			n -= i;
			break;
		}
	}
	bool is_v6 = *host == '[';
	host += is_v6;
	const char *end = memchr(host, is_v6 ? ']' : ':', n);
	n = end ? (size_t)(end - host) : n;
	if (n == 0 || n >= out_bytes)
		return false;
	memcpy(out, host, n);
	out[n] = '\0';
	return true;
}

/* libav tells of a name without an address by EIO, as of much else. */
static const char *lookup_error(const char *url)
{
	char host[256];
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found = NULL;
	if (!host_of(url, host, sizeof host))
		return NULL;
	int rc = getaddrinfo(host, NULL, &hints, &found);
	if (rc == 0)
		freeaddrinfo(found);
	return rc == 0 ? NULL : gai_strerror(rc);
}

/* libav's word for it is that of a connection that breaks. */
static enum as_status fail_ended(const struct as_demux *x, const char *doing, struct as_error *err)
{
	if (x->fmt == NULL && x->net == NULL) {
		const char *lookup = lookup_error(x->from->url);
		if (lookup)
			return as_fail(err, AS_ERR_IO, "%s: its host is not found: %s", x->name, lookup);
		return as_fail(err, AS_ERR_IO, "%s: %s: %s", x->name, doing,
			       as_url_is_http(x->from->url) ? "the server closes the connection, or redirects too often"
							    : "nobody answers there, or the connection is closed at once");
	}
	if (x->fmt == NULL && as_demux_judge_end_url(x, AVERROR_EOF) == AS_EOF) {
		if (x->net->pos == 0)
			return as_fail(err, AS_ERR_IO, "%s: is empty: the server sends nothing", x->name);
		return as_fail(err, AS_ERR_FORMAT, "%s: not sound or video, or damaged", x->name);
	}
	return as_fail(err, AS_ERR_IO, "%s: %s: the connection broke off", x->name, doing);
}

enum as_status as_demux_fail_url(const struct as_demux *x, int av_error, const char *doing, struct as_error *err)
{
	char why[AV_ERROR_MAX_STRING_SIZE];
	if (av_error == AVERROR_EXIT || atomic_load(x->from->stop))
		return as_fail(err, AS_CANCELLED, "%s: cancelled", x->name);
	if (av_error == AVERROR(ENOMEM))
		return as_fail(err, AS_ERR_MEMORY, "%s: %s: out of memory", x->name, doing);
	if (av_error == AVERROR(EIO) || av_error == AVERROR_EOF)
		return fail_ended(x, doing, err);
	if (av_error == AVERROR(ETIMEDOUT) && x->from->sdp)
		return as_fail(err, AS_ERR_IO, "%s: nothing comes of what it describes", x->name);
	if (av_error == AVERROR_INVALIDDATA)
		return as_fail(err, AS_ERR_FORMAT, "%s: %s: damaged, or no sound", x->name, doing);
	if (av_error == AVERROR_PROTOCOL_NOT_FOUND)
		return as_fail(err, AS_ERR_INVALID, "%s: %s: the FFmpeg libraries here know no such protocol, or it is not "
			       "allowed there", x->name, doing);
	/* libav's answers where a redirect, or a list of files, names what is not allowed there. */
	if (x->fmt == NULL && av_error == (x->net ? AVERROR(EPERM) : AVERROR(EINVAL)))
		return as_fail(err, AS_ERR_IO, "%s: %s: it, or what it leads to, is not opened from there", x->name, doing);
	if (av_strerror(av_error, why, sizeof why) != 0)
		av_strlcpy(why, "unknown error", sizeof why);
	return as_fail(err, AS_ERR_IO, "%s: %s: %s", x->name, doing, why);
}

enum as_status as_demux_judge_end_url(const struct as_demux *x, int av_error)
{
	if (atomic_load(x->from->stop))
		return AS_ERR_IO;
	/* What a demuxer makes of a connection that breaks off may look like the end. */
	const int net_error = x->net ? x->net->error : 0;
	if (net_error < 0 && net_error != AVERROR_EOF)
		av_error = net_error;
	/* To libav's HTTP an end is premature that nobody has announced. */
	if (av_error == AVERROR(EIO) && x->net && as_url_is_http(x->from->url) && avio_size(x->net) <= 0)
		return AS_EOF;
	if (av_error == AVERROR_EOF)
		return AS_EOF;
	return av_error == AVERROR(EAGAIN) || av_error == AVERROR_INVALIDDATA ? AS_OK : AS_ERR_IO;
}

/* ---- opening ---- */

static bool is_web_page(AVIOContext *net)
{
	uint8_t *mime = NULL;
	if (av_opt_get(net, "mime_type", AV_OPT_SEARCH_CHILDREN, &mime) < 0 || !mime)
		return false;
	bool page = av_strncasecmp((const char *)mime, "text/html", 9) == 0 ||
		    av_strncasecmp((const char *)mime, "application/xhtml", 17) == 0;
	av_free(mime);
	return page;
}

static enum as_status open_bytes(struct as_demux *x, const AVIOInterruptCB *interrupt, struct as_error *err)
{
	AVDictionary *options = NULL;
	av_dict_set(&options, "protocol_whitelist", as_url_protocols(x->from->url), 0);
	if (as_url_is_http(x->from->url)) {
		av_dict_set_int(&options, "reconnect", 1, 0);
		av_dict_set_int(&options, "reconnect_delay_max", RECONNECT_S, 0);
		if (x->from->user_agent && *x->from->user_agent)
			av_dict_set(&options, "user_agent", x->from->user_agent, 0);
		if (x->from->referer && *x->from->referer)
			av_dict_set(&options, "referer", x->from->referer, 0);
	}
	int rc = avio_open2(&x->net, x->from->url, AVIO_FLAG_READ, interrupt, &options);
	av_dict_free(&options);
	if (rc < 0)
		return as_demux_fail_url(x, rc, "cannot be opened", err);
	if (is_web_page(x->net))
		return as_fail(err, AS_ERR_NO_AUDIO, "%s: is a web page, not sound", x->name);
	if (avio_size(x->net) == 0)
		return as_fail(err, AS_ERR_IO, "%s: is empty: the server sends nothing", x->name);
	return AS_OK;
}

static enum as_status open_container(struct as_demux *x, const AVIOInterruptCB *interrupt, struct as_error *err)
{
	const char *sdp = x->from->sdp;
	x->fmt = avformat_alloc_context();
	if (x->fmt == NULL)
		return as_fail(err, AS_ERR_MEMORY, "%s: out of memory", x->name);
	x->fmt->pb = x->net;
	x->fmt->interrupt_callback = *interrupt;
	x->fmt->max_streams = MAX_STREAMS;
	x->fmt->probesize = ANALYSE_BYTES;
	x->fmt->protocol_whitelist = av_strdup(sdp ? AS_SDP_PROTOCOLS : as_url_protocols(x->from->url));
	if (x->fmt->protocol_whitelist == NULL)
		return as_fail(err, AS_ERR_MEMORY, "%s: out of memory", x->name);
	/* Both free fmt when they fail. */
	int rc = sdp ? as_sdp_open(&x->fmt, sdp) : avformat_open_input(&x->fmt, x->from->url, NULL, NULL);
	if (rc == AVERROR_INVALIDDATA && av_strncasecmp(x->from->url, "rtp:", 4) == 0)
		return as_fail(err, AS_ERR_FORMAT, "%s: only an SDP file tells what this is: name that file instead, or send MPEG-TS in RTP "
			       "(ffmpeg -f rtp_mpegts)", x->name);
	if (rc == AVERROR_INVALIDDATA && sdp)
		return as_fail(err, AS_ERR_FORMAT, "%s: describes no stream of sound that can be received", x->name);
	if (rc == AVERROR_INVALIDDATA)
		return as_fail(err, AS_ERR_FORMAT, "%s: not sound or video, or damaged", x->name);
	return rc < 0 ? as_demux_fail_url(x, rc, "cannot be opened", err) : AS_OK;
}

enum as_status as_demux_open_url(struct as_demux *x, const struct as_demux_url *from, struct as_error *err)
{
	/* libav takes a pointer to what it does not change. */
	const AVIOInterruptCB interrupt = {on_interrupt, (void *)(uintptr_t)from->stop};
	bool headerless;
	as_media_init();
	*x = (struct as_demux){.name = from->shown, .from = from, .fps = NAN, .picture_s = NAN, .video_index = -1};
	enum as_status status = AS_OK;
	if (!from->sdp && (!as_url_is_sane(from->url) || !as_url_protocols(from->url)))
		status = as_fail(err, AS_ERR_INVALID, "%s: not an address that can be opened", x->name);
	if (status == AS_OK && !from->sdp && !as_url_is_session(from->url))
		status = open_bytes(x, &interrupt, err);
	if (status == AS_OK)
		status = open_container(x, &interrupt, err);
	if (status == AS_OK)
		status = as_demux_analyse(x, ANALYSE_BYTES, ANALYSE_US, &headerless, err);
	if (status != AS_OK)
		as_demux_close(x);
	return status;
}
