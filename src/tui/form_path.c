/* Paths as people read them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/form.h"

char *tui_path_short(const char *path)
{
	const char *home = getenv("HOME");
	size_t n = home ? strlen(home) : 0;
	char *out;

	while (n > 1 && home[n - 1] == '/')
		n--;
	if (n < 2 || strncmp(path, home, n) != 0 || (path[n] != '/' && path[n]))
		return strdup(path);
	out = malloc(strlen(path + n) + 2);
	if (out)
		sprintf(out, "~%s", path + n);
	return out;
}
