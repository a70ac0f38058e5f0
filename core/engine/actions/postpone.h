/* `stay`: a user puts a logoff off. */
#ifndef CF_ENGINE_POSTPONE_H
#define CF_ENGINE_POSTPONE_H

#include "engine/engine.h"

struct cf_session_state;

/* Until when the policy leaves the session alone; unknown: it does not. */
struct cf_mono cf_stay_until(const struct cf_session_state *state, const char *policy);

void cf_postpone_finish(struct cf_session_state *state);

#endif
