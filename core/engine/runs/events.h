/* What runs once for an event of a session; refused logons. */
#ifndef CF_ENGINE_EVENTS_H
#define CF_ENGINE_EVENTS_H

#include "engine/engine.h"

struct cf_session_state;

void cf_hooks_apply(struct cf_engine *engine); /* other policies are in force */
void cf_hooks_session(struct cf_session_state *state, enum cf_session_change change);

#endif
