/*
 * How often something may be done that takes rows of the journal: a few times at once, and then one in so
 * long. Of users' own requests (`stay`, and what they do by commands) that counts for all sessions that they
 * have, had and will have; of a policy's, for each session, and for its refusals of logons.
 */
#include "engine/actions/allowance.h"

#include "base/memory.h"
#include "engine/context.h"
#include "engine/policy.h"

#include <stdlib.h>

/* Of a `next` that is no later, all may be had at once. */
static struct cf_mono rested(struct cf_mono now, unsigned at_once, struct cf_span each)
{
    return (struct cf_mono){now.us - at_once * each.us};
}

/* Whether it may be done now; takes it. */
static bool pass(struct cf_mono *next, struct cf_mono now, unsigned at_once, struct cf_span each)
{
    struct cf_mono least = rested(now, at_once, each);
    struct cf_mono after = cf_mono_add(next->us < least.us ? least : *next, each);
    if (after.us > now.us)
        return false;
    *next = after;
    return true;
}

static struct cf_allowance *find_allowance(struct cf_allowance *all, uint64_t key)
{
    struct cf_allowance *allowance;
    HASH_FIND(hh, all, &key, sizeof key, allowance);
    return allowance;
}

static struct cf_allowance *add_allowance(struct cf_allowance **all, uint64_t key)
{
    struct cf_allowance *allowance = cf_alloc(sizeof *allowance);
    *allowance = (struct cf_allowance){.key = key, .next = CF_MONO_UNKNOWN};
    HASH_ADD(hh, *all, key, sizeof allowance->key, allowance);
    return allowance;
}

static void forget_allowance(struct cf_allowance **all, struct cf_allowance *allowance)
{
    HASH_DEL(*all, allowance);
    free(allowance);
}

void cf_allowance_finish(struct cf_allowance **all)
{
    while (*all)
        forget_allowance(all, *all);
}

/* ---- Users ---- */

/* Whoever has rested has all of it again, as those have who never asked. */
static void forget_rested(struct cf_engine *engine)
{
    struct cf_allowance *allowance, *following;
    struct cf_mono least = rested(cf_loop_now(engine->loop), CF_USERS_ROWS, CF_USERS_ROW);
    HASH_ITER(hh, engine->allowances, allowance, following)
    {
        if (allowance->next.us <= least.us)
            forget_allowance(&engine->allowances, allowance);
    }
}

bool cf_allowance_take(struct cf_engine *engine, const struct cf_session *session)
{
    uint64_t uid = (uint64_t)session->uid;
    struct cf_allowance *allowance = find_allowance(engine->allowances, uid);
    if (!allowance) {
        forget_rested(engine);
        allowance = add_allowance(&engine->allowances, uid);
    }
    return pass(&allowance->next, cf_loop_now(engine->loop), CF_USERS_ROWS, CF_USERS_ROW);
}

/* ---- Policies ---- */

bool cf_allowance_act(struct cf_policy *policy, cf_session_key key)
{
    struct cf_allowance *allowance = find_allowance(policy->actions, key);
    if (!allowance)
        allowance = add_allowance(&policy->actions, key);
    return pass(&allowance->next, cf_loop_now(policy->engine->loop), CF_ACTIONS_AT_ONCE, CF_ACTIONS_EACH);
}

bool cf_allowance_refuse_logons(const struct cf_engine *engine, struct cf_mono *next)
{
    return pass(next, cf_loop_now(engine->loop), CF_REFUSALS_AT_ONCE, CF_REFUSALS_EACH);
}

void cf_allowance_session_gone(struct cf_policy *policy, cf_session_key key)
{
    struct cf_allowance *allowance = find_allowance(policy->actions, key);
    if (allowance)
        forget_allowance(&policy->actions, allowance);
}
