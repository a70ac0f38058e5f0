/* Calendars and instants out of text, for tests. A mistake in the text fails the test. */
#ifndef CF_TESTS_CALENDAR_MAKE_H
#define CF_TESTS_CALENDAR_MAKE_H

#include "../unit.h"

#include "calendar/calendar.h"

const struct cf_zone *zone_called(const char *name);
struct cf_instant instant_of(const char *text, const char *zone);

/* Lines are separated by ";". Those of dates are marked by a "#" ahead of the first. */
struct cf_calendar *calendar_of(const char *text, const char *zone);

/* Gives up its references to a and b. */
struct cf_calendar *combined(enum cf_calendar_operation operation, struct cf_calendar *a,
                             struct cf_calendar *b);

int release_zones(void **state); /* for cmocka */

#endif
