/* The command of --on-alert: started without a shell, one at a time, never waited for, ended when it takes too long. */
#ifndef AS_CLI_LIVE_COMMAND_H
#define AS_CLI_LIVE_COMMAND_H

#include <stdbool.h>

#include "base/error.h"

struct as_alert_command;

/* Words at blanks; '…' and "…" hold a word together, \ before any character takes it as it is; nothing else is special. NULL-terminated,
 * free with as_command_words_free; NULL with AS_ERR_INVALID (no word, a quote without its end) or AS_ERR_MEMORY. */
char **as_command_words(const char *text, struct as_error *err);
void as_command_words_free(char **words);

/* text: as for as_command_words; the first is looked for in PATH now, so that its lack is not found at the first alert. */
struct as_alert_command *as_alert_command_new(const char *text, double limit_s, struct as_error *err);
/* Ends what still runs. NULL is fine. */
void as_alert_command_free(struct as_alert_command *c);
void as_alert_command_set_limit(struct as_alert_command *c, double limit_s);

/* Asks for a run with these variables ("AUDIOSYNC_LAG_MS=12", n of them; copied) in the environment. While one runs, the newest request
 * waits, and takes the place of one that waited. */
enum as_status as_alert_command_request(struct as_alert_command *c, char *const *variables, int n, struct as_error *err);
/* To be called now and then, a few times a second while it is busy: starts what waits, ends what takes too long, reaps. *err tells
 * once for each run that could not be started, took too long or failed: then AS_ERR_IO. */
enum as_status as_alert_command_tick(struct as_alert_command *c, struct as_error *err);
/* Whether something runs or waits. */
bool as_alert_command_is_busy(const struct as_alert_command *c);

#endif
