/* Folders looked at in the background: what is found, what is not, and who never waits for whom. */
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include <audiosync/listing.h>
#include <audiosync/project.h>

#include "base/aside.h"
#include "engine/listing.h"
#include "folder.h"

#define PATIENCE_MS 30000

static char dir[64];

static void put(const char *name, const char *text)
{
	FILE *f = fopen(folder_path(dir, name), "w");

	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

static int make(void **state)
{
	(void)state;
	if (folder_make(dir, sizeof dir))
		return -1;
	mkdir(folder_path(dir, "sub"), 0777);
	mkdir(folder_path(dir, "skip"), 0777);
	mkfifo(folder_path(dir, "pipe.wav"), 0666);
	put("b.wav", "four");
	put("a.wav", "");
	put(".hidden.wav", "");
	put("notes.txt", "");
	put("sub/c.wav", "");
	put("skip/d.wav", "");
	symlink("b.wav", folder_path(dir, "link.wav"));
	symlink("nowhere", folder_path(dir, "dangling.wav"));
	return 0;
}

static int clear(void **state)
{
	(void)state;
	return folder_remove(dir);
}

/* --- one folder ------------------------------------------------------------------------------------------------ */

static struct as_listing *look(const char *path, int most)
{
	struct as_listing *l = as_listing_folder(path, most, NULL);

	assert_non_null(l);
	assert_true(as_listing_done(l, PATIENCE_MS));
	return l;
}

static const struct as_listing_entry *find(const struct as_listing *l, const char *name)
{
	for (int i = 0; i < as_listing_count(l); i++)
		if (strcmp(as_listing_entry(l, i)->name, name) == 0)
			return as_listing_entry(l, i);
	return NULL;
}

static void test_folder(void **state)
{
	struct as_listing *l = look(dir, 100);

	(void)state;
	assert_int_equal(as_listing_status(l, NULL), AS_OK);
	assert_int_equal(as_listing_count(l), 7);
	assert_true(find(l, "sub")->folder);
	assert_false(find(l, "b.wav")->folder);
	assert_int_equal(find(l, "b.wav")->bytes, 4);
	assert_int_equal(find(l, "link.wav")->bytes, 4);
	assert_non_null(find(l, ".hidden.wav"));
	assert_null(find(l, "pipe.wav"));
	assert_null(find(l, "dangling.wav"));
	assert_null(find(l, ".."));
	assert_null(as_listing_entry(l, 7));
	assert_null(as_listing_entry(l, -1));
	assert_false(as_listing_cut(l));
	as_listing_close(l);
}

static void test_cut(void **state)
{
	struct as_listing *l = look(dir, 3);

	(void)state;
	assert_int_equal(as_listing_count(l), 3);
	assert_true(as_listing_cut(l));
	as_listing_close(l);
	l = look(dir, 7);
	assert_int_equal(as_listing_count(l), 7);
	assert_false(as_listing_cut(l));
	as_listing_close(l);
}

static void test_not_a_folder(void **state)
{
	struct as_error err = {0};
	struct as_listing *l = look(folder_path(dir, "b.wav"), 10);

	(void)state;
	assert_int_equal(as_listing_status(l, &err), AS_ERR_FORMAT);
	assert_int_equal(as_listing_count(l), 0);
	as_listing_close(l);
	/* Nothing is opened that might not answer. */
	l = look(folder_path(dir, "pipe.wav"), 10);
	assert_int_equal(as_listing_status(l, &err), AS_ERR_FORMAT);
	as_listing_close(l);
	l = look(folder_path(dir, "missing"), 10);
	assert_int_equal(as_listing_status(l, &err), AS_ERR_IO);
	assert_non_null(strstr(err.msg, "missing"));
	as_listing_close(l);
}

/* --- media ----------------------------------------------------------------------------------------------------- */

static struct as_session *new_session(void)
{
	struct as_options *opt = as_options_new();
	struct as_session *s = as_session_new(opt, NULL);

	as_options_free(opt);
	assert_non_null(s);
	assert_int_equal(as_session_skip_dir(s, folder_path(dir, "skip"), NULL), AS_OK);
	return s;
}

static void assert_same(struct as_session *a, struct as_session *b)
{
	const struct as_snapshot *x = as_session_snapshot(a), *y = as_session_snapshot(b);

	assert_int_equal(x->n_clips, y->n_clips);
	for (int i = 0; i < x->n_clips; i++)
		assert_string_equal(x->clips[i].path, y->clips[i].path);
	assert_int_equal(x->n_warnings, y->n_warnings);
	for (int i = 0; i < x->n_warnings; i++)
		assert_string_equal(x->warnings[i], y->warnings[i]);
	as_snapshot_free(x);
	as_snapshot_free(y);
}

static void add_each(struct as_session *s, const char *const paths[3])
{
	for (int i = 0; i < 3; i++)
		assert_int_equal(as_session_add(s, paths[i], NULL, NULL), i == 1 ? AS_ERR_IO : AS_OK);
}

/* What is added is what as_session_add would have added, warnings and all; the disk may be gone by then. */
static void test_adds_the_same(void **state)
{
	const char *const paths[] = {folder_path(dir, "sub"), folder_path(dir, "missing"), dir};
	struct as_session *at_once = new_session(), *later = new_session();
	struct as_listing *l = as_listing_media(later, paths, 3, NULL);
	struct as_error err = {0};
	int bad = -1;

	(void)state;
	assert_non_null(l);
	add_each(at_once, paths);
	assert_true(as_listing_done(l, PATIENCE_MS));
	assert_int_equal(as_session_add_listing(later, l, NULL, &bad, &err), AS_OK);
	assert_int_equal(bad, 1);
	assert_non_null(strstr(err.msg, "missing"));
	assert_same(at_once, later);
	/* Once more: nothing new. */
	add_each(at_once, paths);
	assert_int_equal(as_session_add_listing(later, l, NULL, &bad, &err), AS_OK);
	assert_same(at_once, later);
	as_listing_close(l);
	as_session_free(at_once);
	as_session_free(later);
}

static void test_takes_media_alone(void **state)
{
	struct as_session *s = new_session();
	struct as_listing *l = look(dir, 10);
	struct as_error err = {0};

	(void)state;
	assert_int_equal(as_session_add_listing(s, l, NULL, NULL, &err), AS_ERR_BUSY);
	as_listing_close(l);
	as_session_free(s);
}

/* --- stopping -------------------------------------------------------------------------------------------------- */

static void test_stops(void **state)
{
	const atomic_bool stopped = true;
	struct found f;

	(void)state;
	as_find(&f, dir, NULL, &stopped);
	assert_int_equal(f.status, AS_CANCELLED);
	assert_int_equal(f.n_files, 0);
	as_found_done(&f);
}

/* A disk that does not answer: what runs waits until the test lets it go on. */
struct dead_mount {
	struct as_aside aside;
	int answer[2], freed[2];
	bool seen_stopped;
};

static void hang(struct as_aside *a)
{
	struct dead_mount *d = (struct dead_mount *)a;
	char c;

	(void)!read(d->answer[0], &c, 1);
	d->seen_stopped = atomic_load(&a->stopped);
}

static void tell_freed(struct as_aside *a)
{
	struct dead_mount *d = (struct dead_mount *)a;

	(void)!write(d->freed[1], d->seen_stopped ? "s" : "-", 1);
	free(d);
}

static void test_never_waits(void **state)
{
	struct dead_mount *d = calloc(1, sizeof *d);
	struct pollfd fd = {.events = POLLIN};
	int answer, freed;
	char c = 0;

	(void)state;
	assert_int_equal(pipe(d->answer), 0);
	assert_int_equal(pipe(d->freed), 0);
	answer = d->answer[1];
	freed = fd.fd = d->freed[0];
	int others[] = {d->answer[0], d->freed[1]};
	assert_int_equal(as_aside_start(&d->aside, hang, tell_freed, "mount", NULL), AS_OK);
	assert_false(as_aside_done(&d->aside, 0));
	assert_false(as_aside_done(&d->aside, 1));
	/* The owner goes, and is back here while the thread still hangs: nothing was freed under it. */
	as_aside_drop(&d->aside);
	assert_int_equal(poll(&fd, 1, 0), 0);
	assert_int_equal(write(answer, "", 1), 1);
	assert_int_equal(poll(&fd, 1, PATIENCE_MS), 1);
	assert_int_equal(read(freed, &c, 1), 1);
	assert_int_equal(c, 's');
	close(answer);
	close(freed);
	for (int i = 0; i < 2; i++)
		close(others[i]);
}

/* Closed at any moment of its life. */
static void test_closes_at_once(void **state)
{
	struct as_session *s = new_session();
	const char *const paths[] = {dir, "/usr/share"};

	(void)state;
	for (int i = 0; i < 50; i++) {
		as_listing_close(as_listing_folder(dir, 100, NULL));
		as_listing_close(as_listing_media(s, paths, 2, NULL));
	}
	as_listing_close(NULL);
	as_session_free(s);
	/* Takes turns behind those: they have ended when this one has, or soon after. */
	test_folder(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_folder),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_not_a_folder),
		cmocka_unit_test(test_adds_the_same),
		cmocka_unit_test(test_takes_media_alone),
		cmocka_unit_test(test_stops),
		cmocka_unit_test(test_never_waits),
		cmocka_unit_test(test_closes_at_once),
	};

	return cmocka_run_group_tests(tests, make, clear);
}
