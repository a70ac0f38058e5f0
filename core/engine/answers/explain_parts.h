/* What the answers about a session and about the engine have in common. Values are the caller's. */
#ifndef CF_ENGINE_EXPLAIN_PARTS_H
#define CF_ENGINE_EXPLAIN_PARTS_H

#include "engine/task.h"

#include <jansson.h>

/* A time as UTC; null for never. */
json_t *cf_explain_instant(struct cf_instant at);

/* A monotonic time on the wall clock, as far as one can say today; null where it is unknown. */
json_t *cf_explain_at(const struct cf_engine *engine, struct cf_mono time);

/* "act", "warn", "dry run". */
const char *cf_explain_mode(const struct cf_policy *policy);

/* Where a run stands, in words: "waits until the session has been idle for long enough". */
const char *cf_explain_standing(const struct cf_task *task);

/* When that can turn at the earliest; null where nobody knows. */
json_t *cf_explain_when(const struct cf_task *task);

/* What of a session's warnings reached nobody; NULL: they do, or none was tried. */
json_t *cf_explain_unreached(const struct cf_session_state *state);

#endif
