/* Policies loaded without a host, to see what they have declared. Nothing is done. */
#ifndef CF_PROGRAM_LOADED_H
#define CF_PROGRAM_LOADED_H

#include "engine/engine.h"

struct cf_loaded {
    struct cf_loop *loop;
    struct cf_engine *engine;
};

/* CF_POLICY: one does not load. Finish it in any case. */
int cf_loaded_init(struct cf_loaded *loaded, const struct cf_config *config, const struct cf_zone *zone,
                   struct cf_error *err);
void cf_loaded_finish(struct cf_loaded *loaded);

#endif
