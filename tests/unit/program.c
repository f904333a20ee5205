#include "program.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <audiosync/audiosync.h>
#include <audiosync/demo.h>

char program_dir[4096], program_shoot[4096 + 16];

static char program[4096];
static char home[4200], cache[4200], config[4200], state[4200];

struct terminal *program_start_with(const char *const *args, const char *term, const char *locale, int rows, int cols)
{
	char term_var[64], locale_var[64];
	const char *env[] = {term_var, locale_var, home, cache, config, state, "NO_COLOR=", "COLORTERM=", NULL};
	const char *argv[8] = {program};

	snprintf(term_var, sizeof term_var, "TERM=%s", term);
	snprintf(locale_var, sizeof locale_var, "LC_ALL=%s", locale);
	for (int i = 0; args && args[i] && i < 6; i++)
		argv[i + 1] = args[i];
	return terminal_start(argv, env, rows, cols);
}

struct terminal *program_start(const char *word)
{
	const char *args[] = {word, NULL};

	return program_start_with(args, "xterm-256color", "C.UTF-8", 24, 80);
}

struct terminal *program_start_shoot(void)
{
	struct terminal *t = program_start(program_shoot);

	assert_true(terminal_shows(t, "read in"));
	return t;
}

void program_leave(struct terminal *t)
{
	terminal_type(t, ":quit now\r");
	assert_int_equal(terminal_end(t), 0);
	terminal_free(t);
}

int program_set_up(void **ctx)
{
	struct as_demo demo;
	struct as_error err = {0};
	const char *build = getenv("BUILD");
	char tmp[4096];

	(void)ctx;
	/* The program lies beside the folder of this test. */
	ssize_t n = readlink("/proc/self/exe", tmp, sizeof tmp - 1);
	if (n <= 0)
		return -1;
	tmp[n] = '\0';
	*strrchr(tmp, '/') = '\0';
	*strrchr(tmp, '/') = '\0';
	snprintf(program, sizeof program, "%.4000s/audiosync", build && build[0] == '/' ? build : tmp);
	snprintf(program_dir, sizeof program_dir, "/tmp/audiosync-terminal.XXXXXX");
	if (!mkdtemp(program_dir))
		return -1;
	snprintf(program_shoot, sizeof program_shoot, "%s/shoot", program_dir);
	snprintf(home, sizeof home, "HOME=%s", program_dir);
	snprintf(cache, sizeof cache, "XDG_CACHE_HOME=%s/.cache", program_dir);
	snprintf(config, sizeof config, "XDG_CONFIG_HOME=%s/.config", program_dir);
	snprintf(state, sizeof state, "XDG_STATE_HOME=%s/.state", program_dir);
	if (as_demo_write(program_shoot, 5, 60, false, NULL, NULL, &demo, &err) != AS_OK) {
		printf("%s\n", err.msg);
		return -1;
	}
	return chdir(program_dir);
}

int program_tear_down(void **ctx)
{
	char command[4200];

	(void)ctx;
	snprintf(command, sizeof command, "rm -rf '%s'", program_dir);
	return system(command);
}
