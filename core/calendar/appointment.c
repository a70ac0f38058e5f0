#include "calendar/appointment.h"

#include "calendar/kind.h"
#include "calendar/pattern.h"

static int read_times(struct cf_scanner *in, struct cf_appointment *appointment)
{
    do {
        if (appointment->count == CF_APPOINTMENT_TIMES)
            return cf_scanner_fail(in, "there are more times of day than can be kept");
        int64_t time;
        if (!cf_scanner_time(in, &time))
            return cf_scanner_fail(in, "the time of day cannot be read; it goes from 00:00 to 23:59");
        if (time == CF_DAY_SECONDS)
            return cf_scanner_fail(in, "nothing is at 24:00, which is the next day's 00:00");
        appointment->times[appointment->count++] = time;
    } while (cf_scanner_take(in, ','));
    return CF_OK;
}

int cf_appointment_parse(const char *text, const struct cf_zone *zone, struct cf_appointment *ret_appointment,
                         struct cf_error *err)
{
    struct cf_scanner in = {text, text, "\"Mon-Fri 19:00\" or \"03:30\"", err};
    struct cf_appointment appointment = {.zone = zone};
    int code = cf_scanner_days(&in, appointment.days);
    cf_scanner_skip(&in);
    if (code == CF_OK)
        code = read_times(&in, &appointment);
    cf_scanner_skip(&in);
    if (code == CF_OK && *in.at)
        code = cf_scanner_fail(&in, "there is more behind the time than can be read");
    if (code == CF_OK)
        *ret_appointment = appointment;
    return code;
}

/* The first of a day's instants after `after`, else `soonest`, which is kept where it is sooner. A gap can
 * change their order, so all are looked at. */
static int64_t soonest_of_day(const struct cf_appointment *appointment, int64_t day, int64_t after,
                              int64_t soonest)
{
    for (size_t i = 0; i < appointment->count; i++) {
        int64_t first, second;
        cf_zone_utc_of_local(appointment->zone, day * CF_DAY_SECONDS + appointment->times[i], &first,
                             &second);
        int64_t at = first * 1000000;
        if (at > after && at < soonest)
            soonest = at;
    }
    return soonest;
}

struct cf_instant cf_appointment_next(const struct cf_appointment *appointment, struct cf_instant after)
{
    enum { SLACK = 2 }; /* days by which a change of clocks moves a time at most, twice */
    if (after.us <= -CF_CALENDAR_REACH || after.us >= CF_CALENDAR_REACH)
        return CF_NEVER;
    struct cf_date today = cf_zone_civil(appointment->zone, after.us).date;
    int64_t day = cf_days_of_date(today) - SLACK, last = day + CF_WEEKDAYS + 2 * SLACK;
    int64_t soonest = CF_NEVER.us;
    for (; day <= last; day++)
        if (appointment->days[cf_weekday_of_days(day)])
            soonest = soonest_of_day(appointment, day, after.us, soonest);
    return (struct cf_instant){soonest};
}
