/* The sound server of this user (PulseAudio, or PipeWire in its clothes) as libpulse shows it: a connection that the calling thread
 * drives, and what outputs, inputs and playing applications there are. Of capture_pulse and capture_list alone. */
#ifndef AS_MEDIA_CAPTURE_SERVER_H
#define AS_MEDIA_CAPTURE_SERVER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <pulse/pulseaudio.h>

#include "base/error.h"

enum as_server_kind { AS_SERVER_OUTPUT, AS_SERVER_INPUT, AS_SERVER_APP };

/* Texts are the server's, as they came: any bytes. */
struct as_server_item {
	enum as_server_kind kind;
	uint32_t index;
	uint32_t client;      /* of an application: its connection to the server … */
	unsigned long process; /* … and the number of its process; 0: not known */
	uint32_t output;      /* of an application: the index of the output that it plays to */
	char *name;           /* of outputs and inputs: the server's; of an application: its own name for itself */
	char *text;           /* for people; of an application: what it plays */
	char *monitor;        /* of an output: the source that hears it */
	char *binary;         /* of an application; may be "" */
	pa_sample_spec spec;  /* of an application: that of its output */
	bool is_default, running, suspended, corked;
};

struct as_server {
	pa_mainloop *loop;
	pa_context *ctx;
	const atomic_bool *cancel; /* may be NULL */
	struct as_server_item *items;
	int n_items;
	bool no_memory;            /* while it looked */
	char *default_output, *default_input;
	char *software;            /* "pulseaudio", "PulseAudio (on PipeWire 0.3.65)" */
};

/* Connects; starts no server. Some ms; at most 5 s. AS_ERR_IO where there is none, AS_CANCELLED. s is to be closed then, too. */
enum as_status as_server_connect(struct as_server *s, const atomic_bool *cancel, struct as_error *err);
void as_server_close(struct as_server *s);

/* Waits for the server for timeout_ms at most (50 ms at the most), and runs the callbacks of what it said. */
enum as_status as_server_turn(struct as_server *s, double timeout_ms, struct as_error *err);
/* Until op is done, and forgets it. NULL: the request failed. AS_ERR_IO also after 5 s. */
enum as_status as_server_wait(struct as_server *s, pa_operation *op, struct as_error *err);

/* Asks what there is: items, defaults. */
enum as_status as_server_look(struct as_server *s, struct as_error *err);

/* Whether a connection is still there, or another one of its process; 0: the connection alone is known. */
enum as_status as_server_has_client(struct as_server *s, uint32_t client, unsigned long process, bool *there, struct as_error *err);

/* capture_find.c */

struct as_capture_format;

/* Whom as_capture_spec.source means, NULL among them. NULL as as_server_find. */
const struct as_server_item *as_server_find_source(const struct as_server *s, const char *source, struct as_error *err);
/* What was listened to before, if it is an application and still there. was may be NULL. */
const struct as_server_item *as_server_find_source_again(const struct as_server *s, const struct as_capture_format *was);
/* "Name" of "app:Name"; NULL: no application. */
const char *as_server_app_of(const char *source);
/* "#7" */
bool as_server_is_number(const char *want);

/* Two streams are one application's, as one run of it. */
bool as_server_same_app(const struct as_server_item *a, const struct as_server_item *b);
/* The item of a kind that a person means by `want`: "#INDEX", its name, its text, or a part of either that only one has. Of an
 * application that plays several streams that which sounds, and came last; of applications of one name the only one that plays. NULL with
 * AS_ERR_NOT_FOUND, or AS_ERR_INVALID: several are called so. */
const struct as_server_item *as_server_find(const struct as_server *s, enum as_server_kind kind, const char *want,
					    struct as_error *err);
/* The same stream of an application as before, or another one of the same run of it; NULL: neither is there. was->name, client, process and
 * index count. */
const struct as_server_item *as_server_find_again(const struct as_server *s, const struct as_server_item *was);
/* Its name means it, and no other one is called so. */
bool as_server_has_name(const struct as_server *s, const struct as_server_item *i);
const struct as_server_item *as_server_default(const struct as_server *s, enum as_server_kind kind);

#endif
