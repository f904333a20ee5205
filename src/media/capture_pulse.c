/* What an output or one application plays, and inputs, through libpulse; the thread that reads drives the connection. A stream of our
 * own hears what is there: no module is loaded, no stream of others is moved, and it ends with us. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "media/capture_private.h"
#include "media/capture_server.h"

#define FRAGMENT_S 0.01
#define STAMP_S 0.08        /* between two questions for the time … */
#define STAMP_MORE_S 0.01   /* … and so much more each time, so that steps are of all lengths … */
#define STAMP_STEPS 6       /* … over so many of them */
#define STALL_S 5.0         /* what sends nothing for so long has gone; null sinks take blocks of 2 s */
#define REST_S 1.0          /* suspended for so long: say so */
#define MAX_STAMP_AGE_S 5.0
#define KEPT 0.8            /* of what the server says that it keeps for a reader who is away: sound is lost untold beyond */
#define MAX_CHANNELS 32
#define MAX_BYTES (64 << 20) /* of one fragment */

struct pulse {
	struct as_server server;
	pa_stream *stream;
	enum as_server_kind kind;
	uint32_t app;              /* the index of its stream */
	bool in_blocks;            /* the monitor of PipeWire, which gives what it has taken a block before, and does not say so */
	bool follows_default;
	char *output;              /* the default output that it began with */
	double rate_hz;
	int channels;
	float *pcm;
	size_t room;
	int64_t frame, xruns;
	/* What callbacks left behind. */
	bool asking, has_stamp, app_changed, app_gone, app_corked, default_changed, was_corked, was_suspended;
	double stamp_frame, stamp_s;
	struct as_capture_blocks blocks;
	int asks;
	double asked_s, heard_s, suspended_s;
	double left_s, kept_s;     /* when the reader went the last time, and how long it may stay away */
	struct as_capture_watch watch;
};

/* ---- time ---- */

/* The server says how far it had come at a time of the day: what is heard then is what it had written, and what waits in the source,
 * less what waits in the output that is listened to. */
static void on_stamp(pa_stream *stream, int success, void *arg)
{
	struct pulse *p = arg;
	const pa_timing_info *t = pa_stream_get_timing_info(stream);
	p->asking = false;
	if (!success || !t || t->write_index_corrupt)
		return;
	double age_s = as_clock_day_s() - (double)t->timestamp.tv_sec - (double)t->timestamp.tv_usec * 1e-6;
	if (!(age_s >= 0 && age_s < MAX_STAMP_AGE_S))
		return;
	p->stamp_s = as_clock_s() - age_s;
	const int64_t made = t->write_index / (int64_t)((size_t)p->channels * sizeof(float));
	p->stamp_frame = (double)made + ((double)t->source_usec - (double)t->sink_usec) * 1e-6 * p->rate_hz;
	if (p->in_blocks)
		p->stamp_frame += as_capture_block_frames(&p->blocks, made);
	p->has_stamp = isfinite(p->stamp_frame) && fabs(p->stamp_frame - (double)p->frame) < 60 * p->rate_hz;
}

static void ask_stamp(struct pulse *p)
{
	double now_s = as_clock_s();
	if (p->asking || now_s - p->asked_s < STAMP_S + p->asks % STAMP_STEPS * STAMP_MORE_S)
		return;
	p->asks++;
	pa_operation *op = pa_stream_update_timing_info(p->stream, on_stamp, p);
	p->asking = op != NULL;
	p->asked_s = now_s;
	if (op)
		pa_operation_unref(op);
}

/* ---- what happens to it ---- */

static void on_event(pa_context *ctx, pa_subscription_event_type_t type, uint32_t index, void *arg)
{
	struct pulse *p = arg;
	(void)ctx;
	unsigned of = type & PA_SUBSCRIPTION_EVENT_FACILITY_MASK, what = type & PA_SUBSCRIPTION_EVENT_TYPE_MASK;
	if (of == PA_SUBSCRIPTION_EVENT_SERVER)
		p->default_changed = true;
	if (of != PA_SUBSCRIPTION_EVENT_SINK_INPUT || index != p->app)
		return;
	if (what == PA_SUBSCRIPTION_EVENT_REMOVE)
		p->app_gone = true;
	else
		p->app_changed = true;
}

static void on_app(pa_context *ctx, const pa_sink_input_info *i, int end, void *arg)
{
	struct pulse *p = arg;
	(void)ctx;
	if (!end && i)
		p->app_corked = i->corked;
}

static void on_server(pa_context *ctx, const pa_server_info *i, void *arg)
{
	struct pulse *p = arg;
	(void)ctx;
	if (i && i->default_sink_name && strcmp(i->default_sink_name, p->output) != 0)
		p->follows_default = false; /* not any more */
}

/* The questions that events lead to; their answers come while sound is waited for. */
static void ask_state(struct pulse *p)
{
	pa_operation *op = NULL;
	if (p->app_changed)
		op = pa_context_get_sink_input_info(p->server.ctx, p->app, on_app, p);
	else if (p->default_changed && p->follows_default)
		op = pa_context_get_server_info(p->server.ctx, on_server, p);
	p->app_changed = p->app_changed && !op;
	p->default_changed = false;
	if (op)
		pa_operation_unref(op);
}

/* Whether what is read is still what was asked for. */
static enum as_status check(struct as_capture *c, struct as_error *err)
{
	struct pulse *p = c->impl;
	const double now_s = as_clock_s();
	const char *name = c->format.name;
	bool suspended = pa_stream_get_state(p->stream) == PA_STREAM_READY && pa_stream_is_suspended(p->stream) > 0;
	if (p->output && !p->follows_default)
		return as_fail(err, AS_ERR_IO, "the default output is no longer %s", name);
	if (p->app_gone)
		return as_fail(err, AS_ERR_IO, "%s has stopped playing", name);
	if (pa_stream_get_state(p->stream) != PA_STREAM_READY)
		return as_fail(err, AS_ERR_IO, "%s has gone: the sound server has ended the recording", name);
	if (suspended && !p->was_suspended)
		p->suspended_s = now_s;
	if (suspended && now_s - p->suspended_s > REST_S)
		return as_fail(err, AS_ERR_IO, "%s is suspended", name);
	if (p->was_suspended && !suspended)
		return as_fail(err, AS_ERR_IO, "%s was suspended for a while", name);
	p->was_suspended = suspended;
	/* While an application pauses, silence comes, or nothing; where it goes on, some ms more are lost or doubled, untold. */
	if (p->was_corked && !p->app_corked && p->frame > 0)
		return as_fail(err, AS_ERR_IO, "%s plays again after a pause", name);
	p->was_corked = p->app_corked;
	if (p->app_corked || suspended)
		p->heard_s = now_s;
	if (now_s - p->heard_s > STALL_S)
		return as_fail(err, AS_ERR_IO, "%s has sent nothing for %.0f s", name, STALL_S);
	return AS_OK;
}

/* ---- reading ---- */

static enum as_status take_fragment(struct pulse *p, const void *data, size_t bytes, struct as_capture_block *out,
				    struct as_error *err)
{
	const size_t frame_bytes = (size_t)p->channels * sizeof(float);
	if (bytes % frame_bytes != 0 || bytes > MAX_BYTES)
		return as_fail(err, AS_ERR_IO, "the sound server sends broken fragments");
	if (bytes > p->room) {
		float *more = realloc(p->pcm, bytes);
		if (!more)
			return as_fail(err, AS_ERR_MEMORY, "capture: out of memory");
		p->pcm = more;
		p->room = bytes;
	}
	if (data)
		memcpy(p->pcm, data, bytes);
	out->n_frames = data ? (int)(bytes / frame_bytes) : 0;
	out->pcm = p->pcm;
	out->frame = p->frame;
	p->frame += (int64_t)(bytes / frame_bytes);
	p->xruns += !data; /* a hole */
	if (!data)
		return AS_OK;
	as_capture_clean(p->pcm, bytes / sizeof(float));
	if (p->has_stamp)
		out->time_s = p->stamp_s + ((double)out->frame - p->stamp_frame) / p->rate_hz;
	p->has_stamp = false;
	p->heard_s = as_clock_s();
	if (as_capture_moved(&p->watch, (double)out->frame / p->rate_hz, out->time_s)) {
		out->n_frames = 0;
		return as_fail(err, AS_ERR_IO, "the sound stood still for %.1f s", fabs(p->watch.moved_s));
	}
	return AS_OK;
}

/* The next fragment, if one is here. */
static enum as_status take(struct pulse *p, struct as_capture_block *out, struct as_error *err)
{
	const void *data = NULL;
	size_t bytes = 0;
	if (pa_stream_get_state(p->stream) != PA_STREAM_READY || pa_stream_readable_size(p->stream) == 0)
		return AS_OK;
	if (pa_stream_peek(p->stream, &data, &bytes) < 0)
		return as_fail(err, AS_ERR_IO, "the sound server: %s", pa_strerror(pa_context_errno(p->server.ctx)));
	if (bytes == 0)
		return AS_OK;
	enum as_status status = take_fragment(p, data, bytes, out, err);
	pa_stream_drop(p->stream);
	return status;
}

static enum as_status await_block(struct as_capture *c, int timeout_ms, struct as_capture_block *out, struct as_error *err)
{
	struct pulse *p = c->impl;
	const double until_s = as_clock_s() + timeout_ms * 1e-3;
	/* What has come is taken in first, so that a reader that was away does not read behind the stamps. */
	enum as_status status = as_server_turn(&p->server, 0, err);
	for (;;) {
		if (status == AS_OK)
			status = take(p, out, err);
		if (status == AS_OK && out->n_frames == 0)
			status = check(c, err);
		out->xruns = p->xruns;
		double left_ms = (until_s - as_clock_s()) * 1e3;
		if (status != AS_OK || out->n_frames > 0 || left_ms <= 0)
			break;
		status = as_server_turn(&p->server, left_ms, err);
		if (status == AS_OK) {
			ask_state(p);
			ask_stamp(p);
		}
	}
	if (status == AS_OK) {
		ask_state(p);
		ask_stamp(p);
	}
	return status;
}

static enum as_status pulse_read(struct as_capture *c, int timeout_ms, struct as_capture_block *out, struct as_error *err)
{
	struct pulse *p = c->impl;
	const double away_s = p->left_s > 0 ? as_clock_s() - p->left_s : 0;
	out->xruns = p->xruns;
	if (away_s > p->kept_s)
		return as_fail(err, AS_ERR_IO, "nobody took the sound of %s for %.0f s: some was lost", c->format.name, away_s);
	enum as_status status = await_block(c, timeout_ms, out, err);
	p->left_s = as_clock_s();
	return status;
}

static void pulse_close(struct as_capture *c)
{
	struct pulse *p = c->impl;
	if (!p)
		return;
	if (p->stream) {
		pa_stream_disconnect(p->stream);
		pa_stream_unref(p->stream);
	}
	as_server_close(&p->server);
	free(p->output);
	free(p->pcm);
	free(p);
}

/* ---- opening ---- */

static void describe(struct as_capture *c, const struct as_server_item *i)
{
	static const char *const prefix[] = {"monitor:", "input:", "app:"};
	struct as_capture_format *f = &c->format;
	snprintf(f->name, sizeof f->name, "%s%s", i->kind == AS_SERVER_OUTPUT ? "Monitor of " : "",
		 i->kind == AS_SERVER_APP ? i->name : i->text);
	snprintf(f->device, sizeof f->device, "%s%s", prefix[i->kind], i->name);
	f->rate_hz = i->spec.rate;
	f->channels = i->spec.channels;
	f->live = true;
	if (i->kind != AS_SERVER_APP)
		return;
	f->app.stream = i->index;
	f->app.client = i->client;
	f->app.process = i->process;
}

static enum as_status connect_stream(struct pulse *p, const struct as_server_item *i, struct as_error *err)
{
	const pa_sample_spec spec = {.format = PA_SAMPLE_FLOAT32NE, .rate = i->spec.rate, .channels = i->spec.channels};
	const pa_buffer_attr attr = {.maxlength = (uint32_t)-1,
				     .fragsize = (uint32_t)(FRAGMENT_S * spec.rate) * (uint32_t)pa_frame_size(&spec)};
	if (!pa_sample_spec_valid(&spec) || spec.channels > MAX_CHANNELS)
		return as_fail(err, AS_ERR_FORMAT, "%s: %d channels at %u Hz cannot be read", i->text, i->spec.channels,
			       (unsigned)i->spec.rate);
	p->stream = pa_stream_new(p->server.ctx, "lag measurement", &spec, NULL);
	if (!p->stream)
		return as_fail(err, AS_ERR_IO, "%s: %s", i->text, pa_strerror(pa_context_errno(p->server.ctx)));
	if (i->kind == AS_SERVER_APP && pa_stream_set_monitor_stream(p->stream, i->index) < 0)
		return as_fail(err, AS_ERR_IO, "%s cannot be listened to alone: %s", i->name,
			       pa_strerror(pa_context_errno(p->server.ctx)));
	if (pa_stream_connect_record(p->stream, i->kind == AS_SERVER_APP ? NULL : i->monitor, &attr,
				     PA_STREAM_DONT_MOVE | PA_STREAM_ADJUST_LATENCY) < 0)
		return as_fail(err, AS_ERR_IO, "%s: %s", i->text, pa_strerror(pa_context_errno(p->server.ctx)));
	enum as_status status = AS_OK;
	const double until_s = as_clock_s() + STALL_S;
	while (status == AS_OK && pa_stream_get_state(p->stream) == PA_STREAM_CREATING) {
		status = as_server_turn(&p->server, 50, err);
		if (status == AS_OK && as_clock_s() > until_s)
			status = as_fail(err, AS_ERR_IO, "%s: the sound server starts no recording; does its session manager "
					 "(of PipeWire: wireplumber) run?", i->text);
	}
	if (status == AS_OK && pa_stream_get_state(p->stream) != PA_STREAM_READY)
		status = as_fail(err, AS_ERR_IO, "%s: %s", i->text, pa_strerror(pa_context_errno(p->server.ctx)));
	const pa_buffer_attr *got = status == AS_OK ? pa_stream_get_buffer_attr(p->stream) : NULL;
	p->kept_s = got ? KEPT * (double)got->maxlength / (double)pa_bytes_per_second(&spec) : STALL_S;
	return status;
}

/* What was heard is not there: for now, or, where it was named by its number, which is given to nobody again, for good. */
static enum as_status judge_gone(struct pulse *p, const char *number, const struct as_capture_format *was, struct as_error *err)
{
	bool there;
	enum as_status status = as_server_has_client(&p->server, was->app.client, was->app.process, &there, err);
	if (status != AS_OK)
		return status;
	return there ? as_fail(err, AS_ERR_IO, "%.100s plays nothing now", was->name)
		     : as_fail(err, AS_EOF, "%.100s, which was app:%s, has ended, and no other gets its number; 'app:%.100s' waits for its name",
			       was->name, number, was->name);
}

static enum as_status find_source(struct as_capture *c, const struct as_capture_spec *spec, const struct as_server_item **i, struct as_error *err)
{
	struct pulse *p = c->impl;
	const char *app = as_server_app_of(spec->source);
	const bool numbered = app && as_server_is_number(app);
	struct as_error why = {0};
	*i = as_server_find_source_again(&p->server, spec->again);
	if (*i)
		return AS_OK;
	if (numbered && spec->again)
		return judge_gone(p, app, spec->again, err);
	c->format.other = app && spec->again;
	*i = as_server_find_source(&p->server, spec->source, &why);
	if (*i)
		return AS_OK;
	if (app && *app && !numbered && why.status == AS_ERR_NOT_FOUND)
		return as_fail(err, AS_ERR_IO, "no application called '%.100s' plays now", app);
	return as_fail(err, why.status, "%s", why.msg);
}

/* Events are asked for before the state that they change is looked at. */
static enum as_status start(struct as_capture *c, const struct as_capture_spec *spec, struct as_error *err)
{
	struct pulse *p = c->impl;
	const pa_subscription_mask_t events = PA_SUBSCRIPTION_MASK_SERVER | PA_SUBSCRIPTION_MASK_SINK_INPUT;
	p->app = PA_INVALID_INDEX;
	pa_context_set_subscribe_callback(p->server.ctx, on_event, p);
	enum as_status status = as_server_wait(&p->server, pa_context_subscribe(p->server.ctx, events, NULL, NULL), err);
	if (status == AS_OK)
		status = as_server_look(&p->server, err);
	if (status != AS_OK)
		return status;
	const struct as_server_item *i = NULL;
	status = find_source(c, spec, &i, err);
	if (status != AS_OK)
		return status;
	p->kind = i->kind;
	p->rate_hz = i->spec.rate;
	p->channels = i->spec.channels;
	p->was_corked = p->app_corked = i->kind == AS_SERVER_APP && i->corked;
	if (i->kind == AS_SERVER_APP)
		p->app = i->index;
	p->follows_default = i->kind == AS_SERVER_OUTPUT && i->is_default &&
			     (!spec->source || strcmp(spec->source, "monitor:") == 0);
	if (p->follows_default && !(p->output = strdup(i->name)))
		return as_fail(err, AS_ERR_MEMORY, "capture: out of memory");
	p->in_blocks = i->kind == AS_SERVER_OUTPUT && p->server.software && strstr(p->server.software, "PipeWire");
	describe(c, i);
	status = connect_stream(p, i, err);
	p->heard_s = as_clock_s();
	return status;
}

bool as_capture_has_server(const struct as_capture *c)
{
	const struct pulse *p = c->impl;
	return p && p->server.ctx && PA_CONTEXT_IS_GOOD(pa_context_get_state(p->server.ctx));
}

enum as_status as_capture_open_pulse(struct as_capture *c, const struct as_capture_spec *spec, struct as_error *err)
{
	static const struct as_capture_ops ops = {pulse_read, pulse_close};
	c->ops = &ops;
	struct pulse *p = c->impl = calloc(1, sizeof *p);
	if (!p)
		return as_fail(err, AS_ERR_MEMORY, "capture: out of memory");
	enum as_status status = as_server_connect(&p->server, c->cancel, err);
	return status == AS_OK ? start(c, spec, err) : status;
}
