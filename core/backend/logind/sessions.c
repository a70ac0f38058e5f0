#include "logind/sessions.h"

#include "base/i18n.h"
#include "base/memory.h"
#include "base/text.h"
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

static struct cf_cached *find_or_add(struct cf_logind *host, const char *id)
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
    known->agent_last = known->agent_began = CF_MONO_UNKNOWN;
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
    cf_remotes_forget(known);
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

/* Takes on `properties`, all of a session, asked for at `asked_at`, and tells the sink. NULL where the back
 * end was closed over it. */
static struct cf_cached *keep_session(struct cf_logind *host, const char *id,
                                      struct cf_properties *properties, struct cf_mono asked_at)
{
    struct cf_cached *known = cf_sessions_find(host, id);
    if (known && known->record.identity.birth &&
        known->record.identity.birth != cf_properties_birth(properties)) {
        cf_sessions_gone(host, id); /* the id was given to somebody else */
        if (host->closed)
            return NULL;
    }
    known = find_or_add(host, id);
    properties->terminal = known->properties.terminal;
    known->properties.terminal = NULL;
    cf_properties_finish(&known->properties);
    known->properties = *properties;
    known->read_at = asked_at;
    cf_properties_init(properties);
    if (host->server) /* whose CLOCK_MONOTONIC is another */
        known->record.logged_on =
            cf_clock_mono_of_wall(cf_loop_clock(host->loop), (struct cf_instant){known->properties.logon});
    (void)cf_properties_apply(&known->properties, cf_loop_clock(host->loop), &known->record);
    (void)cf_missing_look(host, known);
    (void)cf_remotes_look(host, known, asked_at);
    host->sink.seen(host->sink.data, &known->record, TOLD_FIELDS);
    return host->closed ? NULL : known;
}

/* ---- One session ---- */

struct cf_reading {
    struct cf_bus_call call; /* first, so that one is found from the other */
    struct cf_logind *host;
    char *id;
    struct cf_mono asked_at;
    cf_reading_done *done;
    void *data;
    struct cf_reading *prev, *next;
};

static void free_reading(struct cf_reading *reading)
{
    free(reading->id);
    free(reading);
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
        known = keep_session(host, reading->id, &properties, reading->asked_at);
    else if (reply) {
        (void)cf_error_set(&failed, CF_FAILED, "logind describes session %s in a way not understood",
                           reading->id);
        err = &failed;
    }
    cf_properties_finish(&properties);
    if (!host->closed && reading->done)
        reading->done(host, reading->data, reading->id, known, err);
    free_reading(reading);
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
    if (cf_remotes_look(host, known, cf_loop_now(host->loop)))
        changed |= CF_REMOTES_FIELDS;
    if (cf_missing_look(host, known))
        changed |= CF_FIELD_BIT(CF_FIELD_MISSING);
    if (cf_properties_graphical(&known->properties) && (known->properties.idle_hint != before.idle_hint ||
                                                        known->properties.idle_since != before.idle_since))
        host->read(host, &known->record.identity);
    if (changed)
        host->sink.seen(host->sink.data, &known->record, changed);
}

/* ---- All of them ---- */

static void end_listing(struct cf_logind *host, const struct cf_error *err)
{
    bool again = host->sessions.again;
    host->sessions.listing = host->sessions.again = false;
    struct cf_cached *known, *next;
    /* Told one by one, for the terminal of one may have told of input since: the sink takes it to be there.
     */
    HASH_ITER(hh, host->sessions.known, known, next)
    {
        if (!err && !known->listed)
            cf_sessions_gone(host, known->record.identity.id);
        if (host->closed)
            return;
    }
    if (!err)
        host->sink.listing(host->sink.data, true);
    if (!host->closed && again)
        cf_sessions_list(host);
    else if (!host->closed)
        host->listed(host, err);
}

/* A session that cannot be read is still there: as last known, or without a birth, so that nobody acts on it.
 */
static void on_listed(struct cf_logind *host, void *data, const char *id, struct cf_cached *known,
                      const struct cf_error *err)
{
    (void)data;
    if (!known && err->code == CF_GONE)
        cf_sessions_gone(host, id);
    else if (!known && (known = cf_sessions_find(host, id)))
        host->sink.seen(host->sink.data, &known->record, TOLD_FIELDS);
    if (!host->closed && --host->sessions.unread == 0)
        end_listing(host, NULL);
}

/* What a listing tells of a session, borrowed; NULL and 0 where this one does not. */
struct listed {
    const char *id, *user, *class_;
    uint32_t uid;
};

/* The fuller one since systemd 256, which lists the sessions of service managers, too. */
static bool read_entry(const struct cf_logind *host, sd_bus_message *reply, struct listed *ret_entry)
{
    struct listed entry = {0};
    const char *seat, *tty, *path;
    uint32_t leader;
    uint64_t since;
    int idle, code;
    if (host->sessions.plain)
        code = sd_bus_message_read(reply, "(susso)", &entry.id, &entry.uid, &entry.user, &seat, &path);
    else
        code = sd_bus_message_read(reply, "(sussussbto)", &entry.id, &entry.uid, &entry.user, &seat, &leader,
                                   &entry.class_, &tty, &idle, &since, &path);
    *ret_entry = entry;
    return code > 0;
}

/* Whoever asks compares names without regard to case. */
static bool is_wanted(struct cf_logind *host, const struct listed *entry)
{
    bool meant = host->only && strcasecmp(entry->id, host->only) == 0;
    if (cf_text_equal(entry->id, host->bridge))
        return false;
    if (host->people && !meant && entry->class_ && strncmp(entry->class_, "manager", 7) == 0)
        return false;
    return !host->only || meant || strcasecmp(entry->user, host->only) == 0 ||
           cf_text_equal(entry->id, cf_logind_own(host));
}

/* Of which the listing waits for the answer, as for `unread` others. */
static void read_one(struct cf_logind *host, const char *id)
{
    host->sessions.unread++;
    cf_sessions_read(host, id, CF_LOGIND_LIMIT, on_listed, NULL);
}

static void read_listed(struct cf_logind *host, sd_bus_message *reply)
{
    struct listed entry;
    if (sd_bus_message_enter_container(reply, 'a', host->sessions.plain ? "(susso)" : "(sussussbto)") < 0)
        return;
    while (read_entry(host, reply, &entry)) {
        if (!is_wanted(host, &entry))
            continue;
        struct cf_cached *known = find_or_add(host, entry.id);
        if (!known->record.identity.birth) {
            known->properties.uid = entry.uid;
            cf_replace(&known->properties.name, entry.user);
            (void)cf_properties_apply(&known->properties, cf_loop_clock(host->loop), &known->record);
        }
        read_one(host, entry.id);
    }
}

/* The one that is named by its id, and the caller's: of all others nobody asks. */
static void read_named(struct cf_logind *host)
{
    const char *const ids[] = {host->only, cf_logind_own(host)};
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        if (!ids[i] || (i > 0 && cf_text_equal(ids[i], ids[0])) || cf_text_equal(ids[i], host->bridge))
            continue;
        (void)find_or_add(host, ids[i]);
        read_one(host, ids[i]);
    }
}

/* Whether a user who is logged on has the name that one session is meant by. */
static bool is_user(sd_bus_message *reply, const char *name)
{
    uint32_t uid;
    const char *user, *path;
    bool found = false;
    if (sd_bus_message_enter_container(reply, 'a', "(uso)") < 0)
        return true; /* nobody knows: all are looked through */
    while (sd_bus_message_read(reply, "(uso)", &uid, &user, &path) > 0)
        found = found || strcasecmp(user, name) == 0;
    return found;
}

static void ask_for(struct cf_logind *host, const char *member, cf_bus_done *done)
{
    const struct cf_bus_method method = {CF_LOGIND_NAME, CF_LOGIND_PATH, CF_LOGIND_MANAGER, member};
    host->sessions.list_call.done = done;
    cf_bus_call(host->bus, &host->sessions.list_call, &method, CF_LOGIND_LIMIT, NULL);
}

static struct cf_logind *host_of_list(struct cf_bus_call *call)
{
    return (struct cf_logind *)(void *)((char *)call - offsetof(struct cf_logind, sessions.list_call));
}

static void call_list(struct cf_logind *host);

static void fail_listing(struct cf_logind *host, const struct cf_error *err)
{
    struct cf_error failed;
    const char *prefix = host->server ? host->server : "", *colon = host->server ? ": " : "";
    if (err->code == CF_DENIED)
        (void)cf_error_set(&failed, CF_DENIED, _("%s%sthis user may not ask systemd-logind: %s"), prefix,
                           colon, err->text);
    else
        (void)cf_error_set(&failed, CF_UNAVAILABLE,
                           _("%s%ssystemd-logind does not list its sessions: %s; does it run?"), prefix,
                           colon, err->text);
    cf_retry_lose(&host->retry, &failed);
    if (!host->closed)
        end_listing(host, &failed);
}

/* `reply`: of all sessions; NULL: those that are named are known without. */
static void take_list(struct cf_logind *host, sd_bus_message *reply)
{
    cf_logind_found(host);
    if (!host->closed)
        host->sink.listing(host->sink.data, false);
    if (host->closed)
        return;
    host->sessions.unread = 1; /* this call itself, so that it ends once also where there are none */
    for (struct cf_cached *known = host->sessions.known; known; known = known->hh.next)
        known->listed = false;
    if (reply)
        read_listed(host, reply);
    else
        read_named(host);
    if (--host->sessions.unread == 0)
        end_listing(host, NULL);
}

static void on_list(struct cf_bus_call *call, sd_bus_message *reply, const struct cf_error *err)
{
    struct cf_logind *host = host_of_list(call);
    if (reply) {
        take_list(host, reply);
    } else if ((err->code == CF_UNSUPPORTED || err->code == CF_DENIED) && !host->sessions.plain) {
        /* An older logind's bus lets nobody but root ask for what it does not know. */
        host->sessions.plain = true;
        call_list(host);
    } else {
        fail_listing(host, err);
    }
}

static void call_list(struct cf_logind *host)
{
    ask_for(host, host->sessions.plain ? "ListSessions" : "ListSessionsEx", on_list);
}

/* Users are few, where sessions may be a thousand. */
static void on_users(struct cf_bus_call *call, sd_bus_message *reply, const struct cf_error *err)
{
    struct cf_logind *host = host_of_list(call);
    if (!reply)
        fail_listing(host, err);
    else if (is_user(reply, host->only))
        call_list(host);
    else
        take_list(host, NULL);
}

void cf_sessions_list(struct cf_logind *host)
{
    if (host->sessions.listing) {
        host->sessions.again = true;
        return;
    }
    host->sessions.listing = true;
    if (host->only)
        ask_for(host, "ListUsers", on_users);
    else
        call_list(host);
}

void cf_sessions_cancel(struct cf_logind *host)
{
    host->sessions.plain = false; /* who answers next may be a newer one */
    cf_bus_call_cancel(&host->sessions.list_call);
    host->sessions.listing = host->sessions.again = false;
    while (host->sessions.readings) {
        struct cf_reading *reading = host->sessions.readings;
        cf_bus_call_cancel(&reading->call);
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
