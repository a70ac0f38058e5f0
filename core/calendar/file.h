/* Days off out of files: who reads which, and the limits on them. Everything here may run on any thread. */
#ifndef CF_CALENDAR_FILE_H
#define CF_CALENDAR_FILE_H

#include "calendar/calendar.h"

enum {
    CF_ICAL_DEPTH = 16,        /* components one within the other */
    CF_ICAL_EVENTS = 10000,    /* events an iCalendar file may have */
    CF_ICAL_WINDOWS = 1000000, /* occurrences of all events together */
    CF_ICAL_DAYS = 10000000,   /* days that may be looked at to find them: about half a second */
    CF_ICAL_LAST_YEAR = 2100,  /* rules without an end are followed until its end */
    CF_ICAL_MISTAKES = 8,      /* of a file that are told; the rest is only said to be there */
};

struct cf_file_reading {
    const char *name; /* what errors call the file: "holidays.txt:12: …" */
    const struct cf_zone *zone;
    struct cf_event_filter *only, *except; /* which of their patterns were met is noted */
};

/* Dates as in a list of them, a line each, "#" before comments, which are their names. The text is cut into
 * lines. No error quotes it. */
int cf_calendar_read_text(char *text, const struct cf_file_reading *how, struct cf_calendar **ret_calendar,
                          struct cf_error *err);

/* iCalendar. The text is cut into pieces. Of it errors quote the names of events alone. */
int cf_calendar_read_ical(char *text, const struct cf_file_reading *how, struct cf_calendar **ret_calendar,
                          struct cf_error *err);

/* The file of that path, of either kind, and a digest of its bytes. */
int cf_calendar_read_file(const char *path, const struct cf_zone *zone, const struct cf_event_filter *only,
                          const struct cf_event_filter *except, struct cf_calendar **ret_calendar,
                          uint64_t *ret_digest, struct cf_error *err);

#endif
