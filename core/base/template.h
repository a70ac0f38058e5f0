/* Templates: texts in which {name} stands for a value, and which may be told in another language. */
#ifndef CF_BASE_TEMPLATE_H
#define CF_BASE_TEMPLATE_H

#include "base/error.h"

#include <stdbool.h>

/* The brace that opens the next {name} in `text`, NULL where there is none; *ret_length is the name's. */
const char *cf_template_next(const char *text, size_t *ret_length);

/* CF_POLICY where `text`, which is to be told instead of `original`, names a value that this does not. */
int cf_template_check(const char *text, const char *original, struct cf_error *err);

/* Whether this is what a language is called: "pt", "pt_BR". */
bool cf_language_is(const char *code);

/* Whether `code` (NULL: unknown, so not) is `language`, in any region: "pt_BR" is "pt". */
bool cf_language_fits(const char *code, const char *language);

#endif
