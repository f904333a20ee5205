#include "tui/key.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"

static const char *const names[TUI_KEY_SPECIALS] = {
	"",       "Up",     "Down",      "Left",  "Right", "Home",    "End", "PageUp", "PageDown", "Insert",
	"Delete", "Backspace", "Enter",  "Tab",   "BackTab", "Esc",   "Space", "F1",   "F2",       "F3",
	"F4",     "F5",     "F6",        "F7",    "F8",    "F9",      "F10", "F11",    "F12",      ""};

/* A ';' after a blank begins a comment in INI files. */
#define SEMICOLON "Semicolon"

bool tui_key_parse(const char *name, struct tui_key *out)
{
	struct tui_key key = {0};
	int n;

	for (;;) {
		if (!strncasecmp(name, "Ctrl-", 5) && name[5])
			key.ctrl = true, name += 5;
		else if (!strncasecmp(name, "Alt-", 4) && name[4])
			key.alt = true, name += 4;
		else
			break;
	}
	*out = key;
	for (int i = 1; i < TUI_KEY_RESIZE; i++)
		if (!strcasecmp(name, names[i])) {
			out->special = (enum tui_special)i;
			return !key.ctrl;
		}
	if (!strcasecmp(name, SEMICOLON))
		name = ";";
	n = as_text_decode(name, &out->ch);
	if (n <= 0 || name[n] || out->ch <= ' ' || out->ch == 0x7F)
		return false;
	if (!key.ctrl)
		return true;
	if (out->ch >= 'A' && out->ch <= 'Z')
		out->ch += 'a' - 'A';
	/* What terminals send as these is Tab, Enter, Esc. */
	return (out->ch >= 'a' && out->ch <= 'z' && out->ch != 'i' && out->ch != 'm') || out->ch == '@' || out->ch == '\\' ||
	       out->ch == ']' || out->ch == '^' || out->ch == '_';
}

char *tui_key_name(struct tui_key key, char *out, size_t n)
{
	char ch[8] = {0};

	if (key.special) {
		snprintf(out, n, "%s%s", key.alt ? "Alt-" : "", names[key.special]);
		return out;
	}
	if (key.ctrl && key.ch >= 'a' && key.ch <= 'z')
		ch[0] = (char)(key.ch - 'a' + 'A');
	else
		as_text_encode(ch, key.ch);
	snprintf(out, n, "%s%s%s", key.ctrl ? "Ctrl-" : "", key.alt ? "Alt-" : "", ch);
	return out;
}

bool tui_key_same(struct tui_key a, struct tui_key b)
{
	return a.special == b.special && a.ch == b.ch && a.ctrl == b.ctrl && a.alt == b.alt;
}
