/* What people do by commands, journalled. */
#ifndef CF_ENGINE_HANDS_H
#define CF_ENGINE_HANDS_H

#include "engine/engine.h"

struct cf_presence;

bool cf_hands_stay(struct cf_presence *presence); /* its user asked to stay: whether that changed anything */
void cf_hands_session_gone(const struct cf_presence *presence);

#endif
