#include "calendar/pattern.h"

#include "base/memory.h"
#include "calendar/kind.h"

#include <stdlib.h>
#include <string.h>

enum { SECOND_US = 1000000, LEAP_YEAR = 2000, FIRST_MONDAY = 4 };

/*
 * The windows of all periods are one sequence, numbered through: window i is windows[i modulo count] of
 * period i / count. Local times ascend in it, and so do the instants of its starts, and those of its ends;
 * but where the clock is put forward a window may be empty, and where it is put back a window may begin
 * before the last one's end.
 */
struct pattern {
    struct cf_calendar head;
    const struct cf_zone *zone;
    enum cf_period period;
    bool always;
    size_t count;
    struct cf_window windows[];
};

struct instants {
    int64_t start, end; /* UTC seconds */
};

static int64_t floor_divide(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

static int64_t days_of_leap_year(int month, int day)
{
    return cf_days_of_date((struct cf_date){LEAP_YEAR, month, day}) -
           cf_days_of_date((struct cf_date){LEAP_YEAR, 1, 1});
}

/* The local seconds of a place in a period. February 29 falls on March 1 where there is none. */
static int64_t local_of_place(enum cf_period period, int64_t number, int64_t place)
{
    if (period == CF_ONCE)
        return place;
    if (period == CF_EVERY_WEEK)
        return FIRST_MONDAY * CF_DAY_SECONDS + number * CF_WEEK_SECONDS + place;
    int64_t of_year = place % CF_YEAR_SECONDS;
    int64_t january = cf_days_of_date((struct cf_date){LEAP_YEAR, 1, 1});
    struct cf_date date = cf_date_of_days(january + of_year / CF_DAY_SECONDS);
    date.year = (int)(number + place / CF_YEAR_SECONDS);
    return cf_days_of_date(date) * CF_DAY_SECONDS + of_year % CF_DAY_SECONDS;
}

/* The other way round. Returns the place. */
static int64_t place_of_local(enum cf_period period, int64_t local, int64_t *ret_number)
{
    *ret_number = 0;
    if (period == CF_ONCE)
        return local;
    if (period == CF_EVERY_WEEK) {
        int64_t since = local - FIRST_MONDAY * CF_DAY_SECONDS;
        *ret_number = floor_divide(since, CF_WEEK_SECONDS);
        return since - *ret_number * CF_WEEK_SECONDS;
    }
    int64_t days = floor_divide(local, CF_DAY_SECONDS);
    struct cf_date date = cf_date_of_days(days);
    *ret_number = date.year;
    return days_of_leap_year(date.month, date.day) * CF_DAY_SECONDS + local - days * CF_DAY_SECONDS;
}

/* The instant at which the clock was put forward over the local time that maps to `mapped`. */
static int64_t jump_over(const struct cf_zone *zone, int64_t local, int64_t mapped)
{
    int64_t before = local - mapped, gap = cf_zone_offset(zone, mapped, NULL) - before, jump;
    return cf_zone_next_change(zone, mapped - gap, &jump) && jump < mapped ? jump : mapped;
}

static int64_t start_of(const struct cf_zone *zone, int64_t local)
{
    int64_t first, second;
    enum cf_local_kind kind = cf_zone_utc_of_local(zone, local, &first, &second);
    return kind == CF_LOCAL_GAP ? jump_over(zone, local, first) : first;
}

static int64_t end_of(const struct cf_zone *zone, int64_t local)
{
    int64_t first, second;
    enum cf_local_kind kind = cf_zone_utc_of_local(zone, local, &first, &second);
    if (kind == CF_LOCAL_GAP)
        return jump_over(zone, local, first);
    if (kind == CF_LOCAL_FOLD && cf_zone_offset(zone, second - 1, NULL) != cf_zone_offset(zone, second, NULL))
        return first; /* the clock is put back to just this time: nothing before it comes again */
    return second;
}

static struct instants window_at(const struct pattern *pattern, int64_t index)
{
    int64_t count = (int64_t)pattern->count, number = floor_divide(index, count);
    if (pattern->period == CF_ONCE && number != 0)
        return number < 0 ? (struct instants){INT64_MIN, INT64_MIN} : (struct instants){INT64_MAX, INT64_MAX};
    const struct cf_window *window = &pattern->windows[index - number * count];
    return (struct instants){start_of(pattern->zone, local_of_place(pattern->period, number, window->from)),
                             end_of(pattern->zone, local_of_place(pattern->period, number, window->to))};
}

/* The number of the last window whose start a clock on the wall shows, or has shown, at `local`. */
static int64_t find_window(const struct pattern *pattern, int64_t local)
{
    int64_t number, place = place_of_local(pattern->period, local, &number);
    size_t low = 0, high = pattern->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (pattern->windows[middle].from <= place)
            low = middle + 1;
        else
            high = middle;
    }
    return number * (int64_t)pattern->count + (int64_t)low - 1;
}

static struct cf_stretch stretch_until(bool inside, int64_t seconds, int64_t horizon)
{
    return (struct cf_stretch){inside, seconds > horizon ? CF_NEVER.us : seconds * SECOND_US, false};
}

static struct cf_stretch look(const struct cf_calendar *calendar, int64_t at, struct cf_calendar_work *work)
{
    const struct pattern *pattern = (const struct pattern *)calendar;
    work->done++;
    if (pattern->always || pattern->count == 0)
        return (struct cf_stretch){pattern->always, CF_NEVER.us, false};

    int64_t utc = floor_divide(at, SECOND_US), horizon = CF_CALENDAR_REACH / SECOND_US;
    int64_t i = find_window(pattern, utc + cf_zone_offset(pattern->zone, utc, NULL));
    struct instants window = window_at(pattern, i), next = window_at(pattern, i + 1);
    while (window.start > utc) {
        next = window;
        window = window_at(pattern, --i);
    }
    while (next.start <= utc) {
        window = next;
        next = window_at(pattern, ++i + 1);
    }
    if (window.end <= utc) {
        while (next.start == next.end && next.start <= horizon)
            next = window_at(pattern, ++i + 1);
        return stretch_until(false, next.start, horizon);
    }
    int64_t end = window.end;
    while (next.start <= end && end <= horizon) {
        end = next.end > end ? next.end : end;
        next = window_at(pattern, ++i + 1);
    }
    return stretch_until(true, end, horizon);
}

static int compare_windows(const void *a, const void *b)
{
    const struct cf_window *x = a, *y = b;
    return (x->from > y->from) - (x->from < y->from);
}

/* Puts sorted windows together that touch or overlap. Returns how many are left. */
static size_t merge(struct cf_window *windows, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (kept && windows[i].from <= windows[kept - 1].to) {
            if (windows[i].to > windows[kept - 1].to)
                windows[kept - 1].to = windows[i].to;
        } else {
            windows[kept++] = windows[i];
        }
    }
    return kept;
}

/* Puts the last window together with those at the beginning of the next period that it reaches. */
static size_t merge_around(struct cf_window *windows, size_t count, int64_t length)
{
    size_t taken = 0;
    struct cf_window *last = &windows[count - 1];
    for (; taken + 1 < count && windows[taken].from + length <= last->to; taken++)
        if (windows[taken].to + length > last->to)
            last->to = windows[taken].to + length;
    memmove(windows, windows + taken, (count - taken) * sizeof *windows);
    return count - taken;
}

static void finish(struct cf_calendar *calendar)
{
    (void)calendar;
}

struct cf_calendar *cf_pattern_create(enum cf_period period, const struct cf_zone *zone,
                                      struct cf_window *windows, size_t count)
{
    static const struct cf_calendar_kind kind = {look, finish, NULL, NULL};
    static const int64_t lengths[] = {[CF_EVERY_WEEK] = CF_WEEK_SECONDS, [CF_EVERY_YEAR] = CF_YEAR_SECONDS};
    bool always = false;
    if (count) {
        qsort(windows, count, sizeof *windows, compare_windows);
        count = merge(windows, count);
    }
    if (count && period != CF_ONCE) {
        count = merge_around(windows, count, lengths[period]);
        always = windows[count - 1].to - windows[count - 1].from >= lengths[period];
    }
    struct pattern *pattern = cf_alloc(sizeof *pattern + count * sizeof *windows);
    cf_calendar_init(&pattern->head, &kind);
    pattern->zone = zone;
    pattern->period = period;
    pattern->always = always;
    pattern->count = count;
    if (count)
        memcpy(pattern->windows, windows, count * sizeof *windows);
    return &pattern->head;
}
