/* Whom the configuration protects, always; and how many sessions may be ended a minute, in all. */
#ifndef CF_ENGINE_LIMITS_H
#define CF_ENGINE_LIMITS_H

#include "engine/engine.h"

/* The logoffs of the last minute, a ring. */
struct cf_pace {
    int64_t *taken; /* monotonic times */
    size_t size, place;
};

/* NULL, or why the configuration protects the session: "root is protected". */
const char *cf_guard(const struct cf_config *config, const struct cf_session *session);
uint64_t cf_guard_fields(const struct cf_config *config);

/* A turn for one more logoff, now or later, in the order of asking; false: it would come too late. */
bool cf_pace_take(struct cf_engine *engine, struct cf_mono *ret_turn);
void cf_pace_finish(struct cf_engine *engine);

#endif
