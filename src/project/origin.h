/* What the beginning of a project file says of it, without reading the rest. */
#ifndef AS_PROJECT_ORIGIN_H
#define AS_PROJECT_ORIGIN_H

/* Absolute path of the project that this file is an autosave of: heap, NULL if it does not say. */
char *as_project_autosave_of(const char *path);

#endif
