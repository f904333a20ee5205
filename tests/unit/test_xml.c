/* XML that exports write: well-formed and with its texts intact whatever they hold; growing text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libxml/parser.h>
#include <libxml/tree.h>

#include "base/buffer.h"
#include "export/xml.h"

/* The document with one text as an attribute and as content, parsed back. */
static xmlDocPtr round_trip(const char *text, bool indented)
{
	size_t n = 0;
	struct as_xml *x = as_xml_new(indented, true);
	as_xml_open(x, "a");
	as_xml_attr(x, "v", text);
	as_xml_open(x, "b");
	as_xml_close(x);
	as_xml_element(x, "t", text);
	char *doc = as_xml_finish(x, &n);
	assert_non_null(doc);
	assert_int_equal(n, strlen(doc));
	xmlDocPtr parsed = xmlReadMemory(doc, (int)n, NULL, NULL, XML_PARSE_NONET | XML_PARSE_NOERROR);
	free(doc);
	assert_non_null(parsed);
	return parsed;
}

static void check_text(const char *text, const char *expected)
{
	for (int indented = 0; indented < 2; indented++) {
		xmlDocPtr d = round_trip(text, indented);
		xmlNodePtr root = xmlDocGetRootElement(d);
		xmlChar *v = xmlGetProp(root, BAD_CAST "v");
		xmlChar *t = xmlNodeGetContent(xmlLastElementChild(root));
		assert_string_equal((char *)v, expected);
		assert_string_equal((char *)t, expected);
		xmlFree(v);
		xmlFree(t);
		xmlFreeDoc(d);
	}
}

static void test_texts(void **state)
{
	(void)state;
	check_text("", "");
	check_text("a < b && c > \"d\" 'e' ]]> <!-- &amp;", "a < b && c > \"d\" 'e' ]]> <!-- &amp;");
	check_text("Grüße 東京 \xf0\x9f\x8e\xac.mov", "Grüße 東京 \xf0\x9f\x8e\xac.mov");
	check_text("a\x01\x1b[31m\n\tb", "a\\x01\\x1b[31m\\n\\tb");
	check_text("cut \xc3", "cut \\xc3");
	check_text("\xff\xfe \xed\xa0\x80", "\\xff\\xfe \\xed\\xa0\\x80");
	check_text("x\xef\xbf\xbf y\xef\xbf\xbe", "x\xef\xbf\xbd y\xef\xbf\xbd");
	check_text("left\xe2\x80\xaeright", "left\\u202eright");
}

static void test_formats(void **state)
{
	(void)state;
	size_t n;
	struct as_xml *x = as_xml_new(false, false);
	as_xml_doctype(x, "html", NULL, NULL);
	as_xml_open(x, "p");
	as_xml_attrf(x, "n", "%d<", 5);
	as_xml_textf(x, "%s&", "a");
	as_xml_elementf(x, "b", "%.1f", 1.25);
	as_xml_open(x, "div");
	as_xml_close_full(x);
	as_xml_open(x, "br");
	as_xml_close(x);
	as_xml_open(x, "style");
	as_xml_raw(x, "a > b{}");
	char *doc = as_xml_finish(x, &n);
	assert_non_null(doc);
	assert_string_equal(doc, "<!DOCTYPE html>\n<p n=\"5&lt;\">a&amp;<b>1.2</b><div></div><br/><style>a > b{}</style></p>\n");
	free(doc);
}

static void test_buffer(void **state)
{
	(void)state;
	struct as_buffer b = {0};
	for (int i = 0; i < 1000; i++)
		as_buffer_addf(&b, "%04d,", i);
	as_buffer_fill(&b, '.', 3);
	as_buffer_fill(&b, '.', -1);
	as_buffer_add(&b, "end");
	assert_int_equal(b.bytes, 5006);
	char *text = as_buffer_take(&b);
	assert_int_equal(strlen(text), 5006);
	assert_string_equal(text + 4995, "0999,...end");
	assert_null(b.text);
	free(text);
	text = as_buffer_take(&b); /* empty is a text too */
	assert_string_equal(text, "");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_formats),
		cmocka_unit_test(test_buffer),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	xmlCleanupParser();
	return failed;
}
