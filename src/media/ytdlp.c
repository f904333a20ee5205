#include "media/ytdlp.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <jansson.h>

#include "base/text.h"
#include "base/url_hide.h"
#include "media/url.h"
#include "media/ytdlp_run.h"

/* What is said of a page with many formats and subtitles is a megabyte. */
#define MAX_ANSWER_BYTES ((size_t)8 << 20)
#define MAX_SHOWN_BYTES 300
#define MAX_HEADER_BYTES 1024
#define MAX_DURATION_S (24 * 3600.0)

/* Not formats of many fragments, whose address alone libav could not play. */
#define FORMATS "bestaudio[protocol!*=dash]/best[protocol!*=dash]/bestaudio/best"

#define ADVICE "give a file or the sound's own address, or install yt-dlp (https://github.com/yt-dlp/yt-dlp#installation)"

struct question {
	const char *program, *base;
	char shown[MAX_SHOWN_BYTES]; /* what was asked for */
};

/* A text of the answer; "" where it is none, or holds what no header may. */
static char *copy_header(const json_t *headers, const char *name)
{
	const char *key;
	json_t *value;
	json_object_foreach((json_t *)(uintptr_t)headers, key, value) {
		const char *text = json_string_value(value);
		if (strcasecmp(key, name) != 0 || !text || strlen(text) > MAX_HEADER_BYTES)
			continue;
		bool clean = true;
		for (const char *p = text; *p; p++)
			clean = clean && *p >= ' ' && *p < 0x7f;
		if (clean)
			return strdup(text);
	}
	return strdup("");
}

/* The best format has its address beside the title, or in a list of formats asked for. */
static const json_t *find_source(const json_t *answer)
{
	if (json_is_string(json_object_get(answer, "url")))
		return answer;
	const json_t *list = json_object_get(answer, "requested_formats");
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *one = json_array_get(list, i);
		const char *sound = json_string_value(json_object_get(one, "acodec"));
		if (json_is_string(json_object_get(one, "url")) && (!sound || strcmp(sound, "none") != 0))
			return one;
	}
	return NULL;
}

static enum as_status check_answer(const struct question *q, const json_t *answer, struct as_ytdlp_found *found,
				   struct as_error *err)
{
	const json_t *source = find_source(answer);
	const char *url = source ? json_string_value(json_object_get(source, "url")) : NULL;
	const char *title = json_string_value(json_object_get(answer, "title"));
	const json_t *duration = json_object_get(answer, "duration"), *headers = NULL;
	if (!url)
		return as_fail(err, AS_ERR_FORMAT, "%s: %s names no address of sound", q->shown, q->base);
	if (!as_url_is_http(url) || !as_url_is_sane(url))
		return as_fail(err, AS_ERR_FORMAT, "%s: %s names what is no address of the web", q->shown, q->base);
	headers = json_object_get(source, "http_headers");
	headers = headers ? headers : json_object_get(answer, "http_headers");
	found->url = strdup(url);
	found->user_agent = copy_header(headers, "User-Agent");
	found->referer = copy_header(headers, "Referer");
	if (!found->url || !found->user_agent || !found->referer)
		return as_fail(err, AS_ERR_MEMORY, "%s: out of memory", q->shown);
	as_text_escape(found->title, sizeof found->title, title && *title ? title : q->shown);
	double s = json_is_number(duration) ? json_number_value(duration) : NAN;
	found->duration_s = s > 0 && s <= MAX_DURATION_S ? s : NAN;
	return AS_OK;
}

/* One object a line; the first that is one counts. */
static enum as_status parse(const struct question *q, const struct as_printed *p, struct as_ytdlp_found *found,
			    struct as_error *err)
{
	const char *end = p->out + p->out_bytes;
	for (const char *line = p->out; line < end;) {
		const char *stop = memchr(line, '\n', (size_t)(end - line));
		stop = stop ? stop : end;
		json_t *answer = *line == '{' ? json_loadb(line, (size_t)(stop - line), 0, NULL) : NULL;
		if (json_is_object(answer)) {
			enum as_status status = check_answer(q, answer, found, err);
			json_decref(answer);
			return status;
		}
		json_decref(answer);
		line = stop + 1;
	}
	return as_fail(err, AS_ERR_FORMAT, "%s: the answer of %s cannot be understood", q->shown, q->base);
}

static bool is_blank(const struct as_printed *p)
{
	for (size_t i = 0; i < p->out_bytes; i++) {
		if (!strchr(" \t\r\n", p->out[i]) || p->out[i] == '\0')
			return false;
	}
	return true;
}

static enum as_status judge(const struct question *q, bool is_title, const struct as_printed *p,
			    struct as_ytdlp_found *found, struct as_error *err)
{
	const char *said = p->said[0] ? p->said : "it does not say why";
	if (p->exit_code == 127 && is_blank(p)) /* an interpreter that is not there */
		return as_fail(err, AS_ERR_NOT_FOUND, "%s: %s does not run: %s; %s", q->shown, q->base, said, ADVICE);
	if (p->exit_code < 0)
		return as_fail(err, AS_ERR_IO, "%s: %s died: %s", q->shown, q->base, said);
	if (p->exit_code != 0)
		return as_fail(err, AS_ERR_IO, "%s: %s failed (exit code %d): %s", q->shown, q->base, p->exit_code, said);
	if (is_blank(p))
		return as_fail(err, AS_ERR_NOT_FOUND, "%s: %s", q->shown,
			       is_title ? "nothing is found by that title" : "no sound is found there");
	return parse(q, p, found, err);
}

/* The program is named already; what it was asked is not. */
static enum as_status fail_run(const struct question *q, enum as_status status, const struct as_error *why, struct as_error *err)
{
	as_fail(err, status, "%s: %.200s", q->shown, why->msg);
	if (err)
		err->sys_errno = why->sys_errno;
	return status;
}

enum as_status as_ytdlp_find(const struct as_ytdlp_config *cfg, const char *wanted, bool is_title, const atomic_bool *cancel,
			     struct as_ytdlp_found *found, struct as_error *err)
{
	static const char search[] = "ytsearch1:";
	struct question q = {.program = cfg->program && *cfg->program ? cfg->program : "yt-dlp"};
	struct as_printed printed = {0};
	struct as_error run_err;
	*found = (struct as_ytdlp_found){.duration_s = NAN};
	q.base = as_path_base(q.program);
	as_url_hide(q.shown, sizeof q.shown, wanted);
	if (is_title ? strlen(wanted) > AS_YTDLP_MAX_TITLE_BYTES : !as_url_is_http(wanted) || !as_url_is_sane(wanted))
		return as_fail(err, AS_ERR_INVALID, "%s: %s", q.shown, is_title ? "too long for a title" : "no address of a page");
	char *text = malloc(sizeof search + strlen(wanted));
	if (!text)
		return as_fail(err, AS_ERR_MEMORY, "%s: out of memory", q.shown);
	strcpy(text, is_title ? search : "");
	strcat(text, wanted);
	/* The user's own configuration could have it print something else, or keep files. */
	const char *argv[] = {q.program, "--ignore-config", "--no-warnings", "--no-progress", "--no-playlist",
			      "--playlist-items", "1", "-f", FORMATS, "--dump-json", "--", text, NULL};
	enum as_status status = as_ytdlp_run((char *const *)(uintptr_t)argv, cfg->timeout_s, MAX_ANSWER_BYTES, cancel,
					     &printed, &run_err);
	if (status == AS_ERR_NOT_FOUND)
		status = as_fail(err, status, "%s: %s, which finds the sound of pages and titles, is not installed: %s",
				 q.shown, q.base, ADVICE);
	else if (status != AS_OK)
		status = fail_run(&q, status, &run_err, err);
	else
		status = judge(&q, is_title, &printed, found, err);
	free(printed.out);
	free(text);
	return status;
}

void as_ytdlp_done(struct as_ytdlp_found *found)
{
	free(found->url);
	free(found->user_agent);
	free(found->referer);
	found->url = found->user_agent = found->referer = NULL;
}
