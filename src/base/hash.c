#include "base/hash.h"

#include <string.h>

#define P1 UINT64_C(0x9E3779B185EBCA87)
#define P2 UINT64_C(0xC2B2AE3D27D4EB4F)
#define P3 UINT64_C(0x165667B19E3779F9)
#define P4 UINT64_C(0x85EBCA77C2B2AE63)
#define P5 UINT64_C(0x27D4EB2F165667C5)

#define STRIPE_BYTES 32

static inline uint64_t rotate(uint64_t x, int bits)
{
	return x << bits | x >> (64 - bits);
}

/* Byte by byte, so that every machine gets the same value; compilers make one load of it. */
static inline uint64_t read_le(const unsigned char *p, int bytes)
{
	uint64_t v = 0;
	for (int i = 0; i < bytes; i++)
		v |= (uint64_t)p[i] << (8 * i);
	return v;
}

static inline uint64_t mix(uint64_t lane, uint64_t word)
{
	return rotate(lane + word * P2, 31) * P1;
}

static void add_stripe(struct as_hash *h, const unsigned char *p)
{
	for (int i = 0; i < 4; i++)
		h->lane[i] = mix(h->lane[i], read_le(p + 8 * i, 8));
}

void as_hash_init(struct as_hash *h, uint64_t seed)
{
	*h = (struct as_hash){.seed = seed, .lane = {seed + P1 + P2, seed + P2, seed, seed - P1}};
}

void as_hash_add(struct as_hash *h, const void *data, size_t bytes)
{
	const unsigned char *p = data;
	h->total += bytes;
	if (h->n_tail > 0) {
		size_t take = STRIPE_BYTES - h->n_tail;
		if (take > bytes)
			take = bytes;
		memcpy(h->tail + h->n_tail, p, take);
		h->n_tail += take;
		p += take;
		bytes -= take;
		if (h->n_tail < STRIPE_BYTES)
			return;
		add_stripe(h, h->tail);
		h->n_tail = 0;
	}
	for (; bytes >= STRIPE_BYTES; p += STRIPE_BYTES, bytes -= STRIPE_BYTES)
		add_stripe(h, p);
	if (bytes > 0)
		memcpy(h->tail, p, bytes);
	h->n_tail = bytes;
}

static uint64_t merge_lanes(const struct as_hash *h)
{
	uint64_t v = rotate(h->lane[0], 1) + rotate(h->lane[1], 7) + rotate(h->lane[2], 12) +
		     rotate(h->lane[3], 18);
	for (int i = 0; i < 4; i++)
		v = (v ^ mix(0, h->lane[i])) * P1 + P4;
	return v;
}

uint64_t as_hash_value(const struct as_hash *h)
{
	uint64_t v = h->total < STRIPE_BYTES ? h->seed + P5 : merge_lanes(h);
	const unsigned char *p = h->tail, *end = h->tail + h->n_tail;
	v += h->total;
	for (; end - p >= 8; p += 8)
		v = rotate(v ^ mix(0, read_le(p, 8)), 27) * P1 + P4;
	if (end - p >= 4) {
		v = rotate(v ^ read_le(p, 4) * P1, 23) * P2 + P3;
		p += 4;
	}
	for (; p < end; p++)
		v = rotate(v ^ *p * P5, 11) * P1;
	v = (v ^ v >> 33) * P2;
	v = (v ^ v >> 29) * P3;
	return v ^ v >> 32;
}
