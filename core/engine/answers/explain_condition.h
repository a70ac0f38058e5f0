/* What a condition compared, in words. */
#ifndef CF_ENGINE_EXPLAIN_CONDITION_H
#define CF_ENGINE_EXPLAIN_CONDITION_H

#include "engine/engine.h"

/* [{"text": "idle (12 minutes) >= 25 minutes", "holds": false}…]; fields of `own` go without its id. The
 * caller's. */
json_t *cf_condition_explain(const struct cf_engine *engine, const struct cf_condition *condition,
                             cf_session_key own);

/* What the policy's days off are called, at this moment and when the task's wait for a time ends: ["Christmas
 * Day"]. The caller's. */
json_t *cf_calendars_explain(const struct cf_task *task);

#endif
