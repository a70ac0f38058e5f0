/* Weekly hours, read from lines such as "Mon-Fri 07:30-19:00". */
#include "base/memory.h"
#include "calendar/pattern.h"
#include "calendar/reader.h"

#include <stdlib.h>

/* What a line says: its days, and seconds since their midnight. Days alone are whole days. */
struct hours {
    bool days[CF_WEEKDAYS];
    int64_t from, to;
};

static int read_times(struct cf_scanner *in, struct hours *hours)
{
    if (!cf_scanner_time(in, &hours->from) || !cf_scanner_take(in, '-') || !cf_scanner_time(in, &hours->to))
        return cf_scanner_fail(in, "the hours cannot be read; they go from 00:00 to 24:00");
    if (hours->from == CF_DAY_SECONDS)
        return cf_scanner_fail(in, "no hours begin at 24:00, which is the next day's 00:00");
    if (hours->from == hours->to)
        return cf_scanner_fail(in, "the hours end where they begin; for a whole day leave them out");
    if (hours->to < hours->from)
        hours->to += CF_DAY_SECONDS;
    return CF_OK;
}

static int read_line(const char *line, struct hours *ret_hours, struct cf_error *err)
{
    struct cf_scanner in = {line, line, "\"Mon-Fri 07:30-19:00\" or \"Sat,Sun\"", err};
    struct hours hours = {.from = 0, .to = CF_DAY_SECONDS};
    int code = cf_scanner_days(&in, hours.days);
    cf_scanner_skip(&in);
    if (code == CF_OK && *in.at)
        code = read_times(&in, &hours);
    cf_scanner_skip(&in);
    if (code == CF_OK && *in.at)
        code = cf_scanner_fail(&in, "there is more behind the hours than can be read");
    if (code == CF_OK)
        *ret_hours = hours;
    return code;
}

int cf_calendar_weekly(const char *const *lines, size_t count, const struct cf_zone *zone,
                       struct cf_calendar **ret_calendar, struct cf_error *err)
{
    if (count > CF_CALENDAR_LINES)
        return cf_error_set(err, CF_USAGE, "a weekly calendar can have %d lines at most", CF_CALENDAR_LINES);
    struct cf_window *windows = cf_alloc(count * CF_WEEKDAYS * sizeof *windows);
    size_t used = 0;
    int code = CF_OK;
    for (size_t i = 0; i < count && code == CF_OK; i++) {
        struct hours hours = {0};
        code = read_line(lines[i], &hours, err);
        for (int day = 0; day < CF_WEEKDAYS; day++) {
            int64_t midnight = (int64_t)day * CF_DAY_SECONDS;
            if (hours.days[day])
                windows[used++] = (struct cf_window){midnight + hours.from, midnight + hours.to};
        }
    }
    if (code == CF_OK)
        *ret_calendar = cf_pattern_create(CF_EVERY_WEEK, zone, windows, used);
    free(windows);
    return code;
}
