#include "export/xml.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <libxml/parser.h>
#include <libxml/xmlwriter.h>

#include "base/buffer.h"
#include "base/text.h"

struct as_xml {
	xmlBufferPtr out;
	xmlTextWriterPtr w; /* writes into out */
	bool failed;
};

static void check(struct as_xml *x, int rc)
{
	if (rc < 0)
		x->failed = true;
}

void as_xml_prepare(void)
{
	xmlInitParser();
}

struct as_xml *as_xml_new(bool indented, bool declared)
{
	struct as_xml *x = calloc(1, sizeof *x);
	if (!x)
		return NULL;
	x->out = xmlBufferCreate();
	x->w = x->out ? xmlNewTextWriterMemory(x->out, 0) : NULL;
	x->failed = !x->w;
	if (x->failed)
		return x;
	if (indented) {
		check(x, xmlTextWriterSetIndent(x->w, 1));
		check(x, xmlTextWriterSetIndentString(x->w, BAD_CAST "\t"));
	}
	if (declared)
		check(x, xmlTextWriterStartDocument(x->w, "1.0", "UTF-8", NULL));
	return x;
}

void as_xml_free(struct as_xml *x)
{
	if (!x)
		return;
	if (x->w)
		xmlFreeTextWriter(x->w);
	if (x->out)
		xmlBufferFree(x->out);
	free(x);
}

/* What XML 1.0 has no character for and as_text_escape leaves: U+FFFE, U+FFFF. Both take three bytes, as U+FFFD does. */
static void replace_non_characters(char *text)
{
	uint32_t c = 0;
	for (int n; (n = as_text_decode(text, &c)) != 0; text += n > 0 ? n : 1)
		if (n == 3 && (c == 0xfffe || c == 0xffff))
			memcpy(text, "\xef\xbf\xbd", 3);
}

/* Text fit for XML, on the heap; NULL: x has failed. */
static char *make_fit(struct as_xml *x, const char *text)
{
	char *fit = x->failed ? NULL : as_text_escape_dup(text);
	if (fit)
		replace_non_characters(fit);
	else
		x->failed = true;
	return fit;
}

void as_xml_doctype(struct as_xml *x, const char *name, const char *public_id, const char *system_id)
{
	if (!x->failed)
		check(x, xmlTextWriterWriteDTD(x->w, BAD_CAST name, BAD_CAST public_id, BAD_CAST system_id, NULL));
	if (!x->failed)
		check(x, xmlTextWriterWriteRaw(x->w, BAD_CAST "\n"));
}

void as_xml_open(struct as_xml *x, const char *name)
{
	if (!x->failed)
		check(x, xmlTextWriterStartElement(x->w, BAD_CAST name));
}

void as_xml_close(struct as_xml *x)
{
	if (!x->failed)
		check(x, xmlTextWriterEndElement(x->w));
}

void as_xml_close_full(struct as_xml *x)
{
	if (!x->failed)
		check(x, xmlTextWriterFullEndElement(x->w));
}

void as_xml_attr(struct as_xml *x, const char *name, const char *value)
{
	char *fit = make_fit(x, value);
	if (fit)
		check(x, xmlTextWriterWriteAttribute(x->w, BAD_CAST name, BAD_CAST fit));
	free(fit);
}

bool as_xml_holds(const char *text)
{
	uint32_t c = 0;
	for (int n; (n = as_text_decode(text, &c)) != 0; text += n) {
		if (n < 0 || c == 0xfffe || c == 0xffff || (c < 0x20 && c != '\t' && c != '\n' && c != '\r'))
			return false;
	}
	return true;
}

void as_xml_exact(struct as_xml *x, const char *text)
{
	if (!as_xml_holds(text))
		x->failed = true;
	if (!x->failed)
		check(x, xmlTextWriterWriteString(x->w, BAD_CAST text));
}

void as_xml_text(struct as_xml *x, const char *text)
{
	char *fit = make_fit(x, text);
	if (fit)
		check(x, xmlTextWriterWriteString(x->w, BAD_CAST fit));
	free(fit);
}

static char *format(struct as_xml *x, const char *fmt, va_list ap)
{
	struct as_buffer b = {0};
	as_buffer_vaddf(&b, fmt, ap);
	char *text = as_buffer_take(&b);
	if (!text)
		x->failed = true;
	return text;
}

void as_xml_attrf(struct as_xml *x, const char *name, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	char *value = format(x, fmt, ap);
	va_end(ap);
	if (value)
		as_xml_attr(x, name, value);
	free(value);
}

void as_xml_textf(struct as_xml *x, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	char *text = format(x, fmt, ap);
	va_end(ap);
	if (text)
		as_xml_text(x, text);
	free(text);
}

void as_xml_element(struct as_xml *x, const char *name, const char *text)
{
	as_xml_open(x, name);
	as_xml_text(x, text);
	as_xml_close_full(x);
}

void as_xml_elementf(struct as_xml *x, const char *name, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	char *text = format(x, fmt, ap);
	va_end(ap);
	if (text)
		as_xml_element(x, name, text);
	free(text);
}

void as_xml_raw(struct as_xml *x, const char *constant)
{
	if (!x->failed)
		check(x, xmlTextWriterWriteRaw(x->w, BAD_CAST constant));
}

char *as_xml_finish(struct as_xml *x, size_t *n)
{
	char *text = NULL;
	if (!x->failed)
		check(x, xmlTextWriterEndDocument(x->w));
	if (!x->failed)
		check(x, xmlTextWriterFlush(x->w));
	if (!x->failed) {
		*n = (size_t)xmlBufferLength(x->out);
		text = malloc(*n + 1);
	}
	if (text) {
		memcpy(text, xmlBufferContent(x->out), *n);
		text[*n] = '\0';
	}
	as_xml_free(x);
	return text;
}
