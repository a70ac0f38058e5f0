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
void cf_views_changed(struct cf_engine *engine, cf_session_key session, uint64_t fields, bool listed);

#endif
