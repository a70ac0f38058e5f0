/* The reason of a logoff, with the spans that it names. */
#ifndef CF_ENGINE_REASON_H
#define CF_ENGINE_REASON_H

#include "session/session.h"

/* The text, with each {idle}, {age} or other span of the session as it is at `now`; other braces stay. The
 * caller's. */
char *cf_reason_fill(const char *text, const struct cf_session *session, struct cf_mono now);

#endif
