/* A host's sessions at one moment, their idle time read just then. */
#ifndef CF_PROGRAM_LISTING_H
#define CF_PROGRAM_LISTING_H

#include "backend/backend.h"

struct cf_listing_setup {
    const struct cf_backend_ops *backend;
    const void *backend_setup;
    bool is_virtual;         /* else in real time, at once */
    struct cf_instant start; /* virtual time's */
    struct cf_span after;    /* virtual: how long after the start to look */
};

/* Told of each session, in order of their coming; borrowed for the call. */
typedef void cf_listing_fn(void *data, const struct cf_session *session, struct cf_mono now);

/* CF_UNAVAILABLE where the host cannot be reached or does not answer. */
int cf_listing_run(const struct cf_listing_setup *setup, cf_listing_fn *fn, void *data, struct cf_error *err);

#endif
