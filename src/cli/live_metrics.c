#include "cli/live_metrics.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"

/* The exposition format, version 0.0.4. Several meters may write into one folder, where no two samples may be the same: all
 * carry the labels of their meter. */
struct metrics {
	struct as_buffer out;
	struct as_buffer labels; /* reference="…",capture="…" */
};

/* A label's value: safe text, then \\, \" and \n as the format wants it. */
static void add_label(struct as_buffer *b, const char *name, const char *value)
{
	char *safe = as_text_escape_dup(value);
	if (!safe) {
		b->failed = true;
		return;
	}
	as_buffer_addf(b, "%s%s=\"", b->bytes > 0 ? "," : "", name);
	for (const char *c = safe; *c; c++) {
		if (*c == '\\' || *c == '"')
			as_buffer_add_bytes(b, "\\", 1);
		as_buffer_add_bytes(b, c, 1);
	}
	as_buffer_add(b, "\"");
	free(safe);
}

static void begin(struct metrics *m, const char *name, const char *type, const char *help)
{
	as_buffer_addf(&m->out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

/* label: a further one, or NULL. */
static void add_sample(struct metrics *m, const char *name, const char *label, const char *of, double value)
{
	as_buffer_addf(&m->out, "%s{%s", name, m->labels.text ? m->labels.text : "");
	if (label)
		as_buffer_addf(&m->out, ",%s=\"%s\"", label, of);
	as_buffer_addf(&m->out, "} %.15g\n", value + 0.0); /* no sign of what is 0 */
}

static void add_gauge(struct metrics *m, const char *name, const char *help, double value)
{
	if (!isfinite(value))
		return;
	begin(m, name, "gauge", help);
	add_sample(m, name, NULL, NULL, value);
}

/* A sample of its own, joined to the others where it is wanted: as a label of all, another device would begin every series anew. */
static void add_device(struct metrics *m, const struct as_live_metrics *of)
{
	struct as_buffer labels = {0};
	if (!of->device || !of->device[0])
		return;
	add_label(&labels, "device", of->device);
	add_label(&labels, "name", of->name);
	begin(m, "audiosync_capture_info", "gauge", "The device that is listened to.");
	as_buffer_addf(&m->out, "audiosync_capture_info{%s,%s} 1\n", m->labels.text ? m->labels.text : "", labels.text ? labels.text : "");
	m->out.failed |= labels.failed;
	as_buffer_done(&labels);
}

static void add_state(struct metrics *m, const struct as_live_metrics *of)
{
	static const char name[] = "audiosync_state";
	begin(m, name, "gauge", "1 for the state that the meter is in, 0 for the others.");
	for (enum as_live_state s = AS_LIVE_WAITING; s <= AS_LIVE_PAUSED; s++)
		add_sample(m, name, "state", as_live_state_name(s), of->running && s == of->state);
}

static void add_reading(struct metrics *m, const struct as_live_metrics *of)
{
	const struct as_live_reading *r = of->reading;
	if (of->running && of->state == AS_LIVE_LOCKED) {
		add_gauge(m, "audiosync_lag_seconds",
			  "Lag of what is heard behind the reference, calibrated; positive is late.",
			  r->calibrated_lag_ms / 1e3);
		add_gauge(m, "audiosync_lag_error_seconds", "Standard error of the lag.", r->lag_err_ms / 1e3);
		add_gauge(m, "audiosync_drift_ppm", "How fast the lag grows, in microseconds a second.", r->drift_ppm);
		add_gauge(m, "audiosync_position_seconds", "Position in the reference of what is heard.", r->position_s);
	}
	if (of->running) {
		add_gauge(m, "audiosync_confidence",
			  "Decades by which it is unlikely that unrelated sound would look as alike.", r->confidence);
		add_gauge(m, "audiosync_no_match", "1 where what is heard is hardly in the reference.", r->no_match);
		add_gauge(m, "audiosync_ambiguous", "1 where it fits several places of the reference.", r->ambiguous);
		add_gauge(m, "audiosync_reference_broken", "1 where the reference broke off, and only what came of it is compared with.",
			  r->reference_broken);
	}
	begin(m, "audiosync_xruns_total", "counter", "Times that the device or the computer lost sound.");
	add_sample(m, "audiosync_xruns_total", NULL, NULL, (double)r->xruns);
	add_gauge(m, "audiosync_last_reading_timestamp_seconds", "Unix time of the last reading.", of->reading_time_s);
}

static void add_alerts(struct metrics *m, const struct as_live_metrics *of)
{
	begin(m, "audiosync_alert", "gauge", "1 while there is an alert of this kind.");
	for (enum as_alert_kind k = AS_ALERT_EARLY; k < AS_ALERT_KINDS; k++)
		add_sample(m, "audiosync_alert", "kind", as_alert_kind_name(k), of->running && of->alert->raised[k]);
	begin(m, "audiosync_alerts_total", "counter", "Alerts of this kind so far.");
	for (enum as_alert_kind k = AS_ALERT_EARLY; k < AS_ALERT_KINDS; k++)
		add_sample(m, "audiosync_alerts_total", "kind", as_alert_kind_name(k), (double)of->alert->count[k]);
}

char *as_live_metrics_text(const struct as_live_metrics *of)
{
	struct metrics m = {0};
	add_label(&m.labels, "reference", of->reference);
	add_label(&m.labels, "capture", of->capture);
	add_gauge(&m, "audiosync_running", "1 while the meter runs; 0 in what it leaves behind at its end.", of->running);
	add_device(&m, of);
	add_state(&m, of);
	if (of->reading)
		add_reading(&m, of);
	if (of->alert)
		add_alerts(&m, of);
	m.out.failed |= m.labels.failed;
	as_buffer_done(&m.labels);
	return as_buffer_take(&m.out);
}
