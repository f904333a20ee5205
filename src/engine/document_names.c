/* Where documents go: which two would write one file, and what exists already of those that become a file for each track. Their
 * names follow from the tracks' and are known exactly only once the timeline is: until then every name that they may get counts. */
#include "engine/document_private.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "engine/look.h"
#include "export/edl_names.h"

char *as_engine_folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	if (!slash)
		return strdup(".");
	return slash == path ? strdup("/") : strndup(path, (size_t)(slash - path));
}

char *as_engine_list_path(const char *path, const char *suffix)
{
	const char *base = as_path_base(path), *dot = strrchr(base, '.');
	size_t stem = dot && dot != base ? (size_t)(dot - path) : strlen(path), room = strlen(path) + strlen(suffix) + 1;
	char *out = malloc(room);
	if (out)
		snprintf(out, room, "%.*s%s%s", (int)stem, path, suffix, path + stem);
	return out;
}

static bool is_one_folder(struct as_looks *looks, const char *a, const char *b)
{
	char *fa = as_engine_folder_of(a), *fb = as_engine_folder_of(b);
	struct stat sa, sb;
	bool same = fa && fb &&
		    (strcmp(fa, fb) == 0 || (as_engine_look_stat(looks, LOOK_STAT, fa, &sa) == 0 && as_engine_look_stat(looks, LOOK_STAT, fb, &sb) == 0 &&
					     sa.st_dev == sb.st_dev && sa.st_ino == sb.st_ino));
	free(fa);
	free(fb);
	return same;
}

/* ---- files for tracks ---- */

static bool splits(const struct session_output *o)
{
	return o->is_document && as_engine_document_row(o->kind)->splits;
}

/* What stands for the track in `name` (of *n bytes), if it may be that of a list of the document `base`; else NULL. */
static const char *track_in(const char *base, const char *name, size_t *n)
{
	const char *dot = strrchr(base, '.');
	const char *extension = dot && dot != base ? dot : "";
	size_t stem = strlen(base) - strlen(extension), all = strlen(name);
	if (all < stem + 1 + strlen(extension) || strncasecmp(name, base, stem) != 0 || name[stem] != '_' ||
	    strcasecmp(name + all - strlen(extension), extension) != 0)
		return NULL;
	*n = all - strlen(extension) - stem - 1;
	for (size_t i = 0; i < *n; i++) {
		char c = name[stem + 1 + i];
		if (!isascii((unsigned char)c) || (!isalnum((unsigned char)c) && c != '-' && c != '_'))
			return NULL;
	}
	return name + stem + 1;
}

bool as_engine_may_collide(struct as_looks *looks, const struct session_output *a, const struct session_output *b)
{
	const char *x = as_path_base(a->path), *y = as_path_base(b->path);
	size_t n;
	bool alike = strcasecmp(x, y) == 0 || (splits(a) && track_in(x, y, &n)) || (splits(b) && track_in(y, x, &n));
	return alike && is_one_folder(looks, a->path, b->path);
}

/* Whether a list of this track may get these n bytes: its name, that of its aligned files, and the numbers of lanes, of
 * further lists, and of what else would be there twice ("b_2", "-1_2"). */
static bool may_be_list(const char *track, const char *text, size_t n)
{
	static const char aligned[] = "_aligned";
	char plain[AS_EDL_PLAIN_BYTES];
	as_edl_plain(track, plain);
	const char *end = text + n;
	if (n < strlen(plain) || strncasecmp(text, plain, strlen(plain)) != 0)
		return false;
	text += strlen(plain);
	if ((size_t)(end - text) >= strlen(aligned) && strncasecmp(text, aligned, strlen(aligned)) == 0)
		text += strlen(aligned);
	if (end - text > 1 && isalpha((unsigned char)text[0]) && text[1] == '_')
		text++;
	if (text < end && isalnum((unsigned char)*text))
		return false;
	while (text < end && !isalpha((unsigned char)*text))
		text++;
	return text == end;
}

static bool is_list(const struct as_session *s, const char *text, size_t n)
{
	if (as_options_bool(s->opt, "timeline.unplaced") && may_be_list("unplaced", text, n))
		return true;
	for (int i = 0; i < s->n_tracks; i++) {
		if (may_be_list(s->tracks[i], text, n))
			return true;
	}
	return false;
}

/* How the names of a document's lists begin: "…/edit_"; heap. */
static char *lists_begin(const char *path)
{
	const char *base = as_path_base(path), *dot = strrchr(base, '.');
	size_t n = dot && dot != base ? (size_t)(dot - path) : strlen(path);
	char *out = malloc(n + 2);
	if (out)
		snprintf(out, n + 2, "%.*s_", (int)n, path);
	return out;
}

enum as_status as_engine_check_lists(const struct as_session *s, const struct session_output *o, bool force,
				     struct as_error *err)
{
	enum as_status status = AS_OK;
	if (!splits(o))
		return AS_OK;
	struct look l = {0};
	char *folder = as_engine_folder_of(o->path), *begin = lists_begin(o->path);
	if (begin)
		as_engine_look(s->looks, LOOK_NAMES, begin, &l);
	for (int i = 0; folder && i < l.names.n && status == AS_OK; i++) {
		size_t n = 0;
		const char *name = l.names.v[i], *track = track_in(as_path_base(o->path), name, &n);
		if (!track || !is_list(s, track, n))
			continue;
		char *path = strchr(o->path, '/') ? as_path_join(folder, name) : strdup(name);
		status = path ? as_engine_check_target(s, path, force, err)
			      : as_fail(err, AS_ERR_MEMORY, "export: out of memory");
		free(path);
	}
	if (!folder || !begin || l.error == ENOMEM)
		status = as_fail(err, AS_ERR_MEMORY, "export: out of memory");
	as_engine_look_done(&l);
	free(begin);
	free(folder);
	return status;
}
