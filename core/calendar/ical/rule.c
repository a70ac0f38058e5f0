#include "calendar/ical/rule.h"

#include "calendar/ical/content.h"

#include <string.h>

/* How often and how far apart anything may be: no rule of a person's comes near it. */
enum { COUNT_MOST = 1000000, INTERVAL_MOST = 1000000 };

static const char *const frequencies[] = {
    [CF_SECONDLY] = "SECONDLY", [CF_MINUTELY] = "MINUTELY", [CF_HOURLY] = "HOURLY", [CF_DAILY] = "DAILY",
    [CF_WEEKLY] = "WEEKLY",     [CF_MONTHLY] = "MONTHLY",   [CF_YEARLY] = "YEARLY"};

static const char *const weekdays[CF_RULE_DAYS] = {"MO", "TU", "WE", "TH", "FR", "SA", "SU"};

static void add_number(struct cf_rule_set *set, int number)
{
    unsigned place = (unsigned)(number < 0 ? -number : number);
    set->given = true;
    (number < 0 ? set->minus : set->plus)[place / 64] |= UINT64_C(1) << place % 64;
}

bool cf_rule_has(const struct cf_rule_set *set, int at, int of)
{
    int back = of - at + 1; /* from the end, 1 is the last */
    return (at <= CF_RULE_NUMBER && (set->plus[at / 64] >> at % 64 & 1)) ||
           (back > 0 && back <= CF_RULE_NUMBER && (set->minus[back / 64] >> back % 64 & 1));
}

/* ---- The parts ----------------------------------------------------------------------------------------- */

static bool read_frequency(struct cf_rule *rule, char *value)
{
    for (size_t i = 0; i < sizeof frequencies / sizeof *frequencies; i++)
        if (cf_content_is(value, frequencies[i])) {
            rule->frequency = (enum cf_frequency)i;
            return true;
        }
    return false;
}

static bool read_until(struct cf_rule *rule, char *value)
{
    rule->has_until = true;
    return cf_ical_read_stamp(value, &rule->until);
}

static bool read_count(struct cf_rule *rule, char *value)
{
    return cf_ical_read_number(value, 1, COUNT_MOST, &rule->count);
}

static bool read_interval(struct cf_rule *rule, char *value)
{
    return cf_ical_read_number(value, 1, INTERVAL_MOST, &rule->interval);
}

static bool read_weekday(const char *value, int *ret_day)
{
    for (int day = 0; day < CF_RULE_DAYS; day++)
        if (cf_content_is(value, weekdays[day])) {
            *ret_day = day;
            return true;
        }
    return false;
}

static bool read_week_start(struct cf_rule *rule, char *value)
{
    return read_weekday(value, &rule->week_start);
}

/* "MO", "2MO", "-1MO". */
static bool read_days(struct cf_rule *rule, char *value)
{
    for (const char *item; (item = cf_content_item(&value, ',')) != NULL;) {
        size_t length = strlen(item);
        int day, number = 0;
        char digits[8];
        if (length < 2 || length - 2 >= sizeof digits || !read_weekday(item + length - 2, &day))
            return false;
        memcpy(digits, item, length - 2);
        digits[length - 2] = '\0';
        if (digits[0] && !cf_ical_read_signed(digits, 1, 53, &number))
            return false;
        if (digits[0])
            add_number(&rule->week[day], number);
        else
            rule->any_week[day] = true;
    }
    return rule->day_given = true;
}

static bool read_scale(struct cf_rule *rule, char *value)
{
    (void)rule;
    return cf_content_is(value, "GREGORIAN");
}

static bool read_skip(struct cf_rule *rule, char *value)
{
    (void)rule;
    return cf_content_is(value, "OMIT"); /* as all rules do that do not say so (RFC 7529) */
}

#define NUMBERS(part, list, member, from, to, has_sign)                                                      \
    {                                                                                                        \
        .name = (part), .wants = (list), .set = offsetof(struct cf_rule, member), .least = (from),           \
        .most = (to), .negative = (has_sign)                                                                 \
    }

/* A part is read by `read`, or is a list of numbers. */
static const struct part {
    const char *name, *wants;
    bool (*read)(struct cf_rule *rule, char *value);
    size_t set;
    int least, most;
    bool negative;
} parts[] = {
    {.name = "FREQ", .wants = "a frequency", .read = read_frequency},
    {.name = "UNTIL", .wants = "a date, or a date and time", .read = read_until},
    {.name = "COUNT", .wants = "a number from 1 to 1000000", .read = read_count},
    {.name = "INTERVAL", .wants = "a number from 1 to 1000000", .read = read_interval},
    {.name = "WKST", .wants = "a day such as MO", .read = read_week_start},
    {.name = "BYDAY", .wants = "a list of days such as MO or -1FR", .read = read_days},
    {.name = "RSCALE", .wants = "GREGORIAN, the one calendar that curfew follows", .read = read_scale},
    {.name = "SKIP", .wants = "OMIT, which is all that curfew follows", .read = read_skip},
    NUMBERS("BYSECOND", "a list of numbers from 0 to 60", second, 0, 60, false),
    NUMBERS("BYMINUTE", "a list of numbers from 0 to 59", minute, 0, 59, false),
    NUMBERS("BYHOUR", "a list of numbers from 0 to 23", hour, 0, 23, false),
    NUMBERS("BYMONTH", "a list of numbers from 1 to 12", month, 1, 12, false),
    NUMBERS("BYMONTHDAY", "a list of numbers from 1 to 31", month_day, 1, 31, true),
    NUMBERS("BYYEARDAY", "a list of numbers from 1 to 366", year_day, 1, 366, true),
    NUMBERS("BYWEEKNO", "a list of numbers from 1 to 53", week_number, 1, 53, true),
    NUMBERS("BYSETPOS", "a list of numbers from 1 to 366", position, 1, 366, true),
};

enum { PARTS = sizeof parts / sizeof *parts };

static bool read_numbers(struct cf_rule_set *set, const struct part *part, char *value)
{
    for (const char *item; (item = cf_content_item(&value, ',')) != NULL;) {
        int number;
        if (!(part->negative ? cf_ical_read_signed : cf_ical_read_number)(item, part->least, part->most,
                                                                          &number))
            return false;
        add_number(set, number);
    }
    return true;
}

/* ---- The whole ----------------------------------------------------------------------------------------- */

static const struct part *find_part(const char *name)
{
    for (size_t i = 0; i < PARTS; i++)
        if (cf_content_is(name, parts[i].name))
            return &parts[i];
    return NULL;
}

static int read_part(char *text, bool seen[PARTS], struct cf_rule *rule, struct cf_error *err)
{
    char *value = strchr(text, '=');
    if (!value)
        return cf_error_set(err, CF_USAGE,
                            "has a rule with a part that is not \"NAME=value\"; is there a \";\" too many?");
    *value++ = '\0';
    const struct part *part = find_part(text);
    if (!part)
        return cf_error_set(err, CF_USAGE, "has a rule with a part of no name that RFC 5545 knows");
    if (seen[part - parts])
        return cf_error_set(err, CF_USAGE, "has a rule with two of %s", part->name);
    seen[part - parts] = true;
    bool good = part->read
                    ? part->read(rule, value)
                    : read_numbers((struct cf_rule_set *)(void *)((char *)rule + part->set), part, value);
    return good ? CF_OK
                : cf_error_set(err, CF_USAGE, "has a rule whose %s is not %s", part->name, part->wants);
}

static bool numbers_days(const struct cf_rule *rule)
{
    for (int day = 0; day < CF_RULE_DAYS; day++)
        if (rule->week[day].given)
            return true;
    return false;
}

/* What RFC 5545 says must not be together. */
static const char *contradiction(const struct cf_rule *rule, bool has_frequency)
{
    enum cf_frequency frequency = rule->frequency;
    if (!has_frequency)
        return "no FREQ";
    if (rule->count && rule->has_until)
        return "both COUNT and UNTIL, where only one may be";
    if (rule->week_number.given && frequency != CF_YEARLY)
        return "a BYWEEKNO, which belongs to FREQ=YEARLY alone";
    if (rule->year_day.given && frequency >= CF_DAILY && frequency <= CF_MONTHLY)
        return "a BYYEARDAY, which does not go with its FREQ";
    if (rule->month_day.given && frequency == CF_WEEKLY)
        return "a BYMONTHDAY, which does not go with FREQ=WEEKLY";
    if (numbers_days(rule) && (frequency < CF_MONTHLY || rule->week_number.given))
        return "a BYDAY with numbers, which belongs to a month or a year";
    bool others = rule->second.given || rule->minute.given || rule->hour.given || rule->month.given ||
                  rule->month_day.given || rule->year_day.given || rule->week_number.given || rule->day_given;
    if (rule->position.given && !others)
        return "a BYSETPOS, but nothing of which it could be the place";
    return NULL;
}

int cf_rule_read(char *text, bool whole_day, struct cf_rule *ret_rule, struct cf_error *err)
{
    struct cf_rule rule = {.interval = 1};
    bool seen[PARTS] = {false};
    size_t length = strlen(text);
    if (length && text[length - 1] == ';') /* at the very end it parts nothing from nothing */
        text[length - 1] = '\0';
    for (char *part; (part = cf_content_item(&text, ';')) != NULL;) {
        int code = read_part(part, seen, &rule, err);
        if (code < 0)
            return code;
    }
    const char *wrong = contradiction(&rule, seen[0]);
    if (wrong)
        return cf_error_set(err, CF_USAGE, "has a rule with %s", wrong);
    if (whole_day && rule.frequency < CF_DAILY)
        return cf_error_set(err, CF_USAGE, "has a rule by hours or less, but lasts whole days");
    if (whole_day) /* "MUST be ignored" (RFC 5545, 3.3.10) */
        rule.second = rule.minute = rule.hour = (struct cf_rule_set){0};
    *ret_rule = rule;
    return CF_OK;
}
