/* Days off, read from lines such as "2026-12-24..2027-01-01" or "12-25". */
#include "base/memory.h"
#include "calendar/file.h"
#include "calendar/kind.h"
#include "calendar/pattern.h"

#include <stdlib.h>
#include <string.h>

enum { QUOTED = 80, LEAP_YEAR = 2000 };

/* Both kinds of days together: those of one year and those of every year. */
struct days {
    struct cf_window *once, *yearly;
    size_t once_count, yearly_count;
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

static int read_line(const char *line, struct days *days, struct cf_error *err)
{
    int64_t first, last;
    if (read_range(line, cf_date_read, &first, &last)) {
        if (last < first)
            return cf_error_set(err, CF_USAGE, "\"%.*s\" ends before it begins", QUOTED, line);
        days->once[days->once_count++] = window_of_days(first, last);
        return CF_OK;
    }
    if (read_range(line, read_day_of_year, &first, &last)) {
        int64_t january = cf_days_of_date((struct cf_date){LEAP_YEAR, 1, 1});
        if (last < first) /* past the year's end */
            last += CF_YEAR_SECONDS / CF_DAY_SECONDS;
        days->yearly[days->yearly_count++] = window_of_days(first - january, last - january);
        return CF_OK;
    }
    return cf_error_set(
        err, CF_USAGE,
        "\"%.*s\" is no date; write \"2026-12-25\", \"2026-12-24..2027-01-01\", or \"12-25\" for "
        "every year; files of dates end in \".txt\" or \".ics\"",
        QUOTED, line);
}

/* One calendar of both kinds, which needs no operation where there is only one. */
static int create(struct days *days, const struct cf_zone *zone, struct cf_calendar **ret_calendar,
                  struct cf_error *err)
{
    struct cf_calendar *calendar = NULL;
    int code = CF_OK;
    if (days->once_count || !days->yearly_count)
        code =
            cf_calendar_add(&calendar, cf_pattern_create(CF_ONCE, zone, days->once, days->once_count), err);
    if (days->yearly_count)
        code = cf_calendar_add(&calendar,
                               cf_pattern_create(CF_EVERY_YEAR, zone, days->yearly, days->yearly_count), err);
    *ret_calendar = calendar;
    return code;
}

static struct days make_room(size_t count)
{
    return (struct days){.once = cf_alloc(count * sizeof(struct cf_window)),
                         .yearly = cf_alloc(count * sizeof(struct cf_window))};
}

static void finish(struct days *days)
{
    free(days->once);
    free(days->yearly);
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
    struct days days = make_room(count);
    int code = CF_OK;
    for (size_t i = 0; i < count && code == CF_OK; i++)
        code = read_line(lines[i], &days, err);
    if (code == CF_OK)
        code = create(&days, zone, ret_calendar, err);
    finish(&days);
    return code;
}

/* Cuts the line off that begins at *at, without its comment and the blanks behind it. */
static const char *cut_line(char **at)
{
    char *line = *at, *end = line + strcspn(line, "\n");
    *at = *end ? end + 1 : end;
    *end = '\0';
    end = line + strcspn(line, "#");
    while (end > line && strchr(" \t\r", end[-1]))
        end--;
    *end = '\0';
    return line;
}

int cf_calendar_read_text(char *text, const char *file, const struct cf_zone *zone,
                          struct cf_calendar **ret_calendar, struct cf_error *err)
{
    struct days days = make_room(CF_CALENDAR_LINES);
    int code = CF_OK, number = 1;
    for (size_t count = 0; *text && code == CF_OK; number++) {
        const char *line = cut_line(&text);
        if (*line)
            code = ++count > CF_CALENDAR_LINES ? refuse_count(err) : read_line(line, &days, err);
    }
    if (code == CF_OK)
        code = create(&days, zone, ret_calendar, err);
    else
        (void)cf_error_prefix(err, "%s:%d", file, number - 1);
    finish(&days);
    return code;
}
