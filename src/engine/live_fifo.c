/* What a second capture has heard, on its way to the thread that compares: half a minute at most. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "engine/live_private.h"

#define CHUNKS 512 /* of up to 0.1 s; sources deliver more often than that, so that fewer seconds fit */

struct chunk {
	int64_t lost; /* before v */
	int n;
	float v[LIVE_STEP];
};

struct live_fifo {
	struct chunk chunks[CHUNKS]; /* a ring */
	int head, count;
	int64_t lost; /* behind the last chunk */
};

struct live_fifo *as_live_fifo_new(struct as_error *err)
{
	struct live_fifo *f = calloc(1, sizeof *f);
	if (!f)
		as_fail(err, AS_ERR_MEMORY, "live meter: out of memory");
	return f;
}

void as_live_fifo_free(struct live_fifo *f)
{
	free(f);
}

/* What is dropped has been lost before what follows. */
static void drop_oldest(struct live_fifo *f)
{
	struct chunk *c = &f->chunks[f->head];
	int64_t lost = c->lost + c->n;
	f->head = (f->head + 1) % CHUNKS;
	f->count--;
	if (f->count > 0)
		f->chunks[f->head].lost += lost;
	else
		f->lost += lost;
}

bool as_live_fifo_put(struct live_fifo *f, const float *v, int64_t n, bool force)
{
	if (!v) {
		f->lost += n;
		return true;
	}
	struct chunk *last = f->count > 0 ? &f->chunks[(f->head + f->count - 1) % CHUNKS] : NULL;
	if (last && f->lost == 0 && last->n + n <= LIVE_STEP) {
		memcpy(last->v + last->n, v, (size_t)n * sizeof *v);
		last->n += (int)n;
		return true;
	}
	if (f->count == CHUNKS) {
		if (!force)
			return false;
		drop_oldest(f);
	}
	struct chunk *c = &f->chunks[(f->head + f->count) % CHUNKS];
	c->lost = f->lost;
	c->n = (int)n;
	memcpy(c->v, v, (size_t)n * sizeof *v);
	f->lost = 0;
	f->count++;
	return true;
}

int64_t as_live_fifo_take(struct live_fifo *f, float *v, bool *lost)
{
	struct chunk *c = &f->chunks[f->head];
	int64_t *missing = f->count > 0 ? &c->lost : &f->lost;
	int64_t n = *missing;
	*lost = n > 0;
	if (n > 0) {
		*missing = 0;
		return n;
	}
	if (f->count == 0)
		return 0;
	n = c->n;
	memcpy(v, c->v, (size_t)n * sizeof *v);
	f->head = (f->head + 1) % CHUNKS;
	f->count--;
	return n;
}

bool as_live_fifo_is_empty(const struct live_fifo *f)
{
	return f->count == 0 && f->lost == 0;
}
