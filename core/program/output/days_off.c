#include "program/output/days_off.h"

#include "base/json.h"
#include "program/output/paragraph.h"

#include <string.h>

enum { DATE = 10, TIME = 5, RANGE = 48 }; /* letters */

static bool is_midnight(const char *local)
{
    return strcmp(local + DATE, " 00:00:00") == 0;
}

/* "2026-12-25", "2026-12-24..2026-12-26", "2026-12-24 12:00-18:00", as a clock in the zone shows them. */
static const char *range_of(const struct cf_day_off *day, const struct cf_zone *zone, char out[RANGE])
{
    char from[CF_INSTANT_TEXT], to[CF_INSTANT_TEXT], last[CF_INSTANT_TEXT];
    (void)cf_instant_local(day->from, zone, from);
    (void)cf_instant_local(day->to, zone, to);
    (void)cf_instant_local((struct cf_instant){day->to.us - 1}, zone, last);
    bool one = strncmp(from, last, DATE) == 0;
    if (is_midnight(from) && is_midnight(to))
        (void)snprintf(out, RANGE, "%.*s%s%.*s", DATE, from, one ? "" : "..", one ? 0 : DATE, last);
    else if (one && !is_midnight(to))
        (void)snprintf(out, RANGE, "%.*s-%.*s", DATE + 1 + TIME, from, TIME, to + DATE + 1);
    else
        (void)snprintf(out, RANGE, "%.*s..%.*s", DATE + 1 + TIME, from, DATE + 1 + TIME, to);
    return out;
}

void cf_day_off_print(const struct cf_day_off *day, const struct cf_zone *zone, FILE *out)
{
    static const char *const weekdays[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    char range[RANGE], name[256];
    int weekday = cf_weekday_of_days(cf_days_of_date(cf_zone_civil(zone, day->from.us).date));
    (void)cf_text_safe(day->name, name, sizeof name);
    (void)range_of(day, zone, range);
    if (name[0])
        cf_line(out, 0, "%s  %-22s  %s", weekdays[weekday], range, name);
    else
        cf_line(out, 0, "%s  %s", weekdays[weekday], range);
}

void cf_day_off_json(const struct cf_day_off *day, const char *policy, const struct cf_zone *zone, FILE *out)
{
    char from[CF_INSTANT_TEXT], to[CF_INSTANT_TEXT], range[RANGE];
    cf_json_print(out,
                  json_pack("{s:o, s:s, s:s, s:s, s:o, s:o}", "policy", cf_json_text(policy), "days",
                            range_of(day, zone, range), "from", cf_instant_utc(day->from, from), "to",
                            cf_instant_utc(day->to, to), "name",
                            cf_json_text(day->name[0] ? day->name : NULL), "file", cf_json_text(day->file)));
}
