/* The program in a terminal that exists in memory: a pty at one end, libvterm at the other. */
#ifndef AS_TESTS_TERMINAL_H
#define AS_TESTS_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define TERMINAL_WAIT_S 120

struct terminal;

/* Starts argv[0] with the environment as it is but for env ("NAME=VALUE", NULL-terminated; may be NULL) in a terminal of that size. */
struct terminal *terminal_start(const char *const *argv, const char *const *env, int rows, int cols);
/* Kills what still runs; frees. */
void terminal_free(struct terminal *t);

/* Keys as the terminal sends them. */
void terminal_type(struct terminal *t, const char *bytes);
void terminal_resize(struct terminal *t, int rows, int cols);
void terminal_signal(struct terminal *t, int sig);

/* Reads until the screen holds text, or (second one) does not; false when it took too long or the program ended. */
bool terminal_shows(struct terminal *t, const char *text);
bool terminal_lacks(struct terminal *t, const char *text);
/* Reads until the program has ended: its exit code, 128 + signal; -1 when it does not end. */
int terminal_end(struct terminal *t);
/* Whether that was of this signal; a sanitizer ends the program in its own way. */
bool terminal_died_of(struct terminal *t, int sig);
/* Reads what comes until nothing has come for `ms`. Returns the bytes. */
size_t terminal_settle(struct terminal *t, int ms);

/* One row as UTF-8, blanks at its end left out. out has room for `bytes`. */
char *terminal_row(struct terminal *t, int row, char *out, size_t bytes);
/* The first character of a cell. */
unsigned terminal_cell(struct terminal *t, int row, int col);
/* Whether the program has the alternate screen, and a visible cursor. */
bool terminal_alternate(const struct terminal *t);
bool terminal_cursor_visible(const struct terminal *t);
/* Whether it edits lines and echoes, as a shell wants it; whether clicks are sent. */
bool terminal_cooked(const struct terminal *t);
bool terminal_mouse(const struct terminal *t);
/* All rows, for messages. */
void terminal_print(struct terminal *t);
/* Characters beyond ASCII on the screen. */
int terminal_wide_bytes(struct terminal *t);

#endif
