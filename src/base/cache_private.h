/* What the files of the cache share: how an entry is stored and found.
 *
 * DIR/ab/abcdef…      one entry: struct cache_header, then the payload; named by its key
 * DIR/ab/.….part      an entry being written; its writer holds a flock on it, so that one
 * without a lock is left over
 * DIR/lock            flock: held while entries are evicted or cleared Everything else in the
 * folder is foreign: it is neither read, followed nor removed. */
#ifndef AS_BASE_CACHE_PRIVATE_H
#define AS_BASE_CACHE_PRIVATE_H

#include <stdatomic.h>
#include <sys/types.h>

#include "base/cache.h"
#include "base/hash.h"

#define CACHE_MAGIC "audsync\x1a"
#define CACHE_FORMAT 1
#define CACHE_KEY_CHARS 64
#define CACHE_BLOCK_BYTES 65536

/* In the machine's own byte order: format tells a folder that is shared by different machines.
 * The payload follows it on a cache line boundary. */
struct cache_header {
	char magic[8];
	uint32_t format;
	uint32_t reserved;
	uint64_t payload_bytes;
	uint64_t checksum; /* as_hash of the payload, the header with checksum 0 following it */
	char key[CACHE_KEY_CHARS];
	char pad[32];
};

struct as_cache {
	char *dir;           /* immutable after open */
	int64_t limit_bytes; /* immutable after open */
	atomic_bool failed;
	atomic_uint serial; /* of .part names */
	_Atomic int64_t
		credit_bytes; /* what can still be published before the folder must be measured */
};

bool as_cache_key_valid(const char *key);
/* The folder, opened; -1 if it is absent, not a folder, or not ours. make creates it (mode
 * 0700). */
int as_cache_open_root(const struct as_cache *c, bool make);
/* The folder of a key or a part of one (two hex characters). */
int as_cache_open_sub(int root_fd, const char *key, bool make);
/* Both, one after the other. */
int as_cache_open_folder(const struct as_cache *c, const char *key, bool make);
/* As many of the bytes as there are, or -1. */
ssize_t as_cache_read_at(int fd, void *buf, size_t bytes, int64_t at);
bool as_cache_write_at(int fd, const void *data, size_t bytes, int64_t at);
uint64_t as_cache_header_checksum(struct as_hash payload, struct cache_header h);
/* A file without a name in tmp_dir, or -1. */
int as_cache_open_temp(const char *tmp_dir, struct as_error *err);
/* Copies the entry `from` to a file without a name, beside it or else in tmp_dir, and checks it on the way. *to is that
 * file when DONE, else -1. NO_ROOM: nowhere to write it; the entry may be fine. */
enum cache_copy { CACHE_COPY_DONE, CACHE_COPY_DAMAGED, CACHE_COPY_NO_ROOM };
enum cache_copy as_cache_copy(struct as_cache *c, int sub_fd, const char *tmp_dir, const char *key,
			      int from, int64_t file_bytes, int *to);
/* Maps a file that nobody else can reach. */
enum as_status as_cache_map(int fd, int64_t file_bytes, struct as_blob *out, struct as_error *err);
/* Removes the entries used longest ago when the folder is over its limit. */
void as_cache_evict(struct as_cache *c);

#endif
