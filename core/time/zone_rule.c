/* POSIX TZ rules, as RFC 8536 (3.3.1) extends them: which part of every year has summer time. */
#include "base/memory.h"
#include "time/zone_data.h"

#include <stdlib.h>

enum { DAY_SECONDS = 86400, NAME_LEAST = 3, NAME_MOST = 32, FIRST_YEAR = 1900, CYCLE_YEARS = 400 };
enum { OFFSET_HOURS = 24, TIME_HOURS = 167 };

/* The day of a year on which a part of it begins, and the local time in seconds, maybe of another day. */
struct turn {
    enum { JULIAN, OF_YEAR, OF_MONTH } kind;
    int month, week, day; /* OF_MONTH: weekday `day` (0 Sunday) of the week, 5 the last; else `day` alone */
    int32_t time;
};

struct part {
    const char *name;
    size_t name_length;
    int32_t offset;
};

struct rule {
    struct part standard, summer;
    bool has_summer;
    struct turn summer_begins, summer_ends;
};

struct reader {
    const char *at, *end;
};

static bool take_letter(struct reader *in, char c)
{
    if (in->at == in->end || *in->at != c)
        return false;
    in->at++;
    return true;
}

static bool is_digit(const struct reader *in)
{
    return in->at < in->end && *in->at >= '0' && *in->at <= '9';
}

static bool read_number(struct reader *in, int least, int most, int *ret_number)
{
    if (!is_digit(in))
        return false;
    int number = 0;
    for (; is_digit(in); in->at++) {
        number = number * 10 + (*in->at - '0');
        if (number > most)
            return false;
    }
    *ret_number = number;
    return number >= least;
}

/* "[+-]h[h[h]][:mm[:ss]]", in seconds. */
static bool read_time(struct reader *in, int hours_most, int32_t *ret_seconds)
{
    bool negative = take_letter(in, '-');
    if (!negative)
        (void)take_letter(in, '+');
    int hours, minutes = 0, seconds = 0;
    if (!read_number(in, 0, hours_most, &hours))
        return false;
    if (take_letter(in, ':') &&
        (!read_number(in, 0, 59, &minutes) || (take_letter(in, ':') && !read_number(in, 0, 59, &seconds))))
        return false;
    int32_t total = hours * 3600 + minutes * 60 + seconds;
    *ret_seconds = negative ? -total : total;
    return true;
}

static bool is_letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* "CET", or "<+03>" in which digits and signs may stand too. */
static bool read_name(struct reader *in, struct part *part)
{
    bool quoted = take_letter(in, '<');
    part->name = in->at;
    while (in->at < in->end &&
           (is_letter(*in->at) || (quoted && (is_digit(in) || *in->at == '+' || *in->at == '-'))))
        in->at++;
    part->name_length = (size_t)(in->at - part->name);
    return part->name_length >= NAME_LEAST && part->name_length <= NAME_MOST &&
           (!quoted || take_letter(in, '>'));
}

/* POSIX counts offsets westward. */
static bool read_offset(struct reader *in, struct part *part)
{
    int32_t west;
    if (!read_time(in, OFFSET_HOURS, &west))
        return false;
    part->offset = -west;
    return true;
}

static bool read_turn(struct reader *in, struct turn *turn)
{
    *turn = (struct turn){.kind = OF_YEAR, .time = 2 * 3600};
    bool valid;
    if (take_letter(in, 'M')) {
        turn->kind = OF_MONTH;
        valid = read_number(in, 1, 12, &turn->month) && take_letter(in, '.') &&
                read_number(in, 1, 5, &turn->week) && take_letter(in, '.') &&
                read_number(in, 0, 6, &turn->day);
    } else if (take_letter(in, 'J')) {
        turn->kind = JULIAN;
        valid = read_number(in, 1, 365, &turn->day);
    } else {
        valid = read_number(in, 0, 365, &turn->day);
    }
    return valid && (!take_letter(in, '/') || read_time(in, TIME_HOURS, &turn->time));
}

static bool read_rule(struct reader *in, struct rule *rule)
{
    *rule = (struct rule){0};
    if (!read_name(in, &rule->standard) || !read_offset(in, &rule->standard))
        return false;
    if (in->at == in->end)
        return true;
    rule->has_summer = true;
    if (!read_name(in, &rule->summer))
        return false;
    rule->summer.offset = rule->standard.offset + 3600;
    if (!take_letter(in, ',')) {
        if (!read_offset(in, &rule->summer) || !take_letter(in, ','))
            return false;
    }
    return read_turn(in, &rule->summer_begins) && take_letter(in, ',') && read_turn(in, &rule->summer_ends) &&
           in->at == in->end;
}

/* The day of `year` meant, as days since 1970. */
static int64_t day_of_turn(const struct turn *turn, int year)
{
    int64_t january = cf_days_of_date((struct cf_date){year, 1, 1});
    if (turn->kind == OF_YEAR)
        return january + turn->day;
    if (turn->kind == JULIAN) { /* never counts February 29 */
        bool leap = cf_date_valid((struct cf_date){year, 2, 29});
        return january + turn->day - 1 + (leap && turn->day >= 60);
    }
    int64_t first = cf_days_of_date((struct cf_date){year, turn->month, 1});
    int64_t weekday = (cf_weekday_of_days(first) + 1) % 7; /* 0 Sunday */
    int64_t day = first + (turn->day - weekday + 7) % 7 + 7 * (turn->week - 1);
    int64_t next = cf_days_of_date((struct cf_date){year + turn->month / 12, turn->month % 12 + 1, 1});
    return day < next ? day : day - 7; /* a fifth one that there is not: the last */
}

static int64_t instant_of_turn(const struct turn *turn, int year, int32_t offset)
{
    return day_of_turn(turn, year) * DAY_SECONDS + turn->time - offset;
}

/* By time; where summer ends and begins at once, it goes on. */
static int compare_changes(const void *a, const void *b)
{
    const struct cf_zone_change *x = a, *y = b;
    if (x->at != y->at)
        return x->at < y->at ? -1 : 1;
    return (x->type > y->type) - (x->type < y->type);
}

/*
 * Appends the changes after `after`, beginning in `year`, for a cycle and more than a year, so that the last
 * one of the cycle has a next one. Where summer never ends, its ends fall on its beginnings and neither is a
 * change: hence years more are calculated than kept.
 */
static void append_changes(struct cf_zone *zone, const struct rule *rule, int year, int64_t after)
{
    enum { YEARS = CYCLE_YEARS + 6 };
    const struct part *parts[] = {&rule->standard, &rule->summer};
    uint16_t types[2];
    for (size_t i = 0; i < 2; i++)
        types[i] = cf_zone_add_type(zone, parts[i]->offset, parts[i]->name, parts[i]->name_length);
    zone->cyclic = true;
    zone->cycle_from = cf_days_of_date((struct cf_date){year + 3, 1, 1}) * DAY_SECONDS;
    int64_t enough = zone->cycle_from + CF_ZONE_CYCLE + INT64_C(400) * DAY_SECONDS;

    struct cf_zone_change *fresh = cf_alloc(2 * YEARS * sizeof *fresh);
    for (int i = 0; i < YEARS; i++) {
        fresh[2 * i].at = instant_of_turn(&rule->summer_begins, year + i, rule->standard.offset);
        fresh[2 * i].type = types[1];
        fresh[2 * i + 1].at = instant_of_turn(&rule->summer_ends, year + i, rule->summer.offset);
        fresh[2 * i + 1].type = types[0];
    }
    qsort(fresh, 2 * YEARS, sizeof *fresh, compare_changes);
    zone->changes = cf_resize(zone->changes, (zone->change_count + 2 * YEARS) * sizeof *fresh);
    for (int i = 0; i < 2 * YEARS && fresh[i].at < enough; i++)
        if (fresh[i].at > after && fresh[i + 1].at != fresh[i].at)
            zone->changes[zone->change_count++] = fresh[i];
    free(fresh);
}

int cf_zone_extend(struct cf_zone *zone, const char *text, size_t length, struct cf_error *err)
{
    struct reader in = {text, text + length};
    struct rule rule;
    if (!read_rule(&in, &rule))
        return cf_error_set(err, CF_FAILED, "\"%.*s\" is not a rule for a time zone",
                            (int)(length < 80 ? length : 80), text);
    if (zone->type_count == 0)
        (void)cf_zone_add_type(zone, rule.standard.offset, rule.standard.name, rule.standard.name_length);
    if (!rule.has_summer)
        return CF_OK; /* what the last change left in force goes on */
    int64_t after = zone->change_count ? zone->changes[zone->change_count - 1].at : INT64_MIN;
    int year = after < 0 ? FIRST_YEAR : cf_date_of_days(after / DAY_SECONDS).year - 1;
    append_changes(zone, &rule, year, after);
    return CF_OK;
}
