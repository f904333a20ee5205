#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/figures.h"
#include "base/text.h"
#include "cli/live.h"
#include "cli/say.h"

#define SAFE_BYTES 1024
#define PATIENCE_S 0.5
#define READING_S 1.0

static void note_capture(const struct as_live_status *s, bool again)
{
	char name[SAFE_BYTES], rate[AS_FIGURE_BYTES], channels[AS_FIGURE_BYTES];
	as_text_escape(name, sizeof name, s->capture);
	if (s->rate_hz > 0 && s->channels > 0)
		as_say("listening to %s%s (%s, %s)", name, again ? " again" : "", as_figure_rate(rate, sizeof rate, s->rate_hz),
		       as_figure_channels(channels, sizeof channels, s->channels));
	else
		as_say("listening to %s%s", name, again ? " again" : "");
}

/* What comes back may be waited for once more in the same moment: its clock has to settle. That it is back is said when it stays. */
static void note_listening(struct as_live_run *run)
{
	const struct as_live_status *s = &run->status;
	bool again = strcmp(s->capture, run->noted.capture) == 0;
	if (!s->capturing) {
		run->noted.capturing = false;
		run->noted.back_s = 0;
		return;
	}
	if (run->noted.capturing && again)
		return;
	if (run->noted.back_s <= 0)
		run->noted.back_s = as_clock_s();
	if (again && as_clock_s() - run->noted.back_s < PATIENCE_S)
		return;
	note_capture(s, again);
	memcpy(run->noted.capture, s->capture, sizeof run->noted.capture);
	run->noted.capturing = true;
}

static void note_calibration(const struct as_live_status *s)
{
	char device[SAFE_BYTES];
	if (s->calibration_of_device)
		as_say("calibration %+g ms, of %s", s->calibration_ms, as_text_escape(device, sizeof device, s->device));
	else
		as_say("calibration %+g ms", s->calibration_ms);
}

/* What passes in a moment is not worth a line. */
static void note_waiting(struct as_live_run *run)
{
	const struct as_live_status *s = &run->status;
	double now_s = as_clock_s();
	char safe[SAFE_BYTES];
	if (strcmp(s->waiting_for, run->noted.waiting_for) != 0) {
		memcpy(run->noted.waiting_for, s->waiting_for, sizeof run->noted.waiting_for);
		run->noted.waiting_s = now_s;
		run->noted.waiting = false;
	}
	if (!s->waiting_for[0] || run->noted.waiting || now_s - run->noted.waiting_s < PATIENCE_S)
		return;
	as_say("waiting for %s", as_text_escape(safe, sizeof safe, s->waiting_for));
	run->noted.waiting = true;
}

static void note_reading(struct as_live_run *run)
{
	char safe[SAFE_BYTES];
	if (run->noted.reading || run->noted.waiting || !as_live_run_reads_reference(run) ||
	    as_clock_s() - run->started_s < READING_S)
		return;
	as_say("reading %s", as_text_escape(safe, sizeof safe, run->status.reference));
	run->noted.reading = true;
}

static void note_broken(struct as_live_run *run)
{
	const struct as_live_status *s = &run->status;
	char came[32];
	if (run->noted.broken || s->reference_error.status == AS_OK)
		return;
	as_say("reference: %s; only the first %s is compared with", s->reference_error.msg,
	       as_text_duration(came, sizeof came, s->loaded_s));
	run->noted.broken = true;
}

void as_live_note(struct as_live_run *run)
{
	const struct as_live_status *s = &run->status;
	if (run->args->verbosity < 0)
		return;
	note_waiting(run);
	note_reading(run);
	note_broken(run);
	note_listening(run);
	/* It belongs to the device in use. */
	if (s->capturing && (s->calibration_ms < run->noted.calibration_ms || s->calibration_ms > run->noted.calibration_ms)) {
		note_calibration(s);
		run->noted.calibration_ms = s->calibration_ms;
	}
}
