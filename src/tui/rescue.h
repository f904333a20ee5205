/* Whatever ends the program, the terminal is as it was. State of the process: there is one terminal.
 *
 * Crashes give it back and die. Other signals that would end a program (SIGQUIT, SIGXCPU, SIGUSR2 …) make the interface end in order,
 * with the session kept, and die then: the exit status tells the signal either way. */
#ifndef AS_TUI_RESCUE_H
#define AS_TUI_RESCUE_H

#include <stdbool.h>

/* First: where crashes speak (-1: descriptor 2), and what makes the interface end; it is called by a signal handler. */
void tui_rescue_begin(int err_fd, void (*interrupt)(int sig));
/* What is to be said of the session from here on, should it crash: static text; NULL: nothing. */
void tui_rescue_words(const char *words);
/* Last: dies of the signal that has ended the interface, if one has. */
void tui_rescue_end(void);

/* Before curses changes them: the terminal's modes. */
void tui_rescue_modes(void);
/* Once curses knows the terminal. mouse: its clicks have been asked for. */
void tui_rescue_arm(bool mouse);
/* The terminal is another's for a while. */
void tui_rescue_pause(bool on);
/* The terminal is given back in order. */
void tui_rescue_disarm(void);

#endif
