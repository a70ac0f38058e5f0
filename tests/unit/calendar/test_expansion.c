/* Random events, read by the program and expanded by a second reading of the rules (expander.h): the same
 * windows. */
#include "../unit.h"
#include "make.h"

#include "calendar/file.h"
#include "expander.h"

/* CURFEW_EXPANSIONS and CURFEW_SEED make this longer, and another, by hand. */
enum { EVENTS = 400, WINDOWS = 200000 };

static const char *const zones[] = {"Europe/Berlin", "America/New_York", "Asia/Tokyo", "Australia/Lord_Howe",
                                    "UTC"};
static uint64_t seed;

struct event {
    bool whole_day;
    const char *zone;
    int64_t start, length; /* local seconds; seconds, or those of whole days */
    bool nominal;          /* length is DURATION in days */
    struct rule rule;
    int64_t excepted[3];          /* local; INT64_MIN: none */
    int64_t moved_from, moved_to; /* an occurrence, or all from it on */
    bool moves, and_future;
};

struct windows {
    int count;
    struct {
        int64_t from, to;
    } list[WINDOWS];
};

static struct windows expected;

/* ---- Making ---- */

static struct part random_part(int least, int most, bool negative)
{
    struct part part = {.count = (int)pick(&seed, PART) + 1};
    for (int i = 0; i < part.count; i++) {
        part.at[i] = least + (int)pick(&seed, most - least + 1);
        if (negative && pick(&seed, 3) == 0 && part.at[i])
            part.at[i] = -part.at[i];
    }
    return part;
}

static struct rule random_rule(bool whole_day, int64_t start)
{
    struct rule rule = {.frequency = (enum frequency)(whole_day ? 1 + pick(&seed, 4) : pick(&seed, 5)),
                        .until = INT64_MAX};
    rule.interval = pick(&seed, 2) ? 1 : 1 + (int)pick(&seed, 5);
    rule.interval *= rule.frequency == HOURLY ? 1 + (int)pick(&seed, 30) : 1;
    rule.week_start = pick(&seed, 2) ? 0 : (int)pick(&seed, 7);
    if (pick(&seed, 3) == 0)
        rule.month = random_part(1, 12, false);
    if (rule.frequency == YEARLY && pick(&seed, 5) == 0)
        rule.week = random_part(1, 53, true);
    if ((rule.frequency == YEARLY || rule.frequency == HOURLY) && pick(&seed, 5) == 0)
        rule.year_day = random_part(1, 366, true);
    if (rule.frequency != WEEKLY && pick(&seed, 4) == 0)
        rule.month_day = random_part(1, 31, true);
    if (pick(&seed, 2)) {
        rule.day_count = 1 + (int)pick(&seed, PART);
        for (int i = 0; i < rule.day_count; i++) {
            bool counts = rule.frequency >= MONTHLY && !rule.week.count && pick(&seed, 2);
            int most = rule.frequency == MONTHLY || rule.month.count ? 5 : 53;
            rule.days[i] = (int)pick(&seed, 7);
            rule.nth[i] = counts ? (1 + (int)pick(&seed, most)) * (pick(&seed, 2) ? 1 : -1) : 0;
        }
    }
    if (!whole_day && pick(&seed, 3) == 0)
        rule.hour = random_part(0, 23, false);
    if (!whole_day && pick(&seed, 4) == 0)
        rule.minute = random_part(0, 59, false);
    bool any = rule.month.count || rule.week.count || rule.year_day.count || rule.month_day.count ||
               rule.day_count || rule.hour.count || rule.minute.count;
    if (any && pick(&seed, 4) == 0)
        rule.position = random_part(1, pick(&seed, 4) ? 4 : 366, true);
    if (pick(&seed, 3) == 0)
        rule.count = 1 + (int)pick(&seed, 40);
    else if (rule.frequency == HOURLY || pick(&seed, 2)) /* by hours without end is more than may be */
        rule.until = start + pick(&seed, 6 * 365) * DAY + (whole_day ? 0 : pick(&seed, DAY));
    return rule;
}

/* ---- Writing ---- */

static void put(char *out, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void put(char *out, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsprintf(out + strlen(out), format, arguments);
    va_end(arguments);
}

static void put_part(char *out, const char *name, const struct part *part)
{
    for (int i = 0; i < part->count; i++)
        put(out, "%s%s%d", i ? "," : ";", i ? "" : name, part->at[i]);
}

static void put_time(char *out, bool whole_day, int64_t local)
{
    struct cf_date date = cf_date_of_days(day_of(local));
    int of_day = (int)(local - day_of(local) * DAY);
    put(out, "%04d%02d%02d", date.year, date.month, date.day);
    if (!whole_day)
        put(out, "T%02d%02d%02d", of_day / 3600, of_day / 60 % 60, of_day % 60);
}

static void put_property(char *out, const char *name, const struct event *event, int64_t local,
                         bool date_only)
{
    if (event->whole_day || date_only)
        put(out, "%s;VALUE=DATE:", name);
    else
        put(out, "%s;TZID=%s:", name, event->zone);
    put_time(out, event->whole_day || date_only, local);
    put(out, "\n");
}

static void put_length(char *out, const struct event *event)
{
    if (event->whole_day || event->nominal)
        put(out, "DURATION:P%dD\n", (int)(event->length / DAY));
    else
        put(out, "DURATION:PT%dS\n", (int)event->length);
}

static void put_rule(char *out, const struct rule *rule)
{
    static const char *const frequencies[] = {"HOURLY", "DAILY", "WEEKLY", "MONTHLY", "YEARLY"};
    static const char *const days[] = {"MO", "TU", "WE", "TH", "FR", "SA", "SU"};
    put(out, "RRULE:FREQ=%s;INTERVAL=%d;WKST=%s", frequencies[rule->frequency], rule->interval,
        days[rule->week_start]);
    put_part(out, "BYMONTH=", &rule->month);
    put_part(out, "BYWEEKNO=", &rule->week);
    put_part(out, "BYYEARDAY=", &rule->year_day);
    put_part(out, "BYMONTHDAY=", &rule->month_day);
    put_part(out, "BYHOUR=", &rule->hour);
    put_part(out, "BYMINUTE=", &rule->minute);
    put_part(out, "BYSETPOS=", &rule->position);
    for (int i = 0; i < rule->day_count; i++) {
        put(out, "%s", i ? "," : ";BYDAY=");
        if (rule->nth[i])
            put(out, "%d", rule->nth[i]);
        put(out, "%s", days[rule->days[i]]);
    }
    if (rule->count)
        put(out, ";COUNT=%d", rule->count);
    if (rule->until != INT64_MAX) {
        put(out, ";UNTIL=");
        put_time(out, false, rule->until);
    }
    put(out, "\n");
}

static void write_event(char *out, const struct event *event)
{
    out[0] = '\0';
    put(out, "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:a\n");
    put_property(out, "DTSTART", event, event->start, false);
    put_length(out, event);
    put_rule(out, &event->rule);
    for (size_t i = 0; i < sizeof event->excepted / sizeof *event->excepted; i++)
        if (event->excepted[i] != INT64_MIN)
            put_property(out, "EXDATE", event, event->excepted[i], false);
    put(out, "END:VEVENT\n");
    if (event->moves) {
        put(out, "BEGIN:VEVENT\nUID:a\n");
        put_property(out, event->and_future ? "RECURRENCE-ID;RANGE=THISANDFUTURE" : "RECURRENCE-ID", event,
                     event->moved_from, false);
        put_property(out, "DTSTART", event, event->moved_to, false);
        put_length(out, event);
        put(out, "END:VEVENT\n");
    }
    put(out, "END:VCALENDAR\n");
}

/* ---- Expecting ---- */

static int64_t utc_of(const struct event *event, int64_t local)
{
    int64_t first, second;
    (void)cf_zone_utc_of_local(zone_called(event->whole_day ? "Europe/Berlin" : event->zone), local, &first,
                               &second);
    return first;
}

static void expect_window(const struct event *event, int64_t local)
{
    int64_t from = utc_of(event, local);
    assert_true(expected.count < WINDOWS);
    expected.list[expected.count].from = from;
    expected.list[expected.count++].to =
        event->whole_day || event->nominal ? utc_of(event, local + event->length) : from + event->length;
}

static void expect(void *data, int64_t local)
{
    const struct event *event = data;
    for (size_t i = 0; i < sizeof event->excepted / sizeof *event->excepted; i++)
        if (event->excepted[i] == local)
            return;
    if (event->moves && local == event->moved_from)
        return; /* added by itself */
    if (event->moves && event->and_future && local > event->moved_from)
        local += event->moved_to - event->moved_from;
    expect_window(event, local);
}

static int compare(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* Puts those together that touch. */
static void merge_expected(void)
{
    int kept = 0;
    qsort(expected.list, (size_t)expected.count, sizeof *expected.list, compare);
    for (int i = 0; i < expected.count; i++)
        if (kept && expected.list[i].from <= expected.list[kept - 1].to)
            expected.list[kept - 1].to = expected.list[i].to > expected.list[kept - 1].to
                                             ? expected.list[i].to
                                             : expected.list[kept - 1].to;
        else
            expected.list[kept++] = expected.list[i];
    expected.count = kept;
}

/* ---- The comparison ---- */

static struct event random_event(void)
{
    struct event event = {.whole_day = pick(&seed, 3) == 0, .zone = zones[pick(&seed, 5)]};
    /* Neither in a gap nor in a fold: 12:00 to 22:59 */
    event.start = (days_of(2019, 1, 1) + pick(&seed, 5 * 365)) * DAY;
    event.start += event.whole_day ? 0 : 12 * 3600 + pick(&seed, 11 * 3600);
    event.nominal = pick(&seed, 4) == 0;
    event.length =
        event.whole_day || event.nominal ? (1 + pick(&seed, 3)) * DAY : 60 + pick(&seed, 40 * 3600);
    event.rule = random_rule(event.whole_day, event.start);
    for (int i = 0; i < 3; i++)
        event.excepted[i] = INT64_MIN;
    return event;
}

static int64_t some[64]; /* of the first occurrences */
static int some_count;

static void note(void *data, int64_t local)
{
    (void)data;
    if (some_count < 64)
        some[some_count++] = local;
}

/* Exceptions and changes of occurrences that there are. */
static void change(struct event *event, int64_t last)
{
    some_count = 0;
    expand(&event->rule, event->start, last, note, NULL);
    if (!some_count)
        return;
    for (int i = 0; i < 3; i++)
        if (pick(&seed, 3) == 0)
            event->excepted[i] = some[pick(&seed, some_count)];
    event->moves = pick(&seed, 3) == 0;
    event->moved_from = some[pick(&seed, some_count)];
    event->moved_to = event->moved_from + (pick(&seed, 9) - 4) * (event->whole_day ? DAY : 1800);
    event->and_future = pick(&seed, 2);
    for (int i = 0; i < 3; i++) /* one is not both */
        if (event->excepted[i] == event->moved_from)
            event->moves = false;
}

static void check_event(const struct event *event, int64_t last)
{
    char text[4096], copy[4096];
    struct cf_calendar *calendar = NULL;
    struct cf_error err = {0};
    write_event(text, event);
    strcpy(copy, text);
    const struct cf_file_reading how = {.name = "random.ics", .zone = zone_called("Europe/Berlin")};
    if (cf_calendar_read_ical(copy, &how, &calendar, &err) < 0)
        fail_msg("%s\n%s", text, err.text);
    expected.count = 0;
    expand(&event->rule, event->start, last, expect, (void *)(uintptr_t)event);
    if (event->moves)
        expect_window(event, event->moved_to);
    merge_expected();
    struct cf_instant at = {(event->start - 400 * DAY) * 1000000};
    for (int i = 0; i < expected.count && expected.list[i].to < last - 10 * DAY; i++) {
        struct cf_instant start = cf_calendar_starts(calendar, at);
        at = cf_calendar_ends(calendar, start);
        if (start.us != expected.list[i].from * 1000000 || at.us != expected.list[i].to * 1000000) {
            char got[CF_INSTANT_TEXT], to[CF_INSTANT_TEXT], wanted[CF_INSTANT_TEXT];
            fail_msg("%s\nwindow %d is %s to %s, not from %s", text, i, cf_instant_utc(start, got),
                     cf_instant_utc(at, to),
                     cf_instant_utc((struct cf_instant){expected.list[i].from * 1000000}, wanted));
        }
    }
    struct cf_instant more = cf_calendar_starts(calendar, at);
    bool all = !expected.count || expected.list[expected.count - 1].to < last - 10 * DAY;
    if (all && more.us < (last - 10 * DAY) * 1000000)
        fail_msg("%s\nthere are more than %d windows", text, expected.count);
    cf_calendar_unref(calendar);
}

static void test_random_events(void **state)
{
    (void)state;
    uint64_t count = setting("CURFEW_EXPANSIONS", EVENTS);
    seed = setting("CURFEW_SEED", 20261128);
    uint64_t windows = 0;
    for (uint64_t i = 0; i < count; i++) {
        struct event event = random_event();
        int64_t last = event.start + (event.rule.frequency == HOURLY ? 1 : 8) * 365 * DAY;
        change(&event, last);
        check_event(&event, last);
        windows += (uint64_t)expected.count;
    }
    print_message("%d events, %d windows\n", (int)count, (int)windows);
    assert_true(windows > count);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_random_events)};
    return cmocka_run_group_tests_name("calendar, expansion", tests, NULL, release_zones);
}
