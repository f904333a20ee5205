/* One writer at a time: an advisory lock beside the project. */
#ifndef AS_PROJECT_GUARD_H
#define AS_PROJECT_GUARD_H

#include "base/error.h"

struct as_project_guard;

/* Takes ".NAME.lock" beside path and flock()s it: the system drops the lock with the process, so that what a dead one left is taken
 * over. Where the file system has no locks the process that the file names decides, if it is one of this machine. AS_ERR_BUSY names
 * who holds it. NULL on failure. */
struct as_project_guard *as_project_guard_take(const char *path, struct as_error *err);
/* Removes it. NULL is fine. */
void as_project_guard_release(struct as_project_guard *g);

#endif
