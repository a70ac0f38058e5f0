/* What a desktop lacks: nothing tells of its input, or no warning can be shown there, and what to do. */
#ifndef CF_LOGIND_MISSING_H
#define CF_LOGIND_MISSING_H

#include "logind/host.h"

/* Brings the record's `missing` up to what is known of the session, and returns whether that is another than
 * before; the sink is for the caller to tell. */
bool cf_missing_look(const struct cf_logind *host, struct cf_cached *known);

#endif
