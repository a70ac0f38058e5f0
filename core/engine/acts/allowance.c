/*
 * How often something may be done that takes rows of the journal: a few times at once, and then one in so
 * long. Of users' own requests (`stay`, and what they do by commands) that counts for all sessions that they
 * have, had and will have; of a policy's, for each session, and for its refusals of logons.
 */
#include "engine/acts/allowance.h"

#include "base/memory.h"
#include "engine/context.h"

#include <stdlib.h>

struct cf_allowance {
    int64_t uid;         /* CF_NUMBER_UNKNOWN: of all whose uid nobody knows */
    struct cf_mono next; /* as a pace: when the next row would be due for whoever asks all the time */
    UT_hash_handle hh;
};

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

/* ---- Users ---- */

/* Whoever has rested has all of it again, as those have who never asked. */
static void forget_rested(struct cf_engine *engine)
{
    struct cf_allowance *allowance, *following;
    struct cf_mono least = rested(cf_loop_now(engine->loop), CF_USERS_ROWS, CF_USERS_ROW);
    HASH_ITER(hh, engine->allowances, allowance, following)
    {
        if (allowance->next.us > least.us)
            continue;
        HASH_DEL(engine->allowances, allowance);
        free(allowance);
    }
}

bool cf_allowance_take(struct cf_engine *engine, const struct cf_session *session)
{
    struct cf_allowance *allowance = NULL;
    HASH_FIND(hh, engine->allowances, &session->uid, sizeof session->uid, allowance);
    if (!allowance) {
        forget_rested(engine);
        allowance = cf_alloc(sizeof *allowance);
        *allowance = (struct cf_allowance){.uid = session->uid, .next = CF_MONO_UNKNOWN};
        HASH_ADD(hh, engine->allowances, uid, sizeof allowance->uid, allowance);
    }
    return pass(&allowance->next, cf_loop_now(engine->loop), CF_USERS_ROWS, CF_USERS_ROW);
}

void cf_allowances_finish(struct cf_engine *engine)
{
    struct cf_allowance *allowance, *following;
    HASH_ITER(hh, engine->allowances, allowance, following)
    {
        HASH_DEL(engine->allowances, allowance);
        free(allowance);
    }
}

/* ---- Policies ---- */

struct cf_act_pace {
    cf_session_key key;
    struct cf_mono next;
    UT_hash_handle hh;
};

bool cf_allowance_act(const struct cf_engine *engine, struct cf_act_pace **paces, cf_session_key key)
{
    struct cf_act_pace *pace;
    HASH_FIND(hh, *paces, &key, sizeof key, pace);
    if (!pace) {
        pace = cf_alloc(sizeof *pace);
        *pace = (struct cf_act_pace){.key = key, .next = CF_MONO_UNKNOWN};
        HASH_ADD(hh, *paces, key, sizeof pace->key, pace);
    }
    return pass(&pace->next, cf_loop_now(engine->loop), CF_ACTS_AT_ONCE, CF_ACTS_EACH);
}

bool cf_allowance_refuse_logons(const struct cf_engine *engine, struct cf_mono *next)
{
    return pass(next, cf_loop_now(engine->loop), CF_REFUSALS_AT_ONCE, CF_REFUSALS_EACH);
}

void cf_allowance_session_gone(struct cf_act_pace **paces, cf_session_key key)
{
    struct cf_act_pace *pace;
    HASH_FIND(hh, *paces, &key, sizeof key, pace);
    if (!pace)
        return;
    HASH_DEL(*paces, pace);
    free(pace);
}

void cf_allowance_finish(struct cf_act_pace **paces)
{
    while (*paces)
        cf_allowance_session_gone(paces, (*paces)->key);
}
