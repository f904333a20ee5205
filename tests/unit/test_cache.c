#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/cache.h"
#include "base/hash.h"
#include "base/log.h"
#include "folder.h"

static char root[64]; /* the test's own folder */
static char dir[96];  /* the cache in it */

static int set_up(void **state)
{
	(void)state;
	if (folder_make(root, sizeof root))
		return -1;
	snprintf(dir, sizeof dir, "%s/deep/cache", root);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	return folder_remove(root);
}

static const char *key_of(unsigned n)
{
	static char key[65];
	snprintf(key, sizeof key, "%08x%056x", n * 2654435761u, n);
	return key;
}

static const char *entry_path(const char *key)
{
	static char path[256];
	snprintf(path, sizeof path, "%s/%.2s/%s", dir, key, key);
	return path;
}

static unsigned char byte_of(unsigned seed, size_t i)
{
	return (unsigned char)((seed + i * 31 + (i >> 8)) * 2654435761u >> 13);
}

static enum as_status store(struct as_cache *c, unsigned n, size_t bytes, struct as_blob *out)
{
	struct as_cache_writer *w = as_cache_begin(c, key_of(n), root, NULL);
	assert_non_null(w);
	for (size_t i = 0; i < bytes;) {
		unsigned char buf[777];
		size_t k = 0;
		while (k < sizeof buf && i < bytes)
			buf[k++] = byte_of(n, i++);
		assert_int_equal(as_cache_write(w, buf, k, NULL), AS_OK);
	}
	return as_cache_end(w, out, NULL);
}

static void check_blob(const struct as_blob *b, unsigned n, size_t bytes)
{
	assert_int_equal(b->bytes, bytes);
	for (size_t i = 0; i < bytes; i++)
		assert_int_equal(((const unsigned char *)b->data)[i], byte_of(n, i));
}

static bool has(struct as_cache *c, unsigned n, size_t bytes)
{
	struct as_blob b;
	if (as_cache_get(c, key_of(n), root, &b, NULL) != AS_OK)
		return false;
	check_blob(&b, n, bytes);
	as_blob_close(&b);
	return true;
}

static void test_hash_vectors(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		uint64_t value;
	} vectors[] = {
		{"", UINT64_C(0xEF46DB3751D8E999)},
		{"a", UINT64_C(0xD24EC4F1A98C6E5B)},
		{"abc", UINT64_C(0x44BC2CF5AD770999)},
		{"Nobody inspects the spammish repetition", UINT64_C(0xFBCEA83C8A378BF1)},
	};
	for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
		struct as_hash h;
		size_t n = strlen(vectors[i].text);
		as_hash_init(&h, 0);
		as_hash_add(&h, vectors[i].text, n);
		assert_true(as_hash_value(&h) == vectors[i].value);
		for (size_t cut = 0; cut <= n; cut++) {
			as_hash_init(&h, 0);
			as_hash_add(&h, vectors[i].text, cut);
			as_hash_add(&h, vectors[i].text + cut, n - cut);
			assert_true(as_hash_value(&h) == vectors[i].value);
		}
	}
}

static void test_store_and_get(void **state)
{
	(void)state;
	static const size_t sizes[] = {0, 1, 4096, 65536, 300001};
	struct as_cache *c = as_cache_open(dir, 0, NULL);
	struct as_cache_stats st;
	struct stat info;
	struct as_blob b;
	assert_non_null(c);
	assert_int_equal(as_cache_measure(c, &st, NULL), AS_OK);
	assert_int_equal(st.entries, 0);
	for (unsigned i = 0; i < 5; i++) {
		assert_int_equal(as_cache_get(c, key_of(i), root, &b, NULL), AS_NO_MATCH);
		assert_int_equal(store(c, i, sizes[i], &b), AS_OK);
		check_blob(&b, i, sizes[i]);
		as_blob_rest(&b);
		check_blob(&b, i, sizes[i]);
		as_blob_close(&b);
		assert_true(has(c, i, sizes[i]));
	}
	assert_int_equal(stat(dir, &info), 0);
	assert_int_equal(info.st_mode & 0777, 0700);
	as_cache_close(c);
	c = as_cache_open(dir, 0, NULL);
	for (unsigned i = 0; i < 5; i++)
		assert_true(has(c, i, sizes[i]));
	assert_int_equal(as_cache_get(c, "../../etc/passwd", root, &b, NULL), AS_NO_MATCH);
	assert_int_equal(as_cache_clear(c, &st, NULL), AS_OK);
	assert_int_equal(st.entries, 5);
	assert_false(has(c, 1, 1));
	assert_false(as_cache_failed(c));
	as_cache_close(c);
}

static void test_abort_leaves_nothing(void **state)
{
	(void)state;
	struct as_cache *c = as_cache_open(dir, 0, NULL);
	struct as_cache_writer *w = as_cache_begin(c, key_of(1), root, NULL);
	char sub[128];
	assert_non_null(w);
	assert_int_equal(as_cache_write(w, root, sizeof root, NULL), AS_OK);
	as_cache_abort(w);
	as_cache_abort(NULL);
	assert_false(has(c, 1, 0));
	snprintf(sub, sizeof sub, "%s/%.2s", dir, key_of(1));
	assert_int_equal(rmdir(sub), 0);
	as_cache_close(c);
}

/* Flips every byte of the header and many of the payload, and cuts at many places. */
static void test_damage(void **state)
{
	(void)state;
	enum { BYTES = 3000 };
	struct as_cache *c = as_cache_open(dir, 0, NULL);
	for (off_t at = 0; at < 128 + BYTES; at += at < 128 ? 1 : 61) {
		for (int cut = 0; cut < 2; cut++) {
			assert_int_equal(store(c, 5, BYTES, NULL), AS_OK);
			assert_true(has(c, 5, BYTES));
			if (cut) {
				assert_int_equal(truncate(entry_path(key_of(5)), at), 0);
			} else {
				int fd = open(entry_path(key_of(5)), O_RDWR);
				unsigned char v;
				assert_int_equal(pread(fd, &v, 1, at), 1);
				v ^= 0x10;
				assert_int_equal(pwrite(fd, &v, 1, at), 1);
				close(fd);
			}
			assert_false(has(c, 5, BYTES));
			assert_int_equal(access(entry_path(key_of(5)), F_OK), -1);
		}
	}
	/* An intact entry under another name is not that name's. */
	char from[256];
	assert_int_equal(store(c, 5, BYTES, NULL), AS_OK);
	assert_int_equal(store(c, 6, BYTES, NULL), AS_OK);
	snprintf(from, sizeof from, "%s", entry_path(key_of(5)));
	assert_int_equal(rename(from, entry_path(key_of(6))), 0);
	assert_false(has(c, 6, BYTES));
	as_cache_close(c);
}

/* Another process cuts an entry off while it is mapped, whether read or just written: the blob stays whole, and the next
 * look finds damage. A mapping of the entry itself would end the process here. */
static void test_cut_while_mapped(void **state)
{
	(void)state;
	enum { BYTES = 300000 };
	struct as_cache *c = as_cache_open(dir, 0, NULL);
	struct as_blob written, read;
	for (off_t at = 0; at < BYTES; at += BYTES / 3) {
		assert_int_equal(store(c, 5, BYTES, &written), AS_OK);
		assert_int_equal(as_cache_get(c, key_of(5), root, &read, NULL), AS_OK);
		as_blob_rest(&written); /* nothing is in memory already */
		as_blob_rest(&read);
		assert_int_equal(truncate(entry_path(key_of(5)), at), 0);
		check_blob(&written, 5, BYTES);
		check_blob(&read, 5, BYTES);
		assert_false(has(c, 5, BYTES));
		as_blob_close(&written);
		as_blob_close(&read);
	}
	/* A folder that can only be read: the copy lies elsewhere. */
	char sub[160];
	assert_int_equal(store(c, 6, BYTES, NULL), AS_OK);
	snprintf(sub, sizeof sub, "%s/%.2s", dir, key_of(6));
	assert_int_equal(chmod(sub, 0500), 0);
	assert_true(has(c, 6, BYTES));
	assert_int_equal(chmod(sub, 0700), 0);
	as_cache_close(c);
}

static void age(unsigned n, time_t when)
{
	struct timespec t[2] = {{.tv_sec = when}, {.tv_sec = when}};
	assert_int_equal(utimensat(AT_FDCWD, entry_path(key_of(n)), t, 0), 0);
}

static void test_eviction_by_last_use(void **state)
{
	(void)state;
	enum { BYTES = 10000, LIMIT = 10 * (BYTES + 128) };
	struct as_cache *c = as_cache_open(dir, LIMIT, NULL);
	struct as_cache_stats st;
	for (unsigned i = 0; i < 10; i++) {
		assert_int_equal(store(c, i, BYTES, NULL), AS_OK);
		age(i, 1000 + (time_t)i);
	}
	assert_int_equal(as_cache_measure(c, &st, NULL), AS_OK);
	assert_int_equal(st.entries, 10);
	assert_true(has(c, 0, BYTES)); /* the oldest becomes the latest used */
	assert_int_equal(store(c, 10, BYTES, NULL), AS_OK);
	assert_int_equal(as_cache_measure(c, &st, NULL), AS_OK);
	assert_int_equal(st.entries, 9);
	assert_int_equal(access(entry_path(key_of(0)), F_OK), 0);
	assert_int_equal(access(entry_path(key_of(1)), F_OK), -1);
	assert_int_equal(access(entry_path(key_of(2)), F_OK), -1);
	assert_int_equal(access(entry_path(key_of(3)), F_OK), 0);
	assert_int_equal(access(entry_path(key_of(10)), F_OK), 0);
	/* A mapped entry outlives its eviction. */
	struct as_blob b;
	assert_int_equal(as_cache_get(c, key_of(3), root, &b, NULL), AS_OK);
	assert_int_equal(as_cache_clear(c, NULL, NULL), AS_OK);
	check_blob(&b, 3, BYTES);
	as_blob_close(&b);
	as_cache_close(c);
}

static void touch(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT, 0600);
	assert_true(fd >= 0);
	close(fd);
}

static void test_foreign_files_stay(void **state)
{
	(void)state;
	char path[300], target[128];
	struct as_cache *c = as_cache_open(dir, 1000, NULL);
	struct as_blob b;
	assert_int_equal(store(c, 1, 100, NULL), AS_OK);
	snprintf(target, sizeof target, "%s/precious", root);
	touch(target);
	/* A link in the place of an entry, a link in the place of a folder, a folder in the
	 * place of an entry, strangers. */
	assert_int_equal(symlink(target, (unlink(entry_path(key_of(1))), entry_path(key_of(1)))),
			 0);
	snprintf(path, sizeof path, "%s/%.2s", dir, key_of(2));
	assert_int_equal(symlink(root, path), 0);
	snprintf(path, sizeof path, "%s/%.2s", dir, key_of(3));
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(mkdir(entry_path(key_of(3)), 0700), 0);
	snprintf(path, sizeof path, "%s/notes.txt", dir);
	touch(path);
	snprintf(path, sizeof path, "%s/%.2s/holiday.jpg", dir, key_of(3));
	touch(path);
	/* A part without a writer is swept; one whose writer lives is not. */
	snprintf(path, sizeof path, "%s/%.2s/.0123.1.0.part", dir, key_of(3));
	touch(path);
	struct as_cache_writer *w = as_cache_begin(c, key_of(4), root, NULL);
	assert_int_equal(as_cache_write(w, "x", 1, NULL), AS_OK);

	assert_int_equal(as_cache_get(c, key_of(1), root, &b, NULL), AS_NO_MATCH);
	assert_int_equal(as_cache_get(c, key_of(2), root, &b, NULL), AS_NO_MATCH);
	assert_int_equal(as_cache_get(c, key_of(3), root, &b, NULL), AS_NO_MATCH);
	assert_int_equal(as_cache_clear(c, NULL, NULL), AS_OK);
	assert_int_equal(access(path, F_OK), -1);
	assert_int_equal(as_cache_end(w, NULL, NULL), AS_OK);
	assert_int_equal(access(entry_path(key_of(4)), F_OK), 0);

	assert_int_equal(access(target, F_OK), 0);
	snprintf(path, sizeof path, "%s", entry_path(key_of(1)));
	struct stat st;
	assert_int_equal(lstat(path, &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	assert_int_equal(access(entry_path(key_of(3)), F_OK), 0);
	snprintf(path, sizeof path, "%s/notes.txt", dir);
	assert_int_equal(access(path, F_OK), 0);
	snprintf(path, sizeof path, "%s/%.2s/holiday.jpg", dir, key_of(3));
	assert_int_equal(access(path, F_OK), 0);
	as_cache_close(c);
}

static void count_warnings(void *ctx, enum as_log_level level, const char *line)
{
	(void)line;
	if (level == AS_LOG_WARN)
		++*(int *)ctx;
}

/* A file stands where the folder should be: that refuses root as well as anyone. */
static void test_unwritable_folder(void **state)
{
	(void)state;
	int warnings = 0;
	char parent[128];
	struct as_blob b;
	snprintf(parent, sizeof parent, "%s/deep", root);
	touch(parent);
	as_log_set_sink(count_warnings, &warnings, AS_LOG_WARN);
	struct as_cache *c = as_cache_open(dir, 0, NULL);
	for (unsigned i = 0; i < 3; i++) {
		assert_int_equal(store(c, i, 100000, &b), AS_OK);
		check_blob(&b, i, 100000);
		as_blob_close(&b);
		assert_int_equal(as_cache_get(c, key_of(i), root, &b, NULL), AS_NO_MATCH);
	}
	assert_true(as_cache_failed(c));
	assert_int_equal(warnings, 1);
	as_log_set_sink(NULL, NULL, AS_LOG_ERROR);
	as_cache_close(c);
}

static void test_without_cache(void **state)
{
	(void)state;
	struct as_blob b;
	struct as_error err;
	assert_int_equal(store(NULL, 9, 200000, &b), AS_OK);
	check_blob(&b, 9, 200000);
	as_blob_close(&b);
	assert_int_equal(folder_count(root), 0);
	assert_null(as_cache_begin(NULL, key_of(1), "/nonexistent/folder", &err));
	assert_int_equal(err.status, AS_ERR_IO);
}

/* The limit is small, so that entries vanish under the readers' hands all the time. */
static bool churn(unsigned seed)
{
	struct as_cache *c = as_cache_open(dir, 40 * 20128, NULL);
	for (int i = 0; i < 300; i++) {
		struct as_blob b;
		seed = seed * 1664525u + 1013904223u;
		unsigned n = seed >> 26;
		if (as_cache_get(c, key_of(n), root, &b, NULL) != AS_OK)
			assert_int_equal(store(c, n, 20000, &b), AS_OK);
		check_blob(&b, n, 20000);
		as_blob_close(&b);
	}
	bool ok = !as_cache_failed(c);
	as_cache_close(c);
	return ok;
}

static void test_two_processes(void **state)
{
	(void)state;
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		_exit(churn(1) ? 0 : 1);
	assert_true(churn(2));
	int status;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	struct as_cache *c = as_cache_open(dir, 40 * 20128, NULL);
	struct as_cache_stats st;
	assert_int_equal(as_cache_measure(c, &st, NULL), AS_OK);
	assert_in_range(st.entries, 1, 64);
	as_cache_close(c);
}

static void *use(void *arg)
{
	struct as_cache *c = arg;
	for (unsigned i = 0; i < 100; i++) {
		struct as_blob b;
		char key[65];
		snprintf(key, sizeof key, "%064x", i % 30);
		if (as_cache_get(c, key, root, &b, NULL) != AS_OK) {
			struct as_cache_writer *w = as_cache_begin(c, key, "/tmp", NULL);
			if (!w || as_cache_write(w, key, sizeof key, NULL) != AS_OK ||
			    as_cache_end(w, &b, NULL) != AS_OK)
				return NULL;
		}
		if (b.bytes != sizeof key || memcmp(b.data, key, sizeof key) != 0)
			return NULL;
		as_blob_close(&b);
	}
	return c;
}

static void test_threads(void **state)
{
	(void)state;
	struct as_cache *c = as_cache_open(dir, 20 * 193, NULL);
	pthread_t t[4];
	for (int i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&t[i], NULL, use, c), 0);
	for (int i = 0; i < 4; i++) {
		void *rc;
		pthread_join(t[i], &rc);
		assert_ptr_equal(rc, c);
	}
	as_cache_close(c);
}

static void test_content_key(void **state)
{
	(void)state;
	enum { BYTES = 500000 };
	char path[128], a[65], b[65];
	static unsigned char data[BYTES];
	struct timespec t[2] = {{.tv_sec = 5}, {.tv_sec = 5, .tv_nsec = 7}};
	snprintf(path, sizeof path, "%s/clip.wav", root);
	static const off_t changes[] = {-1, 0, BYTES / 2, BYTES - 1};
	for (size_t i = 0; i < 4; i++) {
		int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
		memset(data, 1, sizeof data);
		if (changes[i] >= 0)
			data[changes[i]] = 2;
		assert_int_equal(write(fd, data, sizeof data), BYTES);
		futimens(fd, t);
		close(fd);
		assert_int_equal(as_cache_key(path, "k1", b, NULL), AS_OK);
		assert_int_equal(strlen(b), 64);
		if (i == 0)
			memcpy(a, b, sizeof a);
		else
			assert_string_not_equal(a, b);
	}
	char again[65];
	assert_int_equal(as_cache_key(path, "k1", again, NULL), AS_OK);
	assert_string_equal(again, b);
	assert_int_equal(as_cache_key(path, "k2", again, NULL), AS_OK);
	assert_string_not_equal(again, b);
	t[1].tv_nsec = 8;
	utimensat(AT_FDCWD, path, t, 0);
	assert_int_equal(as_cache_key(path, "k1", again, NULL), AS_OK);
	assert_string_not_equal(again, b);
	assert_int_equal(truncate(path, 10), 0);
	assert_int_equal(as_cache_key(path, "k1", again, NULL), AS_OK);
	assert_int_equal(as_cache_key(root, "k1", again, NULL), AS_ERR_FORMAT);
	unlink(path);
	assert_int_equal(as_cache_key(path, "k1", again, NULL), AS_ERR_IO);
}

#define IN_FOLDER(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hash_vectors),  IN_FOLDER(test_store_and_get),
		IN_FOLDER(test_abort_leaves_nothing), IN_FOLDER(test_damage),
		IN_FOLDER(test_cut_while_mapped),
		IN_FOLDER(test_eviction_by_last_use), IN_FOLDER(test_foreign_files_stay),
		IN_FOLDER(test_unwritable_folder),    IN_FOLDER(test_without_cache),
		IN_FOLDER(test_two_processes),        IN_FOLDER(test_threads),
		IN_FOLDER(test_content_key),
	};
	return cmocka_run_group_tests_name("cache", tests, NULL, NULL);
}
