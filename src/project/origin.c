#include "project/origin.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "project/fields.h"

#define HEAD_BYTES 32768 /* a path has at most 4096 bytes, six characters each */
#define MEMBER "\n\"autosave_of\": "

char *as_project_autosave_of(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char *head = malloc(HEAD_BYTES + 1), *of = NULL;
	ssize_t n = fd >= 0 && head ? read(fd, head, HEAD_BYTES) : -1;
	struct as_reader r = {0};
	if (fd >= 0)
		close(fd);
	if (n > 0)
		head[n] = '\0';
	const char *at = n > 0 ? strstr(head, MEMBER) : NULL;
	json_t *v = at ? json_loads(at + strlen(MEMBER), JSON_DISABLE_EOF_CHECK, NULL) : NULL;
	if (v)
		of = as_field_get_text(v, "text", &r);
	json_decref(v);
	free(head);
	if (of && of[0] != '/') {
		free(of);
		of = NULL;
	}
	return of;
}
