/* Names of files for Tab: those in the folder that a line leads to. The folder is looked at in the background, so that a mount which does
 * not answer holds up no key: there is nothing to complete then, and more by the next Tab. */
#ifndef AS_TUI_NAMES_H
#define AS_TUI_NAMES_H

#include <stdbool.h>
#include <stddef.h>

struct tui_names;

/* folders: these alone. NULL when out of memory. */
struct tui_names *tui_names_new(int patience_ms, bool folders);
void tui_names_free(struct tui_names *n);
/* Where lines that are not absolute count from: copied; NULL: the program's own folder. */
void tui_names_base(struct tui_names *n, const char *folder);
/* tui_complete, with a struct tui_names: folders first, with a slash behind them. */
char *tui_names_complete(void *ctx, const char *line, size_t n, int i, size_t *from);

#endif
