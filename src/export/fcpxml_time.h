/* Times as FCPXML writes them: whole fractions of a second, "1001/30000s" or "5s". Pure. */
#ifndef AS_EXPORT_FCPXML_TIME_H
#define AS_EXPORT_FCPXML_TIME_H

#include <stdbool.h>
#include <stdint.h>

#include "export/timeline.h"

/* num / den seconds, in lowest terms, den > 0. */
struct as_fcp_time {
	int64_t num, den;
};

#define AS_FCP_TIME_BYTES 48

struct as_fcp_time as_fcp_time(int64_t num, int64_t den);
struct as_fcp_time as_fcp_frames(int64_t frames, struct as_frame_rate rate);
/* Denominators of rates and sample rates: the sum stays far within 64 bits. */
struct as_fcp_time as_fcp_add(struct as_fcp_time a, struct as_fcp_time b);
bool as_fcp_equal(struct as_fcp_time a, struct as_fcp_time b);
char *as_fcp_format(char out[AS_FCP_TIME_BYTES], struct as_fcp_time t);
/* False for anything but the two forms. */
bool as_fcp_parse(const char *text, struct as_fcp_time *out);

/* Where the medium's time axis begins: its timecode; of sound without pictures to the sample. */
struct as_fcp_time as_fcp_media_start(const struct as_timeline_media *m);
/* The time of the retimed clip at which all of the medium has been played; without a speed, its duration. */
struct as_fcp_time as_fcp_media_end(const struct as_timeline *t, const struct as_timeline_item *it);
/* Frames of the retimed clip before the one that the item begins with. */
int64_t as_fcp_lead_frames(const struct as_timeline_item *it);

#endif
