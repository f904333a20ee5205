#include "live/reference.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "dsp/kernel.h"
#include "dsp/whiten.h"

#define RATE_HZ 8000
/* Address space, not memory: pages come as they are written, and what has been handed out never moves. */
#define MAX_S (24.0 * 3600.0)
#define LEAST_S 1800.0
#define HOLES 16 /* the last ones of a stream */

struct as_reference {
	int8_t *v;
	size_t room;
	bool stream;
	int64_t keep;             /* stream: at least so many are kept */
	struct as_whitener *whitener;
	int64_t first;            /* stream: axis sample of v[0] */
	atomic_llong n;           /* of v; the feeding thread's, read by any */
	atomic_llong energy;      /* recording: of v; stream: 0, summed where it is wanted */
	atomic_bool complete;
	bool full;
	int64_t fed, missing;     /* stream: of its axis; and how many of the last of these were lost */
	struct {
		int64_t from, to;
	} holes[HOLES];           /* the newest last */
	int n_holes;
};

/* A stream's newest keep samples move to the front once as many again have come. */
static void make_room(struct as_reference *r, int n)
{
	int64_t have = atomic_load(&r->n), drop = have - r->keep;

	if (!r->stream || (size_t)(have + n) <= r->room)
		return;
	memmove(r->v, r->v + drop, (size_t)r->keep);
	r->first += drop;
	atomic_store(&r->n, r->keep);
}

static bool keep_samples(void *ctx, const int8_t *v, int n)
{
	struct as_reference *r = ctx;
	make_room(r, n);
	long long have = atomic_load(&r->n);
	if ((size_t)(have + n) > r->room) {
		r->full = true;
		return false;
	}
	memcpy(r->v + have, v, (size_t)n);
	if (!r->stream)
		atomic_fetch_add(&r->energy, as_kernel_energy(v, n));
	atomic_store_explicit(&r->n, have + n, memory_order_release);
	return true;
}

static bool reserve(struct as_reference *r, double keep_s)
{
	r->keep = (int64_t)(keep_s * RATE_HZ);
	if (r->stream) {
		r->room = 2 * (size_t)r->keep + RATE_HZ;
		r->v = malloc(r->room);
		return r->v;
	}
	for (double s = MAX_S; s >= LEAST_S; s /= 2) {
		r->room = (size_t)(s * RATE_HZ);
		r->v = mmap(NULL, r->room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
		if (r->v != MAP_FAILED)
			return true;
	}
	r->v = NULL;
	return false;
}

struct as_reference *as_reference_new(double keep_s, struct as_error *err)
{
	struct as_reference *r = calloc(1, sizeof *r);

	if (r) {
		r->stream = keep_s > 0;
		r->whitener = r->stream ? as_whitener_new_stream(keep_samples, r) : as_whitener_new(keep_samples, r);
	}
	if (!r || !r->whitener || !reserve(r, keep_s)) {
		as_reference_free(r);
		as_fail(err, AS_ERR_MEMORY, "the reference: out of memory");
		return NULL;
	}
	return r;
}

void as_reference_free(struct as_reference *r)
{
	if (!r)
		return;
	as_whitener_free(r->whitener);
	if (r->stream)
		free(r->v);
	else if (r->v)
		munmap(r->v, r->room);
	free(r);
}

static enum as_status told(const struct as_reference *r, bool ok, struct as_error *err)
{
	if (ok)
		return AS_OK;
	if (r->full)
		return as_fail(err, AS_ERR_INVALID, "the reference is longer than %.0f hours", (double)r->room / RATE_HZ / 3600);
	return as_fail(err, AS_ERR_MEMORY, "the reference: out of memory");
}

static enum as_status feed(struct as_reference *r, const float *v, int n, struct as_error *err)
{
	r->fed += n;
	return told(r, as_whitener_feed(r->whitener, v, n), err);
}

/* Sound comes again. */
static void end_hole(struct as_reference *r)
{
	if (r->missing >= AS_HOLE_SAMPLES) {
		if (r->n_holes == HOLES)
			memmove(r->holes, r->holes + 1, sizeof r->holes[0] * (size_t)--r->n_holes);
		r->holes[r->n_holes].from = r->fed - r->missing;
		r->holes[r->n_holes++].to = r->fed;
	}
	r->missing = 0;
}

enum as_status as_reference_feed(struct as_reference *r, const float *v, int n, struct as_error *err)
{
	end_hole(r);
	return feed(r, v, n, err);
}

enum as_status as_reference_gap(struct as_reference *r, int64_t n, struct as_error *err)
{
	static const float silence[1024];

	r->missing += n;
	while (n > 0) {
		int part = n < 1024 ? (int)n : 1024;
		enum as_status st = feed(r, silence, part, err);
		if (st)
			return st;
		n -= part;
	}
	return AS_OK;
}

enum as_status as_reference_end(struct as_reference *r, struct as_error *err)
{
	bool ok = as_whitener_end(r->whitener);

	atomic_store_explicit(&r->complete, ok, memory_order_release);
	return told(r, ok, err);
}

double as_reference_loaded_s(const struct as_reference *r)
{
	return (double)atomic_load_explicit(&r->n, memory_order_acquire) / RATE_HZ;
}

bool as_reference_complete(const struct as_reference *r)
{
	return atomic_load_explicit(&r->complete, memory_order_acquire);
}

bool as_reference_is_stream(const struct as_reference *r)
{
	return r->stream;
}

struct as_signal as_reference_view(struct as_reference *r, int64_t *first)
{
	struct as_signal s = {.v = r->v, .rate_hz = RATE_HZ};

	s.n = atomic_load_explicit(&r->n, memory_order_acquire);
	s.energy = (double)atomic_load(&r->energy);
	*first = r->first;
	return s;
}

bool as_reference_hole(const struct as_reference *r, double sample, int64_t *from, int64_t *to)
{
	int i = r->stream ? r->n_holes - 1 : -1;

	while (i >= 0 && (double)r->holes[i].from >= sample)
		i--;
	if (i < 0)
		return false;
	*from = r->holes[i].from;
	*to = r->holes[i].to;
	return true;
}
