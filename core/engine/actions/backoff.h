/* A session that no warning reaches is warned less and less often, and told of where that lasts. */
#ifndef CF_ENGINE_BACKOFF_H
#define CF_ENGINE_BACKOFF_H

#include "base/hash.h"
#include "engine/engine.h"

#define CF_BACKOFF_LEAST CF_MINUTE      /* after the first warning that reached nobody, … */
#define CF_BACKOFF_MOST  CF_HOUR        /* … and after many, twice as long each time, … */
#define CF_BACKOFF_LIVES cf_minutes(10) /* … but for a session that has shown life since */
#define CF_BACKOFF_LONG  CF_HOUR        /* until somebody is to look at it */

struct cf_session_state;

/* Warnings that reached nobody, since the session was last used after one that did: a terminal that takes
 * every other one is no better. */
struct cf_backoff {
    cf_session_key key;
    struct cf_mono since;   /* the first of them */
    struct cf_mono reached; /* when one did, and none has failed since; unknown: the last one failed */
    unsigned tries;
    struct cf_mono last; /* unknown: the next is tried at any time */
    struct cf_span wait; /* for the next try, from the last one on */
    struct cf_mono
        freed;    /* when its terminal could be written to again, or an agent came, last; unknown: never */
    char *why;    /* what the last try failed for, as the host says; NULL: it does not */
    bool refused; /* the journal has a logoff that was refused for it, since one has reached it */
    bool long_told;
    UT_hash_handle hh; /* by key */
};

/* A warning has reached nobody; `why` as the host says, or NULL. */
void cf_backoff_failed(struct cf_session_state *state, const char *why);
void cf_backoff_reached(struct cf_session_state *state); /* one has reached its user */
void cf_backoff_end(struct cf_session_state *state);     /* the session has gone */
void cf_backoff_again(struct cf_session_state *state);   /* one may: the next is tried at once */

/* The session changed: where a warning may reach it now, the next is tried at once, and runs that have missed
 * one begin afresh. */
void cf_backoff_changed(struct cf_session_state *state, uint64_t fields);

/* NULL: as far as is known, warnings reach it. */
const struct cf_backoff *cf_backoff_of(const struct cf_session_state *state);

/* What is in the way, as far as is known; NULL: nobody knows. Borrowed. */
const char *cf_backoff_why(const struct cf_session_state *state);

/* When a warning is tried again; unknown: at any time. */
struct cf_mono cf_backoff_until(const struct cf_session_state *state);
bool cf_backoff_try(struct cf_session_state *state); /* false: it is not time yet */

/* A logoff is refused because a warning reached nobody: whether that is journalled, which it is once until
 * one does. */
bool cf_backoff_tells(struct cf_session_state *state);

#endif
