/* What a task has to be told of beside its own session's changes. */
#ifndef CF_ENGINE_INTEREST_H
#define CF_ENGINE_INTEREST_H

#include "engine/context.h"

/* Whether the task is told of the session's changes because it is its own. */
bool cf_task_is_told(const struct cf_task *task, cf_session_key session);

/* Whether the task is told of every session's changes, as those need whose conditions look at others. */
void cf_lookers_update(struct cf_task *task);

/* Looks for whose input could change what the task waits for. */
void cf_interests_update(struct cf_task *task);

#endif
