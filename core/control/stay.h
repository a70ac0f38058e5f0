/* Users put the logoff of their sessions off. */
#ifndef CF_CONTROL_STAY_H
#define CF_CONTROL_STAY_H

#include "control/engine_side.h"

/* `data` is a struct cf_requests. */
void cf_stay_handle(void *data, const json_t *words, struct cf_control_call *call);

#endif
