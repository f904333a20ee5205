#include "project/paths.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

char *as_project_dir(const char *path)
{
	size_t n = (size_t)(as_path_base(path) - path);
	char *named = n > 0 ? strndup(path, n) : strdup("."), *full = named ? realpath(named, NULL) : NULL, *out;
	if (!full)
		full = named, named = NULL;
	free(named);
	if (!full)
		return NULL;
	n = strlen(full);
	out = malloc(n + 2);
	if (out)
		snprintf(out, n + 2, "%s%s", full, n > 0 && full[n - 1] == '/' ? "" : "/");
	free(full);
	return out;
}

char *as_project_beside(const char *path, const char *suffix)
{
	const char *base = as_path_base(path);
	size_t n = strlen(path) + strlen(suffix) + 2;
	char *out = malloc(n);
	if (out)
		snprintf(out, n, "%.*s.%s%s", (int)(base - path), path, base, suffix);
	return out;
}
