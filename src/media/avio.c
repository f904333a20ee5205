#include "media/avio.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <libavutil/error.h>
#include <libavutil/mem.h>

#include "base/text.h"

/* Small, because libav refills all of it for a single byte; what is behind it (the window) is
 * ours and cheap to ask. */
#define AVIO_BUFFER_BYTES 1024
/* One system call reads at most this: at 3 MB/s, a slow network, still under the 50 ms that a
 * cancel may take. */
#define WINDOW_BYTES (128 * 1024)
/* A run of reads that has gone on for N bytes is trusted to go on for N / TRUST more. */
#define TRUST 8

/* A run is a stretch of the file that was read without a jump. Interleaved files alternate
 * between runs of sound that are read and runs of pictures that are jumped over: reading ahead
 * as far as the last runs went costs few calls and hardly any byte of the pictures. */
struct as_avio {
	int fd;
	AVIOContext *ctx;
	const atomic_bool *cancel;
	int64_t size, pos;
	double mtime;
	uint8_t *window;
	int64_t window_pos;
	int window_n;
	int64_t run_start, run_end; /* run_end: where the last byte was taken, read ahead or not */
	int64_t last_run[2];
	int64_t bytes_read, max_bytes;
	int read_errno;
	bool cancelled;
};

static int64_t min64(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t max64(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* How much to read at pos, where size bytes are wanted now. */
static int64_t fill_bytes(struct as_avio *io, int size)
{
	bool runs_on = io->pos == io->window_pos + io->window_n;
	if (!runs_on) {
		io->last_run[1] = io->last_run[0];
		io->last_run[0] = io->run_end - io->run_start;
		io->run_start = io->pos;
	}
	int64_t done = io->pos - io->run_start;
	int64_t expected = min64(io->last_run[0], io->last_run[1]) - done;
	return min64(max64(max64(expected, done / TRUST), size), WINDOW_BYTES);
}

static int fill(struct as_avio *io, int size)
{
	int64_t want = min64(fill_bytes(io, size), io->size - io->pos);
	io->window_pos = io->pos;
	io->window_n = 0;
	ssize_t got;
	do {
		got = pread(io->fd, io->window, (size_t)want, (off_t)io->pos);
	} while (got < 0 && errno == EINTR);
	if (got < 0) {
		io->read_errno = errno;
		return AVERROR(errno);
	}
	io->window_n = (int)got;
	io->bytes_read += got;
	return got == 0 ? AVERROR_EOF : 0;
}

static int on_read(void *opaque, uint8_t *buf, int size)
{
	struct as_avio *io = opaque;
	if (io->cancel != NULL && atomic_load_explicit(io->cancel, memory_order_relaxed)) {
		io->cancelled = true;
		return AVERROR_EXIT;
	}
	if (io->pos >= io->size || io->bytes_read >= io->max_bytes)
		return AVERROR_EOF;
	if (io->pos < io->window_pos || io->pos >= io->window_pos + io->window_n) {
		int rc = fill(io, size);
		if (rc < 0)
			return rc;
	}
	int64_t at = io->pos - io->window_pos;
	int n = (int)min64(size, io->window_n - at);
	memcpy(buf, io->window + at, (size_t)n);
	io->pos += n;
	io->run_end = io->pos;
	return n;
}

static int64_t on_seek(void *opaque, int64_t offset, int whence)
{
	struct as_avio *io = opaque;
	whence &= ~AVSEEK_FORCE;
	if (whence == AVSEEK_SIZE)
		return io->size;
	int64_t base = whence == SEEK_CUR ? io->pos : whence == SEEK_END ? io->size : 0;
	int64_t to;
	if (__builtin_add_overflow(base, offset, &to) || to < 0)
		return AVERROR(EINVAL);
	io->pos = to;
	return to;
}

/* A device or a pipe must not even be opened: that alone can block, or rewind a tape. */
static enum as_status open_regular(const char *path, int *fd, struct stat *st, struct as_error *err)
{
	const char *name = as_path_base(path);
	if (stat(path, st) != 0)
		return as_fail_errno(err, name, NULL);
	if (S_ISDIR(st->st_mode))
		return as_fail(err, AS_ERR_FORMAT, "%s: is a folder, not a file", name);
	if (!S_ISREG(st->st_mode))
		return as_fail(err, AS_ERR_FORMAT, "%s: is not a regular file", name);
	*fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (*fd < 0)
		return as_fail_errno(err, name, NULL);
	if (fstat(*fd, st) == 0 && S_ISREG(st->st_mode))
		return AS_OK;
	close(*fd);
	return as_fail(err, AS_ERR_FORMAT, "%s: is not a regular file", name);
}

enum as_status as_avio_open(const char *path, const atomic_bool *cancel, struct as_avio **out,
			    struct as_error *err)
{
	struct stat st;
	int fd = -1;
	enum as_status status = open_regular(path, &fd, &st, err);
	if (status != AS_OK)
		return status;
	uint8_t *buffer = av_malloc(AVIO_BUFFER_BYTES);
	struct as_avio *io = calloc(1, sizeof *io);
	if (io == NULL || buffer == NULL)
		goto out;
	io->fd = fd;
	io->cancel = cancel;
	io->size = st.st_size;
	io->max_bytes = INT64_MAX;
	io->mtime = (double)st.st_mtim.tv_sec + 1e-9 * (double)st.st_mtim.tv_nsec;
	io->window = malloc(WINDOW_BYTES);
	if (io->window != NULL)
		io->ctx = avio_alloc_context(buffer, AVIO_BUFFER_BYTES, 0, io, on_read, NULL,
					     on_seek);
	if (io->ctx == NULL)
		goto out;
	*out = io;
	return AS_OK;
out:
	av_free(buffer);
	if (io != NULL)
		free(io->window);
	free(io);
	close(fd);
	return as_fail(err, AS_ERR_MEMORY, "%s: out of memory", as_path_base(path));
}

void as_avio_close(struct as_avio *io)
{
	if (io == NULL)
		return;
	/* libav may have replaced the buffer: free the one that is there now. */
	av_freep(&io->ctx->buffer);
	avio_context_free(&io->ctx);
	close(io->fd);
	free(io->window);
	free(io);
}

AVIOContext *as_avio_context(struct as_avio *io)
{
	return io->ctx;
}

int64_t as_avio_size(const struct as_avio *io)
{
	return io->size;
}

double as_avio_mtime(const struct as_avio *io)
{
	return io->mtime;
}

int as_avio_errno(const struct as_avio *io)
{
	return io->read_errno;
}

bool as_avio_cancelled(const struct as_avio *io)
{
	return io->cancelled;
}

int64_t as_avio_bytes_read(const struct as_avio *io)
{
	return io->bytes_read;
}

void as_avio_set_budget(struct as_avio *io, int64_t bytes)
{
	io->max_bytes = io->bytes_read + bytes;
}

void as_avio_expect_jumps(struct as_avio *io)
{
	/* Only a hint, to keep the system from reading the pictures ahead; the next reads show
	 * how far the sound goes on. */
	posix_fadvise(io->fd, 0, 0, POSIX_FADV_RANDOM);
	/* libav itself would read through gaps of up to 32 kB. */
	io->ctx->direct = 1;
}
