#include "base/text.h"
#include "time/civil.h"

#ifdef CF_HAVE_ICAL

#include "calendar/ical_time.h"

#include <string.h>

enum { DAY_SECONDS = 86400 };

/* The IANA name that a VTIMEZONE gives to `tzid`; NULL: none. */
static const char *location_in(icalcomponent *zone, const char *tzid)
{
    icalproperty *property = cf_libical.icalcomponent_get_first_property(zone, ICAL_TZID_PROPERTY);
    if (!property || !cf_text_equal(cf_libical.icalproperty_get_tzid(property), tzid))
        return NULL;
    for (property = cf_libical.icalcomponent_get_first_property(zone, ICAL_X_PROPERTY); property;
         property = cf_libical.icalcomponent_get_next_property(zone, ICAL_X_PROPERTY))
        if (cf_text_equal(cf_libical.icalproperty_get_x_name(property), "X-LIC-LOCATION"))
            return cf_libical.icalproperty_get_x(property);
    return NULL;
}

/* The same of any of the file. Looks at no property of an event, for one of them may be going through its
 * own.
 */
static const char *location_of(const struct cf_ical_file *in, icalcomponent *calendar, const char *tzid)
{
    icalcompiter zones = cf_libical.icalcomponent_begin_component(calendar, ICAL_ANY_COMPONENT);
    for (icalcomponent *zone; (zone = cf_libical.icalcompiter_deref(&zones)) != NULL;
         cf_libical.icalcompiter_next(&zones)) {
        const char *location = NULL;
        if (cf_libical.icalcomponent_isa(zone) == ICAL_VCALENDAR_COMPONENT && calendar == in->root)
            location = location_of(in, zone, tzid);
        else if (cf_libical.icalcomponent_isa(zone) == ICAL_VTIMEZONE_COMPONENT)
            location = location_in(zone, tzid);
        if (location)
            return location;
    }
    return NULL;
}

static bool look_up(const struct cf_ical_file *in, const char *tzid, const struct cf_zone **ret_zone)
{
    if (cf_zone_get(tzid, ret_zone, NULL) == CF_OK)
        return true;
    const char *location = location_of(in, in->root, tzid);
    if (location && cf_zone_get(location, ret_zone, NULL) == CF_OK)
        return true;
    /* "/freeassociation.sourceforge.net/Europe/Berlin" */
    for (const char *tail = tzid; (tail = strchr(tail, '/')) != NULL;)
        if (cf_zone_get(++tail, ret_zone, NULL) == CF_OK)
            return true;
    return false;
}

static int find_zone(struct cf_ical_file *in, const char *tzid, const struct cf_zone **ret_zone)
{
    if (cf_text_equal(tzid, in->last_tzid) || look_up(in, tzid, &in->last_zone)) {
        in->last_tzid = tzid;
        *ret_zone = in->last_zone;
        return CF_OK;
    }
    return cf_error_set(in->err, CF_USAGE,
                        "knows no time zone \"%.80s\"; zones go by their IANA names, such as "
                        "\"Europe/Berlin\", or name one as X-LIC-LOCATION",
                        tzid);
}

struct cf_ical_time cf_ical_time_of_local(bool whole_day, const struct cf_zone *zone, int64_t local)
{
    struct cf_ical_time time = {whole_day, zone, local, 0};
    int64_t second;
    (void)cf_zone_utc_of_local(zone, local, &time.utc, &second);
    return time;
}

int64_t cf_ical_day(int64_t local)
{
    return (local - (local % DAY_SECONDS + DAY_SECONDS) % DAY_SECONDS) / DAY_SECONDS;
}

int cf_ical_read_time(struct cf_ical_file *in, icalproperty *property, struct icaltimetype time,
                      struct cf_ical_time *ret_time)
{
    struct cf_date date = {time.year, time.month, time.day};
    if (date.year < 1 || date.year > 9999 || !cf_date_valid(date) ||
        (!time.is_date && (time.hour < 0 || time.hour > 23 || time.minute < 0 || time.minute > 59 ||
                           time.second < 0 || time.second > 60)))
        return cf_error_set(in->err, CF_USAGE, "has a %s that is no date or no time",
                            cf_libical.icalproperty_get_property_name(property));
    const struct cf_zone *zone = in->zone;
    icalparameter *tzid = cf_libical.icalproperty_get_first_parameter(property, ICAL_TZID_PARAMETER);
    if (time.is_date)
        time.hour = time.minute = time.second = 0;
    else if (cf_libical.icaltime_is_utc(time))
        zone = cf_zone_utc();
    else if (tzid && cf_libical.icalparameter_get_tzid(tzid)) {
        int code = find_zone(in, cf_libical.icalparameter_get_tzid(tzid), &zone);
        if (code < 0)
            return code;
    }
    *ret_time = cf_ical_time_of_local(time.is_date, zone,
                                      cf_days_of_date(date) * DAY_SECONDS +
                                          ((time.hour * 60 + time.minute) * 60 + time.second));
    return CF_OK;
}

#endif
