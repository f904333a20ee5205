/* Readings of no meter, for frames that must be the same everywhere:
 *   lag status reference=song.flac capture=Monitor reference_s=215 rate=48000 channels=2
 *   lag status device=monitor:out  taken for the device in use from then on, of a real meter too; device=: no longer
 *   lag reading t=12.4 state=locked lag=-83.4 err=0.2 score=24 drift=3.1 level=-23
 *   lag readings 600 sway=0.4     the last one again, 0.1 s apart, its lag swaying so far about itself */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "tui/live.h"
#include "tui/script.h"

#define READINGS_MAX 1000000
#define SWAY_PER_S 0.3 /* radians */

static bool take_state(const char *value, enum as_live_state *state)
{
	static const char *const names[] = {"waiting", "searching", "locked", "lost", "silent", "paused"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (!strcmp(names[i], value)) {
			*state = (enum as_live_state)i;
			return true;
		}
	return false;
}

static bool take_reading(struct as_live_reading *r, const char *name, const char *value)
{
	const struct {
		const char *name;
		double *to;
	} numbers[] = {{"t", &r->t_s},		{"lag", &r->lag_ms},	   {"err", &r->lag_err_ms},	   {"position", &r->position_s},
		       {"drift", &r->drift_ppm}, {"drifterr", &r->drift_err_ppm}, {"score", &r->confidence}, {"last", &r->last_lag_ms},
		       {"lastt", &r->last_t_s},	{"level", &r->level_db}};

	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		if (!strcmp(numbers[i].name, name)) {
			*numbers[i].to = strtod(value, NULL);
			return true;
		}
	if (!strcmp(name, "xruns"))
		r->xruns = strtoll(value, NULL, 10);
	else if (!strcmp(name, "nomatch"))
		r->no_match = *value == 'y';
	else if (!strcmp(name, "ambiguous"))
		r->ambiguous = *value == 'y';
	else
		return !strcmp(name, "state") && take_state(value, &r->state);
	return true;
}

static bool take_status(struct as_live_status *s, const char *name, const char *value)
{
	if (!strcmp(name, "reference"))
		snprintf(s->reference, sizeof s->reference, "%s", value);
	else if (!strcmp(name, "capture"))
		snprintf(s->capture, sizeof s->capture, "%s", value);
	else if (!strcmp(name, "capturing"))
		s->capturing = *value == 'y';
	else if (!strcmp(name, "waiting"))
		snprintf(s->waiting_for, sizeof s->waiting_for, "%s", value);
	else if (!strcmp(name, "failed"))
		snprintf(s->error.msg, sizeof s->error.msg, "%s", value);
	else if (!strcmp(name, "broken"))
		as_fail(&s->reference_error, *value ? AS_ERR_IO : AS_OK, "%s", value);
	else if (!strcmp(name, "reference_s"))
		s->reference_s = s->loaded_s = strtod(value, NULL);
	else if (!strcmp(name, "loaded_s"))
		s->loaded_s = strtod(value, NULL);
	else if (!strcmp(name, "rate"))
		s->rate_hz = strtod(value, NULL);
	else if (!strcmp(name, "channels"))
		s->channels = atoi(value);
	else if (!strcmp(name, "calibration"))
		s->calibration_ms = strtod(value, NULL);
	else if (!strcmp(name, "device"))
		snprintf(s->device, sizeof s->device, "%s", value);
	else if (!strcmp(name, "ended"))
		s->ended = *value == 'y';
	else
		return !strcmp(name, "state") && take_state(value, &s->state);
	if (s->error.msg[0])
		s->error.status = AS_ERR_IO;
	return true;
}

static bool give(struct tui *t, const struct as_live_reading *r)
{
	t->lag->status.state = r->state;
	t->lag->shown_at_s = INFINITY;
	tui_lag_take(t->lag, r, tui_clock_s(t));
	t->dirty = true;
	return true;
}

static bool repeat(struct tui *t, const char *rest)
{
	struct as_live_reading r = t->lag->now;
	double lag_ms = r.lag_ms, sway_ms = 0;
	char *end;
	long n = strtol(rest, &end, 10);

	if (n < 1 || n > READINGS_MAX || (*end && sscanf(end, " sway=%lf", &sway_ms) != 1))
		return false;
	for (long i = 0; i < n; i++) {
		r.t_s += 0.1;
		r.position_s += 0.1;
		r.lag_ms = lag_ms + sway_ms * sin(SWAY_PER_S * r.t_s);
		give(t, &r);
	}
	return true;
}

bool tui_script_lag(struct tui *t, char *rest)
{
	struct as_live_reading r;
	struct as_live_status s;
	char *save = NULL, *verb = strtok_r(rest, " \t", &save);
	bool reading = verb && !strcmp(verb, "reading");

	if (!verb || !tui_live_show(t))
		return false;
	if (!strcmp(verb, "readings"))
		return repeat(t, save);
	if (!reading && strcmp(verb, "status") != 0)
		return false;
	r = (struct as_live_reading){.t_s = t->lag->now.t_s, .lag_ms = NAN, .position_s = NAN, .drift_ppm = NAN, .last_lag_ms = NAN, .level_db = -20};
	s = t->lag->status;
	for (char *word = strtok_r(NULL, " \t", &save); word; word = strtok_r(NULL, " \t", &save)) {
		char *value = strchr(word, '=');

		if (!value)
			return false;
		*value++ = '\0';
		/* Blanks are underlined. */
		for (char *p = value; *p && !reading; p++)
			*p = *p == '_' ? ' ' : *p;
		if (!(reading ? take_reading(&r, word, value) : take_status(&s, word, value)))
			return false;
	}
	if (reading)
		return give(t, &r);
	if (strcmp(s.device, t->lag->status.device) != 0) {
		memcpy(t->script_device, s.device, sizeof t->script_device);
		memcpy(s.device, t->lag->status.device, sizeof s.device); /* the meter's turn shows it */
	}
	tui_live_see(t, &s);
	t->dirty = true;
	return true;
}
