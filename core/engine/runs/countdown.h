/* A run that has warned ends as soon as a ground of it does not hold any more. */
#ifndef CF_ENGINE_COUNTDOWN_H
#define CF_ENGINE_COUNTDOWN_H

#include "engine/readings/reading.h"
#include "time/loop.h"

struct cf_task;

/* While a run has warned somebody: its grounds are looked at whenever they may not hold any more. */
struct cf_countdown {
    struct cf_task *task;
    struct cf_timer timer;
    struct cf_reader reader;
    uint64_t confirming; /* the moment since which: what was read later is fresh; 0: not at all */
};

/* To be called when the run goes on to wait, has warned, or has taken a warning back. */
void cf_countdown_update(struct cf_task *task);
void cf_countdown_finish(struct cf_task *task);

#endif
