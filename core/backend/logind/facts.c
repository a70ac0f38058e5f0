#include "logind/facts.h"

#include "base/memory.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>
#include <uv.h>

#define BIT(field) CF_FIELD_BIT(CF_FIELD_##field)

const uint64_t cf_facts_fields = BIT(NAME) | BIT(USER) | BIT(UID) | BIT(CLASS) | BIT(TYPE) | BIT(ACTIVE) |
                                 BIT(LOCKED) | BIT(DISCONNECTED) | BIT(CLOSING) | BIT(CONSOLE) | BIT(REMOTE) |
                                 BIT(REMOTE_HOST) | BIT(SEAT) | BIT(SERVICE) | BIT(DESKTOP) | BIT(LEADER) |
                                 BIT(LOGON) | BIT(AGE) | BIT(LOCKED_FOR);

/* ---- Properties ---- */

/* org.freedesktop.login1.Session, by D-Bus signature. Of "(uo)" and "(so)" the first member counts. */
static const struct property {
    const char *name, *signature;
    size_t offset;
} properties[] = {
    {"Id", "s", offsetof(struct cf_facts, id)},
    {"Name", "s", offsetof(struct cf_facts, name)},
    {"User", "(uo)", offsetof(struct cf_facts, uid)},
    {"Timestamp", "t", offsetof(struct cf_facts, logon)},
    {"TimestampMonotonic", "t", offsetof(struct cf_facts, logon_awake)},
    {"Seat", "(so)", offsetof(struct cf_facts, seat)},
    {"TTY", "s", offsetof(struct cf_facts, tty)},
    {"Display", "s", offsetof(struct cf_facts, display)},
    {"Remote", "b", offsetof(struct cf_facts, remote)},
    {"RemoteHost", "s", offsetof(struct cf_facts, remote_host)},
    {"Service", "s", offsetof(struct cf_facts, service)},
    {"Desktop", "s", offsetof(struct cf_facts, desktop)},
    {"Leader", "u", offsetof(struct cf_facts, leader)},
    {"Type", "s", offsetof(struct cf_facts, type)},
    {"Class", "s", offsetof(struct cf_facts, class_)},
    {"Active", "b", offsetof(struct cf_facts, active)},
    {"State", "s", offsetof(struct cf_facts, state)},
    {"Scope", "s", offsetof(struct cf_facts, scope)},
    {"IdleHint", "b", offsetof(struct cf_facts, idle_hint)},
    {"IdleSinceHint", "t", offsetof(struct cf_facts, idle_since)},
    {"LockedHint", "b", offsetof(struct cf_facts, locked)},
};

enum { PROPERTY_COUNT = sizeof properties / sizeof properties[0] };

static const struct property *property_by_name(const char *name)
{
    for (size_t i = 0; i < PROPERTY_COUNT; i++)
        if (strcmp(properties[i].name, name) == 0)
            return &properties[i];
    return NULL;
}

void cf_facts_init(struct cf_facts *facts)
{
    *facts = (struct cf_facts){.uid = CF_NUMBER_UNKNOWN,
                               .leader = CF_NUMBER_UNKNOWN,
                               .logon = CF_NUMBER_UNKNOWN,
                               .logon_awake = CF_NUMBER_UNKNOWN,
                               .idle_since = CF_NUMBER_UNKNOWN};
}

void cf_facts_finish(struct cf_facts *facts)
{
    for (size_t i = 0; i < PROPERTY_COUNT; i++)
        if (strchr(properties[i].signature, 's'))
            free(*(char **)(void *)((char *)facts + properties[i].offset));
    cf_facts_init(facts);
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

static int read_value(sd_bus_message *message, const struct property *property, void *value)
{
    bool compound = property->signature[0] == '(';
    char type = property->signature[compound];
    int code = sd_bus_message_enter_container(message, 'v', property->signature);
    if (code >= 0 && compound)
        code = sd_bus_message_enter_container(message, 'r', type == 'u' ? "uo" : "so");
    if (code >= 0)
        code = read_basic(message, type, value);
    if (code >= 0 && compound && (code = sd_bus_message_skip(message, "o")) >= 0)
        code = sd_bus_message_exit_container(message);
    return code < 0 ? code : sd_bus_message_exit_container(message);
}

static int read_entry(sd_bus_message *message, struct cf_facts *facts)
{
    const char *name, *signature;
    int code = sd_bus_message_read_basic(message, 's', &name);
    if (code >= 0)
        code = sd_bus_message_peek_type(message, NULL, &signature);
    if (code < 0)
        return code;
    const struct property *property = property_by_name(name);
    if (!property || strcmp(property->signature, signature) != 0)
        return sd_bus_message_skip(message, "v");
    return read_value(message, property, (char *)facts + property->offset);
}

int cf_facts_read(struct cf_facts *facts, sd_bus_message *message)
{
    int code = sd_bus_message_enter_container(message, 'a', "{sv}");
    while (code >= 0 && (code = sd_bus_message_enter_container(message, 'e', "sv")) > 0)
        if ((code = read_entry(message, facts)) >= 0)
            code = sd_bus_message_exit_container(message);
    if (code >= 0)
        code = sd_bus_message_exit_container(message);
    return code < 0 ? CF_FAILED : 0;
}

bool cf_facts_invalidated(sd_bus_message *message)
{
    const char *name;
    bool found = false;
    if (sd_bus_message_enter_container(message, 'a', "s") >= 0)
        while (sd_bus_message_read_basic(message, 's', &name) > 0)
            found = found || property_by_name(name);
    return found;
}

/* ---- The record ---- */

bool cf_facts_graphical(const struct cf_facts *facts)
{
    return facts->type && (strcmp(facts->type, "x11") == 0 || strcmp(facts->type, "wayland") == 0 ||
                           strcmp(facts->type, "mir") == 0);
}

/*
 * The wall clock places the logon exactly, unless it was set before we began to watch it (a machine that
 * boots in 1970). CLOCK_MONOTONIC bounds it: at least that long after boot, and later by no more than all
 * suspended time.
 */
static struct cf_mono logon(const struct cf_facts *facts, const struct cf_clock *clock)
{
    if (facts->logon == CF_NUMBER_UNKNOWN || facts->logon_awake == CF_NUMBER_UNKNOWN)
        return CF_MONO_UNKNOWN;
    int64_t now = cf_clock_now(clock).us, awake = (int64_t)(uv_hrtime() / 1000);
    int64_t suspended = now > awake ? now - awake : 0;
    int64_t at = cf_clock_mono_of_wall(clock, (struct cf_instant){facts->logon}).us;
    at = at < facts->logon_awake ? facts->logon_awake : at;
    return (struct cf_mono){at > facts->logon_awake + suspended ? facts->logon_awake + suspended : at};
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
static struct cf_mono locked_since(const struct cf_facts *facts, const struct cf_clock *clock,
                                   const struct cf_session *before)
{
    if (facts->locked != CF_TRI_YES || before->locked == CF_TRI_UNKNOWN)
        return CF_MONO_UNKNOWN;
    return before->locked == CF_TRI_YES ? before->locked_since : cf_clock_now(clock);
}

static void describe(const struct cf_facts *facts, struct cf_session *to)
{
    cf_session_set_string(to, CF_FIELD_NAME,
                          facts->tty       ? facts->tty
                          : facts->display ? facts->display
                                           : facts->id);
    cf_session_set_string(to, CF_FIELD_USER, facts->name);
    cf_session_set_string(to, CF_FIELD_CLASS, facts->class_);
    cf_session_set_string(to, CF_FIELD_TYPE, facts->type);
    cf_session_set_string(to, CF_FIELD_REMOTE_HOST, facts->remote_host);
    cf_session_set_string(to, CF_FIELD_SEAT, facts->seat);
    cf_session_set_string(to, CF_FIELD_SERVICE, facts->service);
    cf_session_set_string(to, CF_FIELD_DESKTOP, facts->desktop);
}

uint64_t cf_facts_apply(const struct cf_facts *facts, const struct cf_clock *clock, struct cf_session *record)
{
    struct cf_session fresh;
    cf_session_init(&fresh);
    describe(facts, &fresh);
    fresh.uid = facts->uid;
    fresh.leader = facts->leader;
    fresh.active = facts->active;
    fresh.locked = facts->locked;
    fresh.locked_since = locked_since(facts, clock, record);
    fresh.closing = facts->state ? cf_tri_of(strcmp(facts->state, "closing") == 0) : CF_TRI_UNKNOWN;
    /* A terminal's line is its session; whether a remote desktop still has a client, logind does not know. */
    fresh.disconnected = cf_text_equal(facts->type, "tty") ? CF_TRI_NO : CF_TRI_UNKNOWN;
    fresh.remote = cf_tri_of(!facts->seat);
    fresh.console = tri_both(cf_tri_of(facts->seat), tri_not(facts->remote));
    fresh.logon.us = facts->logon;
    fresh.logged_on = cf_mono_known(record->logged_on) ? record->logged_on : logon(facts, clock);
    if (record->identity.birth == 0 && facts->logon_awake > 0)
        record->identity.birth = facts->logon_awake;
    uint64_t changed = cf_session_merge(record, &fresh, cf_facts_fields);
    cf_session_finish(&fresh);
    return changed;
}

struct cf_mono cf_facts_hinted_input(const struct cf_facts *facts, const struct cf_clock *clock)
{
    if (facts->idle_hint == CF_TRI_UNKNOWN || facts->idle_since <= 0)
        return CF_MONO_UNKNOWN;
    if (facts->idle_hint == CF_TRI_NO)
        return cf_clock_now(clock);
    return cf_clock_mono_of_wall(clock, (struct cf_instant){facts->idle_since});
}
