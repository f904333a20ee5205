#include "cli/calibrate.h"

#include <errno.h>
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <audiosync/audiosync.h>
#include <audiosync/calibrate.h>

#include "base/figures.h"
#include "base/json.h"
#include "base/text.h"
#include "cli/places.h"
#include "cli/say.h"

#define LOUD_DB (-3.0)
#define SILENT_DB (-120.0)
#define FAINT 8.0 /* decades */
#define NAME_BYTES 1100

/* ---- words ---- */

/* Without an error: what the clocks are off, which is most of it, only several chirps can tell. */
static void put_heard(const struct as_calibrate_chirp *c)
{
	printf("%8.2f ms  heard at %.0f dBFS, ", as_figure_round(c->delay_ms, 100), as_figure_round(c->level_db, 1));
	if (c->noise_db > SILENT_DB)
		printf("noise %.0f dBFS", as_figure_round(c->noise_db, 1));
	else
		printf("no noise");
	if (c->confidence < FAINT)
		printf(", hard to make out (confidence %.1f)", c->confidence);
	printf("%s%s\n", c->flipped ? ", polarity reversed" : "", c->level_db > LOUD_DB ? ", too loud" : "");
}

/* Of the n that were planned, or one more. */
static void put_chirp(const struct as_calibrate_status *s, int i, int n)
{
	const struct as_calibrate_chirp *c = &s->chirps[i];
	if (i < n)
		printf("chirp %d of %d  ", i + 1, n);
	else
		printf("chirp %-7d ", i + 1);
	if (c->heard)
		put_heard(c);
	else if (c->level_db > SILENT_DB)
		printf("not heard  (%.0f dBFS, confidence %.1f)\n", fmax(c->level_db, c->noise_db), c->confidence);
	else
		printf("not heard  (digital silence)\n");
	fflush(stdout);
}

static const char *verdict_words(enum as_calibrate_verdict v)
{
	switch (v) {
	case AS_CALIBRATE_SILENT:
		return "nothing at all came in: is the device muted, or another one playing? (audiosync devices lists what can be "
		       "listened to)";
	case AS_CALIBRATE_UNHEARD:
		return "sound came in, but the chirps were not in it, or too faint: turn the output up, bring the microphone nearer to "
		       "the loudspeaker, or wait until it is quieter";
	case AS_CALIBRATE_UNSTEADY:
		return "the chirps took different times: the sound path has no latency that stays (a busy computer, a wireless link?); "
		       "try again";
	default:
		return "no answer";
	}
}

static void put_result(const struct as_calibrate_status *s)
{
	char device[NAME_BYTES], calibration[40];
	const double ms = as_figure_round(s->calibration_ms, 10);
	as_text_escape(device, sizeof device, s->device);
	snprintf(calibration, sizeof calibration, ms < 0 || ms > 0 ? "%+.1f" : "%.1f", ms);
	printf("delay %.2f ms ±%.2f, spread %.2f ms, %d of %d chirps: calibration %s ms of %s\n", as_figure_round(s->delay_ms, 100), s->err_ms,
	       s->spread_ms, s->n_used, s->n_chirps, calibration, device);
	fflush(stdout);
}

static void add_chirp(struct as_json *j, const struct as_calibrate_chirp *c)
{
	as_json_open_object(j, NULL);
	as_json_add_bool(j, "heard", c->heard);
	as_json_add_real(j, "delay_ms", as_figure_round(c->delay_ms, 1e3));
	as_json_add_rough(j, "delay_err_ms", c->err_ms);
	as_json_add_rough(j, "confidence", c->confidence);
	as_json_add_rough(j, "level_db", c->level_db);
	as_json_add_rough(j, "noise_db", c->noise_db);
	as_json_add_bool(j, "polarity_reversed", c->flipped);
	as_json_close(j);
}

static int put_json(const struct as_calibrate_status *s, const char *written)
{
	struct as_json *j = as_json_new();
	as_json_add_text(j, "audiosync", as_version());
	as_json_add_int(j, "schema", 1);
	as_json_add_text(j, "verdict", as_calibrate_verdict_name(s->verdict));
	as_json_add_text(j, "capture", s->capture);
	as_json_add_text(j, "device", s->device);
	as_json_add_real(j, "calibration_ms", as_figure_round(s->calibration_ms, 10));
	as_json_add_real(j, "delay_ms", as_figure_round(s->delay_ms, 1e3));
	as_json_add_rough(j, "delay_err_ms", s->err_ms);
	as_json_add_rough(j, "spread_ms", s->spread_ms);
	as_json_add_path(j, "written", written);
	as_json_open_array(j, "chirps");
	for (int i = 0; i < s->n_chirps; i++)
		add_chirp(j, &s->chirps[i]);
	as_json_close(j);
	char *text = as_json_finish(j, true);
	bool fine = text && fputs(text, stdout) >= 0 && fflush(stdout) == 0;
	free(text);
	if (!fine)
		as_say("the answer could not be written");
	return fine ? AS_EXIT_OK : AS_EXIT_FAILED;
}

/* ---- the loop ---- */

/* False: interrupted. */
static bool watch(const struct as_args *args, struct as_calibrate *c, struct as_calibrate_status *s)
{
	int told = 0;
	int planned = 0;
	bool named = false, longer = false;
	for (;;) {
		struct pollfd fds[2] = {{.fd = as_calibrate_fd(c), .events = POLLIN}, {.fd = as_interrupt_fd(), .events = POLLIN}};
		if (as_interrupted())
			return false;
		if (poll(fds, 2, -1) < 0 && errno != EINTR)
			return false;
		as_calibrate_status(c, s);
		if (!named && s->phase >= AS_CALIBRATE_SETTLING && s->capture[0] && s->error.status == AS_OK) {
			char name[NAME_BYTES];
			as_text_escape(name, sizeof name, s->capture);
			as_say("live: %d chirps by the default sound output, heard by %s: some %d s", s->n_chirps, name,
			       4 + (int)ceil(2.5 * s->n_chirps));
			named = true;
			planned = s->n_chirps;
		}
		for (; told < s->n_done; told++)
			if (!args->json)
				put_chirp(s, told, planned);
		if (named && !longer && s->n_chirps > planned) {
			as_say("live: the chirps took different times; more follow until they agree");
			longer = true;
		}
		if (s->ended)
			return true;
	}
}

/* False: interrupted, which reading alone would not notice. */
static bool await_answer(void)
{
	struct pollfd fds[2] = {{.fd = STDIN_FILENO, .events = POLLIN}, {.fd = as_interrupt_fd(), .events = POLLIN}};
	while (!as_interrupted() && !fds[0].revents)
		if (poll(fds, 2, -1) < 0 && errno != EINTR)
			break;
	return !as_interrupted();
}

static bool confirmed(const struct as_args *args, const char *path)
{
	char answer[16] = "";
	if (args->yes)
		return true;
	if (args->json || !isatty(STDIN_FILENO) || !isatty(fileno(as_say_file()))) {
		as_say("live: not written; --yes writes it to %s", path);
		return false;
	}
	fprintf(as_say_file(), "Write it to %s? [y/N] ", path);
	fflush(as_say_file());
	if (!await_answer()) {
		fputc('\n', as_say_file());
		return false;
	}
	return fgets(answer, sizeof answer, stdin) && (answer[0] == 'y' || answer[0] == 'Y');
}

/* Where it was written: heap; NULL: nowhere. */
static char *offer(const struct as_args *args, const struct as_calibrate_status *s, int *code)
{
	struct as_error err = {0};
	char shown[4096], *path = as_place_user_config("audiosync.ini");
	bool written = false;
	if (!path) {
		as_say("live: there is no place for settings: neither HOME nor XDG_CONFIG_HOME is set");
		*code = args->yes ? AS_EXIT_FAILED : *code;
	} else if (confirmed(args, as_text_escape(shown, sizeof shown, path))) {
		written = as_calibrate_save(path, s->device, s->calibration_ms, &err) == AS_OK;
		if (!written) {
			as_say("%s", err.msg);
			*code = AS_EXIT_FAILED;
		} else {
			as_say("live: written to %s", shown);
		}
	}
	if (!written) {
		free(path);
		path = NULL;
	}
	return path;
}

static int conclude(const struct as_args *args, const struct as_calibrate_status *s)
{
	int code = s->verdict == AS_CALIBRATE_GOOD ? AS_EXIT_OK : AS_EXIT_UNSURE;
	char *written = NULL;
	if (s->error.status != AS_OK) {
		as_say("%s", s->error.msg);
		return s->error.status == AS_ERR_INVALID ? AS_EXIT_USAGE : AS_EXIT_FAILED;
	}
	if (s->verdict != AS_CALIBRATE_GOOD) {
		as_say("live: not calibrated: %s", verdict_words(s->verdict));
	} else {
		if (!args->json)
			put_result(s);
		written = offer(args, s, &code);
	}
	if (args->json && put_json(s, written) != AS_EXIT_OK)
		code = AS_EXIT_FAILED;
	free(written);
	return as_interrupted() ? AS_EXIT_INTERRUPTED : code;
}

int as_calibrate_command(const struct as_args *args)
{
	struct as_error err = {0};
	struct as_calibrate_status s;
	struct as_calibrate *c = as_calibrate_open(&(struct as_calibrate_config){.capture = args->capture}, &err);
	if (!c || as_calibrate_start(c, &err) != AS_OK) {
		as_say("%s", err.msg);
		as_calibrate_close(c);
		return AS_EXIT_FAILED;
	}
	bool done = watch(args, c, &s);
	as_calibrate_close(c);
	return done ? conclude(args, &s) : AS_EXIT_INTERRUPTED;
}
