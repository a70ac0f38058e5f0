#include "make.h"

#include <stdio.h>
#include <string.h>

const struct cf_zone *zone_called(const char *name)
{
    const struct cf_zone *zone = NULL;
    struct cf_error err = {0};
    if (cf_zone_get(name, &zone, &err) < 0)
        fail_msg("%s", err.text);
    return zone;
}

struct cf_instant instant_of(const char *text, const char *zone)
{
    struct cf_instant instant = {0};
    struct cf_error err = {0};
    if (cf_instant_parse(text, zone_called(zone), &instant, &err) < 0)
        fail_msg("%s", err.text);
    return instant;
}

struct cf_calendar *calendar_of(const char *text, const char *zone)
{
    bool dates = text[0] == '#';
    char copy[4096];
    (void)snprintf(copy, sizeof copy, "%s", text + dates);
    const char *lines[64];
    size_t count = 0;
    for (char *line = strtok(copy, ";"); line; line = strtok(NULL, ";"))
        lines[count++] = line;
    struct cf_calendar *calendar = NULL;
    struct cf_error err = {0};
    int code =
        (dates ? cf_calendar_dates : cf_calendar_weekly)(lines, count, zone_called(zone), &calendar, &err);
    if (code < 0)
        fail_msg("%s", err.text);
    return calendar;
}

struct cf_calendar *combined(enum cf_calendar_operation operation, struct cf_calendar *a,
                             struct cf_calendar *b)
{
    struct cf_calendar *calendar = NULL;
    struct cf_error err = {0};
    if (cf_calendar_combine(operation, a, b, &calendar, &err) < 0)
        fail_msg("%s", err.text);
    cf_calendar_unref(a);
    cf_calendar_unref(b);
    return calendar;
}

int release_zones(void **state)
{
    (void)state;
    cf_zones_release();
    return 0;
}
