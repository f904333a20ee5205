/* The program: locale, signals, one command. */
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "cli/args.h"
#include "cli/commands.h"
#include "cli/live.h"
#include "cli/places.h"
#include "cli/say.h"
#include "cli/term.h"
#include "tui/tui.h"

/* Written by the signal handler, hence the process's own: the one place outside the log that keeps
 * such state. */
static atomic_bool interrupted, pause_asked, reread_asked, hup_rereads, stop_asked, resumed;
static int wake[2] = {-1, -1};

bool as_interrupted(void)
{
	return atomic_load(&interrupted);
}

int as_interrupt_fd(void)
{
	return wake[0];
}

static void on_signal(int sig)
{
	int saved = errno;

	atomic_store(sig == SIGUSR1                                ? &pause_asked
		     : sig == SIGTSTP                              ? &stop_asked
		     : sig == SIGCONT                              ? &resumed
		     : sig == SIGHUP && atomic_load(&hup_rereads) ? &reread_asked
								  : &interrupted,
		     true);
	/* A full pipe has been heard already. */
	if (write(wake[1], "", 1) < 0)
		errno = saved;
	errno = saved;
}

static void hear_pauses(void)
{
	struct sigaction ask = {.sa_handler = on_signal, .sa_flags = SA_RESTART};

	sigemptyset(&ask.sa_mask);
	sigaction(SIGUSR1, &ask, NULL);
}

void as_hear_requests(void)
{
	atomic_store(&hup_rereads, true);
	hear_pauses();
}

int as_take_requests(void)
{
	char drop[64];
	int asked = 0;

	/* Emptied first: what is asked for meanwhile makes it readable again. */
	while (read(wake[0], drop, sizeof drop) > 0)
		;
	asked |= atomic_exchange(&pause_asked, false) ? AS_REQUEST_PAUSE : 0;
	asked |= atomic_exchange(&reread_asked, false) ? AS_REQUEST_REREAD : 0;
	return asked;
}

static void hear_job_control(void)
{
	static const int signals[] = {SIGTSTP, SIGCONT};
	struct sigaction hear = {.sa_handler = on_signal, .sa_flags = SA_RESTART}, old;

	sigemptyset(&hear.sa_mask);
	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
		/* Where no shell would bring the program back, stopping is switched off. */
		if (sigaction(signals[i], NULL, &old) == 0 && old.sa_handler == SIG_DFL)
			sigaction(signals[i], &hear, NULL);
}

/* A standard descriptor that the caller closed must not become the pipe or a file: the answer would be written
 * into it. In its place stands one on which reading or writing fails. */
static void hold_standard_descriptors(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 &&
		    open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
			return;
}

static bool open_wake_pipe(void)
{
	if (pipe(wake) != 0)
		return false;
	for (int i = 0; i < 2; i++)
		if (fcntl(wake[i], F_SETFD, FD_CLOEXEC) != 0 ||
		    fcntl(wake[i], F_SETFL, O_NONBLOCK) != 0)
			return false;
	return true;
}

static void ignore_signals(void)
{
	struct sigaction ignore = {.sa_handler = SIG_IGN};

	/* A reader that goes away is an error of write(), to be reported and not to die from. */
	sigaction(SIGPIPE, &ignore, NULL);
	/* So is a file that may not grow any more: what was written of it is removed then. */
	sigaction(SIGXFSZ, &ignore, NULL);
}

/* Once the arguments are read: until then nothing is under way, and a configuration file may be a pipe that nobody writes
 * into, which only dying ends. */
static bool catch_signals(void)
{
	static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
	struct sigaction stop = {.sa_handler = on_signal, .sa_flags = SA_RESTART}, old;

	if (!open_wake_pipe())
		return false;
	sigemptyset(&stop.sa_mask);
	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
		/* What a parent has switched off (nohup) stays off. */
		if (sigaction(signals[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
			sigaction(signals[i], &stop, NULL);
	return true;
}

static void print_log(void *ctx, enum as_log_level level, const char *line)
{
	static const char *const names[] = {"error", "warning", "info", "debug"};

	(void)ctx;
	fprintf(as_say_file(), "audiosync: %s: %s\n", names[level], line);
}

static bool take_pause(void)
{
	return as_take_requests() & AS_REQUEST_PAUSE;
}

static bool take_stop(void)
{
	return atomic_exchange(&stop_asked, false);
}

static bool take_resumed(void)
{
	return atomic_exchange(&resumed, false);
}

static bool wants_unicode(const struct as_options *opt)
{
	const char *when = as_options_text(opt, "interface.unicode");

	return strcmp(when, "auto") != 0 ? !strcmp(when, "yes") : as_term_locale_is_utf8();
}

/* "…/audiosync" of each place where settings are looked for, without "presets" at its end. */
static char **theme_dirs(void)
{
	static const size_t places = 16;
	char **dirs = calloc(places + 2, sizeof *dirs);
	size_t n = 0;

	if (!dirs)
		return NULL;
	if ((dirs[n] = as_place_user_config("themes")))
		n++;
	for (int i = 0; n < places && (dirs[n] = as_place_system_config(i, "themes")); i++)
		n++;
	return dirs;
}

static int run_interface(const struct as_args *args)
{
	char *keys = as_place_user_config("keys.ini"), *config = as_place_user_config("audiosync.ini"), *state = as_place_state("");
	char **themes = theme_dirs(), **presets = as_place_preset_dirs();
	const char *none = getenv("NO_COLOR");
	bool live = args->command == AS_CMD_LIVE;
	const struct as_live_config meter = {
		.reference = live ? args->words[0] : NULL, .capture = args->capture, .fast = args->fast, .pcm = args->pcm};
	struct tui_setup setup = {.opt = args->opt,
				  .inputs = args->words,
				  .n_inputs = live ? 0 : args->n_words,
				  .live = live ? &meter : NULL,
				  .roots = args->relink,
				  .n_roots = args->n_relink,
				  .recover = args->recover,
				  .state_dir = state,
				  .config_file = config,
				  .keys_file = keys && as_file_exists(keys) ? keys : NULL,
				  .theme_dirs = (const char *const *)themes,
				  .preset_dirs = (const char *const *)presets,
				  .script = args->ui_script,
				  .interrupt_fd = as_interrupt_fd(),
				  .interrupted = as_interrupted,
				  .interrupt = on_signal,
				  .pause_asked = take_pause,
				  .stop_asked = take_stop,
				  .resumed = take_resumed,
				  .utf8 = wants_unicode(args->opt)};
	int code;

	setup.no_color = !strcmp(as_options_text(args->opt, "interface.color"), "never") ||
			 (!strcmp(as_options_text(args->opt, "interface.color"), "auto") && none && none[0]);
	hear_pauses();
	hear_job_control();
	code = tui_run(&setup);
	as_places_free(themes);
	as_places_free(presets);
	free(keys);
	free(config);
	free(state);
	return code;
}

int main(int argc, char **argv)
{
	struct as_args args;
	int code;

	/* Numbers keep their dot: LC_CTYPE only. */
	setlocale(LC_CTYPE, "");
	hold_standard_descriptors();
	ignore_signals();
	code = as_args_parse(&args, argc, argv);
	if (code < 0 && !catch_signals()) {
		perror("audiosync");
		code = AS_EXIT_FAILED;
	}
	if (code < 0 && (args.command == AS_CMD_NONE || (args.command == AS_CMD_LIVE && (args.ui_script || as_live_wants_screen(&args))))) {
		code = run_interface(&args);
	} else if (code < 0) {
		if (args.verbosity > 0)
			as_log_set_sink(print_log, NULL,
					args.verbosity > 1 ? AS_LOG_DEBUG : AS_LOG_INFO);
		code = as_command_row(args.command)->run(&args);
		as_log_set_sink(NULL, NULL, AS_LOG_ERROR);
	}
	as_args_done(&args);
	/* An answer that could not be written is none. */
	if ((fflush(stdout) != 0 || ferror(stdout)) && code == AS_EXIT_OK) {
		/* Somebody who has read enough need not be told. */
		if (errno != EPIPE)
			perror("audiosync: standard output");
		code = AS_EXIT_FAILED;
	}
	return code;
}
