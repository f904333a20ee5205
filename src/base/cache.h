/* A persistent store of blobs by key: checksummed, LRU with a limit, safe for several processes. */
#ifndef AS_BASE_CACHE_H
#define AS_BASE_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct as_cache;

/* dir is made when first written. limit_bytes 0 means no limit. Any thread may use one as_cache. */
struct as_cache *as_cache_open(const char *dir, int64_t limit_bytes, struct as_error *err);
void as_cache_close(struct as_cache *c);

/* Key of a media file's content for one kind of derived data: a hash of size, modification time
 * (ns), and the bytes of several parts (head, middle, tail) of the file, plus kind (which
 * includes the analysis version and every setting that changes the data). key gets 65 bytes
 * (hex, terminated). */
enum as_status as_cache_key(const char *path, const char *kind, char key[65], struct as_error *err);

/* Key of further data that is made of the same content. */
void as_cache_key_of_kind(const char *key, const char *kind, char out[65]);

/* What a file holds, whenever and wherever it was written: a hash of its size and of the bytes of the same parts, 32
 * hexadecimal digits. *st is that of the file that was read. Opens regular files only. */
struct stat;
enum as_status as_file_content(const char *path, char content[33], struct stat *st, struct as_error *err);

/* A blob that is mapped read-only; unmap by as_blob_close. Pages are backed by a file without a name: the kernel can drop
 * them, and nobody can cut them off. */
struct as_blob {
	const void *data;
	size_t bytes;
	void *map;
	size_t map_bytes;
};

/* Looks a key up: AS_OK with the blob, AS_NO_MATCH if absent or if its checksum, version or
 * length is wrong (then it is removed), or if there is no room for a copy, neither beside it nor in
 * tmp_dir. Touches it for LRU. What happens to the entry later does not touch the blob. */
enum as_status as_cache_get(struct as_cache *c, const char *key, const char *tmp_dir,
			    struct as_blob *out, struct as_error *err);

/* Writing streams: begin, write any number of times, then end (publishes it atomically, evicts
 * by LRU if over the limit, and maps it into out when out is not NULL) or abort. With c NULL an
 * unlinked temporary file in tmp_dir is used instead, so that the caller has one path for cached
 * and uncached work. */
struct as_cache_writer;
struct as_cache_writer *as_cache_begin(struct as_cache *c, const char *key, const char *tmp_dir,
				       struct as_error *err);
enum as_status as_cache_write(struct as_cache_writer *w, const void *data, size_t bytes,
			      struct as_error *err);
enum as_status as_cache_end(struct as_cache_writer *w, struct as_blob *out, struct as_error *err);
void as_cache_abort(struct as_cache_writer *w);
void as_blob_close(struct as_blob *b);
/* Tells the kernel that the pages are not needed for now: they leave the resident set, and come
 * back from the file when read. Any thread, also while others read. */
void as_blob_rest(const struct as_blob *b);

/* True once the folder could not be written (read-only, full, someone else's): work went on
 * without it. Any thread. */
bool as_cache_failed(const struct as_cache *c);

struct as_cache_stats {
	int64_t entries, bytes;
};
enum as_status as_cache_measure(struct as_cache *c, struct as_cache_stats *out,
				struct as_error *err);
enum as_status as_cache_clear(struct as_cache *c, struct as_cache_stats *removed,
			      struct as_error *err);

#endif
