/* What there is to capture from, as one list. */
#include <audiosync/devices.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "media/capture_private.h"
#include "media/capture_server.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

struct list {
	struct as_device_list out;
	struct as_device *devices;
	bool no_memory;
};

const char *as_device_kind_name(enum as_device_kind kind)
{
	static const char *const names[] = {"monitor", "app", "input", "portaudio"};
	return (unsigned)kind < COUNT(names) ? names[kind] : "?";
}

const char *as_device_state_name(enum as_device_state state)
{
	static const char *const names[] = {"idle", "running", "suspended", "paused", "unknown"};
	return (unsigned)state < COUNT(names) ? names[state] : "?";
}

static char *copy(struct list *l, const char *text)
{
	char *out = strdup(text ? text : "");
	if (!out)
		l->no_memory = true;
	return out;
}

/* "prefix" and a name, or a number where the name cannot be typed or means another one. */
static char *make_source(struct list *l, const char *prefix, const char *name, bool usable, const char *number)
{
	const size_t room = strlen(prefix) + strlen(name) + strlen(number) + 1;
	char *out = malloc(room), *shown = as_text_escape_dup(name);
	if (!out || !shown)
		l->no_memory = true;
	else
		snprintf(out, room, "%s%s", prefix, usable && *name && strcmp(shown, name) == 0 ? name : number);
	free(shown);
	return out;
}

static struct as_device *add(struct list *l)
{
	struct as_device *more = realloc(l->devices, ((size_t)l->out.n + 1) * sizeof *more);
	if (!more) {
		l->no_memory = true;
		return NULL;
	}
	l->devices = more;
	memset(&more[l->out.n], 0, sizeof *more);
	return &more[l->out.n++];
}

/* ---- the server's ---- */

static enum as_device_state state_of(const struct as_server_item *i)
{
	if (i->kind == AS_SERVER_APP && i->corked)
		return AS_DEVICE_PAUSED;
	return i->suspended ? AS_DEVICE_SUSPENDED : i->running ? AS_DEVICE_RUNNING : AS_DEVICE_IDLE;
}

static const char *output_of(const struct as_server *s, const struct as_server_item *app)
{
	for (int k = 0; k < s->n_items; k++)
		if (s->items[k].kind == AS_SERVER_OUTPUT && s->items[k].index == app->output)
			return s->items[k].text;
	return "";
}

static void add_item(struct list *l, const struct as_server *s, const struct as_server_item *i)
{
	static const struct {
		enum as_device_kind kind;
		const char *prefix;
	} kinds[] = {[AS_SERVER_OUTPUT] = {AS_DEVICE_MONITOR, "monitor:"},
		     [AS_SERVER_INPUT] = {AS_DEVICE_INPUT, "input:"},
		     [AS_SERVER_APP] = {AS_DEVICE_APP, "app:"}};
	const bool app = i->kind == AS_SERVER_APP;
	char number[16];
	struct as_device *d = add(l);
	if (!d)
		return;
	snprintf(number, sizeof number, "#%u", (unsigned)i->index);
	d->kind = kinds[i->kind].kind;
	d->state = state_of(i);
	d->is_default = i->is_default;
	d->source = make_source(l, kinds[i->kind].prefix, i->name, as_server_has_name(s, i), number);
	d->name = copy(l, app ? i->name : i->text);
	d->playing = copy(l, app ? i->text : "");
	d->output = copy(l, app ? output_of(s, i) : "");
	d->rate_hz = i->spec.rate;
	d->channels = i->spec.channels;
}

static void add_kind(struct list *l, const struct as_server *s, enum as_server_kind kind)
{
	for (int pass = 0; pass < 2; pass++)
		for (int k = 0; k < s->n_items; k++)
			if (s->items[k].kind == kind && s->items[k].is_default == (pass == 0))
				add_item(l, s, &s->items[k]);
}

static enum as_status add_server(struct list *l)
{
	struct as_server s;
	enum as_status status = as_server_connect(&s, NULL, &l->out.server_error);
	if (status == AS_OK)
		status = as_server_look(&s, &l->out.server_error);
	if (status == AS_OK) {
		add_kind(l, &s, AS_SERVER_OUTPUT);
		add_kind(l, &s, AS_SERVER_APP);
		add_kind(l, &s, AS_SERVER_INPUT);
	}
	l->out.server = copy(l, status == AS_OK ? s.software : "");
	as_server_close(&s);
	return status;
}

/* ---- PortAudio's ---- */

static void add_portaudio(void *ctx, const struct as_portaudio_input *i)
{
	struct list *l = ctx;
	struct as_device *d = add(l);
	char number[16];
	if (!d)
		return;
	snprintf(number, sizeof number, "%d", i->number);
	d->kind = AS_DEVICE_PORTAUDIO;
	d->state = AS_DEVICE_UNKNOWN;
	d->is_default = i->is_default;
	d->source = make_source(l, "device:", i->name, i->is_first, number);
	d->name = copy(l, i->name);
	d->playing = copy(l, "");
	d->output = copy(l, "");
	d->rate_hz = i->rate_hz;
	d->channels = i->channels;
}

/* ---- all ---- */

enum as_status as_devices_list(const struct as_device_list **out, struct as_error *err)
{
	*out = NULL;
	struct list *l = calloc(1, sizeof *l);
	if (!l)
		return as_fail(err, AS_ERR_MEMORY, "sound devices: out of memory");
	enum as_status status = add_server(l);
	as_portaudio_list(add_portaudio, l);
	if (l->no_memory)
		status = as_fail(err, AS_ERR_MEMORY, "sound devices: out of memory");
	else if (status != AS_OK && l->out.n == 0)
		status = as_fail(err, status, "there is no sound device, and %s", l->out.server_error.msg);
	else
		status = AS_OK;
	l->out.devices = l->devices;
	if (status == AS_OK)
		*out = &l->out;
	else
		as_devices_free(&l->out);
	return status;
}

void as_devices_free(const struct as_device_list *list)
{
	/* out is the first member. */
	struct list *l = (struct list *)(void *)(uintptr_t)(const void *)list;
	if (!l)
		return;
	for (int i = 0; i < l->out.n; i++) {
		struct as_device *d = &l->devices[i];
		free((char *)(uintptr_t)d->source);
		free((char *)(uintptr_t)d->name);
		free((char *)(uintptr_t)d->playing);
		free((char *)(uintptr_t)d->output);
	}
	free((char *)(uintptr_t)l->out.server);
	free(l->devices);
	free(l);
}
