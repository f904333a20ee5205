#include "cli/mpv.h"

#include <math.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cli/mpv_client.h"
#include "cli/mpv_follow.h"

#define AGAIN_S 1.0 /* between looks for a player */
#define LINES 8     /* that wait to be taken; more are of no use to anyone */
#define LAST_MS 1000 /* for what is put back at the end */

struct as_mpv {
	struct as_mpv_client *client;
	struct as_follow *follow;
	char *socket;
	double again_s;          /* when to look for the player next */
	bool absent_said;
	enum as_follow_state said; /* the state that was told last */
	struct {
		char text[256];
		bool detail;
	} lines[LINES];
	int n_lines;
};

static struct as_follow_config config_of(const struct as_options *opt)
{
	static const char *const words[] = {"speed", "delay", "seek"};
	const char *how = as_options_text(opt, "mpv.how");
	struct as_follow_config cfg = {.dead_band_s = as_options_real(opt, "mpv.dead_band_ms") * 1e-3,
				       .max_speed = as_options_real(opt, "mpv.max_speed_percent") * 1e-2,
				       .seek_beyond_s = as_options_real(opt, "mpv.seek_beyond_ms") * 1e-3,
				       .offset_s = as_options_real(opt, "mpv.offset_ms") * 1e-3};
	for (int i = 0; i < 3; i++)
		if (!strcmp(how, words[i]))
			cfg.how = (enum as_follow_how)i;
	/* Otherwise it would be sought while it rests. */
	cfg.seek_beyond_s = fmax(cfg.seek_beyond_s, 2 * cfg.dead_band_s);
	return cfg;
}

static void say(struct as_mpv *m, bool detail, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

static void say(struct as_mpv *m, bool detail, const char *fmt, ...)
{
	if (m->n_lines == LINES)
		memmove(&m->lines[0], &m->lines[1], (size_t)(--m->n_lines) * sizeof m->lines[0]);
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(m->lines[m->n_lines].text, sizeof m->lines[0].text, fmt, ap);
	va_end(ap);
	m->lines[m->n_lines++].detail = detail;
}

bool as_mpv_say(struct as_mpv *m, char *line, size_t line_bytes, bool *detail)
{
	if (m->n_lines == 0)
		return false;
	as_text_escape(line, line_bytes, m->lines[0].text);
	*detail = m->lines[0].detail;
	memmove(&m->lines[0], &m->lines[1], (size_t)(--m->n_lines) * sizeof m->lines[0]);
	return true;
}

struct as_mpv *as_mpv_open(const char *socket, const struct as_options *opt, struct as_error *err)
{
	struct as_mpv *m = calloc(1, sizeof *m);
	struct as_follow_config cfg = config_of(opt);
	if (!m || !(m->socket = strdup(socket)) || !(m->client = as_mpv_client_new(socket)) ||
	    !(m->follow = as_follow_new(&cfg))) {
		as_fail(err, AS_ERR_MEMORY, "mpv: out of memory");
		as_mpv_close(m);
		return NULL;
	}
	m->again_s = -INFINITY;
	m->said = AS_FOLLOW_ABSENT;
	struct as_error why = {0};
	if (as_mpv_client_connect(m->client, &why) == AS_ERR_INVALID) {
		as_fail(err, AS_ERR_INVALID, "--mpv: %s", why.msg);
		as_mpv_close(m);
		return NULL;
	}
	as_mpv_client_disconnect(m->client);
	return m;
}

void as_mpv_configure(struct as_mpv *m, const struct as_options *opt)
{
	struct as_follow_config cfg = config_of(opt);
	as_follow_configure(m->follow, &cfg);
}

void as_mpv_close(struct as_mpv *m)
{
	if (!m)
		return;
	struct as_player_command cmd;
	while (m->follow && m->client && as_mpv_client_fd(m->client) >= 0 &&
	       (cmd = as_follow_restore(m->follow)).kind != AS_PLAYER_DO_NOTHING)
		as_mpv_client_send(m->client, &cmd);
	if (m->client)
		as_mpv_client_settle(m->client, LAST_MS);
	as_mpv_client_free(m->client);
	as_follow_free(m->follow);
	free(m->socket);
	free(m);
}

int as_mpv_fd(const struct as_mpv *m)
{
	return as_mpv_client_fd(m->client);
}

short as_mpv_poll(const struct as_mpv *m)
{
	return as_mpv_client_wants_write(m->client) ? POLLIN | POLLOUT : POLLIN;
}

void as_mpv_hear(struct as_mpv *m, const struct as_live_reading *r, double began_s)
{
	/* Calibrated: the reading's position is that of what the device says was heard. */
	struct as_follow_heard h = {.t_s = began_s + r->t_s,
				    .locked = r->state == AS_LIVE_LOCKED,
				    .ambiguous = r->ambiguous,
				    .position_s = r->position_s + (r->lag_ms - r->calibrated_lag_ms) * 1e-3,
				    .err_s = isfinite(r->lag_err_ms) ? r->lag_err_ms * 1e-3 : 0,
				    .drift_ppm = r->drift_ppm};
	as_follow_hear(m->follow, &h);
}

/* ---- words ---- */

static const char *state_words(enum as_follow_state s)
{
	switch (s) {
	case AS_FOLLOW_PAUSED:
		return "the player is paused, and left so";
	case AS_FOLLOW_ASIDE:
		return "somebody else moved the player or changed its speed: it is left alone until its speed is what it was, and it "
		       "was paused and resumed or another place is heard";
	case AS_FOLLOW_OUTSIDE:
		return "what is heard lies outside of what the player plays";
	case AS_FOLLOW_STUCK:
		return "the player does not come nearer and is left alone: it may be the player itself that is heard (mpv.how = delay "
		       "moves its picture, where it has one)";
	case AS_FOLLOW_UNLOCKED:
		return "nothing to follow: what is heard has no place in the reference";
	case AS_FOLLOW_RESTING:
		return "the player is followed";
	default:
		return NULL;
	}
}

/* Each lasting state once; what comes and goes with a nudge is none. */
static void say_state(struct as_mpv *m)
{
	enum as_follow_state s = as_follow_state(m->follow);
	const char *words = state_words(s);
	if (s == m->said || !words)
		return;
	m->said = s;
	say(m, s == AS_FOLLOW_UNLOCKED, "mpv: %s", words);
}

static void say_command(struct as_mpv *m, const struct as_player_command *cmd)
{
	const double error_s = cmd->error_s;
	char off[64] = "";
	if (isfinite(error_s) && fabs(error_s) < 1)
		snprintf(off, sizeof off, "%.0f ms %s: ", fabs(error_s) * 1e3, error_s > 0 ? "behind" : "ahead");
	else if (isfinite(error_s))
		snprintf(off, sizeof off, "%.1f s %s: ", fabs(error_s), error_s > 0 ? "behind" : "ahead");
	if (cmd->kind == AS_PLAYER_DO_SEEK)
		say(m, false, "mpv: %ssought to %.3f s", off, cmd->value);
	else if (cmd->kind == AS_PLAYER_SET_SPEED)
		say(m, true, "mpv: %sspeed %.5g", off, cmd->value);
	else if (cmd->kind == AS_PLAYER_SET_DELAY)
		say(m, true, "mpv: %saudio-delay %.1f ms", off, cmd->value * 1e3);
}

/* ---- work ---- */

static void look_for_player(struct as_mpv *m, double now_s)
{
	struct as_error why = {0};
	if (now_s < m->again_s)
		return;
	m->again_s = now_s + AGAIN_S;
	if (as_mpv_client_connect(m->client, &why) == AS_OK) {
		as_follow_meet(m->follow);
		say(m, true, "mpv: connected to %s", m->socket);
		m->absent_said = true; /* when it goes, that is told in other words */
		return;
	}
	if (!m->absent_said)
		say(m, false, "mpv: no player yet (%s); it is looked for: mpv --input-ipc-server=%s", why.msg, m->socket);
	m->absent_said = true;
}

static void lose_player(struct as_mpv *m, double now_s)
{
	as_mpv_client_disconnect(m->client);
	as_follow_part(m->follow);
	m->again_s = now_s + AGAIN_S;
	m->said = AS_FOLLOW_ABSENT;
	say(m, false, "mpv: the player has gone; it is looked for");
}

void as_mpv_work(struct as_mpv *m, double now_s)
{
	struct as_player_event ev;
	if (as_mpv_fd(m) < 0)
		look_for_player(m, now_s);
	if (as_mpv_fd(m) < 0)
		return;
	bool there = as_mpv_client_work(m->client, now_s);
	while (as_mpv_client_next(m->client, &ev))
		as_follow_see(m->follow, &ev);
	for (int i = 0; there && i < 4; i++) {
		struct as_player_command cmd = as_follow_step(m->follow, now_s);
		say_state(m);
		if (cmd.kind == AS_PLAYER_DO_NOTHING)
			break;
		say_command(m, &cmd);
		as_mpv_client_send(m->client, &cmd);
	}
	if (there && as_mpv_client_wants_write(m->client))
		there = as_mpv_client_work(m->client, now_s);
	if (!there)
		lose_player(m, now_s);
}
