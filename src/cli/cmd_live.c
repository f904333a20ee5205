/* `audiosync live`: how late is what plays now, as lines. On a terminal the interface shows it instead (main.c). */
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "cli/calibrate.h"
#include "cli/commands.h"
#include "cli/live.h"
#include "cli/say.h"
#include "cli/term.h"

bool as_live_wants_screen(const struct as_args *args)
{
	bool lines = args->json || args->plain || args->once || args->prometheus || args->on_alert || args->mpv ||
		     args->calibrate || !isnan(args->duration_s);
	return !lines && isatty(STDIN_FILENO) && as_term_of(STDOUT_FILENO, args->opt, args->color).tty;
}

/* Raw samples on standard input are captured, or what is captured is compared with them. */
static bool hears_stdin(const struct as_args *args)
{
	return (args->capture && !strcmp(args->capture, "-")) || (args->n_words > 0 && !strcmp(args->words[0], "capture:-"));
}

static int check_usage(const struct as_args *args)
{
	const bool other = args->n_words || args->plain || args->once || args->fast || args->pcm || args->prometheus || args->on_alert ||
			   args->mpv || !isnan(args->duration_s);
	const bool from_stdin = hears_stdin(args);
	if (args->calibrate && other)
		as_say("live: --calibrate takes --capture, --json and --yes, and no reference");
	else if (args->yes && !args->calibrate)
		as_say("live: --yes is for --calibrate");
	else if (!args->calibrate && args->n_words == 0)
		as_say("live: against what? usage: audiosync live %s", as_command_row(AS_CMD_LIVE)->synopsis);
	else if (args->mpv && args->fast)
		as_say("live: --mpv follows in real time, --fast does not run in it");
	else if (args->json && args->plain)
		as_say("live: --json or --plain, not both");
	else if (args->pcm && !from_stdin)
		as_say("live: --pcm is for raw samples on stdin: --capture -, or capture:- as the reference");
	else if (from_stdin && isatty(STDIN_FILENO))
		as_say("live: standard input is a terminal, no sound will come from there");
	else
		return -1;
	return AS_EXIT_USAGE;
}

static int follow(const struct as_args *args)
{
	struct as_live_run run;
	int code = as_live_run_open(&run, args);
	if (code < 0)
		code = as_live_follow_open(&run);
	if (code < 0)
		code = as_live_run_drive(&run);
	as_live_run_close(&run);
	return code;
}

int as_cmd_live(const struct as_args *args)
{
	int code = check_usage(args);
	if (code >= 0)
		return code;
	as_say_alone();
	code = args->calibrate ? as_calibrate_command(args) : follow(args);
	as_say_with_others();
	return code;
}
