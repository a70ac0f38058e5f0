/* What one event says: when it begins, how long it is, whose occurrence it replaces, whether it counts at
 * all. */
#include "base/memory.h"
#include "base/text.h"
#include "calendar/ical/event.h"

#include <stdlib.h>
#include <string.h>

/* ---- Times --------------------------------------------------------------------------------------------- */

struct cf_ical_time cf_ical_time_of_local(const struct cf_ical_time *like, int64_t local)
{
    struct cf_ical_time time = *like;
    int64_t second;
    time.local = local;
    (void)cf_zone_utc_of_local(time.zone, local, &time.utc, &second);
    return time;
}

/* A DATE may be written as midnight, and a date where a time is declared: what it is can be seen. */
static bool settle_type(const char *type, struct cf_ical_stamp *stamp)
{
    if (type && cf_content_is(type, "DATE") && !stamp->whole_day) {
        stamp->whole_day = true;
        return !stamp->utc && stamp->local % CF_DAY_SECONDS == 0;
    }
    return !type || cf_content_is(type, "DATE") || cf_content_is(type, "DATE-TIME") ||
           cf_content_is(type, "PERIOD");
}

int cf_ical_read_time(struct cf_ical_file *in, struct cf_ical_event *event, const struct cf_content *content,
                      const char *text, struct cf_ical_time *ret_time)
{
    struct cf_ical_stamp stamp;
    if (!cf_ical_read_stamp(text, &stamp) || !settle_type(content->type, &stamp))
        return cf_ical_mistake(in, content->line, event, "has a value of %s that is not a date or a time",
                               content->name);
    struct cf_ical_time time = {.whole_day = stamp.whole_day, .zone = in->zone};
    const struct cf_zone_use *use = NULL;
    if (stamp.utc) {
        time.zone = cf_zone_utc();
    } else if (content->tzid && !stamp.whole_day) {
        struct cf_error why;
        if (cf_ical_zones_find(&in->zones, content->tzid, &use, &why) < 0)
            return cf_ical_mistake(in, content->line, event, "%s", why.text);
        time.zone = use->zone;
    } else {
        time.floating = true;
    }
    if (use && !cf_zone_use_agrees(use, stamp.local))
        return cf_ical_mistake(
            in, content->line, event,
            "is in a time zone of which line %d says something else than that zone's clocks; correct "
            "or remove that VTIMEZONE",
            use->definition->line);
    *ret_time = cf_ical_time_of_local(&time, stamp.local);
    return CF_OK;
}

/* ---- How long ------------------------------------------------------------------------------------------ */

int cf_ical_set_end(struct cf_ical_file *in, struct cf_ical_event *event, int line,
                    const struct cf_ical_time *start, const struct cf_ical_time *end,
                    struct cf_ical_length *ret_length)
{
    struct cf_ical_length length = {0};
    if (end->whole_day != start->whole_day)
        return cf_ical_mistake(in, line, event,
                               "begins with a date and ends with a time, or the other way round");
    if (end->whole_day)
        length.days = (end->local - start->local) / CF_DAY_SECONDS;
    else
        length.seconds = end->utc - start->utc;
    if (length.days < 0 || length.seconds < 0)
        return cf_ical_mistake(in, line, event, "ends before it begins");
    *ret_length = length;
    return CF_OK;
}

/* By DTEND or DURATION; a whole day without either, or that ends on the day it begins, is that day. */
static int read_length(struct cf_ical_file *in, struct cf_ical_event *event)
{
    const struct cf_content *end = cf_ical_first(in, event, CF_ICAL_DTEND),
                            *duration = cf_ical_first(in, event, CF_ICAL_DURATION);
    int code = CF_OK;
    if (end && duration)
        return cf_ical_mistake(in, duration->line, event,
                               "has both DTEND and DURATION, where only one may be");
    if (end) {
        struct cf_ical_time time = {0};
        code = cf_ical_read_time(in, event, end, end->value, &time);
        if (code == CF_OK)
            code = cf_ical_set_end(in, event, end->line, &event->start, &time, &event->length);
    } else if (duration && !cf_ical_read_length(duration->value, &event->length)) {
        code = cf_ical_mistake(
            in, duration->line, event,
            "has a DURATION that is not a span such as P1D or PT90M, or negative, or longer than a "
            "hundred years");
    }
    if (code == CF_OK && event->start.whole_day) {
        event->length.days += event->length.seconds / CF_DAY_SECONDS;
        if (event->length.seconds % CF_DAY_SECONDS)
            return cf_ical_mistake(in, duration ? duration->line : event->line, event,
                                   "begins with a date, but does not last whole days");
        event->length.seconds = 0;
        event->length.days += event->length.days == 0;
    }
    return code;
}

/* ---- Which ones count ---------------------------------------------------------------------------------- */

/* Values of text, each an item where the property is a list. */
static bool field_matches(struct cf_event_pattern *pattern, const char *text)
{
    bool matches = cf_event_pattern_matches(pattern->text, text);
    pattern->met = pattern->met || matches;
    return matches;
}

/* Whether the event is one of those that any of the field's patterns means. */
static bool line_matches(const struct cf_event_filter *filter, enum cf_event_field field, const char *text)
{
    bool any = false;
    for (size_t i = 0; i < filter->count; i++)
        if (filter->patterns[i].field == field)
            any |= field_matches(&filter->patterns[i], text);
    return any;
}

static const struct {
    enum cf_ical_property property;
    const char *usual; /* where the event has none */
} fields[CF_EVENT_FIELDS] = {
    [CF_EVENT_SUMMARY] = {CF_ICAL_SUMMARY, ""},
    [CF_EVENT_DESCRIPTION] = {CF_ICAL_DESCRIPTION, ""},
    [CF_EVENT_CATEGORIES] = {CF_ICAL_CATEGORIES, ""},
    [CF_EVENT_TRANSP] = {CF_ICAL_TRANSP, "OPAQUE"},
};

static bool matches_field(const struct cf_ical_file *in, const struct cf_ical_event *event,
                          const struct cf_event_filter *filter, enum cf_event_field field)
{
    bool given = false, any = false;
    for (size_t i = event->first; i < event->first + event->count; i++) {
        if (in->lines[i].property != fields[field].property)
            continue;
        given = true;
        if (field == CF_EVENT_CATEGORIES) {
            char *list = cf_strdup(in->lines[i].content.value), *rest = list;
            for (char *item; (item = cf_content_item(&rest, ',')) != NULL;) {
                cf_content_unescape(item);
                any |= line_matches(filter, field, item + strspn(item, " "));
            }
            free(list);
        } else {
            any |= line_matches(filter, field, in->lines[i].content.value);
        }
    }
    return given ? any : line_matches(filter, field, fields[field].usual);
}

static bool names_field(const struct cf_event_filter *filter, enum cf_event_field field)
{
    for (size_t i = 0; i < filter->count; i++)
        if (filter->patterns[i].field == field)
            return true;
    return false;
}

/* `only`: in each field that it names, the event is one of those meant. `except`: in any. */
static bool is_hidden(const struct cf_ical_file *in, const struct cf_ical_event *event)
{
    bool hidden = false;
    for (enum cf_event_field field = 0; field < CF_EVENT_FIELDS; field++) {
        if (in->only && names_field(in->only, field) && !matches_field(in, event, in->only, field))
            hidden = true;
        if (in->except && names_field(in->except, field) && matches_field(in, event, in->except, field))
            hidden = true;
    }
    return hidden;
}

/* ---- The event ----------------------------------------------------------------------------------------- */

static int read_revision(struct cf_ical_file *in, struct cf_ical_event *event)
{
    const struct cf_content *sequence = cf_ical_first(in, event, CF_ICAL_SEQUENCE),
                            *stamp = cf_ical_first(in, event, CF_ICAL_DTSTAMP);
    struct cf_ical_stamp made;
    if (sequence && !cf_ical_read_number(sequence->value, 0, 999999999, &event->sequence))
        return cf_ical_mistake(in, sequence->line, event, "has a SEQUENCE that is not a number");
    if (stamp && !cf_ical_read_stamp(stamp->value, &made))
        return cf_ical_mistake(in, stamp->line, event, "has a DTSTAMP that is not a date or a time");
    event->stamp = stamp ? made.local : INT64_MIN;
    return CF_OK;
}

static int read_id(struct cf_ical_file *in, struct cf_ical_event *event)
{
    const struct cf_content *id = cf_ical_first(in, event, CF_ICAL_RECURRENCE_ID);
    if (!id)
        return CF_OK;
    event->instead = true;
    event->and_future = id->range && cf_content_is(id->range, "THISANDFUTURE");
    if (id->range && !event->and_future)
        return cf_ical_mistake(in, id->line, event, "has a RANGE other than THISANDFUTURE");
    if (!event->uid)
        return cf_ical_mistake(in, id->line, event,
                               "has a RECURRENCE-ID, but no UID that says of which event");
    return cf_ical_read_time(in, event, id, id->value, &event->id);
}

void cf_ical_read_event(struct cf_ical_file *in, struct cf_ical_event *event)
{
    const struct cf_content *status = cf_ical_first(in, event, CF_ICAL_STATUS),
                            *start = cf_ical_first(in, event, CF_ICAL_DTSTART),
                            *exrule = cf_ical_first(in, event, CF_ICAL_EXRULE);
    struct cf_content *description = cf_ical_first(in, event, CF_ICAL_DESCRIPTION);
    if (description)
        cf_content_unescape(description->value);
    if (event->uid && !event->uid[0])
        event->uid = NULL;
    event->cancelled |= status && cf_content_is(status->value, "CANCELLED");
    event->hidden = is_hidden(in, event);
    int code = read_revision(in, event);
    if (read_id(in, event) < 0)
        code = CF_USAGE;
    if (exrule && exrule->value[0])
        code = cf_ical_mistake(in, exrule->line, event, "has an EXRULE, which RFC 5545 has done away with");
    if (!start) { /* of what is cancelled nothing else need be said */
        if (!event->cancelled)
            (void)cf_ical_mistake(in, event->line, event, "has no DTSTART");
        return;
    }
    if (code == CF_OK)
        code = cf_ical_read_time(in, event, start, start->value, &event->start);
    if (code == CF_OK)
        (void)read_length(in, event);
}
