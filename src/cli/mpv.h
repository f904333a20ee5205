/* `audiosync live --mpv SOCKET`: an mpv player is kept where the sound is that is heard. One thread, the front end's; nothing waits. */
#ifndef AS_CLI_MPV_H
#define AS_CLI_MPV_H

#include <stdbool.h>
#include <stddef.h>

#include <audiosync/live.h>
#include <audiosync/options.h>

#include "base/error.h"

struct as_mpv;

/* A player that is not there yet is waited for. NULL with AS_ERR_INVALID where SOCKET cannot be one, and without memory. */
struct as_mpv *as_mpv_open(const char *socket, const struct as_options *opt, struct as_error *err);
/* Puts back what was changed (some 10 ms; 1 s where the player hangs), and frees. NULL is fine. */
void as_mpv_close(struct as_mpv *m);
/* Settings read again. */
void as_mpv_configure(struct as_mpv *m, const struct as_options *opt);

/* To be polled for: -1 while there is no player; POLLIN, and POLLOUT where something waits. And as_mpv_work is due
 * AS_MPV_EVERY_MS after the last at the latest. */
#define AS_MPV_EVERY_MS 100
int as_mpv_fd(const struct as_mpv *m);
short as_mpv_poll(const struct as_mpv *m);

/* Each reading, and as_live_status.began_s. now_s and all times are CLOCK_MONOTONIC. */
void as_mpv_hear(struct as_mpv *m, const struct as_live_reading *r, double began_s);
void as_mpv_work(struct as_mpv *m, double now_s);

/* What has changed, one line for people without its end; false when all was taken. detail: for those who want more (-v). */
bool as_mpv_say(struct as_mpv *m, char *line, size_t line_bytes, bool *detail);

#endif
