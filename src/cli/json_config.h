/* The answers of `audiosync config` as JSON: what doc/json.md promises to scripts. All are heap text
 * that ends with a newline; NULL when memory ran out. */
#ifndef AS_CLI_JSON_CONFIG_H
#define AS_CLI_JSON_CONFIG_H

#include <stdbool.h>

#include <audiosync/options.h>

#include "base/cache.h"
#include "cli/places.h"
#include "base/preset_list.h"

char *as_cli_json_settings(const struct as_options *opt);
/* Of a device that has one: as_options_calibration_at. */
char *as_cli_json_calibration(const struct as_options *opt, const char *key);
char *as_cli_json_setting(const struct as_options *opt, const struct as_option_row *row);
char *as_cli_json_presets(const struct as_preset_item *list, size_t n);
char *as_cli_json_places(const struct as_place *list, size_t n);
char *as_cli_json_cache(const char *dir, const struct as_cache_stats *stats, bool cleared);

#endif
