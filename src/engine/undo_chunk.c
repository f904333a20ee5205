/* Chunks of bytes that are kept once, and values as bytes. */
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "engine/undo_private.h"

#define FIRST_BUCKETS 1024

static bool grow(struct undo_store *store)
{
	size_t n = store->n_buckets > 0 ? store->n_buckets * 2 : FIRST_BUCKETS;
	struct undo_chunk **v = calloc(n, sizeof(*v));
	if (!v)
		return false;
	for (size_t i = 0; i < store->n_buckets; i++) {
		for (struct undo_chunk *c = store->buckets[i], *next; c; c = next) {
			next = c->next;
			c->next = v[c->hash % n];
			v[c->hash % n] = c;
		}
	}
	free(store->buckets);
	store->buckets = v;
	store->n_buckets = n;
	return true;
}

struct undo_chunk *as_undo_intern(struct undo_store *store, const void *v, size_t bytes)
{
	struct as_hash h;
	as_hash_init(&h, 0);
	as_hash_add(&h, v, bytes);
	uint64_t hash = as_hash_value(&h);
	if (store->n_chunks >= store->n_buckets && !grow(store))
		return NULL;
	struct undo_chunk **bucket = &store->buckets[hash % store->n_buckets], *c;
	for (c = *bucket; c; c = c->next) {
		if (c->hash == hash && c->bytes == bytes && memcmp(c->v, v, bytes) == 0) {
			c->refs++;
			return c;
		}
	}
	if (!(c = malloc(sizeof *c + bytes)))
		return NULL;
	*c = (struct undo_chunk){.next = *bucket, .hash = hash, .bytes = bytes, .refs = 1};
	memcpy(c->v, v, bytes);
	*bucket = c;
	store->n_chunks++;
	store->bytes += (int64_t)(sizeof *c + bytes);
	return c;
}

void as_undo_drop_chunk(struct undo_store *store, struct undo_chunk *c)
{
	if (!c || --c->refs > 0)
		return;
	struct undo_chunk **at = &store->buckets[c->hash % store->n_buckets];
	while (*at != c)
		at = &(*at)->next;
	*at = c->next;
	store->n_chunks--;
	store->bytes -= (int64_t)(sizeof *c + c->bytes);
	free(c);
}

void as_undo_store_done(struct undo_store *store)
{
	free(store->buckets);
	*store = (struct undo_store){0};
}

/* ---- values ---- */

static bool need_room(struct undo_io *io, size_t bytes)
{
	if (io->n + bytes <= io->cap)
		return true;
	size_t cap = io->cap > 0 ? io->cap : 4096;
	while (cap < io->n + bytes)
		cap *= 2;
	unsigned char *v = realloc(io->v, cap);
	if (!v)
		return false;
	io->v = v;
	io->cap = cap;
	return true;
}

void as_undo_raw(struct undo_io *io, void *p, size_t bytes)
{
	if (bytes == 0 || io->failed)
		return;
	if (io->reading) {
		memcpy(p, io->from + io->at, bytes);
		io->at += bytes;
	} else if (need_room(io, bytes)) {
		memcpy(io->v + io->n, p, bytes);
		io->n += bytes;
	} else {
		io->failed = true;
	}
}

void *as_undo_array(struct undo_io *io, void *v, int *n, size_t each)
{
	int count = io->reading ? 0 : *n;
	as_undo_raw(io, &count, sizeof count);
	if (io->reading) {
		*n = 0;
		v = NULL;
		if (count == 0 || io->failed)
			return NULL;
		if (!(v = malloc((size_t)count * each))) {
			io->failed = true;
			return NULL;
		}
		*n = count;
	}
	as_undo_raw(io, v, (size_t)*n * each);
	return v;
}

void as_undo_text(struct undo_io *io, char **text)
{
	int n = !io->reading && *text ? (int)strlen(*text) + 1 : 0;
	*text = as_undo_array(io, *text, &n, 1);
}

void as_undo_texts(struct undo_io *io, struct text_list *l)
{
	int n = l->n;
	as_undo_raw(io, &n, sizeof n);
	if (!io->reading) {
		for (int i = 0; i < n; i++)
			as_undo_text(io, &l->v[i]);
		return;
	}
	*l = (struct text_list){0};
	if (n == 0 || io->failed)
		return;
	l->v = calloc((size_t)n, sizeof *l->v);
	io->failed = !l->v;
	l->cap = n;
	for (int i = 0; i < n && !io->failed; i++) {
		as_undo_text(io, &l->v[i]);
		l->n += !io->failed;
	}
}
