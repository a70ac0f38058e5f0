/*
 * A helper in a session at the console, where Windows itself keeps no time of input: a process of curfew's
 * own program (inside.h), begun in the session as its user, that is asked by the agents' protocol
 * (core/agent). It is known by the pipe that it was given, whose other end nobody else can have. One that
 * ends leaves the session unknown, and another is begun, less and less often.
 */
#ifndef CF_WTS_HELPER_H
#define CF_WTS_HELPER_H

#include "agent/link.h"
#include "wts/host.h"

/* Begins one where the session needs it, and ends it where it does not any more. */
void cf_wts_helper_look(struct cf_wts *host, struct cf_wts_known *known);

/* The session has gone, or the back end closes. */
void cf_wts_helper_end(struct cf_wts_known *known);

/* Whether there is one to be asked. */
bool cf_wts_helper_listens(const struct cf_wts_known *known);

/* Asks it; `order->done` follows. */
void cf_wts_helper_ask(struct cf_wts_known *known, struct cf_agent_order *order);

/* Takes what it has answered to what was asked at `asked`; NULL: nothing. Returns the last input, unknown
 * where it does not know of any, which the record has from now on, too. */
struct cf_mono cf_wts_helper_take(struct cf_wts_known *known, const struct cf_agent_answer *answer,
                                  struct cf_mono asked);

/* Puts what it told last into the record, which a look at the session at the console has written anew. */
void cf_wts_helper_tell(struct cf_wts_known *known);

#endif
