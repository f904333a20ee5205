/* The answers of `analyze`, `sync` and `info` as JSON, schema 1: what doc/json.md promises to scripts. */
#ifndef AS_CLI_JSON_H
#define AS_CLI_JSON_H

#include <stdbool.h>

#include <audiosync/options.h>
#include <audiosync/types.h>

#define AS_JSON_SCHEMA 1

struct as_analysis_answer {
	const struct as_options *opt; /* of the analysis */
	const bool *explained;        /* per clip: whether to explain it; NULL: all of them */
	bool with_outputs;
};

/* Heap text that ends with a newline; NULL when memory ran out. */
char *as_cli_json_analysis(const struct as_snapshot *s, const struct as_analysis_answer *a);
/* s->selftest is there. */
char *as_cli_json_selftest(const struct as_snapshot *s, const struct as_options *opt);
char *as_cli_json_info(const struct as_snapshot *s);

#endif
