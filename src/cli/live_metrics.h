/* The live meter for Prometheus: the text that node_exporter's textfile collector reads. */
#ifndef AS_CLI_LIVE_METRICS_H
#define AS_CLI_LIVE_METRICS_H

#include <stdbool.h>

#include <audiosync/live.h>

#include "cli/live_alert.h"

#define AS_LIVE_METRICS_BEGIN "# HELP audiosync_" /* what every such text begins with */

struct as_live_metrics {
	bool running;
	const char *reference, *capture;      /* as they were asked for; labels of every sample, which stay the same as long as the meter runs */
	const char *device, *name;            /* what is listened to, as [calibration] knows it, and for people; NULL or "": nothing yet */
	const struct as_live_reading *reading; /* the last one; NULL before the first */
	enum as_live_state state;
	double reading_time_s;                /* Unix time of the last reading; NAN before the first */
	const struct as_alert *alert;         /* NULL: none are watched for */
};

/* Heap; NULL when out of memory. What is not known is left out. */
char *as_live_metrics_text(const struct as_live_metrics *m);

#endif
