/* Dates, times and durations as iCalendar writes them (RFC 5545, 3.3): read whole, or not at all. */
#ifndef CF_CALENDAR_ICAL_VALUE_H
#define CF_CALENDAR_ICAL_VALUE_H

#include <stdbool.h>
#include <stdint.h>

enum { CF_ICAL_LONGEST = 36525 }; /* days that a DURATION may come to: a hundred years */

/* A date, or a date with a time. */
struct cf_ical_stamp {
    bool whole_day, utc;
    int64_t local; /* seconds since 1970 on the clock that shows it */
};

/* "20261225", "20261225T080000" and "20261225T080000Z", of the years 1 to 9999. A leap second is the one
 * before. */
bool cf_ical_read_stamp(const char *text, struct cf_ical_stamp *ret_stamp);

/* A duration: days on the calendar, and seconds on top. */
struct cf_ical_length {
    int64_t days, seconds;
};

/* "P1D", "P2W", "PT1H30M", "P1DT12H". False where it is negative, too. */
bool cf_ical_read_length(const char *text, struct cf_ical_length *ret_length);

/* "+0100", "-053000", in seconds. */
bool cf_ical_read_offset(const char *text, int32_t *ret_seconds);

/* A number of digits alone, from `least` to `most`. */
bool cf_ical_read_number(const char *text, int least, int most, int *ret_number);

/* The same, with a sign ahead perhaps: -most to -least, and least to most. */
bool cf_ical_read_signed(const char *text, int least, int most, int *ret_number);

int64_t cf_ical_day(int64_t local); /* of local seconds: days since 1970 */

#endif
