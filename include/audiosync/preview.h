/* What an export would write, told before anything is written: for dialogs that show it while settings are chosen. */
#ifndef AUDIOSYNC_PREVIEW_H
#define AUDIOSYNC_PREVIEW_H

#include <stdbool.h>

#include <audiosync/document.h>
#include <audiosync/error.h>
#include <audiosync/options.h>
#include <audiosync/session.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One file; of a document that becomes one for each track each of these. Unknown numbers are NAN or 0. */
struct as_preview_file {
	const char *path;
	const char *document; /* "": sound; else what it is: "otio" … */
	bool picture;         /* a camera's file with new sound */
	int track, clip;      /* as in as_output */
	double duration_s;
	double rate_hz;
	int channels;
	int bits;             /* 0: the format has no such thing */
	double bytes;         /* about; of what packs by its content (FLAC) the most that sound of this kind takes … */
	double bytes_least;   /* … and the least: it is known once it is written */
	const char *refused;  /* why it could not be written ("x.wav: exists already"); "" if it could be */
	bool exists;          /* there is one, which force would write over */
	char fps[16];         /* a timeline's frames a second: "25", "29.97df"; "" of what is none */
	int n_drifting;       /* a timeline's: recordings in it that drift takes off their place by more than a frame … */
	double drift_s;       /* … and how far at most */
};

struct as_preview {
	const struct as_preview_file *files;
	int n_files;
	double sound_bytes, sound_bytes_least; /* of all */
};

/* What the disk says of the places that an export has to do with. A call that is given one never waits for a disk: what it would have to
 * know, and does not, it notes there. The caller has that asked for aside, and calls again:
 *
 *   while (as_session_preview(s, opt, &r, &p, &err), as_looks_wants(looks)) {
 *           as_preview_free(p);
 *           as_looks_ask(looks, &err);
 *           … until as_looks_done(looks, 0), for which as_looks_fd(looks) becomes readable
 *   }
 *
 * What it says grows old: take another one for the next look. The front end's thread. */
AS_API struct as_looks *as_looks_new(void); /* NULL: out of memory */
/* Never waits. NULL is fine. */
AS_API void as_looks_free(struct as_looks *l);
/* The last call that was given it lacked something, so that its outcome is worth nothing. */
AS_API bool as_looks_wants(const struct as_looks *l);
/* Begins to ask for that, unless it does so already. */
AS_API enum as_status as_looks_ask(struct as_looks *l, struct as_error *err);
/* -1: nothing is being asked. */
AS_API int as_looks_fd(const struct as_looks *l);
/* Waits at most so long (0: only looks). True: nothing is being asked any more. */
AS_API bool as_looks_done(struct as_looks *l, int wait_ms);

/* What as_session_export would write with the settings opt (NULL: the session's own, which stay as they are in any case). Needs a
 * finished analysis; AS_ERR_BUSY while something runs; else fails as as_session_export would. What stands in the way of single files
 * is told there. Looks at the folders (r->looks), writes nothing. *out is the caller's: as_preview_free (NULL is fine). */
AS_API enum as_status as_session_preview(struct as_session *s, const struct as_options *opt,
					 const struct as_export_request *r, struct as_preview **out,
					 struct as_error *err);
AS_API void as_preview_free(struct as_preview *p);

#ifdef __cplusplus
}
#endif
#endif
