/* JSON for scripts: written in order, always valid UTF-8, never a byte that a terminal would act on. */
#ifndef AS_BASE_JSON_H
#define AS_BASE_JSON_H

#include <stdbool.h>
#include <stdint.h>

/* A document being built; its outermost object is open from the start. Failures (no memory) are kept and make
 * as_json_finish return NULL, so that the calls between need no checks. key is NULL inside an array. */
struct as_json;

struct as_json *as_json_new(void);
/* Reals with all digits that tell one double from another, instead of 15. */
void as_json_keep_digits(struct as_json *j);
void as_json_free(struct as_json *j);

void as_json_open_object(struct as_json *j, const char *key);
void as_json_open_array(struct as_json *j, const char *key);
void as_json_close(struct as_json *j);

void as_json_add_bool(struct as_json *j, const char *key, bool value);
void as_json_add_int(struct as_json *j, const char *key, int64_t value);
/* 15 significant digits; null where value is not finite. */
void as_json_add_real(struct as_json *j, const char *key, double value);
/* Four significant digits: for errors and probabilities, whose further digits say nothing. */
void as_json_add_rough(struct as_json *j, const char *key, double value);
/* Text that is not valid UTF-8 is escaped as by as_text_escape; NULL becomes null. */
void as_json_add_text(struct as_json *j, const char *key, const char *text);
/* The bytes of a path, in an object. Where they are not valid UTF-8, key holds the escaped form for people and
 * KEY_base64 the exact bytes; otherwise key alone is exact. */
void as_json_add_path(struct as_json *j, const char *key, const char *path);

/* The text, indented or on one line, with a newline at its end; heap, NULL when memory ran out. Frees j. */
char *as_json_finish(struct as_json *j, bool one_line);

#endif
