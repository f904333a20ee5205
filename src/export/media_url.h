/* Where a timeline says that its media are: file URLs (RFC 3986, RFC 8089), paths of another machine, relative paths. Pure:
 * no file is looked at. Paths are bytes; strings returned are the caller's (free), NULL when out of memory. */
#ifndef AS_EXPORT_MEDIA_URL_H
#define AS_EXPORT_MEDIA_URL_H

#include <stdbool.h>

#include "base/error.h"

enum as_url_form {
	AS_URL_PLAIN,     /* file:///a/b */
	AS_URL_LOCALHOST, /* file://localhost/a/b: what Final Cut Pro 7 wrote and its readers expect */
};

/* A drive letter, ':' and a separator, or "\\server": a path as Windows writes it. */
bool as_path_is_windows(const char *path);
/* From '/' or from the root of a Windows drive or server. */
bool as_path_is_absolute(const char *path);

/* The URL of an absolute path: every byte but letters, digits, "-._~" and '/' percent-encoded, whether or not it is UTF-8.
 * M:\a\b becomes file:///M:/a/b, \\server\share\a becomes file://server/share/a in either form (their host is the server).
 * A relative path becomes a relative reference. */
char *as_url_from_path(const char *path, enum as_url_form form);
/* The way back: file URLs of this machine, of Windows drives and of servers (as \\server\share\a), and relative references.
 * AS_ERR_INVALID for other schemes, queries, fragments, what is no percent-encoding, and encoded NUL. */
enum as_status as_url_to_path(const char *url, char **path, struct as_error *err);

/* Media below from, here, are found below to on the machine that opens the timeline. */
struct as_path_map {
	char *from, *to;
};
/* "SERVER=CLIENT": both absolute. Splits at the first '=' that an absolute path follows. */
enum as_status as_path_map_parse(const char *text, struct as_path_map *out, struct as_error *err);
void as_path_map_done(struct as_path_map *m);
/* path with the longest from that covers it (whole components) exchanged for its to, '/' turned into '\' where that is a
 * Windows path; a copy of path where no row covers it. *mapped (may be NULL) says which. */
char *as_path_map_apply(const struct as_path_map *rows, int n, const char *path, bool *mapped);

/* The path to file as seen from folder, both absolute. A copy of file where that cannot be told from the names: "..", or
 * Windows paths. */
char *as_path_relative(const char *folder, const char *file);

#endif
