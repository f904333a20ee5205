/* The live meter's readings and alerts as lines: JSON for scripts (doc/json.md), words for people. */
#ifndef AS_CLI_LIVE_TEXT_H
#define AS_CLI_LIVE_TEXT_H

#include <audiosync/live.h>

#include "base/buffer.h"
#include "cli/live_alert.h"
#include "cli/term.h"

/* Heap, with a newline; NULL when out of memory. */
char *as_live_json_reading(const struct as_live_reading *r);
char *as_live_json_alert(const struct as_alert_event *e, const struct as_live_reading *r, const struct as_alert_limits *l);

/* The same for people: t is that of stdout. alert: there is one because of the lag. */
void as_live_put_reading(FILE *out, const struct as_term *t, const struct as_live_reading *r, double calibration_ms,
			 bool alert);
void as_live_put_alert(FILE *out, const struct as_term *t, const struct as_alert_event *e, const struct as_live_reading *r,
		       const struct as_alert_limits *l);

enum as_live_reason { AS_LIVE_NO_REASON, AS_LIVE_NO_MATCH, AS_LIVE_AMBIGUOUS };

/* What a person was told last: the state, and the last reason there was for it; without a lag a line is worth printing only where it would
 * say something else. */
struct as_live_told {
	bool any;
	enum as_live_state state;
	enum as_live_reason reason;
};

/* Whether r says something else; if so, it counts as told. */
bool as_live_is_news(struct as_live_told *told, const struct as_live_reading *r);

#endif
