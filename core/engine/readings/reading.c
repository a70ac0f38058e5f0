/* Readings: fresh values of one session's sampled fields, one request for all who ask the same source at the
 * same instant. */
#include "engine/readings/reading.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>
#include <utlist.h>

static void take_reading(struct cf_reading *reading);

uint64_t cf_source_fields(enum cf_source source)
{
    static const uint64_t own[] = {[CF_SOURCE_DIRECTORY] = CF_FIELD_BIT(CF_FIELD_GROUPS),
                                   [CF_SOURCE_LANGUAGE] = CF_FIELD_BIT(CF_FIELD_LANGUAGE)};
    return source == CF_SOURCE_HOST ? ~(own[CF_SOURCE_DIRECTORY] | own[CF_SOURCE_LANGUAGE]) : own[source];
}

/* The first source of any of these, so that the host's own state, of which idle time is, is the freshest. */
static enum cf_source first_source(uint64_t fields)
{
    enum cf_source source = 0;
    while (source < CF_SOURCE_HOST && !(fields & cf_source_fields(source)))
        source++;
    return source;
}

static struct cf_reading *reading_of(struct cf_session_state *state, enum cf_source source)
{
    struct cf_reading **reading = &state->readings[source];
    if (!*reading) {
        *reading = cf_alloc(sizeof **reading);
        **reading = (struct cf_reading){.state = state};
    }
    return *reading;
}

/* Tells them one by one, since being told may make one cancel another. */
static void finish(struct cf_reader **list, int code, const char *message)
{
    while (*list) {
        struct cf_reader *reader = *list;
        struct cf_session_state *state = reader->state;
        cf_reader_cancel(reader);
        if (code == CF_OK && reader->rest)
            cf_reading_ask(state, reader->rest, reader);
        else
            reader->done(reader->data, code, message);
    }
}

bool cf_reading_is_about(const struct cf_session_state *state, const struct cf_session *answered)
{
    const struct cf_session *asked = cf_registry_get(state->engine->registry, state->key);
    return answered && strcmp(answered->identity.id, asked->identity.id) == 0 &&
           strcmp(answered->identity.host, asked->identity.host) == 0;
}

void cf_reading_note(struct cf_session_state *state, uint64_t moment, uint64_t fields)
{
    for (enum cf_source source = 0; source < CF_SOURCES; source++)
        if (fields & cf_source_fields(source)) {
            struct cf_reading *reading = reading_of(state, source);
            reading->read = moment;
            reading->read_fields = fields & cf_source_fields(source);
        }
}

uint64_t cf_reading_since(const struct cf_session_state *state, enum cf_field field, uint64_t since)
{
    const struct cf_reading *reading = state->readings[first_source(CF_FIELD_BIT(field))];
    return reading && reading->read > since ? reading->read_fields : 0;
}

bool cf_reading_is_fresh(const struct cf_session_state *state, uint64_t fields, uint64_t since)
{
    uint64_t told = state->told;
    if (told & CF_FIELD_BIT(CF_FIELD_IDLE))
        told |= CF_FIELD_BIT(CF_FIELD_IDLE_SOURCE);
    fields &= state->engine->sampled & ~told;
    for (enum cf_source source = 0; since && source < CF_SOURCES; source++) {
        const struct cf_reading *reading = state->readings[source];
        if (reading && reading->read > since)
            fields &= ~reading->read_fields;
    }
    return fields == 0;
}

static void on_read(void *data, const struct cf_completion *completion)
{
    struct cf_reading *reading = data;
    struct cf_session_state *state = reading->state;
    struct cf_engine *engine = state->engine;
    cf_session_key key = state->key;
    int code = completion->code;
    const char *message = completion->message;
    if (code == CF_OK && !cf_reading_is_about(state, completion->session)) {
        code = CF_FAILED;
        message = "the host answered for another session";
    }
    if (code == CF_OK)
        cf_reading_note(state, reading->asked_at, reading->fields);
    reading->asked = CF_MONO_UNKNOWN; /* nobody joins any more; who asks from here on has the next one */
    if (completion->code == CF_OK && completion->session)
        cf_registry_read(engine->registry, key, completion->session, completion->fields);
    if (cf_session_state_of(engine, key) == state && code == CF_OK &&
        (completion->fields & CF_FIELD_BIT(CF_FIELD_CPU)))
        engine->sink->cpu_read(state);
    if (cf_session_state_of(engine, key) != state)
        return; /* the answer showed that the id has another owner now; its readers were told */
    finish(&reading->readers[reading->now], code, message);
    reading->call = 0;
    if (reading->readers[!reading->now])
        take_reading(reading);
}

static void take_reading(struct cf_reading *reading)
{
    struct cf_session_state *state = reading->state;
    struct cf_engine *engine = state->engine;
    reading->now = !reading->now;
    reading->fields = reading->next_fields;
    reading->next_fields = 0;
    reading->asked = cf_loop_now(engine->loop);
    reading->asked_at = ++engine->moments;
    engine->counts.refreshes++;
    struct cf_request request = {.action = CF_ACTION_REFRESH,
                                 .session = cf_registry_get(engine->registry, state->key)->identity,
                                 .fields = reading->fields,
                                 .quiet_since = CF_MONO_UNKNOWN};
    reading->call = cf_calls_submit(engine->calls, &request, CF_READING_LIMIT, on_read, reading);
}

void cf_reading_ask(struct cf_session_state *state, uint64_t fields, struct cf_reader *reader)
{
    enum cf_source source = first_source(fields);
    struct cf_reading *reading = reading_of(state, source);
    reader->state = state;
    reader->rest = fields & ~cf_source_fields(source);
    fields &= cf_source_fields(source);
    bool joins = reading->call && reading->asked.us == cf_loop_now(state->engine->loop).us &&
                 (fields & ~reading->fields) == 0;
    reader->among = &reading->readers[joins ? reading->now : !reading->now];
    DL_APPEND(*reader->among, reader); /* in the order of asking */
    if (joins) {                       /* it is not answered yet, so it is as fresh for whoever asks now */
        reading->asked_at = ++state->engine->moments;
        return;
    }
    reading->next_fields |= fields;
    if (!reading->call)
        take_reading(reading);
}

void cf_reading_join(struct cf_session_state *state, enum cf_source source, struct cf_reader *reader)
{
    reader->state = state;
    struct cf_reading *reading = state->readings[source];
    reader->among = &reading->readers[reading->now];
    DL_PREPEND(*reader->among, reader);
}

static void forget(void *data, int code, const char *message)
{
    (void)code, (void)message;
    free(data); /* what was read is in the registry */
}

void cf_reading_refresh(struct cf_session_state *state, uint64_t fields)
{
    struct cf_reader *reader = cf_alloc(sizeof *reader);
    *reader = (struct cf_reader){.done = forget, .data = reader};
    cf_reading_ask(state, fields, reader);
}

void cf_reader_cancel(struct cf_reader *reader)
{
    if (!reader->state)
        return;
    DL_DELETE(*reader->among, reader);
    reader->state = NULL;
}

void cf_readings_end(struct cf_session_state *state)
{
    for (enum cf_source source = 0; source < CF_SOURCES; source++) {
        struct cf_reading *reading = state->readings[source];
        if (!reading)
            continue;
        cf_calls_forget(state->engine->calls, reading->call);
        finish(&reading->readers[reading->now], CF_GONE, "the session has ended");
        finish(&reading->readers[!reading->now], CF_GONE, "the session has ended");
    }
}

void cf_readings_finish(struct cf_session_state *state)
{
    for (enum cf_source source = 0; source < CF_SOURCES; source++)
        free(state->readings[source]);
}

/* ---- For who asks from outside ---- */

struct asking {
    struct cf_reader reader;
    void (*done)(void *data, int code);
    void *data;
};

static void on_asked(void *data, int code, const char *message)
{
    (void)message;
    struct asking asking = *(struct asking *)data;
    free(data);
    asking.done(asking.data, code);
}

void cf_engine_read(struct cf_engine *engine, cf_session_key key, void (*done)(void *data, int code),
                    void *data)
{
    struct asking *asking = cf_alloc(sizeof *asking);
    *asking = (struct asking){.reader = {.done = on_asked, .data = asking}, .done = done, .data = data};
    uint64_t matter = engine->match_fields & engine->sampled & cf_source_fields(CF_SOURCE_HOST);
    cf_reading_ask(cf_session_state_of(engine, key),
                   CF_FIELD_BIT(CF_FIELD_IDLE) | CF_FIELD_BIT(CF_FIELD_IDLE_SOURCE) | matter,
                   &asking->reader); /* groups and language are asked for early, and waited for by nobody */
}
