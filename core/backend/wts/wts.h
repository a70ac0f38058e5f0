/*
 * `wts`: the sessions of a Windows host, or of another one by Windows' own remote calls, as Remote Desktop
 * Services know them. Reading wants the right Query, acting those of an administrator. Needs a loop in real
 * time. Of another host neither locking nor refusing logons is possible: capabilities tell.
 */
#ifndef CF_WTS_WTS_H
#define CF_WTS_WTS_H

#include "backend/backend.h"

struct cf_wts_setup {
    const char *server; /* another host's name; NULL: this one */
    bool once;          /* for one command: no helper is begun in a session for it */
};

extern const struct cf_backend_ops cf_wts_ops;

#endif
