/*
 * A rule is asked of each day whether it falls on it, which is the whole of RFC 5545's table of expansions
 * and limits in one predicate. libical's own iterator searches until the year 20000 for rules that fall on no
 * day (1.3 s each), and for good where they count seconds.
 */
#include "base/memory.h"
#include "time/civil.h"

#ifdef CF_HAVE_ICAL

#include "calendar/recurrence.h"

enum { DAYS_OF_WEEK = 7, DAYS_OF_YEAR = 366 };

struct walk {
    const struct icalrecurrencetype *rule;
    int64_t first;
    struct cf_date start; /* the same */
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

static bool given(const short *list)
{
    return list[0] != ICAL_RECURRENCE_ARRAY_MAX;
}

/* Whether a list that ends in ICAL_RECURRENCE_ARRAY_MAX, or is full, has number `at` of `of`; -1 is the last.
 */
static bool listed(const short *list, size_t size, int at, int of)
{
    for (size_t i = 0; i < size && list[i] != ICAL_RECURRENCE_ARRAY_MAX; i++)
        if (list[i] == at || list[i] == at - of - 1)
            return true;
    return false;
}

#define LISTED(list, at, of) listed(list, sizeof(list) / sizeof *(list), at, of)

const char *cf_recurrence_refuses(const struct icalrecurrencetype *rule)
{
    if (rule->freq < ICAL_DAILY_RECURRENCE || rule->freq > ICAL_YEARLY_RECURRENCE)
        return "a frequency other than DAILY, WEEKLY, MONTHLY and YEARLY";
    if (given(rule->by_hour) || given(rule->by_minute) || given(rule->by_second))
        return "BYHOUR, BYMINUTE or BYSECOND";
    if (rule->rscale)
        return "RSCALE";
    if (rule->interval < 1)
        return "an INTERVAL out of all measure";
    return NULL;
}

/* As libical counts: 1 Sunday to 7 Saturday. */
static int weekday_of(int64_t day)
{
    return (cf_weekday_of_days(day) + 1) % DAYS_OF_WEEK + 1;
}

/* The first day of a day's week. */
static int64_t week_of(const struct walk *walk, int64_t day)
{
    int start = (int)walk->rule->week_start;
    return day - (weekday_of(day) - start + DAYS_OF_WEEK) % DAYS_OF_WEEK;
}

/* A week is of the year in which most of its days lie, so in which its fourth does. */
static int week_number(const struct walk *walk, int64_t day)
{
    return (place_of(week_of(walk, day) + 3).of_year - 1) / DAYS_OF_WEEK + 1;
}

static bool week_listed(const struct walk *walk, int64_t day)
{
    int year = place_of(week_of(walk, day) + 3).date.year;
    int weeks = week_number(walk, cf_days_of_date((struct cf_date){year, 12, 28}));
    return LISTED(walk->rule->by_week_no, week_number(walk, day), weeks);
}

/* "MO", "2MO", "-1MO": the second or last of the month, or of the year where the rule names no month. */
static bool weekday_listed(const struct walk *walk, const struct place *place)
{
    const struct icalrecurrencetype *rule = walk->rule;
    bool numbered = rule->freq >= ICAL_MONTHLY_RECURRENCE;
    bool of_month = rule->freq == ICAL_MONTHLY_RECURRENCE || given(rule->by_month);
    int at = of_month ? place->date.day : place->of_year;
    int of = of_month ? place->days_of_month : place->days_of_year;
    int number = (at - 1) / DAYS_OF_WEEK + 1, from_end = -((of - at) / DAYS_OF_WEEK + 1);
    for (size_t i = 0; i < ICAL_BY_DAY_SIZE && rule->by_day[i] != ICAL_RECURRENCE_ARRAY_MAX; i++) {
        int position = cf_libical.icalrecurrencetype_day_position(rule->by_day[i]);
        if ((int)cf_libical.icalrecurrencetype_day_day_of_week(rule->by_day[i]) == weekday_of(place->day) &&
            (!position || !numbered || position == number || position == from_end))
            return true;
    }
    return false;
}

/* What DTSTART says where the rule names no days. */
static bool like_start(const struct walk *walk, const struct place *place)
{
    const struct icalrecurrencetype *rule = walk->rule;
    if (rule->freq == ICAL_DAILY_RECURRENCE)
        return true;
    if (rule->freq == ICAL_WEEKLY_RECURRENCE || given(rule->by_week_no))
        return weekday_of(place->day) == weekday_of(walk->first);
    return place->date.day == walk->start.day;
}

/* In a month that is not passed over. */
static bool falls_on(const struct walk *walk, const struct place *place)
{
    const struct icalrecurrencetype *rule = walk->rule;
    if (given(rule->by_week_no) && !week_listed(walk, place->day))
        return false;
    if (given(rule->by_year_day) && !LISTED(rule->by_year_day, place->of_year, place->days_of_year))
        return false;
    if (given(rule->by_month_day) && !LISTED(rule->by_month_day, place->date.day, place->days_of_month))
        return false;
    if (given(rule->by_day))
        return weekday_listed(walk, place);
    return given(rule->by_year_day) || given(rule->by_month_day) || like_start(walk, place);
}

/* Whether the rule falls on no day of this month, which can then be passed over as a whole. */
static bool passes_over(const struct walk *walk, struct cf_date date)
{
    const struct icalrecurrencetype *rule = walk->rule;
    if (given(rule->by_month))
        return !LISTED(rule->by_month, date.month, 12);
    bool like_start_only = rule->freq == ICAL_YEARLY_RECURRENCE && !given(rule->by_week_no) &&
                           !given(rule->by_year_day) && !given(rule->by_month_day) && !given(rule->by_day);
    return like_start_only && date.month != walk->start.month;
}

/* How many of the rule's periods a day comes after the first. */
static int64_t period_of(const struct walk *walk, int64_t day, struct cf_date date)
{
    int64_t years = date.year - walk->start.year;
    switch (walk->rule->freq) {
    case ICAL_DAILY_RECURRENCE: return day - walk->first;
    case ICAL_WEEKLY_RECURRENCE: return (week_of(walk, day) - week_of(walk, walk->first)) / DAYS_OF_WEEK;
    case ICAL_MONTHLY_RECURRENCE: return years * 12 + date.month - walk->start.month;
    default: return years;
    }
}

static int64_t begin_of_period(const struct walk *walk)
{
    switch (walk->rule->freq) {
    case ICAL_DAILY_RECURRENCE: return walk->first;
    case ICAL_WEEKLY_RECURRENCE: return week_of(walk, walk->first);
    case ICAL_MONTHLY_RECURRENCE: return first_of_month(walk->start.year, walk->start.month);
    default: return first_of_month(walk->start.year, 1);
    }
}

/* The days of one period on which the rule falls, before BYSETPOS. */
struct period {
    int64_t number, days[DAYS_OF_YEAR];
    int count;
};

/* Adds those that BYSETPOS leaves, and empties the period. Returns whether COUNT is reached. */
static bool flush(const struct walk *walk, struct period *period, int64_t last, size_t before,
                  struct cf_day_list *list)
{
    const struct icalrecurrencetype *rule = walk->rule;
    int count = period->count;
    period->count = 0;
    for (int i = 0; i < count; i++) {
        int64_t day = period->days[i];
        if (rule->count > 0 && list->count - before >= (size_t)rule->count)
            return true;
        if (day < walk->first || day > last ||
            (given(rule->by_set_pos) && !LISTED(rule->by_set_pos, i + 1, count)))
            continue;
        list->days = cf_grow(list->days, list->count, sizeof *list->days);
        list->days[list->count++] = day;
    }
    return false;
}

bool cf_recurrence_days(const struct icalrecurrencetype *rule, int64_t first, int64_t last, int64_t *budget,
                        struct cf_day_list *list)
{
    struct walk walk = {rule, first, cf_date_of_days(first)};
    struct period period = {0};
    size_t before = list->count;
    /* BYSETPOS counts from the end, too, so that the last period must be seen whole. */
    int64_t end = given(rule->by_set_pos) ? last + DAYS_OF_YEAR : last;
    bool enough = false;
    for (struct place place = place_of(begin_of_period(&walk)); place.day <= end && !enough; go_on(&place)) {
        if (--*budget < 0)
            return false;
        int64_t number = period_of(&walk, place.day, place.date);
        if (number != period.number)
            enough = flush(&walk, &period, last, before, list);
        period.number = number;
        if (passes_over(&walk, place.date))
            go_to_end_of_month(&place);
        else if (number % rule->interval == 0 && falls_on(&walk, &place))
            period.days[period.count++] = place.day;
    }
    if (!enough)
        (void)flush(&walk, &period, last, before, list);
    return true;
}

#endif
