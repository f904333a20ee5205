/* The presets that there are, read aside: a disk that does not answer holds up no key. */
#ifndef AS_TUI_PRESET_FILES_H
#define AS_TUI_PRESET_FILES_H

#include <stdbool.h>

#include "base/preset_list.h"

struct tui_preset_files;

/* Begins to read those of dirs (NULL-terminated, or NULL) and the built-in ones. NULL: out of memory, or of threads. */
struct tui_preset_files *tui_preset_files_read(const char *const *dirs);
/* Readable once all are read. */
int tui_preset_files_fd(const struct tui_preset_files *r);
/* Waits for that, at most so long; 0: only looks. */
bool tui_preset_files_done(const struct tui_preset_files *r, int wait_ms);
/* What was read, as as_preset_list has it. */
struct as_preset_item *tui_preset_files_take(struct tui_preset_files *r, size_t *n);
/* Never waits. NULL is fine. */
void tui_preset_files_drop(struct tui_preset_files *r);

#endif
