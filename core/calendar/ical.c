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
#include "calendar/ical_time.h"
#include "calendar/kind.h"
#include "calendar/pattern.h"
#include "calendar/recurrence.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

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
    struct cf_ical_file file;
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
    struct cf_ical_time start;
    int64_t days, seconds; /* how long: days on the calendar, and seconds on top */
};

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

static bool is_excepted(const struct reading *in, const char *uid, const struct cf_ical_time *start)
{
    const struct exception keys[] = {{uid, true, cf_ical_day(start->local)}, {uid, false, start->utc}};
    for (size_t i = 0; i < (start->whole_day ? 1 : 2) && in->exception_count; i++)
        if (bsearch(&keys[i], in->exceptions, in->exception_count, sizeof keys[i], compare_exceptions))
            return true;
    return false;
}

static int add_exception(struct reading *in, const char *uid, icalproperty *property,
                         struct icaltimetype time)
{
    struct cf_ical_time moment;
    int code = cf_ical_read_time(&in->file, property, time, &moment);
    if (code < 0)
        return code;
    in->exceptions = cf_grow(in->exceptions, in->exception_count, sizeof *in->exceptions);
    in->exceptions[in->exception_count++] =
        (struct exception){uid, moment.whole_day, moment.whole_day ? cf_ical_day(moment.local) : moment.utc};
    return CF_OK;
}

static int add_window(struct reading *in, bool whole_day, int64_t from, int64_t to)
{
    struct windows *windows = whole_day ? &in->days : &in->times;
    if (in->days.count + in->times.count >= CF_ICAL_WINDOWS)
        return cf_error_set(in->file.err, CF_USAGE,
                            "and those before it occur more than %d times until %d; end their rules sooner",
                            CF_ICAL_WINDOWS, CF_ICAL_LAST_YEAR);
    if (to <= from)
        return CF_OK;
    windows->list = cf_grow(windows->list, windows->count, sizeof *windows->list);
    windows->list[windows->count++] = (struct cf_window){from, to};
    return CF_OK;
}

static int add_occurrence(struct reading *in, const struct event *event, const struct cf_ical_time *start)
{
    if (!event->instead && is_excepted(in, event->uid, start))
        return CF_OK;
    int64_t last_day = start->local + event->days * CF_DAY_SECONDS;
    if (start->whole_day)
        return add_window(in, true, start->local, last_day);
    struct cf_ical_time end = cf_ical_time_of_local(false, start->zone, last_day);
    return add_window(in, false, start->utc, (event->days ? end.utc : start->utc) + event->seconds);
}

/* Whether a day that the rule found comes no later than its UNTIL. */
static bool is_before_end(struct icaltimetype until, const struct cf_ical_time *start)
{
    if (cf_libical.icaltime_is_null_time(until))
        return true;
    int64_t day = cf_days_of_date((struct cf_date){until.year, until.month, until.day});
    if (until.is_date || start->whole_day)
        return cf_ical_day(start->local) <= day;
    int64_t end = day * CF_DAY_SECONDS + (until.hour * 60 + until.minute) * INT64_C(60) + until.second;
    return (cf_libical.icaltime_is_utc(until) ? start->utc : start->local) <= end;
}

static int add_rule(struct reading *in, const struct event *event, const struct icalrecurrencetype *rule)
{
    const char *refused = cf_recurrence_refuses(rule);
    if (refused)
        return cf_error_set(in->file.err, CF_UNSUPPORTED, "recurs by %s, which curfew cannot follow",
                            refused);
    struct cf_day_list list = {0};
    int64_t first = cf_ical_day(event->start.local),
            last = cf_days_of_date((struct cf_date){CF_ICAL_LAST_YEAR, 12, 31});
    int64_t until = cf_days_of_date((struct cf_date){rule->until.year, rule->until.month, rule->until.day});
    if (!cf_libical.icaltime_is_null_time(rule->until) && until + 1 < last) /* which may be in UTC */
        last = until + 1;
    int code = CF_OK;
    if (!cf_recurrence_days(rule, first, last, &in->budget, &list))
        code = cf_error_set(in->file.err, CF_USAGE, "and those before it recur over too many years together");
    for (size_t i = 0; i < list.count && code == CF_OK; i++) {
        struct cf_ical_time start =
            cf_ical_time_of_local(event->start.whole_day, event->start.zone,
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
    return cf_libical.icalcomponent_get_first_property(event->component, kind);
}

static icalproperty *next_of(const struct event *event, icalproperty_kind kind)
{
    return cf_libical.icalcomponent_get_next_property(event->component, kind);
}

static int set_duration(struct reading *in, struct event *event, struct icaldurationtype duration)
{
    if (duration.is_neg)
        return cf_error_set(in->file.err, CF_USAGE, "ends before it begins");
    event->days = (int64_t)duration.weeks * 7 + duration.days;
    event->seconds =
        (int64_t)duration.hours * 3600 + (int64_t)duration.minutes * 60 + (int64_t)duration.seconds;
    return CF_OK;
}

static int set_end(struct reading *in, struct event *event, const struct cf_ical_time *end)
{
    if (end->whole_day != event->start.whole_day)
        return cf_error_set(in->file.err, CF_USAGE,
                            "begins with a date and ends with a time, or the other way round");
    if (end->whole_day)
        event->days = (end->local - event->start.local) / CF_DAY_SECONDS;
    else
        event->seconds = end->utc - event->start.utc;
    return event->days < 0 || event->seconds < 0
               ? cf_error_set(in->file.err, CF_USAGE, "ends before it begins")
               : CF_OK;
}

/* By DTEND or DURATION; a whole day without either, or that ends on the day it begins, is that day. */
static int read_length(struct reading *in, struct event *event)
{
    icalproperty *property;
    int code = CF_OK;
    if ((property = first_of(event, ICAL_DTEND_PROPERTY)) != NULL) {
        struct cf_ical_time end;
        code = cf_ical_read_time(&in->file, property, cf_libical.icalproperty_get_dtend(property), &end);
        if (code == CF_OK)
            code = set_end(in, event, &end);
    } else if ((property = first_of(event, ICAL_DURATION_PROPERTY)) != NULL) {
        code = set_duration(in, event, cf_libical.icalproperty_get_duration(property));
    }
    if (event->start.whole_day && event->days == 0)
        event->days = 1;
    return code;
}

/* What a property RDATE adds: another start, or a period of its own. */
static int add_date(struct reading *in, const struct event *event, icalproperty *property)
{
    struct icaldatetimeperiodtype date = cf_libical.icalproperty_get_rdate(property);
    bool period = cf_libical.icaltime_is_null_time(date.time);
    struct event own = *event;
    struct cf_ical_time end;
    int code = cf_ical_read_time(&in->file, property, period ? date.period.start : date.time, &own.start);
    if (code == CF_OK && !period && own.start.whole_day != event->start.whole_day)
        code = cf_error_set(in->file.err, CF_USAGE, "has an RDATE of another kind than its DTSTART");
    if (code == CF_OK && period) {
        own.days = own.seconds = 0;
        if (cf_libical.icaltime_is_null_time(date.period.end))
            code = set_duration(in, &own, date.period.duration);
        else if ((code = cf_ical_read_time(&in->file, property, date.period.end, &end)) == CF_OK)
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
            if (strstr(cf_libical.icalproperty_get_xlicerror(error), matter[i]))
                return cf_error_set(in->file.err, CF_USAGE, "has a%sthat cannot be read", matter[i]);
    if (first_of(event, ICAL_EXRULE_PROPERTY))
        return cf_error_set(in->file.err, CF_UNSUPPORTED, "has an EXRULE, which curfew cannot follow");
    return CF_OK;
}

static int read_event(struct reading *in, struct event *event)
{
    icalproperty *status = first_of(event, ICAL_STATUS_PROPERTY);
    icalproperty *start = first_of(event, ICAL_DTSTART_PROPERTY);
    if (status && cf_libical.icalproperty_get_status(status) == ICAL_STATUS_CANCELLED)
        return CF_OK;
    if (!start)
        return cf_error_set(in->file.err, CF_USAGE, "has no DTSTART");
    int code = cf_ical_read_time(&in->file, start, cf_libical.icalproperty_get_dtstart(start), &event->start);
    if (code == CF_OK)
        code = read_length(in, event);
    icalproperty *rule = first_of(event, ICAL_RRULE_PROPERTY);
    if (code == CF_OK && !rule)
        code = add_occurrence(in, event, &event->start);
    for (; rule && code == CF_OK; rule = next_of(event, ICAL_RRULE_PROPERTY)) {
        struct icalrecurrencetype recurrence = cf_libical.icalproperty_get_rrule(rule);
        code = add_rule(in, event, &recurrence);
    }
    int count = 0;
    for (icalproperty *date = first_of(event, ICAL_RDATE_PROPERTY); date && code == CF_OK;
         date = next_of(event, ICAL_RDATE_PROPERTY))
        code = ++count > CF_ICAL_VALUES
                   ? cf_error_set(in->file.err, CF_USAGE, "adds more than %d dates", CF_ICAL_VALUES)
                   : add_date(in, event, date);
    return code;
}

/* The first pass: what the second has to know of all events. */
static int read_exceptions(struct reading *in, struct event *event)
{
    int count = 0;
    int code = ++in->event_count > CF_ICAL_EVENTS
                   ? cf_error_set(in->file.err, CF_USAGE, "is one of more than %d events", CF_ICAL_EVENTS)
                   : check_read(in, event);
    icalproperty *instead = first_of(event, ICAL_RECURRENCEID_PROPERTY);
    if (code == CF_OK && instead)
        code = add_exception(in, event->uid, instead, cf_libical.icalproperty_get_recurrenceid(instead));
    for (icalproperty *date = first_of(event, ICAL_EXDATE_PROPERTY); date && code == CF_OK;
         date = next_of(event, ICAL_EXDATE_PROPERTY))
        code = ++count > CF_ICAL_VALUES
                   ? cf_error_set(in->file.err, CF_USAGE, "excepts more than %d dates", CF_ICAL_VALUES)
                   : add_exception(in, event->uid, date, cf_libical.icalproperty_get_exdate(date));
    return code;
}

/* ---- The file ------------------------------------------------------------------------------------------ */

/* "event \"Christmas\"", ahead of what is wrong with it. */
static void name_event(struct cf_error *err, const struct event *event)
{
    icalproperty *summary = first_of(event, ICAL_SUMMARY_PROPERTY);
    const char *name = summary ? cf_libical.icalproperty_get_summary(summary) : event->uid;
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
    icalcompiter children = cf_libical.icalcomponent_begin_component(parent, ICAL_ANY_COMPONENT);
    for (icalcomponent *child; code == CF_OK && (child = cf_libical.icalcompiter_deref(&children)) != NULL;
         cf_libical.icalcompiter_next(&children)) {
        struct event event = {.component = child};
        if (cf_libical.icalcomponent_isa(child) == ICAL_VCALENDAR_COMPONENT && parent == in->file.root) {
            code = for_events(in, child, fn);
        } else if (cf_libical.icalcomponent_isa(child) == ICAL_VEVENT_COMPONENT) {
            icalproperty *uid = first_of(&event, ICAL_UID_PROPERTY);
            event.uid =
                uid && cf_libical.icalproperty_get_uid(uid) ? cf_libical.icalproperty_get_uid(uid) : "";
            event.instead = first_of(&event, ICAL_RECURRENCEID_PROPERTY) != NULL;
            code = fn(in, &event);
            if (code < 0)
                name_event(in->file.err, &event);
        }
    }
    return code;
}

static int read_events(struct reading *in, struct cf_calendar **ret_calendar)
{
    int code = for_events(in, in->file.root, read_exceptions);
    if (in->exception_count)
        qsort(in->exceptions, in->exception_count, sizeof *in->exceptions, compare_exceptions);
    if (code == CF_OK)
        code = for_events(in, in->file.root, read_event);
    if (code < 0)
        return code;
    struct cf_calendar *calendar = NULL;
    if (in->days.count || !in->times.count)
        code = cf_calendar_add(&calendar,
                               cf_pattern_create(CF_ONCE, in->file.zone, in->days.list, in->days.count),
                               in->file.err);
    if (in->times.count)
        code = cf_calendar_add(&calendar,
                               cf_pattern_create(CF_ONCE, cf_zone_utc(), in->times.list, in->times.count),
                               in->file.err);
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

static bool is_named(const char *line, const char *name)
{
    size_t length = strlen(name);
    return strncasecmp(line, name, length) == 0 && (line[length] == ':' || line[length] == ';');
}

/* How many components lie one within the other at most, in a text without folded lines; -1 where one ends
 * that has not begun, of which libical would write on standard error. */
static int depth_of(const char *text)
{
    int depth = 0, deepest = 0;
    for (const char *line = text; *line; line += strcspn(line, "\n"), line += *line != '\0') {
        depth += is_named(line, "BEGIN") - is_named(line, "END");
        if (depth < 0)
            return -1;
        deepest = depth > deepest ? depth : deepest;
    }
    return deepest;
}

int cf_calendar_read_ical(char *text, const char *file, const struct cf_zone *zone,
                          struct cf_calendar **ret_calendar, struct cf_error *err)
{
    if (cf_libical_load(err) != CF_OK)
        return cf_error_prefix(err, "%s", file), CF_UNSUPPORTED;
    unfold(text);
    int depth = depth_of(text);
    if (depth > CF_ICAL_DEPTH)
        return cf_error_set(err, CF_USAGE, "%s: nests components more than %d deep", file, CF_ICAL_DEPTH);
    cf_libical.icalerror_set_errors_are_fatal(0);
    struct cf_error why = {0};
    struct reading in = {.file = {.zone = zone, .err = &why}, .budget = CF_ICAL_DAYS};
    if (depth > 0)
        in.file.root = cf_libical.icalparser_parse_string(text);
    if (!in.file.root)
        return cf_error_set(err, CF_USAGE, "%s: is not an iCalendar file, or is cut short", file);
    int code = read_events(&in, ret_calendar);
    if (code < 0)
        (void)cf_error_set(err, code, "%s: %s", file, why.text);
    cf_libical.icalcomponent_free(in.file.root);
    free(in.exceptions);
    free(in.days.list);
    free(in.times.list);
    return code;
}

#endif
