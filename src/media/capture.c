#include "media/capture.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "media/capture_private.h"
#include "media/url.h"

typedef enum as_status open_fn(struct as_capture *c, const struct as_capture_spec *spec, struct as_error *err);

static bool begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

/* A name with a slash is a file's, and one without is, if there is such a file. */
static open_fn *kind_of(const char *source)
{
	struct stat st;
	if (!source || begins(source, "monitor:") || begins(source, "input:") || begins(source, "app:"))
		return as_capture_open_pulse;
	if (begins(source, "device:") || source[strspn(source, "0123456789")] == '\0')
		return as_capture_open_portaudio;
	if (strcmp(source, "-") == 0 || as_url_is(source) || strchr(source, '/') || stat(source, &st) == 0)
		return as_capture_open_stream;
	return as_capture_open_portaudio;
}

bool as_capture_is_device(const char *source)
{
	return kind_of(source) != as_capture_open_stream;
}

/* The default of a computer without a sound server is what PortAudio has. Where there is one that gives no sound, PortAudio would ask it, too, and
 * wait for long. */
static enum as_status open_default(struct as_capture *c, const struct as_capture_spec *spec, struct as_error *err)
{
	struct as_error why = {0};
	enum as_status status = as_capture_open_pulse(c, spec, &why);
	if (status != AS_ERR_IO || as_capture_has_server(c) || as_capture_is_cancelled(c))
		goto out;
	struct as_capture other = {.cancel = c->cancel};
	if (as_capture_open_portaudio(&other, spec, NULL) == AS_OK) {
		c->ops->close(c);
		*c = other;
		return AS_OK;
	}
	other.ops->close(&other);
out:
	if (err && status != AS_OK)
		*err = why;
	return status;
}

struct as_capture *as_capture_open(const struct as_capture_spec *spec, const atomic_bool *cancel, struct as_error *err)
{
	enum as_status status;
	struct as_capture *c = calloc(1, sizeof *c);
	if (!c) {
		as_fail(err, AS_ERR_MEMORY, "capture: out of memory");
		return NULL;
	}
	c->cancel = cancel;
	if (spec->source && !*spec->source)
		status = as_fail(err, AS_ERR_INVALID, "capture: no source is named");
	else if (!spec->source)
		status = open_default(c, spec, err);
	else
		status = kind_of(spec->source)(c, spec, err);
	if (status == AS_CANCELLED && err)
		as_fail(err, AS_CANCELLED, "cancelled");
	if (status == AS_OK)
		return c;
	as_capture_close(c);
	return NULL;
}

void as_capture_close(struct as_capture *c)
{
	if (!c)
		return;
	if (c->ops)
		c->ops->close(c);
	free(c);
}

const struct as_capture_format *as_capture_format(const struct as_capture *c)
{
	return &c->format;
}

enum as_status as_capture_read(struct as_capture *c, int timeout_ms, struct as_capture_block *out, struct as_error *err)
{
	*out = (struct as_capture_block){.time_s = NAN};
	return as_capture_is_cancelled(c) ? AS_CANCELLED : c->ops->read(c, timeout_ms, out, err);
}
