/* libaudiosync: places recordings on a shared timeline from their sound alone.
 *
 * Conventions. Calls that can fail return enum as_status and take a struct as_error * last, which may be NULL.
 * new/free pairs own heap objects; get borrows; every free accepts NULL. Strings are UTF-8 except paths, which are the
 * system's bytes. Two sessions can run in one process. See types.h for units and signs. */
#ifndef AUDIOSYNC_AUDIOSYNC_H
#define AUDIOSYNC_AUDIOSYNC_H

#include <audiosync/answer.h>
#include <audiosync/audition.h>
#include <audiosync/calibrate.h>
#include <audiosync/devices.h>
#include <audiosync/document.h>
#include <audiosync/drift.h>
#include <audiosync/edit.h>
#include <audiosync/error.h>
#include <audiosync/explain.h>
#include <audiosync/live.h>
#include <audiosync/options.h>
#include <audiosync/listing.h>
#include <audiosync/preview.h>
#include <audiosync/project.h>
#include <audiosync/selftest.h>
#include <audiosync/session.h>
#include <audiosync/types.h>
#include <audiosync/waveform.h>

#define AS_VERSION "0.1.0"

#ifdef __cplusplus
extern "C" {
#endif

/* The version of the library that is running, "0.1.0". */
AS_API const char *as_version(void);

#ifdef __cplusplus
}
#endif
#endif
