#include "tui/here.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/aside.h"

/* What has more is a home or a disk rather than a shoot: then the folder itself counts alone. */
#define ENTRIES_MAX 20000
#define FOLDERS_MAX 500
#define DEPTH_MAX 6       /* cards have DCIM/100CANON, or PRIVATE/AVCHD/BDMV/STREAM */

struct tui_here {
	struct as_aside aside;
	/* The thread's until it is done. */
	struct tui_recordings_here found;
	int n_entries, n_entered;
	bool too_much;
	struct {
		dev_t dev;
		ino_t ino;
	} entered[FOLDERS_MAX];
};

/* --- in the thread --------------------------------------------------------------------------------------------- */

/* Links may lead to a folder once more, or round in a circle. False: been there, or enough of them. */
static bool may_enter(struct tui_here *h, int fd)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return false;
	for (int i = 0; i < h->n_entered; i++)
		if (h->entered[i].dev == st.st_dev && h->entered[i].ino == st.st_ino)
			return false;
	if (h->n_entered == FOLDERS_MAX) {
		h->too_much = true;
		return false;
	}
	h->entered[h->n_entered].dev = st.st_dev;
	h->entered[h->n_entered++].ino = st.st_ino;
	return true;
}

static void count(struct tui_here *h, int parent, const char *name, int depth);

static bool is_folder(int dir, const struct dirent *e)
{
	struct stat st;

	if (e->d_type == DT_REG)
		return false;
	return e->d_type == DT_DIR || (fstatat(dir, e->d_name, &st, 0) == 0 && S_ISDIR(st.st_mode));
}

static const struct dirent *next(struct tui_here *h, DIR *dir)
{
	const struct dirent *e = NULL;

	while (!atomic_load(&h->aside.stopped) && !h->too_much && (e = readdir(dir)) && e->d_name[0] == '.')
		;
	return e;
}

/* Its own come first: they count in any case. */
static void count_entries(struct tui_here *h, DIR *dir, int depth)
{
	const struct dirent *e;
	int n = 0;

	while ((e = next(h, dir))) {
		h->too_much = ++h->n_entries > ENTRIES_MAX;
		n += as_media_name_known(e->d_name) && !is_folder(dirfd(dir), e);
	}
	h->found.n += n;
	h->found.n_folders += n > 0;
	if (depth == 0)
		h->found.n_top = n;
	rewinddir(dir);
	while ((e = next(h, dir)))
		if (is_folder(dirfd(dir), e))
			count(h, dirfd(dir), e->d_name, depth + 1);
}

static void count(struct tui_here *h, int parent, const char *name, int depth)
{
	int fd = depth <= DEPTH_MAX ? openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK) : -1;
	DIR *dir = fd >= 0 && may_enter(h, fd) ? fdopendir(fd) : NULL;

	if (dir) {
		count_entries(h, dir, depth);
		closedir(dir);
	} else if (fd >= 0) {
		close(fd);
	}
}

static void look(struct as_aside *a)
{
	struct tui_here *h = (struct tui_here *)a;

	count(h, AT_FDCWD, ".", 0);
	if (h->too_much)
		h->found.n = h->found.n_top;
}

static void free_here(struct as_aside *a)
{
	free(a);
}

/* --- the front end's ------------------------------------------------------------------------------------------- */

void tui_here_begin(struct tui *t)
{
	struct tui_here *h = calloc(1, sizeof *h);

	/* Without it the first screen says less. */
	if (!h || as_aside_start(&h->aside, look, free_here, "folder", NULL) != AS_OK) {
		free(h);
		return;
	}
	t->here = h;
	as_aside_done(&h->aside, tui_patience_ms(t));
	tui_here_turn(t);
}

int tui_here_fd(const struct tui *t)
{
	return t->here ? t->here->aside.fd : -1;
}

void tui_here_turn(struct tui *t)
{
	if (!t->here || !as_aside_done(&t->here->aside, 0))
		return;
	t->m.here = t->here->found;
	tui_here_stop(t);
	t->dirty = true;
}

void tui_here_stop(struct tui *t)
{
	if (t->here)
		as_aside_drop(&t->here->aside);
	t->here = NULL;
}
