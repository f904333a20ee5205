/* Manual pages and shell completions, made from the tables. doc/ holds what these print. */
#ifndef AS_CLI_DOCUMENTS_H
#define AS_CLI_DOCUMENTS_H

#include <stdio.h>

void as_man_program(FILE *out);  /* audiosync(1) */
void as_man_settings(FILE *out); /* audiosync.ini(5) */
void as_man_keys(FILE *out);     /* a part of audiosync(1) */
void as_man_live(FILE *out);     /* a part of audiosync(1) */
void as_keys_ini(FILE *out);     /* config/keys.ini */
void as_completion_bash(FILE *out);
void as_completion_zsh(FILE *out);
void as_completion_fish(FILE *out);

#endif
