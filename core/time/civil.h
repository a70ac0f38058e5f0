/* The proleptic Gregorian calendar, without any time zone. */
#ifndef CF_TIME_CIVIL_H
#define CF_TIME_CIVIL_H

#include <stdbool.h>
#include <stdint.h>

/* A date; month 1 to 12, day 1 to 31. */
struct cf_date {
    int year, month, day;
};

/* A date and a time of day; second may carry a fraction in `us`. */
struct cf_civil {
    struct cf_date date;
    int hour, minute, second, us;
};

int64_t cf_days_of_date(struct cf_date date); /* days since 1970-01-01 */
struct cf_date cf_date_of_days(int64_t days);
int cf_weekday_of_days(int64_t days); /* 0 Monday to 6 Sunday */
bool cf_date_valid(struct cf_date date);

/* Reads "2026-03-02" at *text and moves *text behind it; false, and nothing moved, where no such date stands
 * there. */
bool cf_date_read(const char **text, struct cf_date *ret_date);

#endif
