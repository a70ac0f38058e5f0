/*
 * Ends that may still come: of logoffs that have failed, or that an engine before this one asked for. Where
 * the session does end, the journal is told.
 */
#include "engine/actions/ends.h"

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
static void forget_over(struct cf_session_state *state)
{
    for (struct cf_end **place = &state->ends; *place;)
        if (is_over(*place, state->engine))
            forget(place);
        else
            place = &(*place)->next;
}

void cf_ends_await(struct cf_session_state *state, uint64_t decision, const char *policy, int line)
{
    const struct cf_engine *engine = state->engine;
    forget_over(state);
    const struct cf_session *session = cf_registry_get(engine->registry, state->key);
    struct cf_end *end = cf_alloc(sizeof *end);
    *end = (struct cf_end){.decision = decision,
                           .policy = cf_strdup(policy),
                           .line = line,
                           .until = CF_MONO_UNKNOWN,
                           .next = state->ends};
    if (session->closing != CF_TRI_YES) /* else it has begun, and nobody comes back to it */
        end->until = cf_mono_add(cf_loop_now(engine->loop), engine->config->limits.ends);
    state->ends = end;
}

bool cf_engine_await_end(struct cf_engine *engine, cf_session_key key, const struct cf_entry *logoff)
{
    cf_ends_await(cf_session_state_of(engine, key), logoff->decision, logoff->policy, logoff->line);
    return cf_registry_get(engine->registry, key)->closing == CF_TRI_YES;
}

void cf_ends_session_gone(const struct cf_session_state *state)
{
    struct cf_engine *engine = state->engine;
    for (const struct cf_end *end = state->ends; end; end = end->next) {
        if (is_over(end, engine))
            continue;
        struct cf_entry entry = {.what = CF_WHAT_ENDED,
                                 .decision = end->decision,
                                 .policy = end->policy,
                                 .line = end->line,
                                 .idle = {CF_UNKNOWN_US},
                                 .session = cf_registry_get(engine->registry, state->key),
                                 .text = "it has ended after all"};
        cf_engine_write(engine, &entry, NULL, NULL);
    }
}

void cf_ends_finish(struct cf_session_state *state)
{
    while (state->ends)
        forget(&state->ends);
}
