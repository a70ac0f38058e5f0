#include "calendar/reader.h"

#include <string.h>

enum { QUOTED = 80 };

static const char *const day_names[CF_WEEKDAYS] = {"monday", "tuesday",  "wednesday", "thursday",
                                                   "friday", "saturday", "sunday"};

int cf_scanner_fail(const struct cf_scanner *in, const char *why)
{
    return cf_error_set(in->err, CF_USAGE, "\"%.*s\": %s; write for instance %s", QUOTED, in->line, why,
                        in->example);
}

void cf_scanner_skip(struct cf_scanner *in)
{
    while (*in->at == ' ' || *in->at == '\t')
        in->at++;
}

bool cf_scanner_take(struct cf_scanner *in, char c)
{
    cf_scanner_skip(in);
    if (*in->at != c)
        return false;
    in->at++;
    cf_scanner_skip(in);
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

static int read_day(struct cf_scanner *in, int *ret_day)
{
    size_t length = 0;
    while (is_letter(in->at[length]))
        length++;
    for (int day = 0; day < CF_WEEKDAYS; day++) {
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
    return cf_scanner_fail(in, length ? "days are Mon, Tue, Wed, Thu, Fri, Sat and Sun, or their whole names"
                                      : "a day is missing");
}

int cf_scanner_days(struct cf_scanner *in, bool days[CF_WEEKDAYS])
{
    cf_scanner_skip(in);
    if (is_digit(*in->at)) {
        memset(days, true, CF_WEEKDAYS * sizeof *days);
        return CF_OK;
    }
    do {
        int day, last;
        int code = read_day(in, &day);
        if (code < 0)
            return code;
        last = day;
        if (cf_scanner_take(in, '-') && (code = read_day(in, &last)) < 0)
            return code;
        for (; day != last; day = (day + 1) % CF_WEEKDAYS)
            days[day] = true;
        days[last] = true;
    } while (cf_scanner_take(in, ','));
    return CF_OK;
}

bool cf_scanner_time(struct cf_scanner *in, int64_t *ret_seconds)
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
