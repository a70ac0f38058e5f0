/* What could end a wait, and its confirmation by a fresh reading; what a task has to be told of for it. */
#ifndef CF_ENGINE_WAIT_H
#define CF_ENGINE_WAIT_H

#include "engine/engine.h"

void cf_wait_begin(struct cf_task *task);
void cf_wait_due(struct cf_task *task);       /* the timer fired */
void cf_wait_set_again(struct cf_task *task); /* its timer, where it waits */
void cf_wait_changed(struct cf_task *task);   /* the session changed, or a notice was answered */
void cf_wait_end(struct cf_task *task);       /* of whatever kind, if any */

/* A session, the task's own or another, changed, or where `listed` came or went. */
void cf_condition_waits_changed(struct cf_task *task, cf_session_key session, uint64_t fields, bool listed);
void cf_lookers_changed(struct cf_engine *engine, cf_session_key session, uint64_t fields, bool listed);

/* Whether the task is told of the session's changes because it is its own. */
bool cf_task_is_told(const struct cf_task *task, cf_session_key session);

/* Whether the task is told of every session's changes, as those need whose conditions look at others. */
void cf_lookers_update(struct cf_task *task);

/* Looks for whose input could change what the task waits for. */
void cf_interests_update(struct cf_task *task);

/* A session of which something sampled counts that the condition read, and that is not as it is now. NULL:
 * none. */
struct cf_presence *cf_condition_unread(const struct cf_engine *engine, const struct cf_condition *condition,
                                        uint64_t since, uint64_t *ret_fields);

#endif
