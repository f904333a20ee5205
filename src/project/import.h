/* AudioSync Pro's project files -> a project. Shared by src/project/ alone. */
#ifndef AS_PROJECT_IMPORT_H
#define AS_PROJECT_IMPORT_H

#include <jansson.h>

#include "project/project.h"

/* Whether it is one: no version of ours, but tracks that hold clips. */
bool as_project_is_foreign(const json_t *root);
/* Its "1.0" and 2. What cannot be taken over is a loss. AS_ERR_FORMAT for a newer one. */
enum as_status as_project_import(struct as_project *p, const json_t *root, const char *path, struct as_error *err);

#endif
