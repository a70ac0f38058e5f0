/* Policies that rest: paused, or held for their share of all sessions. */
#ifndef CF_ENGINE_PAUSES_H
#define CF_ENGINE_PAUSES_H

#include "engine/engine.h"

/* By whom, or why, until when: CF_NEVER: until somebody says `resume`. */
struct cf_pause {
    char *policy; /* NULL: all */
    char *why;
    bool held; /* by the guard of limits.share */
    struct cf_instant until;
    struct cf_pause *next;
};

void cf_pauses_init(struct cf_engine *engine); /* from the store */
void cf_pauses_finish(struct cf_engine *engine);
void cf_pauses_apply(struct cf_engine *engine);                        /* sets which policies rest */
void cf_pauses_clock_set(struct cf_engine *engine, struct cf_span by); /* a pause is as long as it was said */
/* It rests until somebody says `resume`: so many of its logoffs have come due within ten minutes, and it may
 * end `most` of all. */
void cf_policy_hold(struct cf_policy *policy, size_t due, size_t most, size_t all);

#endif
