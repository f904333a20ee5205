#define _GNU_SOURCE /* memmem */
#include "media/mark.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"

#define LOOK_BYTES 32768 /* tags of ours are short, and nothing comes before them or (in MOV and MP4) behind them */

char *as_mark_comment(const char *comment)
{
	bool any = comment && comment[0];
	size_t n = (any ? strlen(comment) + 3 : 0) + sizeof AS_MARK_TEXT;
	char *text = malloc(n);
	if (text)
		snprintf(text, n, "%s%s%s%s", any ? comment : "", any ? " (" : "", AS_MARK_TEXT, any ? ")" : "");
	return text;
}

static bool is_kind_of_ours(const char *path)
{
	static const char *const kinds[] = {"wav", "aif", "aiff", "flac", "mp3", "mov", "mp4", "mkv"};
	const char *dot = strrchr(as_path_base(path), '.');
	for (size_t i = 0; dot && i < sizeof kinds / sizeof kinds[0]; i++) {
		if (strcasecmp(dot + 1, kinds[i]) == 0)
			return true;
	}
	return false;
}

static bool found_at(int fd, off_t at, char *room)
{
	size_t n = 0;
	while (n < LOOK_BYTES) {
		ssize_t got = pread(fd, room + n, LOOK_BYTES - n, at + (off_t)n);
		if (got <= 0)
			break;
		n += (size_t)got;
	}
	return memmem(room, n, AS_MARK_TEXT, sizeof AS_MARK_TEXT - 1) != NULL;
}

bool as_mark_found(const char *path)
{
	struct stat st;
	bool found = false;
	int fd = is_kind_of_ours(path) ? open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY) : -1;
	char *room = fd >= 0 ? malloc(LOOK_BYTES) : NULL;
	if (room && fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
		found = found_at(fd, 0, room) || (st.st_size > LOOK_BYTES && found_at(fd, st.st_size - LOOK_BYTES, room));
	}
	free(room);
	if (fd >= 0)
		close(fd);
	return found;
}
