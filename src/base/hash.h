/* XXH64, the published 64-bit hash by Yann Collet: some GB/s, streaming, no defence against an
 * adversary. */
#ifndef AS_BASE_HASH_H
#define AS_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

struct as_hash {
	uint64_t seed, total;
	uint64_t lane[4];
	unsigned char tail[32];
	size_t n_tail;
};

void as_hash_init(struct as_hash *h, uint64_t seed);
void as_hash_add(struct as_hash *h, const void *data, size_t bytes);
/* The hash of what was added so far; more can be added afterwards. */
uint64_t as_hash_value(const struct as_hash *h);

#endif
