/* Statuses and error values: how every fallible call of the library reports. */
#ifndef AUDIOSYNC_ERROR_H
#define AUDIOSYNC_ERROR_H

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__) && __GNUC__ >= 4
#define AS_API __attribute__((visibility("default")))
#else
#define AS_API
#endif

/* Every call that can fail returns one of these. AS_NO_MATCH, AS_CANCELLED and AS_EOF are expected
 * outcomes, not failures; all from AS_ERR_IO on are failures and come with a message. */
enum as_status {
	AS_OK = 0,
	AS_EOF,            /* nothing more to read */
	AS_NO_MATCH,       /* looked, and there is none */
	AS_CANCELLED,      /* stopped because the caller asked for it */
	AS_ERR_IO,         /* the system refused: sys_errno says why */
	AS_ERR_FORMAT,     /* the content is damaged or of a kind that cannot be read */
	AS_ERR_NO_AUDIO,   /* readable, but there is no sound to work with */
	AS_ERR_EXISTS,     /* would overwrite something that exists */
	AS_ERR_INVALID,    /* an argument or a setting is not valid */
	AS_ERR_BUSY,       /* the session is doing something that excludes this */
	AS_ERR_MEMORY,
	AS_ERR_INTERNAL,
	AS_ERR_NOT_FOUND,  /* nothing is called that: a sound device, a title */
};

#define AS_ERROR_MSG_BYTES 512

/* The caller's; passed last; may be NULL. msg is one line of UTF-8 without control characters that
 * names the thing and the reason: "cam2.mov: no audio stream". */
struct as_error {
	enum as_status status;
	int sys_errno; /* 0 where the system had no part in it */
	char msg[AS_ERROR_MSG_BYTES];
};

/* A short constant English word for a status; never NULL. Any thread. */
AS_API const char *as_status_name(enum as_status status);

#ifdef __cplusplus
}
#endif
#endif
