/*
 * Ends that may still come: of logoffs that have failed, or that an engine before this one asked for. Where
 * the session does end, the journal is told.
 */
#include "engine/acts/ends.h"

#include "base/memory.h"
#include "engine/context.h"

#include <stdlib.h>

struct cf_end {
    uint64_t decision;
    char *policy; /* NULL: a command's */
    int line;
    struct cf_mono until; /* until when it is that logoff's doing; unknown: it can be nothing else's */
    struct cf_end *next;
};

static bool is_over(const struct cf_end *end, const struct cf_engine *engine)
{
    return cf_mono_known(end->until) && end->until.us < cf_loop_now(engine->loop).us;
}

static void forget(struct cf_end **place)
{
    struct cf_end *end = *place;
    *place = end->next;
    free(end->policy);
    free(end);
}

/* Of a session that fails to end again and again. */
static void forget_over(struct cf_presence *presence)
{
    for (struct cf_end **place = &presence->ends; *place;)
        if (is_over(*place, presence->engine))
            forget(place);
        else
            place = &(*place)->next;
}

void cf_ends_await(struct cf_presence *presence, uint64_t decision, const char *policy, int line)
{
    const struct cf_engine *engine = presence->engine;
    forget_over(presence);
    const struct cf_session *session = cf_registry_get(engine->registry, presence->key);
    struct cf_end *end = cf_alloc(sizeof *end);
    *end = (struct cf_end){.decision = decision,
                           .policy = cf_strdup(policy),
                           .line = line,
                           .until = CF_MONO_UNKNOWN,
                           .next = presence->ends};
    if (session->closing != CF_TRI_YES) /* else it has begun, and nobody comes back to it */
        end->until = cf_mono_add(cf_loop_now(engine->loop), engine->config->limits.ends);
    presence->ends = end;
}

bool cf_engine_await_end(struct cf_engine *engine, cf_session_key key, const struct cf_entry *logoff)
{
    struct cf_presence *presence = cf_presence_of(engine, key);
    if (presence)
        cf_ends_await(presence, logoff->decision, logoff->policy, logoff->line);
    return presence && cf_registry_get(engine->registry, key)->closing == CF_TRI_YES;
}

void cf_ends_session_gone(const struct cf_presence *presence)
{
    struct cf_engine *engine = presence->engine;
    for (const struct cf_end *end = presence->ends; end; end = end->next) {
        if (is_over(end, engine))
            continue;
        struct cf_entry entry = {.what = CF_WHAT_ENDED,
                                 .decision = end->decision,
                                 .policy = end->policy,
                                 .line = end->line,
                                 .idle = {CF_UNKNOWN_US},
                                 .session = cf_registry_get(engine->registry, presence->key),
                                 .text = "it has ended after all"};
        cf_engine_write(engine, &entry, NULL, NULL);
    }
}

void cf_ends_finish(struct cf_presence *presence)
{
    while (presence->ends)
        forget(&presence->ends);
}
