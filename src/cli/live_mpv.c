/* The player that follows (mpv.h), as one of those that live on the meter's readings. */
#include <stdlib.h>

#include "base/clock.h"
#include "cli/live.h"
#include "cli/mpv.h"
#include "cli/say.h"

#define LINE_BYTES 600

struct follower {
	struct as_mpv *mpv;
	int verbosity;
};

static void hear(void *self, const struct as_live_reading *r, const struct as_live_status *s)
{
	struct follower *f = self;
	as_mpv_hear(f->mpv, r, s->began_s);
}

static int fd(void *self)
{
	struct follower *f = self;
	return as_mpv_fd(f->mpv);
}

static short events(void *self)
{
	struct follower *f = self;
	return as_mpv_poll(f->mpv);
}

static int tick(void *self)
{
	struct follower *f = self;
	char line[LINE_BYTES];
	bool detail;
	as_mpv_work(f->mpv, as_clock_s());
	while (as_mpv_say(f->mpv, line, sizeof line, &detail))
		if (f->verbosity >= (detail ? 1 : 0))
			as_say("%s", line);
	return AS_MPV_EVERY_MS;
}

static void reread(void *self, const struct as_options *opt)
{
	struct follower *f = self;
	as_mpv_configure(f->mpv, opt);
}

static void end(void *self)
{
	struct follower *f = self;
	as_mpv_close(f->mpv);
	free(f);
}

int as_live_follow_open(struct as_live_run *run)
{
	struct as_error err = {0};
	if (!run->args->mpv)
		return -1;
	struct follower *f = calloc(1, sizeof *f);
	if (!f || !(f->mpv = as_mpv_open(run->args->mpv, run->args->opt, &err))) {
		as_say("%s", f ? err.msg : "out of memory");
		free(f);
		return AS_EXIT_FAILED;
	}
	f->verbosity = run->args->verbosity;
	return as_live_run_add(run, &(struct as_live_consumer){.self = f,
							       .reading = hear,
							       .fd = fd,
							       .events = events,
							       .tick = tick,
							       .reread = reread,
							       .close = end});
}
