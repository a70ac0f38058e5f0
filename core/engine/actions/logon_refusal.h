/* Whether the host refuses logons: as long as any policy at work does. */
#ifndef CF_ENGINE_LOGON_REFUSAL_H
#define CF_ENGINE_LOGON_REFUSAL_H

#include "engine/engine.h"

#define CF_LOGON_REFUSAL_LEAST CF_MINUTE /* after the host failed to do so once, … */
#define CF_LOGON_REFUSAL_MOST                                                                                \
    CF_HOUR /* … and after many times, twice as long each time, it is asked again                          \
             */
#define CF_LOGON_REFUSAL_GRACE cf_seconds(10) /* for a policy that is loaded again to say its word anew */

/* The policy is set aside, rests or goes: its refusal is nobody's any more, and ends a moment later. */
void cf_logon_refusal_forget(struct cf_policy *policy);

/* The host can be reached, at first or again: it is asked at once. */
void cf_logon_refusal_retry(struct cf_engine *engine);

void cf_logon_refusal_init(struct cf_engine *engine);
void cf_logon_refusal_finish(struct cf_engine *engine);

#endif
