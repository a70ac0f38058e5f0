/*
 * A rule is asked of each day whether it falls on it, which is the whole of RFC 5545's table of expansions
 * and limits in one predicate. Rules by hours, minutes or seconds step from one of these to the next, and
 * pass over whole days and hours on which they do not fall.
 */
#include "calendar/ical/recurrence.h"

#include "calendar/pattern.h"
#include "time/civil.h"

enum { DAYS_OF_YEAR = 366, SECONDS = 60, MINUTES = 60, HOURS = 24 };

struct walk {
    const struct cf_rule *rule;
    int64_t first, last; /* local seconds */
    int64_t day;         /* of `first` */
    struct cf_date start;
    int of_day; /* seconds of `first` since midnight */
    int64_t *budget;
    cf_recurrence_fn *found;
    void *data;
    int64_t count; /* found so far */
    bool enough;
    int hours[HOURS], minutes[MINUTES], seconds[SECONDS]; /* on which it falls on a day, … */
    int hour_count, minute_count, second_count;           /* … in an hour, in a minute */
};

/* A day, and where in its month and year it lies. */
struct place {
    int64_t day;
    struct cf_date date;
    int of_year, days_of_year, days_of_month;
};

static int64_t first_of_month(int year, int month)
{
    return cf_days_of_date(month > 12 ? (struct cf_date){year + 1, 1, 1} : (struct cf_date){year, month, 1});
}

static struct place place_of(int64_t day)
{
    struct cf_date date = cf_date_of_days(day);
    int64_t january = first_of_month(date.year, 1), first = first_of_month(date.year, date.month);
    return (struct place){
        .day = day,
        .date = date,
        .of_year = (int)(day - january) + 1,
        .days_of_year = (int)(first_of_month(date.year, 13) - january),
        .days_of_month = (int)(first_of_month(date.year, date.month + 1) - first),
    };
}

static void go_on(struct place *place)
{
    place->day++;
    place->of_year++;
    if (++place->date.day > place->days_of_month)
        *place = place_of(place->day);
}

static void go_to_end_of_month(struct place *place)
{
    place->day += place->days_of_month - place->date.day;
    place->date.day = place->days_of_month;
}

/* ---- Days ---------------------------------------------------------------------------------------------- */

/* The first day of a day's week. */
static int64_t week_of(const struct walk *walk, int64_t day)
{
    return day - (cf_weekday_of_days(day) - walk->rule->week_start + CF_RULE_DAYS) % CF_RULE_DAYS;
}

/* A week is of the year in which most of its days lie, so in which its fourth does. */
static int week_number(const struct walk *walk, int64_t day)
{
    return (place_of(week_of(walk, day) + 3).of_year - 1) / CF_RULE_DAYS + 1;
}

static bool week_listed(const struct walk *walk, int64_t day)
{
    int year = place_of(week_of(walk, day) + 3).date.year;
    int weeks = week_number(walk, cf_days_of_date((struct cf_date){year, 12, 28}));
    return cf_rule_has(&walk->rule->week_number, week_number(walk, day), weeks);
}

/* "MO", "2MO", "-1MO": the second or last of the month, or of the year where the rule names no month. */
static bool weekday_listed(const struct walk *walk, const struct place *place)
{
    const struct cf_rule *rule = walk->rule;
    int weekday = cf_weekday_of_days(place->day);
    if (rule->any_week[weekday] || !rule->week[weekday].given)
        return rule->any_week[weekday];
    bool of_month = rule->frequency == CF_MONTHLY || rule->month.given;
    int at = of_month ? place->date.day : place->of_year;
    int of = of_month ? place->days_of_month : place->days_of_year;
    int number = (at - 1) / CF_RULE_DAYS + 1, from_end = (of - at) / CF_RULE_DAYS + 1;
    return cf_rule_has(&rule->week[weekday], number, number + from_end - 1);
}

/* What DTSTART says where the rule names no days. */
static bool like_start(const struct walk *walk, const struct place *place)
{
    const struct cf_rule *rule = walk->rule;
    if (rule->frequency <= CF_DAILY)
        return true;
    if (rule->frequency == CF_WEEKLY || rule->week_number.given)
        return cf_weekday_of_days(place->day) == cf_weekday_of_days(walk->day);
    return place->date.day == walk->start.day;
}

/* In a month that is not passed over. */
static bool falls_on(const struct walk *walk, const struct place *place)
{
    const struct cf_rule *rule = walk->rule;
    if (rule->week_number.given && !week_listed(walk, place->day))
        return false;
    if (rule->year_day.given && !cf_rule_has(&rule->year_day, place->of_year, place->days_of_year))
        return false;
    if (rule->month_day.given && !cf_rule_has(&rule->month_day, place->date.day, place->days_of_month))
        return false;
    if (rule->day_given)
        return weekday_listed(walk, place);
    return rule->year_day.given || rule->month_day.given || like_start(walk, place);
}

/* Whether the rule falls on no day of this month, which can then be passed over as a whole. */
static bool passes_over(const struct walk *walk, struct cf_date date)
{
    const struct cf_rule *rule = walk->rule;
    if (rule->month.given)
        return !cf_rule_has(&rule->month, date.month, 12);
    bool like_start_only = rule->frequency == CF_YEARLY && !rule->week_number.given &&
                           !rule->year_day.given && !rule->month_day.given && !rule->day_given;
    return like_start_only && date.month != walk->start.month;
}

/* How many of the rule's periods a day comes after the first. */
static int64_t period_of(const struct walk *walk, int64_t day, struct cf_date date)
{
    int64_t years = date.year - walk->start.year;
    switch (walk->rule->frequency) {
    case CF_WEEKLY: return (week_of(walk, day) - week_of(walk, walk->day)) / CF_RULE_DAYS;
    case CF_MONTHLY: return years * 12 + date.month - walk->start.month;
    case CF_YEARLY: return years;
    default: return day - walk->day;
    }
}

static int64_t begin_of_period(const struct walk *walk)
{
    switch (walk->rule->frequency) {
    case CF_WEEKLY: return week_of(walk, walk->day);
    case CF_MONTHLY: return first_of_month(walk->start.year, walk->start.month);
    case CF_YEARLY: return first_of_month(walk->start.year, 1);
    default: return walk->day;
    }
}

/* ---- Times of day -------------------------------------------------------------------------------------- */

/* The numbers below `of` that a set has, else `usual` alone, else, where that is negative, all. Returns how
 * many. */
static int list_numbers(const struct cf_rule_set *set, int of, int usual, int *out)
{
    int count = 0;
    for (int number = 0; number < of; number++)
        if (set->given ? cf_rule_has(set, number, CF_RULE_NUMBER * 2) ||
                             (of == SECONDS && number == 59 && cf_rule_has(set, 60, CF_RULE_NUMBER * 2))
                       : usual < 0 || number == usual)
            out[count++] = number;
    return count;
}

static void list_times(struct walk *walk)
{
    const struct cf_rule *rule = walk->rule;
    int hour = walk->of_day / 3600, minute = walk->of_day / 60 % 60, second = walk->of_day % 60;
    walk->hour_count =
        list_numbers(&rule->hour, HOURS, rule->frequency <= CF_HOURLY ? -1 : hour, walk->hours);
    walk->minute_count =
        list_numbers(&rule->minute, MINUTES, rule->frequency <= CF_MINUTELY ? -1 : minute, walk->minutes);
    walk->second_count =
        list_numbers(&rule->second, SECONDS, rule->frequency <= CF_SECONDLY ? -1 : second, walk->seconds);
}

/* Number `place` of `of` in its period; not where BYSETPOS leaves it out. */
static void find_places(struct walk *walk, int64_t local, int place, int of)
{
    if (local > walk->last)
        walk->enough = true;
    if (walk->enough || local < walk->first ||
        (walk->rule->position.given && !cf_rule_has(&walk->rule->position, place, of)))
        return;
    walk->count++;
    walk->enough = !walk->found(walk->data, local) || (walk->rule->count && walk->count >= walk->rule->count);
}

/* ---- By days and more ---------------------------------------------------------------------------------- */

/* The days of one period on which the rule falls, before BYSETPOS. */
struct period {
    int64_t number, days[DAYS_OF_YEAR];
    int count;
};

/* Finds the times of those days, and empties the period. False: the budget is used up. */
static bool flush(struct walk *walk, struct period *period)
{
    int times = walk->hour_count * walk->minute_count * walk->second_count, of = period->count * times,
        place = 0;
    for (int i = 0; i < period->count && !walk->enough; i++) {
        *walk->budget -= times;
        if (*walk->budget < 0)
            return false;
        for (int k = 0; k < times && !walk->enough; k++) {
            int second = walk->seconds[k % walk->second_count],
                minute = walk->minutes[k / walk->second_count % walk->minute_count],
                hour = walk->hours[k / walk->second_count / walk->minute_count];
            find_places(walk, period->days[i] * CF_DAY_SECONDS + (hour * 60 + minute) * 60 + second, ++place,
                        of);
        }
    }
    period->count = 0;
    return true;
}

static bool run_by_days(struct walk *walk)
{
    const struct cf_rule *rule = walk->rule;
    struct period period = {0};
    /* BYSETPOS counts from the end, too, so that the last period must be seen whole. */
    int64_t end = cf_ical_day(walk->last) + (rule->position.given ? DAYS_OF_YEAR : 0);
    for (struct place place = place_of(begin_of_period(walk)); place.day <= end && !walk->enough;
         go_on(&place)) {
        if (--*walk->budget < 0)
            return false;
        int64_t number = period_of(walk, place.day, place.date);
        if (number != period.number && !flush(walk, &period))
            return false;
        period.number = number;
        if (passes_over(walk, place.date))
            go_to_end_of_month(&place);
        else if (number % rule->interval == 0 && falls_on(walk, &place))
            period.days[period.count++] = place.day;
    }
    return flush(walk, &period);
}

/* ---- By hours, minutes and seconds --------------------------------------------------------------------- */

/* Whether the set, where given, leaves this number out. */
static bool leaves_out(const struct cf_rule_set *set, int number)
{
    return set->given && !cf_rule_has(set, number, CF_RULE_NUMBER * 2);
}

/* From when on the rule may fall on something after `local`, where it falls on nothing of its period;
 * `local`: now. */
static int64_t pass_over(const struct walk *walk, struct place *place, int64_t local)
{
    const struct cf_rule *rule = walk->rule;
    int64_t day = cf_ical_day(local), of_day = local - day * CF_DAY_SECONDS;
    if (place->day != day)
        *place = place_of(day);
    if (passes_over(walk, place->date))
        return (day + place->days_of_month - place->date.day + 1) * CF_DAY_SECONDS;
    if (!falls_on(walk, place))
        return (day + 1) * CF_DAY_SECONDS;
    if (leaves_out(&rule->hour, (int)(of_day / 3600)))
        return local - of_day % 3600 + 3600;
    if (rule->frequency < CF_HOURLY && leaves_out(&rule->minute, (int)(of_day / 60 % 60)))
        return local - of_day % 60 + 60;
    return local;
}

/* The times in the period that begins at `local`. */
static bool find_in(struct walk *walk, int64_t local)
{
    int minutes = walk->rule->frequency == CF_HOURLY ? walk->minute_count : 1;
    int seconds = walk->rule->frequency == CF_SECONDLY ? 1 : walk->second_count;
    int of = minutes * seconds;
    *walk->budget -= of;
    if (*walk->budget < 0)
        return false;
    for (int k = 0; k < of && !walk->enough; k++) {
        int64_t at = local;
        if (walk->rule->frequency == CF_HOURLY)
            at += walk->minutes[k / seconds] * 60;
        if (walk->rule->frequency != CF_SECONDLY)
            at += walk->seconds[k % seconds];
        find_places(walk, at, k + 1, of);
    }
    return true;
}

static bool run_by_hours(struct walk *walk)
{
    static const int units[] = {[CF_SECONDLY] = 1, [CF_MINUTELY] = 60, [CF_HOURLY] = 3600};
    const struct cf_rule *rule = walk->rule;
    int64_t unit = units[rule->frequency], step = rule->interval * unit;
    int64_t local = walk->first - walk->of_day % unit;
    struct place place = place_of(walk->day);
    while (local <= walk->last && !walk->enough) {
        if (--*walk->budget < 0)
            return false;
        int64_t next = pass_over(walk, &place, local);
        if (next > local) {
            local += (next - local + step - 1) / step * step;
            continue;
        }
        bool listed = rule->frequency != CF_SECONDLY || !rule->second.given ||
                      cf_rule_has(&rule->second, (int)((local % 60 + 60) % 60), CF_RULE_NUMBER * 2) ||
                      ((local % 60 + 60) % 60 == 59 && cf_rule_has(&rule->second, 60, CF_RULE_NUMBER * 2));
        if (listed && !find_in(walk, local))
            return false;
        local += step;
    }
    return true;
}

/* NOLINTNEXTLINE(readability-non-const-parameter): spent through the walk */
bool cf_recurrence_run(const struct cf_rule *rule, int64_t first, int64_t last, int64_t *budget,
                       cf_recurrence_fn *found, void *data)
{
    int64_t day = cf_ical_day(first);
    struct walk walk = {
        .rule = rule,
        .first = first,
        .last = last,
        .day = day,
        .start = cf_date_of_days(day),
        .of_day = (int)(first - day * CF_DAY_SECONDS),
        .budget = budget,
        .found = found,
        .data = data,
    };
    list_times(&walk);
    return rule->frequency < CF_DAILY ? run_by_hours(&walk) : run_by_days(&walk);
}
