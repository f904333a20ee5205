#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/live.h"
#include "cli/say.h"

#define STALLED_MS 100 /* how long a reader that reads nothing keeps an interrupt from being heard */

/* Waits until stdout takes something, as long as nobody interrupts. */
static bool is_ready(struct as_live_run *run)
{
	struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};
	while (poll(&out, 1, STALLED_MS) <= 0) {
		if (as_interrupted()) {
			run->end = AS_LIVE_STOPPED;
			return false;
		}
		as_live_run_tick(run, STALLED_MS);
	}
	return true;
}

static bool write_all(struct as_live_run *run, const char *text, size_t n)
{
	while (n > 0) {
		if (!is_ready(run))
			return false;
		ssize_t done = write(STDOUT_FILENO, text, n);
		if (done < 0 && errno != EINTR && errno != EAGAIN) {
			run->end = errno == EPIPE || errno == EIO ? AS_LIVE_UNHEARD : AS_LIVE_FAILED;
			if (run->end == AS_LIVE_FAILED)
				as_say("standard output: %s", strerror(errno));
			return false;
		}
		text += done > 0 ? done : 0;
		n -= done > 0 ? (size_t)done : 0;
	}
	return true;
}

bool as_live_out(struct as_live_run *run, char *line)
{
	if (!line) {
		as_say("out of memory");
		run->end = AS_LIVE_FAILED;
		return false;
	}
	bool ok = write_all(run, line, strlen(line));
	free(line);
	return ok;
}

bool as_live_out_reading(struct as_live_run *run, const struct as_live_reading *r)
{
	char *line = NULL;
	size_t n;
	if (run->json)
		return as_live_out(run, as_live_json_reading(r));
	FILE *out = open_memstream(&line, &n);
	if (out) {
		bool alert = run->alert.raised[AS_ALERT_EARLY] || run->alert.raised[AS_ALERT_LATE];
		as_live_put_reading(out, &run->term, r, run->status.calibration_ms, alert);
		fclose(out);
	}
	return as_live_out(run, line);
}

bool as_live_out_alert(struct as_live_run *run, const struct as_alert_event *e, const struct as_live_reading *r)
{
	char *line = NULL;
	size_t n;
	if (run->json)
		return as_live_out(run, as_live_json_alert(e, r, &run->alert.limits));
	FILE *out = open_memstream(&line, &n);
	if (out) {
		as_live_put_alert(out, &run->term, e, r, &run->alert.limits);
		fclose(out);
	}
	return as_live_out(run, line);
}
