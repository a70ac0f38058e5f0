/* Days off by name. */
#ifndef CF_PROGRAM_DAYS_OFF_H
#define CF_PROGRAM_DAYS_OFF_H

#include "calendar/calendar.h"
#include "time/zone.h"

#include <stdio.h>

/* A line: "Fri  2026-12-25              Christmas Day". */
void cf_day_off_print(const struct cf_day_off *day, const struct cf_zone *zone, FILE *out);

/* The same as an object of JSON; `policy` may be NULL. */
void cf_day_off_json(const struct cf_day_off *day, const char *policy, const struct cf_zone *zone, FILE *out);

#endif
