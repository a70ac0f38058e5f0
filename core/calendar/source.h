/* A file of days off in use: a calendar whose content can be read again while others hold it. */
#ifndef CF_CALENDAR_SOURCE_H
#define CF_CALENDAR_SOURCE_H

#include "calendar/kind.h"

/* What to read, by itself: it may be read on another thread. */
struct cf_source_order {
    char *path;
    const struct cf_zone *zone;
    struct cf_event_filter only, except;
};

/* Reads the file, too. The filters are copied. Errors as cf_calendar_days_off. */
int cf_source_create(const char *path, const struct cf_zone *zone, const struct cf_event_filter *only,
                     const struct cf_event_filter *except, struct cf_calendar **ret_calendar,
                     struct cf_error *err);

/* The order of a calendar that is such a file; NULL: it is none. Lives as long as the calendar. */
const struct cf_source_order *cf_source_order(const struct cf_calendar *calendar);

/* Reads it afresh, on any thread; the calendar itself is as it was. */
int cf_source_read(const struct cf_source_order *order, struct cf_calendar **ret_content,
                   struct cf_error *err);

/* From now on the calendar, and all that is made of it, holds what `content` holds. Takes the reference over.
 */
void cf_source_replace(struct cf_calendar *calendar, struct cf_calendar *content);

#endif
