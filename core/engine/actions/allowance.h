/* How often something may be done that takes rows of the journal. */
#ifndef CF_ENGINE_ALLOWANCE_H
#define CF_ENGINE_ALLOWANCE_H

#include "base/hash.h"
#include "engine/engine.h"

#define CF_USERS_ROWS 20            /* of one user's own requests that are journalled at once, … */
#define CF_USERS_ROW  cf_minutes(3) /* … and then one in so long */

#define CF_ACTIONS_AT_ONCE  60 /* warnings, messages and actions of a policy for one session, … */
#define CF_ACTIONS_EACH     cf_seconds(10) /* … and then one in so long */
#define CF_REFUSALS_AT_ONCE 20             /* of logons by a policy, … */
#define CF_REFUSALS_EACH    CF_MINUTE      /* … and then one in so long */

struct cf_allowance {
    uint64_t key;        /* a session's, or a uid: CF_NUMBER_UNKNOWN is all whose uid nobody knows */
    struct cf_mono next; /* as a pace: when the next row would be due for whoever asks all the time */
    UT_hash_handle hh;
};

/* Whether one more row of the journal may tell of what the session's own user has asked for; takes it. */
bool cf_allowance_take(struct cf_engine *engine, const struct cf_session *session);

/* Whether the policy may ask one thing more for the session, or refuse logons once more; takes it. */
bool cf_allowance_act(struct cf_policy *policy, cf_session_key key);
bool cf_allowance_refuse_logons(const struct cf_engine *engine, struct cf_mono *next);
void cf_allowance_session_gone(struct cf_policy *policy, cf_session_key key);
void cf_allowance_finish(struct cf_allowance **all); /* users', or a policy's */

#endif
