/* XML put together in memory by libxml2's writer: always well-formed, whatever the names and texts hold. */
#ifndef AS_EXPORT_XML_H
#define AS_EXPORT_XML_H

#include <stdbool.h>
#include <stddef.h>

/* A document being built. Failures (no memory) are kept and make as_xml_finish return NULL, so that the calls between need no checks.
 * Texts and attribute values may be any bytes: control characters and what is no UTF-8 are escaped as by as_text_escape, characters
 * that XML does not have are shown as U+FFFD, and < > & " become references. Names of elements and attributes are our own constants. */
struct as_xml;

/* Sets libxml2 up, which else would happen in whatever threads write or read XML first: before there are any. Again does nothing. */
void as_xml_prepare(void);

/* indented: one element a line, for XML that people compare; else not a byte is added. declared: begins with <?xml …?>. */
struct as_xml *as_xml_new(bool indented, bool declared);
void as_xml_free(struct as_xml *x);

/* What stands behind <!DOCTYPE NAME …: NULL for none of it. */
void as_xml_doctype(struct as_xml *x, const char *name, const char *public_id, const char *system_id);
void as_xml_open(struct as_xml *x, const char *name);
/* An element that stayed empty becomes <name/>. */
void as_xml_close(struct as_xml *x);
/* Or <name></name>: browsers take <div/> for <div>. */
void as_xml_close_full(struct as_xml *x);
/* After open, before any content. */
void as_xml_attr(struct as_xml *x, const char *name, const char *value);
void as_xml_attrf(struct as_xml *x, const char *name, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
void as_xml_text(struct as_xml *x, const char *text);
void as_xml_textf(struct as_xml *x, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Text to the byte: as_xml_holds must be true of it. */
void as_xml_exact(struct as_xml *x, const char *text);
/* Whether XML can hold these bytes as they are: UTF-8 without the characters that it does not have. */
bool as_xml_holds(const char *text);
/* <name>text</name> */
void as_xml_element(struct as_xml *x, const char *name, const char *text);
void as_xml_elementf(struct as_xml *x, const char *name, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* Our own constant, as it is: style sheets, which browsers do not unescape. */
void as_xml_raw(struct as_xml *x, const char *constant);
/* What was opened but not closed is closed. Heap text of *n bytes and a terminator; NULL when memory ran out. Frees x. */
char *as_xml_finish(struct as_xml *x, size_t *n);

#endif
