/*
 * How many rows of the journal a user's own requests (`stay`, and what they do by commands) may take: a few
 * at once, and then one in so long, of all sessions that they have, had and will have.
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

static struct cf_mono rested(const struct cf_engine *engine)
{
    return (struct cf_mono){cf_loop_now(engine->loop).us - CF_USERS_ROWS * CF_USERS_ROW.us};
}

/* Whoever has rested has all of it again, as those have who never asked. */
static void forget_rested(struct cf_engine *engine)
{
    struct cf_allowance *allowance, *following;
    HASH_ITER(hh, engine->allowances, allowance, following)
    {
        if (allowance->next.us > rested(engine).us)
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
        *allowance = (struct cf_allowance){.uid = session->uid, .next = rested(engine)};
        HASH_ADD(hh, engine->allowances, uid, sizeof allowance->uid, allowance);
    }
    if (allowance->next.us < rested(engine).us)
        allowance->next = rested(engine);
    struct cf_mono next = cf_mono_add(allowance->next, CF_USERS_ROW);
    if (next.us > cf_loop_now(engine->loop).us)
        return false;
    allowance->next = next;
    return true;
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
