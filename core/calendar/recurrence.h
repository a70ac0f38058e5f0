/* Recurrence rules of iCalendar (RFC 5545, 3.3.10): the days on which they fall. Compiled with libical only,
 * which has read the rule. */
#ifndef CF_CALENDAR_RECURRENCE_H
#define CF_CALENDAR_RECURRENCE_H

#include "calendar/libical.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Days since 1970, ascending; the caller frees `days`. */
struct cf_day_list {
    int64_t *days;
    size_t count;
};

/* NULL where cf_recurrence_days can follow the rule, else what is in it that it cannot: a frequency below a
 * day, times of day, a calendar that is not Gregorian. */
const char *cf_recurrence_refuses(const struct icalrecurrencetype *rule);

/*
 * Adds the days from `first`, the day of DTSTART, to `last` on which the rule falls; its UNTIL is the
 * caller's to heed. `first` itself is among them only where the rule says so. Looks at every day in between,
 * for each of which it takes 1 from *budget; false where that did not suffice.
 */
bool cf_recurrence_days(const struct icalrecurrencetype *rule, int64_t first, int64_t last, int64_t *budget,
                        struct cf_day_list *list);

#endif
