#include "logind/properties.h"

#include "base/memory.h"
#include "base/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#define BIT(field) CF_FIELD_BIT(CF_FIELD_##field)

const uint64_t cf_properties_fields =
    BIT(NAME) | BIT(USER) | BIT(UID) | BIT(CLASS) | BIT(TYPE) | BIT(ACTIVE) | BIT(LOCKED) |
    BIT(DISCONNECTED) | BIT(CLOSING) | BIT(CONSOLE) | BIT(REMOTE) | BIT(REMOTE_HOST) | BIT(SEAT) |
    BIT(SERVICE) | BIT(DESKTOP) | BIT(LEADER) | BIT(LOGON) | BIT(AGE) | BIT(LOCKED_FOR);

/* ---- Properties ---- */

/* org.freedesktop.login1.Session, by D-Bus signature. Of "(uo)" and "(so)" the first member counts. */
static const struct property {
    const char *name, *signature;
    size_t offset;
} property_kinds[] = {
    {"Id", "s", offsetof(struct cf_properties, id)},
    {"Name", "s", offsetof(struct cf_properties, name)},
    {"User", "(uo)", offsetof(struct cf_properties, uid)},
    {"Timestamp", "t", offsetof(struct cf_properties, logon)},
    {"TimestampMonotonic", "t", offsetof(struct cf_properties, logon_awake)},
    {"Seat", "(so)", offsetof(struct cf_properties, seat)},
    {"TTY", "s", offsetof(struct cf_properties, tty)},
    {"Display", "s", offsetof(struct cf_properties, display)},
    {"Remote", "b", offsetof(struct cf_properties, remote)},
    {"RemoteHost", "s", offsetof(struct cf_properties, remote_host)},
    {"Service", "s", offsetof(struct cf_properties, service)},
    {"Desktop", "s", offsetof(struct cf_properties, desktop)},
    {"Leader", "u", offsetof(struct cf_properties, leader)},
    {"Type", "s", offsetof(struct cf_properties, type)},
    {"Class", "s", offsetof(struct cf_properties, class_)},
    {"Active", "b", offsetof(struct cf_properties, active)},
    {"State", "s", offsetof(struct cf_properties, state)},
    {"Scope", "s", offsetof(struct cf_properties, scope)},
    {"IdleHint", "b", offsetof(struct cf_properties, idle_hint)},
    {"IdleSinceHint", "t", offsetof(struct cf_properties, idle_since)},
    {"LockedHint", "b", offsetof(struct cf_properties, locked)},
    {"LeaderPIDFDId", "t", offsetof(struct cf_properties, leader_pidfd)},
    {"CanIdle", "b", offsetof(struct cf_properties, can_idle)},
    {"CanLock", "b", offsetof(struct cf_properties, can_lock)},
};

enum { PROPERTY_COUNT = sizeof property_kinds / sizeof property_kinds[0] };

static const struct property *property_by_name(const char *name)
{
    for (size_t i = 0; i < PROPERTY_COUNT; i++)
        if (property_kinds[i].name[0] == name[0] && strcmp(property_kinds[i].name, name) == 0)
            return &property_kinds[i];
    return NULL;
}

void cf_properties_init(struct cf_properties *properties)
{
    *properties = (struct cf_properties){.uid = CF_NUMBER_UNKNOWN,
                                         .leader = CF_NUMBER_UNKNOWN,
                                         .logon = CF_NUMBER_UNKNOWN,
                                         .logon_awake = CF_NUMBER_UNKNOWN,
                                         .idle_since = CF_NUMBER_UNKNOWN,
                                         .leader_pidfd = CF_NUMBER_UNKNOWN};
}

void cf_properties_finish(struct cf_properties *properties)
{
    for (size_t i = 0; i < PROPERTY_COUNT; i++)
        if (strchr(property_kinds[i].signature, 's'))
            free(*(char **)(void *)((char *)properties + property_kinds[i].offset));
    free(properties->terminal);
    cf_properties_init(properties);
}

static int read_basic(sd_bus_message *message, char type, void *value)
{
    union {
        const char *s;
        int b;
        uint32_t u;
        uint64_t t;
    } basic;
    int code = sd_bus_message_read_basic(message, type, &basic);
    if (code < 0)
        return code;
    switch (type) {
    case 's': cf_replace(value, basic.s[0] ? basic.s : NULL); break;
    case 'b': *(enum cf_tri *)value = cf_tri_of(basic.b); break;
    case 'u': *(int64_t *)value = basic.u; break;
    default: *(int64_t *)value = basic.t <= INT64_MAX ? (int64_t)basic.t : CF_NUMBER_UNKNOWN;
    }
    return 0;
}

/* One of another type than is known is passed over. */
static int read_value(sd_bus_message *message, const struct property *property, void *value)
{
    bool compound = property->signature[0] == '(';
    char type = property->signature[compound];
    int code = sd_bus_message_enter_container(message, 'v', property->signature);
    if (code == -ENXIO)
        return sd_bus_message_skip(message, "v");
    if (code >= 0 && compound)
        code = sd_bus_message_enter_container(message, 'r', type == 'u' ? "uo" : "so");
    if (code >= 0)
        code = read_basic(message, type, value);
    if (code >= 0 && compound && (code = sd_bus_message_skip(message, "o")) >= 0)
        code = sd_bus_message_exit_container(message);
    return code < 0 ? code : sd_bus_message_exit_container(message);
}

static int read_entry(sd_bus_message *message, struct cf_properties *properties)
{
    const char *name;
    int code = sd_bus_message_read_basic(message, 's', &name);
    if (code < 0)
        return code;
    const struct property *property = property_by_name(name);
    return !property ? sd_bus_message_skip(message, "v")
                     : read_value(message, property, (char *)properties + property->offset);
}

int cf_properties_read(struct cf_properties *properties, sd_bus_message *message)
{
    int code = sd_bus_message_enter_container(message, 'a', "{sv}");
    while (code >= 0 && (code = sd_bus_message_enter_container(message, 'e', "sv")) > 0)
        if ((code = read_entry(message, properties)) >= 0)
            code = sd_bus_message_exit_container(message);
    if (code >= 0)
        code = sd_bus_message_exit_container(message);
    return code < 0 ? CF_FAILED : 0;
}

bool cf_properties_invalidated(sd_bus_message *message)
{
    const char *name;
    bool found = false;
    if (sd_bus_message_enter_container(message, 'a', "s") >= 0)
        while (sd_bus_message_read_basic(message, 's', &name) > 0)
            found = found || property_by_name(name);
    return found;
}

int64_t cf_properties_birth(const struct cf_properties *properties)
{
    if (properties->logon_awake <= 0)
        return 0;
    if (properties->leader_pidfd <= 0)
        return properties->logon_awake;
    uint64_t spread =
        (uint64_t)properties->leader_pidfd * UINT64_C(0x9E3779B97F4A7C15); /* a number of few bits */
    int64_t birth = (int64_t)(((uint64_t)properties->logon_awake ^ spread) & INT64_MAX);
    return birth ? birth : 1;
}

/* ---- The record ---- */

bool cf_properties_graphical(const struct cf_properties *properties)
{
    return properties->type &&
           (strcmp(properties->type, "x11") == 0 || strcmp(properties->type, "wayland") == 0 ||
            strcmp(properties->type, "mir") == 0);
}

bool cf_properties_closing(const struct cf_properties *properties)
{
    return cf_text_equal(properties->state, "closing");
}

/*
 * The wall clock places the logon exactly, unless it was set before we began to watch it (a machine that
 * boots in 1970). CLOCK_MONOTONIC bounds it: at least that long after boot, and later by no more than all
 * suspended time.
 */
static struct cf_mono logon(const struct cf_properties *properties, const struct cf_clock *clock)
{
    if (properties->logon == CF_NUMBER_UNKNOWN || properties->logon_awake == CF_NUMBER_UNKNOWN)
        return CF_MONO_UNKNOWN;
    int64_t now = cf_clock_now(clock).us, awake = (int64_t)(uv_hrtime() / 1000);
    int64_t suspended = now > awake ? now - awake : 0;
    int64_t at = cf_clock_mono_of_wall(clock, (struct cf_instant){properties->logon}).us;
    at = at < properties->logon_awake ? properties->logon_awake : at;
    return (struct cf_mono){at > properties->logon_awake + suspended ? properties->logon_awake + suspended
                                                                     : at};
}

static enum cf_tri tri_both(enum cf_tri a, enum cf_tri b)
{
    if (a == CF_TRI_NO || b == CF_TRI_NO)
        return CF_TRI_NO;
    return a == CF_TRI_YES && b == CF_TRI_YES ? CF_TRI_YES : CF_TRI_UNKNOWN;
}

static enum cf_tri tri_not(enum cf_tri a)
{
    return a == CF_TRI_UNKNOWN ? a : cf_tri_of(a == CF_TRI_NO);
}

/* Since when it has been locked: known where the change was seen. */
static struct cf_mono locked_since(const struct cf_properties *properties, const struct cf_clock *clock,
                                   const struct cf_session *before)
{
    if (properties->locked != CF_TRI_YES || before->locked == CF_TRI_UNKNOWN)
        return CF_MONO_UNKNOWN;
    return before->locked == CF_TRI_YES ? before->locked_since : cf_clock_now(clock);
}

/* Its strings are the properties', to be merged from. */
static struct cf_session describe(const struct cf_properties *properties)
{
    struct cf_session fresh;
    cf_session_init(&fresh);
    fresh.name = properties->tty        ? properties->tty
                 : properties->terminal ? properties->terminal
                 : properties->display  ? properties->display
                                        : properties->id;
    fresh.user = properties->name;
    fresh.class_ = properties->class_;
    fresh.type = properties->type;
    fresh.remote_host = properties->remote_host;
    fresh.seat = properties->seat;
    fresh.service = properties->service;
    fresh.desktop = properties->desktop;
    return fresh;
}

uint64_t cf_properties_apply(const struct cf_properties *properties, const struct cf_clock *clock,
                             struct cf_session *record)
{
    struct cf_session fresh = describe(properties);
    fresh.uid = properties->uid;
    fresh.leader = properties->leader;
    fresh.active = properties->active;
    fresh.locked = properties->locked;
    fresh.locked_since = locked_since(properties, clock, record);
    fresh.closing = properties->state ? cf_tri_of(cf_properties_closing(properties)) : CF_TRI_UNKNOWN;
    /* A terminal's line is its session, and a desktop may outlive the line that began it (x2go). Whether a
     * remote desktop still has a client, logind does not know. */
    fresh.disconnected =
        cf_text_equal(properties->type, "tty") && fresh.closing == CF_TRI_NO ? CF_TRI_NO : CF_TRI_UNKNOWN;
    fresh.remote = cf_tri_of(!properties->seat);
    fresh.console = tri_both(cf_tri_of(properties->seat), tri_not(properties->remote));
    fresh.logon.us = properties->logon;
    fresh.logged_on = cf_mono_known(record->logged_on) ? record->logged_on : logon(properties, clock);
    if (record->identity.birth == 0)
        record->identity.birth = cf_properties_birth(properties);
    return cf_session_merge(record, &fresh, cf_properties_fields);
}

struct cf_mono cf_properties_hinted_input(const struct cf_properties *properties,
                                          const struct cf_clock *clock)
{
    if (properties->idle_hint == CF_TRI_UNKNOWN || properties->idle_since <= 0 ||
        properties->can_idle == CF_TRI_NO)
        return CF_MONO_UNKNOWN;
    if (properties->idle_hint == CF_TRI_NO)
        return cf_clock_now(clock);
    return cf_clock_mono_of_wall(clock, (struct cf_instant){properties->idle_since});
}
