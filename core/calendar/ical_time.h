/* Dates and times of iCalendar properties, as instants of our own zones. Compiled with libical only. */
#ifndef CF_CALENDAR_ICAL_TIME_H
#define CF_CALENDAR_ICAL_TIME_H

#include "calendar/libical.h"
#include "time/zone.h"

/* A file being read; `zone` is that of floating times and of whole days. */
struct cf_ical_file {
    icalcomponent *root;
    const struct cf_zone *zone;
    struct cf_error *err;
    const char *last_tzid; /* the one looked up last, as most are the same */
    const struct cf_zone *last_zone;
};

struct cf_ical_time {
    bool whole_day;
    const struct cf_zone *zone;
    int64_t local, utc; /* seconds */
};

/* `time`, which libical has read but not checked, of a property that may name a zone: by its IANA name, by
 * one that a VTIMEZONE explains as X-LIC-LOCATION, or by one that ends in an IANA name. Returns 0 or
 * CF_USAGE.
 */
int cf_ical_read_time(struct cf_ical_file *in, icalproperty *property, struct icaltimetype time,
                      struct cf_ical_time *ret_time);

struct cf_ical_time cf_ical_time_of_local(bool whole_day, const struct cf_zone *zone, int64_t local);

int64_t cf_ical_day(int64_t local); /* of local seconds: days since 1970 */

#endif
