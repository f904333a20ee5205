#include "cli/track_arg.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"

void as_track_arg_done(struct as_track_arg *track)
{
	for (int i = 0; i < track->n_paths; i++)
		free(track->paths[i]);
	free(track->paths);
	free(track->name);
	*track = (struct as_track_arg){0};
}

/* The track of that name, made if it is new; NULL when out of memory. */
static struct as_track_arg *track_of(struct as_args *args, const char *name, size_t n)
{
	struct as_track_arg *more;

	for (int i = 0; i < args->n_tracks; i++)
		if (strlen(args->tracks[i].name) == n && !memcmp(args->tracks[i].name, name, n))
			return &args->tracks[i];
	more = realloc(args->tracks, ((size_t)args->n_tracks + 1) * sizeof *more);
	if (!more)
		return NULL;
	args->tracks = more;
	more += args->n_tracks;
	*more = (struct as_track_arg){.name = strndup(name, n)};
	if (!more->name)
		return NULL;
	args->n_tracks++;
	return more;
}

/* Takes ownership of path. */
static bool add_path(struct as_track_arg *track, char *path)
{
	char **more =
		path ? realloc(track->paths, ((size_t)track->n_paths + 1) * sizeof *more) : NULL;

	if (!more) {
		free(path);
		return false;
	}
	track->paths = more;
	track->paths[track->n_paths++] = path;
	return true;
}

/* The longest start of list that ends at a comma or at its end and is a file; else up to the first
 * comma. */
static size_t path_bytes(char *list)
{
	size_t n = strlen(list);

	while (n > 0) {
		char cut = list[n];
		bool exists;

		list[n] = '\0';
		exists = as_file_exists(list);
		list[n] = cut;
		if (exists)
			return n;
		for (n--; n > 0 && list[n] != ',';)
			n--;
	}
	return strcspn(list, ",");
}

enum as_status as_track_arg_take(struct as_args *args, const char *text, struct as_error *err)
{
	const char *equals = strchr(text, '=');
	struct as_track_arg *track;
	char *list, *rest;
	bool taken = true;

	if (!equals || equals == text || equals[1] == '\0')
		return as_fail(err, AS_ERR_INVALID,
			       "--track: not of the form NAME=FILE[,FILE...]: \"%.80s\"", text);
	track = track_of(args, text, (size_t)(equals - text));
	list = rest = strdup(equals + 1);
	while (track && rest && *rest && taken) {
		size_t n = path_bytes(rest);

		if (n > 0)
			taken = add_path(track, strndup(rest, n));
		rest += n + (rest[n] == ',');
	}
	free(list);
	if (!track || !list || !taken)
		return as_fail(err, AS_ERR_MEMORY, "--track: out of memory");
	if (track->n_paths == 0)
		return as_fail(err, AS_ERR_INVALID, "--track: no file given for %.80s",
			       track->name);
	return AS_OK;
}
