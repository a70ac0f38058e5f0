/* A file of days off in use: a calendar whose content can be read again while others hold it. */
#ifndef CF_CALENDAR_SOURCE_H
#define CF_CALENDAR_SOURCE_H

#include "calendar/kind.h"

/* How the file was when it was read. */
struct cf_source_stamp {
    int64_t size, changed_us;
    uint64_t inode, device;
};

/* What to read, by itself: it may be read on another thread. */
struct cf_source_order {
    char *path;
    const struct cf_zone *zone;
    struct cf_event_filter only, except;
    struct cf_source_stamp stamp; /* at the last reading, also a failed one */
    uint64_t digest;              /* of the bytes in force */
};

/* What a reading has found. */
struct cf_source_reading {
    bool changed;                /* there is something to take */
    struct cf_calendar *content; /* NULL: the bytes are the same, or have mistakes: err.code */
    struct cf_source_stamp stamp;
    uint64_t digest;
    struct cf_error err;
};

/* Reads the file, too. The filters are copied. Errors as cf_calendar_days_off. */
int cf_source_create(const char *path, const struct cf_zone *zone, const struct cf_event_filter *only,
                     const struct cf_event_filter *except, struct cf_calendar **ret_calendar,
                     struct cf_error *err);

/* The order of a calendar that is such a file; NULL: it is none. Lives as long as the calendar. */
const struct cf_source_order *cf_source_order(const struct cf_calendar *calendar);

/* Looks whether the file has changed, and reads it if so, on any thread; the calendar itself is as it was. */
void cf_source_read(const struct cf_source_order *order, struct cf_source_reading *ret_reading);

/*
 * Takes what the reading has found, which is freed: 1: from now on the calendar, and all that is made of it,
 * holds that; 0: it is what it was; negative: it cannot be read, or has mistakes, which *err tells once, and
 * the old stays in force.
 */
int cf_source_take(struct cf_calendar *calendar, struct cf_source_reading *reading, struct cf_error *err);

#endif
