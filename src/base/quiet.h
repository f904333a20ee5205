/* Descriptor 2, where libraries print whatever one does. */
#ifndef AS_BASE_QUIET_H
#define AS_BASE_QUIET_H

/* From here on it leads nowhere, for the whole process. Returns another descriptor for where it led before (closed in programs that are
 * started), which as_quiet_end wants; -1: it is as it was. */
int as_quiet_begin(void);
void as_quiet_end(int saved);

#endif
