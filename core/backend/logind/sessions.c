#include "logind/sessions.h"

#include "base/memory.h"
#include "logind/agent.h"
#include "logind/blocked.h"
#include "logind/missing.h"
#include "logind/remotes.h"
#include "logind/watches.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <utlist.h>

#define TOLD_FIELDS                                                                                          \
    (cf_properties_fields | CF_REMOTES_FIELDS | CF_FIELD_BIT(CF_FIELD_AGENT) | CF_FIELD_BIT(CF_FIELD_MISSING))

/* ---- What is known ---- */

struct cf_cached *cf_sessions_find(struct cf_logind *host, const char *id)
{
    struct cf_cached *known = NULL;
    HASH_FIND_STR(host->sessions.known, id, known);
    return known;
}

struct cf_cached *cf_sessions_add(struct cf_logind *host, const char *id)
{
    struct cf_cached *known = cf_sessions_find(host, id);
    if (known) {
        known->listed = true;
        return known;
    }
    known = cf_alloc(sizeof *known);
    known->listed = true;
    cf_properties_init(&known->properties);
    cf_session_init(&known->record);
    known->agent_last = known->agent_began = known->remote.since = CF_MONO_UNKNOWN;
    known->record.agent = host->server || host->once ? CF_TRI_UNKNOWN : CF_TRI_NO;
    known->record.identity = (struct cf_identity){cf_strdup(host->name), cf_strdup(id), host->boot, 0};
    HASH_ADD_KEYPTR(hh, host->sessions.known, known->record.identity.id, strlen(id), known);
    return known;
}

static void forget(struct cf_logind *host, struct cf_cached *known)
{
    HASH_DEL(host->sessions.known, known);
    cf_watches_cancel(host, known);
    cf_session_agent_end(known);
    cf_blocked_end(host, known);
    cf_remotes_forget(host, known);
    free(known->owed);
    free(known->written);
    cf_stamps_finish(&known->stamps);
    cf_programs_finish(&known->programs);
    cf_properties_finish(&known->properties);
    cf_session_finish(&known->record);
    free(known);
}

void cf_cached_take_written(struct cf_cached *known, struct cf_sources *sources)
{
    free(known->written);
    known->written = sources->written;
    known->written_count = sources->written_count;
    sources->written = NULL;
    sources->written_count = 0;
}

void cf_sessions_gone(struct cf_logind *host, const char *id)
{
    struct cf_cached *known = cf_sessions_find(host, id);
    if (!known)
        return;
    struct cf_session record;
    cf_session_copy(&record, &known->record);
    forget(host, known);
    host->sink.gone(host->sink.data, &record.identity);
    cf_session_finish(&record);
}

void cf_sessions_tell(struct cf_logind *host, const struct cf_cached *known)
{
    host->sink.seen(host->sink.data, &known->record, TOLD_FIELDS);
}

struct cf_cached *cf_sessions_keep(struct cf_logind *host, const char *id, struct cf_properties *properties,
                                   struct cf_mono asked_at)
{
    struct cf_cached *known = cf_sessions_find(host, id);
    if (known && known->record.identity.birth &&
        known->record.identity.birth != cf_properties_birth(properties)) {
        cf_sessions_gone(host, id); /* the id was given to somebody else */
        if (host->closed)
            return NULL;
    }
    known = cf_sessions_add(host, id);
    properties->terminal = known->properties.terminal;
    known->properties.terminal = NULL;
    cf_properties_finish(&known->properties);
    known->properties = *properties;
    known->read_at = asked_at;
    known->by_file = false;
    cf_properties_init(properties);
    if (host->server) /* whose CLOCK_MONOTONIC is another */
        known->record.logged_on =
            cf_clock_mono_of_wall(cf_loop_clock(host->loop), (struct cf_instant){known->properties.logon});
    (void)cf_properties_apply(&known->properties, cf_loop_clock(host->loop), &known->record);
    (void)cf_missing_look(host, known);
    cf_remotes_apply(known);
    cf_sessions_tell(host, known);
    return host->closed ? NULL : known;
}

/* ---- One session ---- */

struct cf_reading {
    struct cf_bus_call call; /* first, so that one is found from the other */
    struct cf_logind *host;
    char *id;
    struct cf_mono asked_at;
    struct cf_remote_look *look; /* whoever is at a remote desktop; NULL: it is not looked at */
    cf_reading_done *done;
    void *data;
    struct cf_reading *prev, *next;
};

static void free_reading(struct cf_reading *reading)
{
    free(reading->id);
    free(reading);
}

/* It is none of the host's any more. */
static void end_reading(struct cf_reading *reading, struct cf_cached *known, const struct cf_error *err)
{
    if (!reading->host->closed && reading->done)
        reading->done(reading->host, reading->data, reading->id, known, err);
    free_reading(reading);
}

static void on_looked(void *data)
{
    struct cf_reading *reading = data;
    struct cf_error gone;
    DL_DELETE(reading->host->sessions.readings, reading);
    (void)cf_error_set(&gone, CF_GONE, "session %s has ended", reading->id);
    end_reading(reading, cf_sessions_find(reading->host, reading->id), &gone);
}

static void on_read(struct cf_bus_call *call, sd_bus_message *reply, const struct cf_error *err)
{
    struct cf_reading *reading = (struct cf_reading *)(void *)call;
    struct cf_logind *host = reading->host;
    struct cf_cached *known = NULL;
    struct cf_properties properties;
    struct cf_error failed;
    DL_DELETE(host->sessions.readings, reading);
    cf_properties_init(&properties);
    if (reply && cf_properties_read(&properties, reply) == 0 && properties.logon_awake > 0)
        known = cf_sessions_keep(host, reading->id, &properties, reading->asked_at);
    else if (reply) {
        (void)cf_error_set(&failed, CF_FAILED, "logind describes session %s in a way not understood",
                           reading->id);
        err = &failed;
    }
    cf_properties_finish(&properties);
    if (known)
        reading->look = cf_remotes_look(host, known, reading->asked_at, on_looked, reading);
    if (reading->look)
        DL_PREPEND(host->sessions.readings, reading);
    else
        end_reading(reading, known, err);
}

void cf_sessions_read(struct cf_logind *host, const char *id, struct cf_span limit, cf_reading_done *done,
                      void *data)
{
    struct cf_reading *reading = cf_alloc(sizeof *reading);
    *reading = (struct cf_reading){.call.done = on_read,
                                   .host = host,
                                   .id = cf_strdup(id),
                                   .asked_at = cf_loop_now(host->loop),
                                   .done = done,
                                   .data = data};
    DL_PREPEND(host->sessions.readings, reading);
    char *path = NULL;
    (void)sd_bus_path_encode(CF_LOGIND_SESSIONS, id, &path); /* as logind itself makes it from the id */
    struct cf_bus_method method = {CF_LOGIND_NAME, path, "org.freedesktop.DBus.Properties", "GetAll"};
    cf_bus_call(host->bus, &reading->call, &method, limit, "s", CF_LOGIND_SESSION);
    free(path);
}

void cf_sessions_changed(struct cf_logind *host, const char *id, sd_bus_message *signal)
{
    struct cf_cached *known = cf_sessions_find(host, id);
    const struct cf_properties before = known ? known->properties : (struct cf_properties){0};
    if (!known || !known->record.identity.birth || cf_properties_read(&known->properties, signal) != 0 ||
        cf_properties_invalidated(signal)) {
        cf_sessions_read(host, id, CF_LOGIND_LIMIT, NULL, NULL);
        return;
    }
    uint64_t changed = cf_properties_apply(&known->properties, cf_loop_clock(host->loop), &known->record);
    cf_remotes_apply(known);
    if (cf_missing_look(host, known))
        changed |= CF_FIELD_BIT(CF_FIELD_MISSING);
    if (cf_properties_graphical(&known->properties) && (known->properties.idle_hint != before.idle_hint ||
                                                        known->properties.idle_since != before.idle_since))
        host->read(host, &known->record.identity);
    if (changed)
        host->sink.seen(host->sink.data, &known->record, changed);
    known = host->closed ? NULL : cf_sessions_find(host, id);
    if (known)
        (void)cf_remotes_look(host, known, cf_loop_now(host->loop), NULL, NULL);
}

void cf_sessions_cancel(struct cf_logind *host)
{
    while (host->sessions.readings) {
        struct cf_reading *reading = host->sessions.readings;
        cf_bus_call_cancel(&reading->call);
        cf_remotes_cancel(reading->look);
        DL_DELETE(host->sessions.readings, reading);
        free_reading(reading);
    }
}

void cf_sessions_finish(struct cf_logind *host)
{
    cf_sessions_cancel(host);
    struct cf_cached *known, *next;
    HASH_ITER(hh, host->sessions.known, known, next)
    {
        forget(host, known);
    }
}
