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
    struct cf_presence *presence = timer->data;
    const struct cf_session *session = cf_registry_get(presence->engine->registry, presence->key);
    char span[CF_SPAN_TEXT];
    struct cf_buffer text = {0};
    presence->doubt->long_told = true;
    cf_buffer_printf(&text,
                     "its idle time has not been known for sure for %s, so that no policy may ever end it; "
                     "speak with its user: %s",
                     cf_span_words(CF_DOUBT_LONG, span), session->idle_doubt);
    cf_presence_report(presence, CF_WHAT_DOUBT, CF_LOG_ERROR, text.data);
    cf_buffer_finish(&text);
}

static void end(const struct cf_presence *presence)
{
    cf_timer_stop(presence->engine->loop, &presence->doubt->timer);
    presence->doubt->since = CF_MONO_UNKNOWN;
    presence->doubt->long_told = false;
}

void cf_doubt_changed(struct cf_presence *presence)
{
    struct cf_loop *loop = presence->engine->loop;
    const struct cf_session *session = cf_registry_get(presence->engine->registry, presence->key);
    if (!session->idle_doubt && presence->doubt)
        end(presence);
    if (!session->idle_doubt)
        return;
    if (!presence->doubt) {
        presence->doubt = cf_alloc(sizeof *presence->doubt);
        *presence->doubt =
            (struct cf_doubt){.since = CF_MONO_UNKNOWN, .timer = {.fire = on_long, .data = presence}};
        cf_presence_report(presence, CF_WHAT_DOUBT, CF_LOG_WARNING, session->idle_doubt);
    }
    if (cf_mono_known(presence->doubt->since))
        return;
    presence->doubt->since = cf_loop_now(loop);
    cf_timer_set(loop, &presence->doubt->timer, cf_mono_add(presence->doubt->since, CF_DOUBT_LONG));
}

void cf_doubt_finish(struct cf_presence *presence)
{
    if (presence->doubt)
        end(presence);
    free(presence->doubt);
}
