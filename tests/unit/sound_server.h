/* Sound servers of a test's own, with an output that leads nowhere, and players that know when each of their frames is heard. */
#ifndef AS_TEST_SOUND_SERVER_H
#define AS_TEST_SOUND_SERVER_H

#include <stdbool.h>
#include <stdint.h>

#define SERVER_RATE 48000
#define SERVER_SINK "audiosync"

enum server_kind { SERVER_PULSE, SERVER_PIPEWIRE };

struct server {
	enum server_kind kind;
	int pids[4];
	int n;
};

/* What is missing to run one, "" where nothing is. */
const char *server_missing(enum server_kind kind);
/* Starts it with its files below folder (HOME and XDG_RUNTIME_DIR of this process lead there from then on), and waits for it. False: it
 * did not come up. */
bool server_start(struct server *s, enum server_kind kind, const char *folder);
void server_stop(struct server *s);
/* Of PipeWire the session manager alone. */
void server_stop_manager(struct server *s);
/* Stops or continues its processes, as one that hangs. */
void server_freeze(const struct server *s, bool frozen);
/* What others have left at the server: modules and recordings. */
void server_count(int *modules, int *recordings);
/* The library's list of devices has this source. */
bool server_lists(const char *source);

struct player;

/* Plays noise from a seed for ever under an application's name, as long as player_turn is called every 200 ms. latency_s over 0 makes
 * the output itself keep no more than that in stock (2 s by default, for a null sink), and player_turn must come sooner. NULL: it cannot. */
struct player *player_open(const char *app, uint64_t seed, double latency_s);
/* As another process would: its number, as text. */
struct player *player_open_as(const char *app, const char *process, uint64_t seed, double latency_s);
void player_close(struct player *p);
/* Does what is due, and never waits. False: the server has gone. */
bool player_turn(struct player *p);
void player_pause(struct player *p, bool pause);
/* CLOCK_MONOTONIC when frame k is heard, as the server tells the player; NAN before it knows. */
double player_heard_s(const struct player *p, int64_t k);
/* It has run on without a gap for 2 s. */
bool player_is_steady(const struct player *p);
/* The frame that is heard at a time. */
double player_frame_at(const struct player *p, double time_s);
/* Frame k, both channels. */
float player_noise(uint64_t seed, int64_t k);

double server_now_s(void);

#endif
