/* Text that should be a project -> JSON, as much of it as can be had. Shared by src/project/ alone. */
#ifndef AS_PROJECT_SALVAGE_H
#define AS_PROJECT_SALVAGE_H

#include <jansson.h>

#include "project/project.h"

/* The whole tree, or what damage left of it: the losses are p's. NULL, with an error, where nothing is left or where it is more than
 * can be meant: quick whatever the text is. */
json_t *as_project_tree(struct as_project *p, const char *text, size_t bytes, const char *path, struct as_error *err);

#endif
