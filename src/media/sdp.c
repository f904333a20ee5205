#include "media/sdp.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <libavformat/avformat.h>
#include <libavutil/mem.h>

#include "base/file.h"

#define MAX_BYTES 65536
#define BEGIN "v=0"
#define READ_BYTES 4096

bool as_sdp_is(const char *path)
{
	char head[sizeof BEGIN] = "";
	struct stat st;
	FILE *in = stat(path, &st) == 0 && S_ISREG(st.st_mode) ? fopen(path, "rb") : NULL;
	if (!in)
		return false;
	size_t n = fread(head, 1, sizeof head, in);
	fclose(in);
	return n == sizeof head && memcmp(head, BEGIN, sizeof BEGIN - 1) == 0 && strchr("\r\n", head[sizeof BEGIN - 1]);
}

char *as_sdp_read(const char *path, struct as_error *err)
{
	char *text;
	int64_t n;
	return as_file_read(path, MAX_BYTES, &text, &n, err) == AS_OK ? text : NULL;
}

static int read_text(void *ctx, uint8_t *out, int n)
{
	const char **at = ctx;
	int left = (int)strnlen(*at, (size_t)n);
	memcpy(out, *at, (size_t)left);
	*at += left;
	return left ? left : AVERROR_EOF;
}

int as_sdp_open(AVFormatContext **fmt, const char *text)
{
	uint8_t *room = av_malloc(READ_BYTES);
	AVIOContext *in = room ? avio_alloc_context(room, READ_BYTES, 0, &text, read_text, NULL, NULL) : NULL;
	if (!in) {
		av_free(room);
		avformat_free_context(*fmt);
		*fmt = NULL;
		return AVERROR(ENOMEM);
	}
	(*fmt)->pb = in;
	int rc = avformat_open_input(fmt, NULL, av_find_input_format("sdp"), NULL); /* frees *fmt when it fails */
	if (rc >= 0)
		(*fmt)->pb = NULL; /* all of it has been read */
	av_free(in->buffer);
	avio_context_free(&in);
	return rc;
}
