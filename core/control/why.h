/* Why a session is, or was, or will be ended, or not. */
#ifndef CF_CONTROL_WHY_H
#define CF_CONTROL_WHY_H

#include "control/engine_side.h"

/* `data` is a struct cf_requests. */
void cf_why_handle(void *data, const json_t *words, struct cf_control_call *call);

/*
 * Answers with `told`, what the engine has told of a session that is there, and the latest of its entries in
 * `known`; or, where that is NULL, with what is known of one that has ended: {"session", "user", "entries"}.
 * Takes both references; with neither, there is no such session.
 */
void cf_why_past(struct cf_control_call *call, json_t *told, json_t *known);

#endif
