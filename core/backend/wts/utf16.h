/* Windows' strings are UTF-16; everything else here is UTF-8. This is the border. */
#ifndef CF_WTS_UTF16_H
#define CF_WTS_UTF16_H

#include <stddef.h>
#include <wchar.h>

/* The caller's. What is no UTF-16 (half a pair) becomes U+FFFD. NULL and "" are NULL: nobody tells. */
char *cf_utf8_of(const wchar_t *text);

/* The same of a field of fixed size, which need not end in a zero. */
char *cf_utf8_of_field(const wchar_t *text, size_t size);

/* The caller's, never NULL. What is no UTF-8 becomes U+FFFD; NULL is "". */
wchar_t *cf_utf16_of(const char *text);

#endif
