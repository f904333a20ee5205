/* A server of HTTP on this computer, most of whose paths do what servers should not. */
#ifndef AS_TEST_WEB_SERVER_H
#define AS_TEST_WEB_SERVER_H

#include <stddef.h>

struct web;

/* Serves the n bytes at `file` (borrowed), a sound file, and files below dir as /dir/NAME:
 *   /file        as it is, with ranges       /noranges   without ranges and length
 *   /truncated   half of it, again and again /resumed    half of it, and the rest when asked again
 *   /overstated  twice the length is promised /understated half the length is promised
 *   /stall       half of it, then nothing    /silent     not even an answer
 *   /redirect    to /file, by three steps    /loop       to itself
 *   /local       redirects to a local file
 *   /page        HTML                        /garbage    noise without end, called audio/mpeg
 *   /endless     the file's first 44 bytes, then silence without end, as fast as it is taken
 *   /radio       the same with the headers of a radio station
 *   /live      the file without its length: 4 s of it at once, the rest in real time; the second request for it waits half a second
 *   /headers     headers without end         /broken     closes at once
 *   /empty       nothing, and says so
 *   /nothing_at_all  an answer without length or bytes  /noise  300 kB of noise, called audio/mpeg, without a length
 *   /403, and 404 for all else. */
struct web *web_start(const char *dir, const void *file, size_t n);
void web_stop(struct web *w);
/* "http://127.0.0.1:PORT" + path; good until the eighth next call. */
const char *web_url(struct web *w, const char *path);
int web_port(const struct web *w);
/* Requests so far. */
int web_requests(struct web *w);
/* When request number n for /live, from 0 on, was answered: CLOCK_MONOTONIC; NAN. */
double web_live_s(struct web *w, int n);
/* Whether some request had this text in it. */
int web_was_told(struct web *w, const char *text);

#endif
