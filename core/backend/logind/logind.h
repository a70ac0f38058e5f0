/*
 * `logind`: the sessions of systemd-logind over the system bus, a back end like any other. Needs a loop in
 * real time. Anybody may open it and read; acting on others' sessions and writing to their terminals wants
 * root. Of another host only what logind itself says and does is there: capabilities tell. CF_USAGE where
 * `server` is no host's name, CF_DENIED where it refuses the logon.
 */
#ifndef CF_LOGIND_LOGIND_H
#define CF_LOGIND_LOGIND_H

#include "backend/backend.h"

#define CF_LOGIND_FILES "/run/systemd/sessions"

struct cf_logind_setup {
    const char *address;  /* of the bus, as D-Bus writes it; NULL: the system bus */
    const char *server;   /* another host's system bus, by ssh ("root@h2"); NULL: this machine's */
    bool asks;            /* ssh may ask a person for a password */
    struct cf_span limit; /* for the first answer of that host; 0: the usual */
    const char *only; /* of all sessions, the one of this id, as logind writes it, those of this user, and the
                         caller's; NULL: all */
    bool once;        /* for a command: agents do not come to it, so nobody knows which session has one */
    bool people;      /* without those of service managers, each user's since systemd 256, where it tells */
    const char *files; /* CF_LOGIND_FILES, where what is listed is only shown, and may be read from logind's
                          own files; NULL: all that is told decides over acts, so logind is asked */
};

extern const struct cf_backend_ops cf_logind_ops;

#endif
