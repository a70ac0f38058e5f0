/* Lines of calendars: what is read and what is refused, with a sentence that helps. */
#include "make.h"

typedef int reads(const char *const *lines, size_t count, const struct cf_zone *zone,
                  struct cf_calendar **ret_calendar, struct cf_error *err);

/* "Sat 09:00-13:00" in other words. */
static void test_spellings(void **state)
{
    (void)state;
    const char *const rows[] = {
        "Sat 09:00-13:00",
        "saturday 9:00-13:00",
        "SAT 09:00 - 13:00",
        "  sat\t09:00-13:00  ",
        "Sat,Sat 09:00-13:00",
        "Sat-Sat 09:00-13:00",
        "Sat 09:00-13:00;Sat 10:00-11:00",
        "Sat 09:00-11:00;Sat 11:00-13:00",
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct cf_calendar *calendar = calendar_of(rows[i], "UTC");
        struct cf_instant start = cf_calendar_starts(calendar, instant_of("2026-03-02", "UTC"));
        assert_int_equal(start.us, instant_of("2026-03-07 09:00", "UTC").us);
        struct cf_instant end = cf_calendar_ends(calendar, start);
        assert_int_equal(end.us, instant_of("2026-03-07 13:00", "UTC").us);
        assert_int_equal(cf_calendar_next_edge(calendar, end).us, instant_of("2026-03-14 09:00", "UTC").us);
        cf_calendar_unref(calendar);
    }
}

/* The days of 2026-03-02 (a Monday) to 2026-03-08 on which a calendar is open at noon, as "MTWTFSS" with
 * dots. */
static void test_days(void **state)
{
    (void)state;
    const struct {
        const char *line, *days;
    } rows[] = {
        {"Mon-Fri 10:00-14:00", "MTWTF.."},      {"Sat-Mon", "M....SS"},
        {"Fri-Tue 12:00-12:01", "MT..FSS"},      {"Mon,Wed,Fri", "M.W.F.."},
        {"Mon-Tue,Sat-Sun", "MT...SS"},          {"10:00-14:00", "MTWTFSS"},
        {"Tuesday - Thursday , Sun", ".TWT..S"}, {"Sun-Sat", "MTWTFSS"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct cf_calendar *calendar = calendar_of(rows[i].line, "UTC");
        struct cf_instant noon = instant_of("2026-03-02 12:00", "UTC");
        char days[8] = "";
        for (int day = 0; day < 7; day++, noon = cf_instant_add(noon, CF_DAY))
            days[day] = cf_calendar_contains(calendar, noon) ? "MTWTFSS"[day] : '.';
        assert_string_equal(days, rows[i].days);
        cf_calendar_unref(calendar);
    }
}

static void refuse(reads *read, const char *line, const char *says)
{
    struct cf_calendar *calendar = NULL;
    struct cf_error err = {0};
    const char *lines[] = {read == cf_calendar_dates ? "2026-01-01" : "Mon", line};
    int code = read(lines, 2, cf_zone_utc(), &calendar, &err);
    char quoted[128];
    (void)snprintf(quoted, sizeof quoted, "\"%.80s\"", line);
    if (code != CF_USAGE || calendar || !strstr(err.text, says) || !strstr(err.text, quoted))
        fail_msg("\"%s\": code %d, %s", line, code, err.text);
    assert_int_equal(read(lines, 2, cf_zone_utc(), &calendar, NULL), CF_USAGE);
}

static void test_refused_hours(void **state)
{
    (void)state;
    const char *const rows[][2] = {
        {"", "a day is missing"},
        {"Mo-Fr 07:30-19:00", "days are Mon"},
        {"Montag", "days are Mon"},
        {"Mon-", "a day is missing"},
        {"Mon,,Tue", "a day is missing"},
        {"Mon-Fri,", "a day is missing"},
        {"Mon-Fri 07:30", "cannot be read"},
        {"Mon-Fri 7-19", "cannot be read"},
        {"Mon-Fri 07:30-25:00", "cannot be read"},
        {"Mon-Fri 07:30-24:01", "cannot be read"},
        {"Mon-Fri 07:60-19:00", "cannot be read"},
        {"Mon-Fri 007:30-19:00", "cannot be read"},
        {"Mon-Fri 07:30-19:00 and more", "there is more"},
        {"Mon-Fri 07:30-19:00:00", "there is more"},
        {"Mon Tue", "cannot be read"},
        {"Mon 08:00-08:00", "end where they begin"},
        {"Mon 00:00-00:00", "end where they begin"},
        {"Mon 24:00-02:00", "begin at 24:00"},
        {"Mon 24:00-24:00", "begin at 24:00"},
        {"\x01\xff", "a day is missing"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        refuse(cf_calendar_weekly, rows[i][0], rows[i][1]);
}

static void test_refused_dates(void **state)
{
    (void)state;
    const char *const rows[][2] = {
        {"", "is not a date"},
        {"Christmas", "is not a date"},
        {"2026-02-29", "is not a date"},
        {"02-30", "is not a date"},
        {"2026-2-3", "is not a date"},
        {"2026-12-24..", "is not a date"},
        {"2026-12-24..12-25", "is not a date"},
        {"12-24..2026-12-25", "is not a date"},
        {"2026-12-24...2026-12-25", "is not a date"},
        {"2026-12-24 08:00", "is not a date"},
        {"2026-12-24..2026-12-23", "ends before it begins"},
        {"12", "is not a date"},
        {"12-", "is not a date"},
        {"\xff", "is not a date"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        refuse(cf_calendar_dates, rows[i][0], rows[i][1]);
}

static void test_limits(void **state)
{
    (void)state;
    static const char *lines[CF_CALENDAR_LINES + 1];
    reads *const kinds[] = {cf_calendar_weekly, cf_calendar_dates};
    for (size_t kind = 0; kind < 2; kind++) {
        for (size_t i = 0; i <= CF_CALENDAR_LINES; i++)
            lines[i] = kind ? "12-25" : "Mon-Fri 08:00-18:00";
        struct cf_calendar *calendar = NULL;
        assert_int_equal(kinds[kind](lines, CF_CALENDAR_LINES + 1, cf_zone_utc(), &calendar, NULL), CF_USAGE);
        assert_null(calendar);
        assert_int_equal(kinds[kind](lines, CF_CALENDAR_LINES, cf_zone_utc(), &calendar, NULL), CF_OK);
        cf_calendar_unref(calendar);
    }
}

/* A calendar of itself doubles what has to be looked at, so it is operations that are counted. */
static void test_operations(void **state)
{
    (void)state;
    struct cf_calendar *calendar = calendar_of("Mon", "UTC"), *larger;
    struct cf_error err = {0};
    int doublings = 0;
    while (cf_calendar_combine(CF_CALENDAR_UNION, calendar, calendar, &larger, &err) == CF_OK) {
        cf_calendar_unref(calendar);
        calendar = larger;
        doublings++;
    }
    assert_int_equal(doublings, 6);
    assert_int_equal(err.code, CF_USAGE);
    assert_true(cf_calendar_contains(calendar, instant_of("2026-03-02", "UTC")));
    cf_calendar_unref(calendar);
    cf_calendar_unref(NULL);
}

static void test_beyond_time(void **state)
{
    (void)state;
    struct cf_calendar *calendar = calendar_of("Mon-Sun", "UTC");
    struct cf_instant unknown = {CF_UNKNOWN_US};
    assert_false(cf_calendar_contains(calendar, CF_NEVER));
    assert_false(cf_calendar_contains(calendar, unknown));
    assert_int_equal(cf_calendar_next_edge(calendar, unknown).us, CF_NEVER.us);
    assert_int_equal(cf_calendar_ends(calendar, CF_NEVER).us, CF_NEVER.us);
    assert_int_equal(cf_calendar_starts(calendar, unknown).us, CF_UNKNOWN_US);
    assert_int_equal(cf_calendar_ends(calendar, unknown).us, CF_UNKNOWN_US);
    cf_calendar_unref(calendar);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_spellings),     cmocka_unit_test(test_days),
        cmocka_unit_test(test_refused_hours), cmocka_unit_test(test_refused_dates),
        cmocka_unit_test(test_limits),        cmocka_unit_test(test_operations),
        cmocka_unit_test(test_beyond_time),
    };
    return cmocka_run_group_tests_name("calendar, lines", tests, NULL, release_zones);
}
