/* Samples from one thread to one other, without locks: one writes, one reads, nobody waits. */
#ifndef AS_BASE_RING_H
#define AS_BASE_RING_H

#include <stddef.h>

struct as_ring;

/* Room for at least n samples. NULL without memory. */
struct as_ring *as_ring_new(size_t n);
void as_ring_free(struct as_ring *r);
/* The writer's: takes as many of n as there is room for. */
size_t as_ring_write(struct as_ring *r, const float *v, size_t n);
/* The reader's: as many of n as there are. */
size_t as_ring_read(struct as_ring *r, float *v, size_t n);
/* The writer's: how many would be taken. */
size_t as_ring_room(const struct as_ring *r);
/* Samples that wait. Either thread. */
size_t as_ring_filled(const struct as_ring *r);

#endif
