#include "expander.h"

#include "time/civil.h"

#include <stdbool.h>

enum { SET = 4000 };

/* The days or times of a period, ascending. */
struct set {
    int count;
    int64_t at[SET];
};

int64_t days_of(int year, int month, int day)
{
    return cf_days_of_date((struct cf_date){year, month, day});
}

static int length_of_month(int year, int month)
{
    return (int)((month == 12 ? days_of(year + 1, 1, 1) : days_of(year, month + 1, 1)) -
                 days_of(year, month, 1));
}

static void add(struct set *set, int64_t at)
{
    int i = set->count;
    for (int k = 0; k < set->count; k++)
        if (set->at[k] == at)
            return;
    for (; i > 0 && set->at[i - 1] > at; i--)
        set->at[i] = set->at[i - 1];
    set->at[i] = at;
    set->count++;
}

static bool names(const struct part *part, int number, int of)
{
    for (int i = 0; i < part->count; i++)
        if (part->at[i] == number || part->at[i] + of + 1 == number)
            return true;
    return false;
}

/* The number of a day's week, and its year, by the weeks that begin on the rule's first day. */
static int week_of(const struct rule *rule, int64_t day, int *ret_weeks)
{
    int64_t begin = day;
    while (cf_weekday_of_days(begin) != rule->week_start)
        begin--;
    int year = cf_date_of_days(begin + 3).year;
    int64_t first = days_of(year, 1, 4), next = days_of(year + 1, 1, 4);
    while (cf_weekday_of_days(first) != rule->week_start)
        first--;
    while (cf_weekday_of_days(next) != rule->week_start)
        next--;
    *ret_weeks = (int)(next - first) / 7;
    return (int)(begin - first) / 7 + 1;
}

static bool is_named_day(const struct rule *rule, int64_t day, bool of_month, bool counts)
{
    struct cf_date date = cf_date_of_days(day);
    int64_t first = of_month ? days_of(date.year, date.month, 1) : days_of(date.year, 1, 1),
            behind = of_month ? first + length_of_month(date.year, date.month) : days_of(date.year + 1, 1, 1);
    for (int i = 0; i < rule->day_count; i++) {
        int nth = 1, last = -1;
        if (cf_weekday_of_days(day) != rule->days[i])
            continue;
        for (int64_t each = day - 7; each >= first; each -= 7)
            nth++;
        for (int64_t each = day + 7; each < behind; each += 7)
            last--;
        if (!counts || rule->nth[i] == 0 || rule->nth[i] == nth || rule->nth[i] == last)
            return true;
    }
    return false;
}

/* Those of the days [from, behind) that a part leaves. */
static struct set days_of_period(const struct rule *rule, int64_t start, int64_t from, int64_t behind)
{
    struct set set = {0};
    struct cf_date begun = cf_date_of_days(start);
    bool by_day = rule->year_day.count || rule->month_day.count || rule->day_count;
    for (int64_t day = from; day < behind; day++) {
        struct cf_date date = cf_date_of_days(day);
        int of_year = (int)(day - days_of(date.year, 1, 1)) + 1,
            length = (int)(days_of(date.year + 1, 1, 1) - days_of(date.year, 1, 1)), weeks;
        int week = week_of(rule, day, &weeks);
        bool in = true;
        if (rule->month.count)
            in = names(&rule->month, date.month, 12);
        if (rule->week.count)
            in = in && names(&rule->week, week, weeks);
        if (rule->year_day.count)
            in = in && names(&rule->year_day, of_year, length);
        if (rule->month_day.count)
            in = in && names(&rule->month_day, date.day, length_of_month(date.year, date.month));
        if (rule->day_count)
            in = in && is_named_day(rule, day, rule->frequency == MONTHLY || rule->month.count > 0,
                                    rule->frequency >= MONTHLY);
        if (!by_day && rule->frequency == YEARLY && rule->week.count)
            in = in && cf_weekday_of_days(day) == cf_weekday_of_days(start);
        else if (!by_day && rule->frequency >= MONTHLY)
            in = in && date.day == begun.day &&
                 (rule->frequency == MONTHLY || rule->month.count || date.month == begun.month);
        else if (!by_day && rule->frequency == WEEKLY)
            in = in && cf_weekday_of_days(day) == cf_weekday_of_days(start);
        if (in)
            add(&set, day);
    }
    return set;
}

static struct part or_usual(struct part part, int usual)
{
    return part.count ? part : (struct part){1, {usual}};
}

/* The times of a period that begins with `from`, before BYSETPOS. */
static struct set times_of_days(const struct rule *rule, int64_t start, const struct set *days)
{
    struct set set = {0};
    int of_day = (int)(((start % DAY) + DAY) % DAY);
    struct part hours = or_usual(rule->hour, of_day / 3600),
                minutes = or_usual(rule->minute, of_day / 60 % 60);
    for (int d = 0; d < days->count; d++)
        for (int h = 0; h < hours.count; h++)
            for (int m = 0; m < minutes.count; m++)
                add(&set, days->at[d] * DAY + hours.at[h] * 3600 + minutes.at[m] * 60 + of_day % 60);
    return set;
}

int64_t day_of(int64_t local)
{
    return (local - ((local % DAY) + DAY) % DAY) / DAY;
}

static struct set times_of_period(const struct rule *rule, int64_t start, int64_t number)
{
    struct cf_date begun = cf_date_of_days(day_of(start));
    int64_t step = number * rule->interval, from = day_of(start), behind;
    struct set days;
    if (rule->frequency == HOURLY) {
        int64_t hour = start - ((start % 3600) + 3600) % 3600 + step * 3600;
        int of_day = (int)(hour - day_of(hour) * DAY);
        struct rule one = *rule;
        if (rule->hour.count && !names(&rule->hour, of_day / 3600, 1000))
            return (struct set){0};
        one.hour = (struct part){1, {of_day / 3600}};
        days = days_of_period(rule, from, day_of(hour), day_of(hour) + 1);
        return times_of_days(&one, start, &days);
    }
    if (rule->frequency == DAILY) {
        from += step;
        behind = from + 1;
    } else if (rule->frequency == WEEKLY) {
        while (cf_weekday_of_days(from) != rule->week_start)
            from--;
        from += 7 * step;
        behind = from + 7;
    } else if (rule->frequency == MONTHLY) {
        int64_t month = begun.year * 12 + begun.month - 1 + step;
        from = days_of((int)(month / 12), (int)(month % 12) + 1, 1);
        behind = from + length_of_month((int)(month / 12), (int)(month % 12) + 1);
    } else {
        from = days_of(begun.year + (int)step, 1, 1);
        behind = days_of(begun.year + (int)step + 1, 1, 1);
    }
    days = days_of_period(rule, day_of(start), from, behind);
    return times_of_days(rule, start, &days);
}

void expand(const struct rule *rule, int64_t start, int64_t last, void (*found)(void *data, int64_t local),
            void *data)
{
    static const int64_t least[] = {
        [HOURLY] = 3600, [DAILY] = DAY, [WEEKLY] = 7 * DAY, [MONTHLY] = 28 * DAY, [YEARLY] = 365 * DAY};
    int count = 0;
    for (int64_t number = 0; start + (number * rule->interval - 1) * least[rule->frequency] <= last;
         number++) {
        struct set set = times_of_period(rule, start, number);
        for (int i = 0; i < set.count; i++) {
            bool placed = !rule->position.count;
            for (int k = 0; k < rule->position.count; k++)
                placed |= rule->position.at[k] == i + 1 || rule->position.at[k] == i - set.count;
            if (!placed || set.at[i] < start)
                continue;
            if (set.at[i] > last || set.at[i] > rule->until || (rule->count && count == rule->count))
                return;
            count++;
            found(data, set.at[i]);
        }
    }
}
