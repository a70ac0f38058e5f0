/* Appointments: instants at which the clock on the wall shows a given time on given days of the week. */
#ifndef CF_CALENDAR_APPOINTMENT_H
#define CF_CALENDAR_APPOINTMENT_H

#include "calendar/reader.h"
#include "time/instant.h"

enum { CF_APPOINTMENT_TIMES = 48 }; /* times of day one appointment may have */

/* A value; `zone` is borrowed. */
struct cf_appointment {
    const struct cf_zone *zone;
    bool days[CF_WEEKDAYS];              /* Monday first */
    int64_t times[CF_APPOINTMENT_TIMES]; /* seconds since midnight */
    size_t count;
};

/* Reads "Mon-Fri 19:00", "Mon,Wed 08:00,12:00", "03:30" (every day). Returns 0 or CF_USAGE, quoting the text.
 */
int cf_appointment_parse(const char *text, const struct cf_zone *zone, struct cf_appointment *ret_appointment,
                         struct cf_error *err);

/*
 * The first time of the appointment after `after`; CF_NEVER after `never` and unknown. A time that a spring
 * gap leaves out moves on with the jump (02:30 is kept at 03:30); one that an autumn fold repeats is kept at
 * the first alone. Two that fall on one instant are one.
 */
struct cf_instant cf_appointment_next(const struct cf_appointment *appointment, struct cf_instant after);

#endif
