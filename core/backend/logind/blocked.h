/*
 * Sessions whose terminals take nothing, as after Ctrl-S: they are told of (CF_FIELD_BLOCKED), and the loop
 * waits until one of them can be written to again.
 */
#ifndef CF_LOGIND_BLOCKED_H
#define CF_LOGIND_BLOCKED_H

#include "logind/host.h"
#include "logind/sources.h"

enum { CF_BLOCKED_IN_ALL = 256 }; /* terminals that are waited for; beyond, their sessions are not told of */

/*
 * Takes on what came of writing to the session's terminals: the descriptors of those that took nothing pass
 * from `sources`, and are in the place of those waited for so far. Tells the sink of a change, over which the
 * back end may be closed.
 */
void cf_blocked_take(struct cf_logind *host, struct cf_cached *known, struct cf_sources *sources);

/* Waits for none of the session's any more, without a word. */
void cf_blocked_end(struct cf_logind *host, struct cf_cached *known);

#endif
