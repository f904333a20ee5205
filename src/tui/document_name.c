#include "tui/document_name.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "tui/app.h"
#include "tui/form.h"
#include "tui/target.h"

const struct as_document_kind *tui_document_kind(const char *name)
{
	const struct as_document_kind *k;

	for (size_t i = 0; (k = as_document_kind_at(i)); i++)
		if (!strcmp(k->kind, name))
			return k;
	return NULL;
}

static const char *const report_extensions[] = {"html", "txt", "json", NULL};

/* A report's extension chooses its form. */
static bool is_of_kind(const struct as_document_kind *k, const char *extension)
{
	if (k->extension)
		return !strcasecmp(k->extension, extension);
	for (int i = 0; report_extensions[i]; i++)
		if (!strcasecmp(report_extensions[i], extension))
			return true;
	return false;
}

static const struct as_document_kind *kind_of_extension(const char *extension)
{
	const struct as_document_kind *k;

	for (size_t i = 0; (k = as_document_kind_at(i)); i++)
		if (is_of_kind(k, extension))
			return k;
	return NULL;
}

/* "" if there is none. */
static const char *extension_of(const char *path)
{
	const char *base = as_path_base(path), *dot = strrchr(base, '.');

	return dot && dot > base ? dot + 1 : "";
}

char *tui_document_renamed(const char *kind, const char *path)
{
	const char *extension = extension_of(path), *to;
	const struct as_document_kind *k = tui_document_kind(kind);
	size_t stem = strlen(path);
	char *out;

	if (!k || !*as_path_base(path) || is_of_kind(k, extension))
		return NULL;
	if (*extension && kind_of_extension(extension))
		stem -= strlen(extension) + 1;
	to = k->extension ? k->extension : report_extensions[0];
	out = malloc(stem + strlen(to) + 2);
	if (out)
		sprintf(out, "%.*s.%s", (int)stem, path, to);
	return out;
}

const char *tui_document_kind_for(const char *kind, const char *path)
{
	const char *extension = extension_of(path);
	const struct as_document_kind *k = tui_document_kind(kind), *other = kind_of_extension(extension);

	return k && other && !is_of_kind(k, extension) ? other->kind : NULL;
}

char *tui_document_usual_name(struct tui *t)
{
	char *base = tui_target_base(t), *recordings = tui_target_recordings(t), name[300], *full = NULL, *out;
	const char *from = t->m.project ? t->m.project : recordings ? recordings : base;
	const char *stem = from && *as_path_base(from) ? as_path_base(from) : "timeline";
	const char *dot = t->m.project ? strrchr(stem, '.') : NULL;

	snprintf(name, sizeof name, "%.*s.otio", (int)(dot && dot > stem ? dot - stem : (long)strnlen(stem, 200)), stem);
	full = base ? as_path_join(base, name) : NULL;
	out = full ? tui_path_short(full) : NULL;
	free(base);
	free(recordings);
	free(full);
	return out;
}
