/* What logind says of a session, property by property, and the session record that follows from it. */
#ifndef CF_LOGIND_PROPERTIES_H
#define CF_LOGIND_PROPERTIES_H

#include "session/session.h"

#include <systemd/sd-bus.h>

/* Raw values: NULL (also for logind's empty strings), CF_TRI_UNKNOWN and CF_NUMBER_UNKNOWN where it said
 * nothing. */
struct cf_properties {
    char *id, *name, *tty, *display, *seat, *remote_host, *service, *desktop, *class_, *type, *state, *scope;
    int64_t uid, leader;
    int64_t logon, logon_awake; /* µs: wall clock; CLOCK_MONOTONIC, which stands still in suspend */
    int64_t idle_since;         /* wall clock, µs: of the hint's last change; 0: there was none */
    int64_t leader_pidfd;       /* which process the leader is, whatever its number: since systemd 258 */
    enum cf_tri active, remote, idle_hint, locked;
    enum cf_tri can_idle, can_lock; /* a session of its class; since systemd 257 */
    char *
        terminal; /* what logind does not say: the one of its processes that names it; NULL: none was found */
};

/* The fields that logind pushes, all read by one GetAll. */
extern const uint64_t cf_properties_fields;

void cf_properties_init(struct cf_properties *properties);
void cf_properties_finish(struct cf_properties *properties);

/* Reads an a{sv}; properties that are not there keep their value. CF_FAILED where it is no such thing. */
int cf_properties_read(struct cf_properties *properties, sd_bus_message *message);

/* What tells this session from all others of its id and boot: when it began, and where logind tells, who
 * leads it. 0: it does not say when. */
int64_t cf_properties_birth(const struct cf_properties *properties);

/* Reads the "as" of invalidated properties: whether any of ours is among them. */
bool cf_properties_invalidated(sd_bus_message *message);

/* Graphical sessions have an idle hint of their own, and nobody looks at the terminal they were started from.
 */
bool cf_properties_graphical(const struct cf_properties *properties);

/* By logind's word its user has gone, and a process of it has not. */
bool cf_properties_closing(const struct cf_properties *properties);

/* Brings the record's cf_properties_fields and its birth up to the properties; returns the mask of the fields
 * that changed. */
uint64_t cf_properties_apply(const struct cf_properties *properties, const struct cf_clock *clock,
                             struct cf_session *record);

/*
 * The last input of a graphical session, by its hint. Unknown where no desktop ever set the hint: "not idle"
 * is then only what nobody denied; and where sessions of its class have none. A hint that says "active" gives
 * no time of the last input; now is the latest it may be.
 */
struct cf_mono cf_properties_hinted_input(const struct cf_properties *properties,
                                          const struct cf_clock *clock);

#endif
