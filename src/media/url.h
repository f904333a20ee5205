/* Addresses: of what kind, which protocols may be used for them. Pure. */
#ifndef AS_MEDIA_URL_H
#define AS_MEDIA_URL_H

#include <stdbool.h>
#include <stddef.h>

#define AS_URL_MAX_BYTES 8192

/* Whether text begins like "scheme://". */
bool as_url_is(const char *text);
bool as_url_is_http(const char *text);
/* Well formed enough to be handed to others: printable ASCII without spaces, a host, no port that there cannot be, not too long. */
bool as_url_is_sane(const char *url);
/* Heap copy, with the scheme in small letters, as libav wants it; NULL: out of memory. */
char *as_url_dup(const char *url);
/* The protocols that libav may use for url and for whatever it names in turn, as its option protocol_whitelist takes them; NULL for
 * kinds of URL that are not opened at all. Files are never among them: what comes from the network must not name any. */
const char *as_url_protocols(const char *url);
/* Opened by libav's demuxer itself rather than as a stream of bytes. */
bool as_url_is_session(const char *url);
/* Of a host whose pages hold sound that only yt-dlp finds. text may lack the "https://". */
bool as_url_is_known_page(const char *text);
/* The path that a file:// URL names: heap; NULL where it names none on this machine. */
char *as_url_file_path(const char *url);
#endif
