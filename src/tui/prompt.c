#include "tui/prompt.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/width.h"

#define TEXT_BYTES 4096
#define CHOICES_MAX 64

struct tui_prompt {
	enum tui_prompt_kind kind;
	const char *label;
	char text[TEXT_BYTES];
	size_t n, at; /* bytes; the cursor */
	char killed[TEXT_BYTES];
	tui_complete complete;
	void *ctx;
	char *choice[CHOICES_MAX];
	int n_choices, chosen; /* -1: none yet */
	size_t choice_from, choice_tail; /* what a choice replaces: from here, but for this many bytes at the end */
	const struct tui_history *history;
	int back; /* lines back in it; 0: the text of one's own, which is kept in */
	char own[TEXT_BYTES];
};

static void drop_choices(struct tui_prompt *p)
{
	for (int i = 0; i < p->n_choices; i++)
		free(p->choice[i]);
	p->n_choices = 0;
	p->chosen = -1;
}

struct tui_prompt *tui_prompt_new(enum tui_prompt_kind kind, const char *label, const char *text, tui_complete complete, void *ctx)
{
	struct tui_prompt *p = calloc(1, sizeof *p);

	if (!p)
		return NULL;
	p->kind = kind;
	p->label = label;
	p->complete = complete;
	p->ctx = ctx;
	p->chosen = -1;
	tui_prompt_set(p, text ? text : "");
	return p;
}

void tui_prompt_free(struct tui_prompt *p)
{
	if (p)
		drop_choices(p);
	free(p);
}

enum tui_prompt_kind tui_prompt_kind(const struct tui_prompt *p)
{
	return p->kind;
}

const char *tui_prompt_text(const struct tui_prompt *p)
{
	return p->text;
}

void tui_prompt_set(struct tui_prompt *p, const char *text)
{
	size_t n = strlen(text);

	/* A text that does not fit is not cut into something else. */
	p->n = n < TEXT_BYTES ? n : 0;
	memcpy(p->text, text, p->n);
	p->text[p->n] = '\0';
	p->at = p->n;
	drop_choices(p);
}

void tui_prompt_history(struct tui_prompt *p, const struct tui_history *h)
{
	p->history = h;
	p->back = 0;
}

void tui_history_add(struct tui_history *h, const char *line)
{
	const int most = (int)(sizeof h->line / sizeof *h->line);
	char *copy;

	if (!*line || (h->n > 0 && !strcmp(h->line[h->n - 1], line)) || !(copy = strdup(line)))
		return;
	if (h->n == most) {
		free(h->line[0]);
		memmove(h->line, h->line + 1, sizeof h->line - sizeof *h->line);
		h->n--;
	}
	h->line[h->n++] = copy;
}

void tui_history_free(struct tui_history *h)
{
	for (int i = 0; i < h->n; i++)
		free(h->line[i]);
	h->n = 0;
}

/* --- moving in text -------------------------------------------------------------------------------------------- */

/* Bytes of the character at `at` with all that combines with it. */
static size_t step_right(const struct tui_prompt *p, size_t at)
{
	uint32_t ch;
	int n = as_text_decode(p->text + at, &ch);

	if (n == 0)
		return at;
	at += n < 0 ? 1 : (size_t)n;
	while ((n = as_text_decode(p->text + at, &ch)) > 0 && as_char_width(ch) == 0)
		at += (size_t)n;
	return at;
}

static size_t step_left(const struct tui_prompt *p, size_t at)
{
	size_t before = 0;

	for (size_t k = 0; k < at; k = step_right(p, k))
		before = k;
	return before;
}

static bool is_word(char c)
{
	return c != ' ' && c != '/' && c != '=';
}

static size_t word_left(const struct tui_prompt *p, size_t at)
{
	while (at > 0 && !is_word(p->text[at - 1]))
		at--;
	while (at > 0 && is_word(p->text[at - 1]))
		at--;
	return at;
}

static size_t word_right(const struct tui_prompt *p, size_t at)
{
	while (at < p->n && !is_word(p->text[at]))
		at++;
	while (at < p->n && is_word(p->text[at]))
		at++;
	return at;
}

static void cut(struct tui_prompt *p, size_t from, size_t to, bool keep)
{
	if (keep && to > from) {
		memcpy(p->killed, p->text + from, to - from);
		p->killed[to - from] = '\0';
	}
	memmove(p->text + from, p->text + to, p->n - to + 1);
	p->n -= to - from;
	p->at = from;
}

static void insert(struct tui_prompt *p, const char *text, size_t n)
{
	if (p->n + n + 1 > TEXT_BYTES)
		return;
	memmove(p->text + p->at + n, p->text + p->at, p->n - p->at + 1);
	memcpy(p->text + p->at, text, n);
	p->n += n;
	p->at += n;
}

/* --- completion and history ------------------------------------------------------------------------------------ */

static void put_choice(struct tui_prompt *p)
{
	cut(p, p->choice_from, p->n - p->choice_tail, false);
	insert(p, p->choice[p->chosen], strlen(p->choice[p->chosen]));
}

static bool find_choices(struct tui_prompt *p)
{
	size_t from = p->at;

	drop_choices(p);
	for (char *text; p->n_choices < CHOICES_MAX && (text = p->complete(p->ctx, p->text, p->at, p->n_choices, &from));)
		p->choice[p->n_choices++] = text;
	p->choice_from = from;
	p->choice_tail = p->n - p->at;
	return p->n_choices > 0;
}

/* What all choices begin with. */
static size_t common_start(const struct tui_prompt *p)
{
	size_t n = strlen(p->choice[0]);

	for (int i = 1; i < p->n_choices; i++)
		for (size_t k = 0; k < n; k++)
			if (p->choice[i][k] != p->choice[0][k])
				n = k;
	while (n > 0 && ((unsigned char)p->choice[0][n] & 0xC0) == 0x80)
		n--;
	return n;
}

/* The first Tab completes what is certain, further ones go through the choices. */
static void complete(struct tui_prompt *p, int step)
{
	size_t n, typed;

	if (p->chosen >= 0 || p->n_choices > 1) {
		p->chosen = p->chosen < 0 ? (step > 0 ? 0 : p->n_choices - 1) : (p->chosen + step + p->n_choices) % p->n_choices;
		put_choice(p);
		return;
	}
	if (!find_choices(p))
		return;
	typed = p->at - p->choice_from;
	if (p->n_choices == 1) {
		p->chosen = 0;
		put_choice(p);
		drop_choices(p);
		return;
	}
	n = common_start(p);
	if (n <= typed)
		return;
	cut(p, p->choice_from, p->at, false);
	insert(p, p->choice[0], n);
}

static void walk_history(struct tui_prompt *p, int step)
{
	int back = p->back + step;

	if (!p->history || back < 0 || back > p->history->n)
		return;
	if (p->back == 0)
		memcpy(p->own, p->text, sizeof p->own);
	p->back = back;
	tui_prompt_set(p, back == 0 ? p->own : p->history->line[p->history->n - back]);
}

const char *tui_prompt_choice(const struct tui_prompt *p, int i, int *chosen)
{
	*chosen = p->chosen;
	return i < p->n_choices && p->n_choices > 1 ? p->choice[i] : NULL;
}

/* --- keys ------------------------------------------------------------------------------------------------------ */

static enum tui_prompt_news control_key(struct tui_prompt *p, uint32_t ch)
{
	switch (ch) {
	case 'a':
		p->at = 0;
		break;
	case 'e':
		p->at = p->n;
		break;
	case 'b':
		p->at = step_left(p, p->at);
		break;
	case 'f':
		p->at = step_right(p, p->at);
		break;
	case 'd':
		cut(p, p->at, step_right(p, p->at), false);
		break;
	case 'k':
		cut(p, p->at, p->n, true);
		break;
	case 'u':
		cut(p, 0, p->at, true);
		break;
	case 'w':
		cut(p, word_left(p, p->at), p->at, true);
		break;
	case 'y':
		insert(p, p->killed, strlen(p->killed));
		break;
	case 'c':
	case 'g':
		return p->kind == TUI_PROMPT_FIELD ? TUI_PROMPT_NOTHING : TUI_PROMPT_CANCELLED;
	default:
		return TUI_PROMPT_NOTHING;
	}
	return TUI_PROMPT_TAKEN;
}

static enum tui_prompt_news special_key(struct tui_prompt *p, struct tui_key key)
{
	bool field = p->kind == TUI_PROMPT_FIELD;

	switch (key.special) {
	case TUI_KEY_LEFT:
		p->at = key.alt ? word_left(p, p->at) : step_left(p, p->at);
		break;
	case TUI_KEY_RIGHT:
		p->at = key.alt ? word_right(p, p->at) : step_right(p, p->at);
		break;
	case TUI_KEY_HOME:
		p->at = 0;
		break;
	case TUI_KEY_END:
		p->at = p->n;
		break;
	case TUI_KEY_BACKSPACE:
		/* On an empty line it leaves, as in vi. */
		if (p->n == 0)
			return field ? TUI_PROMPT_TAKEN : TUI_PROMPT_CANCELLED;
		cut(p, key.alt ? word_left(p, p->at) : step_left(p, p->at), p->at, key.alt);
		break;
	case TUI_KEY_DELETE:
		cut(p, p->at, step_right(p, p->at), false);
		break;
	case TUI_KEY_SPACE:
		insert(p, " ", 1);
		break;
	case TUI_KEY_UP:
	case TUI_KEY_DOWN:
		if (field)
			return TUI_PROMPT_NOTHING;
		walk_history(p, key.special == TUI_KEY_UP ? 1 : -1);
		break;
	case TUI_KEY_ENTER:
		return field ? TUI_PROMPT_NOTHING : TUI_PROMPT_DONE;
	case TUI_KEY_ESC:
		return field ? TUI_PROMPT_NOTHING : TUI_PROMPT_CANCELLED;
	default:
		return TUI_PROMPT_NOTHING;
	}
	return TUI_PROMPT_TAKEN;
}

enum tui_prompt_news tui_prompt_key(struct tui_prompt *p, struct tui_key key)
{
	char bytes[5];
	enum tui_prompt_news news;

	if (key.special == TUI_KEY_TAB || key.special == TUI_KEY_BACKTAB) {
		if (!p->complete)
			return TUI_PROMPT_NOTHING;
		complete(p, key.special == TUI_KEY_TAB ? 1 : -1);
		return TUI_PROMPT_TAKEN;
	}
	if (key.special)
		news = special_key(p, key);
	else if (key.ctrl)
		news = control_key(p, key.ch);
	else if (key.alt)
		return TUI_PROMPT_NOTHING;
	else {
		insert(p, bytes, (size_t)as_text_encode(bytes, key.ch));
		news = TUI_PROMPT_TAKEN;
	}
	if (news == TUI_PROMPT_TAKEN && key.special != TUI_KEY_UP && key.special != TUI_KEY_DOWN) {
		drop_choices(p);
		p->back = 0;
	}
	return news;
}

/* --- drawing --------------------------------------------------------------------------------------------------- */

static int cols_of(const struct tui_prompt *p, size_t from, size_t to)
{
	char part[TEXT_BYTES];

	memcpy(part, p->text + from, to - from);
	part[to - from] = '\0';
	return tui_text_cols(part);
}

/* Where in the text what is shown of it begins, with so many columns for it and the caret. */
static size_t first_shown(const struct tui_prompt *p, int room)
{
	size_t from = 0;

	while (from < p->at && cols_of(p, from, p->at) > room)
		from = step_right(p, from);
	return from;
}

int tui_prompt_caret(const struct tui_prompt *p, int cols)
{
	int label = tui_text_cols(p->label);

	return label + cols_of(p, first_shown(p, cols - label - 1), p->at);
}

void tui_prompt_draw(const struct tui_prompt *p, struct tui_canvas c, int row, int col, int cols, enum tui_style style, int *caret_col)
{
	struct tui_canvas line = tui_part(c, row, col, 1, cols);
	int label = tui_put(line, 0, 0, style, p->label);
	size_t from = first_shown(p, line.cols - label - 1);

	tui_fill(line, 0, label, 1, line.cols - label, style, ' ');
	tui_put(line, 0, label, style, p->text + from);
	if (from > 0)
		tui_put_char(line, 0, label, TUI_QUIET, '<');
	*caret_col = col + label + cols_of(p, from, p->at);
}
