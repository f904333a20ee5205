/* A regular file as libav's input: cancellable, no protocols, and no more bytes read than are
 * asked for. */
#ifndef AS_MEDIA_AVIO_H
#define AS_MEDIA_AVIO_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <libavformat/avio.h>

#include "base/error.h"

struct as_avio;

/* Opens path, which must be a regular file; folders, pipes, sockets and devices are refused
 * without being opened. cancel may be NULL and is borrowed; once true, every read fails. */
enum as_status as_avio_open(const char *path, const atomic_bool *cancel, struct as_avio **out,
			     struct as_error *err);
/* NULL is fine. The AVIOContext goes with it: close the AVFormatContext first. */
void as_avio_close(struct as_avio *io);

/* Borrowed. */
AVIOContext *as_avio_context(struct as_avio *io);
int64_t as_avio_size(const struct as_avio *io);
/* The file's time of last change, seconds since 1970. */
double as_avio_mtime(const struct as_avio *io);
/* errno of the read that failed last, 0 if none did. */
int as_avio_errno(const struct as_avio *io);
/* True once a read was refused because of cancel. */
bool as_avio_cancelled(const struct as_avio *io);
/* Most of the file is going to be jumped over: from now on nothing is read but what is asked
 * for, and what goes on behind it. */
void as_avio_expect_jumps(struct as_avio *io);
/* From now on the file looks as if it ended once so many more bytes have been read: bounds what
 * looking around may cost. */
void as_avio_set_budget(struct as_avio *io, int64_t bytes);
/* Bytes taken from the system so far. */
int64_t as_avio_bytes_read(const struct as_avio *io);

#endif
