/* By how many milliseconds is what this computer plays late against a file, an address or a title? A second argument: what to listen to.
 *     cc get_lag.c $(pkg-config --cflags --libs audiosync) -o get_lag && ./get_lag 'https://…' */
#include <audiosync/audiosync.h>
#include <poll.h>
#include <stdio.h>

static enum as_status get_lag(const char *url, const char *capture, double *lag_ms, struct as_error *err)
{
	const struct as_live_config cfg = {.reference = url, .capture = capture, .at_once = true};
	struct as_live_reading r = {.state = AS_LIVE_WAITING};
	struct as_live_status s = {.ended = false};
	struct as_options *opt = as_options_new();
	struct as_live *l = opt ? as_live_open(opt, &cfg, err) : NULL;
	enum as_status status = l ? as_live_start(l, err) : opt ? err->status : AS_ERR_MEMORY;
	while (status == AS_OK && r.state != AS_LIVE_LOCKED && !r.no_match && !s.ended) {
		poll(&(struct pollfd){.fd = as_live_fd(l), .events = POLLIN}, 1, -1);
		as_live_status(l, &s);
		while (r.state != AS_LIVE_LOCKED && as_live_next(l, &r))
			*lag_ms = r.calibrated_lag_ms; /* NAN unless it is known */
	}
	if (status == AS_OK && r.state != AS_LIVE_LOCKED)
		status = s.error.status != AS_OK ? (*err = s.error).status : AS_NO_MATCH;
	as_live_close(l);
	as_options_free(opt);
	return status;
}

int main(int argc, char **argv)
{
	struct as_error err = {.msg = "it is not what plays"};
	double lag_ms;
	if (argc < 2 || get_lag(argv[1], argc > 2 ? argv[2] : NULL, &lag_ms, &err) != AS_OK)
		return fprintf(stderr, "%s\n", argc < 2 ? "which sound?" : err.msg), 1;
	printf("%.1f\n", lag_ms);
}
