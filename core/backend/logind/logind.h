/*
 * `logind`: the sessions of systemd-logind over the system bus, a back end like any other. Needs a loop in
 * real time. Anybody may open it and read; acting on others' sessions and writing to their terminals wants
 * root.
 */
#ifndef CF_LOGIND_LOGIND_H
#define CF_LOGIND_LOGIND_H

#include "backend/backend.h"

struct cf_logind_setup {
    const char *address; /* of the bus, as D-Bus writes it; NULL: the system bus */
};

extern const struct cf_backend_ops cf_logind_ops;

#endif
