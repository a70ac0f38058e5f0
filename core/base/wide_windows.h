/* The border to Windows: UTF-8 inside, UTF-16 in what the system is called with and answers. */
#ifndef CF_BASE_WIDE_WINDOWS_H
#define CF_BASE_WIDE_WINDOWS_H

#include <wchar.h>

/* A copy of a text in the other form, which the caller frees. What is no text becomes U+FFFD: never NULL. */
wchar_t *cf_wide(const char *text);
char *cf_narrow(const wchar_t *text);

/* What the system says of an error's number, without a line's end; the caller frees it. */
char *cf_windows_error(unsigned long number);

#endif
