#include "time/instant.h"

#include <stdio.h>

enum { QUOTED = 80, SECOND_US = 1000000 };

/* 0000-01-01 and 10000-01-01: what lies beyond could not be printed as it is read. */
static const int64_t earliest_s = INT64_C(-62167219200), latest_s = INT64_C(253402300800);

static void skip_blanks(const char **at)
{
    while (**at == ' ' || **at == '\t')
        ++*at;
}

/* Two digits up to `most`. */
static bool read_pair(const char **at, int most, int *ret_number)
{
    const char *s = *at;
    if (s[0] < '0' || s[0] > '9' || s[1] < '0' || s[1] > '9' || (s[0] - '0') * 10 + (s[1] - '0') > most)
        return false;
    *ret_number = (s[0] - '0') * 10 + (s[1] - '0');
    *at += 2;
    return true;
}

/* ".5" after the seconds, in microseconds; finer digits are dropped. */
static bool read_fraction(const char **at, int *ret_us)
{
    int us = 0, worth = 100000;
    const char *first = ++*at;
    for (; **at >= '0' && **at <= '9'; ++*at, worth /= 10)
        us += (**at - '0') * worth;
    *ret_us = us;
    return *at > first;
}

/* "08:55", "08:55:00", "08:55:00.5" */
static bool read_time(const char **at, struct cf_civil *civil)
{
    if (!read_pair(at, 23, &civil->hour) || *(*at)++ != ':' || !read_pair(at, 59, &civil->minute))
        return false;
    if (**at != ':')
        return true;
    ++*at;
    return read_pair(at, 59, &civil->second) && (**at != '.' || read_fraction(at, &civil->us));
}

/* "Z" or "+01:00", if one stands there. */
static bool read_offset(const char **at, bool *ret_given, int *ret_seconds)
{
    *ret_given = true;
    *ret_seconds = 0;
    char sign = **at;
    if (sign == 'Z') {
        ++*at;
        return true;
    }
    if (sign != '+' && sign != '-') {
        *ret_given = false;
        return true;
    }
    ++*at;
    int hours, minutes;
    if (!read_pair(at, 23, &hours) || *(*at)++ != ':' || !read_pair(at, 59, &minutes))
        return false;
    *ret_seconds = (hours * 60 + minutes) * (sign == '-' ? -60 : 60);
    return true;
}

int cf_instant_parse(const char *text, const struct cf_zone *zone, struct cf_instant *ret_instant,
                     struct cf_error *err)
{
    const char *at = text;
    struct cf_civil civil = {0};
    bool offset_given = false;
    int offset = 0;
    skip_blanks(&at);
    bool valid = cf_date_read(&at, &civil.date);
    if (valid && (*at == 'T' || (*at == ' ' && at[1] >= '0' && at[1] <= '9'))) {
        at++;
        valid = read_time(&at, &civil);
    }
    valid = valid && read_offset(&at, &offset_given, &offset);
    if (valid)
        skip_blanks(&at);
    if (!valid || *at)
        return cf_error_set(err, CF_USAGE,
                            "\"%.*s\" is not a date and time; write it as \"2026-03-02 08:55\" or "
                            "\"2026-03-02T08:55:00Z\"",
                            QUOTED, text);
    int64_t us = cf_zone_instant_us(offset_given ? cf_zone_utc() : zone, civil) - (int64_t)offset * SECOND_US;
    if (us < earliest_s * SECOND_US || us >= latest_s * SECOND_US)
        return cf_error_set(err, CF_USAGE, "\"%.*s\" is not within the years 0000 to 9999 of UTC", QUOTED,
                            text);
    ret_instant->us = us;
    return CF_OK;
}

/* Writes what no date stands for. */
static bool write_special(struct cf_instant instant, char out[CF_INSTANT_TEXT])
{
    bool never = instant.us == CF_NEVER.us;
    if (!never && cf_instant_known(instant))
        return false;
    (void)snprintf(out, CF_INSTANT_TEXT, "%s", never ? "never" : "unknown");
    return true;
}

const char *cf_instant_utc(struct cf_instant instant, char out[CF_INSTANT_TEXT])
{
    if (write_special(instant, out))
        return out;
    struct cf_civil t = cf_zone_civil(cf_zone_utc(), instant.us);
    (void)snprintf(out, CF_INSTANT_TEXT, "%04d-%02d-%02dT%02d:%02d:%02d.%06dZ", t.date.year, t.date.month,
                   t.date.day, t.hour, t.minute, t.second, t.us);
    return out;
}

const char *cf_instant_local(struct cf_instant instant, const struct cf_zone *zone, char out[CF_INSTANT_TEXT])
{
    if (write_special(instant, out))
        return out;
    struct cf_civil t = cf_zone_civil(zone, instant.us);
    (void)snprintf(out, CF_INSTANT_TEXT, "%04d-%02d-%02d %02d:%02d:%02d", t.date.year, t.date.month,
                   t.date.day, t.hour, t.minute, t.second);
    return out;
}
