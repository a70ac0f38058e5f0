#include "session/session.h"

#include "base/memory.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

#define FIELD(index, word, kind, member)                                                                     \
    [CF_FIELD_##index] = {word, CF_TYPE_##kind, offsetof(struct cf_session, member)}

const struct cf_field_info cf_fields[CF_FIELD_COUNT] = {
    FIELD(NAME, "name", STRING, name),
    FIELD(USER, "user", STRING, user),
    FIELD(UID, "uid", NUMBER, uid),
    FIELD(SID, "sid", STRING, sid),
    FIELD(DOMAIN, "domain", STRING, domain),
    FIELD(GROUPS, "groups", LIST, groups),
    FIELD(CLASS, "class", STRING, class_),
    FIELD(TYPE, "type", STRING, type),
    FIELD(ACTIVE, "active", TRI, active),
    FIELD(LOCKED, "locked", TRI, locked),
    FIELD(DISCONNECTED, "disconnected", TRI, disconnected),
    FIELD(CLOSING, "closing", TRI, closing),
    FIELD(CONSOLE, "console", TRI, console),
    FIELD(REMOTE, "remote", TRI, remote),
    FIELD(REMOTE_HOST, "remote_host", STRING, remote_host),
    FIELD(CLIENT, "client", STRING, client),
    FIELD(SEAT, "seat", STRING, seat),
    FIELD(SERVICE, "service", STRING, service),
    FIELD(DESKTOP, "desktop", STRING, desktop),
    FIELD(LANGUAGE, "language", STRING, language),
    FIELD(LEADER, "leader", NUMBER, leader),
    FIELD(LOGON, "logon", INSTANT, logon),
    FIELD(AGE, "age", SINCE, logged_on),
    FIELD(IDLE, "idle", SINCE, last_input),
    FIELD(IDLE_SOURCE, "idle_source", STRING, idle_source),
    FIELD(IDLE_DOUBT, "idle_doubt", STRING, idle_doubt),
    FIELD(OUTPUT, "output", SINCE, last_output),
    FIELD(BLOCKED, "blocked", STRING, blocked),
    FIELD(AGENT, "agent", TRI, agent),
    FIELD(MISSING, "missing", STRING, missing),
    FIELD(INHIBITED, "inhibited", TRI, inhibited),
    FIELD(LOCKED_FOR, "locked_for", SINCE, locked_since),
    FIELD(DISCONNECTED_FOR, "disconnected_for", SINCE, disconnected_since),
    FIELD(PROGRAMS, "programs", LIST, programs),
    FIELD(CPU, "cpu", NUMBER, cpu),
};

static void *at(struct cf_session *session, enum cf_field field)
{
    return (char *)session + cf_fields[field].offset;
}

static const void *in(const struct cf_session *session, enum cf_field field)
{
    return (const char *)session + cf_fields[field].offset;
}

bool cf_identity_equal(const struct cf_identity *a, const struct cf_identity *b)
{
    return a->birth != 0 && a->birth == b->birth && a->boot == b->boot && cf_text_equal(a->id, b->id) &&
           cf_text_equal(a->host, b->host);
}

bool cf_class_is_users(const char *class_)
{
    static const char *const kinds[] = {"user", "user-early", "user-light", "user-early-light"};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (strcmp(class_, kinds[i]) == 0)
            return true;
    return false;
}

int cf_field_by_name(const char *name)
{
    for (int i = 0; i < CF_FIELD_COUNT; i++)
        if (strcmp(cf_fields[i].name, name) == 0)
            return i;
    return -1;
}

/* ---- Lists ---- */

static char **copy_list(char *const *items)
{
    if (!items)
        return NULL;
    size_t count = 0;
    while (items[count])
        count++;
    char **copy = cf_alloc((count + 1) * sizeof *copy);
    for (size_t i = 0; i < count; i++)
        copy[i] = cf_strdup(items[i]);
    return copy;
}

static void free_list(char **items)
{
    for (size_t i = 0; items && items[i]; i++)
        free(items[i]);
    free(items);
}

static bool equal_lists(char *const *a, char *const *b)
{
    if (!a || !b)
        return a == b;
    for (; *a && *b; a++, b++)
        if (strcmp(*a, *b) != 0)
            return false;
    return *a == *b;
}

/* ---- Records ---- */

void cf_session_init(struct cf_session *session)
{
    *session = (struct cf_session){.uid = CF_NUMBER_UNKNOWN,
                                   .leader = CF_NUMBER_UNKNOWN,
                                   .cpu = CF_NUMBER_UNKNOWN,
                                   .logon = {CF_UNKNOWN_US},
                                   .logged_on = {CF_UNKNOWN_US},
                                   .last_input = {CF_UNKNOWN_US},
                                   .last_output = {CF_UNKNOWN_US},
                                   .locked_since = {CF_UNKNOWN_US},
                                   .disconnected_since = {CF_UNKNOWN_US}};
}

void cf_session_finish(struct cf_session *session)
{
    for (enum cf_field field = 0; field < CF_FIELD_COUNT; field++) {
        if (cf_fields[field].type == CF_TYPE_STRING)
            free(*(char **)at(session, field));
        else if (cf_fields[field].type == CF_TYPE_LIST)
            free_list(*(char ***)at(session, field));
    }
    free((char *)session->identity.host);
    free((char *)session->identity.id);
    cf_session_init(session);
}

/* Copies one field where it differs; true where it did. */
static bool merge_field(struct cf_session *to, const struct cf_session *from, enum cf_field field)
{
    switch (cf_fields[field].type) {
    case CF_TYPE_STRING: {
        char **mine = at(to, field), *theirs = *(char *const *)in(from, field);
        if (cf_text_equal(*mine, theirs))
            return false;
        cf_replace(mine, theirs);
        return true;
    }
    case CF_TYPE_LIST: {
        char ***mine = at(to, field), *const *theirs = *(char **const *)in(from, field);
        if (equal_lists(*mine, theirs))
            return false;
        free_list(*mine);
        *mine = copy_list(theirs);
        return true;
    }
    case CF_TYPE_TRI: {
        enum cf_tri *mine = at(to, field), theirs = cf_session_tri(from, field);
        bool differs = *mine != theirs;
        *mine = theirs;
        return differs;
    }
    default: { /* the rest are 64 bits wide */
        int64_t *mine = at(to, field), theirs = *(const int64_t *)in(from, field);
        bool differs = *mine != theirs;
        *mine = theirs;
        return differs;
    }
    }
}

uint64_t cf_session_merge(struct cf_session *to, const struct cf_session *from, uint64_t fields)
{
    uint64_t differing = 0;
    for (; fields; fields &= fields - 1) {
        enum cf_field field = (enum cf_field)__builtin_ctzll(fields);
        if (merge_field(to, from, field))
            differing |= CF_FIELD_BIT(field);
    }
    return differing;
}

void cf_session_copy(struct cf_session *to, const struct cf_session *from)
{
    cf_session_init(to);
    to->identity = from->identity;
    to->identity.host = cf_strdup(from->identity.host);
    to->identity.id = cf_strdup(from->identity.id);
    (void)cf_session_merge(to, from, CF_FIELDS_ALL);
}

void cf_session_set_string(struct cf_session *session, enum cf_field field, const char *text)
{
    cf_replace(at(session, field), text);
}

void cf_session_set_list(struct cf_session *session, enum cf_field field, const char *const *items)
{
    char ***list = at(session, field), **copy = copy_list((char *const *)items);
    free_list(*list);
    *list = copy;
}

const char *cf_session_string(const struct cf_session *session, enum cf_field field)
{
    return *(char *const *)in(session, field);
}

char *const *cf_session_list(const struct cf_session *session, enum cf_field field)
{
    return *(char **const *)in(session, field);
}

int64_t cf_session_number(const struct cf_session *session, enum cf_field field)
{
    return *(const int64_t *)in(session, field);
}

enum cf_tri cf_session_tri(const struct cf_session *session, enum cf_field field)
{
    return *(const enum cf_tri *)in(session, field);
}

struct cf_mono cf_session_since(const struct cf_session *session, enum cf_field field)
{
    return *(const struct cf_mono *)in(session, field);
}

struct cf_span cf_session_span(const struct cf_session *session, enum cf_field field, struct cf_mono now)
{
    struct cf_span span = cf_mono_since(cf_session_since(session, field), now);
    if (cf_span_known(span) && span.us < 0)
        span.us = 0;
    return span;
}
