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

/*
 * Days off: dates as above, and the names of files with more of them; one that is no absolute path is put
 * behind `folder`, which is empty or ends in a slash. A text file has a date a line, "#" before comments, and
 * any number of blank lines. An iCalendar file, known by its name or its beginning, has events: those of
 * whole days are days of `zone`; the others are windows from start to end, in the zones that they name.
 * Returns 0, CF_USAGE, CF_FAILED (a file cannot be read) or CF_UNSUPPORTED (iCalendar in a build without it,
 * or of a kind that is not understood), naming the file and the line or the event.
 */
int cf_calendar_days_off(const char *const *lines, size_t count, const char *folder,
                         const struct cf_zone *zone, struct cf_calendar **ret_calendar, struct cf_error *err);

enum cf_calendar_operation { CF_CALENDAR_UNION, CF_CALENDAR_MINUS, CF_CALENDAR_BOTH };

/* a + b, a - b, a * b. Takes references of its own. CF_USAGE beyond CF_CALENDAR_DEPTH operations. */
int cf_calendar_combine(enum cf_calendar_operation operation, struct cf_calendar *a, struct cf_calendar *b,
                        struct cf_calendar **ret_calendar, struct cf_error *err);

bool cf_calendar_contains(const struct cf_calendar *calendar, struct cf_instant at);

/*
 * The first instant after `after` at which contains() changes, CF_NEVER when there is none, or none for 100
 * years in a combined calendar. `never` and unknown are in no calendar, and no edge comes after them.
 */
struct cf_instant cf_calendar_next_edge(const struct cf_calendar *calendar, struct cf_instant after);

/* `at` itself inside a window, else the start of the next one, else CF_NEVER. */
struct cf_instant cf_calendar_starts(const struct cf_calendar *calendar, struct cf_instant at);

/* The end of the window holding `at`; `at` itself outside any; CF_NEVER where the window has no end. */
struct cf_instant cf_calendar_ends(const struct cf_calendar *calendar, struct cf_instant at);

#endif
