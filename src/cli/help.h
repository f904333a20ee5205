/* What --help and --version print. */
#ifndef AS_CLI_HELP_H
#define AS_CLI_HELP_H

#include <stdio.h>

#include "cli/commands.h"

/* The program as a whole. */
void as_help_program(FILE *out);
/* One command with its options. */
void as_help_command(FILE *out, const struct as_command_row *command);
void as_help_version(FILE *out);

#endif
