#include "base/ring.h"

#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Both counters go on for ever; their difference is what waits. */
struct as_ring {
	atomic_size_t written; /* the writer's alone to change */
	atomic_size_t read;    /* the reader's */
	size_t size;           /* a power of two */
	float v[];
};

struct as_ring *as_ring_new(size_t n)
{
	size_t size = 1;
	if (n > SIZE_MAX / 4 / sizeof(float))
		return NULL;
	while (size < n)
		size *= 2;
	struct as_ring *r = calloc(1, sizeof *r + size * sizeof(float));
	if (r)
		r->size = size;
	return r;
}

void as_ring_free(struct as_ring *r)
{
	free(r);
}

size_t as_ring_filled(const struct as_ring *r)
{
	/* Read before written: the difference is never less than nothing. */
	size_t read = atomic_load_explicit(&r->read, memory_order_acquire);
	return atomic_load_explicit(&r->written, memory_order_acquire) - read;
}

size_t as_ring_room(const struct as_ring *r)
{
	return r->size - (atomic_load_explicit(&r->written, memory_order_relaxed) -
			  atomic_load_explicit(&r->read, memory_order_acquire));
}

/* The stretch at `at` in one piece, and where that ends at the end of the memory, the other from its beginning. */
static size_t first_piece(const struct as_ring *r, size_t at, size_t n)
{
	size_t left = r->size - (at & (r->size - 1));
	return n < left ? n : left;
}

size_t as_ring_write(struct as_ring *r, const float *v, size_t n)
{
	size_t at = atomic_load_explicit(&r->written, memory_order_relaxed);
	size_t room = r->size - (at - atomic_load_explicit(&r->read, memory_order_acquire));
	if (n > room)
		n = room;
	size_t first = first_piece(r, at, n);
	memcpy(r->v + (at & (r->size - 1)), v, first * sizeof *v);
	memcpy(r->v, v + first, (n - first) * sizeof *v);
	atomic_store_explicit(&r->written, at + n, memory_order_release);
	return n;
}

size_t as_ring_read(struct as_ring *r, float *v, size_t n)
{
	size_t at = atomic_load_explicit(&r->read, memory_order_relaxed);
	size_t waiting = atomic_load_explicit(&r->written, memory_order_acquire) - at;
	if (n > waiting)
		n = waiting;
	size_t first = first_piece(r, at, n);
	memcpy(v, r->v + (at & (r->size - 1)), first * sizeof *v);
	memcpy(v + first, r->v, (n - first) * sizeof *v);
	atomic_store_explicit(&r->read, at + n, memory_order_release);
	return n;
}
