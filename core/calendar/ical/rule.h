/* Recurrence rules as written (RFC 5545, 3.3.10): every part is checked, so that a rule means what it says.
 */
#ifndef CF_CALENDAR_ICAL_RULE_H
#define CF_CALENDAR_ICAL_RULE_H

#include "base/error.h"
#include "calendar/ical/value.h"

enum { CF_RULE_NUMBER = 366, CF_RULE_DAYS = 7 };

/* Numbers from -366 to 366. */
struct cf_rule_set {
    bool given;
    uint64_t plus[6], minus[6];
};

enum cf_frequency {
    CF_SECONDLY,
    CF_MINUTELY,
    CF_HOURLY,
    CF_DAILY,
    CF_WEEKLY,
    CF_MONTHLY,
    CF_YEARLY,
};

struct cf_rule {
    enum cf_frequency frequency;
    int interval;   /* at least 1 */
    int count;      /* 0: none */
    bool has_until; /* never beside a count */
    struct cf_ical_stamp until;
    int week_start; /* 0 Monday to 6 Sunday */
    struct cf_rule_set second, minute, hour, month, month_day, year_day, week_number, position;
    bool day_given;
    bool any_week[CF_RULE_DAYS];           /* BYDAY=MO, … */
    struct cf_rule_set week[CF_RULE_DAYS]; /* … and BYDAY=2MO */
};

/*
 * Reads a rule; times of day in one of whole days count for nothing. The text is cut into pieces. CF_USAGE,
 * with the rest of a sentence: "has a rule whose UNTIL is not a date".
 */
int cf_rule_read(char *text, bool whole_day, struct cf_rule *ret_rule, struct cf_error *err);

/* Whether number `at` of `of` is in the set; -1 is the last. */
bool cf_rule_has(const struct cf_rule_set *set, int at, int of);

#endif
