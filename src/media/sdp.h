/* Session descriptions (SDP, RFC 8866) in files: what studios hand out with a stream by RTP (AES67, Dante, ST 2110-30), which does not tell itself
 * what it is. */
#ifndef AS_MEDIA_SDP_H
#define AS_MEDIA_SDP_H

#include <stdbool.h>

#include "base/error.h"

struct AVFormatContext;

/* The protocols that libav may use for what a description names: as as_url_protocols says. */
#define AS_SDP_PROTOCOLS "rtp,srtp,udp"

/* Whether path is a file that begins like one. Reads a few bytes of it. */
bool as_sdp_is(const char *path);
/* The whole of it: heap; NULL: cannot be read, or is too long for one. */
char *as_sdp_read(const char *path, struct as_error *err);
/* Opens what text (as as_sdp_read gives it) describes in *fmt, which is allocated and becomes NULL where that fails. What libav says. */
int as_sdp_open(struct AVFormatContext **fmt, const char *text);

#endif
