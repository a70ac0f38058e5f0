/*
 * Sessions whose idle time is not to be relied on (idle_doubt): somebody has set the time of input that a
 * terminal notes, say. Nobody is ended on its strength, so they may keep their sessions for ever; that is
 * noted once for each session, and told as an error where it lasts.
 */
#include "engine/readings/doubts.h"

#include "base/log.h"
#include "base/memory.h"

#include <stdlib.h>

static void on_long(struct cf_timer *timer)
{
    struct cf_session_state *state = timer->data;
    const struct cf_session *session = cf_registry_get(state->engine->registry, state->key);
    char span[CF_SPAN_TEXT];
    struct cf_buffer text = {0};
    state->doubt->long_told = true;
    cf_buffer_printf(&text,
                     "its idle time has not been known for sure for %s, so that no policy may ever end it; "
                     "speak with its user: %s",
                     cf_span_words(CF_DOUBT_LONG, span), session->idle_doubt);
    cf_session_state_report(state, CF_WHAT_DOUBT, CF_LOG_ERROR, text.data);
    cf_buffer_finish(&text);
}

static void end(const struct cf_session_state *state)
{
    cf_timer_stop(state->engine->loop, &state->doubt->timer);
    state->doubt->since = CF_MONO_UNKNOWN;
    state->doubt->long_told = false;
}

void cf_doubt_changed(struct cf_session_state *state)
{
    struct cf_loop *loop = state->engine->loop;
    const struct cf_session *session = cf_registry_get(state->engine->registry, state->key);
    if (!session->idle_doubt && state->doubt)
        end(state);
    if (!session->idle_doubt)
        return;
    if (!state->doubt) {
        state->doubt = cf_alloc(sizeof *state->doubt);
        *state->doubt =
            (struct cf_doubt){.since = CF_MONO_UNKNOWN, .timer = {.fire = on_long, .data = state}};
        cf_session_state_report(state, CF_WHAT_DOUBT, CF_LOG_WARNING, session->idle_doubt);
    }
    if (cf_mono_known(state->doubt->since))
        return;
    state->doubt->since = cf_loop_now(loop);
    cf_timer_set(loop, &state->doubt->timer, cf_mono_add(state->doubt->since, CF_DOUBT_LONG));
}

void cf_doubt_finish(struct cf_session_state *state)
{
    if (state->doubt)
        end(state);
    free(state->doubt);
}
