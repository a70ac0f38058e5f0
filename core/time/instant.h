/* Instants: points on the wall clock, microseconds since 1970-01-01 00:00 UTC, and their reading and
 * printing. */
#ifndef CF_TIME_INSTANT_H
#define CF_TIME_INSTANT_H

#include "time/span.h"
#include "time/zone.h"

struct cf_instant {
    int64_t us;
};

#define CF_NEVER ((struct cf_instant){INT64_MAX})

enum { CF_INSTANT_TEXT = 48 };

static inline bool cf_instant_known(struct cf_instant instant)
{
    return instant.us != CF_UNKNOWN_US;
}

/* instant + span; `never` and unknown stay what they are. */
static inline struct cf_instant cf_instant_add(struct cf_instant instant, struct cf_span span)
{
    if (instant.us == INT64_MAX || instant.us == CF_UNKNOWN_US)
        return instant;
    return (struct cf_instant){instant.us + span.us};
}

/*
 * Reads "2026-03-02", "2026-03-02 08:55", "2026-03-02T08:55:00.5", each optionally with "Z" or "+01:00";
 * without one the local time of `zone` is meant (in a gap, the later reading; in a fold, the earlier).
 * Returns 0 or CF_USAGE.
 */
int cf_instant_parse(const char *text, const struct cf_zone *zone, struct cf_instant *ret_instant,
                     struct cf_error *err);

/* "2026-03-02T08:55:00.000000Z"; "never"; "unknown". Returns out. */
const char *cf_instant_utc(struct cf_instant instant, char out[CF_INSTANT_TEXT]);

/* "2026-03-02 08:55:00" in `zone`, fractions dropped. Returns out. */
const char *cf_instant_local(struct cf_instant instant, const struct cf_zone *zone,
                             char out[CF_INSTANT_TEXT]);

#endif
