/* The answers of `analyze`, `sync` and `info` as JSON, schema 1: what doc/json.md promises to scripts. */
#ifndef AS_CLI_JSON_H
#define AS_CLI_JSON_H

#include <stdbool.h>

#include <audiosync/types.h>

#define AS_JSON_SCHEMA 1

/* Heap text that ends with a newline; NULL when memory ran out. */
char *as_cli_json_analysis(const struct as_snapshot *s, bool with_outputs);
char *as_cli_json_info(const struct as_snapshot *s);

#endif
