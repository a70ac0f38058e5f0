/* Ends that may still come, of logoffs that were given up or asked for by an engine before. */
#ifndef CF_ENGINE_ENDS_H
#define CF_ENGINE_ENDS_H

#include "engine/engine.h"

struct cf_session_state;

/*
 * A logoff that is over for us may end the session yet: when it does, the decision's outcome is journalled.
 * That is its doing where the session was closing by now, or where it ends within limits.ends. `policy` is
 * NULL for a command's.
 */
void cf_ends_await(struct cf_session_state *state, uint64_t decision, const char *policy, int line);
void cf_ends_session_gone(const struct cf_session_state *state);
void cf_ends_finish(struct cf_session_state *state);

#endif
