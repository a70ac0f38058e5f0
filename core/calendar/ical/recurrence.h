/* On which dates and times a recurrence rule falls (RFC 5545, 3.3.10). */
#ifndef CF_CALENDAR_ICAL_RECURRENCE_H
#define CF_CALENDAR_ICAL_RECURRENCE_H

#include "calendar/ical/rule.h"

/* Called for each time, ascending, in local seconds; false: that is enough. */
typedef bool cf_recurrence_fn(void *data, int64_t local);

/*
 * Calls `found` for each time from `first`, which is DTSTART, to `last` on which the rule falls; its UNTIL is
 * the caller's to heed. `first` itself is among them only where the rule says so. Takes 1 from *budget for
 * each day or, where the rule counts them, each hour, minute or second that is looked at, and for each time
 * found; false where that did not suffice.
 */
bool cf_recurrence_run(const struct cf_rule *rule, int64_t first, int64_t last, int64_t *budget,
                       cf_recurrence_fn *found, void *data);

#endif
