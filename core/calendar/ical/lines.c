/* The components of an iCalendar file: which of its lines belong to which event, or to which zone. */
#include "base/memory.h"
#include "base/text.h"
#include "calendar/ical/event.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char *const names[CF_ICAL_PROPERTIES] = {
    [CF_ICAL_UID] = "UID",
    [CF_ICAL_SEQUENCE] = "SEQUENCE",
    [CF_ICAL_DTSTAMP] = "DTSTAMP",
    [CF_ICAL_RECURRENCE_ID] = "RECURRENCE-ID",
    [CF_ICAL_DTSTART] = "DTSTART",
    [CF_ICAL_DTEND] = "DTEND",
    [CF_ICAL_DURATION] = "DURATION",
    [CF_ICAL_STATUS] = "STATUS",
    [CF_ICAL_TRANSP] = "TRANSP",
    [CF_ICAL_SUMMARY] = "SUMMARY",
    [CF_ICAL_DESCRIPTION] = "DESCRIPTION",
    [CF_ICAL_CATEGORIES] = "CATEGORIES",
    [CF_ICAL_RRULE] = "RRULE",
    [CF_ICAL_RDATE] = "RDATE",
    [CF_ICAL_EXDATE] = "EXDATE",
    [CF_ICAL_EXRULE] = "EXRULE",
};

/* ---- Mistakes ------------------------------------------------------------------------------------------ */

bool cf_ical_full(const struct cf_ical_file *in)
{
    return in->mistakes > CF_ICAL_MISTAKES;
}

int cf_ical_mistake(struct cf_ical_file *in, int line, struct cf_ical_event *event, const char *format, ...)
{
    struct cf_error why = {.code = CF_USAGE};
    char what[320], name[80] = "";
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    if (event) {
        event->bad = true;
        (void)cf_text_safe(event->summary && event->summary[0] ? event->summary
                           : event->uid                        ? event->uid
                                                               : "",
                           name, sizeof name);
    }
    if (++in->mistakes > CF_ICAL_MISTAKES + 1)
        return CF_USAGE;
    if (cf_ical_full(in))
        (void)cf_error_set(&why, CF_USAGE, "%s: there are more mistakes than these", in->name);
    else if (event)
        (void)cf_error_set(&why, CF_USAGE, "%s:%d: the event \"%s\" %s", in->name, line, name, what);
    else
        (void)cf_error_set(&why, CF_USAGE, "%s:%d: %s", in->name, line, what);
    cf_error_add(in->err, &why);
    return CF_USAGE;
}

struct cf_content *cf_ical_first(const struct cf_ical_file *in, const struct cf_ical_event *event,
                                 enum cf_ical_property property)
{
    if (!(event->seen >> property & 1))
        return NULL;
    for (size_t i = event->first; i < event->first + event->count; i++)
        if (in->lines[i].property == property)
            return &in->lines[i].content;
    return NULL;
}

/* ---- Components ---------------------------------------------------------------------------------------- */

enum component { CALENDAR, EVENT, ZONE, OBSERVANCE, OTHER };

struct nesting {
    struct {
        enum component component;
        const char *name;
        int line;
    } open[CF_ICAL_DEPTH];
    int depth;
    bool any, cancels; /* METHOD:CANCEL */
    size_t first;      /* event of the calendar that is open */
    struct cf_zone_definition *definition;
    struct cf_observance *observance;
};

static enum component component_of(const struct nesting *nesting, const char *name)
{
    enum component parent = nesting->depth ? nesting->open[nesting->depth - 1].component : OTHER;
    if (nesting->depth == 0)
        return cf_content_is(name, "VCALENDAR") ? CALENDAR : OTHER;
    if (parent == CALENDAR)
        return cf_content_is(name, "VEVENT") ? EVENT : cf_content_is(name, "VTIMEZONE") ? ZONE : OTHER;
    if (parent == ZONE && (cf_content_is(name, "STANDARD") || cf_content_is(name, "DAYLIGHT")))
        return OBSERVANCE;
    return OTHER;
}

static int begin_event(struct cf_ical_file *in, int line)
{
    if (in->event_count == CF_ICAL_EVENTS)
        return cf_ical_mistake(in, line, NULL, "there are more than the %d events that a file may have",
                               CF_ICAL_EVENTS);
    in->events = cf_grow(in->events, in->event_count, sizeof *in->events);
    in->events[in->event_count] =
        (struct cf_ical_event){.line = line, .number = in->event_count, .first = in->line_count};
    in->event_count++;
    return CF_OK;
}

static int begin(struct cf_ical_file *in, struct nesting *nesting, const struct cf_content *content)
{
    int line = content->line;
    if (nesting->depth == CF_ICAL_DEPTH)
        return cf_ical_mistake(in, line, NULL, "components lie more than %d deep in one another",
                               CF_ICAL_DEPTH);
    enum component component = component_of(nesting, content->value);
    if (nesting->depth == 0 && component != CALENDAR)
        return cf_ical_mistake(
            in, line, NULL,
            "something begins outside of any calendar, so that it holds nothing; a calendar "
            "begins with BEGIN:VCALENDAR");
    nesting->any = true;
    if (component == CALENDAR) {
        nesting->first = in->event_count;
        nesting->cancels = false;
    }
    if (component == OTHER && nesting->depth == 1)
        in->others++;
    if (component == ZONE && !(nesting->definition = cf_ical_zones_define(&in->zones, line)))
        return cf_ical_mistake(in, line, NULL, "there are more than %d time zones", CF_ICAL_ZONES);
    if (component == OBSERVANCE &&
        !(nesting->observance = cf_ical_zones_observe(&in->zones, nesting->definition, line)))
        return cf_ical_mistake(in, line, NULL, "the parts of time zones are more than %d",
                               CF_ICAL_OBSERVANCES);
    nesting->open[nesting->depth].component = component;
    nesting->open[nesting->depth].name = content->value;
    nesting->open[nesting->depth++].line = line;
    return component == EVENT ? begin_event(in, line) : CF_OK;
}

static int end(struct cf_ical_file *in, struct nesting *nesting, const struct cf_content *content)
{
    if (!nesting->depth)
        return cf_ical_mistake(in, content->line, NULL, "something ends that has not begun");
    nesting->depth--;
    if (strcasecmp(nesting->open[nesting->depth].name, content->value) != 0)
        return cf_ical_mistake(in, content->line, NULL, "something else ends than what begins in line %d",
                               nesting->open[nesting->depth].line);
    if (nesting->open[nesting->depth].component == CALENDAR && nesting->cancels)
        for (size_t i = nesting->first; i < in->event_count; i++)
            in->events[i].cancelled = true;
    return CF_OK;
}

static int add_line(struct cf_ical_file *in, const struct cf_content *content)
{
    struct cf_ical_event *event = &in->events[in->event_count - 1];
    enum cf_ical_property property = 0;
    while (property < CF_ICAL_PROPERTIES && !cf_content_is(content->name, names[property]))
        property++;
    if (property == CF_ICAL_PROPERTIES)
        return CF_OK;
    if (property < CF_ICAL_ONCE && (event->seen >> property & 1))
        return property == CF_ICAL_DESCRIPTION || property == CF_ICAL_SUMMARY
                   ? CF_OK
                   : cf_ical_mistake(in, content->line, event, "has a second %s", names[property]);
    event->seen |= 1U << property;
    if (property == CF_ICAL_UID)
        event->uid = content->value;
    if (property == CF_ICAL_SUMMARY) {
        event->summary = content->value;
        cf_content_unescape(event->summary);
    }
    in->lines = cf_grow(in->lines, in->line_count, sizeof *in->lines);
    in->lines[in->line_count++] = (struct cf_ical_line){property, *content};
    event->count++;
    return CF_OK;
}

static int read_line(struct cf_ical_file *in, struct nesting *nesting, const struct cf_content *content)
{
    if (cf_content_is(content->name, "BEGIN"))
        return begin(in, nesting, content);
    if (cf_content_is(content->name, "END"))
        return end(in, nesting, content);
    if (!nesting->depth)
        return cf_ical_mistake(in, content->line, NULL,
                               "is outside of any calendar, which begins with BEGIN:VCALENDAR");
    switch (nesting->open[nesting->depth - 1].component) {
    case CALENDAR:
        if (cf_content_is(content->name, "METHOD") && cf_content_is(content->value, "CANCEL"))
            nesting->cancels = true;
        return CF_OK;
    case EVENT: (void)add_line(in, content); return CF_OK;
    case ZONE:
        if (cf_content_is(content->name, "TZID"))
            nesting->definition->tzid = content->value;
        else if (cf_content_is(content->name, "X-LIC-LOCATION"))
            nesting->definition->location = content->value;
        return CF_OK;
    case OBSERVANCE: cf_observance_add(nesting->observance, content); return CF_OK;
    default: return CF_OK;
    }
}

/* NOLINTNEXTLINE(readability-non-const-parameter): cut into pieces by the reader */
int cf_ical_read_lines(struct cf_ical_file *in, char *text)
{
    struct cf_content_reader reader = {text, 1};
    struct nesting nesting = {0};
    struct cf_content content;
    const char *wrong;
    enum cf_content_step step;
    int code = CF_OK;
    while (code == CF_OK && !cf_ical_full(in) &&
           (step = cf_content_next(&reader, &content, &wrong)) != CF_CONTENT_END) {
        bool in_event = nesting.depth && nesting.open[nesting.depth - 1].component == EVENT;
        if (step == CF_CONTENT_LINE)
            code = read_line(in, &nesting, &content);
        else if (!nesting.any)
            code = cf_ical_mistake(in, content.line, NULL,
                                   "is not an iCalendar file, which begins with BEGIN:VCALENDAR");
        else
            (void)cf_ical_mistake(in, content.line, in_event ? &in->events[in->event_count - 1] : NULL,
                                  "%s line that %s", in_event ? "has a" : "there is a", wrong);
    }
    if (code == CF_OK && !nesting.any)
        code = cf_ical_mistake(in, 1, NULL, "is not an iCalendar file, which begins with BEGIN:VCALENDAR");
    else if (code == CF_OK && nesting.depth && !cf_ical_full(in))
        code =
            cf_ical_mistake(in, reader.line, NULL, "the file is cut short: what begins in line %d has no end",
                            nesting.open[nesting.depth - 1].line);
    return code;
}
