#include "time/civil.h"

enum { DAYS_400_YEARS = 146097, DAYS_100_YEARS = 36524, DAYS_4_YEARS = 1461, DAYS_TO_1970 = 719468 };

/*
 * Years are counted from March, so that the leap day is a year's last day, and in eras of 400 years, after
 * which the calendar repeats. DAYS_TO_1970 lie between 0000-03-01 and 1970-01-01.
 */
int64_t cf_days_of_date(struct cf_date date)
{
    int64_t year = (int64_t)date.year - (date.month <= 2);
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t of_era = year - era * 400;
    int64_t month = date.month > 2 ? date.month - 3 : date.month + 9;
    int64_t of_year = (153 * month + 2) / 5 + date.day - 1;
    return era * DAYS_400_YEARS + of_era * 365 + of_era / 4 - of_era / 100 + of_year - DAYS_TO_1970;
}

struct cf_date cf_date_of_days(int64_t days)
{
    days += DAYS_TO_1970;
    int64_t era = (days >= 0 ? days : days - (DAYS_400_YEARS - 1)) / DAYS_400_YEARS;
    int64_t of_era = days - era * DAYS_400_YEARS;
    int64_t leaps = of_era / (DAYS_4_YEARS - 1) - of_era / DAYS_100_YEARS + of_era / (DAYS_400_YEARS - 1);
    int64_t year = (of_era - leaps) / 365;
    int64_t of_year = of_era - (year * 365 + year / 4 - year / 100);
    int64_t month = (5 * of_year + 2) / 153;
    int64_t day = of_year - (153 * month + 2) / 5 + 1;
    month = month < 10 ? month + 3 : month - 9;
    return (struct cf_date){(int)(era * 400 + year + (month <= 2)), (int)month, (int)day};
}

int cf_weekday_of_days(int64_t days)
{
    int64_t weekday = (days % 7 + 3) % 7; /* 1970-01-01 was a Thursday */
    return (int)(weekday < 0 ? weekday + 7 : weekday);
}

bool cf_date_valid(struct cf_date date)
{
    if (date.month < 1 || date.month > 12 || date.day < 1 || date.day > 31)
        return false;
    struct cf_date back = cf_date_of_days(cf_days_of_date(date));
    return back.month == date.month && back.day == date.day;
}

static bool read_digits(const char **text, int digits, int *ret_number)
{
    int number = 0;
    for (int i = 0; i < digits; i++) {
        char c = (*text)[i];
        if (c < '0' || c > '9')
            return false;
        number = number * 10 + (c - '0');
    }
    *text += digits;
    *ret_number = number;
    return true;
}

bool cf_date_read(const char **text, struct cf_date *ret_date)
{
    const char *at = *text;
    struct cf_date date;
    if (!read_digits(&at, 4, &date.year) || *at++ != '-' || !read_digits(&at, 2, &date.month) ||
        *at++ != '-' || !read_digits(&at, 2, &date.day) || !cf_date_valid(date))
        return false;
    *text = at;
    *ret_date = date;
    return true;
}
