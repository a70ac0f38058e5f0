#include "logind/listing.h"

#include "base/i18n.h"
#include "base/memory.h"
#include "base/text.h"
#include "logind/sessions.h"
#include "logind/state_file.h"

#include <string.h>
#include <strings.h>

static void end_listing(struct cf_logind *host, const struct cf_error *err)
{
    bool again = host->listing.again;
    host->listing.under_way = host->listing.again = false;
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
        cf_listing_begin(host);
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
        cf_sessions_tell(host, known);
    if (!host->closed && --host->listing.unread == 0)
        end_listing(host, NULL);
}

/* What a listing tells of a session, borrowed; NULL and 0 where this one does not. */
struct listed {
    const char *id, *user, *class_;
    uint32_t uid, leader;
};

/* The fuller one since systemd 256, which lists the sessions of service managers, too. */
static bool read_entry(const struct cf_logind *host, sd_bus_message *reply, struct listed *ret_entry)
{
    struct listed entry = {0};
    const char *seat, *tty, *path;
    uint64_t since;
    int idle, code;
    if (host->listing.plain)
        code = sd_bus_message_read(reply, "(susso)", &entry.id, &entry.uid, &entry.user, &seat, &path);
    else
        code = sd_bus_message_read(reply, "(sussussbto)", &entry.id, &entry.uid, &entry.user, &seat,
                                   &entry.leader, &entry.class_, &tty, &idle, &since, &path);
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
    host->listing.unread++;
    cf_sessions_read(host, id, CF_LOGIND_LIMIT, on_listed, NULL);
}

/* Whether the file is of the very session that was listed: other files may be in its place. */
static bool is_of(const struct cf_properties *properties, const struct listed *entry)
{
    return properties->uid == entry->uid && cf_text_equal(properties->name, entry->user) &&
           (!entry->leader || properties->leader == entry->leader) &&
           (!entry->class_ || cf_text_equal(properties->class_, entry->class_));
}

/* The one place where it is chosen by what a session is read; false: by the bus. */
static bool read_by_file(struct cf_logind *host, const struct listed *entry)
{
    struct cf_properties properties;
    struct cf_cached *known = NULL;
    cf_properties_init(&properties);
    bool told = host->files && cf_state_file_read(&properties, host->files, entry->id) == 0 &&
                is_of(&properties, entry);
    if (told)
        known = cf_sessions_keep(host, entry->id, &properties, cf_loop_now(host->loop));
    if (known)
        known->by_file = true;
    cf_properties_finish(&properties);
    return told;
}

static void read_listed(struct cf_logind *host, sd_bus_message *reply)
{
    struct listed entry;
    if (sd_bus_message_enter_container(reply, 'a', host->listing.plain ? "(susso)" : "(sussussbto)") < 0)
        return;
    while (!host->closed && read_entry(host, reply, &entry)) {
        if (!is_wanted(host, &entry) || read_by_file(host, &entry))
            continue;
        struct cf_cached *known = cf_sessions_add(host, entry.id);
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
        (void)cf_sessions_add(host, ids[i]);
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
    host->listing.call.done = done;
    cf_bus_call(host->bus, &host->listing.call, &method, CF_LOGIND_LIMIT, NULL);
}

static struct cf_logind *host_of_list(struct cf_bus_call *call)
{
    return (struct cf_logind *)(void *)((char *)call - offsetof(struct cf_logind, listing.call));
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
    host->listing.unread = 1; /* this call itself, so that it ends once also where there are none */
    for (struct cf_cached *known = host->sessions.known; known; known = known->hh.next)
        known->listed = false;
    if (reply)
        read_listed(host, reply);
    else
        read_named(host);
    if (!host->closed && --host->listing.unread == 0)
        end_listing(host, NULL);
}

static void on_list(struct cf_bus_call *call, sd_bus_message *reply, const struct cf_error *err)
{
    struct cf_logind *host = host_of_list(call);
    if (reply) {
        take_list(host, reply);
    } else if ((err->code == CF_UNSUPPORTED || err->code == CF_DENIED) && !host->listing.plain) {
        /* An older logind's bus lets nobody but root ask for what it does not know. */
        host->listing.plain = true;
        call_list(host);
    } else {
        fail_listing(host, err);
    }
}

static void call_list(struct cf_logind *host)
{
    ask_for(host, host->listing.plain ? "ListSessions" : "ListSessionsEx", on_list);
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

void cf_listing_begin(struct cf_logind *host)
{
    if (host->listing.under_way) {
        host->listing.again = true;
        return;
    }
    host->listing.under_way = true;
    if (host->only)
        ask_for(host, "ListUsers", on_users);
    else
        call_list(host);
}

void cf_listing_cancel(struct cf_logind *host)
{
    cf_bus_call_cancel(&host->listing.call);
    host->listing = (struct cf_listing){0}; /* who answers next may be a newer one */
}
