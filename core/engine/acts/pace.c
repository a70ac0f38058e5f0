/* How fast sessions may be ended: so many a minute in all, and of all sessions no more than a policy's share.
 */
#include "engine/internal.h"

#include "base/memory.h"

#include <stdlib.h>

#define NEVER_TAKEN INT64_MIN

enum { FREE = 3 }; /* sessions that any policy may end in ten minutes, however few there are in all */

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

/* Forgets what is longer ago than ten minutes; returns how many of the others are gone from the host. */
static size_t prune(struct cf_policy *policy)
{
    const struct cf_engine *engine = policy->engine;
    int64_t since = cf_loop_now(engine->loop).us - CF_SHARE_WINDOW.us;
    size_t kept = 0, gone = 0;
    for (size_t i = 0; i < policy->lately_count; i++) {
        struct cf_ending ending = policy->lately[i];
        if (ending.at.us < since)
            continue;
        gone += cf_registry_get(engine->registry, ending.session) == NULL;
        policy->lately[kept++] = ending;
    }
    policy->lately_count = kept;
    return gone;
}

bool cf_share_left(struct cf_policy *policy, cf_session_key session)
{
    const struct cf_engine *engine = policy->engine;
    double share = policy->config->share > 0 ? policy->config->share : engine->config->limits.share;
    struct cf_mono now = cf_loop_now(engine->loop);
    if (share >= 1 || (cf_mono_known(policy->freed_until) && now.us < policy->freed_until.us))
        return true;
    size_t all = prune(policy) + cf_registry_count(engine->registry);
    for (size_t i = 0; i < policy->lately_count; i++)
        if (policy->lately[i].session == session)
            return true; /* it has been counted */
    if (policy->lately_count >= FREE && (double)(policy->lately_count + 1) > share * (double)all)
        return false;
    policy->lately = cf_grow(policy->lately, policy->lately_count, sizeof *policy->lately);
    policy->lately[policy->lately_count++] = (struct cf_ending){session, now};
    return true;
}
