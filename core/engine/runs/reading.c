/* Readings: fresh values of one session's sampled fields, one request for all who ask at the same instant. */
#include "engine/internal.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

static void take(struct cf_presence *presence);

/* Tells them one by one, since being told may make one cancel another. */
static void finish(struct cf_reader **list, int code, const char *message)
{
    while (*list) {
        struct cf_reader *reader = *list;
        *list = reader->next;
        reader->presence = NULL;
        reader->next = NULL;
        reader->done(reader->data, code, message);
    }
}

bool cf_reading_is_about(const struct cf_presence *presence, const struct cf_session *answered)
{
    const struct cf_session *asked = cf_registry_get(presence->engine->registry, presence->key);
    return answered && strcmp(answered->identity.id, asked->identity.id) == 0 &&
           strcmp(answered->identity.host, asked->identity.host) == 0;
}

void cf_reading_note(struct cf_presence *presence, uint64_t moment, uint64_t fields)
{
    presence->read = moment;
    presence->read_fields = fields;
}

bool cf_reading_is_fresh(const struct cf_presence *presence, uint64_t fields, uint64_t since)
{
    fields &= presence->engine->sampled & ~cf_input_told(presence);
    bool read = since && presence->read > since;
    return (fields & ~(read ? presence->read_fields : 0)) == 0;
}

static void on_read(void *data, const struct cf_completion *completion)
{
    struct cf_presence *presence = data;
    struct cf_engine *engine = presence->engine;
    cf_session_key key = presence->key;
    int code = completion->code;
    const char *message = completion->message;
    if (code == CF_OK && !cf_reading_is_about(presence, completion->session)) {
        code = CF_FAILED;
        message = "the host answered for another session";
    }
    if (code == CF_OK)
        cf_reading_note(presence, presence->asked_at, presence->fields);
    presence->asked = CF_MONO_UNKNOWN; /* nobody joins any more; who asks from here on has the next reading */
    if (completion->code == CF_OK && completion->session)
        cf_registry_read(engine->registry, key, completion->session, completion->fields);
    if (cf_presence_of(engine, key) == presence && code == CF_OK &&
        (completion->fields & CF_FIELD_BIT(CF_FIELD_CPU)))
        cf_load_note(presence, cf_registry_get(engine->registry, key)->cpu);
    if (cf_presence_of(engine, key) != presence)
        return; /* the answer showed that the id has another owner now; its readers were told */
    finish(&presence->readers, code, message);
    presence->call = 0;
    if (presence->next_readers)
        take(presence);
}

static void take(struct cf_presence *presence)
{
    struct cf_engine *engine = presence->engine;
    presence->readers = presence->next_readers;
    presence->fields = presence->next_fields;
    presence->next_readers = NULL;
    presence->next_fields = 0;
    presence->asked = cf_loop_now(engine->loop);
    presence->asked_at = ++engine->moments;
    engine->counts.refreshes++;
    struct cf_request request = {.action = CF_ACTION_REFRESH,
                                 .session = cf_registry_get(engine->registry, presence->key)->identity,
                                 .fields = presence->fields,
                                 .quiet_since = CF_MONO_UNKNOWN};
    presence->call = cf_calls_submit(engine->calls, &request, CF_READING_LIMIT, on_read, presence);
}

void cf_reading_ask(struct cf_presence *presence, uint64_t fields, struct cf_reader *reader)
{
    reader->presence = presence;
    bool joins = presence->call && presence->asked.us == cf_loop_now(presence->engine->loop).us &&
                 (fields & ~presence->fields) == 0;
    struct cf_reader **list = joins ? &presence->readers : &presence->next_readers;
    while (*list) /* in the order of asking */
        list = &(*list)->next;
    reader->next = NULL;
    *list = reader;
    if (joins) { /* it is not answered yet, so it is as fresh for whoever asks now */
        presence->asked_at = ++presence->engine->moments;
        return;
    }
    presence->next_fields |= fields;
    if (!presence->call)
        take(presence);
}

static void forget(void *data, int code, const char *message)
{
    (void)code, (void)message;
    free(data); /* what was read is in the registry */
}

void cf_reading_refresh(struct cf_presence *presence, uint64_t fields)
{
    struct cf_reader *reader = cf_alloc(sizeof *reader);
    *reader = (struct cf_reader){.done = forget, .data = reader};
    cf_reading_ask(presence, fields, reader);
}

static void unlink_from(struct cf_reader **list, const struct cf_reader *reader)
{
    for (; *list; list = &(*list)->next)
        if (*list == reader) {
            *list = reader->next;
            return;
        }
}

void cf_reader_cancel(struct cf_reader *reader)
{
    if (!reader->presence)
        return;
    unlink_from(&reader->presence->readers, reader);
    unlink_from(&reader->presence->next_readers, reader);
    reader->presence = NULL;
    reader->next = NULL;
}

void cf_readings_end(struct cf_presence *presence)
{
    cf_calls_forget(presence->engine->calls, presence->call);
    finish(&presence->readers, CF_GONE, "the session has ended");
    finish(&presence->next_readers, CF_GONE, "the session has ended");
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
    cf_reading_ask(cf_presence_of(engine, key),
                   CF_FIELD_BIT(CF_FIELD_IDLE) | CF_FIELD_BIT(CF_FIELD_IDLE_SOURCE) |
                       (engine->match_fields & engine->sampled),
                   &asking->reader);
}
