/*
 * Random calendars beside a naive model, which asks of every line by itself whether the clock on the wall
 * shows a time inside it.
 */
#include "make.h"

enum { DAY = 86400, LINES = 5, TREES = 480, PROBES = 20, ZONES = 12 };

static const int64_t second_us = 1000000;

static const char *const zones[ZONES] = {
    "UTC",
    "America/New_York",
    "Europe/Berlin",
    "America/Sao_Paulo",
    "Africa/Cairo",
    "America/Havana",
    "Europe/Dublin",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "America/St_Johns",
    "Asia/Gaza",
};

static uint64_t random_state = 20261122;

/* From 0 to most - 1. */
static int64_t below(int64_t most)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (int64_t)(random_state >> 1) % most;
}

/* A line: seconds of every `period` days on which days[] is set, or dates. */
struct line {
    enum { HOURS, DATES, YEARLY } kind;
    bool days[7];
    int64_t from, to;    /* HOURS: seconds since midnight, `to` maybe past the next */
    int64_t first, last; /* DATES: days since 1970; YEARLY: month * 32 + day, maybe last < first */
    char text[64];
};

struct model {
    enum cf_calendar_operation operation;
    struct model *a, *b; /* NULL in a leaf */
    struct line lines[LINES];
    size_t count;
};

static void make_hours(struct line *line)
{
    static const char *const names[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    int64_t first = below(7), last = below(3) ? below(7) : first;
    line->kind = HOURS;
    for (int64_t day = first;; day = (day + 1) % 7) {
        line->days[day] = true;
        if (day == last)
            break;
    }
    int64_t step = below(2) ? 60 : 3600, from = below(DAY / step) * step, to = below(DAY / step) * step;
    bool whole = from == to;
    line->from = whole ? 0 : from;
    line->to = whole ? DAY : to < from ? to + DAY : to;
    int length = snprintf(line->text, sizeof line->text, "%s-%s", names[first], names[last]);
    if (!whole)
        (void)snprintf(line->text + length, sizeof line->text - (size_t)length, " %02d:%02d-%02d:%02d",
                       (int)(from / 3600), (int)(from / 60 % 60), (int)(to / 3600), (int)(to / 60 % 60));
}

static void make_dates(struct line *line)
{
    int64_t first = cf_days_of_date((struct cf_date){2008, 1, 1}) + below(22 * 365),
            last = first + below(2) * below(90);
    struct cf_date a = cf_date_of_days(first), b = cf_date_of_days(last);
    if (below(3) == 0) {
        line->kind = YEARLY;
        line->first = a.month * 32 + a.day;
        line->last = b.month * 32 + b.day;
        (void)snprintf(line->text, sizeof line->text, "%02d-%02d..%02d-%02d", a.month, a.day, b.month, b.day);
    } else {
        line->kind = DATES;
        line->first = first;
        line->last = last;
        (void)snprintf(line->text, sizeof line->text, "%04d-%02d-%02d..%04d-%02d-%02d", a.year, a.month,
                       a.day, b.year, b.month, b.day);
    }
}

static struct model *make_model(int depth, bool unions_only)
{
    struct model *model = calloc(1, sizeof *model);
    assert_non_null(model);
    if (depth > 0 && below(4)) {
        model->operation = unions_only ? CF_CALENDAR_UNION : (enum cf_calendar_operation)below(3);
        model->a = make_model(depth - 1, unions_only);
        model->b = make_model(depth - 1, unions_only);
        return model;
    }
    bool dates = below(3) == 0;
    model->count = (size_t)below(LINES + 1);
    for (size_t i = 0; i < model->count; i++)
        (dates ? make_dates : make_hours)(&model->lines[i]);
    return model;
}

static void free_model(struct model *model)
{
    if (!model)
        return;
    free_model(model->a);
    free_model(model->b);
    free(model);
}

static struct cf_calendar *calendar_of_model(const struct model *model, const struct cf_zone *zone)
{
    if (model->a)
        return combined(model->operation, calendar_of_model(model->a, zone),
                        calendar_of_model(model->b, zone));
    const char *lines[LINES];
    for (size_t i = 0; i < model->count; i++)
        lines[i] = model->lines[i].text;
    bool dates = model->count && model->lines[0].kind != HOURS;
    struct cf_calendar *calendar = NULL;
    struct cf_error err = {0};
    if ((dates ? cf_calendar_dates : cf_calendar_weekly)(lines, model->count, zone, &calendar, &err) < 0)
        fail_msg("%s", err.text);
    return calendar;
}

static bool line_shows(const struct line *line, int64_t day, int64_t of_day)
{
    if (line->kind == HOURS) {
        int today = cf_weekday_of_days(day), yesterday = cf_weekday_of_days(day - 1);
        return (line->days[today] && of_day >= line->from && of_day < line->to) ||
               (line->days[yesterday] && of_day + DAY >= line->from && of_day + DAY < line->to);
    }
    if (line->kind == DATES)
        return day >= line->first && day <= line->last;
    struct cf_date date = cf_date_of_days(day);
    int of_year = date.month * 32 + date.day;
    if (line->first <= line->last)
        return of_year >= line->first && of_year <= line->last;
    return of_year >= line->first || of_year <= line->last;
}

/* Whether the clock on the wall shows a time inside the calendar. */
static bool model_shows(const struct model *model, const struct cf_zone *zone, int64_t us)
{
    if (model->a) {
        bool a = model_shows(model->a, zone, us), b = model_shows(model->b, zone, us);
        return model->operation == CF_CALENDAR_UNION   ? a || b
               : model->operation == CF_CALENDAR_MINUS ? a && !b
                                                       : a && b;
    }
    struct cf_civil civil = cf_zone_civil(zone, us);
    int64_t day = cf_days_of_date(civil.date), of_day = civil.hour * 3600 + civil.minute * 60 + civil.second;
    bool shows = false;
    for (size_t i = 0; i < model->count; i++)
        shows = shows || line_shows(&model->lines[i], day, of_day);
    return shows;
}

/* Whether the clock is changed within so many seconds of an instant, and put back at that, where only that
 * counts. */
static bool changes_nearby(const struct cf_zone *zone, int64_t us, int64_t seconds, bool back_only)
{
    int64_t utc = us / second_us, change = utc - seconds - 1;
    while (cf_zone_next_change(zone, change, &change) && change <= utc + seconds)
        if (!back_only || cf_zone_offset(zone, change, NULL) < cf_zone_offset(zone, change - 1, NULL))
            return true;
    return false;
}

static struct cf_instant random_instant(void)
{
    int64_t from = cf_days_of_date((struct cf_date){2009, 1, 1}) * DAY;
    return (struct cf_instant){(from + below(20 * INT64_C(365) * DAY)) * second_us + below(second_us)};
}

/* Looks at the calendar as if for the first time: what it remembers of an earlier look is displaced. */
static bool contains_afresh(const struct cf_calendar *calendar, int64_t us)
{
    (void)cf_calendar_contains(calendar, (struct cf_instant){us - 40 * INT64_C(365) * DAY * second_us});
    return cf_calendar_contains(calendar, (struct cf_instant){us});
}

/* Windows every few minutes of the week, whatever the length of time. */
static struct cf_calendar *make_dense(const struct cf_zone *zone)
{
    enum { DENSE = 1000, LINE = 24 };
    static char texts[DENSE][LINE];
    const char *lines[DENSE];
    for (int i = 0; i < DENSE; i++) {
        int from = (int)below(1439);
        (void)snprintf(texts[i], LINE, "%02d:%02d-%02d:%02d", from / 60, from % 60, (from + 1) / 60,
                       (from + 1) % 60);
        lines[i] = texts[i];
    }
    struct cf_calendar *calendar = NULL;
    assert_int_equal(cf_calendar_weekly(lines, DENSE, zone, &calendar, NULL), 0);
    return calendar;
}

/* However dense calendars are, and however they are put together: whether an instant is inside costs a look
 * at each of them, and an edge no more than it may. */
static void test_work_is_limited(void **state)
{
    (void)state;
    enum { POOL = 3, STEPS = 200 };
    for (int i = 0; i < 12; i++) {
        const struct cf_zone *zone = zone_called(zones[i % ZONES]);
        struct cf_calendar *pool[POOL];
        for (int j = 0; j < POOL; j++)
            pool[j] = make_dense(zone);
        for (int j = 0; j < STEPS; j++) { /* the first is taken from itself */
            struct cf_calendar *both = NULL, **place = &pool[below(POOL)];
            if (cf_calendar_combine(j ? (enum cf_calendar_operation)below(3) : CF_CALENDAR_MINUS, *place,
                                    j ? pool[below(POOL)] : *place, &both, NULL) < 0)
                continue;
            cf_calendar_unref(*place);
            *place = both;
            struct cf_instant at = random_instant();
            (void)contains_afresh(both, at.us);
            assert_in_range(cf_calendar_worked(both), 0, CF_CALENDAR_DEPTH + 1);
            if (j % 40 == 0) {
                (void)cf_calendar_starts(both, at);
                assert_in_range(cf_calendar_worked(both), 0, CF_CALENDAR_WORK + CF_CALENDAR_DEPTH + 1);
            }
        }
        for (int j = 0; j < POOL; j++)
            cf_calendar_unref(pool[j]);
    }
}

/* contains() is the same up to the next edge, and other there; starts() and ends() say the same. */
static void check_edge(const struct cf_calendar *calendar, struct cf_instant at)
{
    bool inside = contains_afresh(calendar, at.us);
    struct cf_instant edge = cf_calendar_next_edge(calendar, at);
    assert_true(edge.us > at.us);
    if (cf_calendar_worked(calendar) >= CF_CALENDAR_WORK) { /* it was not found, and is no edge */
        edge = CF_NEVER;
        (void)cf_calendar_starts(calendar, at);
        assert_in_range(cf_calendar_worked(calendar), CF_CALENDAR_WORK,
                        CF_CALENDAR_WORK + CF_CALENDAR_DEPTH + 1);
    }
    assert_int_equal(cf_calendar_starts(calendar, at).us, inside ? at.us : edge.us);
    assert_int_equal(cf_calendar_ends(calendar, at).us, inside ? edge.us : at.us);
    int64_t length =
        (edge.us == CF_NEVER.us ? at.us + 500 * INT64_C(365) * DAY * second_us : edge.us) - at.us;
    for (int i = 0; i < PROBES; i++)
        assert_int_equal(contains_afresh(calendar, at.us + below(length)), inside);
    if (edge.us != CF_NEVER.us) {
        assert_int_equal(edge.us % second_us, 0);
        assert_int_equal(contains_afresh(calendar, edge.us - 1), inside);
        assert_int_equal(contains_afresh(calendar, edge.us), !inside);
    }
}

static void test_random_calendars(void **state)
{
    (void)state;
    int64_t compared = 0;
    for (int i = 0; i < TREES; i++) {
        const struct cf_zone *zone = zone_called(zones[i % ZONES]);
        struct model *model = make_model((int)below(4), false);
        struct cf_calendar *calendar = calendar_of_model(model, zone);
        for (int j = 0; j < PROBES; j++) {
            struct cf_instant at = random_instant();
            if (changes_nearby(zone, at.us, 2 * DAY, false))
                continue;
            compared++;
            if (contains_afresh(calendar, at.us) != model_shows(model, zone, at.us))
                fail_msg("tree %d in %s at %lld", i, cf_zone_name(zone), (long long)at.us);
        }
        struct cf_instant at = random_instant();
        for (int j = 0; j < 5 && at.us != CF_NEVER.us; j++) {
            check_edge(calendar, at);
            at = cf_calendar_next_edge(calendar, at);
        }
        cf_calendar_unref(calendar);
        free_model(model);
    }
    assert_true(compared > TREES * PROBES / 2);
}

/*
 * About the nights on which clocks are changed: whatever the clock shows to be inside is inside, and what is
 * inside without being shown lies about an hour that is repeated.
 */
static void test_changes_of_clocks(void **state)
{
    (void)state;
    int64_t compared = 0, unshown = 0;
    for (int i = 0; i < TREES; i++) {
        const struct cf_zone *zone = zone_called(zones[i % ZONES]);
        struct model *model = make_model(1, true);
        struct cf_calendar *calendar = calendar_of_model(model, zone);
        int64_t change;
        if (cf_zone_next_change(zone, random_instant().us / second_us, &change)) {
            for (int j = 0; j < 4 * PROBES; j++, compared++) {
                int64_t at = (change - DAY / 8 + below(DAY / 4 / 60) * 60) * second_us - below(2);
                bool shown = model_shows(model, zone, at), inside = contains_afresh(calendar, at);
                if (shown && !inside)
                    fail_msg("tree %d in %s at %lld", i, cf_zone_name(zone), (long long)at);
                if (inside && !shown) {
                    unshown++;
                    assert_true(changes_nearby(zone, at, 3600, true));
                }
            }
            check_edge(calendar, (struct cf_instant){(change - below(DAY / 8)) * second_us});
        }
        cf_calendar_unref(calendar);
        free_model(model);
    }
    assert_true(compared > TREES);
    assert_in_range(unshown, 1, compared / 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_calendars),
        cmocka_unit_test(test_changes_of_clocks),
        cmocka_unit_test(test_work_is_limited),
    };
    return cmocka_run_group_tests_name("calendar, properties", tests, NULL, release_zones);
}
