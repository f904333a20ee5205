#include "export/report.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/file.h"
#include "export/report_private.h"

enum as_report_kind as_report_kind_of(const char *path)
{
	static const struct {
		const char *extension;
		enum as_report_kind kind;
	} kinds[] = {
		{".html", AS_REPORT_HTML}, {".htm", AS_REPORT_HTML}, {".txt", AS_REPORT_TEXT}, {".json", AS_REPORT_JSON}};
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	const char *dot = strrchr(name, '.');
	for (size_t i = 0; dot && dot > name && i < sizeof kinds / sizeof *kinds; i++)
		if (strcasecmp(dot, kinds[i].extension) == 0)
			return kinds[i].kind;
	return AS_REPORT_NONE;
}

enum as_status as_report_make(const struct as_report_input *in, enum as_report_kind kind, char **out, size_t *n,
			      struct as_error *err)
{
	struct report r;
	*out = NULL;
	if (report_init(&r, in)) {
		if (kind == AS_REPORT_HTML)
			*out = report_html(&r, n);
		else if (kind == AS_REPORT_TEXT)
			*out = report_text(&r, n);
		else
			*out = report_json(&r, n);
	}
	bool stopped = report_stopped(&r);
	report_done(&r);
	if (*out && !stopped)
		return AS_OK;
	free(*out);
	*out = NULL;
	return as_fail(err, stopped ? AS_CANCELLED : AS_ERR_MEMORY, "report: %s", stopped ? "cancelled" : "out of memory");
}

static enum as_status write_all(int fd, const char *path, const char *text, size_t n, struct as_error *err)
{
	while (n > 0) {
		ssize_t k = write(fd, text, n);
		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			return as_fail_errno(err, path, NULL);
		text += k;
		n -= (size_t)k;
	}
	return AS_OK;
}

enum as_status as_report_write(const struct as_report_input *in, const char *path, bool force, struct as_error *err)
{
	enum as_report_kind kind = as_report_kind_of(path);
	char *text = NULL;
	size_t n = 0;
	struct as_error own;
	if (!err)
		err = &own;
	if (kind == AS_REPORT_NONE)
		return as_fail(err, AS_ERR_INVALID, "%s: a report ends in .html, .txt or .json", path);
	enum as_status status = as_report_make(in, kind, &text, &n, err);
	if (status != AS_OK)
		return status;
	struct as_atomic_file *f = as_atomic_open(path, force, err);
	if (!f) {
		status = err->status;
		goto out;
	}
	status = write_all(as_atomic_fd(f), path, text, n, err);
	if (status == AS_OK)
		status = as_atomic_commit(f, err);
	else
		as_atomic_abort(f);
out:
	free(text);
	return status;
}
