/* `stay`: a user puts a logoff off. */
#ifndef CF_ENGINE_STAYS_H
#define CF_ENGINE_STAYS_H

#include "engine/engine.h"

struct cf_presence;

/* Until when the policy leaves the session alone; unknown: it does not. */
struct cf_mono cf_stay_until(const struct cf_presence *presence, const char *policy);

void cf_stays_finish(struct cf_presence *presence);

#endif
