/* The program's words on stderr: one line each. */
#ifndef AS_CLI_SAY_H
#define AS_CLI_SAY_H

#include <stdio.h>

/* "audiosync: …" and a newline. What comes from outside must be escaped already (as_error messages are). */
void as_say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Libraries that capture sound print to stderr at any time and from threads of their own, as PortAudio does where its device goes. Between
 * these two that leads nowhere, while what the program says still comes: by the file below, which is stderr before and after. */
void as_say_alone(void);
void as_say_with_others(void);
FILE *as_say_file(void);

#endif
