#include "media/capture_server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "media/portaudio_quiet.h"

#define PATIENCE_S 5.0
#define TURN_MS 50.0
#define MAX_ITEMS 4096 /* what is believed of a server */

/* ---- the connection ---- */

static enum as_status fail_connection(struct as_server *s, struct as_error *err)
{
	int e = s->ctx ? pa_context_errno(s->ctx) : PA_ERR_INTERNAL;
	if (e == PA_ERR_CONNECTIONREFUSED || e == PA_ERR_INVALIDSERVER || e == PA_ERR_NOENTITY)
		return as_fail(err, AS_ERR_IO,
			       "no PulseAudio or PipeWire server of this user runs; start one: 'systemctl --user start "
			       "pipewire-pulse', or 'pulseaudio --start'");
	if (e == PA_ERR_CONNECTIONTERMINATED)
		return as_fail(err, AS_ERR_IO, "the sound server has ended");
	return as_fail(err, AS_ERR_IO, "the sound server: %s", pa_strerror(e));
}

enum as_status as_server_turn(struct as_server *s, double timeout_ms, struct as_error *err)
{
	double ms = timeout_ms < TURN_MS ? timeout_ms : TURN_MS;
	if (s->cancel && atomic_load(s->cancel))
		return AS_CANCELLED;
	if (pa_mainloop_prepare(s->loop, ms > 0 ? (int)(ms * 1e3) : 0) < 0 || pa_mainloop_poll(s->loop) < 0 ||
	    pa_mainloop_dispatch(s->loop) < 0)
		return as_fail(err, AS_ERR_IO, "the connection to the sound server failed");
	return PA_CONTEXT_IS_GOOD(pa_context_get_state(s->ctx)) ? AS_OK : fail_connection(s, err);
}

enum as_status as_server_connect(struct as_server *s, const atomic_bool *cancel, struct as_error *err)
{
	enum as_status status = AS_OK;
	*s = (struct as_server){.cancel = cancel, .loop = pa_mainloop_new()};
	if (!s->loop || !(s->ctx = pa_context_new(pa_mainloop_get_api(s->loop), "audiosync")))
		return as_fail(err, AS_ERR_MEMORY, "the sound server: out of memory");
	int saved = as_portaudio_enter();
	int e = pa_context_connect(s->ctx, NULL, PA_CONTEXT_NOAUTOSPAWN, NULL);
	as_portaudio_leave(saved);
	if (e < 0)
		return fail_connection(s, err);
	double until_s = as_clock_s() + PATIENCE_S;
	while (status == AS_OK && pa_context_get_state(s->ctx) != PA_CONTEXT_READY) {
		status = as_server_turn(s, TURN_MS, err);
		if (status == AS_OK && as_clock_s() > until_s)
			status = as_fail(err, AS_ERR_IO, "the sound server does not answer");
	}
	return status;
}

static void forget_items(struct as_server *s)
{
	for (int i = 0; i < s->n_items; i++) {
		free(s->items[i].name);
		free(s->items[i].text);
		free(s->items[i].monitor);
		free(s->items[i].binary);
	}
	free(s->items);
	free(s->default_output);
	free(s->default_input);
	free(s->software);
	s->items = NULL;
	s->n_items = 0;
	s->default_output = s->default_input = s->software = NULL;
}

void as_server_close(struct as_server *s)
{
	if (s->ctx) {
		pa_context_disconnect(s->ctx);
		pa_context_unref(s->ctx);
	}
	if (s->loop)
		pa_mainloop_free(s->loop);
	forget_items(s);
	s->ctx = NULL;
	s->loop = NULL;
}

enum as_status as_server_wait(struct as_server *s, pa_operation *op, struct as_error *err)
{
	enum as_status status = AS_OK;
	double until_s = as_clock_s() + PATIENCE_S;
	if (!op)
		return fail_connection(s, err);
	while (status == AS_OK && pa_operation_get_state(op) == PA_OPERATION_RUNNING) {
		status = as_server_turn(s, TURN_MS, err);
		if (status == AS_OK && as_clock_s() > until_s)
			status = as_fail(err, AS_ERR_IO, "the sound server does not answer");
	}
	if (status != AS_OK)
		pa_operation_cancel(op);
	pa_operation_unref(op);
	return status;
}

/* ---- what there is ---- */

static char *copy(struct as_server *s, const char *text)
{
	char *out = strdup(text ? text : "");
	if (!out)
		s->no_memory = true;
	return out;
}

/* One more; its texts are filled in by the caller. NULL when there are too many, or no memory. */
static struct as_server_item *add(struct as_server *s, enum as_server_kind kind, const char *name, const char *text)
{
	if (s->n_items == MAX_ITEMS || s->no_memory)
		return NULL;
	if ((s->n_items & (s->n_items - 1)) == 0) {
		size_t room = s->n_items ? 2 * (size_t)s->n_items : 1;
		struct as_server_item *more = realloc(s->items, room * sizeof *more);
		s->no_memory = !more;
		if (!more)
			return NULL;
		s->items = more;
	}
	struct as_server_item *i = &s->items[s->n_items++];
	*i = (struct as_server_item){.kind = kind, .name = copy(s, name), .text = copy(s, text && *text ? text : name)};
	return i;
}

static void on_server(pa_context *ctx, const pa_server_info *i, void *arg)
{
	struct as_server *s = arg;
	(void)ctx;
	if (!i || s->software)
		return;
	s->default_output = copy(s, i->default_sink_name);
	s->default_input = copy(s, i->default_source_name);
	s->software = copy(s, i->server_name);
}

static void on_output(pa_context *ctx, const pa_sink_info *i, int end, void *arg)
{
	struct as_server *s = arg;
	struct as_server_item *x = !end && i ? add(s, AS_SERVER_OUTPUT, i->name, i->description) : NULL;
	(void)ctx;
	if (!x)
		return;
	x->index = i->index;
	x->monitor = copy(s, i->monitor_source_name);
	x->binary = copy(s, "");
	x->spec = i->sample_spec;
	x->running = i->state == PA_SINK_RUNNING;
	x->suspended = i->state == PA_SINK_SUSPENDED;
}

static void on_input(pa_context *ctx, const pa_source_info *i, int end, void *arg)
{
	struct as_server *s = arg;
	(void)ctx;
	if (end || !i || i->monitor_of_sink != PA_INVALID_INDEX)
		return;
	struct as_server_item *x = add(s, AS_SERVER_INPUT, i->name, i->description);
	if (!x)
		return;
	x->index = i->index;
	x->monitor = copy(s, i->name);
	x->binary = copy(s, "");
	x->spec = i->sample_spec;
	x->running = i->state == PA_SOURCE_RUNNING;
	x->suspended = i->state == PA_SOURCE_SUSPENDED;
}

static unsigned long process_of(const pa_proplist *l)
{
	const char *id = pa_proplist_gets(l, PA_PROP_APPLICATION_PROCESS_ID);
	return id ? strtoul(id, NULL, 10) : 0;
}

/* An application that does not say its name is known by its program's. */
static void on_app(pa_context *ctx, const pa_sink_input_info *i, int end, void *arg)
{
	struct as_server *s = arg;
	(void)ctx;
	if (end || !i || i->client == PA_INVALID_INDEX)
		return; /* no application, but a part of the server itself */
	const char *binary = pa_proplist_gets(i->proplist, PA_PROP_APPLICATION_PROCESS_BINARY);
	const char *name = pa_proplist_gets(i->proplist, PA_PROP_APPLICATION_NAME);
	const char *media = pa_proplist_gets(i->proplist, PA_PROP_MEDIA_NAME);
	struct as_server_item *x = add(s, AS_SERVER_APP, name && *name ? name : binary ? binary : "", media ? media : i->name);
	if (!x)
		return;
	x->index = i->index;
	x->output = i->sink;
	x->client = i->client;
	x->process = process_of(i->proplist);
	x->monitor = copy(s, "");
	x->binary = copy(s, binary);
	x->corked = i->corked;
	x->running = !i->corked;
}

static void finish(struct as_server *s)
{
	for (int k = 0; k < s->n_items; k++) {
		struct as_server_item *i = &s->items[k];
		const char *of = i->kind == AS_SERVER_OUTPUT ? s->default_output : i->kind == AS_SERVER_INPUT ? s->default_input : NULL;
		i->is_default = of && *of && strcmp(i->name, of) == 0;
		for (int o = 0; i->kind == AS_SERVER_APP && o < s->n_items; o++)
			if (s->items[o].kind == AS_SERVER_OUTPUT && s->items[o].index == i->output) {
				i->spec = s->items[o].spec;
				i->suspended = s->items[o].suspended;
			}
	}
}

enum as_status as_server_look(struct as_server *s, struct as_error *err)
{
	forget_items(s);
	s->no_memory = false;
	enum as_status status = as_server_wait(s, pa_context_get_server_info(s->ctx, on_server, s), err);
	if (status == AS_OK)
		status = as_server_wait(s, pa_context_get_sink_info_list(s->ctx, on_output, s), err);
	if (status == AS_OK)
		status = as_server_wait(s, pa_context_get_source_info_list(s->ctx, on_input, s), err);
	if (status == AS_OK)
		status = as_server_wait(s, pa_context_get_sink_input_info_list(s->ctx, on_app, s), err);
	if (status == AS_OK && s->no_memory)
		status = as_fail(err, AS_ERR_MEMORY, "the sound server: out of memory");
	if (status == AS_OK)
		finish(s);
	return status;
}

struct sought {
	uint32_t client;
	unsigned long process;
	bool found;
};

static void on_client(pa_context *ctx, const pa_client_info *i, int end, void *arg)
{
	struct sought *x = arg;
	(void)ctx;
	if (!end && i)
		x->found |= x->process != 0 ? process_of(i->proplist) == x->process : i->index == x->client;
}

enum as_status as_server_has_client(struct as_server *s, uint32_t client, unsigned long process, bool *there, struct as_error *err)
{
	struct sought x = {.client = client, .process = process};
	enum as_status status = as_server_wait(s, pa_context_get_client_info_list(s->ctx, on_client, &x), err);
	*there = x.found;
	return status;
}
