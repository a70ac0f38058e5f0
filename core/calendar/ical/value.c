#include "calendar/ical/value.h"

#include "calendar/pattern.h"
#include "time/civil.h"

#include <string.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Exactly so many digits at *at, and moves behind them. */
static bool take_digits(const char **at, int count, int *ret_number)
{
    int number = 0;
    for (; count; count--, ++*at) {
        if (!is_digit(**at))
            return false;
        number = number * 10 + (**at - '0');
    }
    *ret_number = number;
    return true;
}

/* "HHMMSS", in seconds since midnight. */
static bool take_time(const char **at, int64_t *ret_seconds)
{
    int hour, minute, second;
    if (!take_digits(at, 2, &hour) || !take_digits(at, 2, &minute) || !take_digits(at, 2, &second) ||
        hour > 23 || minute > 59 || second > 60)
        return false;
    *ret_seconds = (hour * 60 + minute) * INT64_C(60) + (second == 60 ? 59 : second);
    return true;
}

bool cf_ical_read_stamp(const char *text, struct cf_ical_stamp *ret_stamp)
{
    struct cf_date date;
    if (!take_digits(&text, 4, &date.year) || !take_digits(&text, 2, &date.month) ||
        !take_digits(&text, 2, &date.day) || date.year < 1 || !cf_date_valid(date))
        return false;
    struct cf_ical_stamp stamp = {.whole_day = *text == '\0'};
    int64_t seconds = 0;
    if (*text == 'T') {
        text++;
        if (!take_time(&text, &seconds))
            return false;
        stamp.utc = *text == 'Z';
        text += stamp.utc;
    }
    stamp.local = cf_days_of_date(date) * CF_DAY_SECONDS + seconds;
    if (*text)
        return false;
    *ret_stamp = stamp;
    return true;
}

/* A number and its unit; at most nine digits. */
static bool take_part(const char **at, int64_t *ret_number, char *ret_unit)
{
    int64_t number = 0;
    int digits = 0;
    for (; is_digit(**at) && digits < 9; digits++)
        number = number * 10 + (*(*at)++ - '0');
    *ret_number = number;
    *ret_unit = **at;
    return digits > 0 && *(*at)++ != '\0';
}

bool cf_ical_read_length(const char *text, struct cf_ical_length *ret_length)
{
    static const struct {
        char unit;
        bool of_day;
        int64_t seconds;
    } units[] = {{'W', false, 7 * CF_DAY_SECONDS},
                 {'D', false, CF_DAY_SECONDS},
                 {'H', true, 3600},
                 {'M', true, 60},
                 {'S', true, 1}};
    enum { UNITS = sizeof units / sizeof *units };
    struct cf_ical_length length = {0};
    text += *text == '+';
    if (*text++ != 'P')
        return false;
    bool time = false, any = false;
    size_t next = 0; /* units come in order, each at most once */
    while (*text) {
        int64_t number;
        char unit;
        if (*text == 'T' && !time) {
            time = true;
            any = false;
            text++;
            continue;
        }
        if (!take_part(&text, &number, &unit))
            return false;
        while (next < UNITS && (units[next].unit != unit || units[next].of_day != time))
            next++;
        if (next == UNITS)
            return false;
        any = true;
        *(time ? &length.seconds : &length.days) +=
            number * (time ? units[next].seconds : units[next].seconds / CF_DAY_SECONDS);
        next++;
    }
    if (!any || length.days > CF_ICAL_LONGEST || length.seconds > CF_ICAL_LONGEST * (int64_t)CF_DAY_SECONDS)
        return false;
    *ret_length = length;
    return true;
}

bool cf_ical_read_offset(const char *text, int32_t *ret_seconds)
{
    bool negative = *text == '-';
    int hours, minutes, seconds = 0;
    if ((*text != '+' && *text != '-') || !take_digits((text++, &text), 2, &hours) ||
        !take_digits(&text, 2, &minutes) || (*text && !take_digits(&text, 2, &seconds)) || *text ||
        hours > 23 || minutes > 59 || seconds > 59)
        return false;
    int32_t offset = (hours * 60 + minutes) * 60 + seconds;
    *ret_seconds = negative ? -offset : offset;
    return true;
}

bool cf_ical_read_number(const char *text, int least, int most, int *ret_number)
{
    size_t digits = strspn(text, "0123456789");
    int number = 0;
    if (!digits || digits > 9 || text[digits])
        return false;
    (void)take_digits(&text, (int)digits, &number);
    if (number < least || number > most)
        return false;
    *ret_number = number;
    return true;
}

bool cf_ical_read_signed(const char *text, int least, int most, int *ret_number)
{
    int number;
    bool negative = *text == '-';
    if (!cf_ical_read_number(text + (negative || *text == '+'), least, most, &number))
        return false;
    *ret_number = negative ? -number : number;
    return true;
}

int64_t cf_ical_day(int64_t local)
{
    return (local - (local % CF_DAY_SECONDS + CF_DAY_SECONDS) % CF_DAY_SECONDS) / CF_DAY_SECONDS;
}
