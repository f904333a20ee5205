/* The documents of an export: one row for each kind, and what can be wrong with a request before anything is written. */
#include "engine/document_private.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "engine/look.h"
#include "export/edl_names.h"
#include "export/report.h"

static const struct document_row rows[] = {
	{.kind = {"otio", "otio", "write a timeline for OpenTimelineIO (Resolve, Premiere, otioconvert)",
		  "OTIO - DaVinci Resolve, Premiere Pro", true},
	 .write = as_otio_write,
	 .check = as_otio_check},
	{.kind = {"fcpxml", "fcpxml", "write a timeline as FCPXML 1.10 (Final Cut Pro, Resolve)",
		  "FCPXML - Final Cut Pro, DaVinci Resolve", true},
	 .write = as_fcpxml_write,
	 .check = as_fcpxml_check},
	{.kind = {"edl", "edl", "write edit lists as CMX 3600, one for each track; for any program",
		  "EDL - any program, a list for each track", false},
	 .write = as_edl_write,
	 .check = as_edl_check,
	 .check_rate = as_edl_check_rate,
	 .splits = true},
	{.kind = {"xmeml", "xml", "write a timeline as Final Cut Pro 7 XML (Premiere, Resolve, Vegas)",
		  "XML - Premiere Pro, DaVinci Resolve, Vegas", false},
	 .write = as_xmeml_write,
	 .check = as_xmeml_check},
	{.kind = {"rpp", "rpp", "write a Reaper project, exact to the sample",
		  "RPP - Reaper", true},
	 .write = as_rpp_write,
	 .check = as_rpp_check,
	 .holds = as_rpp_holds},
	{.kind = {"mlt", "mlt", "write an MLT timeline (Kdenlive, Shotcut, melt)",
		  "MLT - Kdenlive, Shotcut", false},
	 .write = as_mlt_write,
	 .check = as_mlt_check,
	 .holds = as_mlt_holds},
	{.kind = {"report", NULL, "write a report for people: FILE.html, FILE.txt or FILE.json; repeatable",
		  "Report - for people, in a browser", false}},
};
#define N_ROWS (sizeof rows / sizeof rows[0])

const struct as_document_kind *as_document_kind_at(size_t i)
{
	return i < N_ROWS ? &rows[i].kind : NULL;
}

int as_engine_document_of(const char *name)
{
	for (size_t i = 0; i < N_ROWS; i++) {
		if (strcmp(rows[i].kind.kind, name) == 0)
			return (int)i;
	}
	return -1;
}

const struct document_row *as_engine_document_row(int kind)
{
	return &rows[kind];
}

/* Made of more than the edit. */
bool as_engine_is_report(int kind)
{
	return !rows[kind].write;
}

const char *as_engine_document_kind(const struct session_output *o)
{
	return o->is_document ? rows[o->kind].kind.kind : "";
}

static enum as_status check_request(const struct as_document_request *d, int *kind, struct as_error *err)
{
	*kind = as_engine_document_of(d->kind);
	if (*kind < 0)
		return as_fail(err, AS_ERR_INVALID, "%s: no kind of document is called this", d->kind);
	if (!as_path_base(d->path)[0])
		return as_fail(err, AS_ERR_INVALID, "%s: --%s needs the name of a file", d->path,
			       d->kind);
	if (strcmp(d->path, "-") == 0)
		return as_fail(err, AS_ERR_INVALID,
			       "--%s -: documents are not written to standard output (./- is a file of that name)",
			       d->kind);
	if (as_engine_is_report(*kind) && as_report_kind_of(d->path) == AS_REPORT_NONE)
		return as_fail(err, AS_ERR_INVALID, "%s: a report ends in .html, .txt or .json", d->path);
	return AS_OK;
}

static enum as_status check_apart(const struct as_session *s, const struct session_output *o, struct as_error *err)
{
	for (int i = 0; i < s->n_outputs; i++) {
		const char *a = o->path, *b = s->outputs[i].path;
		bool same = strcasecmp(as_path_base(a), as_path_base(b)) == 0;
		if (!as_engine_may_collide(s->looks, o, &s->outputs[i]))
			continue;
		if (same)
			return as_fail(err, AS_ERR_INVALID, "%s: two files would be written here", a);
		bool longer = strlen(as_path_base(a)) > strlen(as_path_base(b));
		return as_fail(err, AS_ERR_INVALID, "%s: may be a track's list of %s; choose another name",
			       longer ? a : b, as_path_base(longer ? b : a));
	}
	return AS_OK;
}

enum as_status as_engine_plan_documents(struct as_session *s, const struct as_export_request *r,
					struct as_error *err)
{
	struct session_output *v =
		realloc(s->outputs, ((size_t)s->n_outputs + (size_t)r->n_documents + 1) * sizeof *v);
	if (!v)
		return as_fail(err, AS_ERR_MEMORY, "export: out of memory");
	s->outputs = v;
	s->n_sounds = s->n_outputs;
	for (int i = 0; i < r->n_documents; i++) {
		const struct as_document_request *d = &r->documents[i];
		struct session_output o = {.track = -1, .clip = -1, .spec = {.rate_hz = 1}};
		enum as_status status = check_request(d, &o.kind, err);
		if (status != AS_OK)
			return status;
		o.is_document = true;
		o.path = strdup(d->path);
		if (!o.path)
			return as_fail(err, AS_ERR_MEMORY, "export: out of memory");
		status = check_apart(s, &o, err);
		if (status != AS_OK) {
			free(o.path);
			return status;
		}
		s->outputs[s->n_outputs++] = o;
	}
	return AS_OK;
}

/* What a format cannot count in is known now, unless the rate is that of the footage. */
static enum as_status check_rate(const struct as_document_request *d, struct as_frame_rate rate, struct as_error *err)
{
	struct as_error why = {0};
	int kind = as_engine_document_of(d->kind);
	if (kind < 0 || !rows[kind].check_rate || rate.num <= 0 || rows[kind].check_rate(rate, &why) == AS_OK)
		return AS_OK;
	return as_fail(err, AS_ERR_INVALID, "%s: %s", d->path, why.msg);
}

enum as_status as_engine_check_documents(const struct as_session *s, const struct as_export_request *r,
					 struct as_error *err)
{
	struct edit_settings e;
	if (r->n_documents == 0)
		return AS_OK;
	enum as_status status =
		as_engine_edit_settings(s->opt, (char *const *)r->path_maps, r->n_path_maps, &e, err);
	if (status == AS_OK && e.cfg.replace != AS_REPLACE_OFF && !r->dir)
		status = as_fail(err, AS_ERR_INVALID,
				 "timeline.replace_audio: there are no aligned files to refer to "
				 "without a folder for them (-o)");
	if (status == AS_OK && e.cfg.replace == AS_REPLACE_MUXED && !as_engine_wants_mux(s))
		status = as_fail(err, AS_ERR_INVALID,
				 "timeline.replace_audio: there are no camera files to refer to without --mux");
	for (int i = 0; i < r->n_documents && status == AS_OK; i++)
		status = check_rate(&r->documents[i], e.cfg.rate, err);
	as_engine_edit_settings_done(&e);
	for (int i = 0; i < r->n_documents && status == AS_OK; i++) {
		struct stat st;
		struct look w = {0};
		char *folder = as_engine_folder_of(r->documents[i].path);
		if (!folder)
			return as_fail(err, AS_ERR_MEMORY, "export: out of memory");
		if (as_engine_look_stat(r->looks, LOOK_STAT, folder, &st) != 0) {
			if (errno != ENOENT)
				status = as_fail_errno(err, folder, NULL);
		} else if (!S_ISDIR(st.st_mode)) {
			status = as_fail(err, AS_ERR_IO, "%s: not a folder", folder);
		} else {
			as_engine_look(r->looks, LOOK_WRITE, folder, &w);
			errno = w.error;
			if (w.error && w.error != ENOENT)
				status = as_fail_errno(err, folder, "cannot be written");
		}
		as_engine_look_done(&w);
		free(folder);
	}
	return status;
}

