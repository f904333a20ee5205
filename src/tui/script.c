#include "tui/script.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "tui/compose.h"
#include "tui/keys_in.h"

#define SCRIPT_BYTES (1 << 20)
#define WAIT_S 120.0

struct script {
	struct tui *t;
	const char *path;
	int line;
	bool moving; /* the cursor goes on: panes without the focus wait for it */
};

static bool fail(const struct script *s, const char *what, const char *word)
{
	fprintf(stderr, "audiosync: %s:%d: %s%s%s\n", s->path, s->line, what, word ? ": " : "", word ? word : "");
	s->t->exit_code = 1;
	return false;
}

static void turn(const struct script *s)
{
	/* The frame rate is for people. */
	s->t->next_look_s = 0;
	if (!s->moving)
		s->t->behind.rest_s = 0;
	tui_turn(s->t);
}

/* Words: names of keys; "text" in quotes is typed. */
static bool do_keys(struct script *s, char *rest)
{
	struct tui_key key;

	while (*(rest += strspn(rest, " \t")) && !s->t->quit) {
		size_t n = strcspn(rest, " \t");

		if (*rest == '"') {
			for (rest++; *rest && *rest != '"'; rest++) {
				key = *rest == ' ' ? (struct tui_key){.special = TUI_KEY_SPACE}
						   : (struct tui_key){.ch = (unsigned char)*rest};
				tui_key_in(s->t, key);
				turn(s);
			}
			rest += *rest == '"';
			continue;
		}
		char *next = rest + n;
		if (*next)
			*next++ = '\0';
		if (!tui_key_parse(rest, &key))
			return fail(s, "no such key", rest);
		tui_key_in(s->t, key);
		turn(s);
		rest = next;
	}
	return true;
}

/* "bytes MOST KEY…": each of the keys is answered in fewer bytes than that, with all that follows it. */
static bool do_bytes(struct script *s, char *rest)
{
	size_t most = (size_t)strtoul(rest, &rest, 10);
	char *save = NULL, text[96];

	for (char *key = strtok_r(rest, " \t", &save); key; key = strtok_r(NULL, " \t", &save)) {
		size_t before = tui_screen_sent(s->t->screen), n;

		snprintf(text, sizeof text, "%.30s", key);
		if (!do_keys(s, key))
			return false;
		turn(s);
		n = tui_screen_sent(s->t->screen) - before;
		snprintf(text + strlen(text), sizeof text - strlen(text), " took %zu bytes", n);
		if (n >= most)
			return fail(s, "too much to send", text);
	}
	return true;
}

static bool canvas_has(struct tui *t, const char *text)
{
	char *all = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&all, &n);
	bool found;

	if (!out)
		return false;
	tui_canvas_dump(t->canvas, out, false);
	fclose(out);
	found = strstr(all, text) != NULL;
	free(all);
	return found;
}

static bool reached(struct tui *t, const char *what)
{
	const struct as_snapshot *snap = t->m.snap;

	if (!strcmp(what, "idle"))
		return !snap->busy && !t->news && t->n_waiting == 0;
	if (!strcmp(what, "busy"))
		return snap->busy;
	if (!strcmp(what, "placed"))
		return !snap->busy && snap->placements;
	if (!strncmp(what, "stage ", 6))
		return !strcmp(as_stage_name(snap->stage), what + 6);
	if (!strncmp(what, "lag ", 4))
		return t->lag && !strcmp(what + 4, tui_lag_state(t->lag) == TUI_LAG_ENDED
							   ? "ended"
							   : as_live_state_name((enum as_live_state)tui_lag_state(t->lag)));
	if (!strncmp(what, "text ", 5))
		return canvas_has(t, what + 5);
	return false;
}

static bool do_wait(struct script *s, const char *what)
{
	double until_s = as_clock_s() + WAIT_S;
	struct pollfd fd = {.fd = as_session_fd(s->t->m.session), .events = POLLIN};
	int calm = 0;

	while (!s->t->quit && as_clock_s() < until_s) {
		fd.fd = as_session_fd(s->t->m.session);
		s->t->dirty = true;
		turn(s);
		/* The end of a run is told a moment after the session is idle: twice in a row is settled. */
		calm = reached(s->t, what) ? calm + 1 : 0;
		if (calm > 2 || (calm > 0 && (!strncmp(what, "text", 4) || !strncmp(what, "lag", 3))))
			return true;
		poll(&fd, 1, 20);
	}
	return s->t->quit || fail(s, "did not come in time", what);
}

static bool do_size(struct script *s, const char *rest)
{
	int cols, rows;

	if (sscanf(rest, "%dx%d", &cols, &rows) != 2 || cols < 1 || rows < 1 || cols > 1000 || rows > 1000)
		return fail(s, "not of the form COLSxROWS", rest);
	tui_screen_resize(s->t->screen, rows, cols);
	tui_key_in(s->t, (struct tui_key){.special = TUI_KEY_RESIZE});
	turn(s);
	return true;
}

/* "click ROW COL", "up ROW COL", "down ROW COL", from 0. */
static bool do_mouse(struct script *s, const char *rest)
{
	struct tui_key key = {0};
	char what[8];

	if (sscanf(rest, "%7s %d %d", what, &key.row, &key.col) != 3)
		return fail(s, "not of the form click|up|down ROW COL", rest);
	key.special = !strcmp(what, "click") ? TUI_KEY_CLICK : !strcmp(what, "up") ? TUI_KEY_WHEEL_UP : TUI_KEY_WHEEL_DOWN;
	tui_key_in(s->t, key);
	turn(s);
	return true;
}

static bool do_theme(struct script *s, const char *name)
{
	struct as_error err = {0};
	struct tui_theme theme;

	if (tui_theme_load(&theme, name, s->t->setup->theme_dirs, &err) != AS_OK)
		return fail(s, err.msg, NULL);
	tui_set_theme(s->t, &theme);
	return true;
}

/* As on a terminal of that kind, of the same size. */
static bool do_terminal(struct script *s, const char *term)
{
	struct tui_screen_config cfg = {.null = true, .term = term, .theme = &s->t->theme};
	struct as_error err = {0};

	tui_screen_size(s->t->screen, &cfg.rows, &cfg.cols);
	tui_screen_close(s->t->screen);
	if (tui_screen_open(&cfg, &s->t->screen, &err) != AS_OK)
		return fail(s, err.msg, NULL);
	s->t->m.color = tui_screen_has_color(s->t->screen);
	s->t->dirty = true;
	turn(s);
	return true;
}

static bool do_unicode(struct script *s, const char *rest)
{
	s->t->m.unicode = !strcmp(rest, "yes");
	tui_canvas_free(&s->t->canvas);
	s->t->dirty = true;
	return true;
}

/* "dump" or "dump styles", with a title behind. */
static bool do_dump(struct script *s, const char *rest)
{
	bool styles = !strncmp(rest, "styles", 6);

	s->t->dirty = true;
	turn(s);
	printf("--- %s\n", styles ? rest + 6 + (rest[6] == ' ') : rest);
	tui_canvas_dump(s->t->canvas, stdout, styles);
	return true;
}

static bool do_line(struct script *s, char *line)
{
	char *rest = line + strcspn(line, " \t");

	if (*rest)
		*rest++ = '\0';
	rest += strspn(rest, " \t");
	if (!*line || *line == '#')
		return true;
	if (!strcmp(line, "keys"))
		return do_keys(s, rest);
	if (!strcmp(line, "wait"))
		return do_wait(s, rest);
	if (!strcmp(line, "dump"))
		return do_dump(s, rest);
	if (!strcmp(line, "size"))
		return do_size(s, rest);
	if (!strcmp(line, "theme"))
		return do_theme(s, rest);
	if (!strcmp(line, "terminal"))
		return do_terminal(s, rest);
	if (!strcmp(line, "bytes"))
		return do_bytes(s, rest);
	if (!strcmp(line, "unicode"))
		return do_unicode(s, rest);
	if (!strcmp(line, "lag"))
		return tui_script_lag(s->t, rest) || fail(s, "not understood", rest);
	if (!strcmp(line, "moving")) {
		s->moving = !strcmp(rest, "yes");
		return true;
	}
	if (!strcmp(line, "mouse"))
		return do_mouse(s, rest);
	if (!strcmp(line, "clock")) {
		s->t->script_s += atof(rest);
		return true;
	}
	return fail(s, "no such verb", line);
}

void tui_script_run(struct tui *t, const char *path)
{
	struct script s = {.t = t, .path = path};
	struct as_error err = {0};
	char *text, *next;
	int64_t n;

	if (as_file_read(path, SCRIPT_BYTES, &text, &n, &err) != AS_OK) {
		fail(&s, err.msg, NULL);
		return;
	}
	turn(&s);
	for (char *line = text; line && !t->quit; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		s.line++;
		if (!do_line(&s, line))
			break;
	}
	free(text);
}
