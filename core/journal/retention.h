/* How long the journal is kept, and how large it may grow. */
#ifndef CF_JOURNAL_RETENTION_H
#define CF_JOURNAL_RETENTION_H

#include "journal/database.h"
#include "time/instant.h"

struct cf_retention {
    struct cf_span keep; /* entries older than this go; zero: never */
    int64_t bytes;       /* what matters least goes while the rest is larger, the oldest first; 0: never */
};

enum {
    CF_RETENTION_ROWS = 5000,     /* deleted at once, so that what is to be written need not wait long */
    CF_RETENTION_SLACK = 4 << 20, /* bytes by which the file may outgrow its limit before it is shortened */
};

/*
 * Which actions on sessions have no outcome yet, as a condition on `entries e`. Their rows are never deleted,
 * and no outcome is before the decision that it belongs to.
 */
#define CF_RETENTION_OPEN                                                                                    \
    "e.decision > 0 AND EXISTS (SELECT 1 FROM entries a WHERE a.decision = e.decision AND a.decision > 0"    \
    " AND a.what IN ('logoff', 'force') AND NOT a.dry)"                                                      \
    " AND NOT EXISTS (SELECT 1 FROM entries o WHERE o.decision = e.decision AND o.decision > 0"              \
    " AND o.what IN ('ended', 'failed', 'refused') AND NOT o.dry)"

/*
 * Deletes some of what is too old (`now` unknown: nothing is) or too much; *ret_more: there may be more of
 * it. Of what is too much the rows of users' own requests go first, then those that belong to no decision,
 * and decisions with what came of them only where they alone are too much.
 */
int cf_retention_sweep(struct cf_database *database, const struct cf_retention *retention,
                       struct cf_instant now, bool *ret_more, struct cf_error *err);

/* Whether the journal has outgrown its limit by so much that it is to be shortened now. Costs next to
 * nothing. */
bool cf_retention_is_over(struct cf_database *database, const struct cf_retention *retention);

#endif
