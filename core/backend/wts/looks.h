/*
 * Looks at single sessions, many at a time: those that wait are taken together onto a thread. A session that
 * does not answer holds up itself alone: the others go on elsewhere, and it is not asked again until it has
 * answered.
 */
#ifndef CF_WTS_LOOKS_H
#define CF_WTS_LOOKS_H

#include "wts/host.h"

enum { CF_WTS_LOOK_CLIENT = 1, CF_WTS_LOOK_ADDRESS = 2 }; /* beside its state and times */

/* What was seen. */
struct cf_wts_seen {
    DWORD error; /* Windows'; 0: the rest is there */
    struct cf_wts_infoex info;
    char *client, *address;
    uint64_t at; /* uv_hrtime() */
};

/* err: it was not looked at in time (CF_TIMEOUT), then `seen` is NULL. Borrowed. */
typedef void cf_wts_look_done(struct cf_wts *host, void *data, DWORD id, const struct cf_wts_seen *seen,
                              const struct cf_error *err);

void cf_wts_looks_init(struct cf_wts *host);

/* `done` comes once, never inside this call, and not after the back end was closed. */
void cf_wts_looks_add(struct cf_wts *host, DWORD id, unsigned what, struct cf_mono limit,
                      cf_wts_look_done *done, void *data);

/* When that was, in the loop's time. */
struct cf_mono cf_wts_seen_at(const struct cf_wts *host, const struct cf_wts_seen *seen);

/* The back end closes, and its server is closed right after: frees those that wait. */
void cf_wts_looks_finish(struct cf_wts *host);

#endif
