/* Which tasks look at which sessions beside their own, so that a change is told to those alone. */
#ifndef CF_ENGINE_VIEWS_H
#define CF_ENGINE_VIEWS_H

#include "engine/context.h"

/* Whether the task is told of the session's changes because it is its own. */
bool cf_task_is_told(const struct cf_task *task, cf_session_key session);

/* What the task waits for, or rests on, has been asked anew, or is over. */
void cf_views_update(struct cf_task *task);

typedef void cf_viewer_teller(struct cf_task *task, cf_session_key session, uint64_t fields, bool listed);

/* Whoever looks at the session, or at such fields of whichever, and is not told of its changes anyway. Being
 * told may update that very task. */
void cf_views_tell(struct cf_engine *engine, cf_session_key session, uint64_t fields, bool listed,
                   cf_viewer_teller *tell);

#endif
