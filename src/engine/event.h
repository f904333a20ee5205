/* One coalescing event queue and the wake pipe that tells the front end to look. */
#ifndef AS_ENGINE_EVENT_H
#define AS_ENGINE_EVENT_H

#include <stdbool.h>

#include <audiosync/types.h>

#include "base/error.h"

struct as_event_queue;
struct as_event_queue *as_event_queue_new(struct as_error *err);
void as_event_queue_free(struct as_event_queue *q);
int as_event_queue_fd(const struct as_event_queue *q);
/* Any thread; never blocks. An event of the same kind and id that still waits is overwritten. */
void as_event_push(struct as_event_queue *q, struct as_event e);
/* Front end thread. Empties the pipe before it looks at the queue. */
bool as_event_pop(struct as_event_queue *q, struct as_event *out);

#endif
