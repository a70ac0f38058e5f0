/* How fast sessions may be ended: so many a minute in all. */
#include "engine/internal.h"

#include "base/memory.h"

#include <stdlib.h>

#define NEVER_TAKEN INT64_MIN

/* A minute's logoffs stand in a ring: the next one goes a minute after the one that has its place. */
static void fit_ring(struct cf_pace *pace, size_t size)
{
    if (pace->size == size)
        return;
    free(pace->taken);
    pace->taken = cf_alloc(size * sizeof *pace->taken);
    pace->size = size;
    pace->place = 0;
    for (size_t i = 0; i < size; i++)
        pace->taken[i] = NEVER_TAKEN;
}

bool cf_pace_take(struct cf_engine *engine, struct cf_mono *ret_turn)
{
    struct cf_pace *pace = &engine->pace;
    fit_ring(pace, engine->config->limits.logoffs_per_minute);
    struct cf_mono turn = cf_loop_now(engine->loop);
    int64_t free_at = pace->taken[pace->place];
    free_at += free_at == NEVER_TAKEN ? 0 : CF_MINUTE.us;
    if (free_at > turn.us + CF_LATE.us)
        return false;
    if (free_at > turn.us)
        turn.us = free_at;
    pace->taken[pace->place] = turn.us;
    pace->place = (pace->place + 1) % pace->size;
    *ret_turn = turn;
    return true;
}

void cf_pace_finish(struct cf_engine *engine)
{
    free(engine->pace.taken);
}
