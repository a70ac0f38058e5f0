/* Days off out of files: who reads which, and the limits on them. */
#ifndef CF_CALENDAR_FILE_H
#define CF_CALENDAR_FILE_H

#include "calendar/calendar.h"

enum {
    CF_ICAL_DEPTH = 16,       /* components one within the other: libical frees them by recursion */
    CF_ICAL_EVENTS = 10000,   /* events an iCalendar file may have */
    CF_ICAL_VALUES = 400,     /* dates that one event may except, and add; libical reads no more than 500 */
    CF_ICAL_WINDOWS = 500000, /* occurrences of all events together */
    CF_ICAL_DAYS = 10000000,  /* days that may be looked at to find them: about half a second */
    CF_ICAL_LAST_YEAR = 2100, /* rules without an end are followed until its end */
};

/* Dates as in a list of them, a line each, "#" before comments. The text is cut into lines. `file` is what
 * errors name: "holidays.txt:12: …". */
int cf_calendar_read_text(char *text, const char *file, const struct cf_zone *zone,
                          struct cf_calendar **ret_calendar, struct cf_error *err);

/* iCalendar. CF_UNSUPPORTED where this build cannot read it. Lines that were folded in the text are put
 * together. */
int cf_calendar_read_ical(char *text, const char *file, const struct cf_zone *zone,
                          struct cf_calendar **ret_calendar, struct cf_error *err);

#endif
