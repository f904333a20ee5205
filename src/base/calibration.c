#include "base/calibration.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <audiosync/options.h>

#define DEVICE_BYTES 256

/* ---- names as keys ---- */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* What ends a key, begins a section or a comment, or cannot stand in a line. */
static bool is_escaped(const char *device, size_t i)
{
	unsigned char c = (unsigned char)device[i];

	if (c < 0x20 || c == 0x7f || strchr("%=:;#[]", c))
		return true;
	return is_blank(device[i]) && (i == 0 || device[i + 1] == '\0');
}

char *as_options_calibration_key(const char *device)
{
	size_t n = strlen(device), used = sizeof AS_CALIBRATION_PREFIX - 1;
	char *key = malloc(used + 3 * n + 1);

	if (!key)
		return NULL;
	memcpy(key, AS_CALIBRATION_PREFIX, used + 1);
	for (size_t i = 0; i < n; i++)
		if (is_escaped(device, i))
			used += (size_t)snprintf(key + used, 4, "%%%02X", (unsigned)(unsigned char)device[i]);
		else
			key[used++] = device[i];
	key[used] = '\0';
	return key;
}

static int hex(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* A "%" that is no escape stands for itself, as people will write it. */
char *as_calibration_device(const char *name, size_t n)
{
	const char *p = name, *end = name + n;
	char *device = malloc(n + 1), *out = device;

	for (; device && p < end; p++) {
		int high = *p == '%' && end - p > 2 ? hex(p[1]) : -1, low = high >= 0 ? hex(p[2]) : -1;

		if (low >= 0 && high * 16 + low > 0) {
			*out++ = (char)(high * 16 + low);
			p += 2;
		} else {
			*out++ = *p;
		}
	}
	if (device)
		*out = '\0';
	return device;
}

static char *device_of(const char *key)
{
	const char *name = key + sizeof AS_CALIBRATION_PREFIX - 1;

	return as_calibration_device(name, strlen(name));
}

size_t as_calibration_name_bytes(const char *line, size_t n)
{
	size_t name = 0;

	for (size_t i = 0; i < n; i++) {
		if (line[i] == ';' && (i == 0 || is_blank(line[i - 1])))
			break;
		if (line[i] == '=')
			name = i;
	}
	while (name > 0 && is_blank(line[name - 1]))
		name--;
	return name;
}

void as_calibration_text(char out[AS_CALIBRATION_TEXT_BYTES], double ms)
{
	if (ms >= -1e6 && ms <= 1e6) {
		long long us = (long long)(ms * 1000 + (ms < 0 ? -0.5 : 0.5)), rest = us < 0 ? -us : us;

		snprintf(out, AS_CALIBRATION_TEXT_BYTES, "%s%lld.%03lld", us < 0 ? "-" : "", rest / 1000, rest % 1000);
	} else {
		snprintf(out, AS_CALIBRATION_TEXT_BYTES, "too much");
	}
}

/* ---- the list ---- */

static void item_done(struct as_calibration *i)
{
	free(i->key);
	free(i->device);
	free(i->text);
	free(i->origin);
	*i = (struct as_calibration){0};
}

void as_calibrations_done(struct as_calibrations *c)
{
	for (size_t i = 0; i < c->n; i++)
		item_done(&c->items[i]);
	free(c->items);
	*c = (struct as_calibrations){0};
}

bool as_calibrations_copy(struct as_calibrations *to, const struct as_calibrations *from)
{
	for (size_t i = 0; i < from->n; i++) {
		const struct as_calibration *v = &from->items[i];

		if (as_calibrations_set(to, v->key, v->text, v->ms, v->origin, NULL) != AS_OK) {
			as_calibrations_done(to);
			return false;
		}
	}
	return true;
}

static struct as_calibration *find_device(const struct as_calibrations *c, const char *device)
{
	for (size_t i = 0; i < c->n; i++)
		if (!strcmp(c->items[i].device, device))
			return &c->items[i];
	return NULL;
}

struct as_calibration *as_calibrations_find(const struct as_calibrations *c, const char *key)
{
	char *device = device_of(key);
	struct as_calibration *found = device ? find_device(c, device) : NULL;

	free(device);
	return found;
}

static struct as_calibration *add(struct as_calibrations *c)
{
	struct as_calibration *items = realloc(c->items, (c->n + 1) * sizeof *items);

	if (!items)
		return NULL;
	c->items = items;
	items[c->n] = (struct as_calibration){0};
	return &items[c->n++];
}

enum as_status as_calibrations_set(struct as_calibrations *c, const char *key, const char *text, double ms, const char *origin,
				   struct as_error *err)
{
	struct as_calibration new = {.device = device_of(key), .text = strdup(text), .ms = ms}, *slot;
	enum as_status status = AS_OK;

	if (new.device && (!new.device[0] || strlen(new.device) >= DEVICE_BYTES))
		status = as_fail(err, AS_ERR_INVALID, "%.200s%s[calibration] needs the name of a device, at most %d bytes long",
				 origin ? origin : "", origin ? ": " : "", DEVICE_BYTES - 1);
	new.key = new.device ? as_options_calibration_key(new.device) : NULL;
	new.origin = origin ? strdup(origin) : NULL;
	slot = new.device ? find_device(c, new.device) : NULL;
	if (status == AS_OK && !slot && c->n >= AS_CALIBRATIONS_MAX)
		status = as_fail(err, AS_ERR_INVALID, "%.200s%s[calibration] may have %d devices", origin ? origin : "",
				 origin ? ": " : "", AS_CALIBRATIONS_MAX);
	if (status == AS_OK && (!new.key || !new.text || (origin && !new.origin) || (!slot && !(slot = add(c)))))
		status = as_fail(err, AS_ERR_MEMORY, "calibration: out of memory");
	if (status != AS_OK) {
		item_done(&new);
		return status;
	}
	item_done(slot);
	*slot = new;
	return AS_OK;
}
