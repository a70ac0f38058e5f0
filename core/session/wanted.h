/* What may be wanted of a session's field: texts that can mean nobody are told from those that may. */
#ifndef CF_SESSION_WANTED_H
#define CF_SESSION_WANTED_H

#include "session/session.h"

/*
 * Whether the text, in which * and ? stand for others, can be the field's (an enum cf_field; from
 * CF_FIELD_COUNT on, a host's name or an id). CF_USAGE says why not: a list in one text, another language's
 * patterns, a class or a type that there is not.
 */
int cf_wanted_check(int field, const char *text, struct cf_error *err);

#endif
