/* `stay`: a user puts a logoff off. */
#ifndef CF_ENGINE_STAYS_H
#define CF_ENGINE_STAYS_H

#include "engine/engine.h"

struct cf_presence;

/* Until when the policy leaves the session alone; unknown: it does not. */
struct cf_mono cf_stay_until(const struct cf_presence *presence, const char *policy);

/* Until when a `stay` counts as a sign of life, which nothing but `stay` has given since *ret_since; unknown:
 * something else has. */
struct cf_mono cf_stay_vouches(const struct cf_presence *presence, struct cf_mono *ret_since);
void cf_stays_finish(struct cf_presence *presence);

#endif
