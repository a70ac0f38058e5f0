/* An iCalendar file being read: its lines, its events, and the mistakes in them. */
#ifndef CF_CALENDAR_ICAL_EVENT_H
#define CF_CALENDAR_ICAL_EVENT_H

#include "calendar/file.h"
#include "calendar/ical/value.h"
#include "calendar/ical/zones.h"
#include "calendar/pattern.h"

enum cf_ical_property {
    CF_ICAL_UID,
    CF_ICAL_SEQUENCE,
    CF_ICAL_DTSTAMP,
    CF_ICAL_RECURRENCE_ID,
    CF_ICAL_DTSTART,
    CF_ICAL_DTEND,
    CF_ICAL_DURATION,
    CF_ICAL_STATUS,
    CF_ICAL_TRANSP,
    CF_ICAL_SUMMARY,
    CF_ICAL_DESCRIPTION,
    CF_ICAL_ONCE, /* from here on, any number of times */
    CF_ICAL_CATEGORIES = CF_ICAL_ONCE,
    CF_ICAL_RRULE,
    CF_ICAL_RDATE,
    CF_ICAL_EXDATE,
    CF_ICAL_EXRULE,
    CF_ICAL_PROPERTIES,
};

/* A line of an event that matters here. */
struct cf_ical_line {
    enum cf_ical_property property;
    struct cf_content content;
};

struct cf_ical_time {
    bool whole_day, floating; /* floating: without a zone of its own */
    const struct cf_zone *zone;
    int64_t local, utc; /* seconds */
};

struct cf_ical_event {
    int line;
    size_t number;       /* in the file */
    size_t first, count; /* of its lines */
    unsigned seen;       /* a bit for each property that it has */
    char *uid, *summary; /* "": none */
    int sequence;        /* which revision; then by DTSTAMP */
    int64_t stamp;
    bool cancelled, instead, and_future; /* instead: has a RECURRENCE-ID */
    bool hidden;                         /* by `only` and `except` */
    bool bad;                            /* a mistake was told */
    struct cf_ical_time start, id;       /* id: its RECURRENCE-ID */
    struct cf_ical_length length;
};

/* An occurrence. */
struct cf_ical_window {
    int64_t from, to;
    uint32_t event;
    bool whole_day; /* from and to are local seconds of the file's zone; else UTC */
};

struct cf_ical_file {
    const char *name;
    const struct cf_zone *zone; /* of whole days, and of times without a zone */
    const struct cf_event_filter *only, *except;
    struct cf_error *err; /* every mistake so far */
    int mistakes;
    struct cf_ical_line *lines;
    size_t line_count;
    struct cf_ical_event *events;
    size_t event_count;
    int others; /* tasks, journals… */
    struct cf_ical_zones zones;
    struct cf_ical_window *windows;
    size_t window_count;
    int occurrences;
    int64_t budget; /* CF_ICAL_DAYS, less what was spent */
};

/* Notes a mistake; `event` may be NULL. Returns CF_USAGE. */
int cf_ical_mistake(struct cf_ical_file *in, int line, struct cf_ical_event *event, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
bool cf_ical_full(const struct cf_ical_file *in); /* there are so many that no more are told */

/* The first line of that property; NULL: none. */
struct cf_content *cf_ical_first(const struct cf_ical_file *in, const struct cf_ical_event *event,
                                 enum cf_ical_property property);

/* The file's lines into events and definitions of zones. Negative: no more can be read. */
int cf_ical_read_lines(struct cf_ical_file *in, char *text);

/* A time out of a line, which may name a zone. */
int cf_ical_read_time(struct cf_ical_file *in, struct cf_ical_event *event, const struct cf_content *content,
                      const char *text, struct cf_ical_time *ret_time);
struct cf_ical_time cf_ical_time_of_local(const struct cf_ical_time *like, int64_t local);

/* What an event says, but for when it recurs. */
void cf_ical_read_event(struct cf_ical_file *in, struct cf_ical_event *event);

/* How long it is from its start until `end`. */
int cf_ical_set_end(struct cf_ical_file *in, struct cf_ical_event *event, int line,
                    const struct cf_ical_time *start, const struct cf_ical_time *end,
                    struct cf_ical_length *ret_length);

/* All occurrences of all events. */
void cf_ical_expand(struct cf_ical_file *in);

#endif
