/* In whose input a task has an interest. */
#ifndef CF_ENGINE_INTEREST_H
#define CF_ENGINE_INTEREST_H

#include "engine/context.h"

/* Looks for whose input could change what the task waits for. */
void cf_interests_update(struct cf_task *task);

#endif
