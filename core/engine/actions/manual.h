/* What people do by commands, journalled. */
#ifndef CF_ENGINE_MANUAL_H
#define CF_ENGINE_MANUAL_H

#include "engine/engine.h"

struct cf_session_state;

/* Its user has asked to stay: whether that changed anything. */
bool cf_manual_stay(struct cf_session_state *state);
void cf_manual_session_gone(const struct cf_session_state *state);

#endif
