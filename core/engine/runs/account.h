/* What the engine holds for a run counts with its policy's memory. */
#ifndef CF_ENGINE_ACCOUNT_H
#define CF_ENGINE_ACCOUNT_H

#include "engine/task.h"

/* Counts what is held for the task now. CF_POLICY: that is too much for its policy, and the run is to fail.
 */
int cf_account(struct cf_task *task, struct cf_error *err);

void cf_account_end(struct cf_task *task); /* nothing is held any more */

#endif
