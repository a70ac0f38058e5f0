/*
 * A second reading of RFC 5545's rules, by another way than the program's: for each period a set of days is
 * made, and widened or narrowed by one part of the rule after the other, as the table in 3.3.10 has it. Plain
 * and slow.
 */
#ifndef CF_TESTS_CALENDAR_EXPANDER_H
#define CF_TESTS_CALENDAR_EXPANDER_H

#include <stdint.h>

enum { PART = 4, DAY = 86400 };
enum frequency { HOURLY, DAILY, WEEKLY, MONTHLY, YEARLY };

/* A part of a rule: so many numbers; 0: it is not given. */
struct part {
    int count, at[PART];
};

struct rule {
    enum frequency frequency;
    int interval, count, week_start; /* count 0: none; 0 Monday */
    int64_t until;                   /* local seconds; INT64_MAX: none */
    struct part month, week, year_day, month_day, hour, minute, position;
    int day_count, days[PART], nth[PART]; /* BYDAY: 0 Monday; 0: each */
};

/* Days and seconds since 1970-01-01, local. */
int64_t days_of(int year, int month, int day);
int64_t day_of(int64_t local);

/* Calls found(data, local) for each time of the rule from `start` to `last`. */
void expand(const struct rule *rule, int64_t start, int64_t last, void (*found)(void *data, int64_t local),
            void *data);

#endif
