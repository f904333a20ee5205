/* Settings as a configuration file. */
#ifndef AS_CLI_CONFIG_TEXT_H
#define AS_CLI_CONFIG_TEXT_H

#include <stdio.h>

#include <audiosync/options.h>

/* A complete file with every key, what it means and may be, and, where a value is not the default,
 * where it came from. Reading it back gives the same settings. A value that no file can hold is
 * left out with a comment. */
void as_config_write(FILE *out, const struct as_options *opt);

#endif
