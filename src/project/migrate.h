/* Older versions of the format -> the present one. Shared by src/project/ alone. */
#ifndef AS_PROJECT_MIGRATE_H
#define AS_PROJECT_MIGRATE_H

#include <jansson.h>

#include "project/project.h"

/* Brings root up to AS_PROJECT_VERSION, one version at a time. AS_ERR_FORMAT: it is newer, or says no version that ever was. */
enum as_status as_project_migrate(struct as_project *p, json_t *root, const char *path, struct as_error *err);

#endif
