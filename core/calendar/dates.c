/* Days off, read from lines such as "2026-12-24..2027-01-01" or "12-25". */
#include "base/memory.h"
#include "calendar/file.h"
#include "calendar/kind.h"
#include "calendar/parts.h"
#include "calendar/pattern.h"

#include <stdlib.h>
#include <string.h>

enum { QUOTED = 80, LEAP_YEAR = 2000 };

/* Both kinds of days together: those of one year and those of every year. */
struct days {
    struct cf_window *once, *yearly;
    size_t once_count, yearly_count;
    const struct cf_zone *zone;
    struct cf_parts parts;
};

/* "12-25", as a date of a leap year. */
static bool read_day_of_year(const char **at, struct cf_date *ret_date)
{
    char dated[] = "2000-MM-DD";
    size_t length = strnlen(*at, 5);
    memcpy(dated + 5, *at, length);
    dated[5 + length] = '\0';
    const char *read = dated;
    if (!cf_date_read(&read, ret_date))
        return false;
    *at += length;
    return true;
}

static void skip_blanks(const char **at)
{
    while (**at == ' ' || **at == '\t')
        ++*at;
}

/* Reads "day" or "day..day" by `read_one`. Returns whether that is the whole line. */
static bool read_range(const char *line, bool (*read_one)(const char **at, struct cf_date *ret_date),
                       int64_t *ret_first, int64_t *ret_last)
{
    const char *at = line;
    struct cf_date first, last;
    skip_blanks(&at);
    if (!read_one(&at, &first))
        return false;
    last = first;
    skip_blanks(&at);
    if (strncmp(at, "..", 2) == 0) {
        at += 2;
        skip_blanks(&at);
        if (!read_one(&at, &last))
            return false;
    }
    skip_blanks(&at);
    *ret_first = cf_days_of_date(first);
    *ret_last = cf_days_of_date(last);
    return *at == '\0';
}

static struct cf_window window_of_days(int64_t first, int64_t last)
{
    return (struct cf_window){first * CF_DAY_SECONDS, (last + 1) * CF_DAY_SECONDS};
}

/* A line's days. */
struct dated {
    bool yearly;
    struct cf_window window;
};

/* NULL, or what is wrong with it. */
static const char *read_line(const char *line, struct dated *ret_dated)
{
    int64_t first, last;
    if (read_range(line, cf_date_read, &first, &last)) {
        *ret_dated = (struct dated){false, window_of_days(first, last)};
        return last < first ? "ends before it begins" : NULL;
    }
    if (read_range(line, read_day_of_year, &first, &last)) {
        int64_t january = cf_days_of_date((struct cf_date){LEAP_YEAR, 1, 1});
        if (last < first) /* past the year's end */
            last += CF_YEAR_SECONDS / CF_DAY_SECONDS;
        *ret_dated = (struct dated){true, window_of_days(first - january, last - january)};
        return NULL;
    }
    return "is not a date; write \"2026-12-25\", \"2026-12-24..2027-01-01\", or \"12-25\" for every year; files of "
           "dates end in \".txt\" or \".ics\"";
}

static struct days make_room(const char *file, const struct cf_zone *zone, size_t count)
{
    return (struct days){.once = cf_alloc(count * sizeof(struct cf_window)),
                         .yearly = cf_alloc(count * sizeof(struct cf_window)),
                         .zone = zone,
                         .parts.file = file};
}

static void add_dated(struct days *days, struct dated dated, const char *name)
{
    if (dated.yearly)
        days->yearly[days->yearly_count++] = dated.window;
    else
        days->once[days->once_count++] = dated.window;
    cf_parts_add(&days->parts,
                 cf_pattern_create(dated.yearly ? CF_EVERY_YEAR : CF_ONCE, days->zone, &dated.window, 1),
                 name);
}

/* One calendar of both kinds, which needs no operation where there is only one; none where `err` has a
 * mistake. */
static int finish(struct days *days, struct cf_calendar **ret_calendar, struct cf_error *err)
{
    int code = err->code;
    if (code == CF_OK && (days->once_count || !days->yearly_count))
        code = cf_calendar_add(&days->parts.whole,
                               cf_pattern_create(CF_ONCE, days->zone, days->once, days->once_count), err);
    if (code == CF_OK && days->yearly_count)
        code = cf_calendar_add(&days->parts.whole,
                               cf_pattern_create(CF_EVERY_YEAR, days->zone, days->yearly, days->yearly_count),
                               err);
    if (code == CF_OK)
        *ret_calendar = cf_parts_create(&days->parts);
    else
        cf_parts_finish(&days->parts);
    free(days->once);
    free(days->yearly);
    return code;
}

static int refuse_count(struct cf_error *err)
{
    return cf_error_set(err, CF_USAGE, "a calendar can have %d lines of dates at most", CF_CALENDAR_LINES);
}

int cf_calendar_dates(const char *const *lines, size_t count, const struct cf_zone *zone,
                      struct cf_calendar **ret_calendar, struct cf_error *err)
{
    if (count > CF_CALENDAR_LINES)
        return refuse_count(err);
    struct days days = make_room(NULL, zone, count);
    struct cf_error all = {0};
    for (size_t i = 0; i < count; i++) {
        struct dated dated;
        struct cf_error why;
        const char *wrong = read_line(lines[i], &dated);
        if (!wrong) {
            add_dated(&days, dated, "");
            continue;
        }
        (void)cf_error_set(&why, CF_USAGE, "\"%.*s\" %s", QUOTED, lines[i], wrong);
        cf_error_add(&all, &why);
    }
    int code = finish(&days, ret_calendar, &all);
    if (code < 0 && err)
        *err = all;
    return code;
}

/* Cuts the line off that begins at *at, and its comment off it, both without blanks around them. */
static const char *cut_line(char **at, const char **ret_comment)
{
    char *line = *at, *end = line + strcspn(line, "\n"), *comment;
    *at = *end ? end + 1 : end;
    while (end > line && strchr(" \t\r", end[-1]))
        end--;
    *end = '\0';
    end = line + strcspn(line, "#");
    comment = end + strspn(end, "# \t");
    while (end > line && strchr(" \t\r", end[-1]))
        end--;
    *end = '\0';
    *ret_comment = comment;
    return line;
}

int cf_calendar_read_text(char *text, const struct cf_file_reading *how, struct cf_calendar **ret_calendar,
                          struct cf_error *err)
{
    struct days days = make_room(how->name, how->zone, CF_CALENDAR_LINES);
    struct cf_error all = {0};
    int mistakes = 0, count = 0;
    for (int number = 1; *text && mistakes <= CF_ICAL_MISTAKES; number++) {
        struct dated dated;
        struct cf_error why;
        const char *comment, *line = cut_line(&text, &comment),
                             *wrong = *line ? read_line(line, &dated) : NULL;
        if (!*line)
            continue;
        if (++count > CF_CALENDAR_LINES) {
            (void)refuse_count(&why);
            (void)cf_error_prefix(&why, "%s:%d", how->name, number);
            cf_error_add(&all, &why);
            break;
        }
        if (!wrong) {
            add_dated(&days, dated, comment);
            continue;
        }
        if (++mistakes > CF_ICAL_MISTAKES)
            (void)cf_error_set(&why, CF_USAGE, "%s: there are more mistakes than these", how->name);
        else
            (void)cf_error_set(&why, CF_USAGE, "%s:%d: %s", how->name, number,
                               mistakes > 1 ? "is not a date either, or ends before it begins" : wrong);
        cf_error_add(&all, &why);
    }
    int code = finish(&days, ret_calendar, &all);
    if (code < 0 && err)
        *err = all;
    return code;
}
