/* What runs once for an event of a session; refused logons. */
#ifndef CF_ENGINE_EVENTS_H
#define CF_ENGINE_EVENTS_H

#include "engine/engine.h"

struct cf_presence;

/* sessions.on. */
struct cf_hook {
    enum cf_policy_event event;
    uint64_t function;
    struct cf_hook *next;
};

void cf_hooks_session(struct cf_presence *presence, enum cf_session_change change, uint64_t fields);

#endif
