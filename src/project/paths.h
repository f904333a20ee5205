/* Where a project and what belongs to it stand. */
#ifndef AS_PROJECT_PATHS_H
#define AS_PROJECT_PATHS_H

/* The absolute folder of path with a slash at its end, links resolved where it exists; heap, NULL when out of memory. */
char *as_project_dir(const char *path);
/* The name of what stands beside the project, hidden: "/dir/.NAMEsuffix"; heap, NULL when out of memory. */
char *as_project_beside(const char *path, const char *suffix);

#endif
