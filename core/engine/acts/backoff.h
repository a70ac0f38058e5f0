/* A session that no warning reaches is warned less and less often. */
#ifndef CF_ENGINE_BACKOFF_H
#define CF_ENGINE_BACKOFF_H

#include "engine/engine.h"

#include <uthash.h>

#define CF_BACKOFF_LEAST CF_MINUTE      /* after the first warning that reached nobody, … */
#define CF_BACKOFF_MOST  CF_HOUR        /* … and after many, twice as long each time, … */
#define CF_BACKOFF_LIVES cf_minutes(10) /* … but for a session that has shown life since */

struct cf_presence;

/* Warnings that reached nobody, since the last one that did or could have. */
struct cf_backoff {
    cf_session_key key;
    unsigned tries;
    struct cf_mono last;
    struct cf_span wait; /* for the next try, from the last one on */
    bool refused;        /* the journal has a logoff that was refused for it */
    UT_hash_handle hh;   /* by key */
};

void cf_backoff_failed(struct cf_presence *presence); /* a warning has reached nobody */
void cf_backoff_reset(struct cf_presence *presence);  /* one has reached its user, or may again */

/* The session changed: where a warning may reach it now, the next is tried at once, and runs that have missed
 * one begin afresh. */
void cf_backoff_changed(struct cf_presence *presence, uint64_t fields);

/* NULL: as far as is known, warnings reach it. */
struct cf_backoff *cf_backoff_of(const struct cf_presence *presence);

/* When a warning is tried again; unknown: at any time. */
struct cf_mono cf_backoff_until(const struct cf_presence *presence);
bool cf_backoff_try(struct cf_presence *presence); /* false: it is not time yet */

/* A logoff is refused because a warning reached nobody: whether that is journalled, which it is once until
 * one does. */
bool cf_backoff_tells(struct cf_presence *presence);

#endif
