/* Weekly hours, read from lines such as "Mon-Fri 07:30-19:00". */
#include "base/memory.h"
#include "calendar/pattern.h"

#include <stdlib.h>
#include <string.h>

enum { DAYS = 7, QUOTED = 80 };

static const char *const day_names[DAYS] = {"monday", "tuesday",  "wednesday", "thursday",
                                            "friday", "saturday", "sunday"};

/* What a line says: its days, and seconds since their midnight. Days alone are whole days. */
struct hours {
    bool days[DAYS];
    int64_t from, to;
};

struct reader {
    const char *line, *at;
    struct cf_error *err;
};

static int fail(const struct reader *in, const char *why)
{
    return cf_error_set(in->err, CF_USAGE,
                        "\"%.*s\": %s; write for instance \"Mon-Fri 07:30-19:00\" or \"Sat,Sun\"", QUOTED,
                        in->line, why);
}

static void skip_blanks(struct reader *in)
{
    while (*in->at == ' ' || *in->at == '\t')
        in->at++;
}

static bool take(struct reader *in, char c)
{
    skip_blanks(in);
    if (*in->at != c)
        return false;
    in->at++;
    skip_blanks(in);
    return true;
}

static char lower(char c)
{
    return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

static bool is_letter(char c)
{
    return lower(c) >= 'a' && lower(c) <= 'z';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static int read_day(struct reader *in, int *ret_day)
{
    size_t length = 0;
    while (is_letter(in->at[length]))
        length++;
    for (int day = 0; day < DAYS; day++) {
        const char *name = day_names[day];
        size_t same = 0;
        while (same < length && lower(in->at[same]) == name[same])
            same++;
        if (same == length && (length == 3 || length == strlen(name))) {
            in->at += length;
            *ret_day = day;
            return CF_OK;
        }
    }
    return fail(in, length ? "days are Mon, Tue, Wed, Thu, Fri, Sat and Sun, or their whole names"
                           : "a day is missing");
}

/* "Mon-Fri,Sun"; ranges may wrap. */
static int read_days(struct reader *in, struct hours *hours)
{
    do {
        int day, last;
        int code = read_day(in, &day);
        if (code < 0)
            return code;
        last = day;
        if (take(in, '-') && (code = read_day(in, &last)) < 0)
            return code;
        for (; day != last; day = (day + 1) % DAYS)
            hours->days[day] = true;
        hours->days[last] = true;
    } while (take(in, ','));
    return CF_OK;
}

/* "7:30", "19:00", "24:00", in seconds. */
static bool read_time(struct reader *in, int64_t *ret_seconds)
{
    int hour = 0, digits = 0;
    for (; digits < 2 && is_digit(*in->at); digits++)
        hour = hour * 10 + (*in->at++ - '0');
    if (!digits || *in->at != ':' || !is_digit(in->at[1]) || !is_digit(in->at[2]))
        return false;
    int minute = (in->at[1] - '0') * 10 + (in->at[2] - '0');
    in->at += 3;
    if (hour > 24 || minute > 59 || (hour == 24 && minute > 0))
        return false;
    *ret_seconds = (hour * 60 + minute) * INT64_C(60);
    return true;
}

static int read_times(struct reader *in, struct hours *hours)
{
    if (!read_time(in, &hours->from) || !take(in, '-') || !read_time(in, &hours->to))
        return fail(in, "the hours cannot be read; they go from 00:00 to 24:00");
    if (hours->from == CF_DAY_SECONDS)
        return fail(in, "no hours begin at 24:00, which is the next day's 00:00");
    if (hours->from == hours->to)
        return fail(in, "the hours end where they begin; for a whole day leave them out");
    if (hours->to < hours->from)
        hours->to += CF_DAY_SECONDS;
    return CF_OK;
}

static int read_line(const char *line, struct hours *ret_hours, struct cf_error *err)
{
    struct reader in = {line, line, err};
    struct hours hours = {.from = 0, .to = CF_DAY_SECONDS};
    int code = CF_OK;
    skip_blanks(&in);
    if (is_digit(*in.at))
        memset(hours.days, true, sizeof hours.days);
    else
        code = read_days(&in, &hours);
    skip_blanks(&in);
    if (code == CF_OK && *in.at)
        code = read_times(&in, &hours);
    skip_blanks(&in);
    if (code == CF_OK && *in.at)
        code = fail(&in, "there is more behind the hours than can be read");
    if (code == CF_OK)
        *ret_hours = hours;
    return code;
}

int cf_calendar_weekly(const char *const *lines, size_t count, const struct cf_zone *zone,
                       struct cf_calendar **ret_calendar, struct cf_error *err)
{
    if (count > CF_CALENDAR_LINES)
        return cf_error_set(err, CF_USAGE, "a weekly calendar can have %d lines at most", CF_CALENDAR_LINES);
    struct cf_window *windows = cf_alloc(count * DAYS * sizeof *windows);
    size_t used = 0;
    int code = CF_OK;
    for (size_t i = 0; i < count && code == CF_OK; i++) {
        struct hours hours = {0};
        code = read_line(lines[i], &hours, err);
        for (int day = 0; day < DAYS; day++) {
            int64_t midnight = (int64_t)day * CF_DAY_SECONDS;
            if (hours.days[day])
                windows[used++] = (struct cf_window){midnight + hours.from, midnight + hours.to};
        }
    }
    if (code == CF_OK)
        *ret_calendar = cf_pattern_create(CF_EVERY_WEEK, zone, windows, used);
    free(windows);
    return code;
}
