/*
 * Calendars: sets of instants, made of windows that hold their start and not their end. Immutable and shared
 * by reference counts. Edges are found by calculation, never by stepping.
 */
#ifndef CF_CALENDAR_CALENDAR_H
#define CF_CALENDAR_CALENDAR_H

#include "time/instant.h"

struct cf_calendar;

struct cf_calendar *cf_calendar_ref(struct cf_calendar *calendar);
void cf_calendar_unref(struct cf_calendar *calendar); /* NULL is fine */

enum {
    CF_CALENDAR_LINES = 1000,   /* lines a weekly calendar or a list of dates may have */
    CF_CALENDAR_FILE = 2 << 20, /* bytes a file of dates may have */
    CF_CALENDAR_DEPTH = 64,     /* operations one calendar may be built of */
    CF_CALENDAR_WORK = 250000,  /* looks at calendars that one question for an edge may take */
};

/*
 * Weekly hours, a line each: "Mon-Fri 07:30-19:00", "Sat,Sun 09:00-13:00", "Fri 22:00-04:00" (past midnight),
 * "Sat-Mon" (whole days; ranges may wrap), "08:00-24:00" (every day). Days in English, three letters or
 * whole, any case. Times are local in `zone`; a start or end in a spring gap is the jump; in an autumn fold a
 * start is the first, and an end the second unless the clock goes back to just that end. So a window holds
 * every instant at which the clock shows a time inside it, and little else. Returns 0 or CF_USAGE, quoting
 * the line.
 */
int cf_calendar_weekly(const char *const *lines, size_t count, const struct cf_zone *zone,
                       struct cf_calendar **ret_calendar, struct cf_error *err);

/*
 * Whole local days: "2026-12-25", "2026-12-24..2027-01-01" (both included), "12-25" and "12-24..01-01" (every
 * year). Returns 0 or CF_USAGE, quoting the line.
 */
int cf_calendar_dates(const char *const *lines, size_t count, const struct cf_zone *zone,
                      struct cf_calendar **ret_calendar, struct cf_error *err);

/* Whether a line names a file of days off, which ends in ".txt" or ".ics", in any case, as no date does. */
bool cf_calendar_names_file(const char *line);

/* ---- Which events of a file are meant ---- */

enum cf_event_field {
    CF_EVENT_SUMMARY,
    CF_EVENT_DESCRIPTION,
    CF_EVENT_CATEGORIES,
    CF_EVENT_TRANSP,
    CF_EVENT_FIELDS
};

/* In any case of letters; "*" stands for any text, "?" for one character. */
struct cf_event_pattern {
    enum cf_event_field field;
    char *text;
    bool met; /* some event was */
};

/* Zeroed has none. */
struct cf_event_filter {
    struct cf_event_pattern *patterns;
    size_t count;
};

const char *cf_event_field_name(enum cf_event_field field); /* "summary" */
bool cf_event_field_read(const char *name, enum cf_event_field *ret_field);
void cf_event_filter_add(struct cf_event_filter *filter, enum cf_event_field field, const char *text);
void cf_event_filter_copy(struct cf_event_filter *to, const struct cf_event_filter *from);
void cf_event_filter_finish(struct cf_event_filter *filter);
bool cf_event_pattern_matches(const char *pattern, const char *text);

/* ---- Days off ---- */

/* A date as above, or the name of a file, and which of the file's events count: in each field that `only`
 * has, those that one of its patterns means; none that any pattern of `except` means. NULL: all do. */
struct cf_days_off {
    const char *line;
    const struct cf_event_filter *only, *except;
};

/*
 * Dates, and the names of files with more of them; one that is no absolute path is put behind `folder`, which
 * is empty or ends in a slash. A text file has a date a line, "#" before comments, and any number of blank
 * lines. An iCalendar file, known by its name or its beginning, has events: those of whole days are days of
 * `zone`; the others are windows from start to end, in the zones that they name. Returns 0, CF_USAGE or
 * CF_FAILED (a file cannot be read), and says all that is wrong, a line each, with the file's name and the
 * number of its line, but not what stands there.
 */
int cf_calendar_days_off(const struct cf_days_off *entries, size_t count, const char *folder,
                         const struct cf_zone *zone, struct cf_calendar **ret_calendar, struct cf_error *err);

enum { CF_CALENDAR_LISTED = 100000 }; /* days off in one list */

struct cf_day_off {
    struct cf_instant from, to;
    const char *name; /* "": none. Names are the file's words, and not safe to display */
    const char *file; /* without its folder; NULL: none. Both live as long as the calendar, unread again */
};

/* The days off that touch [from, to), in order, also those that others cover: how many; the caller frees the
 * list. */
size_t cf_calendar_list(const struct cf_calendar *calendar, struct cf_instant from, struct cf_instant to,
                        struct cf_day_off **ret_list);

/* Whether it was made of any dates or files at all. */
bool cf_calendar_has_parts(const struct cf_calendar *calendar);

/* What the event or the date is called that holds `at`, be it that the calendar holds it or that it leaves it
 * out; NULL: nothing with a name does. Not safe to display. */
const char *cf_calendar_name(const struct cf_calendar *calendar, struct cf_instant at);

/* Calls `tell` with what a person should know of days off at `now`, in no need of an error: "holidays.ics
 * holds no days off", a last day that is over, patterns that mean no event. */
typedef void cf_calendar_note_fn(void *data, const char *text);
void cf_calendar_notes(const struct cf_calendar *calendar, struct cf_instant now, cf_calendar_note_fn *tell,
                       void *data);

/* ---- Set algebra, and questions ---- */

enum cf_calendar_operation { CF_CALENDAR_UNION, CF_CALENDAR_MINUS, CF_CALENDAR_BOTH };

/* a + b, a - b, a * b. Takes references of its own. CF_USAGE beyond CF_CALENDAR_DEPTH operations. */
int cf_calendar_combine(enum cf_calendar_operation operation, struct cf_calendar *a, struct cf_calendar *b,
                        struct cf_calendar **ret_calendar, struct cf_error *err);

bool cf_calendar_contains(const struct cf_calendar *calendar, struct cf_instant at);

/* How many looks at calendars the last question that was put to this one took. */
unsigned cf_calendar_worked(const struct cf_calendar *calendar);

/*
 * The first instant after `after` at which contains() changes, CF_NEVER when there is none, or none for 100
 * years in a combined calendar; of one whose edge is not found by CF_CALENDAR_WORK looks, an instant before
 * it, at which to ask again. `never` and unknown are in no calendar, and no edge comes after them.
 */
struct cf_instant cf_calendar_next_edge(const struct cf_calendar *calendar, struct cf_instant after);

/* `at` itself inside a window, else the start of the next one, else CF_NEVER, also where the next one is not
 * found by CF_CALENDAR_WORK looks. */
struct cf_instant cf_calendar_starts(const struct cf_calendar *calendar, struct cf_instant at);

/* The end of the window holding `at`; `at` itself outside any; CF_NEVER where the window has no end,
 * or none is found by CF_CALENDAR_WORK looks. */
struct cf_instant cf_calendar_ends(const struct cf_calendar *calendar, struct cf_instant at);

#endif
