/* A folder of their own for the files of a test. */
#ifndef AS_TEST_FOLDER_H
#define AS_TEST_FOLDER_H

#include <stddef.h>

/* Makes a fresh one below /tmp and writes its path into dir. 0, or -1 as cmocka's fixtures have it. */
int folder_make(char *dir, size_t bytes);
/* Remove it with all that is in it, or all that is in it; 0 or -1. */
int folder_remove(const char *dir);
int folder_empty(const char *dir);
/* How many entries it has; 0 also where there is none such. */
int folder_count(const char *dir);
/* "dir/name", good until the eighth next call. */
const char *folder_path(const char *dir, const char *name);

/* One that a program's tests share: cmocka's fixtures, its path, and what is in it, as folder_path. */
extern char folder_dir[64];
int folder_set_up(void **state);
int folder_tear_down(void **state);
const char *folder_in(const char *name);
/* From here on stdout is caught there; returns what folder_caught_output gives back to it. */
int folder_catch_output(void);
/* What was caught; heap. */
char *folder_caught_output(int kept);

#endif
