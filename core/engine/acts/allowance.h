/* How many rows of the journal a user's own requests may take. */
#ifndef CF_ENGINE_ALLOWANCE_H
#define CF_ENGINE_ALLOWANCE_H

#include "engine/engine.h"

#define CF_USERS_ROWS 20            /* of one user's own requests that are journalled at once, … */
#define CF_USERS_ROW  cf_minutes(3) /* … and then one in so long */

/* Whether one more row of the journal may tell of what the session's own user has asked for; takes it. */
bool cf_allowance_take(struct cf_engine *engine, const struct cf_session *session);
void cf_allowances_finish(struct cf_engine *engine);

#endif
