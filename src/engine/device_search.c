/* What there is to capture from, asked for by a thread of its own: a sound server may take seconds to answer. */
#include <stdlib.h>

#include <audiosync/devices.h>

#include "base/aside.h"

struct as_device_search {
	struct as_aside aside;
	enum as_status status;
	const struct as_device_list *list;
	struct as_error err;
};

static void free_search(struct as_aside *a)
{
	struct as_device_search *s = (struct as_device_search *)a;

	as_devices_free(s->list);
	free(s);
}

static void ask(struct as_aside *a)
{
	struct as_device_search *s = (struct as_device_search *)a;

	s->status = as_devices_list(&s->list, &s->err);
}

struct as_device_search *as_device_search_start(struct as_error *err)
{
	struct as_device_search *s = calloc(1, sizeof *s);

	if (!s) {
		as_fail(err, AS_ERR_MEMORY, "out of memory");
		return NULL;
	}
	if (as_aside_start(&s->aside, ask, free_search, "list of sound devices", err) == AS_OK)
		return s;
	free(s);
	return NULL;
}

int as_device_search_fd(const struct as_device_search *s)
{
	return s->aside.fd;
}

bool as_device_search_take(struct as_device_search *s, enum as_status *status, const struct as_device_list **out, struct as_error *err)
{
	if (!as_aside_done(&s->aside, 0))
		return false;
	*status = s->status;
	*out = s->list;
	s->list = NULL;
	if (err)
		*err = s->err;
	return true;
}

void as_device_search_free(struct as_device_search *s)
{
	if (s)
		as_aside_drop(&s->aside);
}
