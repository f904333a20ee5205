/* yt-dlp is believed nothing, and never left behind. */
#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "folder.h"
#include "media/fetch.h"
#include "media/ytdlp.h"
#include "media/ytdlp_run.h"
#include "media_files.h"
#include "web_server.h"

#define PAGE "https://youtu.be/x"

/* A program of that name in the folder, which is where PATH begins. */
static void fake(const char *name, const char *script)
{
	const char *path = folder_in(name);
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	fprintf(f, "#!/bin/sh\n%s\n", script);
	fclose(f);
	assert_int_equal(chmod(path, 0755), 0);
}

static void begin_path(void)
{
	char path[4096];
	snprintf(path, sizeof path, "%s:%s", folder_dir, getenv("PATH"));
	assert_int_equal(setenv("PATH", path, 1), 0);
}

static enum as_status find(const char *wanted, bool is_title, double timeout_s, struct as_ytdlp_found *found,
			   struct as_error *err)
{
	struct as_ytdlp_config cfg = {.timeout_s = timeout_s};
	*err = (struct as_error){0};
	return as_ytdlp_find(&cfg, wanted, is_title, NULL, found, err);
}

static void test_answer(void **state)
{
	(void)state;
	struct as_ytdlp_found found;
	struct as_error err;
	fake("yt-dlp", "printf '%s\\n' \"$@\" >\"${0%/*}/args\"\n"
		       "echo 'WARNING: old' >&2\n"
		       "cat <<'X'\n"
		       "{\"title\": \"A \\u001b]0;b\\u0007 C\", \"url\": \"https://cdn.example/a?b=c\", \"duration\": 61.5,\n"
		       "X\n"
		       "cat <<'X'\n"
		       "{\"title\": \"A \\u001b]0;b\\u0007 C\", \"url\": \"https://cdn.example/a?b=c\", \"duration\": 61.5,"
		       " \"http_headers\": {\"User-Agent\": \"Mozilla\", \"Referer\": \"x\\r\\nEvil: y\"}}\n"
		       "X");
	if (find("-rm -rf $(id) `id`; \"quoted\" - it's", true, 10, &found, &err) != AS_OK)
		fail_msg("%s", err.msg);
	assert_string_equal(found.url, "https://cdn.example/a?b=c");
	assert_string_equal(found.user_agent, "Mozilla");
	assert_string_equal(found.referer, "");
	assert_null(strchr(found.title, '\x1b'));
	assert_null(strchr(found.title, '\a'));
	assert_non_null(strstr(found.title, "C"));
	assert_true(found.duration_s == 61.5);
	as_ytdlp_done(&found);
	/* What the user wrote is one argument, the last, behind "--". */
	char args[4096] = "";
	FILE *f = fopen(folder_in("args"), "r");
	assert_non_null(f);
	args[fread(args, 1, sizeof args - 1, f)] = '\0';
	fclose(f);
	assert_non_null(strstr(args, "\n--\nytsearch1:-rm -rf $(id) `id`; \"quoted\" - it's\n"));
}

static void test_hostile(void **state)
{
	(void)state;
	static const struct {
		const char *script, *says;
		enum as_status status;
	} rows[] = {
		{"echo junk; echo 'more { junk'", "cannot be understood", AS_ERR_FORMAT},
		{"head -c 3000 /dev/urandom", "cannot be understood", AS_ERR_FORMAT},
		{"head -c 10485760 /dev/zero", "more than 8 MB", AS_ERR_FORMAT},
		{"while :; do echo '{\"a\":1}'; done", "cannot be understood|more than 8 MB|names no address", AS_ERR_FORMAT},
		{"printf '{\"url\": \"\\033[2Jhttp://x\"}'", "cannot be understood", AS_ERR_FORMAT},
		{"echo '{\"url\": \"http://x/\\u001b[2J\"}'", "no address of the web", AS_ERR_FORMAT},
		{"echo '{\"url\": \"file:///etc/passwd\"}'", "no address of the web", AS_ERR_FORMAT},
		{"echo '{\"url\": \"http://a b\"}'", "no address of the web", AS_ERR_FORMAT},
		{"echo '{\"url\": \"http:///x\"}'", "no address of the web", AS_ERR_FORMAT},
		{"echo '{\"url\": [\"http://x\"]}'", "names no address of sound", AS_ERR_FORMAT},
		{"echo '{\"entries\": []}'", "names no address of sound", AS_ERR_FORMAT},
		{"echo '[]'", "cannot be understood", AS_ERR_FORMAT},
		{"yes '[' | head -n 100000 | tr -d '\\n'", "cannot be understood", AS_ERR_FORMAT},
		{"echo '{\"url\": \"http://x\\u0000y\"}'", "cannot be understood", AS_ERR_FORMAT},
		{"exit 0", "no sound is found", AS_ERR_NOT_FOUND},
		{"echo 'ERROR: first' >&2; printf 'ERROR: \\033[31mgone\\n\\n' >&2; exit 1", "(exit code 1): ERROR: \\x1b[31mgone", AS_ERR_IO},
		{"echo 'x http://u:pw@h/p?k=v y' >&2; exit 3", "x http://h/p?... y", AS_ERR_IO},
		{"head -c 1000000 /dev/urandom >&2; echo >&2; echo 'ERROR: last' >&2; exit 1", "ERROR: last", AS_ERR_IO},
		{"kill -9 $$", "died", AS_ERR_IO},
		{"exec no-such-python-at-all", "is not installed|does not run", AS_ERR_NOT_FOUND},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct as_ytdlp_found found;
		struct as_error err;
		char says[200], *rest = says, *one;
		bool said = false;
		fake("yt-dlp", rows[i].script);
		enum as_status status = find(PAGE, false, 20, &found, &err);
		snprintf(says, sizeof says, "%s", rows[i].says);
		while ((one = strsep(&rest, "|")))
			said = said || strstr(err.msg, one);
		if (status != rows[i].status || !said || found.url || !strstr(err.msg, PAGE))
			fail_msg("%s: %d %s", rows[i].script, (int)status, err.msg);
		as_ytdlp_done(&found);
	}
}

/* Whether nobody has waited for it yet, as its new parent should in time. */
static bool is_zombie(long pid)
{
	char path[64], text[256] = "";
	snprintf(path, sizeof path, "/proc/%ld/stat", pid);
	FILE *f = fopen(path, "r");
	if (f) {
		text[fread(text, 1, sizeof text - 1, f)] = '\0';
		fclose(f);
	}
	return strstr(text, ") Z ") != NULL;
}

/* The process whose number the fake one wrote down, and that it began in its group, has ended. */
static void assert_gone(void)
{
	long pid = 0;
	FILE *f = fopen(folder_in("pid"), "r");
	assert_non_null(f);
	assert_int_equal(fscanf(f, "%ld", &pid), 1);
	fclose(f);
	for (int i = 0; i < 500; i++) {
		if ((kill((pid_t)pid, 0) != 0 && errno == ESRCH) || is_zombie(pid))
			return;
		nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
	}
	fail_msg("process %ld lives on", pid);
}

static const char hanging[] = "sleep 600 & echo $! >\"${0%/*}/pid\"; wait";

static void test_hangs(void **state)
{
	(void)state;
	struct as_ytdlp_found found;
	struct as_error err;
	fake("yt-dlp", hanging);
	assert_int_equal(find(PAGE, false, 0.4, &found, &err), AS_ERR_IO);
	assert_non_null(strstr(err.msg, "no answer within 0.4 s"));
	assert_gone();
	/* One that answers, and leaves somebody behind who keeps the pipe open. */
	fake("yt-dlp", "sleep 600 & echo $! >\"${0%/*}/pid\"; echo '{\"url\": \"https://x/\"}'");
	assert_int_equal(find(PAGE, false, 20, &found, &err), AS_OK);
	as_ytdlp_done(&found);
	assert_gone();
	fake("yt-dlp", "exec >&- 2>&-; sleep 600 & echo $! >\"${0%/*}/pid\"; wait");
	assert_int_equal(find(PAGE, false, 0.4, &found, &err), AS_ERR_IO);
	assert_gone();
}

static void *cancel_later(void *ctx)
{
	for (int i = 0; i < 1000 && folder_count(folder_dir) < 2; i++)
		nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
	atomic_store((atomic_bool *)ctx, true);
	return NULL;
}

static void test_cancel(void **state)
{
	(void)state;
	struct as_ytdlp_config cfg = {.timeout_s = 60};
	struct as_ytdlp_found found;
	struct as_error err = {0};
	atomic_bool cancel = false;
	pthread_t thread;
	folder_empty(folder_dir);
	fake("yt-dlp", hanging);
	pthread_create(&thread, NULL, cancel_later, &cancel);
	assert_int_equal(as_ytdlp_find(&cfg, PAGE, false, &cancel, &found, &err), AS_CANCELLED);
	pthread_join(thread, NULL);
	assert_gone();
}

static void test_missing(void **state)
{
	(void)state;
	struct as_ytdlp_config cfg = {.program = "no-such-yt-dlp", .timeout_s = 5};
	struct as_ytdlp_found found;
	struct as_error err = {0};
	assert_int_equal(as_ytdlp_find(&cfg, "a title", true, NULL, &found, &err), AS_ERR_NOT_FOUND);
	assert_non_null(strstr(err.msg, "a title: no-such-yt-dlp"));
	assert_non_null(strstr(err.msg, "install yt-dlp"));
	fake("plain", "exit 0");
	chmod(folder_in("plain"), 0644);
	cfg.program = folder_in("plain");
	assert_int_equal(as_ytdlp_find(&cfg, "a title", true, NULL, &found, &err), AS_ERR_IO);
	assert_non_null(strstr(err.msg, "cannot be started"));
	/* By a path of its own, and nothing found. */
	chmod(cfg.program, 0755);
	assert_int_equal(as_ytdlp_find(&cfg, "a title", true, NULL, &found, &err), AS_ERR_NOT_FOUND);
	assert_non_null(strstr(err.msg, "nothing is found by that title"));
}

/* All together: a title, a page of an unknown host, and pages that lead to pages. */
static void test_fetch(void **state)
{
	(void)state;
	char script[600];
	float *pcm = media_noise(3, 48000, 1);
	const char *path = folder_in("s.wav");
	media_write_wav(path, 48000, 1, pcm, 48000);
	free(pcm);
	const size_t n = (size_t)media_size(path);
	char *file = malloc(n);
	FILE *in = fopen(path, "rb");
	assert_true(file && in && fread(file, 1, n, in) == n);
	fclose(in);
	struct web *w = web_start(folder_dir, file, n);
	struct as_fetch_config cfg = {.timeout_s = 5, .ytdlp = {.timeout_s = 10}};
	struct as_error err = {0};
	snprintf(script, sizeof script,
		 "echo '{\"title\": \"Song\", \"url\": \"%s\", \"http_headers\": {\"User-Agent\": \"Agent 7\"}}'",
		 web_url(w, "/file"));
	fake("yt-dlp", script);
	const char *const wanted[] = {"Some Artist - Song", web_url(w, "/page"), PAGE};
	for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
		struct as_sound *s = as_fetch_open(wanted[i], &cfg, NULL, &err);
		if (!s)
			fail_msg("%s", err.msg);
		assert_string_equal(as_sound_format(s)->title, "Song");
		as_sound_close(s);
	}
	assert_true(web_was_told(w, "User-Agent: Agent 7\r\n"));
	snprintf(script, sizeof script, "echo '{\"url\": \"%s\"}'", web_url(w, "/page"));
	fake("yt-dlp", script);
	assert_null(as_fetch_open("Some Artist - Song", &cfg, NULL, &err));
	assert_int_equal(err.status, AS_ERR_NO_AUDIO);
	assert_string_equal(strchr(err.msg, ':'), ": found by yt-dlp, but is a web page, not sound");
	/* One reason is told once. */
	assert_null(as_fetch_open(web_url(w, "/page"), &cfg, NULL, &err));
	assert_string_equal(strstr(err.msg, "/page: "), "/page: is a web page, not sound");
	web_stop(w);
	free(file);
}

/* Where posix_spawn cannot tell that there is no such program, the child's exit code does; a program that fails says why. */
static void test_nothing_ran(void **state)
{
	static const struct {
		const char *script;
		enum as_status status;
	} rows[] = {{"exit 127", AS_ERR_NOT_FOUND}, {"echo no >&2; exit 127", AS_OK}, {"echo yes; exit 127", AS_OK}, {"exit 1", AS_OK}};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *argv[] = {(char[]){"/bin/sh"}, (char[]){"-c"}, strdup(rows[i].script), NULL};
		struct as_printed p;
		struct as_error err = {0};
		assert_int_equal(as_ytdlp_run(argv, 60, 1 << 20, NULL, &p, &err), rows[i].status);
		free(argv[2]);
		if (rows[i].status == AS_OK)
			free(p.out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answer), cmocka_unit_test(test_hostile), cmocka_unit_test(test_hangs),
		cmocka_unit_test(test_cancel), cmocka_unit_test(test_missing), cmocka_unit_test(test_fetch),
		cmocka_unit_test(test_nothing_ran),
	};
	int rc = folder_set_up(NULL);
	if (rc == 0)
		begin_path();
	rc = rc ? rc : cmocka_run_group_tests(tests, NULL, NULL);
	folder_tear_down(NULL);
	return rc;
}
