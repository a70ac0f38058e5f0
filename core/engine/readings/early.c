/*
 * What is asked for as a session comes, so that nobody has to wait for it when the time has come: what
 * deciding about tasks needs (groups, say), and the language of warnings. A directory that does not answer is
 * asked again, ever more seldom; a session's first processes may not have been told a language yet.
 */
#include "engine/readings/early.h"

#include "base/memory.h"

#include <stdlib.h>

#define LANGUAGE CF_FIELD_BIT(CF_FIELD_LANGUAGE)
#define GROUPS   CF_FIELD_BIT(CF_FIELD_GROUPS)

static void ask(struct cf_early *early);

static void end(struct cf_early *early)
{
    if (!early)
        return;
    early->state->early[early->source] = NULL;
    cf_timer_stop(early->state->engine->loop, &early->again);
    cf_reader_cancel(&early->reader);
    free(early);
}

static bool is_missing(const struct cf_early *early, int code)
{
    const struct cf_session *session = cf_registry_get(early->state->engine->registry, early->state->key);
    if (early->fields & LANGUAGE) /* once more where it answers: most are told it within a minute, if ever */
        return !session->language && (code != CF_OK || early->pace.us == CF_EARLY_PACE.us);
    return code != CF_OK || ((early->fields & GROUPS) && !session->groups);
}

static void on_read(void *data, int code, const char *message)
{
    (void)message;
    struct cf_early *early = data;
    if (code == CF_GONE)
        return;
    if (!is_missing(early, code)) {
        end(early);
        return;
    }
    struct cf_loop *loop = early->state->engine->loop;
    cf_timer_set(loop, &early->again, cf_mono_add(cf_loop_now(loop), early->pace));
    early->pace = cf_span_doubled(early->pace, CF_EARLY_LONGEST);
}

static void on_again(struct cf_timer *timer)
{
    ask(timer->data);
}

static void ask(struct cf_early *early)
{
    cf_timer_stop(early->state->engine->loop, &early->again);
    early->reader = (struct cf_reader){.done = on_read, .data = early};
    cf_reading_ask(early->state, early->fields, &early->reader);
}

static void begin(struct cf_session_state *state, enum cf_source source, uint64_t fields)
{
    end(state->early[source]);
    if (!fields)
        return;
    struct cf_early *early = state->early[source] = cf_alloc(sizeof *early);
    *early = (struct cf_early){.state = state, .source = source, .fields = fields, .pace = CF_EARLY_PACE};
    early->again = (struct cf_timer){.fire = on_again, .data = early};
    ask(early);
}

void cf_early_begin(struct cf_session_state *state, uint64_t known)
{
    const struct cf_engine *engine = state->engine;
    uint64_t needed = engine->match_fields & ~known & engine->sampled;
    cf_early_language(state);
    for (enum cf_source source = 0; source < CF_SOURCES; source++)
        if (source != CF_SOURCE_LANGUAGE)
            begin(state, source, needed & cf_source_fields(source));
}

void cf_early_language(struct cf_session_state *state)
{
    const struct cf_engine *engine = state->engine;
    const struct cf_early *early = state->early[CF_SOURCE_LANGUAGE];
    bool wanted = (engine->sampled & LANGUAGE) && (engine->translates || (engine->match_fields & LANGUAGE));
    if (wanted && !(early && early->reader.state) && !cf_registry_get(engine->registry, state->key)->language)
        begin(state, CF_SOURCE_LANGUAGE, LANGUAGE);
}

struct cf_mono cf_early_language_due(const struct cf_session_state *state)
{
    const struct cf_early *early = state->early[CF_SOURCE_LANGUAGE];
    const struct cf_reading *reading = state->readings[CF_SOURCE_LANGUAGE];
    return early && early->reader.state && reading->call && cf_mono_known(reading->asked)
               ? cf_mono_add(reading->asked, CF_LANGUAGE_LIMIT)
               : CF_MONO_UNKNOWN;
}

void cf_early_end(struct cf_session_state *state)
{
    for (enum cf_source source = 0; source < CF_SOURCES; source++)
        end(state->early[source]);
}
