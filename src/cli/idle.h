/* Flags that could have no effect: what was asked for is said to be missing, instead of nothing happening in silence. */
#ifndef AS_CLI_IDLE_H
#define AS_CLI_IDLE_H

#include "base/error.h"
#include "cli/args.h"

/* By the command line alone, before anything is read: AS_ERR_INVALID names the flag and what it lacks. */
enum as_status as_idle_check(const struct as_args *args, struct as_error *err);

/* By the settings as they are once a project has brought its own: says what will not count and goes on with -1, or gives the
 * exit code where flags contradict settings. */
int as_idle_check_settings(const struct as_args *args);

#endif
