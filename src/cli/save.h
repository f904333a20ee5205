/* Projects on the command line: opened, kept while working, saved. The functions that return int give an exit code when the command is
 * over (the message has been printed), or -1 to go on. */
#ifndef AS_CLI_SAVE_H
#define AS_CLI_SAVE_H

#include "cli/run.h"

/* The session of the project among the words, or a new one; *project is that word's index, or -1. */
int as_save_open(struct as_run *run, int *project);
/* Whether --save can be carried out; holds the project then. */
int as_save_prepare(struct as_run *run);
/* An autosave where it is time for one; on a failure it says so once. */
void as_save_tick(struct as_run *run);
/* Keeps what was found until an interrupt, if it was going to be saved. */
void as_save_interrupted(struct as_run *run);
/* Carries --save out. */
int as_save_project(struct as_run *run);

#endif
