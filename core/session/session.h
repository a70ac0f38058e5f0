/*
 * The session record: one user's logon as a host shows it, the same for every kind of host.
 *
 * Everything may be unknown: NULL strings and lists, CF_TRI_UNKNOWN, CF_UNKNOWN_US, CF_NUMBER_UNKNOWN. One
 * table, cf_fields, names the fields; policies, selectors, scenarios, JSON and the back ends all go by it.
 */
#ifndef CF_SESSION_SESSION_H
#define CF_SESSION_SESSION_H

#include "time/clock.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Ids are reused, so an id alone is no identity. Strings are borrowed or owned as the holder says. */
struct cf_identity {
    const char *host;
    const char *id; /* logind: the session id; WTS: the number; unique on its host at one time */
    uint64_t boot;  /* logind: the first half of the boot id; WTS: 0 */
    int64_t birth;  /* logind: the session's monotonic timestamp; WTS: logon time as FILETIME; 0: unknown */
};

/* Same host, id, boot and birth. An unknown birth equals nothing, itself included. */
bool cf_identity_equal(const struct cf_identity *a, const struct cf_identity *b);

enum cf_tri { CF_TRI_UNKNOWN, CF_TRI_NO, CF_TRI_YES };

static inline enum cf_tri cf_tri_of(bool value)
{
    return value ? CF_TRI_YES : CF_TRI_NO;
}

#define CF_NUMBER_UNKNOWN INT64_MIN

enum cf_field {
    CF_FIELD_NAME, /* WinStation, tty or display: "pts/3", ":10", "rdp-tcp#2" */
    CF_FIELD_USER,
    CF_FIELD_UID, /* Windows has a SID instead */
    CF_FIELD_SID,
    CF_FIELD_DOMAIN,
    CF_FIELD_GROUPS, /* on demand */
    CF_FIELD_CLASS,  /* "user", "greeter", "background", "manager", … as logind; WTS: "user" or "service" */
    CF_FIELD_TYPE,   /* "tty", "x11", "wayland", "rdp", "console", … */
    CF_FIELD_ACTIVE,
    CF_FIELD_LOCKED,
    CF_FIELD_DISCONNECTED,
    CF_FIELD_CLOSING,     /* on its way out: left alone */
    CF_FIELD_CONSOLE,     /* at the machine itself */
    CF_FIELD_REMOTE,      /* not on a seat */
    CF_FIELD_REMOTE_HOST, /* name or address it comes from */
    CF_FIELD_CLIENT,      /* the client's own name */
    CF_FIELD_SEAT,
    CF_FIELD_SERVICE, /* PAM service, or application */
    CF_FIELD_DESKTOP,
    CF_FIELD_LANGUAGE,    /* on demand: "pt_BR" */
    CF_FIELD_LEADER,      /* process id */
    CF_FIELD_LOGON,       /* wall clock */
    CF_FIELD_AGE,         /* since logon */
    CF_FIELD_IDLE,        /* since the last input */
    CF_FIELD_IDLE_SOURCE, /* where the last input was read: "tty", "hint", "x11", … */
    CF_FIELD_IDLE_DOUBT,  /* why what its idle time was read from is not to be relied on; NULL: it is */
    CF_FIELD_OUTPUT,      /* since the last output of its terminal */
    CF_FIELD_BLOCKED,     /* why nothing can be written to its terminals; NULL: no such thing is known */
    CF_FIELD_AGENT,       /* a program of curfew's inside it tells of input and shows warnings */
    CF_FIELD_MISSING, /* what a desktop lacks for its input to be known or warnings to be shown; NULL: nothing
                       */
    CF_FIELD_INHIBITED, /* a program in it keeps its display from going idle, as a film does */
    CF_FIELD_LOCKED_FOR,
    CF_FIELD_DISCONNECTED_FOR,
    CF_FIELD_PROGRAMS, /* on demand: names of its processes */
    CF_FIELD_CPU,      /* on demand: processor time used so far, µs */
    CF_FIELD_COUNT
};

#define CF_FIELD_BIT(field) (UINT64_C(1) << (field))
#define CF_FIELDS_ALL       (CF_FIELD_BIT(CF_FIELD_COUNT) - 1)

struct cf_session {
    struct cf_identity identity;
    struct cf_mono last_input; /* what is looked at all the time comes first */
    char *idle_source, *idle_doubt, *blocked, *missing;
    enum cf_tri active, locked, disconnected, closing, console, remote, agent, inhibited;
    struct cf_mono logged_on, last_output, locked_since, disconnected_since;
    struct cf_instant logon;
    int64_t uid, leader, cpu;
    char *name, *user, *sid, *domain, *class_, *type, *remote_host, *client, *seat, *service, *desktop,
        *language;
    char **groups, **programs; /* end in NULL; known and empty is an array of just that */
};

enum cf_field_type {
    CF_TYPE_STRING,  /* char * */
    CF_TYPE_LIST,    /* char ** */
    CF_TYPE_NUMBER,  /* int64_t */
    CF_TYPE_TRI,     /* enum cf_tri */
    CF_TYPE_INSTANT, /* struct cf_instant */
    CF_TYPE_SINCE,   /* struct cf_mono; read as the span from it until now */
};

struct cf_field_info {
    const char *name; /* as policies write it */
    enum cf_field_type type;
    size_t offset; /* in struct cf_session */
};

extern const struct cf_field_info cf_fields[CF_FIELD_COUNT];

/*
 * Whether logind's class is one of a user's own sessions: "user", and its kinds since systemd 256,
 * "user-early", "user-light", "user-early-light". Not so "user-incomplete", in which nobody is at work yet.
 */
bool cf_class_is_users(const char *class_);

/* The field called `name`, or -1. Plurals of selectors ("users", "hosts") are the selector's business. */
int cf_field_by_name(const char *name);

/* Everything unknown, nothing owned. */
void cf_session_init(struct cf_session *session);

/* Frees what cf_session_copy and the setters put there, the identity's strings included. */
void cf_session_finish(struct cf_session *session);

/* A deep copy into *to, which is initialised or was finished. */
void cf_session_copy(struct cf_session *to, const struct cf_session *from);

/* Copies the fields named by the mask that differ; returns the mask of those that did. */
uint64_t cf_session_merge(struct cf_session *to, const struct cf_session *from, uint64_t fields);

/* Setters that own copies. NULL is unknown. `items` ends in NULL. */
void cf_session_set_string(struct cf_session *session, enum cf_field field, const char *text);
void cf_session_set_list(struct cf_session *session, enum cf_field field, const char *const *items);

/* Access by table; the field's type must fit. */
const char *cf_session_string(const struct cf_session *session, enum cf_field field);
char *const *cf_session_list(const struct cf_session *session, enum cf_field field);
int64_t cf_session_number(const struct cf_session *session, enum cf_field field);
enum cf_tri cf_session_tri(const struct cf_session *session, enum cf_field field);
struct cf_mono cf_session_since(const struct cf_session *session, enum cf_field field);

/* How long the field has been so, at `now`; unknown stays unknown, and nothing is less than zero. */
struct cf_span cf_session_span(const struct cf_session *session, enum cf_field field, struct cf_mono now);

#endif
