/*
 * A session that no warning reaches is warned less and less often: each try costs rows of the journal, and is
 * the host's work. What a run asks for before the next try is due reaches nobody, without a row.
 */
#include "engine/acts/backoff.h"

#include "base/memory.h"
#include "engine/grounds/notices.h"
#include "engine/task.h"

#include <stdlib.h>

/* What a host tells, or is asked, of a session that stays as hard to reach as it was. */
#define SAME_REACH                                                                                           \
    (CF_FIELD_BIT(CF_FIELD_IDLE) | CF_FIELD_BIT(CF_FIELD_IDLE_SOURCE) | CF_FIELD_BIT(CF_FIELD_OUTPUT) |      \
     CF_FIELD_BIT(CF_FIELD_AGE) | CF_FIELD_BIT(CF_FIELD_LOCKED_FOR) |                                        \
     CF_FIELD_BIT(CF_FIELD_DISCONNECTED_FOR) | CF_FIELD_BIT(CF_FIELD_GROUPS) |                               \
     CF_FIELD_BIT(CF_FIELD_LANGUAGE) | CF_FIELD_BIT(CF_FIELD_PROGRAMS) | CF_FIELD_BIT(CF_FIELD_CPU))

struct cf_backoff *cf_backoff_of(const struct cf_presence *presence)
{
    struct cf_backoff *backoff;
    HASH_FIND(hh, presence->engine->backoffs, &presence->key, sizeof presence->key, backoff);
    return backoff;
}

void cf_backoff_failed(struct cf_presence *presence)
{
    struct cf_backoff *backoff = cf_backoff_of(presence);
    if (!backoff) {
        backoff = cf_alloc(sizeof *backoff);
        *backoff = (struct cf_backoff){.key = presence->key, .wait = CF_BACKOFF_LEAST};
        HASH_ADD(hh, presence->engine->backoffs, key, sizeof backoff->key, backoff);
    }
    backoff->tries++;
    backoff->last = cf_loop_now(presence->engine->loop);
}

void cf_backoff_reset(struct cf_presence *presence)
{
    struct cf_backoff *backoff = cf_backoff_of(presence);
    if (!backoff)
        return;
    HASH_DEL(presence->engine->backoffs, backoff);
    free(backoff);
}

struct cf_mono cf_backoff_until(const struct cf_presence *presence)
{
    const struct cf_backoff *backoff = cf_backoff_of(presence);
    struct cf_mono life = cf_registry_life(presence->engine->registry, presence->key);
    if (!backoff)
        return CF_MONO_UNKNOWN;
    bool lives = cf_mono_known(life) && life.us > backoff->last.us;
    return cf_mono_add(backoff->last,
                       lives && backoff->wait.us > CF_BACKOFF_LIVES.us ? CF_BACKOFF_LIVES : backoff->wait);
}

bool cf_backoff_try(struct cf_presence *presence)
{
    struct cf_backoff *backoff = cf_backoff_of(presence);
    struct cf_mono now = cf_loop_now(presence->engine->loop);
    if (!backoff)
        return true;
    if (now.us < cf_backoff_until(presence).us)
        return false;
    backoff->last = now; /* so that others do not try as well until its outcome is known */
    backoff->wait.us *= 2;
    if (backoff->wait.us > CF_BACKOFF_MOST.us)
        backoff->wait = CF_BACKOFF_MOST;
    return true;
}

bool cf_backoff_tells(struct cf_presence *presence)
{
    struct cf_backoff *backoff = cf_backoff_of(presence);
    bool tells = !backoff || !backoff->refused;
    if (backoff)
        backoff->refused = true;
    return tells;
}

void cf_backoff_changed(struct cf_presence *presence, uint64_t fields)
{
    if (!(fields & ~SAME_REACH) || !cf_backoff_of(presence))
        return;
    cf_backoff_reset(presence);
    for (struct cf_task *task = presence->tasks; task; task = task->next)
        if (cf_notices_missed(task, presence->key)) /* it would log nobody off: another one warns afresh */
            task->sink->end_run(task, "its session has changed, and may be warned again");
}
