/* The program's words on stderr: one line each. */
#ifndef AS_CLI_SAY_H
#define AS_CLI_SAY_H

/* "audiosync: …" and a newline. What comes from outside must be escaped already (as_error messages are). */
void as_say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
