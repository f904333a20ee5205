/* Files written safely, folders, standard places. Bytes in, bytes out; no audio. */
#ifndef AS_BASE_FILE_H
#define AS_BASE_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

/* A file being written beside its target: open makes ".NAME.XXXXXX.part" (mode 0666 & ~umask) in
 * the target's folder; commit fsyncs it, renames it to the target (refusing to replace an existing
 * one unless force, without a race: link/renameat2; what replaces a file takes its mode over), and
 * fsyncs the folder; abort removes it.
 * as_file_abort_all is async-signal-safe nowhere: cleaning up is the owner's work. */
struct as_atomic_file;
struct as_atomic_file *as_atomic_open(const char *target, bool force, struct as_error *err);
int as_atomic_fd(const struct as_atomic_file *f);
const char *as_atomic_temp_path(const struct as_atomic_file *f);
/* Frees f in every case. */
enum as_status as_atomic_commit(struct as_atomic_file *f, struct as_error *err);
/* Frees f; NULL is fine. */
void as_atomic_abort(struct as_atomic_file *f);

/* Whether path exists, whatever it is and whether or not it can be read. */
bool as_file_exists(const char *path);
/* mkdir -p. */
enum as_status as_dir_make(const char *path, struct as_error *err);
/* Whole small file into a NUL-terminated heap buffer; longer than max_bytes is AS_ERR_FORMAT. */
enum as_status as_file_read(const char *path, int64_t max_bytes, char **out, int64_t *n,
			    struct as_error *err);
/* A whole text as a file, complete or not at all; force replaces what exists. */
enum as_status as_file_write(const char *path, bool force, const char *text, struct as_error *err);

#endif
