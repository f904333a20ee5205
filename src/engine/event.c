#include "engine/event.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

/* Always left free for the kinds that have few ids (stage, progress, done, …), so that running
 * out of memory can cost a redraw but never the end of a run. */
#define RESERVE 32
#define FIRST_SLOTS 256

/* Waiting events in order of their first push, as a ring, with a hash table from (kind, id) to
 * ring slots. */
struct as_event_queue {
	int pipe_fd[2]; /* immutable after new */
	pthread_mutex_t
		lock; /* guards everything below, and the invariant that the pipe holds one byte
				 * exactly while events wait */
	struct as_event *ring; /* cap entries, cap a power of two */
	uint32_t cap, head, count;
	uint32_t *index; /* 2 * cap buckets, slot + 1, or 0; linear probing */
};

static uint32_t bucket_of(const struct as_event_queue *q, enum as_event_kind kind, int id)
{
	uint64_t h = ((uint64_t)(uint32_t)kind << 32 | (uint32_t)id) * UINT64_C(0x9E3779B97F4A7C15);
	return (uint32_t)(h >> 32) & (2 * q->cap - 1);
}

/* The bucket that holds this event, or the empty one where it belongs. */
static uint32_t find(const struct as_event_queue *q, enum as_event_kind kind, int id)
{
	uint32_t mask = 2 * q->cap - 1, b = bucket_of(q, kind, id);
	while (q->index[b]) {
		const struct as_event *e = &q->ring[q->index[b] - 1];
		if (e->kind == kind && e->id == id)
			break;
		b = (b + 1) & mask;
	}
	return b;
}

/* Backward-shift deletion: later entries of the cluster move up where the gap would hide them. */
static void unindex(struct as_event_queue *q, uint32_t gap)
{
	uint32_t mask = 2 * q->cap - 1;
	for (uint32_t b = (gap + 1) & mask; q->index[b]; b = (b + 1) & mask) {
		const struct as_event *e = &q->ring[q->index[b] - 1];
		uint32_t home = bucket_of(q, e->kind, e->id);
		if (((b - home) & mask) >= ((b - gap) & mask)) {
			q->index[gap] = q->index[b];
			gap = b;
		}
	}
	q->index[gap] = 0;
}

static void append(struct as_event_queue *q, struct as_event e)
{
	uint32_t slot = (q->head + q->count) & (q->cap - 1);
	q->ring[slot] = e;
	q->count++;
	q->index[find(q, e.kind, e.id)] = slot + 1;
}

static bool grow(struct as_event_queue *q, uint32_t cap)
{
	struct as_event_queue old = *q;
	struct as_event *ring = calloc(cap, sizeof *ring);
	uint32_t *index = calloc((size_t)cap * 2, sizeof *index);
	if (!ring || !index) {
		free(ring);
		free(index);
		return false;
	}
	q->ring = ring;
	q->index = index;
	q->cap = cap;
	q->head = q->count = 0;
	for (uint32_t i = 0; i < old.count; i++)
		append(q, old.ring[(old.head + i) & (old.cap - 1)]);
	free(old.ring);
	free(old.index);
	return true;
}

static bool set_flags(int fd)
{
	int fl = fcntl(fd, F_GETFL);
	return fl >= 0 && fcntl(fd, F_SETFL, fl | O_NONBLOCK) == 0 &&
	       fcntl(fd, F_SETFD, FD_CLOEXEC) == 0;
}

struct as_event_queue *as_event_queue_new(struct as_error *err)
{
	struct as_event_queue *q = calloc(1, sizeof *q);
	if (!q) {
		as_fail(err, AS_ERR_MEMORY, "event queue: out of memory");
		return NULL;
	}
	q->pipe_fd[0] = q->pipe_fd[1] = -1;
	pthread_mutex_init(&q->lock, NULL);
	if (!grow(q, FIRST_SLOTS)) {
		as_fail(err, AS_ERR_MEMORY, "event queue: out of memory");
	} else if (pipe(q->pipe_fd) != 0 || !set_flags(q->pipe_fd[0]) ||
		   !set_flags(q->pipe_fd[1])) {
		as_fail_errno(err, "event queue", "wake pipe");
	} else {
		return q;
	}
	as_event_queue_free(q);
	return NULL;
}

void as_event_queue_free(struct as_event_queue *q)
{
	if (!q)
		return;
	for (int i = 0; i < 2; i++) {
		if (q->pipe_fd[i] >= 0)
			close(q->pipe_fd[i]);
	}
	pthread_mutex_destroy(&q->lock);
	free(q->ring);
	free(q->index);
	free(q);
}

int as_event_queue_fd(const struct as_event_queue *q)
{
	return q->pipe_fd[0];
}

static bool has_many_ids(enum as_event_kind kind)
{
	return kind == AS_EVENT_CLIP || kind == AS_EVENT_MATCH || kind == AS_EVENT_EXPORT;
}

/* Makes room for one more event; false: this one has to be dropped. */
static bool make_room(struct as_event_queue *q, enum as_event_kind kind)
{
	if (q->count + RESERVE < q->cap)
		return true;
	if (q->cap < UINT32_C(1) << 28 && grow(q, q->cap * 2))
		return true;
	return !has_many_ids(kind) && q->count < q->cap;
}

static void wake(const struct as_event_queue *q)
{
	ssize_t n;
	do
		n = write(q->pipe_fd[1], "", 1);
	while (n < 0 && errno == EINTR);
}

static void unwake(const struct as_event_queue *q)
{
	char buf[16];
	ssize_t n;
	do
		n = read(q->pipe_fd[0], buf, sizeof buf);
	while (n > 0 || (n < 0 && errno == EINTR));
}

void as_event_push(struct as_event_queue *q, struct as_event e)
{
	pthread_mutex_lock(&q->lock);
	uint32_t b = find(q, e.kind, e.id);
	if (q->index[b]) {
		q->ring[q->index[b] - 1] = e;
	} else if (make_room(q, e.kind)) {
		append(q, e);
		if (q->count == 1)
			wake(q);
	}
	pthread_mutex_unlock(&q->lock);
}

bool as_event_pop(struct as_event_queue *q, struct as_event *out)
{
	pthread_mutex_lock(&q->lock);
	bool any = q->count > 0;
	if (any) {
		*out = q->ring[q->head];
		unindex(q, find(q, out->kind, out->id));
		q->head = (q->head + 1) & (q->cap - 1);
		if (--q->count == 0)
			unwake(q);
	}
	pthread_mutex_unlock(&q->lock);
	return any;
}
