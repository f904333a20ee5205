/* What there is to capture from: outputs that can be listened to, applications that play, inputs. */
#ifndef AUDIOSYNC_DEVICES_H
#define AUDIOSYNC_DEVICES_H

#include <stdbool.h>

#include <audiosync/error.h>

#ifdef __cplusplus
extern "C" {
#endif

enum as_device_kind {
	AS_DEVICE_MONITOR = 0, /* what an output of the sound server plays */
	AS_DEVICE_APP,         /* what one application plays, alone */
	AS_DEVICE_INPUT,       /* an input of the sound server: microphone, line */
	AS_DEVICE_PORTAUDIO,   /* an input as PortAudio sees it */
};

enum as_device_state {
	AS_DEVICE_IDLE = 0,
	AS_DEVICE_RUNNING,   /* somebody plays or records; of an application: it plays */
	AS_DEVICE_SUSPENDED, /* asleep; wakes up when it is used, unless it was put to sleep by hand */
	AS_DEVICE_PAUSED,    /* an application that holds its sound back */
	AS_DEVICE_UNKNOWN,   /* PortAudio does not say */
};

/* "monitor", "app", "input", "portaudio"; "idle" … "unknown": the words of JSON. */
AS_API const char *as_device_kind_name(enum as_device_kind kind);
AS_API const char *as_device_state_name(enum as_device_state state);

/* Whether a capture source (as_live_config.capture, as_live_status.device) means a device or what plays on one, which may come yet: no file, no
 * pipe, nothing at an address. NULL: true. Looks for a file of that name where it may be either. */
AS_API bool as_capture_is_device(const char *source);

/* Texts are as the server and the applications gave them, to be escaped for terminals; never NULL. */
struct as_device {
	enum as_device_kind kind;
	enum as_device_state state;
	bool is_default;      /* what a capture without a source takes, of its kind */
	const char *source;   /* as_live_config.capture: a name that stays, where there is one, else its number */
	const char *name;     /* for people: "Built-in Audio Analog Stereo", "Spotify" */
	const char *playing;  /* of an application: what it says that it plays; may be "" */
	const char *output;   /* of an application: the name of the output that it plays to; may be "" */
	double rate_hz;
	int channels;
};

struct as_device_list {
	const char *server;             /* "pulseaudio", "PulseAudio (on PipeWire 1.0.5)"; "" where none was reached */
	struct as_error server_error;   /* AS_OK, or why none was: what is listed then is PortAudio's alone */
	int n;
	const struct as_device *devices; /* by kind, the default first */
};

/* Asks the sound server of this user (it starts none) and PortAudio. Some 100 ms, at most some s; any thread, from which it keeps
 * descriptor 2 while PortAudio looks. *out is the caller's, to be freed with as_devices_free. AS_ERR_IO, with what to do about it, where
 * there is neither a server nor a device; AS_ERR_MEMORY. */
AS_API enum as_status as_devices_list(const struct as_device_list **out, struct as_error *err);
AS_API void as_devices_free(const struct as_device_list *list);

/* The same for those who cannot wait: a thread of its own asks. Calls from one thread. NULL: the system gives none. */
struct as_device_search;
AS_API struct as_device_search *as_device_search_start(struct as_error *err);
/* Readable once it has ended; owned by s. */
AS_API int as_device_search_fd(const struct as_device_search *s);
/* False while it asks. True: *status, and *out and *err as as_devices_list leaves them; *out is the caller's, and NULL from the second
 * call on. */
AS_API bool as_device_search_take(struct as_device_search *s, enum as_status *status, const struct as_device_list **out,
				  struct as_error *err);
/* NULL is fine. Does not wait: what still asks ends by itself, and is dropped. */
AS_API void as_device_search_free(struct as_device_search *s);

#ifdef __cplusplus
}
#endif
#endif
