/*
 * iCalendar files (RFC 5545), read by libical: events become windows. Times are turned into instants by our
 * own zones, by their IANA names; what a VTIMEZONE says of its rules is not used.
 */
#include "calendar/file.h"

#ifndef CF_HAVE_ICAL

int cf_calendar_read_ical(char *text, const char *file, const struct cf_zone *zone,
                          struct cf_calendar **ret_calendar, struct cf_error *err)
{
    (void)text, (void)zone, (void)ret_calendar;
    return cf_error_set(err, CF_UNSUPPORTED,
                        "%s: this build of curfew cannot read iCalendar, for it was made without libical; "
                        "write the dates into a text file, a line each",
                        file);
}

#else

#include "base/memory.h"
#include "base/text.h"
#include "calendar/kind.h"
#include "calendar/pattern.h"
#include "calendar/recurrence.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* When an event starts, or what it excepts. */
struct moment {
    bool whole_day;
    const struct cf_zone *zone;
    int64_t local, utc; /* seconds */
};

/* An occurrence that is not to be: by EXDATE, or because RECURRENCE-ID has another in its place. */
struct exception {
    const char *uid;
    bool whole_day;
    int64_t at; /* the local day, else UTC seconds */
};

struct windows {
    struct cf_window *list;
    size_t count;
};

struct reading {
    icalcomponent *root;
    const struct cf_zone *zone;
    struct cf_error *err;
    struct windows days, times; /* local seconds of `zone`, and UTC seconds */
    struct exception *exceptions;
    size_t exception_count;
    int event_count;
    int64_t budget; /* CF_ICAL_DAYS, less what was spent */
};

struct event {
    icalcomponent *component;
    const char *uid;
    bool instead; /* has a RECURRENCE-ID */
    struct moment start;
    int64_t days, seconds; /* how long: days on the calendar, and seconds on top */
};

/* ---- Times --------------------------------------------------------------------------------------------- */

/* The IANA name that the file itself gives to one of its own names for zones; NULL: none. */
static const char *location_of(const struct reading *in, icalcomponent *calendar, const char *tzid)
{
    icalcompiter zones = icalcomponent_begin_component(calendar, ICAL_ANY_COMPONENT);
    for (icalcomponent *zone; (zone = icalcompiter_deref(&zones)) != NULL; icalcompiter_next(&zones)) {
        const char *location = NULL;
        icalproperty *id = icalcomponent_get_first_property(zone, ICAL_TZID_PROPERTY);
        if (icalcomponent_isa(zone) == ICAL_VCALENDAR_COMPONENT && calendar == in->root)
            location = location_of(in, zone, tzid);
        else if (icalcomponent_isa(zone) == ICAL_VTIMEZONE_COMPONENT && id &&
                 cf_text_equal(icalproperty_get_tzid(id), tzid))
            for (icalproperty *x = icalcomponent_get_first_property(zone, ICAL_X_PROPERTY); x && !location;
                 x = icalcomponent_get_next_property(zone, ICAL_X_PROPERTY))
                if (cf_text_equal(icalproperty_get_x_name(x), "X-LIC-LOCATION"))
                    location = icalproperty_get_x(x);
        if (location)
            return location;
    }
    return NULL;
}

/* By its name, by X-LIC-LOCATION, else by the tail of "/freeassociation.sourceforge.net/Europe/Berlin". */
static int find_zone(const struct reading *in, const char *tzid, const struct cf_zone **ret_zone)
{
    const char *location = NULL;
    if (cf_zone_get(tzid, ret_zone, NULL) == CF_OK)
        return CF_OK;
    if ((location = location_of(in, in->root, tzid)) != NULL &&
        cf_zone_get(location, ret_zone, NULL) == CF_OK)
        return CF_OK;
    for (const char *tail = tzid; (tail = strchr(tail, '/')) != NULL;)
        if (cf_zone_get(++tail, ret_zone, NULL) == CF_OK)
            return CF_OK;
    return cf_error_set(in->err, CF_USAGE,
                        "knows no time zone \"%.80s\"; zones go by their IANA names, such as "
                        "\"Europe/Berlin\", or name one as X-LIC-LOCATION",
                        tzid);
}

static struct moment moment_of_local(bool whole_day, const struct cf_zone *zone, int64_t local)
{
    struct moment moment = {whole_day, zone, local, 0};
    int64_t second;
    (void)cf_zone_utc_of_local(zone, local, &moment.utc, &second);
    return moment;
}

/* `time`, which libical has read but not checked, of a property that may name a zone. */
static int read_moment(const struct reading *in, icalproperty *property, struct icaltimetype time,
                       struct moment *ret_moment)
{
    struct cf_date date = {time.year, time.month, time.day};
    if (date.year < 1 || date.year > 9999 || !cf_date_valid(date) ||
        (!time.is_date && (time.hour < 0 || time.hour > 23 || time.minute < 0 || time.minute > 59 ||
                           time.second < 0 || time.second > 60)))
        return cf_error_set(in->err, CF_USAGE, "has a %s that is no date or no time",
                            icalproperty_get_property_name(property));
    const struct cf_zone *zone = in->zone;
    icalparameter *tzid = icalproperty_get_first_parameter(property, ICAL_TZID_PARAMETER);
    if (time.is_date)
        time.hour = time.minute = time.second = 0;
    else if (icaltime_is_utc(time))
        zone = cf_zone_utc();
    else if (tzid && icalparameter_get_tzid(tzid)) {
        int code = find_zone(in, icalparameter_get_tzid(tzid), &zone);
        if (code < 0)
            return code;
    }
    *ret_moment = moment_of_local(time.is_date, zone,
                                  cf_days_of_date(date) * CF_DAY_SECONDS +
                                      ((time.hour * 60 + time.minute) * 60 + time.second));
    return CF_OK;
}

/* ---- Occurrences --------------------------------------------------------------------------------------- */

static int compare_exceptions(const void *a, const void *b)
{
    const struct exception *x = a, *y = b;
    int order = strcmp(x->uid, y->uid);
    if (order)
        return order;
    if (x->whole_day != y->whole_day)
        return x->whole_day ? -1 : 1;
    return (x->at > y->at) - (x->at < y->at);
}

static int64_t day_of(int64_t local)
{
    return (local - (local % CF_DAY_SECONDS + CF_DAY_SECONDS) % CF_DAY_SECONDS) / CF_DAY_SECONDS;
}

static bool is_excepted(const struct reading *in, const char *uid, const struct moment *start)
{
    const struct exception keys[] = {{uid, true, day_of(start->local)}, {uid, false, start->utc}};
    for (size_t i = 0; i < (start->whole_day ? 1 : 2) && in->exception_count; i++)
        if (bsearch(&keys[i], in->exceptions, in->exception_count, sizeof keys[i], compare_exceptions))
            return true;
    return false;
}

static int add_exception(struct reading *in, const char *uid, icalproperty *property,
                         struct icaltimetype time)
{
    struct moment moment;
    int code = read_moment(in, property, time, &moment);
    if (code < 0)
        return code;
    in->exceptions = cf_grow(in->exceptions, in->exception_count, sizeof *in->exceptions);
    in->exceptions[in->exception_count++] =
        (struct exception){uid, moment.whole_day, moment.whole_day ? day_of(moment.local) : moment.utc};
    return CF_OK;
}

static int add_window(struct reading *in, bool whole_day, int64_t from, int64_t to)
{
    struct windows *windows = whole_day ? &in->days : &in->times;
    if (in->days.count + in->times.count >= CF_ICAL_WINDOWS)
        return cf_error_set(in->err, CF_USAGE,
                            "and those before it occur more than %d times until %d; end their rules sooner",
                            CF_ICAL_WINDOWS, CF_ICAL_LAST_YEAR);
    if (to <= from)
        return CF_OK;
    windows->list = cf_grow(windows->list, windows->count, sizeof *windows->list);
    windows->list[windows->count++] = (struct cf_window){from, to};
    return CF_OK;
}

static int add_occurrence(struct reading *in, const struct event *event, const struct moment *start)
{
    if (!event->instead && is_excepted(in, event->uid, start))
        return CF_OK;
    int64_t last_day = start->local + event->days * CF_DAY_SECONDS;
    if (start->whole_day)
        return add_window(in, true, start->local, last_day);
    struct moment end = moment_of_local(false, start->zone, last_day);
    return add_window(in, false, start->utc, (event->days ? end.utc : start->utc) + event->seconds);
}

/* Whether a day that the rule found comes no later than its UNTIL. */
static bool is_before_end(struct icaltimetype until, const struct moment *start)
{
    if (icaltime_is_null_time(until))
        return true;
    int64_t day = cf_days_of_date((struct cf_date){until.year, until.month, until.day});
    if (until.is_date || start->whole_day)
        return day_of(start->local) <= day;
    int64_t end = day * CF_DAY_SECONDS + (until.hour * 60 + until.minute) * INT64_C(60) + until.second;
    return (icaltime_is_utc(until) ? start->utc : start->local) <= end;
}

static int add_rule(struct reading *in, const struct event *event, const struct icalrecurrencetype *rule)
{
    const char *refused = cf_recurrence_refuses(rule);
    if (refused)
        return cf_error_set(in->err, CF_UNSUPPORTED, "recurs by %s, which curfew cannot follow", refused);
    struct cf_day_list list = {0};
    int64_t first = day_of(event->start.local),
            last = cf_days_of_date((struct cf_date){CF_ICAL_LAST_YEAR, 12, 31});
    int64_t until = cf_days_of_date((struct cf_date){rule->until.year, rule->until.month, rule->until.day});
    if (!icaltime_is_null_time(rule->until) && until + 1 < last) /* which may be in UTC */
        last = until + 1;
    int code = CF_OK;
    if (!cf_recurrence_days(rule, first, last, &in->budget, &list))
        code = cf_error_set(in->err, CF_USAGE, "and those before it recur over too many years together");
    for (size_t i = 0; i < list.count && code == CF_OK; i++) {
        struct moment start = moment_of_local(event->start.whole_day, event->start.zone,
                                              event->start.local + (list.days[i] - first) * CF_DAY_SECONDS);
        if (is_before_end(rule->until, &start))
            code = add_occurrence(in, event, &start);
    }
    free(list.days);
    return code;
}

/* ---- Events -------------------------------------------------------------------------------------------- */

static icalproperty *first_of(const struct event *event, icalproperty_kind kind)
{
    return icalcomponent_get_first_property(event->component, kind);
}

static icalproperty *next_of(const struct event *event, icalproperty_kind kind)
{
    return icalcomponent_get_next_property(event->component, kind);
}

static int set_duration(const struct reading *in, struct event *event, struct icaldurationtype duration)
{
    if (duration.is_neg)
        return cf_error_set(in->err, CF_USAGE, "ends before it begins");
    event->days = (int64_t)duration.weeks * 7 + duration.days;
    event->seconds =
        (int64_t)duration.hours * 3600 + (int64_t)duration.minutes * 60 + (int64_t)duration.seconds;
    return CF_OK;
}

static int set_end(const struct reading *in, struct event *event, const struct moment *end)
{
    if (end->whole_day != event->start.whole_day)
        return cf_error_set(in->err, CF_USAGE,
                            "begins with a date and ends with a time, or the other way round");
    if (end->whole_day)
        event->days = (end->local - event->start.local) / CF_DAY_SECONDS;
    else
        event->seconds = end->utc - event->start.utc;
    return event->days < 0 || event->seconds < 0 ? cf_error_set(in->err, CF_USAGE, "ends before it begins")
                                                 : CF_OK;
}

/* By DTEND or DURATION; a whole day without either, or that ends on the day it begins, is that day. */
static int read_length(const struct reading *in, struct event *event)
{
    icalproperty *property;
    int code = CF_OK;
    if ((property = first_of(event, ICAL_DTEND_PROPERTY)) != NULL) {
        struct moment end;
        code = read_moment(in, property, icalproperty_get_dtend(property), &end);
        if (code == CF_OK)
            code = set_end(in, event, &end);
    } else if ((property = first_of(event, ICAL_DURATION_PROPERTY)) != NULL) {
        code = set_duration(in, event, icalproperty_get_duration(property));
    }
    if (event->start.whole_day && event->days == 0)
        event->days = 1;
    return code;
}

/* What a property RDATE adds: another start, or a period of its own. */
static int add_date(struct reading *in, const struct event *event, icalproperty *property)
{
    struct icaldatetimeperiodtype date = icalproperty_get_rdate(property);
    bool period = icaltime_is_null_time(date.time);
    struct event own = *event;
    struct moment end;
    int code = read_moment(in, property, period ? date.period.start : date.time, &own.start);
    if (code == CF_OK && !period && own.start.whole_day != event->start.whole_day)
        code = cf_error_set(in->err, CF_USAGE, "has an RDATE of another kind than its DTSTART");
    if (code == CF_OK && period) {
        own.days = own.seconds = 0;
        if (icaltime_is_null_time(date.period.end))
            code = set_duration(in, &own, date.period.duration);
        else if ((code = read_moment(in, property, date.period.end, &end)) == CF_OK)
            code = set_end(in, &own, &end);
    }
    return code < 0 ? code : add_occurrence(in, &own, &own.start);
}

/* libical leaves out what it cannot read, and says so; of most that does not matter here. */
static int check_read(const struct reading *in, const struct event *event)
{
    static const char *const matter[] = {" DTSTART ", " DTEND ",  " DURATION ",     " RRULE ",
                                         " RDATE ",   " EXDATE ", " RECURRENCE-ID "};
    for (icalproperty *error = first_of(event, ICAL_XLICERROR_PROPERTY); error;
         error = next_of(event, ICAL_XLICERROR_PROPERTY))
        for (size_t i = 0; i < sizeof matter / sizeof *matter; i++)
            if (strstr(icalproperty_get_xlicerror(error), matter[i]))
                return cf_error_set(in->err, CF_USAGE, "has a%sthat cannot be read", matter[i]);
    if (first_of(event, ICAL_EXRULE_PROPERTY))
        return cf_error_set(in->err, CF_UNSUPPORTED, "has an EXRULE, which curfew cannot follow");
    return CF_OK;
}

static int read_event(struct reading *in, struct event *event)
{
    icalproperty *status = first_of(event, ICAL_STATUS_PROPERTY);
    icalproperty *start = first_of(event, ICAL_DTSTART_PROPERTY);
    if (status && icalproperty_get_status(status) == ICAL_STATUS_CANCELLED)
        return CF_OK;
    if (!start)
        return cf_error_set(in->err, CF_USAGE, "has no DTSTART");
    int code = read_moment(in, start, icalproperty_get_dtstart(start), &event->start);
    if (code == CF_OK)
        code = read_length(in, event);
    icalproperty *rule = first_of(event, ICAL_RRULE_PROPERTY);
    if (code == CF_OK && !rule)
        code = add_occurrence(in, event, &event->start);
    for (; rule && code == CF_OK; rule = next_of(event, ICAL_RRULE_PROPERTY)) {
        struct icalrecurrencetype recurrence = icalproperty_get_rrule(rule);
        code = add_rule(in, event, &recurrence);
    }
    int count = 0;
    for (icalproperty *date = first_of(event, ICAL_RDATE_PROPERTY); date && code == CF_OK;
         date = next_of(event, ICAL_RDATE_PROPERTY))
        code = ++count > CF_ICAL_VALUES
                   ? cf_error_set(in->err, CF_USAGE, "adds more than %d dates", CF_ICAL_VALUES)
                   : add_date(in, event, date);
    return code;
}

/* The first pass: what the second has to know of all events. */
static int read_exceptions(struct reading *in, struct event *event)
{
    int count = 0;
    int code = ++in->event_count > CF_ICAL_EVENTS
                   ? cf_error_set(in->err, CF_USAGE, "is one of more than %d", CF_ICAL_EVENTS)
                   : check_read(in, event);
    icalproperty *instead = first_of(event, ICAL_RECURRENCEID_PROPERTY);
    if (code == CF_OK && instead)
        code = add_exception(in, event->uid, instead, icalproperty_get_recurrenceid(instead));
    for (icalproperty *date = first_of(event, ICAL_EXDATE_PROPERTY); date && code == CF_OK;
         date = next_of(event, ICAL_EXDATE_PROPERTY))
        code = ++count > CF_ICAL_VALUES
                   ? cf_error_set(in->err, CF_USAGE, "excepts more than %d dates", CF_ICAL_VALUES)
                   : add_exception(in, event->uid, date, icalproperty_get_exdate(date));
    return code;
}

/* ---- The file ------------------------------------------------------------------------------------------ */

/* "event \"Christmas\"", ahead of what is wrong with it. */
static void name_event(struct cf_error *err, const struct event *event)
{
    icalproperty *summary = first_of(event, ICAL_SUMMARY_PROPERTY);
    const char *name = summary ? icalproperty_get_summary(summary) : event->uid;
    struct cf_error why = *err;
    char safe[80];
    (void)cf_text_safe(name ? name : "", safe, sizeof safe);
    (void)cf_error_set(err, why.code, "the event \"%s\" %s", safe, why.text);
}

typedef int event_fn(struct reading *in, struct event *event);

/* Calls fn for each event of a calendar, or of several in one file. */
static int for_events(struct reading *in, icalcomponent *parent, event_fn *fn)
{
    int code = CF_OK;
    icalcompiter children = icalcomponent_begin_component(parent, ICAL_ANY_COMPONENT);
    for (icalcomponent *child; code == CF_OK && (child = icalcompiter_deref(&children)) != NULL;
         icalcompiter_next(&children)) {
        struct event event = {.component = child};
        if (icalcomponent_isa(child) == ICAL_VCALENDAR_COMPONENT && parent == in->root) {
            code = for_events(in, child, fn);
        } else if (icalcomponent_isa(child) == ICAL_VEVENT_COMPONENT) {
            icalproperty *uid = first_of(&event, ICAL_UID_PROPERTY);
            event.uid = uid && icalproperty_get_uid(uid) ? icalproperty_get_uid(uid) : "";
            event.instead = first_of(&event, ICAL_RECURRENCEID_PROPERTY) != NULL;
            code = fn(in, &event);
            if (code < 0)
                name_event(in->err, &event);
        }
    }
    return code;
}

static int read_events(struct reading *in, struct cf_calendar **ret_calendar)
{
    int code = for_events(in, in->root, read_exceptions);
    if (in->exception_count)
        qsort(in->exceptions, in->exception_count, sizeof *in->exceptions, compare_exceptions);
    if (code == CF_OK)
        code = for_events(in, in->root, read_event);
    if (code < 0)
        return code;
    struct cf_calendar *calendar = NULL;
    if (in->days.count || !in->times.count)
        code = cf_calendar_add(&calendar, cf_pattern_create(CF_ONCE, in->zone, in->days.list, in->days.count),
                               in->err);
    if (in->times.count)
        code = cf_calendar_add(
            &calendar, cf_pattern_create(CF_ONCE, cf_zone_utc(), in->times.list, in->times.count), in->err);
    *ret_calendar = calendar;
    return code;
}

/* Puts the parts of folded lines together. */
static void unfold(char *text)
{
    char *to = text;
    for (const char *from = text; *from; from++) {
        size_t end = from[0] == '\r' && from[1] == '\n' ? 2 : from[0] == '\n' ? 1 : 0;
        if (end && (from[end] == ' ' || from[end] == '\t'))
            from += end;
        else
            *to++ = *from;
    }
    *to = '\0';
}

/* How many components lie one within the other at most, in a text without folded lines. */
static int depth_of(const char *text)
{
    int depth = 0, deepest = 0;
    for (const char *line = text; line; line = strchr(line, '\n'), line += line != NULL) {
        if (strncasecmp(line, "BEGIN", 5) == 0 && (line[5] == ':' || line[5] == ';'))
            depth++;
        else if (strncasecmp(line, "END:", 4) == 0)
            depth--;
        deepest = depth > deepest ? depth : deepest;
    }
    return deepest;
}

int cf_calendar_read_ical(char *text, const char *file, const struct cf_zone *zone,
                          struct cf_calendar **ret_calendar, struct cf_error *err)
{
    unfold(text);
    if (depth_of(text) > CF_ICAL_DEPTH)
        return cf_error_set(err, CF_USAGE, "%s: nests components more than %d deep", file, CF_ICAL_DEPTH);
    icalerror_set_errors_are_fatal(0);
    struct cf_error why = {0};
    struct reading in = {.root = icalparser_parse_string(text), .zone = zone, .err = &why};
    in.budget = CF_ICAL_DAYS;
    if (!in.root)
        return cf_error_set(err, CF_USAGE, "%s: is not an iCalendar file, or is cut short", file);
    int code = read_events(&in, ret_calendar);
    if (code < 0)
        (void)cf_error_set(err, code, "%s: %s", file, why.text);
    icalcomponent_free(in.root);
    free(in.exceptions);
    free(in.days.list);
    free(in.times.list);
    return code;
}

#endif
