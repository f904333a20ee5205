/* mpv's JSON IPC over a socket of the file system: what the player says becomes events, commands go out. Never waits. */
#ifndef AS_CLI_MPV_CLIENT_H
#define AS_CLI_MPV_CLIENT_H

#include <stdbool.h>

#include "base/error.h"
#include "cli/mpv_follow.h"

struct as_mpv_client;

/* path is copied. NULL without memory. */
struct as_mpv_client *as_mpv_client_new(const char *path);
void as_mpv_client_free(struct as_mpv_client *c);

/* AS_ERR_IO: nobody listens there, or it is no socket. AS_ERR_INVALID: the path is too long for one. */
enum as_status as_mpv_client_connect(struct as_mpv_client *c, struct as_error *err);
void as_mpv_client_disconnect(struct as_mpv_client *c);

/* -1 while there is no connection. */
int as_mpv_client_fd(const struct as_mpv_client *c);
bool as_mpv_client_wants_write(const struct as_mpv_client *c);

/* Reads and writes what can be at once; now_s becomes the events' time. False: the player has gone, or takes nothing any more. */
bool as_mpv_client_work(struct as_mpv_client *c, double now_s);
/* The next event of what was read. */
bool as_mpv_client_next(struct as_mpv_client *c, struct as_player_event *out);
void as_mpv_client_send(struct as_mpv_client *c, const struct as_player_command *cmd);
/* Until all is written and answered, for wait_ms at most: of a connection that is closed before, the player does not read what is left. */
void as_mpv_client_settle(struct as_mpv_client *c, int wait_ms);

#endif
