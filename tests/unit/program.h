/* The program in a terminal, in a folder of its own with a shoot in it and places for settings, cache and state. One for each test
 * program. */
#ifndef AS_TESTS_PROGRAM_H
#define AS_TESTS_PROGRAM_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "terminal.h"

/* The working folder, and the demo shoot in it. */
extern char program_dir[4096], program_shoot[4096 + 16];

/* For cmocka's groups. */
int program_set_up(void **ctx);
int program_tear_down(void **ctx);

/* Arguments, NULL at their end; at most six. */
struct terminal *program_start_with(const char *const *args, const char *term, const char *locale, int rows, int cols);
/* 80x24, all colours, UTF-8. */
struct terminal *program_start(const char *word);
/* The same with the shoot, once that is read in. */
struct terminal *program_start_shoot(void);
/* Leaves without saving, in order; frees. */
void program_leave(struct terminal *t);

#endif
