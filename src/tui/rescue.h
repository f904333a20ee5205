/* A crash leaves the terminal as it was. State of the process: there is one terminal. */
#ifndef AS_TUI_RESCUE_H
#define AS_TUI_RESCUE_H

#include <stdbool.h>

/* Before curses changes them: the terminal's modes. */
void tui_rescue_modes(void);
/* Once curses knows the terminal. mouse: its clicks have been asked for. */
void tui_rescue_arm(bool mouse);
/* The terminal is given back in order. */
void tui_rescue_disarm(void);

#endif
