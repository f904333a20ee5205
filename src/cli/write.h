/* What sync and export write, once the clips have their places. The functions give an exit code when the command is over (the message
 * has been printed), or -1 to go on. */
#ifndef AS_CLI_WRITE_H
#define AS_CLI_WRITE_H

#include "cli/run.h"

/* Whether -o can be written and is apart from the recordings. */
int as_write_check_dir(const struct as_args *args);
/* Whether files would be met there. */
int as_write_check_targets(struct as_run *run);
/* The same before an hour of analysis: probes first. */
int as_write_probe_targets(struct as_run *run);
/* Writes the aligned files and prints the answer; the exit code. The placements are worth showing whatever becomes of the files. *snap
 * becomes the last one. */
int as_write_outputs(struct as_run *run, const struct as_snapshot **snap);

#endif
