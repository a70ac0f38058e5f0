/* Calendars made of windows of local time: once each, or at the same places of every week or year. */
#ifndef CF_CALENDAR_PATTERN_H
#define CF_CALENDAR_PATTERN_H

#include "calendar/calendar.h"

enum cf_period { CF_ONCE, CF_EVERY_WEEK, CF_EVERY_YEAR };

enum { CF_DAY_SECONDS = 86400, CF_WEEK_SECONDS = 7 * CF_DAY_SECONDS, CF_YEAR_SECONDS = 366 * CF_DAY_SECONDS };

/*
 * Local seconds from the beginning of the period: of 1970; of the week, on Monday; of the year, as if each
 * had a February 29. `from` lies in the first period, `to` at most a period later.
 */
struct cf_window {
    int64_t from, to;
};

/* Takes the windows as they come, in any order, and puts those together that touch. Sorts windows[]. */
struct cf_calendar *cf_pattern_create(enum cf_period period, const struct cf_zone *zone,
                                      struct cf_window *windows, size_t count);

#endif
